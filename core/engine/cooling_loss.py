"""Who is left without coolant or air when devices stop: all cases at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from core.engine.loops import Loops

SLACK_W = 1e-3
MOST_STEPS = 8
"""Steps a loss takes: cooler, facility loop, CDU, technology loop, room."""


class LossNetwork:
    """The couplings of loops, rooms and devices as sparse matrices; see `Loops.uncooled`."""

    def __init__(self, loops: Loops) -> None:
        self.loops = loops
        n, m, rooms = len(loops.device_air_w), loops.n_loops, len(loops.air.room_name)
        self.n_devices = n
        every = np.arange(n)
        on = loops.device_loop >= 0
        main = _matrix(every[on], loops.device_loop[on], (n, m))
        self.wet = _matrix(*_pairs(loops.device_loop, loops.device_liquid_w > 0), (n, m))
        liquid = _matrix(*_pairs(loops.device_loop, on), (n, m), loops.device_liquid_w[on])
        self.feeds = _matrix(loops.unit_device, loops.unit_loop, (n, m))
        self.feeds_w = _matrix(
            loops.unit_device, loops.unit_loop, (n, m), np.nan_to_num(loops.unit_capacity_w)
        )
        self.pumps = _matrix(loops.pump_device, loops.pump_loop, (n, m))
        self.pumps_lpm = _matrix(loops.pump_device, loops.pump_loop, (n, m), loops.pump_lpm)
        self.n_pumps = np.bincount(loops.pump_loop, minlength=m)
        self.given_lpm = np.bincount(loops.pump_loop, weights=loops.pump_lpm, minlength=m)
        # Units that need a loop: CDUs by their primary side, room units and doors by their only one.
        primary = loops.device_primary >= 0
        served = np.zeros(n, bool)
        served[loops.room_unit] = True
        served |= loops.air.door_w > 0
        self.needs = _matrix(every[primary], loops.device_primary[primary], (n, m)) + (
            _matrix(every[served & on], loops.device_loop[served & on], (n, m))
        )
        breathing = loops.air.device_w > 0
        breathing[loops.room_unit] = breathing[loops.unit_device] = False
        self.breathes = _matrix(every[breathing], loops.air.device_room[breathing], (n, rooms))
        air = _matrix(every, loops.air.device_room, (n, rooms), loops.air.device_w)
        unit_room = loops.air.device_room[loops.room_unit]
        self.room_units = _matrix(loops.room_unit, unit_room, (n, rooms))
        self.room_units_w = _matrix(loops.room_unit, unit_room, (n, rooms), loops.room_unit_w)
        self.doors_w = _matrix(every, loops.air.device_room, (n, rooms), loops.air.door_w)
        self.conduits = _matrix(loops.conduit, loops.device_loop[loops.conduit], (n, m))
        self.air = air
        self.liquid = liquid + liquid @ self._passed(main.shape) + air @ self._aired()

    def _passed(self, shape: tuple[int, int]) -> csr_array:
        """Share of each loop's heat that its CDUs pass on to each other loop, shape (n_loops, n_loops)."""
        loops, m = self.loops, shape[1]
        to = loops.device_primary[loops.unit_device]
        on = to >= 0
        share = loops.unit_heat_w / np.maximum(loops.loop_heat_w[loops.unit_loop], 1e-9)
        return _matrix(loops.unit_loop[on], to[on], (m, m), share[on])

    def _aired(self) -> csr_array:
        """Share of each room's heat that its units pass on to each loop, shape (n_rooms, n_loops)."""
        loops, air = self.loops, self.loops.air
        on = loops.room_unit[loops.device_loop[loops.room_unit] >= 0]
        share = air.unit_w[on] / np.maximum(air.room_heat_w[air.device_room[on]], 1e-9)
        return _matrix(air.device_room[on], loops.device_loop[on], (len(air.room_name), loops.n_loops), share)

    def uncooled(self, dead: csr_array) -> csr_array:
        """See `Loops.uncooled`."""
        dead = _flags(dead)
        cut = self._cut_off(dead)
        off, hot = _union(dead, _only(cut, self.servants)), cut
        for _ in range(MOST_STEPS):
            failed = self._failed_loops(dead, off)
            hot = _union(_flags(failed @ self.wet.T), cut)
            grown = _union(off, _flags(failed @ self.needs.T))
            if grown.nnz == off.nnz:
                break
            off = grown
        rooms = self._failed_rooms(dead, off)
        hot = _union(_only(hot, self.loops.device_liquid_w > 0), _flags(rooms @ self.breathes.T))
        return _without(hot, dead)

    @property
    def servants(self) -> Flags:
        """Devices that cool others: what is out of these is off, though it has power."""
        found = np.zeros(self.n_devices, bool)
        found[self.loops.unit_device] = found[self.loops.room_unit] = found[self.loops.pump_device] = True
        found |= self.loops.air.door_w > 0
        return found

    def _failed_loops(self, dead: csr_array, off: csr_array) -> csr_array:
        """Return the loops that fail."""
        loops = self.loops
        touched = _flags(off @ (self.feeds + self.pumps))
        case, loop = touched.nonzero()
        left = loops.loop_units[loop] - _at(off @ self.feeds, case, loop)
        spared = _at(dead @ self.liquid, case, loop)
        load = loops.loop_heat_w[loop] - spared
        capacity = loops.loop_capacity_w[loop] - _at(off @ self.feeds_w, case, loop)
        enough = ~(loops.loop_capacity_w[loop] + SLACK_W < loops.loop_heat_w[loop])
        short = (loops.loop_units[loop] > 0) & ((left < 0.5) | (enough & (capacity + SLACK_W < load)))
        pumps = self.n_pumps[loop] - _at(off @ self.pumps, case, loop)
        flow = self.given_lpm[loop] - _at(off @ self.pumps_lpm, case, loop)
        lost_pump = pumps < self.n_pumps[loop] - 0.5
        short |= lost_pump & ((pumps < 0.5) | (flow + 1e-6 < loops.loop_flow_lpm[loop]))
        short &= load > SLACK_W
        return _matrix(case[short], loop[short], (off.shape[0], loops.n_loops), kind=bool)

    def _cut_off(self, dead: csr_array) -> csr_array:
        """Return the devices no living unit reaches any more because a conduit is dead."""
        loops = self.loops
        case, loop = (dead @ self.conduits).nonzero()
        rows, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for one, of in zip(case.tolist(), loop.tolist(), strict=True):
            gone = np.zeros(self.n_devices, bool)
            gone[dead.indices[dead.indptr[one] : dead.indptr[one + 1]]] = True
            found = unreached(loops, of, gone)
            rows.append(np.full(len(found), one))
            columns.append(found)
        return _matrix(np.concatenate(rows), np.concatenate(columns), dead.shape, kind=bool)

    def _failed_rooms(self, dead: csr_array, off: csr_array) -> csr_array:
        """Return the rooms whose air units that are left are too small."""
        air = self.loops.air
        touched = _flags(off @ self.room_units) + _flags(off @ self.doors_w)
        case, room = _flags(touched).nonzero()
        left = air.room_units[room] - _at(off @ self.room_units, case, room)
        more, less = _at(off @ self.doors_w, case, room), _at(dead @ self.air, case, room)
        capacity = air.room_capacity_w[room] - _at(off @ self.room_units_w, case, room)
        load = air.room_heat_w[room] + more - less
        enough = ~(air.room_capacity_w[room] + SLACK_W < air.room_heat_w[room])
        short = (left < 0.5) | (enough & (capacity + SLACK_W < load))
        short &= (air.room_units[room] > 0) & (load > SLACK_W)
        return _matrix(case[short], room[short], (off.shape[0], len(air.room_name)), kind=bool)


