"""Zoom and pan: what a canvas does before any tool comes in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QResizeEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from desktop.canvas.layer import Layer

ZOOM_STEP = 1.2
MARGIN_PX = 36
EMPTY_BOX = QRectF(-1500, -7500, 13500, 9000)
"""What an empty drawing shows: room for a first row [mm]."""
SCALE_RANGE = (0.0005, 12.0)
"""Zoom limits [px/mm]: a campus of a kilometre in a small window, a connector across the screen."""


class ZoomView(QGraphicsView):
    """A view of one layer that can be zoomed about any point and panned beyond the drawing."""

    scale_changed = Signal(float)
    wheel_pans = False
    """Whether the wheel pans, in all views, and only zooms with Ctrl: the choice of the user."""

    def __init__(self, thresholds: tuple[float, float, float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setScene(scene)
        self.layer = Layer(thresholds)
        scene.addItem(self.layer)
        self.corner_px = QSize(0, 0)
        """Size of what lies over the lower left corner, which a fitted drawing keeps clear of."""
        self._fit_pending = True
        self._is_fitted = False
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState, True)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing, True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setFrameShape(QFrame.Shape.NoFrame)

    @property
    def scale_now(self) -> float:
        """Size of a millimetre on screen [px]."""
        return self.transform().m11()

    def show_box(self, box: QRectF, *, margin: float = MARGIN_PX) -> None:
        """Zoom so that a box of the scene fills the view."""
        if box.isEmpty() or self.viewport().width() < 2 * margin + 10:
            return
        width = max(self.viewport().width() - 2 * margin, 20)
        height = max(self.viewport().height() - 2 * margin, 20)
        scale = min(width / max(box.width(), 1e-6), height / max(box.height(), 1e-6))
        self._set_scale(scale)
        self.centerOn(box.center())
        self._is_fitted = False

    def fit(self) -> None:
        """Show the whole drawing."""
        self._fit_pending = not self.isVisible()
        content = self.layer.content
        self.show_box(self._beside_corner(EMPTY_BOX if content.isEmpty() else content))
        self._is_fitted = True

    def _beside_corner(self, box: QRectF) -> QRectF:
        """Return a box with room for what lies over the lower left corner, to the left of it or below."""
        wide, tall = self.viewport().width() - 2 * MARGIN_PX, self.viewport().height() - 2 * MARGIN_PX
        corner = self.corner_px
        fits_beside, fits_below = corner.width() <= 0.5 * wide, corner.height() <= 0.5 * tall
        if corner.isEmpty() or not (fits_beside or fits_below):
            return box
        plain = min(wide / box.width(), tall / box.height())
        # Free as it is: the drawing is centred, and there is room beside or below it.
        beside, under = wide - box.width() * plain, tall - box.height() * plain
        if beside > 2 * corner.width() or under > 2 * corner.height():
            return box
        left = min((wide - corner.width()) / box.width(), tall / box.height()) if fits_beside else 0.0
        below = min(wide / box.width(), (tall - corner.height()) / box.height()) if fits_below else 0.0
        if left >= below:
            return box.adjusted(-corner.width() / left, 0, 0, 0)
        return box.adjusted(0, 0, 0, corner.height() / below)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a point of the viewport, by default its middle."""
        middle = QPointF(self.viewport().width() / 2, self.viewport().height() / 2)
        at = at or middle
        before = self.scale_now
        inverse, _ = self.viewportTransform().inverted()
        fixed, centre = inverse.map(at), inverse.map(middle)
        self._set_scale(before * factor)
        self._is_fitted = False
        self.centerOn(fixed + (centre - fixed) * (before / self.scale_now))

    def actual_size(self) -> None:
        """Show the drawing at a scale where ports can be read."""
        self.zoom(self.layer.thresholds[2] * 1.3 / self.scale_now)

    def drawing_changed(self) -> None:
        """Give the view room to scroll around the drawing; fit it the first time."""
        box = self.layer.content
        if box.isEmpty():
            self.setSceneRect(QRectF(-20000, -20000, 40000, 40000))
        else:
            reach = 2.0 * max(box.width(), box.height()) + 20000
            self.setSceneRect(box.adjusted(-reach, -reach, reach, reach))
        if self._fit_pending and self.isVisible():
            self.fit()
        self.viewport().update()

    def refit(self) -> None:
        """Fit the drawing when it is next shown."""
        self._fit_pending = True

    def _set_scale(self, scale: float) -> None:
        scale = min(max(scale, SCALE_RANGE[0]), SCALE_RANGE[1])
        self.setTransform(QTransform.fromScale(scale, scale))
        self.scale_changed.emit(scale)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom or pan, as the user chose; a touchpad pans; with Ctrl both zoom."""
        device = event.device()
        touch = device is not None and device.type() == QInputDevice.DeviceType.TouchPad
        keys = event.modifiers()
        zooms = bool(keys & Qt.KeyboardModifier.ControlModifier)
        if touch and not zooms:
            step = event.pixelDelta()
            self.pan_by(step.x(), step.y())
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self.pan_by(event.angleDelta().y() / 2 + event.angleDelta().x() / 2, 0)
        elif self.wheel_pans and not zooms:
            self.pan_by(event.angleDelta().x() / 2, event.angleDelta().y() / 2)
        else:
            self.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom on a pinch."""
        pinch = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == pinch:
            self.zoom(1.0 + event.value(), event.position())
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (self._fit_pending or self._is_fitted) and self.isVisible():
            self.fit()

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self._fit_pending:
            self.fit()

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the drawing by pixels."""
        self._is_fitted = False
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(round(across.value() - dx))
        down.setValue(round(down.value() - dy))
