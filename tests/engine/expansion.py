"""The expanded design worked out slowly and plainly, and random designs to work out.

Shares no code with `core.engine.snapshot`: a walk over the records, one thing at a time.
"""

from __future__ import annotations

from random import Random
from typing import Any

from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS
from core.model.project import Project
from core.model.records import Device
from tests.engine.designs import Design

Holders = list[tuple[str, str]]
"""Blocks on the way, outermost first, each with the path of what is looked at from there."""


def slow(project: Project) -> dict[str, dict[str, Any]]:
    """Return devices, racks and cables by path, as plain values."""
    found: dict[str, dict[str, Any]] = {"devices": {}, "racks": {}, "cables": {}}
    gone: set[str] = set()
    _walk(project, project.top, "", [(project.top, "")], ((0, 0, 0), 0, False), False, found, gone)
    for cable in found["cables"].values():
        if cable["a"][0] in gone or cable["b"][0] in gone:
            cable["layer"] = None
    return found


def _walk(
    project: Project,
    block: str,
    prefix: str,
    holders: Holders,
    at: Any,
    absent: bool,
    found: Any,
    gone: set[str],
) -> None:
    record = project.blocks[block]
    limit = record.power_limit_w
    if record.kind == "rack":
        own = _said(project, holders[:-1], None, "power_limit_w") if len(holders) > 1 else None
        found["racks"][prefix.rstrip("/")] = {
            "block": block,
            "type": None if absent else record.rack_type,
            "at": at,
            "limit": limit if own is None else own,
        }
    for device in project.devices(block).values():
        here = _extended(holders, device.id)
        path = prefix + device.id
        is_gone = absent or bool(_said(project, here, None, "absent"))
        if is_gone:
            gone.add(path)
        cap = _said(project, here, None, "power_limit_w")
        found["devices"][path] = {
            "type": None if is_gone else (device.type, tuple(sorted(device.modules.items()))),
            "rack": prefix.rstrip("/") if record.kind == "rack" else None,
            "mounting": (device.half_u, device.face, device.side, bool(device.zone)),
            "at": None if record.kind == "rack" else _placed(at, device, False),
            "limit": device.power_limit_w if cap is None else cap,
            "feeds": dict(device.feeds),
        }
    for link in project.links(block).values():
        here = _extended(holders, link.id)
        for k, (a, b) in enumerate(zip(link.a.ports, link.b.ports, strict=True)):
            path = f"{prefix}{link.id}" + (f"#{k}" if link.count > 1 else "")
            length = _said(project, here, k, "length_m")
            found["cables"][path] = {
                "a": (prefix + link.a.path, a),
                "b": (prefix + link.b.path, b),
                "layer": None if absent or _said(project, here, k, "absent") else link.layer,
                "fabric": link.fabric,
                "length": link.length_m if length is None else length,
                "pinned": link.cable,
            }
    for instance in project.instances(block).values():
        here = _extended(holders, instance.id)
        is_gone = absent or bool(_said(project, here, None, "absent"))
        inside = [*here, (instance.of, "")]
        place = _placed(at, instance, instance.mirrored)
        _walk(project, instance.of, f"{prefix}{instance.id}/", inside, place, is_gone, found, gone)


def _extended(holders: Holders, step: str) -> Holders:
    return [(block, f"{path}/{step}".lstrip("/")) for block, path in holders]


def _said(project: Project, holders: Holders, cable: int | None, field: str) -> Any:
    """What the outermost block says; of one cable before the whole trunk."""
    for block, path in holders:
        for which in dict.fromkeys((cable, None)):
            for override in project.overrides(block).values():
                if override.path == path and override.cable == which:
                    value = getattr(override, field)
                    if value is not None:
                        return value
    return None


def _placed(at: Any, thing: Any, mirrored: bool) -> Any:
    """Position, quarter turns and mirroring of a thing in a frame that is itself placed."""
    (x0, y0, z0), turns, flipped = at
    x, y = thing.x_mm, thing.y_mm
    if flipped:
        x = -x
    for _ in range(turns):
        x, y = -y, x
    own = thing.rotation // 90
    turn = turns + (-own if flipped else own)
    return ((x0 + x, y0 + y, z0 + thing.z_mm), turn % 4, flipped != mirrored)


