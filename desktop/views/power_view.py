"""The power view: the one-line diagram of the design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.views.schematic_view import SchematicView

if TYPE_CHECKING:
    from core.drawing.chain_cards import Card
    from core.drawing.chain_drawing import ChainDrawing
    from core.engine.evaluation import Evaluation


class PowerView(SchematicView):
    """Sources at the top, loads at the bottom."""

    layer_name = "power"
    noun = "one-line diagram"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("One-line diagram")

    def draw_chain(self, evaluation: Evaluation, **options: object) -> ChainDrawing:
        from core.drawing.one_line import one_line

        assert self.document is not None
        has_losses = self._seeing is not None and self._seeing.want_losses()
        return one_line(self.document.project, evaluation, has_losses=has_losses, **options)  # type: ignore[arg-type]

    def key_of_node(self, node: int) -> str:
        from core.drawing.one_line import key_of

        return "" if self.evaluation is None else key_of(self.evaluation, node)

    def path_of_key(self, key: str) -> str:
        return "" if ":" in key else key

    def worst_of(self, card: Card) -> int:
        evaluation = self.evaluation
        if evaluation is None or int(card.nodes.max()) >= evaluation.snapshot.n_devices:
            return 0
        return int(evaluation.power.passing_worst_w[card.nodes].argmax())

    def nothing_drawn(self) -> str:
        return (
            "No power is drawn yet.\n\n"
            "Place a transformer, a UPS or a PDU from the catalogue and link its ports with the Link tool;\n"
            "or select devices and say in their properties which source feeds each inlet."
        )
