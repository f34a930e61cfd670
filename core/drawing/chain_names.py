"""What the cards of a schematic are called."""

from __future__ import annotations

from core.drawing.cables import natural
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


MOST_SORTED = 200
"""Of more than so many devices the first and the last by their ids are named."""


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
        # Rows go by id; of few the names tell better which is first and last.
        chosen = rows if len(rows) <= MOST_SORTED else rows[[0, -1]]
        names = sorted({self._along(self._snap.device_path(row))[-1] for row in chosen.tolist()}, key=natural)
        first, last = names[0], names[-1]
        if first == last:
            return f"{first} × {len(rows):,}"
        return f"{first} … {last} × {len(rows):,}"

    def _along(self, path: str) -> tuple[str, ...]:
        return self._project.names_along(self._project.top, path)
