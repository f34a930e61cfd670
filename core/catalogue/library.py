"""The catalogue: the types that ship with the program, overlaid by the user's own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path

from core.catalogue.type_file import MOST_BYTES, read_trusted, read_type
from core.catalogue.type_set import SUFFIX, read_type_set
from core.errors import CatalogueError
from core.model.types import AcceleratorType, AnyType, CableType, DeviceType, OpticType, RackType

_SIGNS = re.compile(r"[^\w.]|_")
_UNIT_WORD = re.compile(r"^(\d+(?:\.\d+)?)(u|ou|g|gb|gbps|t|tbps|kw|mw|w|m)$")


class Library:
    """Types by id. A user's type replaces the built-in one of the same id.

    Iteration goes by kind, maker and name. A library never changes: `load` makes a new one.
    """

    def __init__(
        self,
        types: Mapping[str, AnyType],
        user: Mapping[str, Path] | None = None,
        problems: Iterable[CatalogueError] = (),
    ) -> None:
        self._types = dict(sorted(types.items(), key=lambda item: _order(item[1])))
        self._user = dict(user or {})
        self.problems = tuple(problems)
        """User files that could not be read; the rest of the library works."""
        self._search_texts: dict[str, _SearchText] = {}

    @classmethod
    def builtin(cls) -> Library:
        """Return the library that ships with the program, read once per process.

        Raises
        ------
        CatalogueError
            If the installation is damaged.
        """
        return _builtin()

    @classmethod
    def load(cls, *folders: Path) -> Library:
        """Return the built-in library overlaid by the types of user folders, later folders winning.

        A `*.toml` file is one type, a `*.types` file all those of an import; a type in a file of its own wins
        against one of an import. A folder that does not exist is empty. What is wrong is left out and named
        in `problems`.
        """
        types = dict(_builtin()._types)
        user: dict[str, Path] = {}
        problems: list[CatalogueError] = []
        for folder in folders:
            for path in sorted(folder.rglob(f"*{SUFFIX}")):
                try:
                    found, wrong = read_type_set(path)
                except CatalogueError as error:
                    problems.append(error)
                    continue
                problems.extend(wrong)
                types.update((spec.id, spec) for spec in found)
                user.update((spec.id, path) for spec in found)
            here: dict[str, Path] = {}
            for path in sorted(folder.rglob("*.toml")):
                try:
                    spec = read_type(_text_of(path), str(path))
                    if spec.id in here:
                        other = here[spec.id].name
                        raise CatalogueError(f"'{spec.id}' is also defined in {other}", where=str(path))
                except CatalogueError as error:
                    problems.append(error)
                    continue
                types[spec.id] = spec
                here[spec.id] = path
            user.update(here)
        return cls(types, user, problems)

    def __len__(self) -> int:
        return len(self._types)

    def __iter__(self) -> Iterator[AnyType]:
        return iter(self._types.values())

    def __contains__(self, type_id: str) -> bool:
        return type_id in self._types

    def get(self, type_id: str) -> AnyType:
        """Return a type by id.

        Raises
        ------
        CatalogueError
            If there is none.
        """
        spec = self._types.get(type_id)
        if spec is None:
            raise CatalogueError(f"the catalogue has no type '{type_id}'", cure="Search for it by name")
        return spec

    def find(self, type_id: str) -> AnyType | None:
        """Return a type by id, or None."""
        return self._types.get(type_id)

    def is_user(self, type_id: str) -> bool:
        """Say whether a type is the user's own, new or replacing a built-in one."""
        return type_id in self._user

    def file_of(self, type_id: str) -> Path | None:
        """Return the user's file that holds this type alone; None if it is built in or of an import."""
        path = self._user.get(type_id)
        return None if path is None or path.suffix == SUFFIX else path

    def kinds(self) -> tuple[str, ...]:
        """Return the kinds there are, in the order of iteration."""
        return tuple(dict.fromkeys(kind_of(spec) for spec in self))

    def makers(self) -> tuple[str, ...]:
        """Return the makers there are, in alphabetical order."""
        return tuple(sorted({spec.maker for spec in self if spec.maker}, key=str.casefold))

    def closure(self, type_id: str) -> list[AnyType]:
        """Return a type followed by the accelerators and modules it refers to, directly or not.

        Raises
        ------
        CatalogueError
            If the type or one it refers to is missing.
        """
        found: dict[str, AnyType] = {}
        waiting = [type_id]
        while waiting:
            this = waiting.pop(0)
            if this in found:
                continue
            spec = found[this] = self.get(this)
            if isinstance(spec, DeviceType):
                waiting.extend(fit.type for fit in spec.accelerators)
                waiting.extend(bay.fitted for bay in spec.bays if bay.fitted)
        return list(found.values())

    def search(
        self,
        words: str = "",
        *,
        kind: str = "",
        maker: str = "",
        min_rate_gbps: float | None = None,
        max_height_u: float | None = None,
    ) -> list[AnyType]:
        """Return the types that match every word and filter, best first.

        A word matches anywhere in name, maker, id, part number, kind or connectors, whatever its case and
        accents. Words such as `8u`, `800g`, `1.6t`, `33kw` and `2m` also match a height, a rate, a power
        or a length of exactly that size.
        """
        wanted = [_folded(word) for word in words.split()]
        ranked: list[tuple[float, int, AnyType]] = []
        for place, spec in enumerate(self):
            if kind and kind_of(spec) != kind:
                continue
            if maker and _folded(spec.maker) != _folded(maker):
                continue
            if min_rate_gbps is not None and max(rates_of(spec), default=0.0) < min_rate_gbps:
                continue
            if max_height_u is not None and not 0 < _height_u(spec) <= max_height_u:
                continue
            scores = [self._search_text(spec).score(word) for word in wanted]
            if all(scores):
                ranked.append((-sum(scores), place, spec))
        return [spec for _, _, spec in sorted(ranked, key=lambda entry: entry[:2])]

    def _search_text(self, spec: AnyType) -> _SearchText:
        text = self._search_texts.get(spec.id)
        if text is None:
            text = self._search_texts[spec.id] = _SearchText(spec)
        return text


