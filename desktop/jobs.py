"""A piece of work that says how far it is and can be cancelled, without any QObject in its thread."""

from __future__ import annotations


class CancelledError(Exception):
    """Raised inside work that is no longer wanted."""


class Job:
    """What work beside the window reports to, and looks at to see whether it is still wanted.

    Give it to the engine as `progress`; the window reads `done`, `total` and `text` when it likes.
    """

    def __init__(self) -> None:
        self.done, self.total, self.text = 0, 0, ""
        self.is_cancelled = False

    def __call__(self, done: int, total: int, text: str) -> None:
        """Take note of how far the work is; it ends here if it was cancelled."""
        if self.is_cancelled:
            raise CancelledError
        self.done, self.total, self.text = done, total, text

    def cancel(self) -> None:
        """Let the work end as soon as it reports again."""
        self.is_cancelled = True
