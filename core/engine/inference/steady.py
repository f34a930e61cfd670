"""A replica in steady state: iterations with and without prompts, time between tokens, tokens a second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from core.engine.inference.iteration import Iteration, Machine, run
from core.engine.inference.speculation import Speculation
from core.engine.inference.traffic import Number

LATE = 0.69
"""Prompts an iteration below which half of all iterations have none: ln 2 of a Poisson process."""


@dataclass(frozen=True)
class Requests:
    """What each sequence asks of a replica.

    Attributes
    ----------
    input_tokens, output_tokens : float
    chunk : float
        Prompt tokens of a rank in an iteration, at most.
    cache_bytes : float
        Of a value in the cache.
    imbalance : float
        Load of the busiest rank of experts over the mean.
    cached_share : float
        Of the input, found in a prefix cache.
    """

    input_tokens: float
    output_tokens: float
    chunk: float
    cache_bytes: float
    imbalance: float
    cached_share: float = 0.0

    @property
    def fresh(self) -> float:
        """Tokens of the input that have to pass."""
        return self.input_tokens * (1 - self.cached_share)

    @property
    def prompt(self) -> float:
        """Length of a prompt from its start that is looked back on as much as by the fresh tokens.

        Those come last: on the mean they look back on half of the whole and of what is cached.
        """
        return self.input_tokens * (1 + self.cached_share)

    @property
    def context(self) -> float:
        """Tokens a running sequence looks back on, on the mean."""
        return self.input_tokens + self.output_tokens / 2


@dataclass(frozen=True)
class Steady:
    """Iterations of a replica whose sequences are replaced as they end.

    Attributes
    ----------
    decode : Iteration
        Without a prompt in it.
    mixed : Iteration
        With the prompt tokens that come in on the mean.
    prompt_share : float or ndarray
        Share of iterations with a prompt in them.
    mean_s, median_s : float or ndarray
        Of an iteration, drafts included; without speculation the time between two tokens of a sequence.
    advance : float
        Tokens a sequence gets in an iteration.
    draft_s : float or ndarray
        Of the mean, time to draft tokens.
    """

    decode: Iteration
    mixed: Iteration
    prompt_share: Number
    mean_s: Number
    median_s: Number
    advance: float = 1.0
    draft_s: Number = 0.0

    @property
    def itl_s(self) -> Number:
        """Time between two tokens of a sequence, on the mean: that of an iteration by its tokens."""
        return self.mean_s / self.advance

    @property
    def itl_median_s(self) -> Number:
        """The same at the median."""
        return self.median_s / self.advance

    def split(self) -> dict[str, Number]:
        """Return what a mean iteration is spent on; the parts add up to `mean_s`."""
        decode, mixed, share = self.decode.split(), self.mixed.split(), self.prompt_share
        parts = {name: (1 - share) * decode[name] + share * mixed[name] for name in decode}
        return parts | {"draft": self.draft_s}


def steady(
    machine: Machine,
    asked: Requests,
    *,
    tp: Number,
    ep: Number,
    batch: Number,
    speculation: Speculation | None = None,
    has_prompts: bool = True,
) -> Steady:
    """Return the steady state of a replica that runs a full batch.

    Parameters
    ----------
    batch : float or ndarray
        Sequences.
    speculation : Speculation, optional
    has_prompts : bool, optional
        False for the decoding pool of disaggregated serving.

    Notes
    -----
    A batch of B that puts out O tokens each takes in B/O prompts an iteration, arriving at random and in
    bunches of g. Chunks fall on a share p = 1 - exp(-(B/O) max(P/chunk, 1)/g) of iterations, each with
    (B/O) P/p tokens. The mean is that of both kinds. The median iteration has ln 2 bunches fewer prompts
    than the mean one, none below that.
    """
    guess = speculation or Speculation()
    iterated = partial(
        run, machine, tp=tp, ep=ep, batch=batch, cache_bytes=asked.cache_bytes, imbalance=asked.imbalance,
        context=asked.context, each=guess.verified,
    )  # fmt: skip
    decode = iterated(prefill_tokens=0.0, prefill_context=0.0)
    draft = guess.draft_s(machine.shape.model, decode.seconds)
    if not has_prompts:
        alone = decode.seconds + draft
        return Steady(decode, decode, 0.0, alone, alone, guess.advance, draft)
    fresh = asked.fresh
    arriving = batch * guess.advance / asked.output_tokens
    bunch = machine.kernels.bunching
    share = 1 - np.exp(-arriving * max(fresh / asked.chunk, 1.0) / bunch)
    mixed = iterated(prefill_tokens=arriving * fresh / share, prefill_context=asked.prompt)
    usual = np.minimum(np.maximum(arriving - LATE * bunch, 0.0) * fresh, asked.chunk)
    middle = iterated(prefill_tokens=usual, prefill_context=asked.prompt)
    mean = (1 - share) * decode.seconds + share * mixed.seconds + draft
    return Steady(decode, mixed, share, mean, middle.seconds + draft, guess.advance, draft)


@dataclass(frozen=True)
class Prefill:
    """Prompts that go through together, chunk by chunk.

    Attributes
    ----------
    prompts : float or ndarray
    seconds : float or ndarray
        Until the last chunk of them is through.
    """

    prompts: Number
    seconds: Number

    @property
    def each_s(self) -> Number:
        """Time of a replica for each prompt."""
        return self.seconds / self.prompts


def prefill(
    machine: Machine,
    asked: Requests,
    *,
    tp: Number,
    ep: Number,
    batch: Number,
    most_prompts: Number = np.inf,
) -> Prefill:
    """Return how prompts go through beside a running batch, or alone.

    Parameters
    ----------
    batch : float or ndarray
        Sequences that decode in the same iterations; 0: prompts have them for themselves.
    most_prompts : float or ndarray, optional
        Prompts together, at most; each rank takes one at least, since all of them go in step.

    Notes
    -----
    Alone, a rank takes floor(chunk / P) prompts at once; beside a batch one. Longer ones take ceil(P / chunk)
    iterations.
    """
    fresh = asked.fresh
    ranks = np.maximum(tp, ep) / tp
    chunks = float(np.ceil(fresh / asked.chunk))
    held = np.where(np.asarray(batch) > 0, 1.0, max(np.floor(asked.chunk / fresh), 1.0))
    prompts = np.maximum(np.minimum(held * ranks, most_prompts), 1.0)
    each = run(
        machine, tp=tp, ep=ep, batch=batch, context=asked.context,
        prefill_tokens=np.maximum(prompts, ranks) * fresh / chunks, prefill_context=asked.prompt,
        cache_bytes=asked.cache_bytes, imbalance=asked.imbalance,
    )  # fmt: skip
    return Prefill(prompts, chunks * each.seconds)
