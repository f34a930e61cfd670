"""Traffic from a table: who sends how much to whom, by the names of hosts or switches."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from core.engine.columns import Floats
from core.engine.throughput.demand import Demand, Ports, parts_of_switches, ports_of
from core.engine.topology import Rows, Topology
from core.errors import FileError
from core.files.delimited import Delimited, read_delimited

LIST = ("from", "to", "gbps")
MOST_GBPS = 1e12


def read_traffic(path: Path, topology: Topology, names: Sequence[str]) -> Demand:
    """Return the traffic of a CSV file; see `traffic_of`."""
    return traffic_of(read_delimited(path), topology, names)


def traffic_of(table: Delimited, topology: Topology, names: Sequence[str]) -> Demand:
    """Return the traffic of a table in Gbit/s: t = 1 carries it as it is written.

    Parameters
    ----------
    table : Delimited
        Either the columns from, to, gbps, or a matrix: names of the receivers in the head line, of the
        senders in the first column. Several lines for a pair add up.
    names : sequence of str
        Of each device of the topology. What a host sends is spread by rate over its ports that are in a part
        of the switches with a port of the receiver.

    Raises
    ------
    FileError
        With the line, if a name is unknown or stands for several devices, a rate is no number, negative or
        not finite, or a device is asked to send to itself.
    """
    heads = [head.lower() for head in table.heads]
    lookup = _lookup(names)
    cells = _listed(table, heads) if set(LIST) <= set(heads) else _square(table)
    known: dict[str, int] = {}
    a, b, gbps = [], [], []
    for cell in cells:
        value = _number(cell)
        if value == 0.0:
            continue
        ends = [
            known.setdefault(name, _device(name, lookup, cell.where)) for name in (cell.sender, cell.receiver)
        ]
        if ends[0] == ends[1]:
            raise FileError(
                f"'{cell.sender}' would send to itself", where=cell.where, cure="Take it out or write 0"
            )
        a.append(ends[0])
        b.append(ends[1])
        gbps.append(value)
    if not gbps:
        raise FileError("there is no traffic in it", where=table.where, cure="Write rates in Gbit/s")
    return _demand(f"matrix {table.where}", topology, np.array(a), np.array(b), np.array(gbps))


@dataclass(frozen=True)
class _Cell:
    sender: str
    receiver: str
    text: str
    where: str


def _listed(table: Delimited, heads: list[str]) -> Iterator[_Cell]:
    at = [heads.index(name) for name in LIST]
    for row in table.rows:
        sender, receiver, text = (row.cells[k].strip() for k in at)
        yield _Cell(sender, receiver, text, f"{table.where}, line {row.number}")


def _square(table: Delimited) -> Iterator[_Cell]:
    receivers = table.heads[1:]
    if not receivers:
        raise FileError(
            "the head line names no receivers",
            where=f"{table.where}, line 1",
            cure=f"Give columns {', '.join(LIST)}, or a matrix with names in the head line and first column",
        )
    if len(set(receivers)) < len(receivers):
        twice = next(name for name in receivers if receivers.count(name) > 1)
        raise FileError(f"'{twice}' has two columns", where=f"{table.where}, line 1", cure="Make them one")
    for row in table.rows:
        for receiver, text in zip(receivers, row.cells[1:], strict=True):
            if text.strip():
                where = f"{table.where}, line {row.number}, column '{receiver}'"
                yield _Cell(row.cells[0].strip(), receiver, text.strip(), where)


def _number(cell: _Cell) -> float:
    try:
        value = float(cell.text)
    except ValueError:
        raise FileError(
            f"'{cell.text}' is no number", where=cell.where, cure="Write a rate in Gbit/s with a point"
        ) from None
    if not math.isfinite(value) or not 0.0 <= value <= MOST_GBPS:
        raise FileError(
            f"'{cell.text}' is no rate", where=cell.where, cure="Write a rate in Gbit/s of 0 or more"
        )
    return value


def _lookup(names: Sequence[str]) -> dict[str, list[int]]:
    lookup: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        lookup.setdefault(name, []).append(row)
    return lookup


def _device(name: str, lookup: dict[str, list[int]], where: str) -> int:
    found = lookup.get(name, [])
    if len(found) == 1:
        return found[0]
    if found:
        raise FileError(
            f"'{name}' stands for {len(found)} devices", where=where, cure="Give each a name of its own"
        )
    some = ", ".join(list(lookup)[:3])
    raise FileError(
        f"there is no host or switch '{name}'", where=where, cure=f"Names of this network are such as {some}"
    )


def _demand(pattern: str, topology: Topology, a: Rows, b: Rows, gbps: Floats) -> Demand:
    """Spread what goes between devices over the parts of the switches that both are on."""
    ports = ports_of(topology, np.unique(np.concatenate([a, b])))
    n = len(topology)
    own = parts_of_switches(topology)
    # A switch stands for itself, as a device with one port of rate 1 on itself.
    itself = np.flatnonzero(topology.is_switch)
    device = np.concatenate([ports.host, itself])
    switch = np.concatenate([ports.switch, itself])
    rate = np.concatenate([ports.gbps, np.ones(len(itself))])
    part = np.concatenate([ports.part, own[itself]])
    parts = np.unique(part)
    sends = np.stack([np.bincount(device[part == p], rate[part == p], n) for p in parts])
    common = np.where(sends[:, b] > 0, sends[:, a], 0.0)
    total = common.sum(axis=0)
    lost = total == 0
    share = common / np.where(lost, 1.0, total) * gbps
    switches, at = np.unique(switch, return_inverse=True)
    matrix = np.zeros((len(switches), len(switches)))
    sent, received = np.zeros(len(device)), np.zeros(len(device))
    for k, p in enumerate(parts):
        row = np.flatnonzero(part == p)
        each = rate[row] / sends[k, device[row]]
        spread = csr_array((each, (at[row], device[row])), (len(switches), n))
        flow = csr_array((share[k], (a, b)), (n, n))
        matrix += (spread @ flow @ spread.T).toarray()
        sent[row] = np.bincount(a, share[k], n)[device[row]] * each
        received[row] = np.bincount(b, share[k], n)[device[row]] * each
    used = np.flatnonzero(matrix.any(axis=0) | matrix.any(axis=1))
    k = len(ports)
    return Demand(
        pattern,
        switches[used],
        matrix[np.ix_(used, used)],
        float(gbps[lost].sum()),
        Ports(ports.host, ports.switch, ports.gbps, ports.rail, ports.part),
        sent[:k],
        received[:k],
    )
