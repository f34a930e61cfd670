"""What the process does that plans and draws single sheets. Nothing of Qt is imported here."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection


def work(data: bytes, paper: str, connection: Connection) -> None:
    """Plan the sheets of an encoded project, then draw those that are asked for.

    Asked with (sheet, width in pixels); None ends it. Messages are ("progress", done, total, words),
    ("sheets", [(id, title, subtitle, group, about)]), ("picture", sheet, width, height, pixels) and
    ("failed", reason).
    """
    from core.errors import CagenutError

    if hasattr(os, "nice"):
        os.nice(10)  # the window and the live results go first
    try:
        from core.catalogue.library import Library
        from core.files.project_file import decode
        from core.files.state import types_folder
        from core.report.preview import Preview

        def progress(done: int, total: int, words: str = "") -> None:
            connection.send(("progress", done, total, words))

        preview = Preview(decode(data, "project"), Library.load(types_folder()), paper, progress)
        connection.send(("sheets", [(s.id, s.title, s.subtitle, s.group, s.about) for s in preview.sheets]))
        while (asked := connection.recv()) is not None:
            sheet, width = asked
            connection.send(("picture", sheet, *preview.picture(sheet, width)))
    except EOFError:
        pass
    except CagenutError as error:
        connection.send(("failed", str(error)))
    except Exception as error:
        connection.send(("failed", f"{type(error).__name__}: {error}"))
    finally:
        connection.close()
