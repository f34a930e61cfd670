"""Start the windows: `python -m desktop [project.cage]`."""

from __future__ import annotations

import gc
import multiprocessing
import sys
from pathlib import Path


def main() -> int:
    """Open the projects named on the command line."""
    multiprocessing.freeze_support()
    gc.disable()  # `desktop.garbage` takes over; the start is some 10 % quicker without
    from desktop.app import run

    return run([Path(name) for name in sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
