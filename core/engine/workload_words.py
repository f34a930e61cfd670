"""What comes of a workload, in rows of words: for sheets, dialogs and the command line."""

from __future__ import annotations

from core.engine.workloads import WorkloadResult
from core.units import number_text, share, show


def workload_rows(of: WorkloadResult) -> list[tuple[str, str]]:
    """Return what a workload makes of the design, or why it does not run: label and value of each row."""
    rows = [("Model", of.model.name if of.model else "none chosen")]
    if of.cluster is not None:
        there, used = of.cluster.count, int(of.output.accelerators) if of.output else of.cluster.count
        count = f"{used:,}" if used == there else f"{used:,} of {there:,}"
        rows.append(("Runs on", f"{count} x {of.cluster.name}"))
    if of.training is not None:
        rows += _training_rows(of)
    elif of.output is not None and of.serving is not None:
        rows += _serving_rows(of)
    else:
        return [*rows, ("Does not run", f"{of.problem}. {of.cure}")]
    band = of.band.words if of.band is not None else "no published case of such hardware: unknown"
    rows.append(("Error of prediction", band))
    return rows


def _training_rows(of: WorkloadResult) -> list[tuple[str, str]]:
    run = of.training
    assert run is not None
    step, kept = run.step, run.goodput
    split = sorted(zip(step.split._fields, step.split, strict=True), key=lambda one: -float(one[1]))
    parts = ", ".join(
        f"{name} {share(value / step.step_s)}" for name, value in split if value > 0.0005 * step.step_s
    )
    return [
        ("Plan", step.plan.words()),
        ("Step", f"{show(step.step_s, 's')}: {parts}"),
        ("Tokens a second", f"{step.tokens_s:,.0f}, with goodput {run.tokens_s:,.0f}"),
        ("MFU of BF16, causal", share(step.mfu_causal)),
        ("Goodput", f"{share(kept.share)}: {show(kept.mttf_h, 'h')} between failures, saves every "
                    f"{show(kept.interval_s / 60, 'min')}, {kept.spares} spare hosts"),
        ("Length of the run", f"{run.days:,.1f} days, {run.days_without:,.1f} without failures and saves"),
        ("Energy of accelerators and hosts", show(run.energy_mwh, "MWh")),
    ]  # fmt: skip


def _serving_rows(of: WorkloadResult) -> list[tuple[str, str]]:
    found = of.serving
    assert found is not None
    assert of.output is not None
    first = ", ".join(f"{name} {show(value, 's')}" for name, value in found.ttft_split.items() if value > 0)
    split = sorted(found.split.items(), key=lambda one: -one[1])
    parts = ", ".join(
        f"{name} {share(value / found.iteration_s)}"
        for name, value in split
        if value > 0.0005 * found.iteration_s
    )
    pools = found.pools
    apart = "" if pools is None else f", beside {pools.prefill:,} of {pools.prefill_size} that prefill"
    degrees = f"tensor parallel {found.tp}" + (f", expert parallel {found.ep}" if found.ep > 1 else "")
    return [
        ("Replicas", f"{found.replicas:,} of {degrees}{apart}"),
        ("Sequences of a replica", f"{found.batch:,}; its memory holds {found.most_batch:,}"),
        ("Time to first token", f"{show(found.ttft_s, 's')} mean ({first}), "
                                f"{show(found.ttft_p99_s, 's')} P99"),
        ("Time between tokens", f"{show(found.itl_s, 's')}: {parts}"),
        ("Highest rate", f"{number_text(found.requests_s)} requests a second"),
        ("Tokens out a second", f"{of.output.tokens_out_s:,.0f} at the mean load, at most "
                                f"{found.tokens_out_s:,.0f}"),
        ("Tokens out a second, each accelerator", f"{found.tokens_out_s_each:,.0f}"),
        ("Energy of a token out", f"{show(found.energy_j_token, 'J')}, hosts included "
                                  f"{show(found.energy_j_token_wall, 'J')}"),
        ("Limited by", found.limit),
    ]  # fmt: skip
