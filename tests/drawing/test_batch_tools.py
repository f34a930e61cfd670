"""Batches from arrays, tiling, callouts."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.drawing.batch import Sketch, concatenate, shifted, tiled
from core.drawing.callouts import spread
from core.drawing.columns import line_batch, rect_batch, text_batch


def _sample():
    sketch = Sketch()
    sketch.rect(0, 0, 2, 1, "outline", owner=0)
    sketch.line(0, 0, 1, 1, "thin", owner=0)
    sketch.polygon([(0, 0), (1, 0), (1, 1)], "outline", owner=0)
    sketch.text(0.5, 0.5, "x", 1.0, owner=0)
    return sketch.freeze()


def test_tiled_equals_shifted_copies():
    batch = _sample()
    at = np.array([[0.0, 0.0], [10.0, 5.0], [-3.0, 2.0]])
    owners = np.array([4, 7, 9], dtype=np.int32)
    expected = concatenate([shifted(batch, *p, owner_offset=int(o)) for p, o in zip(at, owners, strict=True)])
    made = tiled(batch, at, owners)
    for name in batch.__dataclass_fields__:
        a, b = getattr(made, name), getattr(expected, name)
        assert a == b if name == "texts" else np.array_equal(a, b), name


def test_column_batches_have_equal_rows():
    rects = rect_batch([[0, 0, 1, 1], [2, 2, 1, 1]], "outline")
    lines = line_batch([[0, 0, 1, 1]], "thin", owners=np.array([3]))
    texts = text_batch(("a", "b"), [[0, 0], [1, 1]], 2.0, width=[5.0, 6.0])
    both = concatenate([rects, lines, texts])
    assert len(both.rects) == 2
    assert both.line_owner.tolist() == [3]
    assert both.text_width.tolist() == [5.0, 6.0]
    assert both.text_anchor.tolist() == [1, 1]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(0.1, 10))
def test_spread_keeps_distance_order_and_range(wanted, pitch):
    wanted = sorted(wanted, reverse=True)
    placed = spread(wanted, pitch, 0.0, 100.0)
    step = min(pitch, 100.0 / max(len(wanted) - 1, 1))
    assert all(a - b >= step - 1e-6 for a, b in pairwise(placed))
    assert placed[0] <= 100.0 + 1e-6
    assert placed[-1] >= -1e-6


def test_spread_leaves_alone_what_is_far_apart():
    assert spread([90.0, 50.0, 10.0], 4.0, 0.0, 100.0) == [90.0, 50.0, 10.0]
