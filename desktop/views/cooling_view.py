"""The cooling view: the schematic of coolant loops and room air."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop.views.schematic_view import SchematicView

if TYPE_CHECKING:
    from core.drawing.chain_drawing import ChainDrawing
    from core.engine.evaluation import Evaluation


class CoolingView(SchematicView):
    """Heat rejection at the top, racks and rooms at the bottom."""

    layer_name = "cooling"
    noun = "cooling schematic"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Cooling schematic")

    def draw_chain(self, evaluation: Evaluation, **options: object) -> ChainDrawing:
        from core.drawing.cooling_schematic import cooling_schematic

        assert self.document is not None
        return cooling_schematic(self.document.project, evaluation, **options)  # type: ignore[arg-type]

    def key_of_node(self, node: int) -> str:
        from core.drawing.cooling_schematic import key_of

        return "" if self.evaluation is None else key_of(self.evaluation, node)

    def path_of_key(self, key: str) -> str:
        return "" if ":" in key else key

    def nothing_drawn(self) -> str:
        return (
            "No cooling is drawn yet.\n\nPlace a CDU, a room unit or heat rejection from the catalogue,\n"
            "then join its coolant ports with the Link tool: supply to supply, return to return."
        )