def fast(snap: Snapshot) -> dict[str, dict[str, Any]]:
    """Return the same of a snapshot, its integers turned into names."""
    ports = snap.specs.ports
    found: dict[str, dict[str, Any]] = {"devices": {}, "racks": {}, "cables": {}}
    racks = [snap.rack_path(k) for k in range(snap.n_racks)]
    paths = [snap.device_path(k) for k in range(snap.n_devices)]
    for k, path in enumerate(racks):
        kind = int(snap.rack_type[k])
        found["racks"][path] = {
            "block": snap.rack_blocks[snap.rack_block[k]],
            "type": snap.specs.rack_types[kind].id if kind >= 0 else None,
            "at": _at(snap, "rack", k),
            "limit": _number(snap.rack_limit_w[k]),
        }
    for k, path in enumerate(paths):
        spec = snap.specs.specs[snap.device_spec[k]]
        rack = int(snap.device_rack[k])
        found["devices"][path] = {
            "type": (spec.type.id, tuple((bay, m.id) for bay, m in spec.modules)) if spec.type.id else None,
            "rack": racks[rack] if rack >= 0 else None,
            "mounting": (
                int(snap.device_half_u[k]),
                ("front", "rear")[snap.device_face[k]],
                ("", "left", "centre", "right")[snap.device_side[k]],
                bool(snap.device_zoned[k]),
            ),
            "at": _at(snap, "device", k) if rack < 0 else None,
            "limit": _number(snap.device_limit_w[k]),
            "feeds": {},
        }
        assert snap.flat.device_row(path) == k
    for k in range(len(snap.feed_device)):
        row = int(snap.feed_device[k])
        if snap.device_spec[row]:
            name = ports.names[ports.base[snap.device_spec[row]] + snap.feed_port[k]]
            found["devices"][paths[row]]["feeds"][name] = snap.sources[snap.feed_source[k]]
    for k in range(snap.n_cables):
        layer = int(snap.cable_layer[k])
        fabric, pinned = int(snap.cable_fabric[k]), int(snap.cable_type[k])
        found["cables"][snap.cable_path(k)] = {
            "a": (paths[snap.cable_a[k]], _token(snap, "a", k)),
            "b": (paths[snap.cable_b[k]], _token(snap, "b", k)),
            "layer": LAYERS[layer] if layer >= 0 else None,
            "fabric": snap.fabrics[fabric] if fabric >= 0 else "",
            "length": _number(snap.cable_length_m[k]),
            "pinned": snap.cable_types[pinned] if pinned >= 0 else "",
        }
    counts = {"devices": snap.n_devices, "racks": snap.n_racks, "cables": snap.n_cables}
    assert {name: len(rows) for name, rows in found.items()} == counts, "two rows of one path"
    return found


def _at(snap: Snapshot, kind: str, row: int) -> Any:
    x, y, z, turn = (int(getattr(snap, f"{kind}_{c}")[row]) for c in ("x", "y", "z", "turn"))
    return ((x, y, z), turn & 3, bool(turn >> 2))


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def _token(snap: Snapshot, end: str, row: int) -> str | None:
    spec = int(snap.device_spec[getattr(snap, f"cable_{end}")[row]])
    if not spec:
        return None
    port = snap.specs.specs[spec].ports.ports[getattr(snap, f"cable_port_{end}")[row]]
    lane = int(getattr(snap, f"cable_lane_{end}")[row])
    return port.name if lane == 0 else f"{port.name}/{lane % 16}"


