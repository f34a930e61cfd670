"""In which row of a drawing each group of a chain stands."""

from __future__ import annotations

from core.drawing.chain import Chain, Folded

MOST = 64


def levels_of(chain: Chain, folded: Folded) -> list[int]:
    """Return the row of each group, 0 at the top.

    Below all that feeds it; what nothing feeds just above what it feeds.
    """
    deep = chain.level
    level = [int(deep[folded.members(g)].max()) for g in range(len(folded))]
    pairs = sorted(set(zip(folded.feeder.tolist(), folded.consumer.tolist(), strict=True)))
    for _ in range(MOST):  # members of a group can stand in several rows
        raised = list(level)
        for upper, lower in pairs:
            raised[lower] = max(raised[lower], raised[upper] + 1)
        if raised == level or max(raised) > MOST:
            break
        level = raised
    fed = {lower for _, lower in pairs}
    below: dict[int, int] = {}
    for upper, lower in pairs:
        below[upper] = min(below.get(upper, level[lower]), level[lower])
    for group, least in below.items():
        if group not in fed:
            level[group] = max(level[group], least - 1)
    top = min(level, default=0)
    return [row - top for row in level]