def kind_of(spec: AnyType) -> str:
    """Return the kind of a device, or `rack`, `cable`, `optic`, `accelerator`."""
    if isinstance(spec, DeviceType):
        return spec.kind
    return str(type(spec).__struct_config__.tag)


def rates_of(spec: AnyType) -> set[float]:
    """Return the data rates of a type [Gbit/s]: of its ports, whole and as they are split, or its own."""
    if isinstance(spec, DeviceType):
        ports = [(p.rate_gbps, p) for p in spec.ports if p.layer == "data" and p.rate_gbps]
        split = {rate / group.lanes[0] for rate, group in ports if group.lanes and not group.whole}
        return split | {rate for rate, _ in ports}
    if isinstance(spec, (CableType, OpticType)) and spec.rate_gbps is not None:
        return {spec.rate_gbps}
    return set()


def _height_u(spec: AnyType) -> float:
    return spec.height_u if isinstance(spec, DeviceType) else 0.0


class _SearchText:
    """What a type is found by, folded once."""

    def __init__(self, spec: AnyType) -> None:
        own = [spec.id, spec.name, spec.part_number]
        about = [spec.maker, kind_of(spec).replace("-", " "), kind_of(spec), *_about(spec)]
        self.own = [_folded(text) for text in own if text]
        self.own_words = set(_words(self.own))
        self.all = " ".join((*self.own, *(_folded(text) for text in about)))
        self.all_words = set(_words([self.all]))
        self.squeezed = [_SIGNS.sub("", text) for text in self.all.split()]
        self.sizes = set(_sizes(spec))

    def score(self, word: str) -> float:
        """Return how well a folded word matches, 0 if not at all."""
        if word in self.own:
            return 16
        if word in self.own_words:
            return 8
        sized = _UNIT_WORD.match(word)
        if sized and (float(sized[1]), sized[2]) in self.sizes:
            return 6
        if any(w.startswith(word) for w in self.own_words):
            return 4
        if word in self.all_words:
            return 3
        if word in self.all:
            return 2 if any(word in text for text in self.own) else 1
        squeezed = _SIGNS.sub("", word)
        return 1 if len(squeezed) > 2 and any(squeezed in text for text in self.squeezed) else 0


