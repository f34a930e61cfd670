"""Writes validation.md: published designs and measurements against what is computed. Takes some minutes.

With `--workloads` only the sections on workloads and collectives are made anew, which takes seconds.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from core.exchange.yaml_text import read_yaml
from core.explore.validation.cases import Case, read_cases
from core.explore.validation.collective import GOALS, errors_of, message_bytes
from core.explore.validation.listing import goal_text, plain_means, shown, summary_lines
from core.explore.validation.running import COLLECTIVE, FAMILIES, Report, validate
from core.explore.validation.verdicts import CaseResult, KeyResult
from core.files.writing import write_safely

TARGET = Path(__file__).with_name("validation.md")
REFERENCE = Path(__file__).parents[1] / "resources/reference"
FILES = ("designs.yaml", "physical.yaml")
WORKLOADS = "workload-cases.yaml"
HEAD = "## Workloads\n"

INTRODUCTION = """\
# Published designs and measurements, recomputed

`docs/make_validation.py` makes this page; do not edit it. The same from the command line:

    cagenut validate
    cagenut validate resources/reference/designs.yaml
    cagenut validate resources/reference/physical.yaml
    cagenut validate resources/reference/workload-cases.yaml
    cagenut validate CASES.yaml --family superpod --json

Cases are dispatched by `family` and by the names of their inputs, never by their id; networks are built port
by port by the families of `core/fabrics` and then counted. Measured workloads are judged by the mean error of
their source; how is said [there](#workloads). Figures that follow from published ones
(`derived`) are checked too and marked *d*. Exit status 1 if one figure falls short, 2 if the file cannot be
read.

- **pass**: all figures that can be computed agree within the tolerance of the case; without one, to the
  decimals printed. Figures that cannot are *not covered* and counted.
- **claim**: the source states no inputs to compute from.
- **disagrees**: the source contradicts its own base quantities, and the notes of the case say so; the value
  computed from these stands.
- Networks drawn at random are compared as a range over several draws, widened by the tolerance.
- Cases not read in a source are marked *from memory*.
"""

MEASURED = """\
Steps of training, iterations of serving, memory, energy, GPU-hours, failures and costs that others
measured and published, each with its source in `resources/reference/workload-cases.yaml`. An error is
computed over measured less 1, of rates of training told as time; a source's error is the mean size over
its figures, and a quantity's the plain mean over its sources, so that large tables do not dominate.

**Constants are never judged on what they were fitted to.** `cagenut calibrate` fits them with each
source left out in turn and keeps the errors of what was left out
(`resources/reference/workload-left-out.toml`); these are what goals are held against (*left out*), with
the error in the fit beside them. Where one source alone speaks of a serving engine, each of its models
is left out in turn instead. *Not fitted*: no constant was fitted to such figures. *In sample*: neither
holds, because the constants have changed since. A file of your own (`cagenut validate MINE.yaml`) is
judged by the shipped constants, which were not fitted to it.

GPU-hours of model cards that count all runs of a model, failed ones and small ones too, have a quantity
of their own without a goal. Speed is no matter of this page: `benchmarks/bench_training.py`.

### Constants of your own

`cagenut calibrate MINE.yaml` fits the constants of training, of inference and of collectives to
measurements in the same format and prints the errors in the fit and left out of it. A few measurements
move only what they tell something about; `--afresh` begins at what was taken before any case was seen.
Without `-o` the files go to the folder `constants` beside your settings, and the models of workloads
take them from there instead of the shipped ones, and say so; remove a file to go back. A file that is
there is replaced with `--replace` only. A measurement may have a `date:` (ISO 8601): the newest is
written into the file of constants.
"""

COLLECTIVES = """\
The model (`core/engine/collectives.py`) has a handful of constants for each kind of scale-up link: launch,
time of a step, shares of the link rate, and the pipeline of segments. They stand with their sources in
`resources/reference/collectives.toml`. `benchmarks/fit_collectives.py` fits them and leaves out whole groups
and accelerators in turn: those errors say what to expect of machines that were not measured. Without the
NCCL tables almost nothing is left that speaks of latency, and a kind of link whose only accelerator is left
out (A100-SXM, L40S) has only round guesses, the same for every link. The goals (mean |error| of at most 10 %
for messages of at least 1 MiB and 25 % below) are held against the fitted model. Scale-up domains of more
than eight accelerators were not measured; there the model extrapolates.
"""


def main() -> None:
    measured = validate(cases_of(WORKLOADS))
    if "--workloads" in sys.argv:
        _, totals, rest = TARGET.read_text(encoding="utf-8").partition("## Totals\n")
        designs = rest.partition(HEAD)[0]
        text = f"{INTRODUCTION}\n{totals}{designs}{measured_sections(measured)}"
        write_safely(TARGET, text.encode())
        return
    reports = {family: report_of(family) for family in FAMILIES}
    write_safely(TARGET, page(reports, measured).encode())


def report_of(family: str) -> Report:
    """Run the shipped cases of one family."""
    cases = [case for name in FILES for case in cases_of(name) if case.family == family]
    return validate(cases)


def cases_of(name: str) -> list[Case]:
    """Return the cases of a shipped file."""
    return read_cases(read_yaml((REFERENCE / name).read_text(encoding="utf-8"), name, kind="case"), name)


def page(reports: dict[str, Report], measured: Report) -> str:
    """Return the whole page."""
    designs = Report(tuple(r for f in FAMILIES for r in reports[f].results), ())
    totals = [f"- {line}" for line in summary_lines(designs)]
    sections = [section(family, reports[family]) for family in FAMILIES]
    return "\n".join([INTRODUCTION, "## Totals\n", *totals, "", *sections, measured_sections(measured)])


def measured_sections(report: Report) -> str:
    """Return the sections on measured workloads and on collectives."""
    return workload_section(report) + "\n" + collective_section(validate(collectives()))


def collectives() -> list[Case]:
    """Return the shipped cases of collectives."""
    return [case for case in cases_of(WORKLOADS) if case.family == COLLECTIVE]


def workload_section(report: Report) -> str:
    """Return goals, errors by source, and what is not covered."""
    met = sum(verdict.is_met for verdict in report.goals)
    goals = ["| quantity | reached | goal | | basis |", "|---|--:|--:|---|---|"]
    for verdict in report.goals:
        reached, _, limit = goal_text(verdict).partition(", goal ")
        word = "met" if verdict.is_met else "**missed**"
        goals.append(f"| {verdict.name} | {reached} | {limit} | {word} | {verdict.basis} |")
    rows = ["| quantity | source | figures | mean | bias | worst | basis | in the fit |"]
    rows += ["|---|---|--:|--:|--:|--:|---|--:|"]
    for group in report.errors:
        fitted = "" if group.in_sample is None or group.basis == "in sample" else f"{group.in_sample:.1%}"
        rows.append(
            f"| {group.quantity} | {group.group} | {group.cases} | {group.mean:.1%} | {group.bias:+.1%} | "
            f"{group.worst:+.1%} | {group.basis} | {fitted} |"
        )
    left = [result for result in report.results if result.verdict == "not_covered"]
    missing = ["| case | why |", "|---|---|", *(f"| {r.case.id} | {r.remark} |" for r in left)]
    return "\n".join(
        [
            HEAD, MEASURED, "### Goals\n", f"{met} of {len(report.goals)} are met.\n", *goals, "",
            "### Errors by quantity and source\n", *rows, "",
            f"### Not covered: {len(left)} of {len(report.results)} cases\n", *missing, "",
        ]
    )  # fmt: skip


def section(family: str, report: Report) -> str:
    """Return the table of one family, a row for each case."""
    rows = ["| case | verdict | agree | not covered | figures |", "|---|---|--:|--:|---|"]
    rows += [_row(result) for result in report.results]
    return "\n".join([f"## {family.capitalize()}\n", *rows, ""])


def _row(result: CaseResult) -> str:
    agree = sum(key.verdict == "pass" for key in result.keys)
    missing = [key.name for key in result.keys if key.verdict == "not_covered"]
    told = "; ".join(_told(key) for key in result.keys if key.verdict != "not_covered")
    left = f"{len(missing)}" if missing else ""
    name = result.case.id if result.case.verified else f"{result.case.id} (from memory)"
    return f"| {name} | {result.verdict.replace('_', ' ')} | {agree} | {left} | {told} |"


def _told(key: KeyResult) -> str:
    mark = " *d*" if key.derived else ""
    value = shown(key.computed).replace("|", "/")
    if key.verdict == "pass" and shown(key.expected) == shown(key.computed):
        return f"{key.name}{mark} {value}"
    word = "" if key.verdict == "pass" else f" **{key.verdict}**"
    return f"{key.name}{mark} {value} for {shown(key.expected).replace('|', '/')}{word}"


def collective_section(report: Report) -> str:
    """Return errors by group, errors of what was left out of the fit, and those of each case."""
    rows = ["| group | message | cases | mean error | bias | worst | goal |", "|---|---|--:|--:|--:|--:|--:|"]
    for group in report.groups:
        rows.append(
            f"| {group.group} | {group.size} | {group.cases} | {group.mean:.1%} | {group.bias:+.1%} | "
            f"{group.worst:.1%} | {GOALS[group.size]:.0%} |"
        )
    means = [f"Plain mean over groups, {size}: {mean:.1%}." for size, mean in plain_means(report).items()]
    return "\n".join(
        ["## Collectives\n", COLLECTIVES, *rows, "", *means, "", *_left_out(), "", *_cases(report), ""]
    )


def _left_out() -> Iterator[str]:
    data = tomllib.loads((REFERENCE / "collective-left-out.toml").read_text(encoding="utf-8"))
    yield "Errors on cases that were left out of the fit:\n"
    yield "| left out | figures ≥ 1 MiB | mean error | bias | figures < 1 MiB | mean error | bias |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for row in data["left_out"]:
        cells = [f"{row['kind']} {row['name']}"]
        for size in ("large", "small"):
            has = f"{size}_cases" in row
            cells += [str(row[f"{size}_cases"]) if has else ""]
            cells += [f"{row[f'{size}_mean']:.1%}", f"{row[f'{size}_bias']:+.1%}"] if has else ["", ""]
        yield f"| {' | '.join(cells)} |"
    groups = [row for row in data["left_out"] if row["kind"] == "group"]
    large = [row["large_mean"] for row in groups if "large_mean" in row]
    small = [row["small_mean"] for row in groups if "small_mean" in row]
    yield ""
    yield (
        f"Plain mean over groups left out: {sum(large) / len(large):.1%} at least 1 MiB, "
        f"{sum(small) / len(small):.1%} below."
    )


def _cases(report: Report) -> Iterator[str]:
    yield "| case | group | message | expected | computed | error |"
    yield "|---|---|--:|---|---|--:|"
    for result in report.results:
        mine = [key for key in result.keys if not key.derived and key.error is not None]
        expected = ", ".join(f"{key.name} {shown(key.expected)}" for key in mine)
        computed = ", ".join(f"{key.computed:.4g}" for key in mine)
        errors = ", ".join(f"{error:+.1%}" for error in errors_of(result))
        size = f"{message_bytes(result.case) / 1024:,.0f} KiB"
        yield f"| {result.case.id} | {result.case.group} | {size} | {expected} | {computed} | {errors} |"


if __name__ == "__main__":
    main()
