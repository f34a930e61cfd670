"""What can go wrong in a way the user can do something about.

A bad *design* is never an error (it is a finding of a rule). These are raised when the program cannot
go on with what it was given, and each says where the trouble is and what cures it.
"""

from __future__ import annotations


class CagenutError(Exception):
    """Base of all errors that are shown to the user as they are.

    Parameters
    ----------
    problem : str
        What is wrong, one sentence without a full stop.
    where : str, optional
        File, line, record or argument concerned.
    cure : str, optional
        What to do next.
    """

    def __init__(self, problem: str, *, where: str = "", cure: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        text = f"{self.where}: {self.problem}" if self.where else self.problem
        return f"{text}. {self.cure}" if self.cure else text

    def at(self, where: str) -> CagenutError:
        """Return the same error with `where` put before the place already known."""
        place = f"{where}, {self.where}" if self.where else where
        return type(self)(self.problem, where=place, cure=self.cure)


class RecordError(CagenutError):
    """A record that must not enter the model: wrong type, out of range, dangling reference."""


class StaleChangeError(CagenutError):
    """A change whose `before` is no longer what the project holds."""


class EditError(CagenutError):
    """An editing function was asked for something that cannot be done, such as a full rack."""


class FileError(CagenutError):
    """A file that cannot be read or written."""


class CatalogueError(CagenutError):
    """A type file or a type look-up that is wrong."""


class EngineError(CagenutError):
    """An argument outside the validity of a method."""
