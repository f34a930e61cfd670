"""Training: time of a step, memory, and the best plan, by an additive model of layers."""

from __future__ import annotations

from core.engine.training.plan import Plan, plan_at, plan_columns
from core.engine.training.result import StepColumns, StepResult, step_columns, train_step
from core.engine.training.search import PlanSearch, Rejected, best_plans

__all__ = [
    "Plan",
    "PlanSearch",
    "Rejected",
    "StepColumns",
    "StepResult",
    "best_plans",
    "plan_at",
    "plan_columns",
    "step_columns",
    "train_step",
]
