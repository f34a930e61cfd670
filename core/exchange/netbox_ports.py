"""What the port types of the NetBox library are in our words: connector, rate, phases."""

from __future__ import annotations

import re
from typing import NamedTuple

_CAGES = {
    "sfp": "SFP", "sfpp": "SFP+", "sfp28": "SFP28", "sfp56": "SFP56", "sfp112": "SFP112", "sfpdd": "SFP-DD",
    "dsfp": "DSFP", "qsfpp": "QSFP+", "qsfp28": "QSFP28", "qsfp56": "QSFP56", "qsfp112": "QSFP112",
    "qsfpdd": "QSFP-DD", "qsfpdd1600": "QSFP-DD1600", "osfp": "OSFP-finned", "osfp-rhs": "OSFP-flat",
    "osfp1600": "OSFP-finned", "osfp1600-rhs": "OSFP-flat", "xfp": "XFP", "xenpak": "XENPAK", "x2": "X2",
    "gbic": "GBIC", "cfp": "CFP", "cfp2": "CFP2", "cfp4": "CFP4", "cpak": "CPAK", "cxp": "CXP",
}  # fmt: skip
_INFINIBAND = {
    "sdr": (10.0, "QSFP+"), "ddr": (20.0, "QSFP+"), "qdr": (40.0, "QSFP+"), "fdr10": (40.0, "QSFP+"),
    "fdr": (56.0, "QSFP+"), "edr": (100.0, "QSFP28"), "hdr": (200.0, "QSFP56"), "ndr": (400.0, "OSFP-finned"),
    "xdr": (800.0, "OSFP-finned"),
}  # fmt: skip
"""Rate of four lanes, and the cage that generation is sold with."""
_PASSIVE_OPTICAL = {
    "gpon": 2.5, "xg-pon": 10.0, "xgs-pon": 10.0, "ng-pon2": 40.0, "epon": 1.25, "10g-epon": 10.0,
    "25g-pon": 25.0, "50g-pon": 50.0, "bpon": 0.622,
}  # fmt: skip
_LINES = {
    "t1": "RJ45", "e1": "RJ45", "t3": "BNC", "e3": "BNC", "xdsl": "RJ11", "docsis": "F",
    "moca": "F", "sonet-oc3": "LC", "sonet-oc12": "LC", "sonet-oc48": "LC", "sonet-oc192": "LC",
}  # fmt: skip
_STACKING = ("stack", "vcp", "summit")
_UNITS = {"": 0.001, "g": 1.0, "t": 1000.0}
_ETHERNET = re.compile(r"(\d+(?:\.\d+)?)([gt]?)base-(.+)\Z")
_FIBRE_CHANNEL = re.compile(r"(\d+)gfc-(.+)\Z")
_PARALLEL = re.compile(r"(?:sr|dr|psm|vr)(?:[2-9]|1\d)\b")
"""Several fibre pairs side by side, in one multi-fibre connector; the others share one pair."""
_NO_PORTS = frozenset(("virtual", "lag", "bridge", "gsm", "cdma", "lte", "3g", "4g", "5g", "other-wireless"))


class PortKind(NamedTuple):
    """What a type name says of a port."""

    connector: str
    rate_gbps: float | None = None
    phases: int | None = None
    is_understood: bool = True


def is_no_port(kind: str) -> bool:
    """Tell whether an interface type has nothing to plug a cable into: virtual, aggregated, or radio.

    Examples
    --------
    >>> is_no_port("lag"), is_no_port("ieee802.11ax"), is_no_port("1000base-t")
    (True, True, False)
    """
    return kind in _NO_PORTS or kind.startswith("ieee802.")


def data_port(kind: str) -> PortKind:
    """Return what an interface type is.

    Examples
    --------
    >>> data_port("800gbase-x-osfp")
    PortKind(connector='OSFP-finned', rate_gbps=800.0, phases=None, is_understood=True)
    >>> data_port("1.6tbase-x-osfp1600-rhs")[:2], data_port("1000base-t")[:2], data_port("400gbase-dr4")[:2]
    (('OSFP-flat', 1600.0), ('RJ45', 1.0), ('MPO-12', 400.0))
    >>> data_port("warp-core").is_understood
    False
    """
    if match := _ETHERNET.match(kind):
        rate = float(match[1]) * _UNITS[match[2]]
        connector = _ethernet_connector(match[3], rate)
        return PortKind(connector, round(rate, 6), is_understood=bool(connector))
    if match := _FIBRE_CHANNEL.match(kind):
        return PortKind(_CAGES.get(match[2], ""), float(match[1]), is_understood=match[2] in _CAGES)
    if kind.startswith("infiniband-") and kind[11:] in _INFINIBAND:
        rate, cage = _INFINIBAND[kind[11:]]
        return PortKind(cage, rate)
    if kind in _PASSIVE_OPTICAL:
        return PortKind("SC", _PASSIVE_OPTICAL[kind])
    if kind in _LINES:
        return PortKind(_LINES[kind])
    if any(word in kind for word in _STACKING):
        return PortKind("stacking")
    return PortKind("", is_understood=False)


def _ethernet_connector(medium: str, rate: float) -> str:
    if medium.startswith("x-"):
        cage = _CAGES.get(medium[2:], "")
        return "QSFP-DD800" if cage == "QSFP-DD" and rate >= 800 else cage
    if medium in ("t", "tx", "te") or medium.startswith("t-"):
        return "RJ45"
    if medium == "t1":
        return "single pair"
    if medium.startswith(("cr", "kr", "kx", "bx-c")):
        return "backplane" if medium[0] == "k" else "fixed copper"
    if medium == "cx4":
        return "CX4"
    if re.fullmatch(r"[a-z]{2,6}\d{0,2}(?:-[a-z0-9]+)*", medium):
        return "MPO-12" if _PARALLEL.match(medium) else "LC"
    return ""


