"""The program ends without a fault whatever is on the clipboard."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication
from desktop.app import make_application
app = make_application()
data = QMimeData()
data.setData("application/x-cagenut-parts", b"{}")
data.setText("two servers")
QApplication.clipboard().setMimeData(data)
"""


def test_what_was_copied_does_not_fell_the_program_at_its_end() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0
