"""What a primitive looks like, by name. The window's themes may recolour a style, never reinvent it."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Style:
    """Fill and stroke on paper; colours are #rrggbb, None is nothing."""

    fill: str | None = None
    stroke: str | None = None
    width_mm: float = 0.18
    """Line width at print size [mm]; on screen lines are cosmetic, heavier ones at least 2 px."""
    dash: str = ""
    """Empty (solid), dash, dot or chain."""
    text: str = "#1a1a1a"
    bold: bool = False
    mono: bool = False
    dark: str = ""
    """Fill on a dark screen; empty: made from `fill`."""


STYLES: dict[str, Style] = {
    "outline": Style(stroke="#1a1a1a", width_mm=0.35),
    "thin": Style(stroke="#4a4a4a", width_mm=0.13),
    "hidden": Style(stroke="#6b6b6b", width_mm=0.13, dash="dash"),
    "centre": Style(stroke="#6b6b6b", width_mm=0.13, dash="chain"),
    "dimension": Style(stroke="#33566b", width_mm=0.13, text="#33566b"),
    "dimension.arrow": Style(fill="#33566b"),
    "dimension.extension": Style(stroke="#9fb3bf", width_mm=0.1),
    "underlay": Style(stroke="#b3bac0", width_mm=0.1),
    "grid.major": Style(stroke="#cdd4d9", width_mm=0.1, dash="chain"),
    "grid.bubble": Style(fill="#ffffff", stroke="#7a8086", width_mm=0.18),
    "grid.label": Style(text="#4a5158"),
    "north.ring": Style(stroke="#1a1a1a", width_mm=0.18),
    "north.dark": Style(fill="#1a1a1a", stroke="#1a1a1a", width_mm=0.13),
    "north.light": Style(fill="#ffffff", stroke="#1a1a1a", width_mm=0.13),
    "grid": Style(stroke="#d9dde1", width_mm=0.1, text="#7a8086"),
    "text": Style(),
    "text.bold": Style(bold=True),
    "text.mono": Style(mono=True),
    "text.faint": Style(text="#6b7278"),
    "text.light": Style(text="#ffffff"),
    "value": Style(),
    "value.bold": Style(bold=True),
    "value.far": Style(bold=True),
    "rack.frame": Style(fill="#eef0f2", stroke="#2b2f33", width_mm=0.35),
    "rack.opening": Style(fill="#ffffff", stroke="#8a9097", width_mm=0.13),
    "rack.plan": Style(fill="#dfe5ea", stroke="#2b2f33", width_mm=0.25),
    "rack.unknown": Style(fill="#f3f4f5", stroke="#b26a00", width_mm=0.25, dash="dash"),
    "rack.front": Style(stroke="#1f6f9f", width_mm=0.7),
    "rack.number": Style(text="#6b7278"),
    "rack.rail": Style(fill="#d3d8dc", stroke="#8a9097", width_mm=0.1),
    "rack.zone": Style(fill="#f7f8f9", stroke="#b4b9be", width_mm=0.1, dash="dash"),
    "rack.unit": Style(fill="#ffffff", stroke="#dde1e5", width_mm=0.1),
    "rack.reserved": Style(fill="#f6f1e3", stroke="#8a6d3b", width_mm=0.18, dash="dash", text="#5d4a1f"),
    "rack.reserved.plan": Style(fill="#f6f1e3", stroke="#8a6d3b", width_mm=0.25, dash="dash"),
    "reserved.frame": Style(stroke="#8a6d3b", width_mm=0.25, dash="dash"),
    "rack.reserved.hatch": Style(stroke="#b59f6d", width_mm=0.13),
    "face.handle": Style(fill="#aeb5bc", stroke="#6b7278", width_mm=0.1),
    "face.vent": Style(stroke="#9aa3ab", width_mm=0.1),
    "face.group": Style(fill="#8d979f"),
    "callout": Style(stroke="#9aa3ab", width_mm=0.1, text="#1a1a1a"),
    "device.server": Style(fill="#cfe0f3", stroke="#27496b", width_mm=0.18),
    "device.tray": Style(fill="#cfe0f3", stroke="#27496b", width_mm=0.18),
    "device.switch": Style(fill="#d5ebd2", stroke="#2c5e2a", width_mm=0.18),
    "device.switch-tray": Style(fill="#d5ebd2", stroke="#2c5e2a", width_mm=0.18),
    "device.power": Style(fill="#f7dfc0", stroke="#7a4a12", width_mm=0.18),
    "device.cooling": Style(fill="#c9ecec", stroke="#155e63", width_mm=0.18),
    "device.storage": Style(fill="#e2d8f0", stroke="#4b3576", width_mm=0.18),
    "device.management": Style(fill="#e9e6d6", stroke="#5d5630", width_mm=0.18),
    "device.other": Style(fill="#e6e6e6", stroke="#4a4a4a", width_mm=0.18),
    "device.blank": Style(fill="#f3f4f5", stroke="#b4b9be", width_mm=0.13),
    "port.data": Style(fill="#39424a", stroke="#14181b", width_mm=0.1),
    "port.scale-up": Style(fill="#b9a7b5", stroke="#7d5a74", width_mm=0.13),
    "port.power": Style(fill="#b5651d", stroke="#5e3209", width_mm=0.1),
    "port.coolant": Style(fill="#1b8a91", stroke="#0c4a4e", width_mm=0.1),
    "port.used": Style(fill="#1f6f9f", stroke="#0d3a55", width_mm=0.1),
    "port.badge": Style(fill="#eceff1", stroke="#6b7278", width_mm=0.13),
    "link.compute": Style(stroke="#1f6f9f", width_mm=0.25),
    "link.storage": Style(stroke="#6a4ca3", width_mm=0.25),
    "link.in-band": Style(stroke="#3d8b37", width_mm=0.25),
    "link.out-of-band": Style(stroke="#8a7a1f", width_mm=0.25, dash="dot"),
    "link.scale-up": Style(stroke="#a33b6f", width_mm=0.25),
    "link.other": Style(stroke="#5a6068", width_mm=0.25),
    "link.power": Style(stroke="#b5651d", width_mm=0.35, dash="dash"),
    "link.coolant": Style(stroke="#1b8a91", width_mm=0.5),
    "area.room": Style(stroke="#1a1a1a", width_mm=0.5),
    "area.wall": Style(fill="#5a6068", stroke="#1a1a1a", width_mm=0.35),
    "area.column": Style(fill="#8a9097", stroke="#1a1a1a", width_mm=0.35),
    "area.keep-out": Style(fill="#f5d6d6", stroke="#a32b2b", width_mm=0.18, dash="dash"),
    "area.hatch": Style(stroke="#dba3a3", width_mm=0.1),
    "area.group": Style(stroke="#5b7f95", width_mm=0.18, dash="chain", text="#33566b", bold=True),
    "area.opening": Style(stroke="#ffffff", width_mm=0.7),
    "area.zone": Style(stroke="#7a8086", width_mm=0.18, dash="chain"),
    "area.containment": Style(fill="#fdeecb", stroke="#a8731a", width_mm=0.25, dash="dash"),
    "area.door": Style(stroke="#1a1a1a", width_mm=0.18),
    "area.datum": Style(fill="#a32b2b", stroke="#a32b2b", width_mm=0.25),
    "pathway": Style(fill="#f0e9da", stroke="#8a6d3b", width_mm=0.18, dash="dash"),
    "pathway.data": Style(stroke="#8a6d3b", width_mm=0.25, dash="dash"),
    "pathway.fibre": Style(stroke="#a67c00", width_mm=0.25, dash="dash"),
    "pathway.copper": Style(stroke="#8c4a1f", width_mm=0.35, dash="dash"),
    "pathway.power": Style(stroke="#a32b2b", width_mm=0.35, dash="chain"),
    "pathway.coolant": Style(stroke="#1f6fa0", width_mm=0.35, dash="chain"),
    "air.intake": Style(fill="#2f6fb3", text="#2f6fb3"),
    "air.exhaust": Style(fill="#c0392b", text="#c0392b"),
    "air.mark": Style(stroke="#ffffff", width_mm=0.18),
    "air.dot": Style(fill="#ffffff"),
    "way.in": Style(stroke="#8a1c7c", width_mm=0.7, fill="#8a1c7c", text="#8a1c7c"),
    "air.in": Style(stroke="#1f66b8", width_mm=0.5),
    "air.out": Style(stroke="#c0392b", width_mm=0.5),
    "finding.error": Style(stroke="#b3261e", width_mm=0.6, text="#b3261e"),
    "finding.warning": Style(stroke="#b26a00", width_mm=0.5, text="#b26a00"),
    "finding.info": Style(stroke="#2f6fb3", width_mm=0.35, text="#2f6fb3"),
    "label.back": Style(fill="#ffffff"),
    "node.host": Style(fill="#eef3f8", stroke="#27496b", width_mm=0.18),
    "node.leaf": Style(fill="#d5ebd2", stroke="#2c5e2a", width_mm=0.25),
    "node.spine": Style(fill="#bfe0e6", stroke="#155e63", width_mm=0.25),
    "node.core": Style(fill="#e2d8f0", stroke="#4b3576", width_mm=0.25),
    "node.group": Style(stroke="#9aa3ab", width_mm=0.13, dash="dash", text="#4a4a4a"),
    "node.label": Style(fill="#eaf0f5", stroke="#9fb3bf", width_mm=0.1),
    "node.band": Style(fill="#eaf0f5", stroke="#cfdae3", width_mm=0.1),
    "node.lane": Style(fill="#fafbfc", stroke="#e1e4e8", width_mm=0.1, text="#6b7278", bold=True),
    "chain.card": Style(fill="#ffffff", stroke="#a9b3bb", width_mm=0.13),
    "chain.card.tight": Style(fill="#fff6e3", stroke="#b26a00", width_mm=0.5),
    "chain.card.over": Style(fill="#fdeceb", stroke="#b3261e", width_mm=0.6),
    "chain.card.dead": Style(fill="#f1f2f3", stroke="#8a9097", width_mm=0.25, dash="dash"),
    "chain.symbol": Style(fill="#ffffff", stroke="#1a1a1a", width_mm=0.25),
    "chain.mark": Style(stroke="#1a1a1a", width_mm=0.25),
    "chain.bus": Style(fill="#1a1a1a", dark="#d3d8dc"),
    "chain.line": Style(stroke="#1a1a1a", width_mm=0.35),
    "chain.standby": Style(stroke="#5a6068", width_mm=0.25, dash="dash"),
    "chain.off": Style(stroke="#9aa3ab", width_mm=0.18, dash="dot"),
    "chain.supply": Style(stroke="#1f66b8", width_mm=0.5),
    "chain.return": Style(stroke="#c0392b", width_mm=0.5, dash="dash"),
    "chain.air": Style(stroke="#5a6068", width_mm=0.35, dash="dot"),
    "chain.room": Style(fill="#e4e8ec", dark="#3a4046"),
    "chain.share": Style(fill="#3d8b37", dark="#5fae58"),
    "chain.share.tight": Style(fill="#d08a1e", dark="#e0a544"),
    "chain.share.over": Style(fill="#b3261e", dark="#e0685f"),
    "chain.cross": Style(stroke="#b3261e", width_mm=0.7),
    "revision.cloud": Style(stroke="#b3261e", width_mm=0.35),
    "revision.mark": Style(fill="#ffffff", stroke="#b3261e", width_mm=0.35, text="#b3261e", bold=True),
    "sheet.frame": Style(stroke="#1a1a1a", width_mm=0.7),
    "sheet.block": Style(fill="#ffffff", stroke="#1a1a1a", width_mm=0.5),
    "sheet.cell": Style(stroke="#1a1a1a", width_mm=0.18),
    "sheet.label": Style(text="#5a6068"),
    "sheet.heading": Style(text="#123a52", bold=True),
    "sheet.rule": Style(stroke="#123a52", width_mm=0.5),
    "sheet.white": Style(fill="#ffffff", stroke="#1a1a1a", width_mm=0.13),
    "sheet.module": Style(fill="#000000"),
    "sheet.black": Style(fill="#1a1a1a"),
    "sheet.stamp": Style(stroke="#b3261e", width_mm=0.5, text="#b3261e", bold=True),
    "sheet.caution": Style(stroke="#8a5a00", width_mm=0.35, text="#8a5a00", bold=True),
    "sheet.issued": Style(stroke="#1f5e2e", width_mm=0.5, text="#1f5e2e", bold=True),
    "sheet.link": Style(text="#1f5f9f"),
    "table.head": Style(fill="#e4e8ec", stroke="#4a4a4a", width_mm=0.18, bold=True),
    "table.fill": Style(fill="#e4e8ec"),
    "table.edge": Style(stroke="#123a52", width_mm=0.25),
    "table.line": Style(stroke="#b4b9be", width_mm=0.1),
    "table.stripe": Style(fill="#f5f6f8"),
}


