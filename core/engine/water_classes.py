"""Classes of facility water by their warmest supply."""

from __future__ import annotations

WATER_CLASSES = (("W17", 17.0), ("W27", 27.0), ("W32", 32.0), ("W40", 40.0), ("W45", 45.0))
"""ASHRAE TC 9.9 (2021): name and highest facility supply [degC]; above the last W+. Lowest of all: 2 degC."""


def water_class(needed_c: float) -> str:
    """Return the warmest class whose water is never warmer than what is needed; empty if none is.

    Parameters
    ----------
    needed_c : float
        Highest facility water temperature that will do [degC].

    References
    ----------
    .. [1] ASHRAE TC 9.9, "Emergence and expansion of liquid cooling in mainstream data centers", 2021, as
       quoted.

    Examples
    --------
    >>> water_class(31.0), water_class(45.0), water_class(12.0)
    ('W27', 'W45', '')
    """
    kept = [name for name, highest in WATER_CLASSES if highest <= needed_c + 1e-9]
    return kept[-1] if kept else ""
