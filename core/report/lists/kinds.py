"""All lists there are."""

from __future__ import annotations

from core.report.lists.cables import CABLES
from core.report.lists.devices import DEVICES
from core.report.lists.listing import Kind
from core.report.lists.materials import MATERIALS
from core.report.lists.ports import PORTS
from core.report.lists.racks import RACKS

KINDS: tuple[Kind, ...] = (DEVICES, RACKS, CABLES, PORTS, MATERIALS)
