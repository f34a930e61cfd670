"""How words match names, and many names matched by a word at once.

A word matches a name if it occurs in it, whatever the case and the accents. It also matches if both agree
once signs between letters and digits and zeros before numbers are left out, and no number is cut in two:
`leaf3` and `leaf-03` both find *leaf-3*, and neither of them *leaf-30*. Least of all it matches a name in
which its letters and its numbers, each as a whole, occur anywhere: `leaf-3` finds *leaf-1-03*.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Grades: TypeAlias = NDArray[np.uint8]
Rows: TypeAlias = NDArray[np.int64]

WITHIN, AT_WORD, AT_START, WHOLE = 1, 2, 3, 4
"""Where in a name a word occurs, the better the higher; 0 is nowhere."""
MOST_WORDS_KEPT = 64
"""Words of which the grades are kept: those of the keys typed last."""
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9])[\s._:/-]+(?=[0-9])")
_SIGNS = re.compile(r"[\s._:/-]+")
_PARTS = re.compile(r"[0-9]+|[^\W0-9_]+")
_IS_DIGIT = np.zeros(256, bool)
_IS_DIGIT[ord("0") : ord("9") + 1] = True
_IS_WORD = np.array([chr(i).isalnum() if i < 128 else True for i in range(256)])
_DIGITS = "0123456789"
_END = 10
"""The newline between two names; no word holds one."""


def folded(text: str) -> str:
    """Return a text without differences of case and accent.

    Examples
    --------
    >>> folded("Größe Ä1")
    'grosse a1'
    """
    if text.isascii():
        return text.lower()
    plain = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(plain).casefold()


def loose(text: str) -> str:
    """Return a folded text without zeros before numbers and without signs, but for those between numbers.

    Examples
    --------
    >>> loose("gpu-node-07"), loose("su-01.02")
    ('gpunode7', 'su1~2')
    """
    text = _BETWEEN_NUMBERS.sub("~", _ZEROS.sub("", text))
    return _SIGNS.sub("", text)


def words_of(query: str) -> list[str]:
    """Return the different words of a query, folded, in order."""
    return list(dict.fromkeys(folded(query).split()))


class Texts:
    """A frozen list of names that words are looked for in.

    Parameters
    ----------
    names : sequence of str
        As people read them; line breaks count as spaces.
    forms : sequence of (str, str), optional
        `forms_of` of each name, where the caller keeps them.
    """

    def __init__(self, names: Sequence[str], forms: Sequence[tuple[str, str]] | None = None) -> None:
        self.names = names
        pairs = [forms_of(name) for name in names] if forms is None else forms
        self._exact = _Blob([pair[0] for pair in pairs])
        self._loose = _Blob([pair[1] for pair in pairs])
        self._grades: dict[str, Grades] = {}
        self.lengths = np.minimum([len(pair[0]) for pair in pairs], 255).astype(np.uint8)

    def __len__(self) -> int:
        return len(self.names)

    def grades(self, word: str) -> Grades:
        """Return how well a folded word matches each name.

        Returns
        -------
        ndarray of uint8, shape (n_names,)
            0, or `WITHIN` to `WHOLE`. Must not be altered.

        Examples
        --------
        >>> Texts(["leaf-3", "leaf-30", "su-leaf-3", "spine"]).grades("leaf-3").tolist()
        [4, 3, 2, 0]
        """
        found = self._grades.get(word)
        if found is None:
            found = np.zeros(len(self.names), np.uint8)
            self._exact.grade(word, found, whole_numbers=False)
            self._loose.grade(loose(word), found, whole_numbers=True)
            self._grade_parts(word, found)
            if len(self._grades) >= MOST_WORDS_KEPT:
                del self._grades[next(iter(self._grades))]
            self._grades[word] = found
        return found

    def _grade_parts(self, word: str, grades: Grades) -> None:
        """Let a word of letters and numbers match where all of them occur."""
        parts = parts_of(word)
        if not parts:
            return
        everywhere = np.ones(len(grades), bool)
        for part in parts:
            found = np.zeros(len(grades), np.uint8)
            is_number = part[0] in _DIGITS
            (self._loose if is_number else self._exact).grade(part, found, whole_numbers=is_number)
            everywhere &= found > 0
        grades[everywhere & (grades == 0)] = WITHIN


def parts_of(word: str) -> list[str]:
    """Return the letters and the numbers of a folded word, without zeros before them.

    None if it lacks either, or has single letters: `b300` is one word, and a *b* is in every other name.

    Examples
    --------
    >>> parts_of("leaf-03"), parts_of("leaf"), parts_of("7"), parts_of("b300")
    (['leaf', '3'], [], [], [])
    """
    parts = _PARTS.findall(_ZEROS.sub("", word))
    numbers = [part for part in parts if part[0] in _DIGITS]
    is_mixed = 0 < len(numbers) < len(parts)
    return parts if is_mixed and all(len(part) > 1 or part in numbers for part in parts) else []


def forms_of(name: str) -> tuple[str, str]:
    """Return a name folded, and loose."""
    exact = folded(name).replace("\n", " ")
    return exact, loose(exact)


class _Blob:
    """Texts one after the other in one array of bytes, each between two newlines."""

    def __init__(self, texts: list[str]) -> None:
        encoded = [text.encode() for text in texts]
        self._bytes = np.frombuffer(b"\n" + b"\n".join(encoded) + b"\n", np.uint8)
        lengths = np.fromiter((len(text) for text in encoded), np.int64, len(encoded))
        self._ends = np.cumsum(lengths + 1)
        self._starts = self._ends - lengths

    def grade(self, word: str, grades: Grades, *, whole_numbers: bool) -> None:
        """Raise the grades of the texts that hold a word; `whole_numbers` lets it cut no number in two."""
        wanted = word.encode()
        at = self._positions(wanted)
        if not len(at):
            return
        before, after = self._bytes[at - 1], self._bytes[at + len(wanted)]
        at_word = ~_IS_WORD[before]
        if whole_numbers:
            # Signs are left out here: where a word begins is seen at numbers only.
            begins, ends = _IS_DIGIT[wanted[0]], _IS_DIGIT[wanted[-1]]
            fits = ~((begins & _IS_DIGIT[before]) | (ends & _IS_DIGIT[after]))
            at, before, after = at[fits], before[fits], after[fits]
            at_word = np.full(len(at), begins)
        text = np.searchsorted(self._starts, at, side="right") - 1
        at_start = before == _END
        levels = (
            (WITHIN, text),
            (AT_WORD, text[at_word]),
            (AT_START, text[at_start]),
            (WHOLE, text[at_start & (after == _END)]),
        )
        for level, rows in levels:
            grades[rows] = np.maximum(grades[rows], level)

    def _positions(self, wanted: bytes) -> Rows:
        """Return where a word begins, narrowing the places byte by byte."""
        last = len(self._bytes) - len(wanted)
        if not wanted or last < 1:
            return np.zeros(0, np.int64)
        found = np.flatnonzero(self._bytes[:last] == wanted[0])
        for k in range(1, len(wanted)):
            found = found[self._bytes[found + k] == wanted[k]]
        return found
