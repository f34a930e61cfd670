"""Blocks put together of their own rows and those of their children."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Ints, turned
from core.engine.flat import KINDS, Child, Flat, Group
from core.model.records import Instance

_SHIFTED = {"device_rack": "rack", "cable_a": "device", "cable_b": "device", "feed_device": "device"}
_TURNED = {"placement": "rack", "standing": "device"}


def layout(
    own: Mapping[str, Group],
    own_cables: int,
    by_child: Mapping[str, list[Instance]],
    flats: Mapping[str, Flat],
) -> tuple[dict[str, int], dict[str, int], tuple[Child, ...]]:
    """Return how many rows of each kind are its own, how many all, and where the children begin."""
    own_counts = {
        "device": len(own["devices"]["device_spec"]),
        "rack": len(own["racks"]["rack_block"]),
        "cable": own_cables,
        "feed": len(own["feeds"]["feed_device"]),
    }
    counts, children = dict(own_counts), []
    for of, instances in by_child.items():
        for instance in instances:
            children.append(Child(instance.id, flats[of], dict(counts)))
            for kind in KINDS:
                counts[kind] += flats[of].counts[kind]
    return own_counts, counts, tuple(children)


def first_copies(own_cables: int, children: tuple[Child, ...], old: Flat | None) -> Ints:
    """Return for each cable the row of the same cable in the first placement of its block."""
    if (
        old is not None
        and own_cables == old.own_counts["cable"]
        and len(children) == len(old.children)
        and all(
            new.flat.first_copy is before.flat.first_copy and new.start == before.start
            for new, before in zip(children, old.children, strict=True)
        )
    ):
        return old.first_copy
    first: dict[str, int] = {}
    parts = [np.arange(own_cables, dtype=np.int32)]
    for child in children:
        parts.append(
            child.flat.first_copy + np.int32(first.setdefault(child.flat.block, child.start["cable"]))
        )
    return np.concatenate(parts)


def composed(
    name: str,
    flat: Flat,
    by_child: Mapping[str, list[Instance]],
    flats: Mapping[str, Flat],
    old: Flat | None,
) -> Group:
    """Return one group of a block: own rows, then children tiled, offset and turned as they stand."""
    own = flat.own[name]
    if not by_child:
        return own
    if old is not None and _untouched(name, flat, old):
        return old.plain[name]
    parts: dict[str, list[NDArray[Any]]] = {column: [own[column]] for column in own}
    at = 0
    for of, instances in by_child.items():
        group = flats[of].groups[name]
        children = flat.children[at : at + len(instances)]
        at += len(instances)
        turned = _turn(group, instances, _TURNED[name]) if name in _TURNED else None
        for column, values in group.items():
            if turned is not None:
                parts[column].append(turned[column])
                continue
            tiled = np.tile(values, len(instances))
            shift = _SHIFTED.get(column)
            if shift is not None and len(values):
                offsets = np.repeat(np.array([c.start[shift] for c in children], np.int32), len(values))
                tiled = np.where(tiled < 0, tiled, tiled + offsets)
            parts[column].append(tiled)
    return {column: np.concatenate(arrays) for column, arrays in parts.items()}


def _untouched(name: str, flat: Flat, old: Flat) -> bool:
    return (
        flat.own[name] is old.own.get(name)
        and flat.composition == old.composition
        and (name not in _TURNED or flat.places == old.places)
        and all(
            new.flat.groups[name] is before.flat.groups[name]
            for new, before in zip(flat.children, old.children, strict=True)
        )
    )


def place_of(instance: Instance) -> tuple[object, ...]:
    """Return what of an instance says where its block stands."""
    return (instance.x_mm, instance.y_mm, instance.z_mm, instance.rotation, instance.mirrored)


def _turn(group: Group, instances: list[Instance], kind: str) -> dict[str, NDArray[Any]]:
    """Place positions by rotation (quarter turns, counter-clockwise) after mirroring x."""
    x, y, z, turn = (group[f"{kind}_{c}"].astype(np.int64) for c in ("x", "y", "z", "turn"))
    quarter = np.array([i.rotation // 90 for i in instances])
    mirrored = np.array([i.mirrored for i in instances])
    placed_x, placed_y = turned(x, y, (quarter + 4 * mirrored)[:, None])
    origin = [np.array([getattr(i, f"{c}_mm") for i in instances])[:, None] for c in ("x", "y", "z")]
    spin = np.where(mirrored[:, None], -(turn & 3), turn & 3)
    flipped = (turn >> 2) ^ mirrored[:, None]
    return {
        f"{kind}_x": _flat_ints(origin[0] + placed_x),
        f"{kind}_y": _flat_ints(origin[1] + placed_y),
        f"{kind}_z": _flat_ints(origin[2] + z),
        f"{kind}_turn": _flat_ints((quarter[:, None] + spin) % 4 + 4 * flipped),
    }


def _flat_ints(values: NDArray[Any]) -> Ints:
    return np.ascontiguousarray(values.reshape(-1).astype(np.int32))


def share(new: dict[str, Group], old: dict[str, Group] | None) -> None:
    """Put old groups in the place of new ones that are equal, so that they keep their identity."""
    if old is None:
        return
    for name, group in list(new.items()):
        before = old.get(name)
        if (
            before is not None
            and before is not group
            and all(np.array_equal(group[c], before[c], equal_nan=group[c].dtype.kind == "f") for c in group)
        ):
            new[name] = before
