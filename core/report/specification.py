"""The specification set: all sheets as one PDF with the design inside.

Two passes: the sheets are planned (which fixes their number, the index and all links) and then drawn.
The same input gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from core import units
from core.errors import CagenutError
from core.model.project import Project
from core.report.context import CancelledError, Context, Progress
from core.report.paper import paper_of
from core.report.pdf import Pdf
from core.report.sheet import Page, Sheet
from core.report.sheets import plan_sheets
from core.report.sheets.control import DESIGN_FILE
from core.report.title_block import draw_border
from core.report.verification import Verification, verify

if TYPE_CHECKING:
    from core.catalogue.library import Library
    from core.engine.comparison import Named
    from core.engine.evaluation import Evaluation
    from core.rules.finding import Report

__all__ = ["CancelledError", "Verification", "make_specification", "verify"]
_DATE = "D:20000101000000Z"
"""The file itself has no date of its own; revisions carry the dates."""


def make_specification(
    project: Project,
    library: Library | None = None,
    paper: str = "A3",
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    *,
    evaluation: Evaluation | None = None,
    findings: Report | None = None,
    against: tuple[Named, ...] = (),
) -> bytes:
    """Return the specification set of a project as a PDF.

    Parameters
    ----------
    project : Project
        Must have a top block.
    library : Library, optional
        Lets the rules say which types have a newer version; the set prints the types the project holds.
    paper : str
        A3, A1, ANSI B or ANSI D.
    progress : callable, optional
        Called as progress(done, total, text).
    cancelled : callable, optional
        Asked often; if it says True, `CancelledError` is raised.
    evaluation, findings : optional
        Results the caller has already; otherwise computed here.
    against : tuple of Named, optional
        Designs to compare with, on a sheet of its own.

    Raises
    ------
    CancelledError
        If `cancelled` said so.
    CagenutError
        If there is no such paper or nothing to print.
    """
    if project.top not in project.blocks:
        raise CagenutError("there is nothing to print", cure="Name the block that is built (setting 'top')")
    with units.use(project.setting(units.SETTING)):
        return _made(project, library, paper, progress or _silent, cancelled, evaluation, findings, against)


def _made(
    project: Project,
    library: Library | None,
    paper: str,
    report: Progress,
    cancelled: Callable[[], bool] | None,
    evaluation: Evaluation | None,
    findings: Report | None,
    against: tuple[Named, ...],
) -> bytes:
    from core.files.project_file import encode

    sheet_paper = paper_of(paper)
    report(0, 1, "Evaluating")
    context = Context(
        project, sheet_paper, encode(project), progress=report, cancelled=cancelled, against=against
    )
    context.tick()
    context.evaluation = evaluation if evaluation is not None else _evaluated(project)
    context.tick()
    report(0, 1, "Checking")
    context.report = _checked(project, context.evaluation, library) if findings is None else findings
    report(0, 1, "Planning sheets")
    sheets = plan_sheets(context)
    drawn = _draw(context, sheets, report)
    context.tick()
    report(len(sheets), len(sheets), "Attaching the design")
    return _attach(drawn, context)


def _silent(done: int, total: int, text: str) -> None:
    """Report nothing."""


def _evaluated(project: Project) -> Evaluation:
    from core.engine.evaluation import evaluate

    return evaluate(project)


def _checked(project: Project, evaluation: Evaluation, library: Library | None) -> Report:
    from core.rules.checking import Checker

    return Checker(project, library).check(evaluation)


def _draw(context: Context, sheets: list[Sheet], report: Progress) -> bytes:
    paper = context.paper
    pdf = Pdf(
        paper.width, paper.height, title=f"{context.title}: specification set",
        subject=f"sha256 {context.hash}", author=context.client if context.client != "not stated" else "",
    )  # fmt: skip
    group = ""
    total = len(sheets)
    for number, sheet in enumerate(sheets, start=1):
        context.tick()
        report(number - 1, total, f"Sheet {sheet.id}")
        title = f"{sheet.id}  {sheet.title}{': ' + sheet.subtitle if sheet.subtitle else ''}"
        pdf.begin_page(sheet.id, title, sheet.id, sheet.group if sheet.group != group else "")
        group = sheet.group
        page = Page(pdf, context, sheet, number, total, sheets)
        draw_border(page)
        pdf.zoom(paper.zoom)
        sheet.draw(page)
        pdf.zoom(1.0)
        pdf.end_page()
    return pdf.finish()


def _attach(data: bytes, context: Context) -> bytes:
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        files = [(DESIGN_FILE, context.data, "application/json", "The design these sheets were made from")]
        files += [(name, text, "text/csv", "Full table") for name, text in sorted(context.extras.items())]
        listed = []
        for name, content, mime, what in files:
            spec = pikepdf.AttachedFileSpec(
                pdf,
                content,
                filename=name,
                mime_type=mime,
                description=what,
                creation_date=_DATE,
                mod_date=_DATE,
            )
            relation = pikepdf.Name.Source if name == DESIGN_FILE else pikepdf.Name.Data
            spec.obj.AFRelationship = relation
            pdf.attachments[name] = spec
            listed.append(spec.obj)
        pdf.Root.AF = pikepdf.Array(listed)
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
