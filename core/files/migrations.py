"""Steps from each older format of the project file to the next one.

A step takes the plain data of a file (`format`, `project` and lists of records by table), returns the data
in the next format, and knows nothing of today's records. It is never changed once released. Add one as
`STEPS[n] = to_<n + 1>` together with a golden file of format n.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from core.errors import FileError

Data: TypeAlias = dict[str, Any]

FORMAT = 2
"""The format this program writes."""


def _to_2(data: Data) -> Data:
    """Keep the parameters of workloads as a note: they were free, and nothing read them."""
    for row in data.get("workloads", ()):
        stated = row.pop("parameters", None)
        if stated:
            row["note"] = "; ".join(f"{name}: {value}" for name, value in sorted(stated.items()))[:4000]
    return data


STEPS: dict[int, Callable[[Data], Data]] = {1: _to_2}


def migrate(data: Data, found: int, current: int) -> Data:
    """Return the data of a file in format `found` as data in format `current`.

    Raises
    ------
    FileError
        If a step is missing.
    """
    for number in range(found, current):
        step = STEPS.get(number)
        if step is None:
            raise FileError(f"this is format {found}, which cannot be brought to format {current}")
        data = step(data)
        data["format"] = number + 1
    return data
