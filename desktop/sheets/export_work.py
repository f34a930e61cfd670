"""What the export process does. Nothing of Qt is imported here."""

from __future__ import annotations

from multiprocessing.connection import Connection

PAPERS = ("A3", "A1", "ANSI B", "ANSI D")


def work(data: bytes, paper: str, connection: Connection) -> None:
    """Make the specification set of an encoded project and send progress and result.

    Messages are ("progress", done, total, words), ("done", bytes) and ("failed", reason).
    """
    from core.errors import CagenutError

    try:
        from core.catalogue.library import Library
        from core.files.project_file import decode
        from core.files.state import types_folder
        from core.report.specification import make_specification

        project = decode(data, "project")

        def progress(done: int, total: int, words: str = "") -> None:
            connection.send(("progress", done, total, words))

        library = Library.load(types_folder())
        connection.send(("done", make_specification(project, library, paper=paper, progress=progress)))
    except CagenutError as error:
        connection.send(("failed", str(error)))
    except Exception as error:
        connection.send(("failed", f"{type(error).__name__}: {error}"))
    finally:
        connection.close()
