"""The published cases that come with the program."""

from __future__ import annotations

from importlib.resources import files

SHIPPED = ("designs.yaml", "physical.yaml", "workload-cases.yaml")


def shipped(name: str) -> str:
    """Return the text of a shipped file of cases."""
    return files("resources").joinpath("reference", name).read_text(encoding="utf-8")
