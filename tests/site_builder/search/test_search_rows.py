"""An index that is kept follows its records: the same bytes as one made of all of them anew."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_builder.search import rows, shards
from site_builder.search.documents import SearchDocument
from site_builder.search.kept import kept_segment
from site_builder.search.static_index import NOTHING, build_segment
from site_builder.search.synonyms import table
from tests.site_builder.search.test_static_index import collections, document

SYNONYMS = (("夜校", "夜间学校"),)
WORDS = ("职工夜校", "工会", "88元", "App下载", "求学圆梦行动", "。", "的", "产业工人", "劳动争议", "，")


def asked(folder: Path, documents: Sequence[SearchDocument], made: list[str]) -> dict[str, bytes]:
    """The files of an index by what is kept in a folder; notes what was analysed for it."""

    def make(number: int) -> Iterator[SearchDocument]:
        made.append(documents[number].id)
        yield documents[number]

    keys = [f"{hash(one) & 0xFFFFFFFFFFFF:012x}" for one in documents]
    found = kept_segment(folder, "code", keys, make, SYNONYMS)
    whole = build_segment(documents, SYNONYMS)
    assert found.manifest == whole.manifest
    assert found.order == whole.order
    assert dict(found.files) == dict(whole.files)
    return dict(found.files)


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a large site: some pairs stand apart, and shards are so small that there are many."""
    monkeypatch.setattr(shards, "POSTINGS_PER_USUAL", 300)
    monkeypatch.setattr(shards, "FAMILIES", tuple((folder, aim / 16) for folder, aim in shards.FAMILIES))


def texts(chance: random.Random, number: int) -> list[SearchDocument]:
    found = []
    for place in range(number):
        text = "".join(chance.choices(WORDS, k=chance.randint(1, 40)))
        kind = chance.choice(("story", "story", "program", "guide"))
        date = f"2025-0{chance.randint(1, 9)}-11"
        found.append(document(place, f"第{place % 7}期{text[:9]}", text, kind=kind, date=date))
    return found


@settings(max_examples=15, deadline=None)
@given(collections(), st.integers(1, 9))
def test_batches_give_the_index_of_all_at_once(found: list[SearchDocument], size: int) -> None:
    whole = build_segment(found, SYNONYMS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "BATCH", size)
        patch.setattr(shards, "AT_ONCE", 7 * size)
        again = build_segment(found, SYNONYMS)
    assert again.files == whole.files
    assert again.manifest == whole.manifest


@settings(max_examples=15, deadline=None)
@given(collections(), st.randoms(use_true_random=False))
def test_an_index_that_changed_is_one_of_its_records_made_anew(
    found: list[SearchDocument], chance: random.Random
) -> None:
    known = table(SYNONYMS)
    index, words = NOTHING.changed((), (), found, known)
    of = dict(zip((one.id for one in found), words, strict=True))
    for _ in range(3):
        gone = {one.id for one in found if chance.random() < 0.2}
        again = [
            replace(one, title=chance.choice(WORDS), date=chance.choice((one.date, "2024-12-31")))
            for one in found
            if one.id in gone and chance.random() < 0.6
        ]
        numbers = [number for number, card in enumerate(index.cards) if card.id in gone]
        index, words = index.changed(numbers, [of[index_id] for index_id in sorted(gone)], again, known)
        of |= dict(zip((one.id for one in again), words, strict=True))
        found = [one for one in found if one.id not in gone] + again
        whole = build_segment(found, SYNONYMS)
        changed = index.segment(bool(known))
        assert changed.files == whole.files
        assert changed.manifest == whole.manifest
        assert changed.order == whole.order


@pytest.mark.usefixtures("usual")
def test_only_what_changed_is_analysed_whatever_comes_and_goes(tmp_path: Path) -> None:
    chance = random.Random(7)
    found = texts(chance, 120)
    made: list[str] = []
    asked(tmp_path, found, made)
    assert made == [one.id for one in found]
    for step in range(12):
        made.clear()
        at = chance.randrange(len(found))
        if step % 3 != 1:
            found[at] = replace(found[at], title=f"改过的题目{chance.random()}", topics=("职工夜校",))
        if step % 3 == 1:
            del found[at]
        if step % 2:
            added = document(100 + len(found), "新的一期", "新的文字。" * step)
            found = [*found, replace(added, id=f"{chance.getrandbits(120):032x}", date=f"2025-{step:02d}-01")]
        asked(tmp_path, found, made)
        assert len(made) <= 2


@pytest.mark.usefixtures("usual")
def test_a_word_more_makes_the_shards_anew_that_hold_it(tmp_path: Path) -> None:
    chance = random.Random(3)
    found = texts(chance, 150)
    before = asked(tmp_path, found, [])
    found[20] = replace(found[20], text=f"{found[20].text}咖啡")
    after = asked(tmp_path, found, [])
    old, new = ({name.partition("/")[2]: data for name, data in files.items()} for files in (before, after))
    assert old.keys() == new.keys()
    same = [name for name, data in new.items() if old[name] is data or old[name] == data]
    assert len(same) > 0.8 * len(new)
    newest = [*found, document(999, "最新的消息", "刚刚。", date="2026-01-01")]
    later = {name.partition("/")[2]: data for name, data in asked(tmp_path, newest, []).items()}
    assert sum(new.get(name) == data for name, data in later.items()) > 0.7 * len(later)


def test_a_file_that_was_damaged_costs_an_analysis_and_nothing_else(tmp_path: Path) -> None:
    found = [document(number, f"第{number}期", "职工夜校开课。") for number in range(30)]
    asked(tmp_path, found, [])
    made: list[str] = []
    index = tmp_path / "index"
    raw = index.read_bytes()
    for damage in (raw[:-3], b"", raw[:900] + b"\0" + raw[901:]):
        index.write_bytes(damage)
        made.clear()
        asked(tmp_path, found, made)
        assert len(made) == len(found)
    made.clear()
    asked(tmp_path, found, made)
    assert not made
    for path in tmp_path.iterdir():
        if path != index:
            path.unlink()
    asked(tmp_path, found, made)
    assert not made, "words are asked for where a record goes"
    asked(tmp_path, found[1:], made)
    assert len(made) == len(found) - 1
