"""Collectives in the Fabric panel: the same figures as on the sheet and the command line; keys; edits."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.__main__ import main
from core.engine.collective_table import COLUMNS, NOTES, SIZES, collective_table
from core.engine.evaluation import evaluate
from core.files.project_file import load
from core.files.session import Session
from core.report.preview import Preview
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.panels import collectives
from desktop.panels.collectives import CollectivesPage
from tests.desktop.hand import Hand
from tests.report.conftest import texts_of

EXAMPLES = Path(__file__).resolve().parents[2] / "resources/examples"
NAMES = ("superpod-h100-su", "superpod-gb200-su")


@pytest.fixture(params=NAMES)
def path(request: pytest.FixtureRequest) -> Path:
    return EXAMPLES / f"{request.param}.cage"


@pytest.fixture
def document(window: MainWindow, qtbot: QtBot, path: Path) -> Document:
    made = Document(Session.new(load(path)[0]), title=path.stem)
    window.set_document(made)
    qtbot.waitUntil(lambda: window.evaluation.is_current, timeout=20_000)
    window.workspace.show_view("network")
    return made


@pytest.fixture
def page(window: MainWindow, document: Document, qtbot: QtBot) -> CollectivesPage:
    """The page as the keyboard comes to it."""
    hand = Hand(window)
    hand.key("Ctrl+Alt+M")
    window.inspector.tabs.setFocus()
    hand.key("Right")
    found = window.inspector.collectives
    assert found.isVisible()
    qtbot.waitUntil(lambda: bool(found.model.rows), timeout=20_000)
    return found


def cells(page: CollectivesPage) -> list[tuple[str, ...]]:
    return [line.cells for line in page.model.rows]


def test_window_sheet_and_command_line_agree(
    page: CollectivesPage, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = load(path)[0]
    table = collective_table(project.fabrics, evaluate(project), "compute")
    every = [row.cells for row in table.rows]
    assert len(every) == 40
    page.size.setCurrentIndex(page.size.findData(""))
    page.scope.setCurrentIndex(page.scope.findData(""))
    assert cells(page) == every
    assert page.about.text() == table.about

    with pytest.raises(SystemExit):
        main(["collectives", str(path), "--json"])
    (printed,) = json.loads(capsys.readouterr().out)["fabrics"]
    assert printed["rows"] == [row.as_data() for row in table.rows]
    with pytest.raises(SystemExit):
        main(["collectives", str(path), "--fabric", "Compute InfiniBand"])
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == " ".join(COLUMNS)
    assert lines[2:42] == [" ".join(" ".join(row).split()) for row in every]

    preview = Preview(project)
    ids = [sheet.id for sheet in preview.sheets if sheet.title == "Network measures"]
    sheet = "\n".join(texts_of(preview.page(id_))[0] for id_ in ids)
    on_paper = {" ".join(line.split()) for line in sheet.splitlines()}
    assert {" ".join(" ".join(row).split()) for row in every} <= on_paper
    assert table.about in " ".join(sheet.split())


def test_message_and_gpus_are_chosen(page: CollectivesPage) -> None:
    assert page.size.currentText() == "1 GiB"
    assert len(page.model.rows) == 5  # one of each operation
    gpus = page.model.rows[0].about.ranks
    assert page.scope.currentText() == f"All of the fabric, {gpus}"
    assert {line.about.scope for line in page.model.rows} == {"fabric"}
    assert page.foot.isVisible()
    assert all(note in page.notes.text() for note in NOTES)
    hand = Hand(page.window())  # type: ignore[arg-type]
    page.size.setFocus()
    hand.key("Down")
    assert page.size.currentText() == "8 GiB"
    assert {line.about.size for line in page.model.rows} == {"8 GiB"}
    page.scope.setFocus()
    hand.key("Up")
    assert {line.about.scope for line in page.model.rows} == {"domain"}
    assert page.table.isColumnHidden(COLUMNS.index("GPUs"))
    page.scope.setCurrentIndex(0)
    assert not page.table.isColumnHidden(COLUMNS.index("GPUs"))
    page.table.sortByColumn(COLUMNS.index("Time"), page.table.horizontalHeader().sortIndicatorOrder())
    times = [line.about.run.seconds for line in page.model.rows]
    assert times in (sorted(times), sorted(times, reverse=True))


def test_the_page_names_what_the_engine_gives() -> None:
    assert collectives.COLUMNS == COLUMNS
    assert collectives.FIRST_SIZE in SIZES


@pytest.mark.parametrize("path", [EXAMPLES / f"{NAMES[0]}.cage"])
def test_figures_follow_an_edit(page: CollectivesPage, document: Document, qtbot: QtBot) -> None:
    before = cells(page)
    edit = document.edit("Fewer")
    for link in list(document.project.every("links")):
        if link.fabric == "compute" and link.count == 8:
            a, b = (msgspec.structs.replace(end, ports=end.ports[:4]) for end in (link.a, link.b))
            edit.put("links", msgspec.structs.replace(link, a=a, b=b))
    assert not page.state.isVisible()
    document.commit_edit(edit)
    qtbot.waitUntil(page.state.isVisible, timeout=20_000)
    assert cells(page) == before  # until the new ones are there, and marked as such
    qtbot.waitUntil(lambda: cells(page) != before, timeout=20_000)
    assert not page.state.isVisible()
    assert "oversubscription" in {line[collectives.LIMIT] for line in cells(page)}
    document.undo()
    qtbot.waitUntil(lambda: cells(page) == before, timeout=20_000)


@pytest.mark.parametrize("path", [EXAMPLES / f"{NAMES[0]}.cage"])
def test_another_fabric_says_why_and_what_to_do(
    page: CollectivesPage, window: MainWindow, qtbot: QtBot
) -> None:
    window.workspace.network.show_fabric("oob")
    qtbot.waitUntil(lambda: "out-of-band" in page.about.text(), timeout=20_000)
    assert page.about.text().endswith("Choose Compute InfiniBand.")
    assert page.model.rows == []
    assert not page.foot.isVisible()
    assert not page.size.isEnabled()
    window.workspace.network.show_fabric("compute")
    qtbot.waitUntil(lambda: len(page.model.rows) == 5, timeout=20_000)
    assert page.size.isEnabled()


@pytest.mark.parametrize("path", [EXAMPLES / f"{NAMES[1]}.cage"])
def test_nothing_is_cut_off_in_a_small_window(
    page: CollectivesPage, window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1280, 720)
    qtbot.wait(50)
    table = page.table
    for column in range(len(COLUMNS)):
        if not table.isColumnHidden(column):
            words = table.horizontalHeader().fontMetrics().horizontalAdvance(COLUMNS[column])
            wanted = max(table.sizeHintForColumn(column), words + 12)
            assert table.columnWidth(column) >= wanted, COLUMNS[column]
    for made in [page.size, page.scope, *page.choice.findChildren(QLabel)]:
        assert made.width() >= made.minimumSizeHint().width()
    assert page.about.heightForWidth(page.about.width()) <= page.about.height()
