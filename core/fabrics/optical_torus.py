"""Cubes of accelerators that optical circuit switches join to tori (TPU v4; Jouppi et al., ISCA 2023).

The links inside a cube are copper. The links out of its six faces end at optical circuit switches: the switch
for a dimension and a position on the face takes the upper and the lower face there of all cubes. A slice is a
torus of whole cubes, and so a permutation on every switch: the upper face of each cube goes to the lower face
of the next one.

Light does not stop at such a switch, so it is no hop. The graph has either the *circuits*, each as one link
from accelerator to accelerator, which is what is measured, or the *switches* with the fibres to them, which
is what is placed and wired; there a switch has its circuits as pairs of ports.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import msgspec

from core.fabrics.family import Family, ParameterError, Parameters, Sizes
from core.fabrics.parameter_fields import LinkGbps
from core.fabrics.routers import all_numbered, shape, within
from core.fabrics.weave import Weave
from core.model.fields import described, quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph

Place: TypeAlias = tuple[int, int, int]
THREE = range(3, 4)
UPPER, LOWER = 0, 1
MOST_CUBES = 1024


class OpticalTorus(Parameters, frozen=True, kw_only=True):
    """Cubes, which are units, and slices of them. Cubes are given to slices in their order, which costs
    nothing as any cube can be next to any other; those that are left stay unjoined. All cubes are equal
    inside, but for circuits that come back to their own cube because its slice is one cube wide."""

    cubes: Annotated[int, quantity("", "Cubes", low=1, high=MOST_CUBES)] = 64
    cube: Annotated[str, described("Accelerators of a cube", help="Along each dimension", max_length=64)] = (
        "4x4x4"
    )
    tray: Annotated[str, described("Accelerators of a tray", help="Along each dimension", max_length=64)] = (
        "2x2x1"
    )
    slices: Annotated[
        str,
        described("Slices", help="In cubes, such as 4x4x4 or 2x2x4, 1x1x2", max_length=1024),
    ] = "4x4x4"
    graph: Annotated[
        Literal["circuits", "switches"],
        described(
            "Network as", help="circuits: links of accelerators, to measure; switches: fibres, to wire"
        ),
    ] = "circuits"
    switch_ports: Annotated[int, quantity("", "Ports of an optical switch", low=2, high=4096)] = 136
    link_gbps: LinkGbps = 400.0


def _cube(p: OpticalTorus) -> tuple[Place, Place]:
    """Return the sides of cube and tray."""
    cube = shape(p.cube, "cube", THREE, high=32)
    tray = shape(p.tray, "tray", THREE, low=1, high=32)
    if any(side % part for side, part in zip(cube, tray, strict=True)):
        nearest = "x".join(
            str(max(part for part in range(1, min(side, want) + 1) if side % part == 0))
            for side, want in zip(cube, tray, strict=True)
        )
        raise ParameterError(
            f"trays of {p.tray} do not fill a cube of {p.cube}",
            cure=f"The nearest that do: {nearest}",
            field="tray",
            nearest=(nearest,),
        )
    return (cube[0], cube[1], cube[2]), (tray[0], tray[1], tray[2])


def _slices(p: OpticalTorus) -> list[tuple[int, ...]]:
    """Return the slices, each in cubes."""
    found = [shape(part, "slices", THREE, low=1) for part in p.slices.split(",")]
    taken = sum(map(prod, found))
    if taken > MOST_CUBES:
        raise ParameterError(
            f"the slices take {taken:,} cubes and there are at most {MOST_CUBES:,}",
            cure=f"One that fits: 1x1x{p.cubes}",
            field="slices",
            nearest=(f"1x1x{p.cubes}",),
        )
    needed = 2 * max(p.cubes, taken)
    if needed > p.switch_ports:
        raise ParameterError(
            f"{needed // 2} cubes take {needed} ports of each optical switch, which has {p.switch_ports}",
            cure=f"The nearest: {needed} ports",
            field="switch_ports",
            nearest=(needed,),
        )
    if taken > p.cubes:
        raise ParameterError(
            f"the slices take {taken} cubes and there are {p.cubes}",
            cure=f"The nearest: {taken} cubes",
            field="cubes",
            nearest=(taken,),
        )
    return found


def sizes(p: OpticalTorus) -> Sizes:
    """Count cubes, and switches with their fibres or circuits."""
    (x, y, z), _ = _cube(p)
    chips, faces = x * y * z, x * y + y * z + z * x
    joined = sum(map(prod, _slices(p)))
    inside = p.cubes * (3 * chips - faces)
    devices, links = {"chip": p.cubes * chips}, {("chip", "chip"): inside}
    if p.graph == "circuits":
        links["chip", "chip"] += joined * faces
    else:
        devices["ocs"] = faces
        links["chip", "ocs"] = 2 * faces * p.cubes
    return within(Sizes(devices, links, p.cubes * chips))


def successors(slices: list[tuple[int, ...]], cubes: int) -> list[Place | None]:
    """Return for each cube the cube that follows it in each dimension; None if it is in no slice.

    Examples
    --------
    >>> successors([(1, 1, 2), (1, 1, 1)], 4)
    [(0, 0, 1), (1, 1, 0), (2, 2, 2), None]
    """
    found: list[Place | None] = []
    for sides in slices:
        start = len(found)
        _, second, third = sides
        for here in product(*map(range, sides)):
            after = []
            for axis in range(3):
                a, b, c = ((at + (k == axis)) % sides[k] for k, at in enumerate(here))
                after.append(start + (a * second + b) * third + c)
            found.append((after[0], after[1], after[2]))
    return [*found, *[None] * (cubes - len(found))]


def build(p: OpticalTorus, seed: int = 0) -> Graph:
    """Make the cubes and join them. Ports 2d and 2d + 1 of an accelerator lead up and down dimension d; ports
    2c and 2c + 1 of a switch take the upper and the lower face of cube c."""
    sizes(p)
    weave = Weave(FAMILY.name, msgspec.structs.asdict(p), seed)
    sides, tray = _cube(p)
    cubes = [_add_cube(weave, unit, sides, tray, p.link_gbps) for unit in all_numbered("cube", p.cubes)]
    after = successors(_slices(p), p.cubes)
    for axis, side in enumerate(sides):
        for number, face in enumerate(_face(sides, axis), 1):
            ends = [[cube[(*face[:axis], at, *face[axis:])] for at in (side - 1, 0)] for cube in cubes]
            pairs = [(c, then[axis]) for c, then in enumerate(after) if then]
            if p.graph == "circuits":
                for c, then in pairs:
                    upper, lower = ends[c][UPPER], ends[then][LOWER]
                    weave.join(upper, (2 * axis,), lower, (2 * axis + 1,), p.link_gbps)
                continue
            ocs = weave.add(
                "",
                f"ocs-{'xyz'[axis]}-{number:0{len(str(prod(sides)))}}",
                "ocs",
                2,
                slots=p.switch_ports,
                slot_gbps=p.link_gbps,
                circuits=tuple((2 * c + UPPER, 2 * then + LOWER) for c, then in pairs),
            )
            for c, two in enumerate(ends):
                for way in (UPPER, LOWER):
                    weave.join(two[way], (2 * axis + way,), ocs, (2 * c + way,), p.link_gbps)
    return weave.graph()


def _face(sides: Place, axis: int) -> Iterator[tuple[int, ...]]:
    """Give the positions on a face across a dimension."""
    return product(*(range(side) for k, side in enumerate(sides) if k != axis))


def _add_cube(weave: Weave, unit: str, sides: Place, tray: Place, gbps: float) -> dict[tuple[int, ...], str]:
    """Add the accelerators of a cube, named by their tray, and the links inside it."""
    trays = [side // part for side, part in zip(sides, tray, strict=True)]
    tray_names, chip_names = all_numbered("tray", prod(trays)), all_numbered("chip", prod(tray))
    keys: dict[tuple[int, ...], str] = {}
    for here in product(*map(range, sides)):
        outer = [at // part for at, part in zip(here, tray, strict=True)]
        inner = [at % part for at, part in zip(here, tray, strict=True)]
        number = (outer[0] * trays[1] + outer[1]) * trays[2] + outer[2]
        chip = (inner[0] * tray[1] + inner[1]) * tray[2] + inner[2]
        name = f"{tray_names[number]}-{chip_names[chip]}"
        keys[here] = weave.add(unit, name, "chip", 1, slots=6, slot_gbps=gbps, gpus=1)
    for axis in range(3):
        for here, key in keys.items():
            other = keys.get((*here[:axis], here[axis] + 1, *here[axis + 1 :]))
            if other:
                weave.join(key, (2 * axis,), other, (2 * axis + 1,), gbps)
    return keys


FAMILY = Family(
    name="optical-torus",
    label="Optically switched torus",
    summary="Cubes of accelerators that optical circuit switches join to tori of any shape (Google TPU v4).",
    parameters=OpticalTorus,
    build=build,
    sizes=sizes,
)
