"""Replace the drawing of placed racks or blocks: another one stands in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox

from core.editing.floor_room import FloorRoom
from core.editing.footprint import box_of
from core.editing.replace import replace_block
from core.editing.routes import block_at, counted
from core.errors import EditError
from core.model.change import Edit
from desktop.commands.arranging import selected_instances
from desktop.commands.picked import picked
from desktop.dialogs.arranging import ArrangeDialog
from desktop.views.view import View

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


class ReplaceBlockDialog(ArrangeDialog):
    """Choose another drawing of the project; ends of cables are found again by name."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Replace drawing", "Replace")
        chosen = selected_instances(self.document)
        project = self.document.project
        self.drawing = QComboBox()
        kinds = {project.blocks[instance.of].kind for instance in chosen}
        present = {instance.of for instance in chosen}
        holders = {instance.block for instance in chosen}
        above = {block for holder in holders for block in project.ancestors(holder)}
        for block in sorted(project.blocks.values(), key=lambda b: (b.kind not in kinds, b.name)):
            if block.id not in above and present != {block.id}:
                self.drawing.addItem(block.name, block.id)
        if not self.drawing.count():
            raise EditError("the project has no other drawing to place here")
        self.drawing.setMaxVisibleItems(20)
        self.field("New drawing", self.drawing)
        self.drawing.currentIndexChanged.connect(self.look_soon)

    @property
    def view(self) -> View:
        return self.window_.workspace.hall

    def look(self) -> str:
        dry = Edit(self.document.project, "preview")
        lost, blocked = 0, ""
        boxes, reasons = [], []
        for holder, ids in picked(self.document).floor.items():
            block = self.document.block_at(holder)
            lost += self._replace(dry, block, ids)
            if holder == self.window_.workspace.hall.entered:
                room = FloorRoom(dry, block, set(ids))
                boxes += [box_of(dry, dry.instances(block)[i]) for i in ids if i in dry.instances(block)]
                reasons += room.obstacles(boxes)
        self.show_boxes(boxes, reasons)
        blocked = next((reason for reason in reasons if reason), "")
        words = f"{counted(lost, 'cable')} find no end there and go" if lost else "all cables stay"
        # A drawing of another size is a finding of the rules, no reason to refuse it.
        return f"{words}. {blocked}" if blocked else words

    def act(self) -> None:
        floor = picked(self.document).floor
        edit = self.document.edit(f"Replace by {self.drawing.currentText()}", *floor)
        for holder, ids in floor.items():
            self._replace(edit, block_at(edit, self.document.top, holder), ids)
        self.document.commit_edit(edit)

    def _replace(self, edit: Edit, block: str, ids: list[str]) -> int:
        of = self.drawing.currentData()
        chosen = [i for i in ids if i in edit.instances(block)]
        return sum(replace_block(edit, block, i, of) for i in chosen if edit.instances(block)[i].of != of)
