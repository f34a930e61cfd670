"""What stands on the cards of the one-line diagram, and the keys of its elements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.drawing.chain import Chain, Folded, Rows
from core.drawing.chain_cards import Card
from core.drawing.chain_levels import levels_of
from core.drawing.chain_names import Names, load_words
from core.drawing.feeder_facts import case_words, feeder_facts, node_name
from core.engine.columns import Flags, Floats, Ints
from core.engine.evaluation import Evaluation
from core.engine.feeding import OUT, POWER, Flow
from core.model.project import Reader
from core.model.types import DeviceType
from core.units import THIN, show

SOURCE_KEY = "source:"
BUSBAR_KEY = "busbar:"
_NOTHING_W = 0.5
"""A standby feeder carries this much at most beside others: its share is small, not nothing."""
_UPSTREAM = ("transformer", "generator", "switchgear", "ups", "battery", "busway", "tap-off", "floor-pdu",
             "rack-pdu", "power-shelf")  # fmt: skip


def node_of(evaluation: Evaluation, key: str) -> int:
    """Return the node a key stands for, -1 if there is none: a path, or what `key_of` gives the others."""
    snap, feeding = evaluation.snapshot, evaluation.power.feeding
    if key.startswith(SOURCE_KEY):
        name = key[len(SOURCE_KEY) :]
        first = snap.n_devices + snap.n_racks
        return first + feeding.sources.index(name) if name in feeding.sources else -1
    if key.startswith(BUSBAR_KEY):
        path = key[len(BUSBAR_KEY) :]
        for row in range(snap.n_racks):
            if snap.rack_path(row) == path:
                return snap.n_devices + row
        return -1
    return snap.flat.device_row(key)


def key_of(evaluation: Evaluation, node: int) -> str:
    """Return the key of a node."""
    snap, feeding = evaluation.snapshot, evaluation.power.feeding
    if node < snap.n_devices:
        return snap.device_path(node)
    if node < snap.n_devices + snap.n_racks:
        return BUSBAR_KEY + snap.rack_path(node - snap.n_devices)
    return SOURCE_KEY + feeding.sources[node - snap.n_devices - snap.n_racks]


class PowerCards:
    """Says what stands on the cards."""

    def __init__(
        self,
        project: Reader,
        evaluation: Evaluation,
        chain: Chain,
        folded: Folded,
        after: Flow | None,
        *,
        has_losses: bool,
    ) -> None:
        self._after, self._has_losses = after, has_losses
        self._evaluation, self._chain, self._folded = evaluation, chain, folded
        self._names = Names(project, evaluation.snapshot)
        self._snap, self._power = evaluation.snapshot, evaluation.power
        self._first = self._snap.n_devices + self._snap.n_racks
        self._level = levels_of(chain, folded)
        self._rated = self._snap.specs.column("rated_w")
        self._feeds = set(folded.feeder.tolist())
        self._node_worst_w = self._worst_of_nodes()

    def _worst_of_nodes(self) -> Floats:
        """Return the largest load of busbars and sources in any scenario [W], after those of no device."""
        power, n = self._power, self._snap.n_devices
        worst = np.concatenate([np.max([flow.device_through_w for flow in power.maximum], axis=0),
                                np.max([flow.busbar_w for flow in power.maximum], axis=0),
                                np.max([flow.source_w for flow in power.maximum], axis=0)])  # fmt: skip
        if self._has_losses:
            losses = self._evaluation.outages
            worst[:n] = np.maximum(worst[:n], losses.device_worst_w)
            if len(losses):
                worst[n:] = np.maximum(worst[n:], losses.through_w[:, n:].max(axis=0).toarray().reshape(-1))
        return worst

    def card(self, group: int, failed: int, dead: int) -> Card:
        """Return the card of a group."""
        made = self._made(group, failed, dead)
        return replace(made, more=self._more(made.nodes)) if group in self._feeds else made

    def _more(self, nodes: Rows) -> tuple[str, ...]:
        """Return what is told beside the card of some feeders; of several that of the tightest."""
        node, head = int(nodes[0]), []
        if len(nodes) > 1:
            if not self._has_losses:
                return ()
            left = self._evaluation.node_headroom.usable_w[nodes]
            node = int(nodes[int(np.where(np.isnan(left), np.inf, left).argmin())])
            head = [f"Tightest of them: {node_name(self._evaluation, self._names, node)}"]
        facts = feeder_facts(self._evaluation, self._names, node)
        return (*head, *(f"{name}: {words}" for name, words in facts.items() if name != "Load"))

    def _made(self, group: int, failed: int, dead: int) -> Card:
        nodes, first = self._folded.members(group), int(self._folded.first[group])
        key = key_of(self._evaluation, first)
        gone = (failed, dead)
        if first >= self._first:
            return self._source(first - self._first, key, nodes, group, gone)
        if first >= self._snap.n_devices:
            return self._busbar(nodes, key, group, gone)
        return self._devices(nodes, key, group, gone)

    def _source(self, row: int, key: str, nodes: Rows, group: int, gone: tuple[int, int]) -> Card:
        source = self._snap.brief.sources[row]
        normal = float(self._power.source_w(0)[row])
        worst = float(self._node_worst_w[self._first + row])
        volts = source.voltage_v or self._snap.brief.number("voltage_v")
        facts = [source.kind or "source", show(volts, "V") if volts else "voltage unknown"]
        if source.phases:
            facts.append(f"{source.phases}~")
        if source.fault_ka is not None:
            facts.append(f"{show(source.fault_ka)} kA")
        if self._after is not None:
            worst = float(self._after.source_w[row])
        lines = [" · ".join(facts), *self._loads(np.array([normal]), np.array([worst]))]
        if source.capacity_w:
            lines.insert(1, f"capacity {show(source.capacity_w, 'W')}")
        share = worst / source.capacity_w if source.capacity_w else None
        brief = show(worst if self._after is not None else normal, "W")
        name = f"Source {source.name}" if len(source.name) < 4 else source.name
        return Card(
            key, "source", name, tuple(lines), nodes, self._level[group], share,
            "" if share is not None else "capacity unknown", failed=gone[0], dead=gone[1], brief=brief,
        )  # fmt: skip

    def _busbar(self, nodes: Rows, key: str, group: int, gone: tuple[int, int]) -> Card:
        racks = nodes - self._snap.n_devices
        cases = self._power.maximum if self._after is None else (self._power.normal, self._after)
        flows = np.stack([flow.busbar_w[racks] for flow in cases])
        short = np.stack([flow.busbar_short_w[racks] for flow in cases])
        kind = self._snap.specs.rack_types[int(self._snap.rack_type[racks[0]])]
        shelves, spare = self._power.rack_shelves[racks], self._power.rack_shelves_spare[racks]
        words = f"N+{spare.min():.0f} of {shelves.min():.0f} shelves"
        if len(nodes) == 1:
            title = f"Busbar of {self._names.rack(int(racks[0]))}"
        else:
            title = f"Busbar × {len(nodes):,}"
        worst = self._node_worst_w[nodes] if self._after is None else flows[1]
        capacity = np.where(short.max(axis=0) > 0, worst - short.max(axis=0), np.nan)
        if self._has_losses and self._after is None:
            capacity = worst + self._evaluation.node_headroom.left_w[nodes]
            capacity[capacity <= 0] = np.nan
        share = float(np.nanmax(worst / capacity)) if np.isfinite(capacity).any() else None
        brief = _span(worst if self._after is not None else flows[0])
        lines = (kind.busbar, words, *self._loads(flows[0], worst))
        return Card(
            key,
            "busbar",
            title,
            lines,
            nodes,
            self._level[group],
            share,
            failed=gone[0],
            dead=gone[1],
            brief=brief,
        )

    def _devices(self, nodes: Rows, key: str, group: int, gone: tuple[int, int]) -> Card:
        spec = self._snap.specs.specs[int(self._snap.device_spec[nodes[0]])]
        title = self._names.title(nodes)
        if group not in self._feeds:
            return self._loads_card(nodes, key, title, group, gone)
        normal = self._power.normal.device_through_w[nodes]
        worst = self._node_worst_w[nodes]
        if self._after is not None:
            worst = self._after.device_through_w[nodes]
        rated = self._rated.value[self._snap.device_spec[nodes]]
        known = self._rated.known[self._snap.device_spec[nodes]] & (rated > 0)
        share = float((worst[known] / rated[known]).max()) if known.any() else None
        many = len(nodes) > 1
        rating = _rating(spec.type, float(rated[known].max()) if known.any() else None, many)
        name = spec.type.name
        lines = (name, rating, *self._loads(normal, worst, self._case(nodes)))
        unrated = "rating unknown" if share is None and bool((worst > 0).any()) else ""
        stands_by = bool(self._power.feeding.stands_by[nodes].all()) and not (worst > _NOTHING_W).any()
        if stands_by:
            share, unrated = None, ""
            lines = (name, rating, "standby: no load in normal operation")
        brief = "standby" if stands_by else _span(worst if self._after is not None else normal)
        symbol = spec.type.kind if spec.type.kind in _UPSTREAM else "load"
        return Card(
            key,
            symbol,
            title,
            lines,
            nodes,
            self._level[group],
            share,
            unrated,
            failed=gone[0],
            dead=gone[1],
            brief=brief,
        )

    def _loads_card(self, nodes: Rows, key: str, title: str, group: int, gone: tuple[int, int]) -> Card:
        snap = self._snap
        draw = self._power.device_max_w[nodes]
        types = {snap.specs.specs[k].type.name for k in np.unique(snap.device_spec[nodes]).tolist()}
        spec = snap.specs.specs[int(snap.device_spec[nodes[0]])]
        what = next(iter(types)) if len(types) == 1 else f"{len(types)} types"
        racks = len(np.unique(snap.device_rack[nodes][snap.device_rack[nodes] >= 0]))
        where = f" in {racks:,} rack{'s' if racks != 1 else ''}" if racks and len(nodes) > 1 else ""
        if len(nodes) > 1:
            title = f"{load_words(spec.type.kind)} × {len(nodes):,}"
        brief = show(float(draw.sum()), "W")
        lines = [f"{what}{where}", f"maximum {show(float(draw.sum()), 'W')}"]
        short = (
            self._power.device_short[:, nodes].any(axis=0) if len(self._power.device_short) else np.zeros(0)
        )
        if short.any():
            lines.append(f"{int(short.sum()):,} short of supplies if a source is lost")
        symbol = spec.type.kind if spec.type.kind in _UPSTREAM or spec.type.kind in _COOLING else "load"
        return Card(
            key,
            symbol,
            title,
            tuple(lines),
            nodes,
            self._level[group],
            failed=gone[0],
            dead=gone[1],
            brief=brief,
        )

    def _loads(self, normal: Floats, worst: Floats, case: str = "") -> tuple[str, ...]:
        """Return the load of each in words: normal and worst, or with what has failed."""
        if self._after is None:
            return _loads(normal, worst, case)
        if np.allclose(normal, worst):
            return (f"load {_span(worst)}",)
        return f"load now {_span(worst)}", f"normally {_span(normal)}"

    def _case(self, nodes: Rows) -> str:
        """Return in which scenario the worst load is that."""
        if self._has_losses:
            losses, sources_worst = self._evaluation.outages, self._power.passing_worst_w[nodes]
            beyond = losses.device_worst_w[nodes] > sources_worst * (1 + 1e-9) + _NOTHING_W
            if beyond.any():  # no whole source is as bad
                words = case_words(self._evaluation, self._names, losses.device_worst_case[nodes[beyond]])
                return f" ({words})" if words else ""
        cases = np.unique(self._power.passing_worst_case[nodes])
        sources = self._snap.brief.sources
        if len(cases) == 1 and cases[0] > 0:
            return f" ({sources[int(cases[0]) - 1].name} lost)"
        return ""

    @property
    def _lost(self) -> str:
        return "single element" if self._has_losses else "source"

    def notes(self) -> list[str]:
        """Return what is not in the drawing."""
        snap = self._snap
        ports = snap.specs.ports
        asks = _has_port(ports.spec, (ports.layer == POWER) & (ports.direction != OUT), len(snap.specs))
        loose = asks[snap.device_spec] & (self._chain.sort[: snap.n_devices] < 0) & (snap.device_spec > 0)
        notes = [
            f"Maximum sustained load; worst: the largest of normal operation and each {self._lost} lost. "
            "Design intent: engineer of record to verify."
        ]
        busbar = self._power.device_max_w[loose]
        if loose.any():
            notes.append(
                f"Not drawn: {int(loose.sum()):,} devices with inlets that nothing feeds, "
                f"{show(float(busbar.sum()), 'W')} together."
            )
        return notes


_COOLING = ("cdu", "air-handler", "heat-rejection", "rear-door")


def _has_port(spec: Ints, wanted: Flags, n: int) -> Flags:
    found: Flags = np.bincount(spec[wanted], minlength=n) > 0
    return found


def _rating(spec: DeviceType, rated_w: float | None, many: bool) -> str:
    parts = [f"{show(rated_w, 'W')}{' each' if many else ''}" if rated_w else "rating unknown"]
    if spec.rated_va is not None:
        parts = [f"{show(spec.rated_va / 1000)}{THIN}kVA{' each' if many else ''}"]
    out = [p for p in spec.ports if p.layer == "power" and p.direction == "out"] or [
        p for p in spec.ports if p.layer == "power"
    ]
    if out:
        low, high = out[0].voltage_low_v, out[0].voltage_high_v
        if low and high:
            parts.append(show(low, "V") if low == high else f"{low:g}–{high:g}{THIN}V")
        if out[0].phases:
            parts.append(f"{out[0].phases}~")
        elif out[0].phases == 0:
            parts.append("DC")
    if spec.rated_a is not None:
        parts.append(show(spec.rated_a, "A"))
    if spec.efficiency is not None and spec.efficiency < 1:
        parts.append(f"{100 * spec.efficiency:g} %")
    return " · ".join(parts)


def _span(values: Floats) -> str:
    """Return a load, or the least and the most of several."""
    low, high = (value if value > _NOTHING_W else 0.0 for value in (float(values.min()), float(values.max())))
    return show(high, "W") if low >= 0.98 * high else f"{show(low, 'W')} to {show(high, 'W')}"


def _loads(normal: Floats, worst: Floats, case: str = "") -> tuple[str, ...]:
    """Return the load of each in words: a range if they differ, and the worst if that is more."""
    most = float(worst.max())
    if most > float(normal.max()) * 1.0005:
        return f"load {_span(normal)}", f"worst {show(most, 'W')}{case}"
    return (f"load {_span(normal)}",)
