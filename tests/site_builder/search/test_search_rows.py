"""What was analysed is kept and put together: the same bytes as an index of everything anew."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from site_builder.search import rows
from site_builder.search.documents import SearchDocument
from site_builder.search.kept import kept_rows
from site_builder.search.static_index import build_segment
from site_builder.search.synonyms import table
from tests.site_builder.search.test_static_index import collections, document

SYNONYMS = (("夜校", "夜间学校"),)


def asked(folder: Path, documents: Sequence[SearchDocument], made: list[str]) -> dict[str, bytes]:
    """The files of an index by what is kept in a folder; notes what was analysed for it."""

    def make(number: int) -> Iterator[SearchDocument]:
        made.append(documents[number].id)
        yield documents[number]

    keys = [f"{hash(one) & 0xFFFFFFFFFFFF:012x}" for one in documents]
    found = kept_rows(folder, keys, make, table(SYNONYMS))
    places = {one.id: place for place, one in enumerate(found.documents)}
    assert len(places) == len(documents)
    return dict(
        build_segment(
            found.documents,
            SYNONYMS,
            lambda ordered, _: found.ordered([places[one.id] for one in ordered]).postings(),
        ).files
    )


@settings(max_examples=25, deadline=None)
@given(collections(), st.integers(1, 9))
def test_batches_give_the_postings_of_all_at_once(found: list[SearchDocument], size: int) -> None:
    batches = [found[start : start + size] for start in range(0, len(found), size)]
    put_together = rows.joined([rows.rows_of(batch, table(SYNONYMS)) for batch in batches])
    whole = build_segment(found, SYNONYMS)
    again = build_segment(
        found,
        SYNONYMS,
        lambda ordered, _: put_together.ordered([found.index(one) for one in ordered]).postings(),
    )
    assert again.files == whole.files
    assert again.manifest == whole.manifest


def test_only_what_changed_is_analysed_and_the_bytes_are_those_of_an_index_anew(tmp_path: Path) -> None:
    chance = random.Random(7)
    words = ("职工夜校", "工会", "88元", "App下载", "求学圆梦行动", "。", "的", "产业工人")
    texts = ["".join(chance.choices(words, k=40)) for _ in range(90)]
    found = [document(number, f"第{number}期{text[:9]}", text) for number, text in enumerate(texts)]
    made: list[str] = []
    assert asked(tmp_path, found, made) == dict(build_segment(found, SYNONYMS).files)
    assert made == [one.id for one in found]
    for _ in range(4):
        made.clear()
        at = chance.randrange(len(found))
        found[at] = replace(found[at], title=f"改过的题目{chance.random()}", topics=("职工夜校",))
        del found[chance.randrange(len(found))]
        added = document(100 + len(found), "新的一期", "新的文字。")
        found = [*found, replace(added, id=f"{chance.getrandbits(120):032x}")]
        files = asked(tmp_path, found, made)
        assert len(made) <= 2
        assert files == dict(build_segment(found, SYNONYMS).files)


def test_a_file_that_was_damaged_costs_an_analysis_and_nothing_else(tmp_path: Path) -> None:
    found = [document(number, f"第{number}期", "职工夜校开课。") for number in range(30)]
    first = asked(tmp_path, found, [])
    kept = sorted(path for path in tmp_path.iterdir() if path.stat().st_size > 500)
    kept[0].write_bytes(kept[0].read_bytes()[:-3])
    kept[1].write_bytes(b"")
    kept[2].unlink()
    made: list[str] = []
    assert asked(tmp_path, found, made) == first
    assert 3 <= len(made) < len(found)
    made.clear()
    assert asked(tmp_path, found, made) == first
    assert not made
