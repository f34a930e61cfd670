"""The fields of a NetBox file: read by name, with errors that name the line, and what nobody asked for."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata

from core.errors import CatalogueError
from core.exchange.yaml_text import Mapping, Scalar, Sequence
from core.model.check import clean_name
from core.model.fields import TEXT_LENGTH

_TRUE, _FALSE = frozenset(("true", "yes", "on")), frozenset(("false", "no", "off"))
_KG = {"kg": 1.0, "g": 0.001, "lb": 0.45359237, "oz": 0.028349523125}
_MM = {"mm": 1.0, "in": 25.4, "cm": 10.0, "m": 1000.0}
_MOST_NAMED = 6
_LONGEST_ID = 64
_SLUG = re.compile(r"[-a-z0-9_]+")


class Fields:
    """The keys of a file; remembers which were read and what there is to say."""

    def __init__(self, data: Mapping, where: str) -> None:
        self._data = data
        self._where = where
        self._asked: set[str] = set()
        self._strange: dict[str, list[int]] = {}
        self.notes: list[str] = []
        """What was guessed, not understood or left out."""
        self.doubts: list[str] = []
        """What the file says and is not believed: left out, or to be looked at."""
        self.remarks: list[str] = []
        """What the file itself remarks."""
        self.kind_rule = ""
        """Id of the rule by which the kind was guessed."""
        self.assumed: dict[str, str] = {}
        """Fields of ours that the file does not give, with the reason for their value."""

    def text(self, key: str) -> str:
        """Return a text; empty if there is none."""
        self._asked.add(key)
        value = self._data.get(key)
        if value is None:
            return ""
        if not isinstance(value, Scalar):
            raise self.error(key, f"{key} has to be a text", "Write it on one line")
        return str(value).strip()

    def needed(self, key: str) -> str:
        """Return a text that a type must have."""
        found = self.text(key)
        if not found:
            raise self.error(key, f"{key} is missing", f"Add a line such as {key}: ...")
        return found

    def number(self, key: str) -> float | None:
        """Return a number; None if there is none."""
        self._asked.add(key)
        value = self._data.get(key)
        return None if value is None else self._number(value, key)

    def _number(self, value: object, key: str) -> float:
        try:
            found = float(value) if isinstance(value, Scalar) else math.nan
        except ValueError:
            found = math.nan
        if not math.isfinite(found) or found < 0:
            raise self.error(key, f"{key} has to be a number from 0 up", "Correct it", value)
        return found

    def flag(self, key: str) -> bool | None:
        """Return true, false, or None if it is not said."""
        said = self.text(key).lower()
        if said in _TRUE or said in _FALSE:
            return said in _TRUE
        if said:
            raise self.error(key, f"{key} has to be true or false", "Correct it")
        return None

    def mass(self, key: str) -> float | None:
        """Return a mass [kg]; both masses of a rack share one unit."""
        return self._converted(key, "weight_unit", _KG, 3)

    def length(self, key: str) -> float | None:
        """Return an outer length [mm]."""
        return self._converted(key, "outer_unit", _MM, 1)

    def _converted(self, key: str, unit_key: str, factors: dict[str, float], digits: int) -> float | None:
        value, unit = self.number(key), self.text(unit_key)
        if value is None:
            return None
        if unit not in factors:
            raise self.error(
                unit_key if unit else key,
                f"{key} has no unit we know" if unit else f"{key} has no unit",
                f"Add {unit_key}: {', '.join(factors)}",
            )
        return round(value * factors[unit], digits)

    def rows(self, key: str) -> list[Mapping]:
        """Return the rows of a list of parts."""
        self._asked.add(key)
        value = self._data.get(key)
        if value is None:
            return []
        if not isinstance(value, Sequence):
            raise self.error(key, f"{key} has to be a list", "Begin each part with a dash and its name")
        rows = []
        for item in value:
            if not isinstance(item, Mapping):
                raise self.error(key, f"{key} holds something without a name", "Begin it with - name:", item)
            rows.append(item)
        return rows

    def of_row(self, row: Mapping, key: str, *, needed: bool = False) -> str:
        """Return a text of one part."""
        value = row.get(key)
        if value is not None and not isinstance(value, Scalar):
            raise self.error(key, f"{key} has to be a text", "Write it on one line", row)
        found = "" if value is None else str(value).strip()
        if needed and not found:
            raise self.error(key, f"a part has no {key}", f"Add its {key}", row)
        return found

    def draw_of(self, row: Mapping, key: str) -> float | None:
        """Return a power of one part [W]; none if it is zero, which says nothing."""
        value = row.get(key)
        found = None if value is None else self._number(value, key)
        if found == 0:
            self.doubts.append(f"{key} is zero, which means it is not known: left open")
        return found or None

    def strange(self, row: Mapping, known: frozenset[str]) -> None:
        """Remember the keys of a part that no version of the library has."""
        for key, value in row.items():
            if key not in known:
                self._strange.setdefault(key, []).append(getattr(value, "line", row.line))

    def assume(self, field: str, reason: str, *, quiet: bool = False) -> None:
        """Say that a field of ours has a value the file does not give."""
        self.assumed[field] = reason
        if not quiet:
            self.notes.append(reason)

    def note_unread(self) -> None:
        """Say which keys nobody asked for."""
        for key, value in self._data.items():
            if key not in self._asked:
                self._strange.setdefault(key, []).append(getattr(value, "line", self._data.line))
        for key, lines in self._strange.items():
            at = f"line {lines[0]}" if len(lines) == 1 else f"{len(lines)} times, first in line {lines[0]}"
            self.notes.append(f"Not understood and left out: '{key[:40]}' ({at})")

    def error(self, key: str, problem: str, cure: str, at: object = None) -> CatalogueError:
        """Return an error at the line of a key, or of a value."""
        value = self._data.get(key) if at is None else at
        line = getattr(value, "line", 0) or self._data.line
        return CatalogueError(problem, where=f"{self._where}, line {line}", cure=cure)


def identity_of(fields: Fields) -> tuple[str, str, str, str]:
    """Return id, maker, model and part number."""
    maker = clean_name(fields.needed("manufacturer"))
    model = clean_name(fields.needed("model"))
    slug = fields.text("slug") or f"{maker} {model}"
    wanted = re.sub(r"[^a-z0-9._+]+", "-", slug.lower()).strip("-") or "imported-type"
    if len(wanted) > _LONGEST_ID:
        mark = hashlib.sha256(wanted.encode()).hexdigest()[:8]
        wanted = f"{wanted[: _LONGEST_ID - 9]}-{mark}"
        fields.notes.append(f"The slug is longer than {_LONGEST_ID} characters; the id is shortened")
    if fields.text("slug") and not _SLUG.fullmatch(slug):
        fields.notes.append(f"'{slug[:64]}' is not as slugs are written; its id is {wanted}")
    for key in ("front_image", "rear_image"):
        fields.flag(key)  # pictures are not read: faces are drawn from the ports
    fields.remarks.extend(text for text in (fields.text("description"), fields.text("comments")) if text)
    return wanted, maker, model, clean_name(fields.text("part_number"))


def listed(names: list[str]) -> str:
    """Return the first of some names, and how many more there are."""
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"


def paragraph(text: str) -> str:
    """Return a text of several lines as it may enter the model."""
    lines = []
    for line in unicodedata.normalize("NFC", text).splitlines():
        kept = (" " if unicodedata.category(c)[0] in "CZ" and c != " " else c for c in line)
        lines.append("".join(kept).rstrip())
    whole = unicodedata.normalize("NFC", "\n".join(lines)).strip()
    return whole if len(whole) <= TEXT_LENGTH else whole[: TEXT_LENGTH - 2].rstrip() + " …"