def unreached(loops: Loops, loop: int, gone: Flags) -> NDArray[np.intp]:
    """Return the devices of a loop that coolant does not reach when conduits of it are gone.

    Parameters
    ----------
    loops : Loops
    loop : int
    gone : ndarray of bool, shape (n_devices,)

    Notes
    -----
    Supply and return are one way: a device is reached if what is left joins it with a unit that is left or,
    where others draw the units, with a conduit that is left.
    """
    from core.engine.reach import parts_of

    plumbing = loops.plumbing
    n = plumbing.n_devices
    a, b = plumbing.edges
    passes = np.ones(2 * n + plumbing.n_racks, bool)
    conduit = loops.conduit[loops.device_loop[loops.conduit] == loop]
    passes[conduit[gone[conduit]]] = False
    keep = passes[a] & passes[b]
    part = parts_of(a[keep], b[keep], len(passes))
    members = loops.members(loop)
    primaries = np.flatnonzero(loops.device_primary == loop)
    nodes = np.concatenate([members, n + primaries])
    sources = loops.unit_device[(loops.unit_loop == loop) & ~gone[loops.unit_device]]
    if not len(sources):
        sources = conduit[~gone[conduit]]
    reached = np.isin(part[nodes], part[sources])
    lost = nodes[~reached] % n if n else nodes
    return np.unique(lost[~gone[lost]])


def _matrix(
    row: NDArray[Any],
    column: NDArray[Any],
    shape: tuple[int, int],
    value: Floats | None = None,
    kind: Any = None,
) -> csr_array:
    from scipy.sparse import coo_array, csr_array  # late: takes half a second

    if value is None:
        value = np.ones(len(row))
    made = coo_array((value.astype(kind or np.float64), (row, column)), shape=shape)
    return csr_array(made)


def _pairs(loop: Ints, wanted: Flags) -> tuple[NDArray[np.intp], Ints]:
    rows = np.flatnonzero(wanted & (loop >= 0))
    return rows, loop[rows]


def _flags(matrix: csr_array) -> csr_array:
    """Return where a matrix is not zero, each place once."""
    made = matrix.tocsr().astype(bool)
    made.sum_duplicates()
    made.eliminate_zeros()
    return made


def _union(one: csr_array, other: csr_array) -> csr_array:
    return _flags(one + other)


def _without(one: csr_array, other: csr_array) -> csr_array:
    return _flags(one > other)


def _only(matrix: csr_array, columns: Flags) -> csr_array:
    """Keep some columns."""
    coo = matrix.tocoo()
    keep = columns[coo.col]
    return _matrix(coo.row[keep], coo.col[keep], matrix.shape, kind=bool)


def _at(matrix: csr_array, row: NDArray[Any], column: NDArray[Any]) -> Floats:
    if not len(row):
        return np.zeros(0)
    return np.asarray(matrix[row, column], dtype=np.float64).ravel()
