"""Single sheets of the specification set, to be looked at before, or without, exporting the set."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.errors import CagenutError
from core.model.project import Project
from core.report.context import Context, Progress
from core.report.paper import Box, paper_of
from core.report.pdf import Pdf
from core.report.sheet import Page, Sheet
from core.report.sheets import plan_sheets
from core.report.title_block import draw_border

if TYPE_CHECKING:
    from core.catalogue.library import Library


class Picture(NamedTuple):
    """A sheet as pixels: rows from the top, each pixel blue, green, red."""

    width: int
    height: int
    pixels: bytes


class Preview:
    """The sheets of one state of a project, planned once, then drawn one by one.

    Parameters
    ----------
    project : Project
        Must have a top block; must not be altered as long as the preview is used.
    library : Library, optional
        As for `make_specification`.
    paper : str
        A3, A1, ANSI B or ANSI D.
    progress : callable, optional
        Called as progress(done, total, text).

    Raises
    ------
    CagenutError
        If there is no such paper or nothing to print.
    """

    def __init__(
        self,
        project: Project,
        library: Library | None = None,
        paper: str = "A3",
        progress: Progress | None = None,
    ) -> None:
        from core.engine.evaluation import evaluate
        from core.files.project_file import encode
        from core.rules.checking import Checker

        if project.top not in project.blocks:
            raise CagenutError(
                "there is nothing to print", cure="Name the block that is built (setting 'top')"
            )
        report = progress or (lambda done, total, text: None)
        self._context = Context(project, paper_of(paper), encode(project), progress=progress)
        report(0, 3, "Evaluating")
        self._context.evaluation = evaluate(project)
        report(1, 3, "Checking")
        self._context.report = Checker(project, library).check(self._context.evaluation)
        report(2, 3, "Planning sheets")
        self.sheets: list[Sheet] = plan_sheets(self._context)
        report(3, 3, "Planned")

    def page(self, sheet_id: str) -> bytes:
        """Return one sheet as a PDF of one page; its links to other sheets are left out.

        Raises
        ------
        CagenutError
            If there is no such sheet.
        """
        number = next((n for n, sheet in enumerate(self.sheets, 1) if sheet.id == sheet_id), 0)
        if not number:
            raise CagenutError(f"the set has no sheet {sheet_id}")
        sheet, context, paper = self.sheets[number - 1], self._context, self._context.paper
        pdf = _Alone(paper.width, paper.height, title=sheet.title, subject="", author="")
        pdf.begin_page(sheet.id, sheet.title, sheet.id, sheet.group or sheet.title)
        page = Page(pdf, context, sheet, number, len(self.sheets), self.sheets)
        draw_border(page)
        pdf.zoom(paper.zoom)
        sheet.draw(page)
        pdf.zoom(1.0)
        pdf.end_page()
        return pdf.finish()

    def picture(self, sheet_id: str, width: int) -> Picture:
        """Return one sheet as a picture `width` pixels wide.

        Raises
        ------
        CagenutError
            If there is no such sheet.
        """
        import pypdfium2

        document = pypdfium2.PdfDocument(self.page(sheet_id))
        try:
            page = document[0]
            bitmap = page.render(scale=width / page.get_width(), rev_byteorder=False, prefer_bgrx=False)
            pixels = bitmap.to_numpy()
            rows, columns = int(pixels.shape[0]), int(pixels.shape[1])
            return Picture(columns, rows, pixels[:, :, :3].tobytes())
        finally:
            document.close()


class _Alone(Pdf):
    """A document of one page: nothing else is there to link to."""

    def link(self, box: Box, key: str) -> None:
        """Leave the link out."""
