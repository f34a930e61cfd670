"""How a cable is written in text where it may have no name: by its two ends."""

from __future__ import annotations

JOINT = " / "
End = tuple[str, str]
"""Names along the path of a device, and the port."""


def cable_text(holder: str, name: str, a: End, b: End) -> str:
    """Return the path of a cable in words: holder and name, or its ends if it has no name.

    Examples
    --------
    >>> cable_text("su-1", "C-7", ("r1 / a", "p1"), ("r2 / s", "p9"))
    'su-1 / C-7'
    >>> cable_text("", "", ("r1 / a", "p1"), ("r2 / s", "p9"))
    'r1 / a p1 – r2 / s p9'
    """
    if name:
        return f"{holder}{JOINT}{name}" if holder else name
    return f"{a[0]} {a[1]} – {b[0]} {b[1]}"
