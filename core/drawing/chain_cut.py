"""What schematics of every layer do alike: fold a chain, mark what is failed, join the groups."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np

from core.drawing.chain import Chain, Folded, as_rows, fold
from core.drawing.chain_layout import Joint
from core.engine.columns import Flags


class Cut(NamedTuple):
    """A folded chain with some of it failed."""

    folded: Folded
    broken: Flags
    """What is taken for failed, shape (n,)."""


def cut(chain: Chain, node_of: Callable[[str], int], apart: Collection[str], failed: Collection[str]) -> Cut:
    """Fold a chain.

    Parameters
    ----------
    chain : Chain
    node_of : callable
        Returns the node of a key, -1 if there is none.
    apart, failed : collection of str
        Keys of what is to stand alone, and of what is taken for failed.
    """
    rows = {key: row for key in (*apart, *failed) if (row := node_of(key)) >= 0}
    broken = np.zeros(len(chain), np.bool_)
    broken[[rows[key] for key in failed if key in rows]] = True
    return Cut(fold(chain, as_rows([rows[key] for key in apart if key in rows])), broken)


def joints_of(folded: Folded, gone: Flags) -> tuple[list[Joint], list[bool]]:
    """Return the lines between the groups, and which of them carry nothing as all at one end is gone."""
    all_gone = [bool(gone[folded.members(group)].all()) for group in range(len(folded))]
    joints = [Joint(*ends) for ends in np.stack([folded.feeder, folded.consumer, folded.kind]).T.tolist()]
    return joints, [all_gone[joint.upper] or all_gone[joint.lower] for joint in joints]
