"""A project: tables of records, and how to read them."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from core.errors import RecordError, StaleChangeError
from core.model.ports import PortTable, port_table
from core.model.records import (
    TABLES,
    Area,
    Block,
    Device,
    Fabric,
    Instance,
    Key,
    Link,
    Override,
    Phase,
    PowerSource,
    Record,
    Requirement,
    Revision,
    Setting,
    TypeRecord,
    Value,
    Waiver,
)
from core.model.types import AnyType

if TYPE_CHECKING:
    from core.model.change import Change

V = TypeVar("V", bound=Value)
_NOTHING: dict[str, Any] = {}
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def random_id() -> str:
    """Return a fresh opaque id: 40 bits, no characters that look alike."""
    drawn = secrets.randbits(40)
    return "".join([_ALPHABET[drawn >> shift & 31] for shift in range(0, 40, 5)])


class Reader(ABC):
    """What can be asked of a project, or of a project seen through an unfinished edit."""

    @abstractmethod
    def rows(self, table: str, block: str = "") -> Mapping[str, Any]:
        """Return the records of a table in a block, by id. The mapping must not be altered."""

    @abstractmethod
    def blocks_of(self, table: str) -> Iterator[str]:
        """Yield the blocks that hold records of a table."""

    def get(self, table: str, key: Key) -> Any | None:
        """Return one record, or None."""
        return self.rows(table, key[0]).get(key[1])

    def every(self, table: str) -> Iterator[Any]:
        """Yield all records of a table, of all blocks."""
        for block in list(self.blocks_of(table)):
            yield from self.rows(table, block).values()

    # The same, typed.
    def devices(self, block: str) -> Mapping[str, Device]:
        return self.rows("devices", block)

    def instances(self, block: str) -> Mapping[str, Instance]:
        return self.rows("instances", block)

    def links(self, block: str) -> Mapping[str, Link]:
        return self.rows("links", block)

    def overrides(self, block: str) -> Mapping[str, Override]:
        return self.rows("overrides", block)

    def areas(self, block: str) -> Mapping[str, Area]:
        return self.rows("areas", block)

    def waivers(self, block: str) -> Mapping[str, Waiver]:
        return self.rows("waivers", block)

    @property
    def blocks(self) -> Mapping[str, Block]:
        return self.rows("blocks")

    @property
    def fabrics(self) -> Mapping[str, Fabric]:
        return self.rows("fabrics")

    @property
    def sources(self) -> Mapping[str, PowerSource]:
        return self.rows("sources")

    @property
    def phases(self) -> Mapping[str, Phase]:
        return self.rows("phases")

    @property
    def requirements(self) -> Mapping[str, Requirement]:
        return self.rows("requirements")

    @property
    def revisions(self) -> Mapping[str, Revision]:
        return self.rows("revisions")

    def find_type(self, type_id: str) -> AnyType | None:
        """Return the project's copy of a type, or None."""
        record = cast("TypeRecord | None", self.rows("types").get(type_id))
        return None if record is None else record.spec

    @overload
    def setting(self, name: str, default: V) -> V: ...
    @overload
    def setting(self, name: str) -> Value | None: ...
    def setting(self, name: str, default: Value | None = None) -> Value | None:
        """Return a setting, or the default where it is not set or of another kind."""
        record = cast("Setting | None", self.rows("settings").get(name))
        if record is None or (default is not None and type(record.value) is not type(default)):
            return default
        return record.value

    @property
    def top(self) -> str:
        """Id of the block that is built; empty in an empty project."""
        return self.setting("top", "")

    def ports(self, device: Device) -> PortTable:
        """Return the ports of a device with its modules."""
        modules = {bay: spec for bay, m in device.modules.items() if (spec := self.find_type(m)) is not None}
        return port_table(self.find_type(device.type), modules)

    def resolve(self, block: str, path: str) -> Record | None:
        """Return the instance, device or link that a path leads to from a block, or None.

        Examples
        --------
        `resolve("hall", "su-1/rack-3/leaf-1")` walks two instances and returns the device.
        """
        *steps, last = path.split("/")
        for step in steps:
            instance = self.instances(block).get(step)
            if instance is None:
                return None
            block = instance.of
        for table in ("devices", "instances", "links"):
            record = self.rows(table, block).get(last)
            if record is not None:
                return cast("Record", record)
        return None

    def names_along(self, block: str, path: str) -> tuple[str, ...]:
        """Return the names people read for each step of a path (overrides of names included)."""
        steps = path.split("/")
        names = []
        chain: list[tuple[str, int]] = []
        for depth, step in enumerate(steps):
            chain.append((block, depth))
            record = self.resolve(block, step)
            name = getattr(record, "name", "") or step
            for holder, start in chain:
                own = self._name_override(holder, "/".join(steps[start : depth + 1]))
                if own is not None:
                    name = own
                    break
            names.append(name)
            if isinstance(record, Instance):
                block = record.of
        return tuple(names)

    def _name_override(self, block: str, path: str) -> str | None:
        for override in self.overrides(block).values():
            if override.path == path and override.cable is None and override.name is not None:
                return override.name
        return None

    def parents(self) -> dict[str, set[str]]:
        """Return for each placed block the blocks that hold an instance of it."""
        found: dict[str, set[str]] = {}
        for block in self.blocks_of("instances"):
            for instance in self.instances(block).values():
                found.setdefault(instance.of, set()).add(block)
        return found

    def ancestors(self, *blocks: str) -> set[str]:
        """Return the given blocks and every block that contains one of them at any depth."""
        parents = self.parents()
        found: set[str] = set()
        waiting = list(blocks)
        while waiting:
            block = waiting.pop()
            if block not in found:
                found.add(block)
                waiting.extend(parents.get(block, ()))
        return found

    def descendants(self, block: str) -> set[str]:
        """Return a block and all blocks placed in it at any depth."""
        found: set[str] = set()
        waiting = [block]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting.extend(i.of for i in self.instances(current).values())
        return found

    def placements(self) -> dict[str, int]:
        """Return how many times each block is built under the top block."""
        counts: dict[str, int] = {}
        if self.top not in self.blocks:
            return counts
        order: list[str] = []
        seen: set[str] = set()

        def visit(block: str) -> None:
            if block in seen:
                return
            seen.add(block)
            for instance in self.instances(block).values():
                visit(instance.of)
            order.append(block)

        visit(self.top)
        counts[self.top] = 1
        for block in reversed(order):
            for instance in self.instances(block).values():
                counts[instance.of] = counts.get(instance.of, 0) + counts.get(block, 0)
        return counts


