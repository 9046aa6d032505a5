"""What is written small is read again."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_builder.search.packing import packed, stretched, stretches, unpacked
from site_builder.search.terms import (
    PAIRS,
    PARTICLES,
    SELDOM,
    SINGLES,
    WORDS,
    families,
    family,
    fnv,
    fnv_all,
    term_hash,
)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]).filter(lambda one: one != "\0"), max_size=60))
def test_texts_are_read_as_they_were_written(text: str) -> None:
    assert unpacked(packed(text)) == text


@pytest.mark.parametrize(
    ("text", "start"),
    [("职工夜校", "职工夜校".encode("gb18030")), ("ḿ", b"\0"), ("ئىشچىلار", b"\0"), ("", b"")],
)
def test_what_browsers_may_read_otherwise_is_utf8(text: str, start: bytes) -> None:
    assert zlib.decompress(packed(text), -15).startswith(start)


def test_chinese_takes_fewer_bytes_than_in_utf8() -> None:
    lead = "下班以后学一门手艺，全市职工免费听课，每周两晚在工人文化宫。"
    assert len(packed(lead)) < len(zlib.compress(lead.encode(), 9, -15)) * 0.85


@given(st.sets(st.integers(0, 5000)))
def test_stretches_hold_rising_numbers(numbers: set[int]) -> None:
    assert list(stretched(stretches(sorted(numbers)))) == sorted(numbers)


def test_neighbours_make_one_stretch() -> None:
    assert stretches(range(7, 900)) == [7, 893]
    assert stretches([3, 4, 5, 9]) == [3, 3, 3, 1]


def test_a_term_belongs_to_the_same_family_for_writer_and_reader() -> None:
    expected = {
        "职工": PAIRS, "的人": SELDOM, "夜的": SELDOM, "的": SINGLES, "夜": SINGLES, "350": PAIRS,
        "余个": PAIRS, "的1": PAIRS, "app": WORDS, "k歌": PAIRS, "あの": PAIRS, "=产改": PAIRS,
        "𠀀的": PAIRS, "\u3400\u9fff": PAIRS,
    }  # fmt: skip
    expected |= {f"{one}工": SELDOM for one in PARTICLES}
    hashes = np.array([term_hash(term) for term in expected], np.uint64)
    assert families(hashes).tolist() == [family(term) for term in expected] == list(expected.values())


def test_many_ids_are_hashed_as_one_is() -> None:
    texts = ["", "a", "职工夜校", "0b54a3c2-9d0e-4f4c-8a66-57a1d7b5b0aa"]
    assert fnv_all(texts).tolist() == [fnv(text) for text in texts]
    assert fnv_all([]).size == 0
