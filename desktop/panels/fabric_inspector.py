"""The fabric shown and the switch that is selected: measures, proofs, and what is in every port."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QSplitter, QStackedWidget, QTabBar, QTableView, QWidget

from core.drawing.fabric_load import percent
from core.errors import CagenutError
from core.model.records import Device
from desktop.panels.collectives import CollectivesPage
from desktop.panels.rows import ROW, Row, Rows, make_table
from desktop.theme import font, theme
from desktop.widgets import column, label, panel, row

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.explore.port_map import Cage, PortUse
    from desktop.document import Document
    from desktop.views.network import NetworkView

COLUMNS = ("Port", "Other end", "Rate, Gbit/s", "Out, Gbit/s", "In, Gbit/s", "Load", "Fabric")
WIDTHS = (76, 230, 90, 86, 82, 62, 140)
CAGE_PX, GAP_PX = 20, 3


class FabricInspector(QWidget):
    """Left the fabric, right the port map of the selected switch or host; its collectives behind them."""

    def __init__(self, view: NetworkView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._document: Document | None = None
        self._evaluation: Evaluation | None = None
        self._path = ""
        self.about = label(wrap=True)
        self.about.setAccessibleName("Fabric")
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.about.setMargin(12)
        scroll = QScrollArea()
        scroll.setAccessibleName("About the fabric")
        scroll.setWidget(self.about)
        scroll.setWidgetResizable(True)
        self.title = label(role="strong")
        self.state = label(role="faint", wrap=True)
        self.cages = Cages()
        self.model = Rows(COLUMNS, 2, self, ends_in_words=True)
        self.ports = make_table("Port map", self.model, WIDTHS, 1, WIDTHS[1])
        self.cages.chosen.connect(self._go_to_cage)
        self.ports.activated.connect(self._follow)
        self.ports.doubleClicked.connect(self._follow)
        self.collectives = CollectivesPage()
        right = QWidget()
        head = column(self.title, self.state, self.cages, gap=4, margins=(12, 6, 8, 6))
        box = column(gap=0)
        box.addLayout(head)
        box.addWidget(self.ports, 1)
        right.setLayout(box)
        split = QSplitter()
        split.addWidget(scroll)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([230, 900])
        self.tabs, self._pages = QTabBar(), QStackedWidget()
        self.tabs.setAccessibleName("About the fabric shown")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for text, page in (("Measures and ports", split), ("Collectives", self.collectives)):
            self.tabs.addTab(text)
            self._pages.addWidget(page)
        bar = panel("bar")
        bar.setLayout(row(self.tabs, None, self.collectives.choice, margins=(4, 0, 8, 0)))
        self.setLayout(column(bar, self._pages, gap=0))
        self.tabs.currentChanged.connect(self._turn)
        self._turn(0)
        for signal in (view.fabrics_changed, view.what_if.found, view.coloured):
            signal.connect(self.refresh)
        self.refresh()

    def sizeHint(self) -> QSize:
        """As low as the other tabs: the tallest of them says how much of the window all take at first."""
        return QSize(449, 228)

    @property
    def table(self) -> QTableView:
        """The table of the page shown."""
        return self.collectives.table if self.tabs.currentIndex() else self.ports

    def _turn(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        self.collectives.choice.setVisible(page == 1)
        self.refresh()

    def set_document(self, document: Document | None) -> None:
        """Show another project."""
        self.collectives.close_work()
        if self._document is not None:
            self._document.selection.changed.disconnect(self.refresh)
        self._document, self._evaluation = document, None
        if document is not None:
            document.selection.changed.connect(self.refresh)
        self.refresh()

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Take measures and proofs from another evaluation."""
        self._evaluation = evaluation
        self.refresh()

    def show_stale(self) -> None:
        """Say that what is shown is of the design before an edit."""
        self.collectives.show_stale()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.refresh()

    def refresh(self) -> None:
        """Show the fabric and the device that are chosen now."""
        if not self.isVisible():
            return
        if self.tabs.currentIndex():
            self.collectives.ask(self._document, self._evaluation, self._view.fabric)
            return
        self.about.setText("\n".join(self._fabric_lines()))
        self._show_ports()

    def _fabric_lines(self) -> list[str]:
        from core.explore.port_map import proof_words, proofs_of_fabric

        document, evaluation, fabric = self._document, self._evaluation, self._view.fabric
        if document is None:
            return []
        record = document.project.fabrics.get(fabric)
        lines = [record.name if record is not None else "Links of no fabric"]
        if evaluation is None:
            return [*lines, "Not evaluated yet"]
        found = evaluation.network.find(fabric)
        if found is None:
            return [*lines, "No links yet"]
        lines.append(f"{found.hosts:,} hosts, {found.switches:,} switches, {found.links:,} links")
        lines.append(f"{found.ports_used:,} of {found.ports_total:,} places for links at switches are used")
        for tier in found.tiers:
            ratio = tier.oversubscription
            words = "no links up" if ratio is None else f"oversubscription {ratio:.3g} : 1"
            lines.append(f"Tier {tier.number}: {tier.switches:,} switches, {words}")
        proofs = proofs_of_fabric(evaluation.fabric_proofs, fabric)
        lines += ["", "Proven of the wiring" if proofs else "The wiring keeps no rails or planes apart"]
        lines += [f"{'✓' if proof.holds else '✗'} {proof_words(proof)}" for proof in proofs]
        return lines

    def _show_ports(self) -> None:
        from core.explore.port_map import counts_of, port_map

        document = self._document
        paths = document.selection.paths if document is not None else ()
        path = paths[0] if len(paths) == 1 else ""
        cages: tuple[Cage, ...] = ()
        if document is not None and path:
            record = document.project.resolve(document.top, path)
            if isinstance(record, Device):
                try:
                    cages = port_map(document.project, document.top, path)
                except CagenutError:
                    cages = ()
        self._path = path if cages else ""
        self.cages.show_cages(cages)
        if not cages or document is None:
            self.title.setText("Port map")
            self.state.setText("Select one switch or host to see what is in its ports")
            self.model.show([])
            return
        used, total, cables, free = counts_of(cages)
        self.title.setText(document.label_of(path))
        self.state.setText(f"{used:,} of {total:,} cages in use, {cables:,} cables, {free:,} places free")
        self.model.show([self._row(cage, use, at) for cage in cages for at, use in enumerate(cage.uses)])

    def _row(self, cage: Cage, use: PortUse, at: int) -> Row:
        assert self._document is not None
        fabric = self._document.project.fabrics.get(use.fabric)
        rate = use.rate_gbps
        out, back, share = self._load(use)
        cells = (
            use.token,
            use.far_text or "free",
            "" if rate is None else f"{rate:g}",
            "" if out is None else f"{out:,.1f}",
            "" if back is None else f"{back:,.1f}",
            "" if share is None else percent(share),
            fabric.name if fabric is not None else "",
        )
        place = self.cages.names.index(cage.name)
        keys = ((place, at), cells[1], rate or 0.0, out or 0.0, back or 0.0, share or 0.0, cells[6])
        tip = f"{use.token} is free" if use.is_free else f"{use.token} to {use.far_text}, {cells[6]}"
        return Row(cells, keys, use, tip)

    def _load(self, use: PortUse) -> tuple[float | None, float | None, float | None]:
        """Return what a cable carries out of the device and into it, and the share of its rate."""
        held = self._view.what_if
        trial, drawn, snap = held.trial, held.drawn, held.snapshot
        unknown = (None, None, None)
        if trial is None or trial.load is None or drawn is None or snap is None or use.is_free:
            return unknown
        if use.fabric != self._view.fabric or (use.link, use.cable) in held.cables:
            return unknown
        rows = snap.flat.cable_rows(use.link)
        if use.cable >= len(rows):
            return unknown
        at = int(np.searchsorted(drawn.cables, rows[use.cable]))
        if at >= len(drawn.cables) or drawn.cables[at] != rows[use.cable]:
            return unknown
        trunk, net = int(drawn.trunk[at]), drawn.topology
        links = int(trial.left[trunk])
        if not links:
            return unknown
        flows = trial.load.forward_gbps[trunk] / links, trial.load.backward_gbps[trunk] / links
        is_a = int(net.rows[net.a[trunk]]) == snap.flat.device_row(self._path)
        out, back = flows if is_a else flows[::-1]
        rate = float(net.gbps[trunk])
        return float(out), float(back), max(out, back) / rate if rate > 0 else None

    def _go_to_cage(self, name: str) -> None:
        for line, found in enumerate(self.model.rows):
            if found.about.token.partition("/")[0] == name:
                self.ports.setCurrentIndex(self.model.index(line, 0))
                self.ports.scrollTo(self.model.index(line, 0))
                return

    def _follow(self, index: QModelIndex) -> None:
        """Go to the device at the other end."""
        found = index.data(ROW)
        if found is not None and not found.about.is_free and self._document is not None:
            self._document.selection.set([found.about.far[0]])
            self._view.show_paths([found.about.far[0]])


