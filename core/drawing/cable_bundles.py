"""Cables of a design bundled by what they join, for drawing them over plans and elevations."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS
from core.model.project import Reader

Rows: TypeAlias = NDArray[np.intp]
MOST_SEGMENTS = 20_000
"""Lines of an overlay; the thickest bundles come first."""
FEW = 4
"""Bundles of fewer cables are drawn thin."""


class Kinds(NamedTuple):
    """The style of each cable."""

    styles: tuple[str, ...]
    of: NDArray[np.int64]


def kinds_of(project: Reader, snap: Snapshot) -> Kinds:
    """Return the style of each cable: by the role of its fabric, else by its layer."""
    roles = {fabric.id: fabric.role for fabric in project.fabrics.values()}
    names = [f"link.{roles.get(name, 'other')}" for name in snap.fabrics]
    styles = tuple(dict.fromkeys([*names, "link.other", "link.power", "link.coolant"]))
    by_fabric = np.array([styles.index(name) for name in names] + [styles.index("link.other")])
    of = by_fabric[snap.cable_fabric].astype(np.int64)
    for layer in ("power", "coolant"):
        of[snap.cable_layer == LAYERS.index(layer)] = styles.index(f"link.{layer}")
    return Kinds(styles, of)


class Bundles(NamedTuple):
    """Cables joined by their ends, thickest first."""

    a: Rows
    b: Rows
    kind: Rows
    number: Rows


def bundles_of(a: Rows, b: Rows, kind: NDArray[np.int64], nodes: int) -> Bundles:
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b).astype(np.int64)
    key, counts = np.unique((kind * nodes + low) * nodes + high, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    key, counts = key[order], counts[order]
    rest, last = np.divmod(key, nodes)
    kinds, first = np.divmod(rest, nodes)
    return Bundles(first, last, kinds, counts)
