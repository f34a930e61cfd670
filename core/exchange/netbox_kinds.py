"""What kind a device of the NetBox library is: the library does not say."""

from __future__ import annotations

import re

from core.exchange.netbox_choices import RULES, Choices
from core.exchange.netbox_fields import Fields
from core.exchange.netbox_parts import Parts
from core.model.types import DeviceKind

_SERVER = re.compile(
    r"server|poweredge|proliant|\bdgx|\bhgx|thinksystem|primergy|\bucs ?[bcx]\d|\b(?:as|sys|ssg)-|node\b",
    re.I,
)
_STORAGE = re.compile(
    r"storage|\bnas\b|\bsan\b|disk|\bjbod|drive enclosure|powervault|powerscale|isilon", re.I
)
_UPS = re.compile(r"\bups\b|uninterruptible", re.I)
_BLANK = re.compile(r"blank|filler", re.I)
_SWITCH_PORTS = 16


def kind_of_device(fields: Fields, parts: Parts, model: str, type_id: str, choices: Choices) -> DeviceKind:
    """Return the kind, by the first rule that holds or as the user has settled; a guess is noted."""
    rule = RULES[_rule(fields, parts, model)]
    fields.kind_rule = rule.id
    if type_id in choices.types:
        return choices.types[type_id]
    if rule.id in choices.kinds:
        return choices.kinds[rule.id]
    why = rule.why.format(ports=parts.data_ports)
    fields.notes.append(f"The file does not say its kind; '{rule.kind}' is guessed, because {why}")
    return rule.kind


def _rule(fields: Fields, parts: Parts, model: str) -> str:
    words = " ".join((model, fields.text("description"), fields.text("slug")))
    if fields.text("subdevice_role") == "child":
        return "child"
    if parts.outlets:
        return "ups" if _UPS.search(f"{words} {fields.text('comments')}") else "outlets"
    if _BLANK.search(words):
        return "blank"
    if parts.panel_ports and not parts.data_ports and not parts.inlets:
        return "panel"
    if "switch" in words.lower() and parts.data_ports > 3:
        return "switch-name"
    if _STORAGE.search(words):
        return "storage"
    if _SERVER.search(words):
        return "server"
    if parts.console_servers:
        return "consoles"
    return "many-ports" if parts.data_ports >= _SWITCH_PORTS else "nothing"
