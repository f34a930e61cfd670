"""Giving the fields of a type a source, and taking it away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.citing import UNNAMED, cited, covered, source_of, uncited
from core.catalogue.library import Library
from core.catalogue.type_check import numbers_of, unsourced
from core.model.types import AcceleratorType, Citation, evidence_of

SPEC = AcceleratorType(
    id="x", name="X", tdp_w=700, memory_gb=80, memory_tb_s=3.35,
    sources=(
        Citation(fields=("tdp_w", "memory_gb"), title="Data sheet", evidence="verified"),
        Citation(fields=("memory_gb",), title="A post", evidence="recalled"),
    ),
)  # fmt: skip


def test_a_field_moves_to_its_new_source() -> None:
    spec = cited(SPEC, ["memory_gb"], "Measured", "user")
    assert [(c.title, c.fields) for c in spec.sources] == [
        ("Data sheet", ("tdp_w",)),
        ("Measured", ("memory_gb",)),
    ]
    assert evidence_of(spec, "memory_gb") == "user"


def test_a_source_that_is_there_is_not_made_twice() -> None:
    spec = cited(SPEC, ["memory_tb_s"], "Data sheet", "verified")
    assert [c.fields for c in spec.sources] == [("tdp_w", "memory_gb", "memory_tb_s"), ("memory_gb",)]


def test_what_has_no_source_is_assumed() -> None:
    spec = uncited(SPEC, ["tdp_w", "memory_gb"])
    assert spec.sources == ()
    assert unsourced(spec) == ("memory_gb", "memory_tb_s", "tdp_w")
    assert evidence_of(spec, "tdp_w") == "assumed"
    assert source_of(spec, "tdp_w") is None


def test_covering_names_what_was_not_named() -> None:
    spec = covered(SPEC)
    assert not unsourced(spec)
    assert source_of(spec, "memory_tb_s") == Citation(
        fields=("memory_tb_s",), title=UNNAMED, evidence="assumed"
    )
    assert source_of(covered(SPEC, "Quotation", "user"), "memory_tb_s").evidence == "user"  # type: ignore[union-attr]


@given(st.sampled_from(sorted(spec.id for spec in Library.builtin())), st.data())
def test_every_number_has_at_most_one_source_after_citing(type_id: str, data: st.DataObject) -> None:
    spec = Library.builtin().get(type_id)
    numbers = numbers_of(spec)
    fields = data.draw(st.lists(st.sampled_from(numbers), unique=True)) if numbers else []
    changed = cited(spec, fields, "New", "estimate")
    for field in fields:
        assert [c.title for c in changed.sources if field in c.fields] == ["New"]
    for field in set(numbers) - set(fields):
        assert evidence_of(changed, field) == evidence_of(spec, field)
    assert covered(uncited(changed, numbers)).sources[-1].title == UNNAMED if numbers else True
