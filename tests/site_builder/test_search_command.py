"""`unionpress search`: each of its options, what it prints, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from site_builder.cli import main
from site_builder.search.network_query import FACETS
from tests.builders import Network, to

Run = Callable[..., Result]
KEYS = {"union", "owner", "kind", "id", "title", "path", "url", "snippet", "score"}
"""Of a result, by DESIGN.md, Contracts."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("search")
    network = Network()
    network.program(
        "shandong", "yexiao", title="职工夜校春季班", share=to("descendants"), topics=("职工夜校",),
        audiences=("农民工",), region="山东省", published="2025-03-01", window={"closes": "2025-03-20"},
        body="每周两晚，学费88元。",
    )  # fmt: skip
    network.story("qingdao", "zouhong", title="夜校走红", topics=("职工夜校",), region="山东省青岛市",
                  published="2024-11-05", body="记者在课堂看到三百人，琴声不断。")  # fmt: skip
    network.story("pingdu", "shuwu", title="书屋开门", published="2025-04-02", body="夜校隔壁的书屋开门。")
    network.write(made / "content")
    (made / "var").mkdir()
    return made


@pytest.fixture
def run(folder: Path) -> Run:
    def asked(*words: str) -> Result:
        places = ["--content", str(folder / "content"), "--data", str(folder / "var")]
        return CliRunner().invoke(main, ["search", *words, *places])

    return asked


@pytest.fixture
def titles(run: Run) -> Callable[..., list[str]]:
    def found(*words: str) -> list[str]:
        result = run(*words, "--json")
        assert result.exit_code == 0, result.output
        return [hit["title"] for hit in json.loads(result.stdout)["results"]]

    return found


PROGRAM, STORY, ROOM = "职工夜校春季班", "夜校走红", "书屋开门"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("夜校",), {PROGRAM, STORY, ROOM}),
        (("夜校", "--union", "pingdu"), {PROGRAM, ROOM}),
        (("夜校", "--union", "jiangsu"), set()),
        (("夜校", "--kind", "program"), {PROGRAM}),
        (("夜校", "--topic", "职工夜校"), {PROGRAM, STORY}),
        (("夜校", "--audience", "农民工"), {PROGRAM}),
        (("夜校", "--place", "青岛"), {STORY}),
        (("夜校", "--place", "岛青"), set()),
        (("夜校", "--state", "ended"), {PROGRAM}),
        (("夜校", "--state", "open"), set()),
        (("夜校", "--owner", "pingdu"), {ROOM}),
        (("夜校", "--since", "2025-03-01"), {PROGRAM, ROOM}),
        (("夜校", "--until", "2025-03-01"), {PROGRAM, STORY}),
        (("夜校", "--since", "2025-03-01", "--until", "2025-03-01"), {PROGRAM}),
        (("夜校", "--in", "title"), {PROGRAM, STORY}),
        (('"夜校走红"',), {STORY}),
        (('"走红夜校"',), set()),
        (("夜校 -走红 -书屋",), {PROGRAM}),
        (("夜校 88元",), {PROGRAM}),
        (("職工夜校春季",), {PROGRAM}),
        (("，。",), set()),
        ((), {PROGRAM, STORY, ROOM}),
        (("--kind", "story"), {STORY, ROOM}),
    ],
)
def test_what_is_found(titles: Callable[..., list[str]], words: tuple[str, ...], expected: set[str]) -> None:
    assert set(titles(*words)) == expected


def test_best_first_no_more_than_asked_and_the_newest_first_without_a_query(
    titles: Callable[..., list[str]],
) -> None:
    assert titles("夜校", "--limit", "2") == titles("夜校")[:2]
    assert titles("夜校")[-1] == ROOM
    assert titles("--limit", "2") == [ROOM, PROGRAM]


def test_json_is_the_contract(run: Run) -> None:
    result = run("夜校", "--union", "pingdu", "--json")
    document = json.loads(result.stdout)
    assert document.keys() == {"query", "results"}
    assert document["query"] == "夜校"
    first = document["results"][0]
    assert all(hit.keys() == KEYS for hit in document["results"])
    assert (first["union"], first["owner"], first["kind"]) == ("pingdu", "shandong", "program")
    assert first["path"] == "/programs/shandong/yexiao/"
    assert first["url"] == "https://pingdu.example/programs/shandong/yexiao/"
    assert "学费88元" in first["snippet"]
    scores = [hit["score"] for hit in document["results"]]
    assert scores == sorted(scores, reverse=True)
    [own] = json.loads(run("夜校", "--kind", "program", "--json").stdout)["results"]
    assert (own["union"], own["url"]) == ("shandong", "https://shandong.example/programs/yexiao/")
    assert json.loads(run("没有这样的话", "--json").stdout)["results"] == []


def test_facets_count_all_that_match(run: Run) -> None:
    document = json.loads(run("夜校", "--facets", "--limit", "1", "--json").stdout)
    assert document.keys() == {"query", "results", "total", "facets", "did_you_mean"}
    assert (len(document["results"]), document["total"], document["did_you_mean"]) == (1, 3, "")
    assert list(document["facets"]) == list(FACETS)
    assert document["facets"]["kind"] == [{"value": "story", "count": 2}, {"value": "program", "count": 1}]
    printed = run("夜校", "--facets").stdout
    assert "kind: story 2, program 1" in printed
    assert "year: 2025 2, 2024 1" in printed
    assert "kind:" not in run("夜校").stdout


def test_what_was_meant_is_said_beside_the_answer(run: Run) -> None:
    result = run("职工夜笑", "--json")
    assert json.loads(result.stdout)["results"][0]["title"] == PROGRAM
    assert "this has 职工夜校" in result.stderr
    assert json.loads(run("zhigongyexiao", "--facets", "--json").stdout)["did_you_mean"] == "职工夜校"


def test_a_person_reads_title_address_and_words(run: Run) -> None:
    result = run("琴声")
    title, address, snippet = result.stdout.splitlines()
    assert title == STORY
    assert address.strip() == "https://qingdao.example/news/2024/11/zouhong/"
    assert "琴声不断" in snippet
    assert "1 found, 1 shown" in result.stderr
    assert run("没有这样的话").stderr.strip() == "0 found"


def test_the_index_is_made_anew_by_one_command(run: Run, folder: Path) -> None:
    assert run("夜校").exit_code == 0
    before = sorted(file.name for file in (folder / "var/search").glob("*.seg"))
    result = run("--rebuild")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 entries" in result.stderr
    assert sorted(file.name for file in (folder / "var/search").glob("*.seg")) != before
    assert STORY in run("走红", "--rebuild").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("夜校", "--union", "pindu"), "did you mean pingdu"),
        (("夜校", "--owner", "nobody-at-all"), "nobody-at-all"),
        (("夜校", "--kind", "novel"), "novel"),
        (("夜校", "--state", "asleep"), "asleep"),
        (("夜校", "--since", "gestern"), "2025-04-08"),
        (("夜校", "--until", "2025-02-30"), "2025-02-30"),
        (("夜校", "--limit", "0"), "limit"),
        (("夜校", "--in", "footnotes"), "footnotes"),
        (("夜校", "职工"), "职工"),
        (("夜校", "--sideways"), "--sideways"),
    ],
)
def test_wrong_usage_is_2_and_says_what(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_folder_without_content_is_wrong_usage(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["search", "夜校", "--content", str(tmp_path), "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "content folder" in result.stderr
