"""What other assumptions do to the figures of a design, before they are put into it."""

from __future__ import annotations

from collections.abc import Iterable

from core.engine.brief import ASSUMPTIONS
from core.engine.economics import fault_of
from core.engine.evaluation import Evaluation, evaluate
from core.engine.key_figures import key_figures
from core.engine.quantities import Quantity
from core.errors import EditError
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project, Reader
from core.model.records import Assumption


def assumed_in(reader: Reader, name: str) -> Assumption:
    """Return an assumption as a project has it: its own record, else one made from the house value."""
    own = reader.rows("assumptions").get(name)
    if isinstance(own, Assumption):
        return own
    house = ASSUMPTIONS[name]
    return Assumption(
        id=name, value=house.value, low=house.low, high=house.high, unit=house.unit,
        evidence=house.evidence, source=house.basis,
    )  # fmt: skip


def put_assumption(edit: Edit, name: str, record: Assumption | None) -> None:
    """Give a project an assumption of its own; None takes it back to the house value.

    Raises
    ------
    EditError
        If a value is none the formulas can work with, or its range does not hold it.
    """
    if record is None:
        if edit.get("assumptions", ("", name)) is not None:
            edit.remove("assumptions", ("", name))
        return
    fault = fault_in(record)
    if fault:
        raise EditError(fault)
    if edit.get("assumptions", ("", name)) != record:
        edit.put("assumptions", record)


def fault_in(record: Assumption) -> str:
    """Return what is wrong with an assumption; empty if nothing is.

    Examples
    --------
    >>> fault_in(Assumption(id="pue", value=1.2, low=1.3))
    'PUE where parts of power or cooling are by others: the lowest is above the value'
    """
    label = ASSUMPTIONS[record.id].label
    if record.low is not None and record.low > record.value:
        return f"{label}: the lowest is above the value"
    if record.high is not None and record.high < record.value:
        return f"{label}: the highest is below the value"
    return fault_of(record.id, [v for v in (record.low, record.value, record.high) if v is not None])


def moved_by(
    copy: Project, before: Evaluation, records: Iterable[tuple[str, Assumption | None]]
) -> list[tuple[Quantity, Quantity]]:
    """Return the figures that assumptions move, before and after; the ten that matter come first.

    Parameters
    ----------
    copy : Project
        A copy of the design: it is altered.
    before : Evaluation
        Of the design as it is.
    records : iterable of (name, record)
        A record of None is the house value.

    Raises
    ------
    CagenutError
        If the design cannot be evaluated with them.
    """
    edit = Edit(copy, "Assume")
    for name, record in records:
        put_assumption(edit, name, record)
    History(copy).commit(edit.change())
    after = evaluate(copy).quantities
    first = [one.quantity.name for one in key_figures(before) if one.quantity is not None]
    names = dict.fromkeys((*first, *before.quantities))
    return [
        (before.quantities[name], after[name])
        for name in names
        if name in before.quantities and name in after and before.quantities[name].value != after[name].value
    ]
