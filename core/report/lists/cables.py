"""The list of cables: one row for each link of a trunk."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from core.editing.cabling.cable_names import cable_text
from core.engine.columns import Floats, Ints
from core.engine.evaluation import Evaluation
from core.engine.pathways import STATES
from core.engine.routes import LEGS, legs_m
from core.engine.specs import LAYERS
from core.report.lists.cells import Cells, Numbers, Rows, Texts
from core.report.lists.devices import said
from core.report.lists.listing import COMPUTED, DRAWN, Column, Kind, Source

_CHOSEN = "Chosen by length, or pinned in the properties of the link"
_LANES = 16
"""A lane is kept as 16 * split + lane."""


def _rows(source: Source) -> Rows:
    return np.flatnonzero(source.evaluation.snapshot.cable_layer >= 0)


def end_device(source: Source, end: str) -> Texts:
    """Return the labels of the devices at one end."""
    labels = source.placed.device_labels
    codes: Ints = getattr(source.evaluation.snapshot, f"cable_{end}")
    return Texts(codes, labels.values, labels.rank)


def end_port(source: Source, end: str) -> Texts:
    """Return the ports at one end, with the lane as written in the link."""
    snap = source.evaluation.snapshot
    ports = snap.specs.ports
    device, port = getattr(snap, f"cable_{end}"), getattr(snap, f"cable_port_{end}")
    lane = getattr(snap, f"cable_lane_{end}").astype(np.int64)
    there = snap.device_spec[device] > 0
    row = np.where(there, ports.base[snap.device_spec[device]] + port, -1).astype(np.int64)
    present, code = np.unique(row * 4096 + lane, return_inverse=True)
    texts = []
    for value in present.tolist():
        at, lanes = divmod(value, 4096)
        texts.append(port_token(ports.names[at], ports.groups[at].lanes, lanes) if at >= 0 else "")
    return Texts(code.reshape(-1), texts)


def port_token(name: str, splits: tuple[int, ...], lane: int) -> str:
    """Return how a link writes a port or a lane of it.

    Examples
    --------
    >>> port_token("osfp1", (2,), 0), port_token("osfp1", (2,), 34), port_token("osfp1", (2, 4), 65)
    ('osfp1', 'osfp1/2', 'osfp1/4:1')
    """
    if not lane:
        return name
    split, number = divmod(lane, _LANES)
    return f"{name}/{number}" if splits and splits[0] == split else f"{name}/{split}:{number}"


def _fabric(source: Source) -> Cells:
    snap = source.evaluation.snapshot
    fabrics = source.placed.reader.fabrics
    names = [fabrics[f].name if f in fabrics else f for f in snap.fabrics]
    codes = np.where(snap.cable_fabric >= 0, snap.cable_fabric, len(names) + snap.cable_layer)
    return Texts(codes, [*names, *LAYERS])


def _layer(source: Source) -> Cells:
    return Texts(source.evaluation.snapshot.cable_layer, list(LAYERS))


PLUGS_ON = "plugs on, no cable"


def _option(words: str) -> Column:
    """Medium or part of a cable; `unknown` where no qualified part reaches, none of what plugs on."""

    def make(source: Source) -> Cells:
        cabling = source.evaluation.cabling
        texts = [o.media if words == "Medium" else o.name for o in cabling.options]
        nothing = ("unknown", "none") if words == "Medium" else ("no qualified part", PLUGS_ON)
        codes = np.where(cabling.cable_option < 0, len(texts) + cabling.plugs_on, cabling.cable_option)
        return Texts(codes, [*texts, *nothing])

    return Column(words.lower(), words, make, fixed=_CHOSEN)


def _route(source: Source) -> Cells:
    return Numbers(source.evaluation.cabling.cable_route_m, places=1)


def _leg(number: int, name: str) -> Column:
    """A part of the way of a cable: how its length is made."""

    def make(source: Source) -> Cells:
        return Numbers(_legs(source)[number], places=2)

    key = "way_" + "_".join(name.replace(",", "").split())
    return Column(key, f"Way {name}", make, unit="m", fixed=COMPUTED, shown=False)


_legs_of: WeakKeyDictionary[Evaluation, Floats] = WeakKeyDictionary()


def _legs(source: Source) -> Floats:
    return legs_of(source.evaluation)


def legs_of(evaluation: Evaluation) -> Floats:
    """Return the parts of the ways of all cables, shape (9, n_cables) [m]; worked out once.

    In the order of `core.engine.routes.LEGS`; NaN for absent cables and what plugs on.
    """
    legs = _legs_of.get(evaluation)
    if legs is None:
        cabling = evaluation.cabling
        links, rows = cabling.classes, np.arange(evaluation.snapshot.n_cables)
        legs = legs_m(
            evaluation.snapshot, rows, links.behind_a, links.behind_b, links.same_rack, cabling.routes
        )
        legs[:, (evaluation.snapshot.cable_layer < 0) | links.plugs_on] = np.nan
        _legs_of[evaluation] = legs
    return legs


def _ways(source: Source) -> Cells:
    """Return the names of the pathways each cable lies in, in order."""
    cabling = source.evaluation.cabling
    routes = cabling.routes
    if routes is None:
        return Texts(np.zeros(source.evaluation.snapshot.n_cables, np.int32), ["none drawn"])
    texts: list[str] = ["", *STATES[2:]]
    of_bundle = np.zeros((len(routes.bundles) + 1, 2), np.int32)
    known: dict[str, int] = {text: k for k, text in enumerate(texts)}
    for turned in (0, 1):
        for bundle, state in enumerate(routes.laid.state.tolist()):
            ways = routes.ways_of_bundle(bundle)
            ways = ways[::-1] if turned else ways
            words = ", ".join(w.record.name or w.record.kind for w in ways) if state < 2 else STATES[state]
            of_bundle[bundle, turned] = known.setdefault(words, len(known))
    return Texts(of_bundle[routes.cable_bundle, routes.cable_turned.astype(np.intp)], list(known))


def _ordered(source: Source) -> Cells:
    return Numbers(source.evaluation.cabling.cable_ordered_m, places=1)


def _rate(source: Source) -> Cells:
    cabling = source.evaluation.cabling
    data = source.evaluation.snapshot.cable_layer == LAYERS.index("data")
    return Numbers(np.where(data, cabling.classes.cable_rate_gbps, np.nan), missing="")


def _path(source: Source) -> Cells:
    placed = source.placed
    names, place = placed.name("cable"), placed.place_of("cable")
    a, b = (end_device(source, end) for end in "ab")
    ports = [end_port(source, end) for end in "ab"]
    labels = placed.labels
    texts = []
    for row in range(len(names.codes)):
        ends = (a.text(row), ports[0].text(row)), (b.text(row), ports[1].text(row))
        texts.append(cable_text(labels[place[row]], names.text(row), *ends))
    return Texts(np.arange(len(texts)), texts)


CABLES = Kind(
    name="cables",
    title="Cables",
    noun="cable",
    thing="cable",
    columns=(
        said("cable", "name", "Name"),
        Column("from", "From", lambda s: end_device(s, "a"), fixed=DRAWN, also=("a",)),
        Column("from_port", "From port", lambda s: end_port(s, "a"), fixed=DRAWN),
        Column("to", "To", lambda s: end_device(s, "b"), fixed=DRAWN, also=("z", "b")),
        Column("to_port", "To port", lambda s: end_port(s, "b"), fixed=DRAWN),
        Column("fabric", "Fabric", _fabric, fixed="Set it in the properties of the link"),
        Column("layer", "Layer", _layer, fixed=DRAWN, shown=False),
        Column("route", "Route", _route, unit="m", fixed=COMPUTED),
        Column("ways", "Pathways", _ways, fixed=COMPUTED, shown=False),
        *(_leg(k, name) for k, name in enumerate(LEGS)),
        Column("ordered", "Ordered", _ordered, unit="m", fixed="Computed: pin it in 'Length pinned'"),
        Column(
            "length_m",
            "Length pinned",
            lambda s: s.placed.numbers("cable", "length_m", digits=15, missing=""),
            unit="m",
            fixed="",
        ),
        _option("Medium"),
        _option("Part"),
        Column("rate", "Rate", _rate, unit="Gbit/s", fixed=DRAWN),
        said("cable", "status", "Status"),
        said("cable", "phase", "Phase", shown=False),
        said("cable", "colour", "Colour", shown=False),
        said("cable", "asset_tag", "Asset tag", "tag", shown=False),
        said("cable", "serial", "Serial number", shown=False),
        said("cable", "note", "Note"),
        Column("path", "Path", _path, fixed=DRAWN, shown=False),
    ),
    rows=_rows,
)