def comparable(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Leave out what an absent device has no more: its feeds and the names of its ports."""
    for device in found["devices"].values():
        if device["type"] is None:
            device["feeds"] = {}
    gone = {path for path, device in found["devices"].items() if device["type"] is None}
    for cable in found["cables"].values():
        for end in "ab":
            if cable[end][0] in gone:
                cable[end] = (cable[end][0], None)
    return found


def random_design(random: Random, *, overrides: bool = True) -> Design:
    """Return racks in units in a hall, with links and overrides at several levels."""
    design = Design()
    design.sources("A", "B")
    design.fabric("f")
    for name in ("rack-a", "rack-b"):
        design.rack(name, power_limit_w=random.choice((None, 40_000.0)))
        for k in range(random.randint(0, 3)):
            add_device(design, random, name, f"d{k}", 1 + 10 * k)
    for name in ("unit-a", "unit-b"):
        design.floor(name)
        _fill(design, random, name, ("rack-a", "rack-b"))
    design.floor("pod")
    _fill(design, random, "pod", ("unit-a", "unit-b", "rack-a"))
    _fill(design, random, "hall", ("pod", "unit-a", "rack-b"))
    if overrides:
        for block in ("hall", "pod", "unit-a"):
            for _ in range(random.randint(0, 3)):
                add_override(design, random, block)
    return design


def _fill(design: Design, random: Random, block: str, children: tuple[str, ...]) -> None:
    for k in range(random.randint(0, 3)):
        add_instance(design, random, block, random.choice(children), f"i{k}")
    for k in range(random.randint(0, 2)):
        add_device(design, random, block, f"d{k}", 1)
    for _ in range(random.randint(0, 4)):
        add_link(design, random, block)


def add_instance(design: Design, random: Random, block: str, of: str, name: str) -> None:
    x, y, z = (random.randrange(-50, 50) * 100 for _ in range(3))
    rotation = random.choice((0, 90, 180, 270))
    design.place(of, name, block, x_mm=x, y_mm=y, z_mm=z, rotation=rotation, mirrored=random.random() < 0.5)


def add_device(design: Design, random: Random, block: str, name: str, unit: float) -> None:
    kind = random.choice(("server", "switch"))
    fields: dict[str, Any] = {"face": random.choice(("front", "rear"))}
    if kind == "server" and random.random() < 0.5:
        fields["modules"] = {random.choice(("nic1", "nic2")): random.choice(("nic", "dark-nic"))}
    if random.random() < 0.5:
        fields["feeds"] = {"psu1": random.choice("AB")}
    if random.random() < 0.3:
        fields["power_limit_w"] = 500.0
    if design.project.blocks[block].kind == "floor":
        fields |= {
            "x_mm": random.randrange(-9, 9) * 100,
            "y_mm": 700,
            "rotation": random.choice((0, 90, 270)),
        }
    design.device(block, kind, unit, name, **fields)


def add_link(design: Design, random: Random, block: str) -> None:
    """Join two devices by a trunk, if there are two in different children."""
    below = devices_below(design.project, block)
    if len(below) < 2:
        return
    (path_a, a), (path_b, b) = random.sample(below, 2)
    first_a, first_b = path_a.split("/")[0], path_b.split("/")[0]
    if first_a == first_b and "/" in path_a and "/" in path_b:
        return
    count = random.choice((1, 1, 3))
    cages = 4 if "server" in (a.type, b.type) else 32
    ports = [
        [f"osfp{k}/{random.choice((1, 2))}" for k in random.sample(range(1, cages + 1), count)] for _ in "ab"
    ]
    fields = {"fabric": random.choice(("", "f")), "length_m": random.choice((None, 7.5))}
    design.link(path_a, ports[0], path_b, ports[1], block, cable=random.choice(("", "mmf")), **fields)


def add_override(design: Design, random: Random, block: str) -> None:
    paths = things_below(design.project, block)
    if not paths:
        return
    path, count = random.choice(paths)
    cable = random.choice((None, random.randrange(count))) if count else None
    said = {(o.path, o.cable) for o in design.project.overrides(block).values()}
    if (path, cable) in said:
        return
    fields: dict[str, Any] = {"absent": random.choice((True, True, False))}
    if random.random() < 0.4:
        fields = {"length_m": 12.5} if count else {"power_limit_w": 333.0}
    design.override(path, block, cable, **fields)


def devices_below(project: Project, block: str, prefix: str = "") -> list[tuple[str, Device]]:
    found = [(prefix + d.id, d) for d in project.devices(block).values()]
    for instance in project.instances(block).values():
        found += devices_below(project, instance.of, f"{prefix}{instance.id}/")
    return found


def things_below(project: Project, block: str, prefix: str = "") -> list[tuple[str, int]]:
    """Paths of devices, instances and links, with the number of cables of links."""
    found = [(prefix + d.id, 0) for d in project.devices(block).values()]
    found += [(prefix + link.id, link.count) for link in project.links(block).values()]
    for instance in project.instances(block).values():
        found.append((prefix + instance.id, 0))
        found += things_below(project, instance.of, f"{prefix}{instance.id}/")
    return found
