"""A row of racks with two servers each, and small networks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.laying.generate import lay
from core.editing.laying.request import Request
from core.editing.laying.wiring import Laid
from core.editing.place import place_device
from core.editing.space import unit
from core.fabrics.weave import Weave
from core.model.change import Edit
from core.model.records import PowerSource
from core.model.types import DeviceType
from tests.editing.factory import LIBRARY as SMALL
from tests.editing.factory import Bench

_WATTS = {"node": 5000.0, "leaf": 1000.0, "leaf-small": 500.0}
LIBRARY = Library(
    {
        spec.id: replace(spec, power_max_w=_WATTS[spec.id])
        if isinstance(spec, DeviceType) and spec.id in _WATTS
        else spec
        for spec in SMALL
    }
)
"""A server of eight 400G ports and 5 kW, a switch of 64 and 1 kW."""


class Row(Bench):
    """Racks of two servers in a hall, each rack a copy of one block.

    Parameters
    ----------
    at_mm : sequence of int
        Where they stand along the row.
    """

    def __init__(self, at_mm: Sequence[int] = (0, 600, 1200, 1800), *, strips: bool = True) -> None:
        super().__init__()
        edit = self.edit("Row")
        for name in ("A", "B"):
            edit.put("sources", PowerSource(id=name, name=name))
        self.hall = new_floor_block(edit, "Hall").id
        self.rack = new_rack_block(edit, LIBRARY, "rack", "Server rack").id
        for low in (1, 9):
            place_device(edit, LIBRARY, self.rack, "node", unit(low))
        if strips:
            self.strips(edit, self.rack)
        self.racks = [place_instance(edit, self.hall, self.rack, x_mm=x).id for x in at_mm]
        self.commit(edit)

    def strips(self, edit: Edit, block: str) -> None:
        """Put a power strip on either source into a rack block."""
        for name in ("A", "B"):
            place_device(edit, LIBRARY, block, "pdu", feeds={"inlet": name}, name=f"pdu-{name}")

    def network_rack(self, x_mm: int, power_limit_w: float | None = None) -> str:
        """Place an empty network rack at the row and return the id of its instance."""
        edit = self.edit("Network rack")
        block = new_rack_block(edit, LIBRARY, "rack", "Net").id
        self.strips(edit, block)
        edit.replace("blocks", ("", block), power_limit_w=power_limit_w)
        made = place_instance(edit, self.hall, block, x_mm=x_mm, name="net")
        self.commit(edit)
        return made.id

    def lay(self, graph: Any, fabric: str = "compute", **request: Any) -> Laid:
        """Lay a network and commit it."""
        edit = self.edit("Generate")
        asked = Request(fabric=fabric, family="by-hand", switches={"": "leaf"}, **request)
        laid = lay(edit, LIBRARY, self.hall, graph, asked)
        self.commit(edit)
        return laid

    def where(self, laid: Laid, key: str) -> tuple[str, str, float]:
        """Return rack, name and lowest unit of a device of a network."""
        device = self.project.resolve(self.hall, laid.paths[key])
        names = self.project.names_along(self.hall, laid.paths[key])
        return "/".join(names[:-1]), names[-1], device.half_u / 2 + 1


def top_of_rack(racks: int, spines: int = 0) -> Any:
    """Two servers on a switch of their own in each of some racks, by four ports; a link to each spine."""
    weave = Weave("by-hand")
    over = [weave.add("", f"spine-{n + 1}", "spine", 2, slots=64, slot_gbps=400) for n in range(spines)]
    for rack in range(racks):
        leaf = weave.add("", f"leaf-{rack + 1}", "leaf", 1, slots=64, slot_gbps=400)
        for server in range(2):
            name = f"h{2 * rack + server + 1}"
            host = weave.add("", name, "host", 0, slots=8, slot_gbps=400, gpus=8)
            weave.join(host, range(4), leaf, range(4 * server, 4 * server + 4), 400)
        for n, spine in enumerate(over):
            weave.join(leaf, [32 + n], spine, [rack], 400)
    return weave.graph()


def rails(hosts: int, leafs: int = 2, spines: int = 1, units: Sequence[str] = ("",)) -> Any:
    """Port r of every server on switch r of its unit, `hosts` in each; two links from each to each spine."""
    weave = Weave("by-hand")
    over = [weave.add("", f"spine-{n + 1}", "spine", 2, slots=64, slot_gbps=400) for n in range(spines)]
    for place, name in enumerate(units):
        below = [
            weave.add(name, f"leaf-{r + 1}", "leaf", 1, slots=64, slot_gbps=400, rail=r) for r in range(leafs)
        ]
        for n in range(hosts):
            host = weave.add(name, f"h{n + 1}", "host", 0, slots=8, slot_gbps=400, gpus=8)
            for r, leaf in enumerate(below):
                weave.join(host, [r], leaf, [n], 400)
        for r, leaf in enumerate(below):
            for n, spine in enumerate(over):
                first = 2 * (place * leafs + r)
                weave.join(leaf, [32 + 2 * n, 33 + 2 * n], spine, [first, first + 1], 400)
    return weave.graph()
