"""Which types of the NetBox library the catalogue has already, and where both say something else."""

from __future__ import annotations

import re

from core.catalogue.library import Library, kind_of
from core.model.ports import expand
from core.model.types import AnyType, DeviceType

_SHORTEST_MODEL = 5
"""Letters and digits of a model that is not found in the name of another by chance."""
_BOUGHT = {"mellanox": "nvidia"}
"""Makers that go by the name of another now."""
_TOLERANCE = 0.02


class KnownTypes:
    """The types that ship with the program, found by id, or by maker and model."""

    def __init__(self, shipped: Library) -> None:
        self.shipped = shipped
        self._by_name: dict[tuple[str, str], AnyType] = {}
        for spec in shipped:
            for said in (*spec.name.split(), getattr(spec, "part_number", "")):
                model = _bare(said)
                if len(model) >= _SHORTEST_MODEL and any(c.isdigit() for c in model):
                    self._by_name.setdefault((_maker(spec), model), spec)

    def same_product(self, spec: AnyType) -> AnyType | None:
        """Return the type of the catalogue that is the same product; None if there is none.

        Same id; or the same maker, and a word of the name or the part number that is the whole model.

        Examples
        --------
        >>> known = KnownTypes(Library.builtin())
        >>> known.same_product(DeviceType(id="x", maker="Mellanox", name="SN4600C", kind="switch")).id
        'nvidia-sn4600c'
        >>> known.same_product(DeviceType(id="x", maker="Acme", name="SN4600C", kind="switch"))
        """
        return self.shipped.find(spec.id) or self._by_name.get((_maker(spec), _bare(spec.name)))


def _maker(spec: AnyType) -> str:
    maker = _bare(spec.maker)
    return _BOUGHT.get(maker, maker)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def differences(spec: AnyType, own: AnyType) -> list[str]:
    """Return in words where a type of the catalogue says something else.

    Examples
    --------
    >>> a = DeviceType(id="a", name="A", kind="switch", height_u=1)
    >>> differences(a, DeviceType(id="a", name="A", kind="switch", height_u=2))
    ['height_u is 2, not 1']
    """
    if type(spec) is not type(own):
        return [f"it is a {kind_of(own)}"]
    said = []
    for name in ("height_u", "mass_kg", "power_max_w", "rated_w", "mounting_depth_mm", "load_max_kg"):
        theirs, ours = getattr(spec, name, None), getattr(own, name, None)
        if theirs is not None and ours is not None and abs(theirs - ours) > _TOLERANCE * abs(ours):
            said.append(f"{name} is {ours:g}, not {theirs:g}")
    if isinstance(spec, DeviceType) and isinstance(own, DeviceType):
        theirs, ours = _ports_gbps(spec), _ports_gbps(own)
        if theirs and ours and abs(theirs - ours) > _TOLERANCE * ours:
            said.append(f"its ports carry {ours:g} Gbit/s in all, not {theirs:g}")
    return said


def _ports_gbps(spec: DeviceType) -> float:
    return sum(
        (group.rate_gbps or 0.0) * len(expand(group.name)) for group in spec.ports if group.layer == "data"
    )
