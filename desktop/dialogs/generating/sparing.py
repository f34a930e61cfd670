"""The window stays quick while much is computed beside it: turns of threads, and the garbage collector."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.fabrics.family import Graph

SWITCHING_S = 0.0005
"""How long another thread may compute before the window gets its turn: a table is painted in many turns."""


@contextmanager
def spared() -> Iterator[None]:
    """Give the window its turn often; when it ends, collect again what was kept from the collector."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCHING_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
        gc.unfreeze()


def keep_from_collector() -> None:
    """Take what was made out of what the collector looks through.

    It runs on the thread of the window (`desktop.garbage`): a network of 16,384 GPUs holds it for a second.
    What nobody refers to any more is freed all the same, unless it refers to itself (`let_go`).
    """
    gc.freeze()


def let_go(graphs: dict[Any, Graph]) -> None:
    """Drop networks so that they are freed at once."""
    for graph in graphs.values():
        vars(graph).pop("edges", None)  # a view that is made when asked for, and refers to its graph
    graphs.clear()
