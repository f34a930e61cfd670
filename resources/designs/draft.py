"""A design being drawn by a script: one edit, ids that are the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Literal, cast

from core.catalogue.library import Library
from core.catalogue.transformers import presets
from core.editing.blocks import delivered_contents
from core.editing.cabling.connect import connect, first_compatible
from core.editing.laying.request import Request, record_of
from core.editing.parts import qualify
from core.editing.place import place_device
from core.editing.space import Spot, unit
from core.errors import EditError
from core.fabrics.families import FAMILIES
from core.model.change import Edit
from core.model.integrity import problems
from core.model.project import Project
from core.model.records import (
    Area,
    Block,
    Device,
    Fabric,
    FabricRole,
    NamingTemplate,
    Pathway,
    PowerSource,
    Requirement,
    Setting,
    TransformerRecord,
    TypeRecord,
    Value,
    Waiver,
    Workload,
)
from core.model.types import AnyType

AreaKind = Literal["room", "column", "keep-out", "containment", "door"]

WorkloadKind = Literal["training", "inference"]

__all__ = ["AreaKind", "Draft", "WorkloadKind", "unit"]


class Draft:
    """A project drawn in one edit.

    Parameters
    ----------
    name : str
        Name of the file; ids and the id of the project follow from it.
    """

    def __init__(self, name: str) -> None:
        self.library = Library.builtin()
        self.project = Project(hashlib.sha256(name.encode()).hexdigest()[:16])
        prefix = self.project.id[:3]
        numbers = count(1)
        self.edit = Edit(self.project, f"Draw {name}", ids=lambda: f"{prefix}-{next(numbers):04}")

    def title(self, text: str, number: str) -> None:
        """Set the name and number of the project as printed on its sheets."""
        printed = {
            "project_name": text,
            "client": "Example",
            "site": "Example site",
            "document_number": number,
        }
        for key, value in printed.items():
            self.edit.put("settings", Setting(id=key, value=value))

    def finish(self, *, template: str = "") -> Project:
        """Return the project, with the cables and optics it may be wired with.

        Raises
        ------
        EditError
            If a reference is wrong.
        """
        if template:
            self.edit.put("settings", Setting(id="template", value=template))
        qualify(self.edit, self.library)
        self.project.apply(self.edit.change())
        for problem in problems(self.project):
            raise EditError(str(problem))
        return self.project

    def device(
        self, block: str, type_id: str, spot: Spot | None, name: str, feeds: Mapping[str, str] | None = None
    ) -> Device:
        """Place a device."""
        fields = {"feeds": dict(feeds)} if feeds else {}
        return place_device(self.edit, self.library, block, type_id, spot, name=name, **fields)

    def state(self, block: Block, **stated: Any) -> Block:
        """State values of a rack block as delivered, with their sources."""
        contents = delivered_contents(self.edit, block.id)
        return cast("Block", self.edit.replace("blocks", block.key, delivered=contents, **stated))

    def cord(self, block: str, pdu: Device, device: Device, inlets: int = 1) -> None:
        """Cord the next free inlets of a device to the next free outlets of a PDU."""
        pair = first_compatible(self.edit, block, pdu.id, device.id, layer="power", count=inlets)
        connect(self.edit, block, pdu.id, pair.a_ports, device.id, pair.b_ports)

    def cable(
        self, block: str, a: str, a_ports: Sequence[str], b: str, b_ports: Sequence[str], fabric: str = ""
    ) -> None:
        """Join ports of two devices."""
        connect(self.edit, block, a, a_ports, b, b_ports, fabric=fabric)

    def fabric(
        self,
        fabric_id: str,
        name: str,
        role: FabricRole,
        colour: str,
        note: str = "",
        *,
        family: str = "",
        switch: str = "",
        **parameters: Value,
    ) -> str:
        """Declare a fabric and return its id.

        A family says that generating it with these parameters and switches makes the cables drawn.
        """
        record = Fabric(id=fabric_id, name=name, role=role, colour=colour, note=note)
        if family:
            request = Request(fabric_id, family, switches={"": switch}, role=role, name=name)
            of = FAMILIES[family]
            record = record_of(request, record, of.plain(of.read(parameters)), name)
        return self.edit.put("fabrics", record).id

    def sources(self, names: str, capacity_w: float | None = None, note: str = "", **fields: Any) -> None:
        """Declare power sources, one for each letter: 415 V three-phase unless said otherwise."""
        stated = {"voltage_v": 415.0, "phases": 3, "capacity_w": capacity_w, "note": note, **fields}
        for name in names:
            self.edit.put("sources", PowerSource(id=name, name=name, **stated))

    def require(self, note: str = "", **values: Value) -> None:
        """State what the site and the brief ask for."""
        for name, value in values.items():
            self.edit.put("requirements", Requirement(id=name, value=value, note=note))

    def workload(self, name: str, kind: WorkloadKind, model: str, **parameters: Value) -> None:
        """State what the design is to train or serve, by a model that ships with the program."""
        self.edit.put("models", TransformerRecord(id=model, spec=presets()[model]))
        number = len(self.edit.rows("workloads")) + 1
        record = Workload(id=f"w{number}", name=name, kind=kind, model=model, parameters=parameters)
        self.edit.put("workloads", record)

    def naming(self, **templates: str) -> None:
        """Set the name templates of the project; `__` in a level stands for the dot."""
        for level, template in templates.items():
            level = level.replace("__", ".")
            self.edit.put("naming", NamingTemplate(id=level.replace("_", "-"), template=template))

    def area(
        self,
        block: str,
        kind: AreaKind,
        name: str,
        box: tuple[int, int, int, int],
        height_mm: int = 0,
        note: str = "",
        **fields: Any,
    ) -> None:
        """Draw a rectangle on a floor: left, front, right, back."""
        left, front, right, back = box
        points = ((left, front), (right, front), (right, back), (left, back))
        record = Area(
            block=block,
            id=self.edit.new_id(block),
            kind=kind,
            name=name,
            points=points,
            height_mm=height_mm,
            note=note,
            **fields,
        )
        self.edit.put("areas", record)

    def tray(self, block: str, name: str, points: tuple[tuple[int, int, int], ...], carries: Any) -> None:
        """Draw a tray of 600 mm for fibre, copper, power or coolant."""
        record = Pathway(
            block=block, id=self.edit.new_id(block), kind="tray", name=name, points=points, width_mm=600,
            carries=carries,
        )  # fmt: skip
        self.edit.put("pathways", record)

    def own_type(self, spec: AnyType) -> None:
        """Put a type into the project that the catalogue does not have."""
        self.edit.put("types", TypeRecord(id=spec.id, spec=spec))

    def accept(self, block: str, rule: str, subjects: Sequence[str], value: float, reason: str) -> None:
        """Accept a finding, with its reason."""
        record = Waiver(
            block=block,
            id=self.edit.new_id(block),
            rule=rule,
            subjects=tuple(subjects),
            value=value,
            author="Example",
            date="2026-11-22",
            reason=reason,
        )
        self.edit.put("waivers", record)

    def datum(self, block: str, x: int, y: int) -> None:
        """Set the point that all dimensions start from."""
        record = Area(block=block, id=self.edit.new_id(block), kind="datum", name="Datum", points=((x, y),))
        self.edit.put("areas", record)
