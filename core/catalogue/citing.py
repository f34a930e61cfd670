"""Who says what: giving the fields of a type a source, and taking it away."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from core.catalogue.type_check import unsourced
from core.model.types import AnyType, Citation, Evidence

UNNAMED = "No source given"
"""Title of the citation of values whose author named none; they count as assumed."""


def source_of(spec: AnyType, field: str) -> Citation | None:
    """Return the citation that says how a field is known, or None."""
    return next((citation for citation in spec.sources if field in citation.fields), None)


def uncited(spec: AnyType, fields: Iterable[str]) -> AnyType:
    """Return a type in which no citation covers the fields; citations that cover nothing are left out."""
    gone = frozenset(fields)
    kept = []
    for citation in spec.sources:
        left = tuple(name for name in citation.fields if name not in gone)
        if left == citation.fields:
            kept.append(citation)
        elif left:
            kept.append(msgspec.structs.replace(citation, fields=left))
    return msgspec.structs.replace(spec, sources=tuple(kept))


def cited(spec: AnyType, fields: Iterable[str], title: str, evidence: Evidence) -> AnyType:
    """Return a type in which one citation, told by title and evidence, covers the fields and no other does.

    Examples
    --------
    >>> from core.model.types import AcceleratorType
    >>> spec = cited(AcceleratorType(id="x", name="X", tdp_w=700), ["tdp_w"], "Data sheet", "verified")
    >>> [(c.fields, c.title) for c in cited(spec, ["memory_gb"], "Data sheet", "verified").sources]
    [(('tdp_w', 'memory_gb'), 'Data sheet')]
    """
    wanted = tuple(dict.fromkeys(fields))
    if not wanted:
        return spec
    spec = uncited(spec, wanted)
    sources = list(spec.sources)
    for i, citation in enumerate(sources):
        if citation.title == title and citation.evidence == evidence:
            sources[i] = msgspec.structs.replace(citation, fields=(*citation.fields, *wanted))
            break
    else:
        sources.append(Citation(fields=wanted, title=title, evidence=evidence))
    return msgspec.structs.replace(spec, sources=tuple(sources))


def covered(spec: AnyType, title: str = "", evidence: Evidence = "user") -> AnyType:
    """Return a type whose every number has a source: the one named, or that none was given (assumed)."""
    missing = unsourced(spec)
    return cited(spec, missing, title.strip() or UNNAMED, evidence if title.strip() else "assumed")
