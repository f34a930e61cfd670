"""The graph of a Clos network: every device with its unit, every trunk with its ports.

Ports of a leaf: hosts first, in the order of the unit; then uplinks, those to one spine side by side. Port
`leaf * m + i` of a spine is the i-th of the m links from that leaf; above them are the links to the cores.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from core.fabrics.clos import Shape, shape_of
from core.fabrics.clos_parameters import ClosParameters
from core.fabrics.ports import split
from core.fabrics.tiers import mesh
from core.fabrics.weave import Weave, numbered

if TYPE_CHECKING:
    from core.fabrics.family import Graph


def weave(family: str, parameters: ClosParameters) -> Graph:
    """Return the graph of a Clos network.

    Raises
    ------
    ParameterError
        If there is no network with these parameters.
    """
    shape = shape_of(parameters)
    made = _Clos(parameters, shape, Weave(family, msgspec.structs.asdict(parameters)))
    made.add_units()
    made.join_managers()
    for plane in range(parameters.planes):
        if shape.upper.tiers == 2:
            made.add_two_tiers(plane)
        else:
            made.add_three_tiers(plane)
    return made.weave.graph()


@dataclass
class _Clos:
    """A network while it is being made. Leafs are kept by plane and column, in the order of the units."""

    p: ClosParameters
    shape: Shape
    weave: Weave
    leafs: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    empty: list[tuple[str, list[int]]] = field(default_factory=list)
    """Leafs of the last unit that managers may use, with the slots that no host uses."""

    def unit(self, number: int) -> str:
        """Return the path of a unit: groups that join several whole units contain them."""
        per_group = self.shape.upper.group_leafs // self.unit_leafs
        if per_group > 1:
            return f"group-{number // per_group + 1}/su-{number % per_group + 1}"
        return f"su-{number + 1}"

    @property
    def unit_leafs(self) -> int:
        """Leafs of one column in a unit."""
        return self.shape.blocks * self.p.ways

    def traits(self, plane: int, column: int | None) -> dict[str, Any]:
        """Return rail and plane of a device, as far as it has any. Rail r is NIC r of every host."""
        traits: dict[str, Any] = {"plane": plane} if self.p.planes > 1 else {}
        if column is not None and self.p.has_rails:
            traits["rail"] = column if self.p.plane_by == "port" else column * self.p.planes + plane
        return traits

    def title(self, role: str, plane: int, *numbers: tuple[int, int]) -> str:
        """Return a name such as `leaf-p2-3`: plane and (number, of how many), as far as there are several."""
        parts = [f"p{plane + 1}"] if self.p.planes > 1 else []
        parts += [numbered("", number + 1, of) for number, of in numbers if of > 1]
        return "-".join([role, *(parts or ["1"])])

    # hosts and leafs

    def add_units(self) -> None:
        for number in range(self.p.units):
            unit = self.unit(number)
            first = number * self.p.hosts_per_unit
            hosts = [
                self.add_host(unit, n)
                for n in range(min(self.p.hosts_per_unit, max(self.shape.hosts - first, 0)))
            ]
            for block in range(self.shape.blocks):
                placed = self.shape.leaf.hosts
                self.add_block(unit, block, hosts[block * placed : (block + 1) * placed])
        self.keep_spare()

    def add_host(self, unit: str, number: int) -> str:
        p = self.p
        parts = p.planes if p.plane_by == "port" else 1
        return self.weave.add(
            unit,
            numbered("h", number + 1, p.hosts_per_unit),
            "host",
            0,
            slots=p.nics_per_host * parts,
            slot_gbps=p.host_gbps,
            gpus=p.gpus_per_host,
        )

    def add_block(self, unit: str, block: int, hosts: list[str]) -> None:
        """Add the leafs that the same hosts are joined to."""
        p, leaf = self.p, self.shape.leaf
        self.empty = []
        for column in range(p.columns):
            for plane in range(p.planes):
                for way in range(p.ways):
                    index = block * p.ways + way
                    key = self.weave.add(
                        unit,
                        self.title("leaf", plane, (column, p.columns), (index, self.unit_leafs)),
                        "leaf",
                        1,
                        slots=leaf.slots,
                        slot_gbps=leaf.slot_gbps,
                        **self.traits(plane, column),
                    )
                    self.leafs.setdefault((plane, column), []).append(key)
                    self.join_hosts(key, hosts, self.host_slots(plane, column, way))

    def host_slots(self, plane: int, column: int, way: int) -> tuple[int, ...]:
        """Return the ports of a host that lead to one leaf."""
        p = self.p
        nics = range(column, column + 1) if p.has_rails else range(way, p.nics_per_plane, p.ways)
        return tuple(nic * p.planes + plane for nic in nics)

    def join_hosts(self, leaf: str, hosts: list[str], slots: tuple[int, ...]) -> None:
        width, each = self.shape.leaf.down_width, self.shape.host_links
        rate = self.p.host_gbps
        for n, host in enumerate(hosts):
            ports = range(n * each * width, (n + 1) * each * width, width)
            self.weave.join(host, slots, leaf, ports, rate)
        unused = range(len(hosts) * each * width, self.shape.leaf.down * width, width)
        self.empty.append((leaf, list(unused)))

    # managers

    def keep_spare(self) -> None:
        """Add the ports beside the uplinks to what managers may use."""
        leaf = self.shape.leaf
        spare = range(leaf.first_spare, leaf.slots - leaf.down_width + 1, leaf.down_width)
        for _, slots in self.empty:
            slots.extend(spare)

    def join_managers(self) -> None:
        """Give the managers one port on each leaf in turn."""
        p = self.p
        count = -(-p.manager_ports // p.ports_per_manager)
        managers = [
            self.weave.add(
                "",
                numbered("manager-", n + 1, count),
                "manager",
                0,
                slots=p.ports_per_manager,
                slot_gbps=p.host_gbps,
            )
            for n in range(count)
        ]
        for port in range(p.manager_ports):
            leaf, slots = self.empty[port % len(self.empty)]
            manager = managers[port // p.ports_per_manager]
            self.weave.join(
                manager, (port % p.ports_per_manager,), leaf, (slots[port // len(self.empty)],), p.host_gbps
            )

    # spines and cores

    def add_two_tiers(self, plane: int) -> None:
        count = self.shape.upper.spines
        spines = [
            self.add_upper("", self.title("spine", plane, (n, count)), "spine", self.traits(plane, None))
            for n in range(count)
        ]
        columns = [self.leafs[plane, column] for column in range(self.p.columns)]
        # In the order of the units: all rails of the first leaf of a unit, then those of the next.
        self.mesh([leaf for row in zip(*columns, strict=True) for leaf in row], spines)

    def add_upper(self, unit: str, name: str, role: str, traits: dict[str, Any]) -> str:
        p, rate = self.p, self.shape.leaf.link_gbps
        ports, tier = (p.spine_ports, 2) if role == "spine" else (p.core_ports, 3)
        slots = ports * split(p.port_gbps, rate)
        return self.weave.add(unit, name, role, tier, slots=slots, slot_gbps=rate, **traits)

    def mesh(self, leafs: list[str], spines: list[str]) -> None:
        """Join every leaf with every spine."""
        leaf = self.shape.leaf
        mesh(
            self.weave,
            leafs,
            spines,
            leaf.up,
            leaf.link_gbps,
            lower_slot=leaf.first_up,
            lower_width=leaf.up_width,
        )

    def add_three_tiers(self, plane: int) -> None:
        """Add spine-leaf groups, and the cores that join the i-th spines of all of them."""
        p, upper = self.p, self.shape.upper
        groups: list[list[str]] = []
        for group in range(upper.groups):
            for column in range(p.columns):
                spines = self.add_group(plane, column, group)
                start = group * upper.group_leafs
                self.mesh(self.leafs[plane, column][start : start + upper.group_leafs], spines)
                groups.append(spines)
        for number in range(upper.spines):
            cores = [
                self.add_upper(
                    "",
                    self.title("core", plane, (number, upper.spines), (n, upper.cores)),
                    "core",
                    self.traits(plane, None),
                )
                for n in range(upper.cores)
            ]
            self.join_cores([spines[number] for spines in groups], cores)

    def add_group(self, plane: int, column: int, group: int) -> list[str]:
        """Add the spines of a group to the unit that holds its leafs."""
        upper = self.shape.upper
        per_unit = max(self.unit_leafs // upper.group_leafs, 1)
        unit = self.unit(group // per_unit) if upper.group_leafs <= self.unit_leafs else f"group-{group + 1}"
        numbers = ((column, self.p.columns), (group % per_unit, per_unit))
        return [
            self.add_upper(
                unit,
                self.title("spine", plane, *numbers, (n, upper.spines)),
                "spine",
                self.traits(plane, column),
            )
            for n in range(upper.spines)
        ]

    def join_cores(self, spines: list[str], cores: list[str]) -> None:
        upper, leaf = self.shape.upper, self.shape.leaf
        below = upper.group_leafs * (leaf.up // upper.spines)
        mesh(self.weave, spines, cores, upper.spine_up, leaf.link_gbps, lower_slot=below)
