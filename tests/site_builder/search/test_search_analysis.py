"""Golden cases, which hold for JavaScript too (tests/browser/search/test_alike.py); what always holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.search.analysis import is_sign, normalise, parse_query, runs, terms
from site_builder.search.terms import term_hash
from site_builder.search.traditional import SIMPLIFIED, TRADITIONAL

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden" / "analysis.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("text", "expected"), GOLDEN["terms"])
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(("text", "wanted", "minus"), GOLDEN["queries"])
def test_queries(text: str, wanted: list[dict[str, Any]], minus: list[list[str]]) -> None:
    query = parse_query(text)
    assert [
        {"units": list(run.units), "required": list(run.required), "exact": run.exact} for run in query.runs
    ] == wanted
    assert [list(run.units) for run in query.minus] == minus


@pytest.mark.parametrize(("term", "expected"), GOLDEN["hashes"].items())
def test_hashes(term: str, expected: int) -> None:
    assert term_hash(term) == expected


def test_the_table_of_traditional_characters_is_one_to_one_in_length() -> None:
    assert len(TRADITIONAL) == len(SIMPLIFIED) == len(set(TRADITIONAL))
    assert not set(TRADITIONAL) & set("夜校职工会产改总着")
    assert set("职总业产着") <= set(SIMPLIFIED)
    assert not set(TRADITIONAL) & set(SIMPLIFIED), "folding twice changes nothing"


@given(st.text(alphabet="职工夜校平度的了a1.,% 。書學", max_size=40))
def test_units_come_in_order_and_a_query_of_a_text_asks_for_terms_it_has(text: str) -> None:
    folded = normalise(text)
    units = [unit for run in runs(folded) for unit in run]
    place = 0
    for unit in units:
        place = folded.index(unit, place) + len(unit)
    present = set(terms(text))
    for run in parse_query(text.replace('"', "")).runs:
        for term, _, _ in run.terms:
            assert term in present or (len(run.units) == 1 and is_sign(term))


@given(st.sampled_from(TRADITIONAL), st.sampled_from("ＡＢ８①"))
def test_width_and_traditional_characters_do_not_matter(character: str, wide: str) -> None:
    simplified = SIMPLIFIED[TRADITIONAL.index(character)]
    assert normalise(character) == normalise(simplified)
    assert terms(f"工{character}{wide}") == terms(f"工{normalise(character)}{normalise(wide)}")