def _about(spec: AnyType) -> Iterator[str]:
    match spec:
        case DeviceType():
            yield from dict.fromkeys(group.connector for group in spec.ports if group.connector)
            yield from (fit.type for fit in spec.accelerators)
            yield "liquid-cooled" if spec.liquid_fraction else ""
            if spec.kind == "cdu":
                yield "in-row" if spec.floor_standing else "in-rack"
        case RackType():
            yield from (spec.standard, spec.busbar, spec.manifold)
        case CableType():
            yield from (spec.media, spec.layer, spec.connector_a, spec.connector_b)
        case OpticType():
            yield from (spec.connector, spec.fibre, spec.fibre_connector, "transceiver")
        case AcceleratorType():
            yield from ("gpu", spec.memory_kind, spec.scale_up)


def _sizes(spec: AnyType) -> Iterator[tuple[float, str]]:
    for rate in rates_of(spec):
        yield from ((rate, "g"), (rate, "gb"), (rate, "gbps"), (rate / 1000, "t"), (rate / 1000, "tbps"))
    watts: tuple[float | None, ...] = ()
    match spec:
        case DeviceType():
            if spec.height_u or spec.zero_u:
                yield (spec.height_u, spec.unit.lower())
            watts = (spec.rated_w, spec.cooling_w, spec.power_max_w)
        case RackType():
            yield (float(spec.units), spec.unit.lower())
        case CableType():
            yield from ((length, "m") for length in (*spec.lengths_m, spec.reach_max_m) if length)
        case OpticType():
            yield (spec.reach_m, "m")
        case AcceleratorType():
            watts = (spec.tdp_w,)
    for watt in watts:
        if watt:
            yield from ((watt, "w"), (watt / 1e3, "kw"), (watt / 1e6, "mw"))


def _folded(text: str) -> str:
    plain = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(plain).casefold()


def _words(texts: Iterable[str]) -> Iterator[str]:
    return chain.from_iterable(re.findall(r"[\w.]+", text) for text in texts)


_KIND_ORDER = (
    "rack", "server", "tray", "switch", "switch-tray", "management", "storage", "module", "accelerator",
    "power-shelf", "battery", "rack-pdu", "busway", "floor-pdu", "ups", "transformer", "generator", "cdu",
    "manifold", "rear-door", "air-handler", "heat-rejection", "cable", "optic", "blank", "other",
)  # fmt: skip


def _order(spec: AnyType) -> tuple[int, str, str, str]:
    kind = kind_of(spec)
    place = _KIND_ORDER.index(kind) if kind in _KIND_ORDER else len(_KIND_ORDER)
    return (place, spec.maker.casefold(), spec.name.casefold(), spec.id)


@cache
def _builtin() -> Library:
    types: dict[str, AnyType] = {}
    for folder in sorted(files("resources").joinpath("catalogue").iterdir(), key=lambda f: f.name):
        if not folder.is_dir():
            continue
        for file in folder.iterdir():
            if file.name.endswith(".toml"):
                spec = read_trusted(file.read_text("utf-8"), f"{folder.name}/{file.name}")
                types[spec.id] = spec
    return Library(types)


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CatalogueError(f"the file is larger than {MOST_BYTES:,} bytes", where=str(path))
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise CatalogueError("the file is not UTF-8", where=str(path), cure="Save it as UTF-8") from None
    except OSError as error:
        raise CatalogueError(f"the file cannot be read ({error.strerror})", where=str(path)) from None