class Project(Reader):
    """The open design. Altered by `apply` alone, which `History` calls."""

    def __init__(self, project_id: str = "") -> None:
        self.id = project_id or secrets.token_hex(8)
        self.stamp = 0
        """Rises with every change; caches hang on the stamps of what they read."""
        self._rows: dict[str, dict[str, dict[str, Record]]] = {table: {} for table in TABLES}
        self._stamps: dict[tuple[str, str], int] = {}

    def rows(self, table: str, block: str = "") -> Mapping[str, Any]:
        rows: Mapping[str, Any] = self._rows[table].get(block, _NOTHING)
        return rows

    def blocks_of(self, table: str) -> Iterator[str]:
        return iter(self._rows[table])

    def version(self, table: str, block: str = "") -> int:
        """Return the stamp of the last change to a table in a block; 0 if there was none."""
        return self._stamps.get((table, block), 0)

    def apply(self, change: Change) -> None:
        """Replace records.

        Raises
        ------
        StaleChangeError
            If a record is not what the change says it was; then nothing is altered.
        """
        for delta in change.deltas:
            if self.get(delta.table, delta.key) != delta.before:
                raise StaleChangeError(
                    f"'{change.label}' no longer fits the project",
                    where=f"{delta.table} {'/'.join(delta.key)}",
                )
        self.stamp += 1
        for table, (block, record_id), _before, after in change.deltas:
            rows = self._rows[table].setdefault(block, {})
            if after is None:
                rows.pop(record_id, None)
                if not rows:
                    del self._rows[table][block]
            else:
                rows[record_id] = after
            self._stamps[table, block] = self.stamp

    def load(self, table: str, records: list[Record]) -> None:
        """Fill an empty table; for the loader, which has checked the records.

        Raises
        ------
        RecordError
            If two records have the same key.
        """
        self.stamp += 1
        for record in records:
            rows = self._rows[table].setdefault(record.block, {})
            if record.id in rows:
                raise RecordError(
                    "two records have the same id", where=f"{table} '{record.block}/{record.id}'"
                )
            rows[record.id] = record
        for block in self._rows[table]:
            self._stamps[table, block] = self.stamp

    def count(self) -> int:
        """Return the number of records."""
        return sum(len(rows) for blocks in self._rows.values() for rows in blocks.values())

    def same_records(self, other: Project) -> bool:
        """Tell whether two projects hold equal records."""
        return self._rows == other._rows

    def graph(self, block: str = "", *, expand: bool = False) -> Any:
        """Return the frozen `networkx.MultiGraph` of a block (`core.model.graph`)."""
        from core.model.graph import graph_of

        return graph_of(self, block or self.top, expand=expand)