def _paler(colour: str, share: float) -> str:
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * share):02x}" for part in parts)


FABRIC_HUES = {
    "blue": "#1f6f9f", "orange": "#b8500f", "green": "#3d8b37", "purple": "#6a4ca3", "magenta": "#a33b6f",
    "olive": "#8a7a1f", "teal": "#0f7f7a", "red": "#b3261e", "grey": "#5a6068", "brown": "#7a4a12",
}  # fmt: skip
"""What the colour given to a fabric comes out as: the nearest of these, told apart in light and dark."""
STYLES.update(
    (f"link.hue.{name}", Style(stroke=colour, width_mm=0.25)) for name, colour in FABRIC_HUES.items()
)
STYLES.update(
    (f"{name}.thin", replace(style, stroke=_paler(style.stroke, 0.6), width_mm=0.1))
    for name, style in list(STYLES.items())
    if name.startswith("link.") and style.stroke is not None
)
FLOW_STROKES = (
    ("#8a929a", 0.1, "dot"), ("#5f9bc8", 0.13, ""), ("#2a6fb5", 0.5, ""), ("#6a3fb0", 1.0, ""),
    ("#b8500f", 1.4, ""), ("#b3261e", 1.9, ""),
)  # fmt: skip
"""Lines of links by load, from idle to more than they can carry: width and hue tell the steps apart."""
STYLES.update(
    (f"flow.{i}", Style(stroke=colour, width_mm=width, dash=dash))
    for i, (colour, width, dash) in enumerate(FLOW_STROKES)
)
STYLES.update(
    (f"flow.c{i}", Style(stroke=FABRIC_HUES[hue], width_mm=0.25, dash=dash))
    for i, (hue, dash) in enumerate(
        (
            ("blue", ""),
            ("orange", "dash"),
            ("green", "chain"),
            ("purple", "dot"),
            ("teal", ""),
            ("brown", "dash"),
        )
    )
)
STYLES.update(  # of very many lines: the hue tells more than the width
    (f"flow.{i}.thin", Style(stroke=colour, width_mm=0.1 if i < 4 else 0.5 if i > 4 else 0.2, dash=dash))
    for i, (colour, _, dash) in enumerate(FLOW_STROKES)
)
STYLES["flow.failed"] = Style(stroke="#b3261e", width_mm=0.18, dash="dash", text="#b3261e")
STYLES["flow.partly"] = Style(stroke="#b26a00", width_mm=0.5, dash="chain", text="#b26a00")
CLASS_FILLS = (
    ("#84b4e6", "#033291"), ("#f3b65c", "#5d2800"), ("#55c29d", "#00452e"), ("#f4ea85", "#596525"),
    ("#e2a6cb", "#842b71"), ("#ec8358", "#321504"), ("#bfe3f7", "#0360aa"), ("#a3a8ac", "#6a5a5e"),
    ("#e4e6e8", "#21252a"),
)  # fmt: skip
"""Fills of classes on light and dark ground: the eight hues of Okabe and Ito, made pale or deep enough for
text in the colour of the theme (contrast 4.5), and a ninth for all others."""
SCALE_FILLS = (
    ("#fbf3c4", "#1b2a4a"), ("#e6d98f", "#2c4063"), ("#c4c48b", "#4b5060"), ("#9fb0a3", "#625e4b"),
    ("#7d9cbd", "#6b6010"),
)  # fmt: skip
"""Fills of a scale from low to high: from yellow to blue with falling lightness, on dark ground the other
way round, so that both the hue and the lightness tell them apart."""
STYLES.update(
    (f"paint.{letter}{i}", Style(fill=light, stroke="#2b2f33", width_mm=0.18, dark=dark))
    for letter, fills in (("c", CLASS_FILLS), ("s", SCALE_FILLS))
    for i, (light, dark) in enumerate(fills)
)
STYLES["paint.none"] = Style(fill="#d8dbde", stroke="#8a9097", width_mm=0.13, dark="#2f3439")
STYLES["paint.none.hatch"] = Style(stroke="#8a9097", width_mm=0.13)
STYLE_NAMES: tuple[str, ...] = tuple(STYLES)
STYLE_INDEX: dict[str, int] = {name: index for index, name in enumerate(STYLE_NAMES)}

