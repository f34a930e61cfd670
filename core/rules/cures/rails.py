"""Cables on the wrong leaf go back to the right one: the two that were swapped, or one to a free port."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from core.editing.cabling.reroute import CableEnd, ends_at, reroute, swap_ends, why_not_here
from core.editing.cabling.sockets import Usage
from core.editing.routes import device_at, join
from core.engine.network import FabricResult
from core.engine.proofs import FabricProofs
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Link
from core.rules.cures.cure import Known, cure, placed
from core.rules.finding import Finding


@cure("Move to its own leaf", "network.off_rail", "network.off_unit")
def back_on_its_leaf(edit: Edit, finding: Finding, known: Known) -> None:
    """Plug a cable into the leaf on which the same port of the hosts beside it is."""
    above = placed(edit, finding)
    done: set[int] = set()
    for proofs, cable in _wrong(finding, known, above):
        if cable not in done:
            done |= _mend(edit, proofs, cable, known)


def _wrong(finding: Finding, known: Known, above: str) -> Iterator[tuple[FabricProofs, int]]:
    """Yield the cables of a finding by their row, each with the fabric it is in."""
    flat = known.evaluation.snapshot.flat
    rows = {row for path in finding.subjects for row in flat.cable_rows(join(above, path))}
    for proofs in known.evaluation.fabric_proofs:
        wrong = proofs.off_rail if finding.rule == "network.off_rail" else proofs.off_unit
        yield from ((proofs, row) for row in wrong.tolist() if row in rows)


def _mend(edit: Edit, proofs: FabricProofs, cable: int, known: Known) -> set[int]:
    """Move one cable, and the one that is in its place if both are wrong; return both."""
    net = _net(known, proofs.fabric)
    drawn, ends = net.drawn, proofs.wiring.ends
    at = int(np.flatnonzero(drawn.cables[ends.cable] == cable)[0])
    target = _leaf_for(proofs, at)
    snap = known.evaluation.snapshot
    leaf = snap.device_path(int(drawn.topology.rows[target]))
    which = _leaf_end(edit, known, cable, int(drawn.topology.rows[int(ends.leaf[at])]))
    strays = set(np.concatenate([proofs.off_rail, proofs.off_unit]).tolist())
    for other in np.flatnonzero(ends.leaf == target).tolist():
        row = int(drawn.cables[ends.cable[other]])
        if row in strays and _leaf_for(proofs, other) == int(ends.leaf[at]):
            there = _leaf_end(edit, known, row, int(drawn.topology.rows[target]))
            swap_ends(edit, edit.top, which, there)
            return {cable, row}
    usage = Usage(edit, edit.top, leaf)
    for token in usage.free(layer="data"):
        if not why_not_here(edit, edit.top, which, leaf, token):
            reroute(edit, edit.top, which, leaf, token)
            return {cable}
    name = device_at(edit, edit.top, leaf).name
    raise EditError(f"{name}, where it belongs, has no free port that fits", cure="Free one, or swap by hand")


def _net(known: Known, fabric: str) -> FabricResult:
    return next(result for result in known.evaluation.network.fabrics if result.fabric == fabric)


def _leaf_for(proofs: FabricProofs, at: int) -> int:
    """Return the leaf that an end belongs on: of the class of its port, where the hosts beside it are."""
    wiring, ends = proofs.wiring, proofs.wiring.ends
    host, port = int(ends.host[at]), int(ends.port[at])
    keeps = wiring.port_class[ends.port] == wiring.leaf_class[ends.leaf]
    mine = ends.host == host
    others = ends.leaf[mine & (ends.port != port) & keeps] if (mine & keeps).any() else ends.leaf[mine]
    beside = np.unique(ends.host[np.isin(ends.leaf, others) & (ends.host != host)])
    theirs = ends.leaf[np.isin(ends.host, beside) & (ends.port == port)]
    right = theirs[wiring.leaf_class[theirs] == wiring.port_class[port]]
    if not len(right):
        raise EditError("no host beside it shows on which leaf it belongs", cure="Move it by hand")
    leafs: Counter[int] = Counter(right.tolist())
    return leafs.most_common(1)[0][0]


def _leaf_end(edit: Edit, known: Known, cable: int, leaf: int) -> CableEnd:
    """Return the end of a cable at a leaf, by rows."""
    snap = known.evaluation.snapshot
    a, b = int(snap.cable_a[cable]), int(snap.cable_b[cable])
    side = snap.cable_port_a if a == leaf else snap.cable_port_b
    path, far = snap.device_path(leaf), snap.device_path(b if a == leaf else a)
    table = edit.ports(device_at(edit, edit.top, path))
    port = table.ports[int(side[cable])].name
    for which in ends_at(edit, edit.top, path, port):
        link = edit.resolve(edit.top, which.link)
        if isinstance(link, Link):
            head = which.link.rpartition("/")[0]
            other = link.b if which.end == "a" else link.a
            if join(head, other.path) == far:
                return which
    raise EditError("the cable is no longer there", cure="Select it again")
