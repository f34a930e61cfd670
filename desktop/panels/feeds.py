"""Which source feeds each power inlet of a device."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from core.model.project import Reader
from core.model.records import Device

MOST_INLETS = 24


def feed_rows(
    project: Reader, device: Device, feed: Callable[[str, str], None]
) -> Iterator[tuple[str, QWidget]]:
    """Yield a heading (empty name), then the name of each inlet with a box to choose its source."""
    inlets = [p.name for p in project.ports(device) if p.group.layer == "power" and p.group.direction == "in"]
    if not inlets or not project.sources:
        return
    yield "", QWidget()
    for inlet in inlets[:MOST_INLETS]:
        box = QComboBox()
        box.setAccessibleName(f"Source of inlet {inlet}")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)  # the panel may be narrow; the list itself is as wide as it needs
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.addItem("by cord, or not fed", "")
        for source in project.sources.values():
            box.addItem(source.name, source.id)
        box.setCurrentIndex(max(box.findData(device.feeds.get(inlet, "")), 0))
        box.activated.connect(lambda _, b=box, i=inlet: feed(i, b.currentData()))
        yield inlet, box