_DEVICE_STYLE = {
    **dict.fromkeys(
        ("power-shelf", "rack-pdu", "busway", "ups", "floor-pdu", "battery", "generator", "transformer"),
        "device.power",
    ),
    **dict.fromkeys(("cdu", "manifold", "rear-door", "air-handler", "heat-rejection"), "device.cooling"),
}


def device_style(kind: str) -> str:
    """Return the style of a device by the kind of its type."""
    style = _DEVICE_STYLE.get(kind, f"device.{kind}")
    return style if style in STYLES else "device.other"


_FABRIC_ROLES = frozenset(("compute", "storage", "in-band", "out-of-band", "scale-up"))


def fabric_style(role: str, colour: str = "") -> str:
    """Return the style of a fabric's links: by the colour it was given (#rrggbb), else by its role.

    Examples
    --------
    >>> fabric_style("compute"), fabric_style("compute", "#ff6600"), fabric_style("lab", "green, please")
    ('link.compute', 'link.hue.orange', 'link.other')
    """
    own = f"link.{role}" if role in _FABRIC_ROLES else "link.other"
    asked = _parts(colour)
    if asked is None:
        return own
    near = {name: _parts(hue) or asked for name, hue in FABRIC_HUES.items()}
    hue = min(near, key=lambda name: sum((a - b) ** 2 for a, b in zip(asked, near[name], strict=True)))
    return own if STYLES[own].stroke == FABRIC_HUES[hue] else f"link.hue.{hue}"


def _parts(colour: str) -> tuple[int, ...] | None:
    """Return red, green and blue of `#rrggbb`, or None."""
    if len(colour) != 7 or colour[0] != "#":
        return None
    try:
        return tuple(bytes.fromhex(colour[1:]))
    except ValueError:
        return None
