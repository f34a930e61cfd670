"""What the cards of a schematic are called."""

from __future__ import annotations

from core.drawing.chain import Rows
from core.engine.snapshot import Snapshot
from core.model.project import Reader

_LOADS = {
    "server": "Servers", "tray": "Compute trays", "switch": "Switches", "switch-tray": "Switch trays",
    "storage": "Storage", "management": "Management", "cdu": "CDUs", "air-handler": "Room units",
    "rear-door": "Rear doors", "heat-rejection": "Heat rejection", "rack-pdu": "Rack PDUs",
    "power-shelf": "Power shelves", "manifold": "Manifolds", "floor-pdu": "Floor PDUs",
    "patch-panel": "Patch panels", "tap-off": "Tap-offs", "ups": "UPS", "battery": "Batteries",
    "busway": "Busways", "switchgear": "Switchgear", "transformer": "Transformers",
    "generator": "Generators",
}  # fmt: skip


def load_words(kind: str) -> str:
    """Return what several devices of a kind are called.

    Examples
    --------
    >>> load_words("tray"), load_words("other")
    ('Compute trays', 'Other equipment')
    """
    return _LOADS.get(kind, "Other equipment")


class Names:
    """Names of devices and racks by their row."""

    def __init__(self, project: Reader, snap: Snapshot) -> None:
        self._project, self._snap = project, snap

    def device(self, row: int) -> str:
        """Return the name of a device, after that of what holds it."""
        return " / ".join(self._along(self._snap.device_path(row))[-2:])

    def rack(self, row: int) -> str:
        """Return the name of a rack."""
        path = self._snap.rack_path(row)
        return self._along(path)[-1] if path else "the rack"

    def title(self, rows: Rows) -> str:
        """Return what some devices are called: a name, or how they begin and how many they are.

        Of several the first and the last are named, by their own names alone if these differ.
        """
        if len(rows) == 1:
            return self.device(int(rows[0]))
        ends = [self._along(self._snap.device_path(int(row))) for row in (rows[0], rows[-1])]
        first, last = (names[-1] for names in ends)
        if first == last:
            return f"{first} × {len(rows):,}"
        return f"{first} … {last} × {len(rows):,}"

    def _along(self, path: str) -> tuple[str, ...]:
        return self._project.names_along(self._project.top, path)
