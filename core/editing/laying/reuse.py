"""Which of the switches that stand a network uses again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from core.editing.cabling.patterns import natural
from core.editing.laying.policy import Plan
from core.editing.laying.row_places import Policy
from core.editing.laying.seating import by_tier
from core.editing.laying.standing import StandingSwitch
from core.model.types import DeviceType

if TYPE_CHECKING:
    from core.fabrics.family import Graph


def staying(standing: Iterable[StandingSwitch], plan: Plan, policy: Policy) -> list[StandingSwitch]:
    """Return the switches that may be used again, the pinned ones first.

    Of the others those in racks, of no other network too, and none if they stand by another policy than the
    plan's.
    """
    pinned = [switch for switch in standing if switch.is_pinned]
    if policy != plan.policy:
        return pinned
    rest = [s for s in standing if not s.is_pinned and not s.is_shared and s.place.rack in plan.racks]
    return pinned + sorted(rest, key=lambda switch: natural(switch.name))


def used_again(
    plan: Plan,
    graph: Graph,
    specs: Mapping[str, DeviceType],
    stays: Iterable[StandingSwitch],
    recognised: Mapping[str, str],
) -> dict[str, str]:
    """Return which switch that stands each device of the network is, where one fits.

    Parameters
    ----------
    recognised : mapping of str to str
        Paths of the switches that are plugged in as devices of the network already, by key; those keep their
        part if they may.
    """
    found = _kept(plan, graph, specs, stays, recognised)
    kept = set(found.values())
    pinned: list[StandingSwitch] = []
    free: dict[tuple[str, int, str], list[StandingSwitch]] = {}
    for switch in stays:
        if switch.path in kept:
            continue
        if switch.is_pinned:
            pinned.append(switch)
        else:
            asked = switch.place.rack, switch.tier, switch.type
            free.setdefault(asked, []).append(switch)
    roles = tuple(dict.fromkeys(role for _, role in graph.nodes(data="role")))
    for key in by_tier(graph):
        tier = graph.nodes[key]["tier"]
        if key not in specs or not tier or key in found:
            continue
        taken = _first_pinned(pinned, plan.home(key), graph.nodes[key], specs[key], roles)
        if taken is not None:
            pinned.remove(taken)
            found[key] = taken.path
            continue
        for rack in plan.reusable(key):
            here = free.get((rack.path, tier, specs[key].id))
            if here:
                found[key] = here.pop(0).path
                break
    return found


def _kept(
    plan: Plan,
    graph: Graph,
    specs: Mapping[str, DeviceType],
    stays: Iterable[StandingSwitch],
    recognised: Mapping[str, str],
) -> dict[str, str]:
    """Return the devices recognised that may stay what they are: of the type asked for, where they may be."""
    by_path = {switch.path: switch for switch in stays}
    found: dict[str, str] = {}
    for key, path in recognised.items():
        switch = by_path.get(path)
        if switch is None or key not in specs or not graph.nodes[key]["tier"]:
            continue
        if switch.is_pinned:
            home = plan.home(key)
            if not home or path.startswith(f"{home}/"):
                found[key] = path
        elif switch.type == specs[key].id and any(r.path == switch.place.rack for r in plan.reusable(key)):
            found[key] = path
    return found


def _first_pinned(
    pinned: Iterable[StandingSwitch],
    home: str,
    node: Mapping[str, Any],
    spec: DeviceType,
    roles: Iterable[str],
) -> StandingSwitch | None:
    """Return the first pinned switch of the tier of a node that stands at its home.

    The tier of one that is not linked yet follows from its name or its type.
    """
    for switch in pinned:
        if home and not switch.path.startswith(f"{home}/"):
            continue
        named = next((role for role in roles if switch.name.startswith(role)), "")
        if switch.tier:
            is_of_tier = switch.tier == node["tier"]
        else:
            is_of_tier = named == node["role"] if named else switch.type == spec.id
        if is_of_tier:
            return switch
    return None
