"""An evaluation as plain rows: for the command line, sheets and tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.engine.evaluation import Evaluation
from core.engine.evidence import Grounds
from core.engine.headline import Headline
from core.engine.quantities import Quantity
from core.model.project import Project


def as_data(project: Project, evaluation: Evaluation) -> dict[str, Any]:
    """Return quantities, racks and fabrics as what `cagenut evaluate --json` prints."""
    return {
        "quantities": {name: quantity_data(q) for name, q in evaluation.quantities.items()},
        "racks": rack_rows(project, evaluation),
        "fabrics": fabric_rows(project, evaluation),
    }


def quantity_data(quantity: Quantity) -> dict[str, Any]:
    """Return one quantity as plain data."""
    data: dict[str, Any] = {
        "label": quantity.label,
        "value": quantity.value,
        "unit": quantity.unit,
        "evidence": grounds_data(quantity.grounds),
        "formula": quantity.formula,
    }
    if quantity.limit is not None:
        data |= {"limit": quantity.limit, "sense": quantity.sense, "state": quantity.state}
    return data


def headline_data(project: Project, evaluation: Evaluation, headline: Headline) -> dict[str, Any]:
    """Return one of the numbers kept in sight as plain data."""
    top = evaluation.snapshot.flat.block
    return {
        "name": headline.name,
        "label": headline.label,
        "value": headline.value,
        "aside": headline.aside,
        "detail": headline.detail,
        "state": headline.state,
        "use": headline.use,
        "formula": headline.formula,
        "quantities": list(headline.quantities),
        "worst": [
            {"path": s.path, "name": s.what or "/".join(project.names_along(top, s.path)), "value": s.text}
            for s in headline.subjects
        ],
    }


def grounds_data(grounds: Grounds) -> dict[str, Any]:
    """Return the evidence of a value as plain data."""
    return {
        "shares": {name: round(share, 6) for name, share in grounds.shares},
        "unknown": list(grounds.unknown),
        "dominant": [
            {"input": c.name, "evidence": c.evidence, "share": round(c.share, 6)} for c in grounds.dominant
        ],
    }


def rack_rows(project: Project, evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return one row for each rack that is there."""
    snap = evaluation.snapshot
    rows = []
    for i in np.flatnonzero(snap.rack_type >= 0).tolist():
        path = snap.rack_path(i)
        block = snap.rack_blocks[snap.rack_block[i]]
        rows.append(
            {
                "name": "/".join(project.names_along(snap.flat.block, path))
                if path
                else project.blocks[block].name,
                "path": path,
                "block": project.blocks[block].name,
                "type": snap.specs.rack_types[snap.rack_type[i]].name,
                "space_used_u": float(evaluation.space.rack_used_hu[i] / 2),
                "space_total_u": float(evaluation.space.rack_total_hu[i] / 2),
                "accelerators": float(evaluation.compute.rack_accelerators[i]),
                "mass_kg": float(evaluation.mass.rack_kg[i]),
                "mass_unknown": int(evaluation.mass.rack_unknown[i]),
                "power_typical_w": float(evaluation.power.rack_typical_w[i]),
                "power_max_w": float(evaluation.power.rack_max_w[i]),
                "power_peak_w": float(evaluation.power.rack_peak_w[i]),
                "power_shelves": int(evaluation.power.rack_shelves[i]),
                "power_shelves_spare": int(evaluation.power.rack_shelves_spare[i]),
                "heat_air_w": float(evaluation.cooling.rack_air_w[i]),
                "heat_liquid_w": float(evaluation.cooling.rack_liquid_w[i]),
                "airflow_m3h": float(evaluation.cooling.rack_airflow_m3h[i]),
                "coolant_flow_lpm": None
                if np.isnan(flow := float(evaluation.cooling.rack_flow_lpm[i]))
                else flow,
            }
        )
    return rows


def fabric_rows(project: Project, evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return one row for each fabric."""
    rows = []
    for result, proven in zip(evaluation.network.fabrics, evaluation.fabric_proofs, strict=True):
        record = project.fabrics.get(result.fabric)
        rows.append(
            {
                "id": result.fabric,
                "name": record.name if record else "",
                "role": record.role if record else "",
                "links": result.links,
                "host_links": result.host_links,
                "switch_links": result.switch_links,
                "hosts": result.hosts,
                "switches": result.switches,
                "ports_used": result.ports_used,
                "ports_total": result.ports_total,
                "components": result.components,
                "hops_most": result.hops.most,
                "hops_mean": round(result.hops.mean, 6),
                "accelerator_pairs_by_hops": list(result.hops.pairs),
                "links_per_pair": [
                    {"tiers": [pair.low, pair.high], "least": pair.least, "most": pair.most}
                    for pair in result.pairs
                ],
                "rails": proven.rails,
                "planes": proven.planes,
                "units": proven.units,
                "proofs": [proof.text for proof in proven.proofs],
                "oversubscription": result.oversubscription,
                "tiers": [
                    {
                        "number": tier.number,
                        "switches": tier.switches,
                        "down_gbps": tier.down_gbps,
                        "up_gbps": tier.up_gbps,
                        "oversubscription": tier.oversubscription,
                    }
                    for tier in result.tiers
                ],
            }
        )
    return rows
