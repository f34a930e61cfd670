"""Start the windows: `python -m desktop [project.cage]`."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path


def main() -> int:
    """Open the projects named on the command line."""
    multiprocessing.freeze_support()
    from desktop.app import run

    return run([Path(name) for name in sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
