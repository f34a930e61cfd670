"""What is to be written into placed blocks, written once for all copies that get the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from core.editing.blocks import copy_block
from core.editing.routes import counted, join
from core.model.change import Edit

T = TypeVar("T")


def share_out(edit: Edit, block: str, wanted: Mapping[str, Sequence[T]]) -> dict[str, list[T]]:
    """Return what is to be written into each block, making copies of a block that differ unique.

    Parameters
    ----------
    edit : Edit
    block : str
        Block from which the paths start.
    wanted : mapping of str to sequence
        By path of a placed block (the empty path is the block itself) what is to be written into it: hashable
        values, in any order.

    Returns
    -------
    dict of str to list
        By block id. Copies of a block that get the same stay one block; of those that differ the most common
        keep the block and each other kind gets one of its own, with the same inner ids.
    """
    return _Sharing(edit, block, wanted).run()


class _Sharing(Generic[T]):
    def __init__(self, edit: Edit, block: str, wanted: Mapping[str, Sequence[T]]) -> None:
        self._edit, self._top = edit, block
        self._wanted = wanted
        self._rows: dict[T, int] = {}
        self._marks: dict[tuple[frozenset[int], tuple[tuple[str, int], ...]], int] = {(frozenset(), ()): 0}
        """Contents of a placed block to a number; 0 is nothing at all."""
        self._mark_at: dict[str, int] = {}
        self._kinds: dict[str, Counter[int]] = {}
        """How often each kind of contents comes, by block."""
        self._copied: list[str] = []

    def run(self) -> dict[str, list[T]]:
        edit = self._edit
        inside = edit.descendants(self._top)
        self._mark(self._top, "")
        for holder in list(edit.blocks_of("instances")):
            if holder not in inside:
                for instance in edit.instances(holder).values():
                    if instance.of in self._kinds:
                        self._kinds[instance.of][0] += 1_000_000  # others keep the block as it is
        blocks: dict[tuple[str, int], str] = {}
        for of, kinds in self._kinds.items():
            kept = kinds.most_common(1)[0][0]
            for kind in kinds:
                blocks[of, kind] = of if kind == kept else self._copy(of)
        found: dict[str, list[T]] = {}
        self._write(self._top, "", blocks, found)
        found = {holder: rows for holder, rows in found.items() if rows}
        if self._copied:
            many = counted(len(self._copied), "drawing")
            edit.notes.append(f"{many} made unique: {', '.join(self._copied)}")
        return found

    def _copy(self, of: str) -> str:
        fresh = copy_block(self._edit, of)
        self._copied.append(self._edit.blocks[fresh].name)
        return fresh

    def _mark(self, block: str, path: str) -> int:
        """Return the number of the contents that a placed block gets, those of blocks within included."""
        inner = []
        for instance in self._edit.instances(block).values():
            mark = self._mark(instance.of, join(path, instance.id))
            self._kinds.setdefault(instance.of, Counter())[mark] += 1
            if mark:
                inner.append((instance.id, mark))
        number = self._rows
        own = frozenset([number.setdefault(row, len(number)) for row in self._wanted.get(path, ())])
        return self._mark_at.setdefault(path, self._marks.setdefault((own, tuple(inner)), len(self._marks)))

    def _write(
        self, block: str, path: str, blocks: Mapping[tuple[str, int], str], found: dict[str, list[T]]
    ) -> None:
        """Point the instances of a block to what they are to be of, and collect the contents."""
        if block in found:
            return
        found[block] = list(self._wanted.get(path, ()))
        for instance in list(self._edit.instances(block).values()):
            way = join(path, instance.id)
            of = blocks[instance.of, self._mark_at[way]]
            if of != instance.of:
                self._edit.replace("instances", instance.key, of=of)
            self._write(of, way, blocks, found)
