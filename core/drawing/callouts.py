"""Labels beside a drawing, moved apart so that none covers its neighbour."""

from __future__ import annotations

from collections.abc import Sequence


def spread(wanted: Sequence[float], pitch: float, low: float, high: float) -> list[float]:
    """Return positions at least `pitch` apart and as near as can be to where they are wanted.

    Parameters
    ----------
    wanted : sequence of float
        Descending positions [mm].
    pitch : float
        Least distance of neighbours [mm]; made smaller if they would not fit otherwise.
    low, high : float
        Range to stay in [mm].

    Examples
    --------
    >>> spread([50.0, 49.0, 10.0], 4.0, 0.0, 100.0)
    [51.5, 47.5, 10.0]
    """
    count = len(wanted)
    if not count:
        return []
    if count > 1:
        pitch = min(pitch, (high - low) / (count - 1))
    # Merge neighbours that are too near into clusters centred on the mean of what they want.
    clusters: list[list[float]] = []  # [sum of wanted + offsets, members]
    for position in wanted:
        clusters.append([position, 1.0])
        while len(clusters) > 1 and _low(clusters[-2], pitch) < _high(clusters[-1], pitch) + pitch - 1e-9:
            total, members = clusters.pop()
            clusters[-1][0] += total
            clusters[-1][1] += members
    placed: list[float] = []
    for total, members in clusters:
        top = total / members + (members - 1) * pitch / 2
        placed.extend(top - i * pitch for i in range(int(members)))
    shift_down = max(placed[0] - high, 0.0)
    placed = [p - shift_down for p in placed]
    for i in range(1, count):
        placed[i] = min(placed[i], placed[i - 1] - pitch)
    if placed[-1] < low:
        placed[-1] = low
        for i in range(count - 2, -1, -1):
            placed[i] = max(placed[i], placed[i + 1] + pitch)
    return placed


def _low(cluster: list[float], pitch: float) -> float:
    return cluster[0] / cluster[1] - (cluster[1] - 1) * pitch / 2


def _high(cluster: list[float], pitch: float) -> float:
    return cluster[0] / cluster[1] + (cluster[1] - 1) * pitch / 2
