"""The tables of a project: every kind of record there is.

A record is frozen. Its key is `(block, id)`; records that belong to the whole project have the block "".
Positions are integer millimetres; x runs along a row to the right, y to the back (north), z up. A rack
block's own box is x 0..width, y 0..depth with its front at y = 0, facing -y.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from core.model.fields import Id, Millimetre, Name, Path, Text, described, quantity
from core.model.jobs import ServingJob, TrainingJob
from core.model.transformer import Transformer
from core.model.types import AnyType, Citation, Evidence, Fit, Layer

Key: TypeAlias = tuple[str, str]
"""`(block, id)`."""

Rotation = Literal[0, 90, 180, 270]
Scope = Literal["", "OFOI", "OFCI", "CFCI"]
"""Who furnishes and who installs: owner/owner, owner/contractor, contractor/contractor."""
Status = Literal["", "existing", "planned", "ordered", "delivered", "installed", "reserved", "removed"]
Value: TypeAlias = bool | int | float | str


class Record(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """What all records share: the block they are part of and their id in it."""

    block: Id = ""
    id: Id

    @property
    def key(self) -> Key:
        return (self.block, self.id)


class Reserved(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Units of a rack block that are kept free for something that is not drawn."""

    half_u: Annotated[int, quantity("half U", "Position of its bottom", low=0, high=400)]
    half_units: Annotated[int, quantity("half U", "Height", low=1, high=400)]
    face: Annotated[Literal["both", "front", "rear"], described("Face")] = "both"
    note: Annotated[Text, described("Reserved for")] = ""


class Block(Record, frozen=True, kw_only=True):
    """A drawing that can be placed many times: a rack block or a floor block."""

    name: Annotated[Name, described("Name")]
    kind: Annotated[Literal["rack", "floor"], described("Kind")]
    rack_type: Annotated[Id, described("Rack type")] = ""
    """Rack blocks only."""
    template: Annotated[Name, described("Made from template")] = ""
    power_limit_w: Annotated[float, quantity("W", "Power limit", low=0)] | None = None
    """Rack blocks: the house limit for a rack of this kind; the rack type's own limit holds as well."""
    mass_kg: Annotated[float, quantity("kg", "Mass as delivered", low=0)] | None = None
    """Rack blocks: stated mass of the rack with its contents; replaces the sum of its parts."""
    price_low_usd: Annotated[float, quantity("USD", "Price as delivered, low", low=0)] | None = None
    price_high_usd: Annotated[float, quantity("USD", "Price as delivered, high", low=0)] | None = None
    """Rack blocks: stated price of the rack with its contents; replaces the prices of its parts."""
    delivered: tuple[Fit, ...] = ()
    """Rack blocks: contents that the stated mass and price include; more counts on top. Empty: all."""
    sources: tuple[Citation, ...] = ()
    """Where the stated values come from."""
    reserved: tuple[Reserved, ...] = ()
    """Rack blocks: units kept free."""
    grid_mm: Annotated[int, quantity("mm", "Grid pitch", low=1, high=100_000)] = 600
    north_deg: Annotated[float, quantity("deg", "Direction of north from +y", low=-360, high=360)] = 0.0
    note: Annotated[Text, described("Note")] = ""