_POWER = {
    "eaton-c39": "C39", "hdot-cx": "HDOT-Cx", "cs6361c": "CS6361C", "cs6365c": "CS6365C",
    "cs8165c": "CS8165C", "cs8265c": "CS8265C", "cs8365c": "CS8365C", "cs8465c": "CS8465C",
    "saf-d-grid": "Saf-D-Grid", "neutrik-powercon-20": "powerCON 20 A",
    "neutrik-powercon-32": "powerCON 32 A", "neutrik-powercon-true1": "powerCON TRUE1",
    "neutrik-powercon-true1-top": "powerCON TRUE1 TOP", "ubiquiti-smartpower": "SmartPower",
    "molex-micro-fit-1x2": "Micro-Fit 1x2", "molex-micro-fit-2x2": "Micro-Fit 2x2",
    "molex-micro-fit-2x3": "Micro-Fit 2x3", "molex-micro-fit-2x4": "Micro-Fit 2x4",
}  # fmt: skip
_PHASES = {"eaton-c39": 1, "hdot-cx": 1, "cs8364c": 3, "cs8365c": 3}
_TERMINALS = {"hardwired": None, "dc-terminal": 0}


def power_port(kind: str) -> PortKind:
    """Return what an inlet or outlet type is; plug and receptacle of a kind have one name.

    Examples
    --------
    >>> power_port("iec-60320-c20")[:3], power_port("iec-60309-3p-n-e-6h")[:3], power_port("nema-l6-30p")[:3]
    (('C20', None, 1), ('IEC60309-5P-6h', None, 3), ('L6-30', None, 1))
    """
    if kind in _TERMINALS:
        return PortKind("terminal", phases=_TERMINALS[kind])
    if kind in _POWER:
        return PortKind(_POWER[kind], phases=_PHASES.get(kind))
    if kind.startswith("iec-60320-c"):
        return PortKind(kind[10:].upper(), phases=1)
    if match := re.match(r"iec-60309-((?:\dp|p)(?:-n)?-e)-(\d+h)\Z", kind):
        poles = _poles(match[1])
        return PortKind(f"IEC60309-{poles}P-{match[2]}", phases=3 if match[1][0] == "3" else 1)
    if match := re.match(r"nema-(l?)(\d+)-(\d+)[pr]\Z", kind):
        # NEMA WD 6: 11, 12, 15 to 23 of the straight and locking series are three-phase.
        is_three = int(match[2]) in (11, 12, 15, 16, 17, 18, 19, 20, 21, 22, 23)
        return PortKind(f"{match[1].upper()}{match[2]}-{match[3]}", phases=3 if is_three else 1)
    if match := re.match(r"ita-([a-z0-9-]+)\Z", kind):
        return PortKind(f"type {match[1].upper()}", phases=1)
    if kind.startswith("usb-"):
        return PortKind(_usb(kind), phases=0)
    if re.match(r"dc-\w", kind):
        return PortKind(kind[3:], phases=0)
    return PortKind("", is_understood=False)


def _poles(conductors: str) -> int:
    """Return the poles with earth: `3p-n-e` has five."""
    phases = int(conductors[0]) if conductors[0].isdigit() else 1
    return phases + ("-n" in conductors) + 1


def _usb(kind: str) -> str:
    return "USB-" + kind[4:].title() if kind[4:].startswith(("mini", "micro")) else "USB-" + kind[4:].upper()


_SERIAL = {"de-9": "DE-9", "db-25": "DB-25", "rj-11": "RJ11", "rj-12": "RJ12", "rj-45": "RJ45"}


def console_port(kind: str) -> PortKind:
    """Return what a serial or USB port to a console is."""
    if kind in _SERIAL:
        return PortKind(_SERIAL[kind])
    if kind.startswith("usb-"):
        return PortKind(_usb(kind))
    if kind.startswith("mini-din"):
        return PortKind("mini-DIN")
    return PortKind("", is_understood=False)


_PANEL = {
    "8p8c": "RJ45", "8p6c": "RJ45", "8p4c": "RJ45", "8p2c": "RJ45", "110-punch": "110 punch-down",
    "bnc": "BNC", "f": "F", "n": "N", "mrj21": "MRJ21", "fc": "FC", "st": "ST", "cs": "CS", "sn": "SN",
    "sma-905": "SMA 905", "sma-906": "SMA 906", "urm-p2": "URM", "urm-p4": "URM", "urm-p8": "URM",
    "splice": "splice", "mdc": "MDC", "tera-1p": "TERA", "tera-2p": "TERA", "tera-4p": "TERA",
    "gg45": "GG45",
}  # fmt: skip


def panel_port(kind: str) -> PortKind:
    """Return what a port of a patch panel is; the polish follows a stroke.

    Examples
    --------
    >>> panel_port("lc-apc").connector, panel_port("mpo").connector, panel_port("8p8c").connector
    ('LC/APC', 'MPO-12', 'RJ45')
    """
    if kind in _PANEL:
        return PortKind(_PANEL[kind])
    body, _, polish = kind.partition("-")
    if body in ("lc", "sc", "lsh", "mpo", "fc", "st") and polish in ("", "pc", "upc", "apc"):
        return PortKind(
            ("MPO-12" if body == "mpo" else body.upper()) + (f"/{polish.upper()}" if polish else "")
        )
    if kind.startswith("usb-"):
        return PortKind(_usb(kind))
    return PortKind("", is_understood=False)
