"""Unit, label and limits said once, beside the field.

Forms, file checks, table headings and the manual read them from here through `fields_of`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from core.units import symbol

NAME_LENGTH = 128
TEXT_LENGTH = 4000

Id = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9._+-]*\Z")]
"""Opaque identifier, unique within its block; empty means "none"."""

Name = Annotated[str, Meta(max_length=NAME_LENGTH)]
"""What people read; plain text, never markup."""

Text = Annotated[str, Meta(max_length=TEXT_LENGTH)]
"""A remark of some sentences."""

Path = Annotated[str, Meta(max_length=1024, pattern=r"^[A-Za-z0-9._+/-]*\Z")]
"""Instance ids from a block down to a device, joined by `/`."""

Millimetre = Annotated[int, Meta(ge=-100_000_000, le=100_000_000)]
"""A position on the floor or in a rack [mm]; integers, so that grid arithmetic is exact."""


def quantity(
    unit: str, label: str, *, low: float | None = None, high: float | None = None, help: str = ""
) -> Meta:
    """Describe a number: its unit (as printed), its label, the closed range it may take."""
    return Meta(ge=low, le=high, description=help or None, extra={"unit": unit, "label": label})


def described(label: str, *, help: str = "", max_length: int | None = None) -> Meta:
    """Describe a field that is no quantity."""
    return Meta(description=help or None, max_length=max_length, extra={"unit": "", "label": label})


@dataclass(frozen=True)
class Field:
    """What a form or a table needs to know about one field."""

    name: str
    label: str
    unit: str
    help: str
    type: Any
    default: Any
    low: float | None
    high: float | None
    choices: tuple[str, ...]

    @property
    def heading(self) -> str:
        """Label with its unit, as printed above a column."""
        return f"{self.label} [{symbol(self.unit)}]" if self.unit else self.label


@cache
def fields_of(struct: type[msgspec.Struct]) -> dict[str, Field]:
    """Return the fields of a record or type by name, in the order of definition."""
    hints = get_type_hints(struct, include_extras=True)
    return {
        info.name: _field(info.name, hints[info.name], info.default)
        for info in msgspec.structs.fields(struct)
    }


def _field(name: str, hint: Any, default: Any) -> Field:
    metas = list(_metas(hint))
    extra = next((m.extra for m in metas if m.extra), {})
    return Field(
        name=name,
        label=str(extra.get("label", name.replace("_", " ").capitalize())),
        unit=str(extra.get("unit", "")),
        help=next((m.description for m in metas if m.description), ""),
        type=hint,
        default=None if default is msgspec.NODEFAULT else default,
        low=next((m.ge for m in metas if m.ge is not None), None),
        high=next((m.le for m in metas if m.le is not None), None),
        choices=tuple(_choices(hint)),
    )


def _metas(hint: Any) -> Iterator[Meta]:
    if get_origin(hint) is Annotated:
        yield from (m for m in hint.__metadata__ if isinstance(m, Meta))
        yield from _metas(hint.__origin__)
    else:
        for part in get_args(hint):
            if get_origin(part) is Annotated:
                yield from _metas(part)


def _choices(hint: Any) -> Iterator[str]:
    from typing import Literal

    if get_origin(hint) is Literal:
        yield from (str(c) for c in get_args(hint))
    else:
        for part in get_args(hint):
            yield from _choices(part)