class Device(Record, frozen=True, kw_only=True):
    """One unit of a type, in a rack block or standing on a floor block."""

    type: Annotated[Id, described("Type")]
    name: Annotated[Name, described("Name")] = ""
    half_u: Annotated[int, quantity("half U", "Position of its bottom", low=0, high=400)] = 0
    """Rack: half units above the bottom of unit 1; unit n starts at 2 (n - 1)."""
    face: Annotated[Literal["front", "rear"], described("Mounted from")] = "front"
    side: Annotated[Literal["", "left", "centre", "right"], described("Side")] = ""
    """Rack: place of a half- or third-width device, seen from the front."""
    zone: Annotated[Name, described("Zone")] = ""
    """Rack: name of a zone of the rack type; empty for the units."""
    place: Annotated[int, quantity("", "Place in the zone", low=0, high=15)] = 0
    x_mm: Annotated[Millimetre, quantity("mm", "x")] = 0
    """Floor: position. Rack: offset from the left rail."""
    y_mm: Annotated[Millimetre, quantity("mm", "y")] = 0
    z_mm: Annotated[Millimetre, quantity("mm", "z")] = 0
    rotation: Annotated[Rotation, described("Rotation")] = 0
    modules: Annotated[dict[Name, Id], described("Modules", help="Bay to module type")] = {}
    feeds: Annotated[dict[Name, Id], described("Feeds", help="Power inlet to the source that feeds it")] = {}
    """Inlets fed from outside the drawing; an inlet with a power link needs no entry."""
    power_limit_w: Annotated[float, quantity("W", "Power limit", low=0)] | None = None
    """A cap set in the device (power capping); bounds what it draws in every load case."""
    asset_tag: Annotated[Name, described("Asset tag")] = ""
    serial: Annotated[Name, described("Serial number")] = ""
    status: Annotated[Status, described("Status")] = ""
    phase: Annotated[Id, described("Phase")] = ""
    scope: Annotated[Scope, described("Scope")] = ""
    note: Annotated[Text, described("Note")] = ""


class Instance(Record, frozen=True, kw_only=True):
    """A block placed in a floor block."""

    of: Annotated[Id, described("Block")]
    name: Annotated[Name, described("Name")] = ""
    x_mm: Annotated[Millimetre, quantity("mm", "x")] = 0
    y_mm: Annotated[Millimetre, quantity("mm", "y")] = 0
    z_mm: Annotated[Millimetre, quantity("mm", "z")] = 0
    rotation: Annotated[Rotation, described("Rotation")] = 0
    mirrored: Annotated[bool, described("Mirrored")] = False
    """Turns x into -x before the rotation; positions only, never a rack's inside."""
    status: Annotated[Status, described("Status")] = ""
    phase: Annotated[Id, described("Phase")] = ""
    scope: Annotated[Scope, described("Scope")] = ""
    note: Annotated[Text, described("Note")] = ""


