"""What a stranger may put into a content folder: it is named, left out, and stops nobody else."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree

import pytest

from site_builder import content_store as store
from site_builder import network
from site_builder.content_store import formats
from tests.examples import PICTURE, STORY, STORY_ID, add, change, examples, line_of, one, write_examples

AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
EDITION_ID = UUID("0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d05")
ATOM = "{http://www.w3.org/2005/Atom}"
EVENT = "records/shili/event/shufa-ke.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_examples(tmp_path / "content")


# --- what is no file ------------------------------------------------------------------------------


def test_a_link_to_itself_is_named_and_stops_nothing(root: Path) -> None:
    (root / "records/shili/story/kreis.md").symlink_to("kreis.md")
    content = store.read(root)
    assert one(content, "file-link").file == "records/shili/story/kreis.md"
    assert STORY_ID in content.records


@pytest.mark.parametrize("place", ["records/shili/story/rohr.md", "media/shili/rohr.png"])
def test_a_pipe_is_named_and_nobody_waits_for_it(root: Path, place: str) -> None:
    os.mkfifo(root / place)
    content = store.read(root)
    problem = one(content, "file-stray")
    assert (problem.file, problem.severity) == (place, "warning")
    assert STORY_ID in content.records


def test_a_file_that_nobody_foresaw_stops_no_other(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parse = formats.body.parse

    def fails_once(text: str) -> object:
        if "书法周二晚" in text.replace(" | ", ""):
            raise OverflowError("date value out of range")
        return parse(text)

    whole = store.read(root).records.keys()
    monkeypatch.setattr(formats.body, "parse", fails_once)
    content = store.read(root)
    problem = one(content, "internal-error")
    assert (problem.file, problem.severity) == (STORY, "error")
    assert "OverflowError" in problem.message
    assert whole - content.records.keys() == {STORY_ID, EDITION_ID}, "the story, and what is made from it"


def test_a_picture_that_may_not_be_read_is_as_good_as_none(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is opened only where it is shown: it must not stop every site that shows it."""
    allowed = os.access  # whoever runs the tests as root may read everything
    monkeypatch.setattr(
        os, "access", lambda path, mode: not f"{path}".endswith(".png") and allowed(path, mode)
    )
    content = store.read(root)
    assert one(content, "file-unreadable").file == PICTURE
    assert {problem.file for problem in content.problems if problem.code == "media-missing"} == {STORY}


# --- values that no calendar and no sum can bear --------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "field"),
    [
        (STORY, "published: 2025-04-01T09", "published: 0001-01-01T00", "published"),
        (STORY, "summary:", "expires: 9999-12-31T23:59:59-12:00\nsummary:", "expires"),
        (STORY, "summary:", "review_due: 9999-12-31\nsummary:", "review_due"),
        (EVENT, "opens: 2025-03-20", "opens: 0001-01-01", "window.opens"),
        (
            EVENT,
            "- 2025-05-06",
            "- 9999-12-31",
            "sessions[0].repeats.skips[0]",
        ),
        (EVENT, "starts: 2025-04-15T19", "starts: 9999-12-31T19", "sessions[0].starts"),
    ],
)
def test_a_year_from_which_no_calendar_counts_on(
    root: Path, file: str, old: str, new: str, field: str
) -> None:
    change(root, file, old, new)
    content = store.read(root)
    problem = one(content, "field-value")
    assert (problem.file, problem.field) == (file, field)
    assert "1800" in problem.message
    assert problem.line == line_of(root, file, new.splitlines()[0])


@pytest.mark.parametrize("value", ["1e999999", "9" * 5000, "NaN", "Infinity", "1,200", "0x10", "１２"])
def test_what_is_no_number_of_the_format(root: Path, value: str) -> None:
    change(root, EVENT, "  value: 88\n", f"  value: {value}\n")
    problem = one(store.read(root), "field-value")
    assert (problem.file, problem.field) == (EVENT, "cost.value")
    assert "20 digits" in problem.message


@pytest.mark.parametrize("value", ["-12", "0.50", "125460.30", "9" * 20])
def test_a_number_is_kept_as_it_is_written(root: Path, value: str) -> None:
    change(root, EVENT, "  value: 88\n", f"  value: {value}\n")
    text = (root / EVENT).read_text(encoding="utf-8")
    assert store.record_text(formats.parse_record(text, EVENT)) == text


@pytest.mark.parametrize(("levels", "good"), [(12, True), (13, False), (200, False)])
def test_a_list_goes_no_deeper_than_who_shows_it_can(root: Path, levels: int, good: bool) -> None:
    text = examples()[STORY].rpartition("---\n\n")[0] + "---\n\n"
    add(root, STORY, text + "".join("    " * level + "- 一\n" for level in range(levels)))
    content = store.read(root)
    assert [problem.code for problem in content.problems if problem.file == STORY] == (
        [] if good else ["body-depth"]
    )


# --- files that a browser would run ---------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["seite.html", "SEITE.HTM", "daten.xml", "programm.js", "bild.svgz", "a.php"]
)
def test_no_file_becomes_a_page_or_a_program_of_a_site(root: Path, name: str) -> None:
    add(root, f"media/shili/{name}", "<script>alert(1)</script>")
    add(root, f"media/shili/{name}.yaml", "title: 附件\n")
    change(root, STORY, "灯亮起来", f"[附件](media:shili/{name}) 灯亮起来")
    content = store.read(root)
    assert one(content, "media-type").file == f"media/shili/{name}"
    assert one(content, "media-missing").file == STORY
    assert f"shili/{name}" not in content.media


# --- what only a build can tell -------------------------------------------------------------------


def test_a_theme_that_is_not_there_names_its_union_and_stops_it_alone(root: Path, tmp_path: Path) -> None:
    change(root, "unions/shili-xian.md", "site:\n", "site:\n  theme: nicht-da\n")
    report = network.build(root, tmp_path / "data", tmp_path / "out", (), as_of=AS_OF, jobs=1)
    problems = {site.union: [p for p in site.problems if p.severity == "error"] for site in report.sites}
    assert problems["shili"] == []
    (problem,) = problems["shili-xian"]
    assert (problem.code, problem.file, problem.field) == (
        "theme-missing", "unions/shili-xian.md", "site.theme",
    )  # fmt: skip


def test_signs_that_no_xml_can_hold_cost_no_site_its_build(root: Path, tmp_path: Path) -> None:
    """YAML's escapes bring them in; feeds and calendars leave them out."""
    change(root, STORY, "title: 下班后，去夜校", r'title: "下班后\x1b，\x00去\ud7ff\uffff夜校"')
    change(root, STORY, "topics:\n  - 职工夜校", 'topics:\n  - "职工\\x0b夜校"')
    change(root, "unions/shili.md", "slogan: 写一次，处处可读", r'slogan: "写\x02一次"')
    change(root, "unions/shili.md", "name: 示例省总工会", r'name: "示例\x07省总工会"')
    change(root, EVENT, "title: 书法课", r'title: "书法\x1b课"')
    report = network.build(root, tmp_path / "var", tmp_path / "out", ["shili"], as_of=AS_OF, jobs=1)
    assert not report.sites[0].failed, report.sites[0].problems
    feeds = sorted((tmp_path / "out/sites/shili").glob("feeds/*.atom.xml"))
    assert feeds
    titles = [title.text for feed in feeds for title in ElementTree.parse(feed).iter(f"{ATOM}title")]
    assert "下班后，去\ud7ff夜校" in titles
    for calendar in (tmp_path / "out/sites/shili").rglob("*.ics"):
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", calendar.read_bytes())
