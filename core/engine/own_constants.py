"""Constants that the models of workloads take: the user's own file of them, or those shipped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from core.engine.collective_constants import Constants as CollectiveConstants
from core.engine.inference.constants import Constants as InferenceConstants
from core.engine.training.constants import Constants as TrainingConstants
from core.errors import EngineError
from core.files.state import constants_folder

T = TypeVar("T")
MOST_BYTES = 1_000_000
_read: dict[tuple[str, int, int], object] = {}


def training_constants() -> tuple[TrainingConstants, str]:
    """Return the constants of training, and words where they are the user's own.

    Raises
    ------
    EngineError
        If the user's file cannot be read; the message names file and cure.
    """
    from core.engine.training.constants import read_constants, shipped_constants

    return _chosen("training", read_constants, shipped_constants)


def inference_constants() -> tuple[InferenceConstants, str]:
    """Return the constants of inference, and words where they are the user's own; raises as for training."""
    from core.engine.inference.constants import read_constants, shipped_constants

    return _chosen("inference", read_constants, shipped_constants)


def collective_constants() -> tuple[CollectiveConstants, str]:
    """Return the constants of collectives, and words where they are the user's own; raises as others."""
    from core.engine.collective_constants import read_constants, shipped_constants

    return _chosen("collectives", read_constants, shipped_constants)


def constants_state() -> tuple[tuple[int, int] | None, ...]:
    """Return what tells whether a file of the user's own constants is another one than before."""
    found: list[tuple[int, int] | None] = []
    for name in ("training", "inference", "collectives"):
        try:
            state = (constants_folder() / f"{name}.toml").stat()
        except OSError:
            found.append(None)
        else:
            found.append((state.st_mtime_ns, state.st_size))
    return tuple(found)


def _chosen(name: str, read: Callable[[str, str], T], shipped: Callable[[], T]) -> tuple[T, str]:
    path = constants_folder() / f"{name}.toml"
    try:
        state = path.stat()
    except OSError:
        return shipped(), ""
    key = (str(path), state.st_mtime_ns, state.st_size)
    if key not in _read:
        _read[key] = _from_file(path, state.st_size, read)
    return _read[key], f"constants of {name} are your own: {path}"  # type: ignore[return-value]


def _from_file(path: Path, size: int, read: Callable[[str, str], T]) -> T:
    cure = "Run cagenut calibrate again, or remove the file"
    if size > MOST_BYTES:
        raise EngineError(f"the file is larger than {MOST_BYTES:,} bytes", where=str(path), cure=cure)
    try:
        return read(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise EngineError(error.strerror or "cannot be read", where=str(path), cure=cure) from None
    except UnicodeDecodeError:
        raise EngineError("this is no UTF-8 text", where=str(path), cure=cure) from None
    except EngineError as error:
        raise EngineError(error.problem, where=str(path), cure=cure) from None
