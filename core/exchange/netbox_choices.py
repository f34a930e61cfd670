"""What the user settles about an import from NetBox: connectors of port types, and kinds of devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from core.errors import CatalogueError
from core.model.check import clean_name
from core.model.types import DeviceKind

KINDS: tuple[DeviceKind, ...] = get_args(DeviceKind)


class KindRule(msgspec.Struct, frozen=True):
    """One reason for a kind that the file itself does not give."""

    id: str
    words: str
    """When it holds."""
    why: str
    """As the note gives it: `'switch' is guessed, because …`."""
    kind: DeviceKind


KIND_RULES = (
    KindRule("child", "Sits in a bay of another device", "it sits in a bay of another device", "module"),
    KindRule("ups", "Has outlets and is called UPS", "it is called so", "ups"),
    KindRule("outlets", "Has outlets", "it has outlets", "rack-pdu"),
    KindRule("blank", "Is called blank or filler", "it is called so", "blank"),
    KindRule(
        "panel", "Has front and rear ports and no interface", "it passes its ports through", "patch-panel"
    ),
    KindRule(
        "switch-name", "Is called switch and has more than three network ports", "it is called so", "switch"
    ),
    KindRule("storage", "Is called storage, disk, NAS, SAN and the like", "it is called so", "storage"),
    KindRule("server", "Is called server, node, or by a family of servers", "it is called so", "server"),
    KindRule("consoles", "Serves consoles", "it serves consoles", "management"),
    KindRule("many-ports", "Has 16 network ports or more", "it has {ports} network ports", "switch"),
    KindRule("nothing", "None of these", "nothing says what it is", "other"),
)
"""In the order in which they are tried; the first that holds decides."""
RULES = {rule.id: rule for rule in KIND_RULES}


class Choices(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the user has settled; what is not in it goes by the usual."""

    connectors: dict[str, str] = {}
    """Port type of NetBox -> connector of ours; empty: none."""
    kinds: dict[str, DeviceKind] = {}
    """Id of a kind rule -> kind."""
    types: dict[str, DeviceKind] = {}
    """Id of a type -> kind."""

    def with_connector(self, port_type: str, connector: str) -> Choices:
        """Return the same with the connector of one port type."""
        clean = clean_name(connector)[:64]
        return msgspec.structs.replace(self, connectors={**self.connectors, port_type: clean})

    def with_rule(self, rule: str, kind: DeviceKind) -> Choices:
        """Return the same with the kind that a rule gives."""
        return msgspec.structs.replace(self, kinds={**self.kinds, rule: kind})

    def with_types(self, kinds: Mapping[str, DeviceKind]) -> Choices:
        """Return the same with the kinds of some types."""
        return msgspec.structs.replace(self, types={**self.types, **kinds})


def read_choices(data: Any) -> Choices:
    """Return what was kept as plain data.

    Raises
    ------
    CatalogueError
        If it is no such data.

    Examples
    --------
    >>> read_choices({"kinds": {"many-ports": "other"}}).kinds
    {'many-ports': 'other'}
    """
    try:
        return msgspec.convert(data, Choices)
    except msgspec.ValidationError as error:
        raise CatalogueError(f"these are no choices of an import: {error}", cure="Begin anew") from None
