"""The evaluated design: the results of all live stages for one snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

from core.engine.aisles import Aisles, aisles
from core.engine.busbar_current import BusbarCurrents, busbar_currents
from core.engine.cabling import Cabling, cabling
from core.engine.columns import Floats
from core.engine.compute import Compute, compute
from core.engine.cooling import Cooling, cooling
from core.engine.cost import Cost, cost
from core.engine.economics import Economics, economics
from core.engine.energy import Energy, energy
from core.engine.expansion import Expansion
from core.engine.fault_levels import FaultLevels, fault_levels
from core.engine.floor_load import FloorLoad, floor_load
from core.engine.flow_paths import Paths, flow_paths
from core.engine.headroom import Headroom, headroom_of, rack_measures_of
from core.engine.hydraulics import Hydraulics, hydraulics
from core.engine.loops import Loops, loops
from core.engine.mass import Mass, mass
from core.engine.network import Network, network
from core.engine.node_headroom import NodeHeadroom, node_headroom_of
from core.engine.outages import Outages, single_outages
from core.engine.path_in import WaysIn, ways_in
from core.engine.phase_outages import PhaseOutages, phase_outages_of
from core.engine.phases import Phases, phases
from core.engine.power import Power, power
from core.engine.proofs import FabricProofs, fabric_proofs
from core.engine.quantities import Quantity, quantities_of
from core.engine.ride_through import RideThrough, ride_through
from core.engine.rooms import Rooms, rooms
from core.engine.snapshot import Snapshot
from core.engine.space import Space, space
from core.engine.stage import Results, Stage
from core.engine.supply import Supply, supply
from core.engine.workloads import Workloads, workloads
from core.engine.worth import worth_of
from core.model.project import Project
from core.model.requirements import REQUIREMENTS

STAGES: tuple[Stage[Any], ...] = (
    space,
    mass,
    compute,
    power,
    cooling,
    rooms,
    loops,
    phases,
    fault_levels,
    busbar_currents,
    ride_through,
    energy,
    cabling,
    flow_paths,
    hydraulics,
    network,
    fabric_proofs,
    cost,
    aisles,
    floor_load,
    ways_in,
    workloads,
    economics,
    supply,
)


class Evaluation:
    """Results of all live stages for one snapshot."""

    def __init__(self, snapshot: Snapshot, results: Results) -> None:
        self.snapshot = snapshot
        self.space: Space = results.of(space, snapshot)
        self.mass: Mass = results.of(mass, snapshot)
        self.compute: Compute = results.of(compute, snapshot)
        self.power: Power = results.of(power, snapshot)
        self.cooling: Cooling = results.of(cooling, snapshot)
        self.rooms: Rooms = results.of(rooms, snapshot)
        self.loops: Loops = results.of(loops, snapshot)
        self.phases: Phases = results.of(phases, snapshot)
        self.fault_levels: FaultLevels = results.of(fault_levels, snapshot)
        self.busbar_currents: BusbarCurrents = results.of(busbar_currents, snapshot)
        self.ride_through: RideThrough = results.of(ride_through, snapshot)
        self.energy: Energy = results.of(energy, snapshot)
        self.cabling: Cabling = results.of(cabling, snapshot)
        self.flow_paths: Paths = results.of(flow_paths, snapshot)
        self.hydraulics: Hydraulics = results.of(hydraulics, snapshot)
        self.network: Network = results.of(network, snapshot)
        self.fabric_proofs: tuple[FabricProofs, ...] = results.of(fabric_proofs, snapshot)
        self.cost: Cost = results.of(cost, snapshot)
        self.aisles: Aisles = results.of(aisles, snapshot)
        self.floor_load: FloorLoad = results.of(floor_load, snapshot)
        self.ways_in: WaysIn = results.of(ways_in, snapshot)
        self.workloads: Workloads = results.of(workloads, snapshot)
        self.economics: Economics = results.of(economics, snapshot)
        self.supply: Supply = results.of(supply, snapshot)

    @cached_property
    def quantities(self) -> dict[str, Quantity]:
        """All quantities by name, in the order they are shown, each with the limit of the brief."""
        found = {}
        for quantity in (*quantities_of(self), *worth_of(self)):
            found[quantity.name] = self._limited(quantity)
        return found

    @cached_property
    def outages(self) -> Outages:
        """Every element of power and cooling lost, one at a time; made when it is first asked for."""
        return single_outages(self)

    @cached_property
    def node_headroom(self) -> NodeHeadroom:
        """What every feeder has left with any single element lost; made when it is first asked for."""
        return node_headroom_of(self)

    @cached_property
    def phase_outages(self) -> PhaseOutages:
        """Currents of phases and banks with any single element lost; made when it is first asked for."""
        return phase_outages_of(self)

    @cached_property
    def rack_measures(self) -> dict[str, tuple[Floats, str]]:
        """What racks can be ranked by: a value for each rack, and its unit."""
        return rack_measures_of(self)

    @cached_property
    def headroom(self) -> Headroom:
        """How many more racks fit, and which limit is reached first."""
        return headroom_of(self)

    @property
    def binding(self) -> Quantity | None:
        """The quantity that uses the largest share of its limit.

        A target that is met and a ratio that is kept (oversubscription 1 of 1) bind nothing.
        """
        limited = [
            q
            for q in self.quantities.values()
            if q.use is not None and (q.state == "over" or (q.sense == "most" and q.unit))
        ]
        return max(limited, key=lambda q: q.use or 0.0, default=None)

    def _limited(self, quantity: Quantity) -> Quantity:
        for name, kind in REQUIREMENTS.items():
            if kind.quantity == quantity.name:
                asked = self.snapshot.brief.number(name)
                if asked is not None:
                    return replace(quantity, limit=asked, sense=kind.sense)
        return quantity


class Evaluator:
    """Evaluates one project again and again, recomputing only what an edit touches.

    `snapshot` reads the project and must run where it is edited; `evaluate` works on the snapshot alone
    and may run in another thread, one at a time.
    """

    def __init__(self, project: Project) -> None:
        self._expansion = Expansion(project)
        self._results = Results()

    def snapshot(self, block: str = "") -> Snapshot:
        return self._expansion.snapshot(block)

    def evaluate(self, snapshot: Snapshot | None = None) -> Evaluation:
        """Return the evaluation of a snapshot, by default of the design as it is now."""
        self._results.computed.clear()
        return Evaluation(self.snapshot() if snapshot is None else snapshot, self._results)

    @property
    def computed(self) -> list[str]:
        """Stages that ran in the last evaluation."""
        return list(self._results.computed)


def evaluate(project: Project, progress: Callable[[int, int, str], None] | None = None) -> Evaluation:
    """Evaluate a project once.

    Parameters
    ----------
    project : Project
    progress : callable, optional
        Called before each stage with how many are done, how many there are, and the name of the stage; what
        it raises ends the evaluation.
    """
    if progress is None:
        return Evaluator(project).evaluate()
    told = progress
    done: list[str] = []

    def starts(name: str) -> None:
        told(min(len(done), len(STAGES)), len(STAGES), name.replace("_", " "))
        done.append(name)

    return Evaluation(Expansion(project).snapshot(), Results(starts))
