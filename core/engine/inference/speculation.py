"""Speculation: tokens are drafted, verified in one iteration, and as many kept as are right."""

from __future__ import annotations

from dataclasses import dataclass

from core.engine.inference.traffic import Number
from core.errors import EngineError
from core.model.transformer import Transformer


@dataclass(frozen=True)
class Speculation:
    """Drafted tokens of an iteration, and the chance that one is accepted after those before it.

    Raises
    ------
    EngineError
        If the chance is not in 0 to 1, or fewer than no tokens are drafted.
    """

    accepted: float = 0.0
    drafted: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.accepted < 1 or self.drafted < 0:
            raise EngineError("drafted tokens are 0 or more, the accepted share of them 0 to below 1")

    @property
    def verified(self) -> float:
        """Tokens of a sequence that pass in an iteration: the drafted ones and one more."""
        return self.drafted + 1.0

    @property
    def advance(self) -> float:
        """Tokens that a sequence gets in an iteration.

        Notes
        -----
        (1 - A^(y+1)) / (1 - A), the mean of the first one refused [1]_.

        References
        ----------
        .. [1] Y. Leviathan, M. Kalman, Y. Matias, "Fast inference from transformers via speculative
           decoding", arXiv 2211.17192, equation 1.

        Examples
        --------
        >>> Speculation(0.5, 2).advance
        1.75
        """
        return (1 - self.accepted ** (self.drafted + 1)) / (1 - self.accepted)

    def draft_s(self, model: Transformer, iteration_s: Number) -> Number:
        """Return the time to draft: each token a pass of the model's drafting layers, at least one layer."""
        return self.drafted * max(model.draft_layers, 1) / model.layers * iteration_s
