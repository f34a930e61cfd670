"""Folding a chain, what dies with what, and where the boxes stand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drawing.chain import STANDBY, SUPPLY, Chain, Rows, as_rows, fold
from core.drawing.chain_layout import Joint, lay_out


def chain_of(sorts: list[int], edges: list[tuple[int, int]], standby: frozenset[int] = frozenset()) -> Chain:
    ends = np.array(edges, np.int64).reshape(-1, 2).T
    kinds = as_rows([STANDBY if a in standby else SUPPLY for a, _ in edges])
    return Chain(as_rows(sorts), ends[0], ends[1], kinds)


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    """Chains without loops: edges go from lower numbers to higher ones."""
    n = draw(st.integers(1, 14))
    sorts = draw(st.lists(st.integers(-1, 2), min_size=n, max_size=n))
    pairs = list(combinations(range(n), 2))
    edges = draw(st.lists(st.sampled_from(pairs), max_size=25, unique=True)) if pairs else []
    return chain_of(sorts, edges)


def groups_above(chain: Chain, group: Rows, node: int) -> set[int]:
    return {int(group[f]) for f, c in zip(chain.feeder, chain.consumer, strict=True) if c == node}


def test_equal_branches_become_one() -> None:
    # Two sources (0, 1); under each two boards, under each board two loads.
    boards = [(0, 2), (0, 3), (1, 4), (1, 5)]
    loads = [(b, 6 + 2 * k + j) for k, b in enumerate((2, 3, 4, 5)) for j in (0, 1)]
    chain = chain_of([10, 11, *[20] * 4, *[30] * 8], boards + loads)
    folded = fold(chain)
    assert folded.count.tolist() == [1, 1, 2, 2, 4, 4]
    joints = zip(folded.feeder.tolist(), folded.consumer.tolist(), folded.edges.tolist(), strict=True)
    assert sorted(joints) == [(0, 2, 2), (1, 3, 2), (2, 4, 4), (3, 5, 4)]


def test_what_stands_apart_keeps_its_branch_and_all_that_feeds_it() -> None:
    chain = chain_of([10, 20, 20, 20, 30, 30, 30], [(0, 1), (0, 2), (0, 3), (1, 4), (2, 5), (3, 6)])
    assert fold(chain).count.tolist() == [1, 3, 3]
    folded = fold(chain, as_rows([2]))
    assert folded.count.tolist() == [1, 2, 1, 2, 1]
    assert folded.members(2).tolist() == [2]
    assert folded.members(4).tolist() == [5]


def test_what_feeds_one_that_stands_apart_stays_together() -> None:
    # Two racks with two shelves each on their busbar, all of one source.
    chain = chain_of(
        [10, *[20] * 4, 30, 30], [(0, 1), (0, 2), (0, 3), (0, 4), (1, 5), (2, 5), (3, 6), (4, 6)]
    )
    assert fold(chain).count.tolist() == [1, 4, 2]
    assert fold(chain, as_rows([5])).count.tolist() == [1, 2, 2, 1, 1]


def test_generators_are_told_apart_by_what_they_feed() -> None:
    # Sources 0 and 1 feed boards 2 and 3; generators 4 and 5 of one sort stand by, one at each.
    chain = chain_of([10, 11, 20, 20, 40, 40], [(0, 2), (1, 3), (4, 2), (5, 3)], frozenset((4, 5)))
    assert fold(chain).count.tolist() == [1] * 6
    # At one source they are one.
    chain = chain_of([10, 20, 20, 40, 40], [(0, 1), (0, 2), (3, 1), (4, 2)], frozenset((3, 4)))
    assert fold(chain).count.tolist() == [1, 2, 2]


@given(chains())
def test_members_of_a_group_are_of_one_sort_and_fed_by_the_same_groups(chain: Chain) -> None:
    folded = fold(chain)
    drawn = chain.sort >= 0
    assert ((folded.group >= 0) == drawn).all()
    assert int(folded.count.sum()) == int(drawn.sum())
    for number in range(len(folded)):
        members = folded.members(number).tolist()
        assert len({int(chain.sort[m]) for m in members}) == 1
        assert len({frozenset(groups_above(chain, folded.group, m) - {-1}) for m in members}) == 1
    both = drawn[chain.feeder] & drawn[chain.consumer]
    assert int(folded.edges.sum()) == int(both.sum())


@given(chains(), st.data())
def test_who_dies_is_who_has_no_live_feeder(chain: Chain, data: st.DataObject) -> None:
    failed = np.array(data.draw(st.lists(st.booleans(), min_size=len(chain), max_size=len(chain))), bool)

    def lives(node: int) -> bool:
        above = [int(f) for f, c in zip(chain.feeder, chain.consumer, strict=True) if c == node]
        return not failed[node] and (not above or any(lives(f) for f in above))

    assert chain.dead(failed).tolist() == [not lives(node) for node in range(len(chain))]


@st.composite
def layouts(draw: st.DrawFn) -> tuple[list[tuple[float, float]], list[int], list[Joint]]:
    levels = sorted(draw(st.lists(st.integers(0, 4), min_size=1, max_size=12)))
    levels = [sorted(set(levels)).index(k) for k in levels]
    sizes = [(70.0, draw(st.sampled_from((16.0, 27.0)))) for _ in levels]
    pairs = [(a, b) for a, b in combinations(range(len(levels)), 2) if levels[a] < levels[b]]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=20, unique=True)) if pairs else []
    return sizes, levels, [Joint(a, b, 0) for a, b in chosen]


@given(layouts())
def test_boxes_keep_clear_of_each_other_and_lines_end_at_them(
    asked: tuple[list[tuple[float, float]], list[int], list[Joint]],
) -> None:
    sizes, levels, joints = asked
    plan = lay_out(sizes, levels, joints, axis=9.0)
    for (ax, ay, aw, ah), (bx, by, bw, bh) in combinations(plan.boxes, 2):
        assert ax + aw <= bx + 1e-6 or bx + bw <= ax + 1e-6 or ay + ah <= by + 1e-6 or by + bh <= ay + 1e-6
    for x, y, w, h in plan.boxes:
        assert x >= -1e-6
        assert y >= -1e-6
        assert x + w <= plan.size[0] + 1e-6
        assert y + h <= plan.size[1] + 1e-6
    for joint, route in zip(joints, plan.routes, strict=True):
        upper, lower = plan.boxes[joint.upper], plan.boxes[joint.lower]
        assert route.points[0] == pytest.approx((upper[0] + 9.0, upper[1]))
        assert route.points[-1][1] == pytest.approx(lower[1] + lower[3])
        assert lower[0] <= route.points[-1][0] <= lower[0] + lower[2]
        for (x1, y1), (x2, y2) in zip(route.points[:-1], route.points[1:], strict=True):
            assert abs(x1 - x2) < 1e-6 or abs(y1 - y2) < 1e-6
            assert y2 <= y1 + 1e-6  # never up again


def test_a_chain_without_branches_is_one_straight_line() -> None:
    plan = lay_out([(70.0, 20.0)] * 4, [0, 1, 2, 3], [Joint(k, k + 1, 0) for k in range(3)], axis=9.0)
    assert [box[0] for box in plan.boxes] == pytest.approx([plan.boxes[0][0]] * 4)


def test_a_place_by_hand_is_kept_and_the_lines_follow() -> None:
    joints = [Joint(0, 1, 0)]
    plain = lay_out([(70.0, 20.0)] * 2, [0, 1], joints, axis=9.0)
    moved = lay_out([(70.0, 20.0)] * 2, [0, 1], joints, axis=9.0, places={1: (100.0, -80.0)})
    step = moved.boxes[1][0] - moved.boxes[0][0] - (plain.boxes[1][0] - plain.boxes[0][0])
    assert step == pytest.approx(135.0)  # from 35 mm left of the middle line to 100 mm right of it
    assert moved.routes[0].points[-1] == pytest.approx(
        (moved.boxes[1][0] + 9.0, moved.boxes[1][1] + moved.boxes[1][3])
    )
