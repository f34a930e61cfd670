"""The best plan: nothing possible left out, nothing impossible let in, and every refusal has its reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.engine.training import best_plans, train_step
from core.engine.training.search import REASONS
from core.errors import EngineError
from core.model.jobs import TrainingJob
from tests.engine.training.training_cases import DEEPSEEK, GPT3, LLAMA_8B, LLAMA_405B, h100s

JOB = TrainingJob(sequence=8192, global_batch=2048)


def test_llama_405b_on_16384() -> None:
    found = best_plans(LLAMA_405B, JOB, h100s(16384))
    best = found.best[0]
    assert best.fits
    assert best.plan.ranks == 16384
    assert [step.step_s for step in found.best] == sorted(step.step_s for step in found.best)
    assert best.step_s == pytest.approx(found.step_s[found.reason == 0].min())
    # Tensor parallel in a host, stages across: as Meta ran it (tp 8, pp 16), at 38 to 43 % or better.
    assert best.plan.tp == 8
    assert best.plan.pp >= 8
    assert 0.38 < best.mfu < 0.56


def test_every_plan_is_possible_or_has_a_reason() -> None:
    found = best_plans(LLAMA_405B, JOB, h100s(16384))
    assert found.possible + sum(found.counts.values()) == found.looked_at == len(found.reason)
    assert set(found.counts) <= set(REASONS[1:])
    short = found.nearest(5)
    assert short
    assert all(one.reason == "the memory does not do" for one in short)
    assert [one.shortfall_bytes for one in short] == sorted(one.shortfall_bytes for one in short)
    for one in short:
        again = train_step(LLAMA_405B, JOB, one.plan, h100s(16384))
        assert again.shortfall_bytes == pytest.approx(one.shortfall_bytes)


def test_possible_plans_hold_to_the_rules() -> None:
    found = best_plans(DEEPSEEK, replace_job(sequence=4096), h100s(2048))
    p = found.plans
    held = found.reason == 0
    assert held.any()
    assert (p.ranks[held] == 2048).all()
    assert (256 % p.ep[held] == 0).all()
    assert ((p.tp * p.cp * p.dp)[held] % p.ep[held] == 0).all()
    assert (2048 % (p.dp * p.microbatch)[held] == 0).all()
    slots = (p.pp * p.interleave)[held]
    assert (np.ceil(61 / slots) * slots - 61 <= np.where(p.interleave[held] > 1, 3, p.pp[held])).all()


def test_degrees_that_are_fixed_are_kept() -> None:
    job = replace_job(tp=4, pp=8, cp=2, microbatch=1, interleave=2, recompute="full")
    found = best_plans(LLAMA_405B, job, h100s(1024))
    p = found.plans
    for name, value in (
        ("tp", 4),
        ("pp", 8),
        ("cp", 2),
        ("microbatch", 1),
        ("interleave", 2),
        ("recompute", 2),
    ):
        assert (np.asarray(getattr(p, name)) == value).all()


def test_fewer_accelerators_than_drawn() -> None:
    found = best_plans(LLAMA_8B, replace_job(accelerators=64), h100s(1024))
    assert found.best[0].plan.ranks == 64
    with pytest.raises(EngineError, match="asks for 2,048 accelerators, there are 1,024"):
        best_plans(LLAMA_8B, replace_job(accelerators=2048), h100s(1024))
    with pytest.raises(EngineError, match="do not divide"):
        best_plans(LLAMA_8B, replace_job(tp=3), h100s(64))


def test_accelerators_that_nothing_joins_do_not_train_together() -> None:
    there = h100s(64)
    alone = replace(there, hierarchy=replace(there.hierarchy, nic_gb_s=0.0))
    with pytest.raises(EngineError, match="no network joins 64 accelerators: one scale-up domain has 8"):
        best_plans(LLAMA_8B, JOB, alone)
    assert best_plans(LLAMA_8B, replace_job(accelerators=8), alone).best[0].fits


def test_what_never_fits_says_by_how_much() -> None:
    found = best_plans(LLAMA_405B, JOB, h100s(8))
    assert not found.best
    assert found.possible == 0
    assert found.counts["the memory does not do"] > 0
    assert found.nearest(1)[0].shortfall_bytes > 2**30


def test_full_sharding_searches_too() -> None:
    found = best_plans(LLAMA_8B, replace_job(sharding="full", global_batch=512), h100s(64))
    assert found.best[0].plan.sharding == 2
    assert found.best[0].fits


def test_a_search_has_one_answer() -> None:
    first, second = (best_plans(GPT3, replace_job(sequence=2048), h100s(1024)) for _ in range(2))
    assert [step.plan for step in first.best] == [step.plan for step in second.best]


def replace_job(**changes) -> TrainingJob:  # type: ignore[no-untyped-def]
    import msgspec

    return msgspec.structs.replace(JOB, **changes)


def test_oversubscription_slows_what_crosses_it() -> None:
    free = h100s(1024)
    tight = replace(free, hierarchy=replace(free.hierarchy, oversubscription=8.0))
    job = replace_job(sharding="full", global_batch=1024)
    assert (
        best_plans(LLAMA_405B, job, tight).best[0].step_s > best_plans(LLAMA_405B, job, free).best[0].step_s
    )
