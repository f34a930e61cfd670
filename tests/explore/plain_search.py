"""The search worked out slowly and plainly: a walk over the records, one name and one word at a time.

Shares no code with `core.explore`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from core.model.project import Project
from core.model.records import Link

Thing = tuple[str, str]
"""Path (with `#k` for a cable of a trunk) and port; no port for the thing itself."""
Holders = list[tuple[str, str]]


def plain(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def without_zeros(text: str) -> str:
    return re.sub(r"[0-9]+", lambda m: str(int(m[0])), text)


def without_signs(text: str) -> str:
    """Signs go; between two numbers one stays, so that 1-2 is not 12."""
    parts = re.split(r"[\s._:/-]+", without_zeros(text))
    made = ""
    for part in parts:
        made += "~" if made[-1:].isdigit() and part[:1].isdigit() else ""
        made += part
    return made


def holds_whole_numbers(text: str, word: str) -> bool:
    """Whether a word occurs with no number cut in two."""
    for at in range(len(text) - len(word) + 1):
        if text[at : at + len(word)] != word:
            continue
        before, after = text[at - 1 : at] if at else "", text[at + len(word) :][:1]
        if not (before.isdigit() and word[0].isdigit()) and not (after.isdigit() and word[-1].isdigit()):
            return True
    return False


def matches(text: str, word: str) -> bool:
    text, word = plain(text), plain(word)
    if not text:
        return False
    bare, bare_word = without_signs(text), without_signs(word)
    if word in text or (bare_word and holds_whole_numbers(bare, bare_word)):
        return True
    parts = re.findall(r"[0-9]+|[a-z]+", without_zeros(word))
    letters = [part for part in parts if not part.isdigit()]
    if not letters or len(letters) == len(parts) or min(map(len, letters)) == 1:
        return False
    return all(holds_whole_numbers(bare, p) if p.isdigit() else p in text for p in parts)


def search(project: Project, query: str) -> set[Thing]:
    """Return everything a query finds."""
    found: set[Thing] = set()
    words = query.split()
    for path, texts, holders, ports in things(project):
        own = [any(matches(t, w) for t in texts) for w in words]
        around = [any(matches(t, w) for h in holders for t in h) for w in words]
        if words and any(own) and all(o or a for o, a in zip(own, around, strict=True)):
            found.add((path, ""))
        for port in ports:
            of_port = [matches(port, w.partition("/")[0] or w) for w in words]
            every = all(o or a or p for o, a, p in zip(own, around, of_port, strict=True))
            pairs = any(own[i] and of_port[j] for i in range(len(words)) for j in range(len(words)) if i != j)
            if every and pairs:
                found.add((path, port))
    return found


def things(project: Project) -> list[tuple[str, list[str], list[list[str]], list[str]]]:
    """Return path, own texts, texts of the holders, and ports of everything placed and present."""
    found: list[Any] = []
    _walk(project, project.top, "", [(project.top, "")], [], False, found)
    return found


def _walk(
    project: Project, block: str, prefix: str, chain: Holders, above: list[list[str]], gone: bool, found: Any
) -> None:
    def texts_of(record: Any, tail: str, cable: int | None = None) -> tuple[list[str], bool]:
        fields = {
            "name": getattr(record, "name", ""),
            "asset_tag": getattr(record, "asset_tag", ""),
            "serial": getattr(record, "serial", ""),
        }
        if cable is not None:
            fields = dict.fromkeys(fields, "")
        elif not isinstance(record, Link):
            fields["name"] = fields["name"] or record.id
        absent = False
        for holder, way in reversed(chain):
            for said in project.overrides(holder).values():
                if said.path == f"{way}{tail}" and said.cable == cable:
                    for field in fields:
                        if getattr(said, field) is not None:
                            fields[field] = getattr(said, field)
                    absent = absent if said.absent is None else said.absent
        return list(fields.values()), absent

    for device in project.devices(block).values():
        texts, absent = texts_of(device, device.id)
        if not gone and not absent:
            ports = [port.name for port in project.ports(device)]
            found.append((prefix + device.id, texts, above, ports))
    for link in project.links(block).values():
        texts, absent = texts_of(link, link.id)
        if not gone and not absent and texts[0]:
            found.append((prefix + link.id, texts, above, []))
        for k in range(link.count):
            texts, absent = texts_of(link, link.id, k)
            if not gone and not absent and texts[0]:
                found.append((f"{prefix}{link.id}#{k}", texts, above, []))
    for instance in project.instances(block).values():
        texts, absent = texts_of(instance, instance.id)
        if not gone and not absent:
            found.append((prefix + instance.id, texts, above, []))
        inner = [(holder, f"{way}{instance.id}/") for holder, way in chain] + [(instance.of, "")]
        _walk(
            project,
            instance.of,
            f"{prefix}{instance.id}/",
            inner,
            [*above, texts],
            gone or absent,
            found,
        )
