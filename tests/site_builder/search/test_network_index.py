"""The network's index: each record once, by union; changes only; readers beside a writer; damage mended."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from site_builder.content_store import Content, SynonymGroup
from site_builder.errors import BuildError
from site_builder.plan import SitePlan, plan
from site_builder.search.network_codec import ArrayTermsReader
from site_builder.search.network_index import Filters, Hit, IndexDamaged, NetworkIndex
from tests.site_builder.search.search_sample import (
    AS_OF,
    RECORDS,
    Built,
    make_content,
    make_plans,
    program,
    record_id,
    story,
)

WHO = {number: str(record_id(number)) for number in range(1, 60)}


@pytest.fixture
def index(tmp_path: Path) -> NetworkIndex:
    made = NetworkIndex(tmp_path / "search")
    content = make_content()
    made.update(content, make_plans(content))
    return made


def ids(hits: Iterable[Hit]) -> list[str]:
    return [hit.id for hit in hits]


def test_one_record_is_found_once_and_as_each_site_shows_it(index: NetworkIndex) -> None:
    anywhere = index.search("职工夜校")
    assert ids(anywhere)[0] == WHO[1]
    assert ids(anywhere).count(WHO[1]) == 1
    assert (anywhere[0].union, anywhere[0].owner, anywhere[0].path) == (
        "shandong", "shandong", "/programs/program-1/",
    )  # fmt: skip
    below = index.search("职工夜校", union="qingdao")
    assert (below[0].union, below[0].owner, below[0].path) == (
        "qingdao", "shandong", "/programs/shandong/program-1/",
    )  # fmt: skip
    assert anywhere[0].title == "职工夜校春季班"
    assert "一门手艺" in anywhere[0].snippet


def test_a_union_is_searched_for_what_its_site_shows(index: NetworkIndex) -> None:
    assert ids(index.search("夜校", union="qingdao")) == [WHO[1], WHO[7]]
    assert set(ids(index.search("夜校", union="shandong"))) == {WHO[1], WHO[2]}
    assert set(ids(index.search("夜校"))) == {WHO[1], WHO[2], WHO[7]}
    assert index.search("夜校", union="nowhere") == []
    assert index.search("青岛夜校办公室", union="qingdao")[0].id == WHO[1]
    assert not index.search('"青岛夜校办公室"', union="shandong")


def test_what_no_site_shows_is_not_found(index: NetworkIndex) -> None:
    for hidden in ("鲸鱼计划", "企鹅计划", "河马计划"):
        assert index.search(f'"{hidden}"') == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("職工夜校", [1]),
        ("夜校 -走红 -青岛", [1]),
        ('"夜校走红"', [2]),
        ('"走红夜校"', []),
        ("350余个", [7]),
        ("困难职工", [3]),
        ("夜大", [1]),
        ("怎么帮扶困难职工", [3]),
        ("，。", []),
        ("-夜校", []),
    ],
)
def test_queries_as_people_type_them(index: NetworkIndex, query: str, expected: list[int]) -> None:
    assert ids(index.search(query)) == [WHO[number] for number in expected]


def test_kind_and_limit(index: NetworkIndex) -> None:
    assert ids(index.search("夜校", kind="program")) == [WHO[1]]
    assert len(index.search("夜校", limit=2)) == 2
    assert index.search("夜校", limit=0) == []


def test_an_open_program_named_by_the_query_comes_before_stories(tmp_path: Path) -> None:
    content = make_content(
        (
            *(story(number, title="夜校新闻", body="夜校。" * 50) for number in range(20, 50)),
            program(50, title="职工夜校", window={"opens": "2025-03-01", "closes": "2025-06-01"}),
            program(51, title="职工夜校旧班", window={"opens": "2024-03-01", "closes": "2024-06-01"}),
            story(52, title="别的新闻", body="夜校。" * 80),
        ),
        (),
    )
    index = NetworkIndex(tmp_path)
    index.update(content, make_plans(content))
    found = ids(index.search("夜校", limit=40))
    assert found[0] == WHO[50]
    assert found.index(WHO[51]) < found.index(WHO[52])
    assert found[-1] == WHO[52]


def test_answers_are_narrowed_and_counted(tmp_path: Path) -> None:
    content = make_content(
        (
            *RECORDS,
            story(
                40, title="夜校在平度", topics=["职工夜校"], audiences=["农民工"], region="山东省青岛市平度市"
            ),
            story(41, title="开课", body="夜校。", topics=["职工夜校"], published="2024-05-01"),
        )
    )
    index = NetworkIndex(tmp_path)
    index.update(content, make_plans(content))

    def found(query: str = "夜校", **given: object) -> set[str]:
        return {hit.id for hit in index.find(query, Filters(**given)).hits}  # type: ignore[arg-type]

    answer = index.find("夜校", limit=2)
    assert (len(answer.hits), answer.total, answer.whole, answer.did_you_mean) == (2, 5, True, "")
    assert dict(answer.facets["kind"]) == {"story": 4, "program": 1}
    assert answer.facets["topic"] == (("职工夜校", 2),)
    assert dict(answer.facets["owner"]) == {"shandong": 4, "qingdao": 1}
    assert answer.facets["year"] == (("2025", 4), ("2024", 1))
    assert answer.facets["state"] == (("open", 1),)
    assert found(topic="职工夜校") == {WHO[40], WHO[41]}
    assert found(audience="农民工") == found(place="青岛") == found(place="平度市") == {WHO[40]}
    assert found(place="岛青") == set()
    assert found(state="open") == {WHO[1]}
    assert found(owner="qingdao") == {WHO[7]}
    assert found(since=date(2025, 4, 1)) == {WHO[2], WHO[7], WHO[40]}
    assert found(until=date(2025, 3, 1)) == {WHO[1], WHO[41]}
    assert found(since=date(2025, 3, 1), until=date(2025, 3, 1)) == {WHO[1]}
    assert found(title=True) == {WHO[1], WHO[2], WHO[40]}
    assert found('"夜校在"', title=True) == {WHO[40]}
    assert found("", topic="职工夜校") == {WHO[40], WHO[41]}
    assert [hit.id for hit in index.find("", Filters(topic="职工夜校")).hits] == [WHO[40], WHO[41]]
    spelled = index.find("职工夜笑")
    assert spelled.did_you_mean == "职工夜校"
    assert spelled.total == len(spelled.hits)
    assert index.find("，。").hits == ()


def test_a_number_stands_in_a_phrase(index: NetworkIndex) -> None:
    assert ids(index.search('"350余个名额"')) == [WHO[7]]
    assert ids(index.search('"余350个名额"')) == []


def test_only_sites_that_changed_are_planned(tmp_path: Path) -> None:
    index, planned = NetworkIndex(tmp_path / "search"), []

    def follow(content: Content, **versions: str | None) -> int:
        def made(union: str) -> SitePlan:
            planned.append(union)
            return plan(content, union, AS_OF)

        planned.clear()
        sites = {
            union: version and Built(version, plan(content, union, AS_OF))
            for union, version in versions.items()
        }
        return index.follow(content, sites, made)

    def same_as_anew(content: Content) -> None:
        anew = NetworkIndex(tmp_path / "anew")
        anew.clear()
        anew.update(content, make_plans(content))
        for union in (None, "shandong", "qingdao"):
            for query in ("夜校", "青岛", ""):
                mine, other = index.find(query, Filters(union=union)), anew.find(query, Filters(union=union))
                assert set(ids(mine.hits)) == set(ids(other.hits))
                assert (mine.total, mine.facets) == (other.total, other.facets)

    content = make_content()
    follow(content, shandong="1", qingdao="1")
    assert planned == ["shandong", "qingdao"]
    assert follow(content, shandong="1", qingdao="1") == 0
    assert planned == []
    same_as_anew(content)

    changed = make_content((*RECORDS[:-1], story(7, title="青岛书屋", union="qingdao")))
    assert follow(changed, shandong="1", qingdao="2") == 2
    assert planned == ["qingdao"]
    same_as_anew(changed)

    unfilled = make_content((*RECORDS[:-1], story(7, title="青岛书屋", union="qingdao")), ())
    assert follow(unfilled, shandong="1", qingdao="3") == 3  # Its own wording goes; that of all is its too.
    assert index.search("职工夜校", union="qingdao")[0].path == "/programs/shandong/program-1/"
    same_as_anew(unfilled)
    follow(changed, shandong="1", qingdao="2")
    same_as_anew(changed)

    assert follow(changed, shandong="1", qingdao=None) == 0
    assert planned == ["qingdao"], "of a site never built nothing is known"
    _old_format(tmp_path / "search")
    index = NetworkIndex(tmp_path / "search")
    follow(changed, shandong="1", qingdao="2")
    assert planned == ["shandong", "qingdao"]
    same_as_anew(changed)
    gone = replace(changed, unions={"shandong": changed.unions["shandong"]})
    follow(gone, shandong="1")
    assert planned == []
    assert index.find("", Filters(union="qingdao")).hits == ()
    assert WHO[1] in ids(index.find("夜校").hits)


def _read_on(folder: Path, stop: Any, failures: Any) -> None:
    while not stop.is_set():
        found = ids(NetworkIndex(folder).search("职工夜校春季班", union="shandong"))
        if found[:1] != [WHO[1]]:
            failures.put(found)


def test_processes_read_while_another_writes(index: NetworkIndex, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    stop, failures = context.Event(), context.Queue()
    readers = [context.Process(target=_read_on, args=(tmp_path / "search", stop, failures)) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for number in range(10, 18):
            content = make_content((*RECORDS, story(number, title=f"第{number}条短讯")))
            index.update(content, make_plans(content))
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert [reader.exitcode for reader in readers] == [0, 0]
    assert failures.empty()
    for reader in readers:
        reader.close()
    failures.close()


def test_only_what_changed_is_written(index: NetworkIndex) -> None:
    content = make_content()
    assert index.update(content, make_plans(content)) == 0
    changed = make_content(
        (*RECORDS[:-1], story(7, title="青岛本地消息", union="qingdao", body="书屋开放。"))
    )
    assert index.update(changed, make_plans(changed)) == 2  # One entry goes, one comes.
    assert ids(index.search("书屋开放")) == [WHO[7]]
    assert WHO[7] not in ids(index.search("夜校"))
    gone = make_content(RECORDS[:-1])
    index.update(gone, make_plans(gone))
    assert WHO[7] not in ids(index.search("书屋"))


def test_another_process_sees_what_was_committed(index: NetworkIndex, tmp_path: Path) -> None:
    other = NetworkIndex(tmp_path / "search")
    assert other.search("书屋") == []
    content = make_content((*RECORDS, story(8, title="书屋")))
    index.update(content, make_plans(content))
    assert ids(other.search("书屋")) == [WHO[8]]


def test_no_index_is_said_to_be_missing(tmp_path: Path) -> None:
    index = NetworkIndex(tmp_path / "none")
    assert not index.usable()
    with pytest.raises(BuildError) as caught:
        index.search("夜校")
    assert caught.value.code == "search-index-missing"


def _truncate(folder: Path) -> None:
    for file in folder.glob("*.seg"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])


def _scribble(folder: Path) -> None:
    for file in folder.glob("*.toc"):
        file.write_bytes(b"\x00garbage" * 20)


def _remove(folder: Path) -> None:
    for file in folder.glob("*.seg"):
        file.unlink()


def _old_format(folder: Path) -> None:
    (folder / "format").write_text("0", encoding="ascii")


def _zero_a_part(folder: Path) -> None:
    for file in folder.glob("*.seg"):
        data = bytearray(file.read_bytes())
        data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
        file.write_bytes(data)


def _empty(folder: Path) -> None:
    for file in folder.glob("*.toc"):
        file.write_bytes(b"")


def _no_table(folder: Path) -> None:
    (folder / "synonyms.json").write_bytes(b"\x00" * 8)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "damage", [_truncate, _zero_a_part, _scribble, _empty, _remove, _old_format, _no_table]
)
def test_a_damaged_index_says_so_and_is_made_anew(
    index: NetworkIndex, tmp_path: Path, damage: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert index.search("夜校")
    monkeypatch.setattr("site_builder.search.network_index.PAUSE", 0.0)
    assert callable(damage)
    damage(tmp_path / "search")
    fresh = NetworkIndex(tmp_path / "search")
    # Whoever has it open is told too, if what it reads is damaged.
    for opened in (index, fresh) if damage in (_truncate, _zero_a_part, _remove, _no_table) else (fresh,):
        with pytest.raises(IndexDamaged):
            opened.search("夜校")
    assert damage is _no_table or not fresh.usable()
    content = make_content()
    assert fresh.update(content, make_plans(content)) > 0 or damage is _no_table
    assert fresh.usable()
    assert ids(index.search("夜校"))[0] == WHO[1]
    assert ids(fresh.search("夜校"))[0] == WHO[1]
    gc.collect()  # Whoosh leaves damaged files open: let them go here, where that may be.


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("reads", [0, 1, 4])
def test_a_file_that_is_cut_short_while_it_is_asked_is_damage_and_ends_no_process(
    index: NetworkIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: int
) -> None:
    get = ArrayTermsReader._get
    asked: list[int] = []

    def cut(self: ArrayTermsReader, at: int, length: int) -> bytes:
        asked.append(length)
        if len(asked) > reads:
            for file in (tmp_path / "search").glob("*.seg"):
                os.truncate(file, min(file.stat().st_size, 300))
        return get(self, at, length)

    monkeypatch.setattr(ArrayTermsReader, "_get", cut)
    monkeypatch.setattr("site_builder.search.network_index.PAUSE", 0.0)
    with pytest.raises(IndexDamaged):
        NetworkIndex(tmp_path / "search").search("夜校")
    assert len(asked) > reads
    monkeypatch.undo()
    content = make_content()
    assert index.update(content, make_plans(content)) > 0
    assert ids(index.search("夜校"))[0] == WHO[1]
    gc.collect()


def test_readers_find_the_whole_while_a_writer_commits(index: NetworkIndex, tmp_path: Path) -> None:
    failures: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            found = ids(NetworkIndex(tmp_path / "search").search("职工夜校春季班", union="shandong"))
            if found[:1] != [WHO[1]]:
                failures.append(repr(found))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(10, 22):
            content: Content = make_content((*RECORDS, story(number, title=f"第{number}条短讯")))
            index.update(content, make_plans(content))
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert failures == []
    assert ids(index.search('"第21条短讯"')) == [WHO[21]]


def _write_on(folder: Path) -> None:
    index = NetworkIndex(folder)
    for turn in range(10_000):
        content = make_content((*RECORDS, *(story(20 + n, title=f"短讯{turn}之{n}") for n in range(30))))
        index.update(content, make_plans(content))


def test_a_writer_killed_at_any_moment_leaves_a_whole_index(index: NetworkIndex, tmp_path: Path) -> None:
    chance = random.Random(20250408)
    folder = tmp_path / "search"
    commits = set()
    for _ in range(6):
        writer = multiprocessing.get_context("fork").Process(target=_write_on, args=(folder,))
        before = {file.name for file in folder.glob("*.toc")}
        writer.start()
        while {file.name for file in folder.glob("*.toc")} == before:  # It has begun.
            assert writer.is_alive()
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.3))
        writer.kill()
        writer.join()
        assert writer.exitcode == -signal.SIGKILL
        writer.close()
        commits |= {file.name for file in folder.glob("*.toc")}
        # Nothing has to be repaired to be read.
        assert ids(NetworkIndex(folder).search("职工夜校春季班", union="shandong"))[:1] == [WHO[1]]
    assert len(commits) >= 6
    content = make_content()
    index.update(content, make_plans(content))
    assert index.search("短讯") == []
    left = {file.name for file in folder.iterdir() if file.is_file()}
    assert len([name for name in left if name.endswith(".toc")]) == 1
    assert not [name for name in left if name.endswith((".part", ".pst", ".col"))]
    assert not list((folder / "MAIN.tmp").glob("*"))


def test_made_anew_it_answers_until_the_new_one_stands(index: NetworkIndex, tmp_path: Path) -> None:
    other = NetworkIndex(tmp_path / "search")
    index.clear()
    assert ids(other.search("夜校"))
    content = make_content(RECORDS[:-1])
    assert index.update(content, make_plans(content)) == len(RECORDS) - 3  # Three records show nowhere.
    assert WHO[7] not in ids(other.search("夜校"))
    assert index.update(content, make_plans(content)) == 0


def test_many_small_changes_stay_few_segments(index: NetworkIndex, tmp_path: Path) -> None:
    """And nothing is lost or found twice when segments are merged, whose documents are partly gone."""
    for number in range(20, 50):
        shown = [story(n, title=f"第{n}条短讯", body="书屋开放。") for n in range(20, number + 1) if n % 3]
        content = make_content((*RECORDS, *shown))
        index.update(content, make_plans(content))
    assert len(list((tmp_path / "search").glob("*.seg"))) < 12
    anew = NetworkIndex(tmp_path / "anew")
    anew.update(content, make_plans(content))
    for query in ("短讯", "书屋开放", "夜校", '"第28条短讯"', ""):
        mine, other = index.find(query, limit=100), anew.find(query, limit=100)
        assert [(hit.id, hit.path) for hit in mine.hits] == [(hit.id, hit.path) for hit in other.hits], query
        assert (mine.total, mine.facets) == (other.total, other.facets)


def test_synonyms_pinyin_and_slips_find_what_is_meant(tmp_path: Path) -> None:
    content = make_content(
        (*RECORDS, story(30, title="产改五年"), story(31, title="试点", body="产业工人队伍建设改革。"))
    )
    content = replace(content, synonyms=(SynonymGroup(words=("产改", "产业工人队伍建设改革")),))
    index = NetworkIndex(tmp_path)
    index.update(content, make_plans(content))
    assert (
        set(ids(index.search("产改"))) == set(ids(index.search("产业工人队伍建设改革"))) == {WHO[30], WHO[31]}
    )
    for typed in ("zhigongyexiao", "zgyx", "职工夜笑"):
        assert index.did_you_mean(typed) == "职工夜校"
        assert ids(index.search(typed)) == ids(index.search("职工夜校"))
    assert index.did_you_mean("职工夜校") == ""
    plain = replace(content, synonyms=())
    index.update(plain, make_plans(plain))
    assert ids(index.search("产改")) == [WHO[30]]


def test_a_damaged_table_of_synonyms_is_damage(index: NetworkIndex, tmp_path: Path) -> None:
    (tmp_path / "search" / "synonyms.json").write_bytes(b"\xff")
    with pytest.raises(IndexDamaged):
        index.search("夜校")


def test_what_is_meant_by_sound_is_kept_until_the_index_changes(index: NetworkIndex, tmp_path: Path) -> None:
    folder = tmp_path / "search"
    assert index.did_you_mean("zgyx") == "职工夜校"
    kept = folder / "sounds"
    made = kept.stat().st_mtime_ns
    assert NetworkIndex(folder).did_you_mean("zgyx") == "职工夜校"
    assert kept.stat().st_mtime_ns == made
    kept.write_bytes(b"\xff")
    assert NetworkIndex(folder).did_you_mean("zgyx") == "职工夜校"
    content = make_content((*RECORDS, story(40, title="绣花能手")))
    index.update(content, make_plans(content))
    assert index.did_you_mean("xiuhua") == NetworkIndex(folder).did_you_mean("xiuhua") == "绣花"