class End(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One side of a link: a device by its path from the link's block, and port tokens in order."""

    path: Path
    ports: tuple[Name, ...]


class Link(Record, frozen=True, kw_only=True):
    """A cable, or a trunk of cables: cable k joins the k-th port of `a` with the k-th of `b`."""

    a: End
    b: End
    layer: Annotated[Layer, described("Layer")] = "data"
    fabric: Annotated[Id, described("Fabric")] = ""
    name: Annotated[Name, described("Name")] = ""
    cable: Annotated[Id, described("Cable type")] = ""
    """Pins the cable type; empty: the engine chooses medium and part by length."""
    length_m: Annotated[float, quantity("m", "Ordered length", low=0, high=100_000)] | None = None
    """Pins the ordered length of all cables of the trunk."""
    via: tuple[Id, ...] = ()
    """Pins the route: pathways of the link's block that its cables run along, in order from `a`."""
    colour: Annotated[Name, described("Colour")] = ""
    status: Annotated[Status, described("Status")] = ""
    phase: Annotated[Id, described("Phase")] = ""
    scope: Annotated[Scope, described("Scope")] = ""
    note: Annotated[Text, described("Note")] = ""

    @property
    def count(self) -> int:
        """Number of cables."""
        return len(self.a.ports)


class Override(Record, frozen=True, kw_only=True):
    """What one placed thing has of its own. The record of the outermost block wins, field by field."""

    path: Path
    """Instance, device or link by ids from this record's block."""
    cable: Annotated[int, quantity("", "Cable of the trunk, from 0", low=0, high=1_000_000)] | None = None
    name: Annotated[Name, described("Name")] | None = None
    asset_tag: Annotated[Name, described("Asset tag")] | None = None
    serial: Annotated[Name, described("Serial number")] | None = None
    status: Annotated[Status, described("Status")] | None = None
    note: Annotated[Text, described("Note")] | None = None
    absent: Annotated[bool, described("Absent")] | None = None
    length_m: Annotated[float, quantity("m", "Ordered length", low=0, high=100_000)] | None = None
    power_limit_w: Annotated[float, quantity("W", "Power limit", low=0)] | None = None


FabricRole = Literal["compute", "storage", "in-band", "out-of-band", "scale-up", "other"]


class Fabric(Record, frozen=True, kw_only=True):
    """A network: its role, and how it was generated if it was."""

    name: Annotated[Name, described("Name")]
    role: Annotated[FabricRole, described("Role")] = "compute"
    family: Annotated[Name, described("Family")] = ""
    parameters: Annotated[dict[Name, Value], described("Parameters")] = {}
    seed: Annotated[int, quantity("", "Seed", low=0)] = 0
    pins: Annotated[tuple[Path, ...], described("Pinned by hand")] = ()
    colour: Annotated[Name, described("Colour")] = ""
    note: Annotated[Text, described("Note")] = ""


class PowerSource(Record, frozen=True, kw_only=True):
    """A named set of feeding elements (A, B, C, catcher): the unit in which power is lost."""

    name: Annotated[Name, described("Name")]
    capacity_w: Annotated[float, quantity("W", "Capacity", low=0)] | None = None
    voltage_v: Annotated[float, quantity("V", "Voltage", low=0)] | None = None
    """Line to line of a three-phase source; of others the voltage itself. Not given: that of the brief."""
    phases: Annotated[int, quantity("", "Phases", low=0, high=3)] = 3
    fault_ka: Annotated[float, quantity("kA", "Fault level", low=0)] | None = None
    """Prospective short-circuit current where the drawing begins, as declared by the supplier."""
    kind: Annotated[Literal["", "utility", "generator", "ups", "catcher"], described("Kind")] = ""
    note: Annotated[Text, described("Note")] = ""


class Requirement(Record, frozen=True, kw_only=True):
    """One line of the site and the brief. The id is the quantity (`core.model.requirements`)."""

    value: Value
    evidence: Evidence = "user"
    note: Annotated[Text, described("Note")] = ""


class Phase(Record, frozen=True, kw_only=True):
    """When something is built: day 1, wave n."""

    name: Annotated[Name, described("Name")]
    order: Annotated[int, quantity("", "Order", low=0)] = 0
    date: Annotated[Name, described("Date")] = ""


class Area(Record, frozen=True, kw_only=True):
    """A polygon on the floor: room, wall, column, keep-out, zone, containment, door, or the datum point."""

    kind: Annotated[
        Literal["room", "wall", "column", "keep-out", "zone", "containment", "door", "datum"],
        described("Kind"),
    ]
    name: Annotated[Name, described("Name")] = ""
    points: tuple[tuple[int, int], ...] = ()
    height_mm: Annotated[int, quantity("mm", "Height", low=0)] = 0
    """Of a door: its clear height; of a room: to the underside of what hangs lowest."""
    floor: Annotated[Literal["", "slab", "raised"], described("Floor")] = ""
    load_kg_m2: Annotated[float, quantity("kg/m2", "Floor rating, uniform", low=0)] | None = None
    point_load_kg: Annotated[float, quantity("kg", "Floor rating, one foot", low=0)] | None = None
    rolling_load_kg: Annotated[float, quantity("kg", "Floor rating, rolling", low=0)] | None = None
    note: Annotated[Text, described("Note")] = ""


class Pathway(Record, frozen=True, kw_only=True):
    """A cable route: tray, ladder, trough, duct, pipe or busway run."""

    kind: Annotated[Literal["tray", "ladder", "trough", "duct", "pipe", "busway"], described("Kind")]
    name: Annotated[Name, described("Name")] = ""
    points: tuple[tuple[int, int, int], ...] = ()
    width_mm: Annotated[int, quantity("mm", "Width", low=0)] = 300
    depth_mm: Annotated[int, quantity("mm", "Depth", low=0)] = 100
    carries: Annotated[Literal["", "fibre", "copper", "power", "coolant"], described("Carries")] = ""
    """Empty: all data cables."""
    fill_max: Annotated[float, quantity("", "Fill, highest", low=0, high=1)] | None = None
    load_kg_m: Annotated[float, quantity("kg/m", "Load, highest", low=0)] | None = None
    note: Annotated[Text, described("Note")] = ""


class Underlay(Record, frozen=True, kw_only=True):
    """A picture or drawing of others below a floor block, to draw on; it counts for nothing."""

    kind: Annotated[Literal["image", "drawing"], described("Kind")]
    name: Annotated[Name, described("Name")] = ""
    data: Annotated[str, msgspec.Meta(max_length=64_000_000)] = ""
    """Image: the file (PNG, JPEG), base64. Drawing: lines by layer, JSON, deflated, base64."""
    x_mm: Annotated[Millimetre, quantity("mm", "x")] = 0
    y_mm: Annotated[Millimetre, quantity("mm", "y")] = 0
    mm_per_unit: Annotated[float, quantity("mm", "Size of a pixel or unit", low=1e-6, high=1e6)] = 1.0
    rotation_deg: Annotated[float, quantity("deg", "Rotation", low=-360, high=360)] = 0.0
    hidden_layers: tuple[Name, ...] = ()
    locked: Annotated[bool, described("Locked")] = True
    """Whether it keeps its place, size and turn."""
    note: Annotated[Text, described("Note")] = ""


class Layout(Record, frozen=True, kw_only=True):
    """Where things stand in a schematic view; the id names the view."""

    positions: dict[str, tuple[float, float]] = {}


class Note(Record, frozen=True, kw_only=True):
    """Text on the plan."""

    text: Text
    x_mm: Millimetre = 0
    y_mm: Millimetre = 0


class Workload(Record, frozen=True, kw_only=True):
    """What the design is meant to train or serve."""

    name: Annotated[Name, described("Name")]
    kind: Annotated[Literal["training", "inference"], described("Kind")] = "training"
    model: Annotated[Id, described("Model")] = ""
    """A record of the table `models`."""
    parameters: Annotated[dict[Name, Value], described("Parameters")] = {}
    """What differs from the defaults of `core.model.jobs`."""
    note: Annotated[Text, described("Note")] = ""

    @property
    def job(self) -> TrainingJob | ServingJob:
        """Return the parameters with their defaults.

        Raises
        ------
        msgspec.ValidationError
            If they are not those of the kind; `check` lets none of these in.
        """
        return msgspec.convert(self.parameters, JOBS[self.kind])


JOBS: dict[str, type[TrainingJob] | type[ServingJob]] = {"training": TrainingJob, "inference": ServingJob}


class TransformerRecord(Record, frozen=True, kw_only=True):
    """A copy of the shape of a transformer, taken at first use; the id is the shape's id."""

    spec: Transformer


class Alternate(Record, frozen=True, kw_only=True):
    """A type that may take the place of another one in this project."""

    of: Id
    by: Id
    evidence: Evidence = "user"
    note: Annotated[Text, described("Note")] = ""
    """What changes with it, who qualified it."""


class Assumption(Record, frozen=True, kw_only=True):
    """A number the engine takes where the design says nothing. The id is its name."""

    value: Annotated[float, described("Value")]
    low: Annotated[float, described("Lowest")] | None = None
    high: Annotated[float, described("Highest")] | None = None
    """Between what it may lie; without them the value is taken as certain."""
    unit: Name = ""
    evidence: Evidence = "user"
    source: Text = ""


class Setting(Record, frozen=True, kw_only=True):
    """A choice for the whole project, such as `top`, `units`, or the severity of a rule."""

    value: Value


class Revision(Record, frozen=True, kw_only=True):
    """An issue of the specification set. All dates on sheets come from here."""

    number: Annotated[Name, described("Revision")]
    date: Annotated[Name, described("Date", help="ISO 8601")]
    author: Annotated[Name, described("Author")] = ""
    checker: Annotated[Name, described("Checked by")] = ""
    approver: Annotated[Name, described("Approved by")] = ""
    purpose: Annotated[Name, described("Issue purpose")] = ""
    description: Annotated[Text, described("Description")] = ""
    state: Annotated[str, msgspec.Meta(max_length=64_000_000)] = ""
    """The project as issued: canonical text, deflated, base64; one line."""


class Waiver(Record, frozen=True, kw_only=True):
    """A finding accepted by somebody for a reason, up to the value waived."""

    rule: Name
    subjects: tuple[Path, ...] = ()
    value: float | None = None
    author: Annotated[Name, described("Author")]
    date: Annotated[Name, described("Date", help="ISO 8601")] = ""
    reason: Annotated[Text, described("Reason")]


class LinkedBlock(Record, frozen=True, kw_only=True):
    """A drawing taken from another file at a pinned version, with all that is placed in it.

    The project holds a copy, so that it opens alone; the copy is altered in its own file only.
    """

    file: Name
    """Path of the other file: from the folder of this one where it lies there, else whole; with slashes."""
    of: Id
    """Id of the drawing in the other file."""
    revision: Name = ""
    """Number of the revision that was taken; empty: the file as it was saved."""
    date: Name = ""
    """ISO 8601, of the day it was taken."""
    digest: Name = ""
    """Of the drawings that were taken."""
    members: dict[Id, Id] = {}
    """Drawings of the other file by their id there, with their id here."""
    types: dict[Id, Name] = {}
    """Fingerprints of the types it needs, as the other file had them."""

    @property
    def root(self) -> str:
        """Id here of the drawing that is linked; empty where it is not there."""
        return self.members.get(self.of, "")

    @property
    def version(self) -> str:
        """What was taken, in words."""
        return f"revision {self.revision}" if self.revision else f"as saved, {self.date}"


class NamingTemplate(Record, frozen=True, kw_only=True):
    """How names of a level (instance, device, cable ...) are made in a block; the id is the level."""

    template: Annotated[Name, described("Template")]
    start: Annotated[int, quantity("", "First number", low=0)] = 1
    step: Annotated[int, quantity("", "Step", low=1)] = 1


class TypeRecord(Record, frozen=True, kw_only=True):
    """A copy of a catalogue type, taken at first use; the id is the type's id."""

    spec: AnyType


TABLES: dict[str, type[Record]] = {
    "settings": Setting,
    "requirements": Requirement,
    "sources": PowerSource,
    "phases": Phase,
    "fabrics": Fabric,
    "models": TransformerRecord,
    "workloads": Workload,
    "assumptions": Assumption,
    "alternates": Alternate,
    "revisions": Revision,
    "types": TypeRecord,
    "blocks": Block,
    "linked": LinkedBlock,
    "naming": NamingTemplate,
    "areas": Area,
    "pathways": Pathway,
    "underlays": Underlay,
    "instances": Instance,
    "devices": Device,
    "links": Link,
    "overrides": Override,
    "waivers": Waiver,
    "layouts": Layout,
    "notes": Note,
}
"""Tables by name, in the order of the file."""

PROJECT_TABLES = frozenset(list(TABLES)[: list(TABLES).index("naming")])
"""Tables whose records belong to the whole project (block "")."""
BLOCK_TABLES = tuple(table for table in TABLES if table not in PROJECT_TABLES)
"""Tables whose records are part of a block (some of them also of the whole project)."""