class Cages(QWidget):
    """The cages of a device as a row of squares: full, half or empty, with their numbers."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Cages")
        self.names: list[str] = []
        self._states: list[str] = []
        theme().changed.connect(self.update)

    def show_cages(self, cages: tuple[Cage, ...]) -> None:
        """Show the cages of another device."""
        self.names, self._states = [c.name for c in cages], [c.state for c in cages]
        counts = {state: self._states.count(state) for state in ("used", "part", "free")}
        self.setAccessibleDescription(
            f"{counts['used']} cages full, {counts['part']} with free lanes, {counts['free']} free"
        )
        self.setToolTip("Filled: in use; half filled: lanes free; empty: free. A click goes to the port")
        self.setVisible(bool(cages))
        self._settle()
        self.update()

    def _across(self) -> int:
        return max((self.width() + GAP_PX) // (CAGE_PX + GAP_PX), 1)

    def _settle(self) -> None:
        lines = -(-len(self.names) // self._across()) if self.names else 0
        self.setFixedHeight(max(lines * (CAGE_PX + GAP_PX), 1))

    def sizeHint(self) -> QSize:
        return QSize(400, self.height())

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._settle()

    def _box(self, at: int) -> QRectF:
        down, across = divmod(at, self._across())
        step = CAGE_PX + GAP_PX
        return QRectF(across * step + 0.5, down * step + 0.5, CAGE_PX - 1, CAGE_PX - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for at, name in enumerate(self.names):
            if self._box(at).contains(event.position()):
                self.chosen.emit(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = theme().colour
        painter.setFont(font("small"))
        for at, (name, state) in enumerate(zip(self.names, self._states, strict=True)):
            box = self._box(at)
            painter.fillRect(box, colour("field"))
            if state == "used":
                painter.fillRect(box, colour("accent"))
            elif state == "part":
                painter.fillRect(box.adjusted(0, box.height() / 2, 0, 0), colour("accent_soft"))
            painter.setPen(QPen(colour("disabled"), 1))
            painter.drawRect(box)
            painter.setPen(colour("on_accent" if state == "used" else "text"))
            digits = "".join(c for c in name if c.isdigit())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), digits[-2:] or name[:2])
        painter.end()
