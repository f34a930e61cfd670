"""Everything placed under the built block, found by the words people use for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from core.editing.cabling.cable_names import JOINT, cable_text
from core.editing.fields import Stated, Thing, value_of
from core.model.project import Reader
from core.model.records import Instance, Link, Record


class PlacedThings:
    """Everything placed under the built block, by path, by name and by asset tag."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.top = reader.top
        self.stated = Stated(reader)
        block = reader.blocks.get(self.top)
        self._top_name = _plain(block.name) if block is not None else ""
        self._overridden = any(True for b in reader.blocks_of("overrides") if reader.overrides(b))

    def value(self, thing: Thing, record: Record, field: str) -> Any:
        """Return a field as it is in force."""
        return value_of(self.reader, self.top, thing, record, field, self.stated)

    def match(self, cells: Mapping[str, str]) -> tuple[str, list[tuple[Thing, Record]], str]:
        """Return by what a row is matched, what it matches, and why it matches not exactly one thing."""
        for kind in ("path", "name", "old_tag"):
            key = cells.get(f"key.{kind}", "").strip()
            if not key:
                continue
            found = self._find(kind, key)
            holder = cells.get("key.holder", "").strip()
            if kind == "name" and holder and len(found) != 1:
                found = self._find("path", f"{holder}/{key}") or found
            if len(found) == 1:
                return key, found, ""
            if found:
                return key, found, f"{len(found):,} things are called '{key}'; give the path"
            return key, found, f"nothing here is called '{key}'; see the names in the tables"
        return "", [], "the row names nothing"

    def _find(self, kind: str, key: str) -> list[tuple[Thing, Record]]:
        if kind == "old_tag":
            return self._by_tag.get(key, [])
        plain = _plain(key)
        found = self._by_path.get(plain) or self._by_path.get(plain.removeprefix(f"{self._top_name}/"))
        found = found or (self._by_name.get(plain) if kind == "name" else None)
        found = found or self._cables.get(plain)
        if not found and kind == "name":
            found = self._by_tag.get(key)
        return found or []

    @cached_property
    def _every(self) -> list[tuple[str, str, Thing, Record]]:
        """Path in words, name, thing and record of all instances and devices."""
        found: list[tuple[str, str, Thing, Record]] = []
        waiting = [(self.top, "", "")]
        while waiting:
            block, path, label = waiting.pop()
            for rows in (self.reader.instances(block), self.reader.devices(block)):
                for record in rows.values():
                    thing = Thing(f"{path}/{record.id}" if path else record.id)
                    name = self._name(thing, record)
                    words = f"{label}{JOINT}{name}" if label else name
                    found.append((words, name, thing, record))
                    if isinstance(record, Instance):
                        waiting.append((record.of, thing.path, words))
        return found

    def _name(self, thing: Thing, record: Record) -> str:
        name = self.value(thing, record, "name") if self._overridden else getattr(record, "name", "")
        return str(name or record.id)

    @cached_property
    def _by_path(self) -> dict[str, list[tuple[Thing, Record]]]:
        return _grouped((_plain(words), (thing, record)) for words, _, thing, record in self._every)

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[Thing, Record]]]:
        return _grouped((_plain(name), (thing, record)) for _, name, thing, record in self._every)

    @cached_property
    def _by_tag(self) -> dict[str, list[tuple[Thing, Record]]]:
        tags = (
            (str(self.value(thing, record, "asset_tag")), (thing, record))
            for _, _, thing, record in self._every
        )
        return _grouped((tag, found) for tag, found in tags if tag)

    @cached_property
    def _cables(self) -> dict[str, list[tuple[Thing, Record]]]:
        """Cables by name, by holder and name, and, where they have none, by their ends."""
        labels = {thing.path: words for words, _, thing, record in self._every}
        holders = [("", self.top)]
        holders += [(t.path, record.of) for _, _, t, record in self._every if isinstance(record, Instance)]
        listed: list[tuple[str, tuple[Thing, Record]]] = []
        for path, block in holders:
            for link in self.reader.links(block).values():
                listed += self._cables_of(path, link, labels)
        return _grouped(iter(listed))

    def _cables_of(
        self, path: str, link: Link, labels: dict[str, str]
    ) -> Iterator[tuple[str, tuple[Thing, Record]]]:
        head = f"{path}/" if path else ""
        a, b = (labels.get(head + end.path, "") for end in (link.a, link.b))
        for k in range(link.count):
            thing = Thing(head + link.id, k if link.count > 1 else None)
            name = self._cable_name(thing, link)
            words = cable_text(labels.get(path, ""), name, (a, link.a.ports[k]), (b, link.b.ports[k]))
            for text in dict.fromkeys(filter(None, (words, name))):
                yield _plain(text), (thing, link)

    def _cable_name(self, thing: Thing, link: Link) -> str:
        said = self.stated.in_force(self.top, thing, "name") if self._overridden else None
        name = link.name if said is None else str(said.name)
        alone = said is not None and said.cable is not None
        return f"{name}-{thing.cable + 1}" if name and thing.cable is not None and not alone else name


def _plain(text: str) -> str:
    """Return a path as it is compared: the signs between its names without blanks."""
    return re.sub(r"\s*/\s*", "/", text.strip())


def _grouped(
    pairs: Iterator[tuple[str, tuple[Thing, Record]]],
) -> dict[str, list[tuple[Thing, Record]]]:
    found: dict[str, list[tuple[Thing, Record]]] = {}
    for key, pair in pairs:
        found.setdefault(key, []).append(pair)
    return found
