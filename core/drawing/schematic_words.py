"""What stands on a network diagram in words."""

from __future__ import annotations

from core.drawing.fabric_map import TIER_NAMES, Bundle


def tier_name(tier: int) -> str:
    """Return the name of a lane.

    Examples
    --------
    >>> tier_name(0), tier_name(2)
    ('Hosts', 'Spine')
    """
    return TIER_NAMES[tier] if tier < len(TIER_NAMES) else f"Tier {tier}"


def bundle_text(cables: int, rate_gbps: float | None) -> str:
    """Return "8 × 400G", or without the rate if it is not known.

    Examples
    --------
    >>> bundle_text(8, 400.0), bundle_text(1, None)
    ('8 × 400G', '1 ×')
    """
    return f"{cables:,} × {rate_gbps:g}G" if rate_gbps is not None else f"{cables:,} ×"


def note_of(low: int, high: int, bundles: list[Bundle], pairs: int) -> str:
    """Return what the lines between two tiers stand for."""
    total = sum(b.cables for b in bundles)
    rates = sorted({b.rate_gbps for b in bundles if b.rate_gbps is not None})
    rate = " and ".join(f"{r:g}G" for r in rates) or "rate unknown"
    sums: dict[tuple[str, str], int] = {}
    for bundle in bundles:
        sums[bundle.a, bundle.b] = sums.get((bundle.a, bundle.b), 0) + bundle.cables
    least, most = min(sums.values()), max(sums.values())
    each = f"{least}" if least == most else f"{least} to {most}"
    where = tier_name(low) if low == high else f"{tier_name(low)} to {tier_name(high)}"
    lines = "1 line" if pairs == 1 else f"{pairs} lines"
    return f"{where}: {total} links of {rate} in {lines}, {each} each"
