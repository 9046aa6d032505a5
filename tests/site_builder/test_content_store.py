from __future__ import annotations

import builtins
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from site_builder import content_store as store
from site_builder.errors import BuildError
from tests.examples import (
    EDITION,
    PICTURE,
    PROGRAM,
    PROGRAM_ID,
    STORY,
    STORY_ID,
    SVG,
    add,
    change,
    examples,
    line_of,
    one,
    write_examples,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_examples(tmp_path / "content")


# --- canonical files -------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(examples()))
def test_a_canonical_file_is_written_as_it_was_read(file: str) -> None:
    text = examples()[file]
    if file.startswith("unions/"):
        again = store.union_text(store.parse_union(text, file))
    elif file.startswith("records/"):
        again = store.record_text(store.parse_record(text, file))
    elif file.startswith("adoptions/"):
        again = store.adoptions_text(store.parse_adoptions(text, file))
    else:
        again = store.media_text(store.parse_media(text, file))
    assert again == text


def test_two_unions_are_read_with_everything_they_have(root: Path) -> None:
    content = store.read(root)
    assert content.problems == ()
    assert list(content.unions) == ["shili", "shili-xian"]
    assert content.unions["shili-xian"].parent == "shili"
    assert content.unions["shili"].body == "示例省总工会是说明格式用的，不是真实的工会。"
    assert {record.union for record in content.records.values()} == {"shili", "shili-xian"}
    assert content.adoptions["shili-xian"][0].record == PROGRAM_ID
    assert content.media["shili/yexiao.png"].vector == "yexiao.svg"
    assert store.media_file(content, "media:shili/yexiao.png") == root / PICTURE
    assert store.media_file(content, "media:shili/yexiao.svg").read_text(encoding="utf-8") == SVG


def test_another_way_of_writing_says_the_same(root: Path) -> None:
    canonical = store.read(root).records[STORY_ID]
    text = examples()[STORY]
    loose = text.replace("\n", "\r\n").replace("topics:\r\n  - 职工夜校", "topics: [职工夜校]")
    loose = "\ufeff" + loose.replace("label: 开设课程", "'label': '开设课程'  # 据报道")
    assert loose != text
    assert store.parse_record(loose, STORY) == canonical


def test_numbers_dates_and_words_are_taken_as_they_stand() -> None:
    text = (
        examples()[STORY]
        .replace("value: 12\n", "value: 125460.30\n")
        .replace("as_of: 2025-03", "as_of: 2025")
    )
    text = text.replace("title: 下班后，去夜校", "title: 0012351")
    record = store.parse_record(text, STORY)
    assert str(record.figures[0].value) == "125460.30"
    assert record.figures[0].as_of == "2025"
    assert record.title == "0012351"
    written = store.record_text(record)
    assert "value: 125460.30\n" in written
    assert 'title: "0012351"\n' in written
    assert "as_of: 2025\n" in written


# --- one bad file ----------------------------------------------------------------------------------

PUBLISHED = "published: 2025-04-01T09:00:00+08:00"
BAD_FIELDS: list[tuple[str, str, str, str, str]] = [
    (PUBLISHED, "published: 2025-02-30", "field-value", "published", "date"),
    (PUBLISHED, "published: 2025-04-01T09:00:00", "field-value", "published", "zone"),
    (f"{PUBLISHED}\n", "", "field-missing", "published", "missing"),
    ("kind: story", "kind: video", "record-kind", "kind", "not a kind"),
    ("genre: feature", "genre: poem", "field-value", "genre", "feature"),
    ("genre: feature", "gerne: feature", "field-unknown", "gerne", "gerne"),
    ("genre: feature", "body: x", "field-unknown", "body", "below"),
    ("id: 0196e7a4-", "id: 0196e7a4+", "field-value", "id", "id"),
    ("slug: yexiao-kaike", "slug: Ye Xiao", "field-value", "slug", "written"),
    ("    unit: 门\n", "", "field-missing", "figures[0].unit", "unit"),
    ("    as_of: 2025-03", "    as_of: 3月", "field-value", "figures[0].as_of", "written"),
    ("  mode: offer", "  mode: shout", "field-value", "share.mode", "offer"),
    ("  text: 课程从哪里来", "  text: [课程从哪里来", "yaml", "", "YAML"),
    ("genre: feature", "genre: feature\ngenre: news", "yaml", "genre", "twice"),
    ("genre: feature", "genre: &a feature\ncolumn: *a", "yaml", "column", "anchors"),
    ("genre: feature", "genre: !!python/name:os.system x", "yaml", "genre", "tag"),
    ("genre: feature", "editor_note:\n  text: '# 大标题'", "body-nested-block", "editor_note.text", "holds"),
    ("**教室已经坐满**", "[教室](javascript:alert(1))", "body-link", "body", "javascript"),
    ("/// quote", "/// video", "fence-kind", "body", "video"),
    ("    speaker: 夜校学员", "    spaeker: 夜校学员", "fence-option", "spaeker", "spaeker"),
    ("- 线上问卷\n    - 每季度", "- 线上问卷\n  - 每季度", "body-list-nesting", "body", "2 spaces"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "field", "says"), BAD_FIELDS)
def test_a_bad_record_is_left_out_alone_and_named(
    root: Path, old: str, new: str, code: str, field: str, says: str
) -> None:
    change(root, STORY, old, new)
    content = store.read(root)
    problem = one(content, code)
    assert problem.file == STORY
    assert problem.severity == "error"
    assert (problem.field or "") == field
    assert says in problem.message
    assert STORY_ID not in content.records
    assert PROGRAM_ID in content.records
    last = new.strip().split("\n")[-1]
    if code == "field-missing":
        assert problem.line
    elif last and "twice" not in says:
        expected = line_of(root, STORY, last.strip())
        assert problem.line in (expected, expected + (code == "yaml"))


SLIPS: list[tuple[str, str, str, str]] = [
    ("genre: feature", "genre：feature", "colon", "colon"),
    ("genre: feature", "genre: feature\nshare_note：x\ncolumn: 栏", "colon", "colon"),
    ("  text: 课程从哪里来", "\ttext: 课程从哪里来", "tab", "spaces"),
    ("genre: feature", "column: '一则\ngenre: feature", "quote", "Close"),
    ("genre: feature", "column: 每\x07周\ngenre: feature", "control", "U+0007"),
    ("genre: feature", "column: @工会\ngenre: feature", "YAML", "double quotes"),
    ("genre: feature", "column: #号\ngenre: feature", "Nothing", "double quotes"),
    ("kicker_joins_title: true", "kicker_joins_title: 是", "true or false", "true or false"),
    ("event_date: 2025-03-31", "event_date: 2025年3月", "2025年3月", "2024-10"),
    (PUBLISHED, "published: 20:30", "date", "2025-04-01"),
    ("media: media:shili/yexiao.png", "media: yexiao.png", "yexiao.png", "media:<union>/<name>"),
    ("    - descendants", "    - 下级", "下级", "descendants"),
    ("slug: yexiao-kaike", "slug: Ye Xiao", "Ye Xiao", "a-z"),
]


@pytest.mark.parametrize(("old", "new", "says", "way"), SLIPS)
def test_a_common_slip_is_named_in_its_own_line_with_the_way_out(
    root: Path, old: str, new: str, says: str, way: str
) -> None:
    change(root, STORY, old, new)
    wrong = next(line for line in new.split("\n") if line not in old)
    problem = next(problem for problem in store.read(root).problems if problem.file == STORY)
    assert problem.line == line_of(root, STORY, wrong)
    assert says in problem.message
    assert way in problem.action


def test_every_pattern_of_a_field_is_said_in_words(root: Path) -> None:
    change(root, "unions/shili.md", 'primary: "#9c1c1c"', "primary: red")
    change(root, "unions/shili.md", "base_url: https://shili.example", "base_url: shili.example")
    change(root, "unions/shili.md", "  cron: 0 6 * * *", "  cron: 0 6 * * *\n  quiet_hours: 夜里")
    said = {
        problem.field: problem for problem in store.read(root).problems if problem.file == "unions/shili.md"
    }
    assert {field: problem.message for field, problem in said.items()} == {
        "site.palette.primary": "'red' is not written as it must be",
        "site.base_url": "'shili.example' is not written as it must be",
        "schedule.quiet_hours": "'夜里' is not written as it must be",
    }
    assert all("content/README.md" not in problem.action for problem in said.values())


def test_every_mistake_of_a_file_is_named_at_once(root: Path) -> None:
    change(root, STORY, "published: 2025-04-01T09:00:00+08:00", "published: gestern")
    change(root, STORY, "genre: feature", "genre: poem")
    change(root, STORY, "## 课程怎么定", "# 课程怎么定")
    codes = [(problem.field, problem.code) for problem in store.read(root).problems if problem.file == STORY]
    assert sorted(codes) == [
        ("body", "heading-level"),
        ("genre", "field-value"),
        ("published", "field-value"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("没有字段的文字\n", "front-matter"),
        ("---\nid: x\n没有结束\n", "front-matter"),
        ("---\n- 一\n- 二\n---\n", "front-matter"),
        ("", "front-matter"),
        ("---\n" + "[" * 100_000 + "\n---\n", "yaml"),
        ("---\n" + "- " * 100_000 + "\n---\n", "yaml"),
        ("---\n" + "? " * 100_000 + "\n---\n", "yaml"),
        ("---\n" + "a: {" * 100_000 + "\n---\n", "yaml"),
        ("---\n" + "".join(f"{' ' * at}a:\n" for at in range(3000)) + "---\n", "yaml"),
        ("---\n" + "".join(f"{' ' * at}-\n" for at in range(3000)) + "---\n", "yaml"),
        ("---\nid: " + "[" * 50 + "]" * 50 + "\n---\n", "yaml"),
        ("---\ntitle: \x07\n---\n", "yaml"),
    ],
)
def test_a_file_that_is_none(root: Path, text: str, code: str) -> None:
    add(root, "records/shili/story/bad.md", text)
    content = store.read(root)
    assert one(content, code).file == "records/shili/story/bad.md"
    assert len(content.records) == 10


def test_invalid_utf8_is_named_with_its_line(root: Path) -> None:
    data = (root / STORY).read_bytes()
    (root / STORY).write_bytes(data.replace("教室已经".encode(), "教室已经".encode("gbk")))
    problem = one(store.read(root), "file-unreadable")
    assert problem.line == line_of_bytes(data, "教室已经".encode())
    assert "UTF-8" in problem.message


def line_of_bytes(data: bytes, part: bytes) -> int:
    return data[: data.index(part)].count(b"\n") + 1


def test_a_file_of_50_megabytes_is_refused_without_reading_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (root / STORY).open("r+b") as file:
        file.truncate(50 * 1024 * 1024)
    opened: list[str] = []
    system_open = open

    def noticed(file: str, *arguments: Any, **options: Any) -> Any:
        opened.append(os.path.basename(file))  # noqa: PTH119
        return system_open(file, *arguments, **options)

    monkeypatch.setattr(builtins, "open", noticed)
    content = store.read(root)
    problem = one(content, "file-size")
    assert problem.file == STORY
    assert "50.0 MB" in problem.message
    assert STORY_ID not in content.records
    assert len(opened) >= len(examples()) - 2
    assert opened.count("yexiao-kaike.md") == 1, "only the county's"


def test_script_in_the_text_is_text(root: Path) -> None:
    change(root, STORY, "灯亮起来的时候", "<script>alert(1)</script>灯亮起来的时候")
    content = store.read(root)
    assert content.problems == ()
    assert content.records[STORY_ID].body.startswith("<script>")


def test_an_unreadable_file_is_named(root: Path) -> None:
    (root / STORY).unlink()
    (root / STORY).symlink_to("nowhere.md")
    assert one(store.read(root), "file-link").file == STORY


# --- the folder ------------------------------------------------------------------------------------


def test_links_out_of_the_folder_are_refused(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write_examples(outside)
    (root / STORY).unlink()
    (root / STORY).symlink_to(outside / STORY)
    (root / "records/shili/guide/zwei.md").symlink_to("huiyuan-ruhui.md")
    (root / "media/xian").symlink_to(outside / "media/shili")
    content = store.read(root)
    refused = [problem.file for problem in content.problems if problem.code == "file-link"]
    assert refused == ["media/xian", STORY]
    assert STORY_ID not in content.records
    assert one(content, "record-id").file == "records/shili/guide/zwei.md", "a link inside is a file"


def test_files_that_are_not_of_the_format_are_named_and_hidden_ones_are_not(root: Path) -> None:
    add(root, "README.md", "文")
    add(root, ".DS_Store", "x")
    add(root, "records/shili/.x.md.123.new", "x")
    add(root, "unions/notes.txt", "x")
    add(root, "records/shili/story/deep/x.md", "x")
    stray = [(problem.file, problem.severity) for problem in store.read(root).problems]
    assert stray == [("records/shili/story/deep/x.md", "warning"), ("unions/notes.txt", "warning")]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    content = store.read(tmp_path / "nirgends")
    assert one(content, "content-missing").action
    assert not content.unions


def test_what_is_wrong_is_said_in_the_same_order_every_time(root: Path) -> None:
    for file in (STORY, PROGRAM, EDITION):
        change(root, file, "published: ", "published: x")
    first = store.read(root).problems
    assert [problem.file for problem in first] == sorted(problem.file or "" for problem in first)
    assert store.read(root).problems == first


# --- writing ---------------------------------------------------------------------------------------


def test_write_changes_only_what_differs(root: Path) -> None:
    text = examples()[STORY]
    before = (root / STORY).stat()
    assert not store.write(root, STORY, text)
    assert (root / STORY).stat().st_ino == before.st_ino
    assert store.write(root, STORY, text + "\n新的一段。\n")
    assert (root / STORY).read_text(encoding="utf-8").endswith("新的一段。\n")
    assert store.write(root, "records/neu/story/a.md", "x")
    assert not [path for path in root.rglob("*") if path.name.endswith(".new")]


def test_a_failed_write_leaves_the_old_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (root / STORY).read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as told:
        store.write(root, STORY, "neu")
    assert told.value.filename == str(root / STORY), "who is to make room is told where"
    assert (root / STORY).read_bytes() == before
    assert not [path for path in root.rglob("*") if path.name.endswith(".new")]


def test_remove_takes_empty_folders_with_it(root: Path) -> None:
    collection = "records/shili/collection/zhigong-yexiao.md"
    assert store.remove(root, collection)
    assert not (root / "records/shili/collection").exists()
    assert (root / "records/shili").exists()
    assert not store.remove(root, collection)


@pytest.mark.parametrize("act", [lambda root, path: store.write(root, path, "x"), store.remove])
@pytest.mark.parametrize("path", ["../x.md", "/etc/x.md", "unions/../../x.md", "", "hinaus/x.md"])
def test_nothing_is_written_outside(
    root: Path, tmp_path: Path, act: Callable[[Path, str], bool], path: str
) -> None:
    (tmp_path / "fremd").mkdir()
    (root / "hinaus").symlink_to(tmp_path / "fremd")
    with pytest.raises(BuildError):
        act(root, path)
    assert not list((tmp_path / "fremd").iterdir())
