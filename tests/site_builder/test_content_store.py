from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from site_builder import content_store as store
from site_builder.content_store import reading
from site_builder.errors import BuildError, ContentError
from site_builder.records import Problem
from tests.examples import ADOPTIONS, EDITION, PICTURE, PROGRAM, STORY, SVG, examples, write_examples

STORY_ID = UUID("0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d01")
UNKNOWN = "0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9dee"
PROGRAM_ID = UUID("0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d02")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_examples(tmp_path / "content")


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text, "a change that changes nothing tests nothing"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def add(root: Path, file: str, text: str | bytes) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def line_of(root: Path, file: str, text: str) -> int:
    lines = (root / file).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if text in line)


def union(slug: str, level: str = "county", parent: str = "shili", more: str = "") -> str:
    parent_line = f"parent: {parent}\n" if parent else ""
    return f"---\nname: {slug}\nlevel: {level}\n{parent_line}{more}site:\n  base_url: https://{slug}.example\n---\n"


def one(content: store.Content, code: str) -> Problem:
    found = [problem for problem in content.problems if problem.code == code]
    assert len(found) == 1, [str(problem) for problem in content.problems]
    assert found[0].action
    return found[0]


# --- canonical files ------------------------------------------------------------------------------


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


# --- one bad file ---------------------------------------------------------------------------------

PUBLISHED = "published: 2025-04-01T09:00:00+08:00"
BAD_FIELDS: list[tuple[str, str, str, str, str]] = [
    (PUBLISHED, "published: 2025-02-30", "field-value", "published", "date"),
    (PUBLISHED, "published: 2025-04-01T09:00:00", "field-value", "published", "zone"),
    (f"{PUBLISHED}\n", "", "field-missing", "published", "missing"),
    ("kind: story", "kind: video", "record-kind", "kind", "not a kind"),
    ("kind: story", "kind: event", "record-kind", "kind", "yet"),
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
    assert len(content.records) == 6


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
    read_bytes = Path.read_bytes

    def noticed(path: Path) -> bytes:
        opened.append(path.name)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", noticed)
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


# --- files together -------------------------------------------------------------------------------


def test_the_second_of_two_records_with_one_id_is_left_out(root: Path) -> None:
    text = examples()[STORY].replace("slug: yexiao-kaike", "slug: zweite")
    add(root, "records/shili/story/zweite.md", text)
    content = store.read(root)
    problem = one(content, "record-id")
    assert (problem.file, problem.field, problem.line) == ("records/shili/story/zweite.md", "id", 2)
    assert STORY in problem.message
    assert content.records[STORY_ID].slug == "yexiao-kaike"


def test_the_second_of_two_records_with_one_slug_is_left_out(root: Path) -> None:
    add(root, "records/shili/story/zweite.md", examples()[STORY].replace("8c9d01", "8c9dff", 1))
    content = store.read(root)
    problem = one(content, "record-slug")
    assert (problem.file, problem.field) == ("records/shili/story/zweite.md", "slug")
    assert STORY_ID in content.records


def test_the_same_slug_is_free_for_another_kind_and_another_owner(root: Path) -> None:
    records = store.read(root).records.values()
    assert sum(record.slug == "yexiao-kaike" for record in records) == 2
    assert sum(record.slug == "zhigong-yexiao" for record in records) == 2


def test_a_record_of_an_unknown_union(root: Path) -> None:
    add(root, "records/niemand/story/x.md", examples()[STORY].replace("shili", "niemand"))
    problem = one(store.read(root), "record-union")
    assert (problem.field, problem.line) == ("union", 4)
    assert "no union niemand" in problem.message


def test_a_record_in_the_folder_of_another_union(root: Path) -> None:
    change(root, EDITION, "union: shili-xian", "union: shili")
    content = store.read(root)
    problem = one(content, "record-folder")
    assert (problem.file, problem.field, problem.line) == (EDITION, "union", 4)
    assert len(content.records) == 5


def test_a_file_with_another_name_is_read_with_a_warning(root: Path) -> None:
    (root / STORY).rename(root / "records/shili/story/anders.md")
    content = store.read(root)
    problem = one(content, "file-name")
    assert problem.severity == "warning"
    assert STORY in problem.message
    assert STORY_ID in content.records


def test_a_bad_union_takes_out_what_depends_on_it_and_nothing_else(root: Path) -> None:
    add(root, "unions/andere.md", union("andere", "province", parent=""))
    change(root, "unions/shili.md", "level: province", "level: galaxy")
    content = store.read(root)
    assert list(content.unions) == ["andere"]
    assert not content.records
    assert not content.adoptions
    assert one(content, "field-value").file == "unions/shili.md"
    assert "own errors" in one(content, "union-parent").message
    owners = [problem.file for problem in content.problems if problem.code == "record-union"]
    assert len(owners) == 6
    assert one(content, "adoptions-union").file == ADOPTIONS


def test_a_missing_parent(root: Path) -> None:
    change(root, "unions/shili-xian.md", "parent: shili", "parent: niemand")
    content = store.read(root)
    problem = one(content, "union-parent")
    assert (problem.file, problem.field, problem.line) == ("unions/shili-xian.md", "parent", 4)
    assert list(content.unions) == ["shili"]
    assert {record.union for record in content.records.values()} == {"shili"}


def test_a_cycle_in_the_tree_takes_out_its_unions_and_those_below(root: Path) -> None:
    add(root, "unions/a.md", union("a", "enterprise", "b"))
    add(root, "unions/b.md", union("b", "enterprise", "c"))
    add(root, "unions/c.md", union("c", "industry", "a"))
    add(root, "unions/d.md", union("d", "enterprise", "a"))
    add(root, "unions/self.md", union("self", "enterprise", "self"))
    content = store.read(root)
    assert list(content.unions) == ["shili", "shili-xian"]
    circular = [problem.file for problem in content.problems if problem.code == "union-cycle"]
    assert circular == ["unions/a.md", "unions/b.md", "unions/c.md", "unions/self.md"]
    assert one(content, "union-parent").file == "unions/d.md"


@pytest.mark.parametrize(
    ("level", "parent", "more", "good"),
    [
        ("city", "shili", "", True),
        ("town", "shili", "", True),
        ("province", "shili", "", False),
        ("national", "shili", "", False),
        ("county", "shili-xian", "", False),
        ("county", "shili-xian", "functional_zone: true\n", True),
        ("city", "shili-xian", "functional_zone: true\n", False),
        ("enterprise", "shili-xian", "", True),
        ("industry", "shili", "", True),
        ("enterprise", "firma", "", True),
        ("county", "firma", "", False),
    ],
)
def test_a_parent_is_of_a_higher_level(root: Path, level: str, parent: str, more: str, good: bool) -> None:
    add(root, "unions/firma.md", union("firma", "enterprise", "shili-xian"))
    add(root, "unions/neu.md", union("neu", level, parent, more))
    content = store.read(root)
    assert ("neu" in content.unions) == good
    if not good:
        problem = one(content, "union-level")
        assert (problem.file, problem.field, problem.line) == ("unions/neu.md", "parent", 4)


def test_two_unions_with_one_address(root: Path) -> None:
    change(root, "unions/shili-xian.md", "https://shili-xian.example", "https://shili.example")
    content = store.read(root)
    problem = one(content, "union-address")
    assert (problem.file, problem.field) == ("unions/shili-xian.md", "site.base_url")
    assert list(content.unions) == ["shili"]


def test_a_file_whose_name_is_no_slug(root: Path) -> None:
    add(root, "unions/Mein Verband.md", union("x"))
    problem = one(store.read(root), "file-name")
    assert problem.file == "unions/Mein Verband.md"


def test_an_industry_line_that_is_none_is_a_warning(root: Path) -> None:
    add(root, "unions/neu.md", union("neu", more="industry_line: shili\n"))
    content = store.read(root)
    assert one(content, "union-line").severity == "warning"
    assert "neu" in content.unions


# --- editions, references -------------------------------------------------------------------------


def test_editions_that_cannot_inherit(root: Path) -> None:
    other = "0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9dee"
    change(root, EDITION, f"edition_of: {STORY_ID}", f"edition_of: {other}")
    content = store.read(root)
    problem = one(content, "edition-source")
    assert (problem.file, problem.field, problem.line) == (EDITION, "edition_of", 7)
    assert len(content.records) == 5


def test_an_edition_of_another_kind(root: Path) -> None:
    change(root, EDITION, f"edition_of: {STORY_ID}", f"edition_of: {PROGRAM_ID}")
    assert one(store.read(root), "edition-kind").file == EDITION


def test_editions_in_a_circle(root: Path) -> None:
    change(root, STORY, "published:", "edition_of: 0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d05\npublished:")
    content = store.read(root)
    circular = [problem.file for problem in content.problems if problem.code == "edition-cycle"]
    assert circular == [EDITION, STORY]
    assert len(content.records) == 4


@pytest.mark.parametrize(
    ("file", "old", "new", "field"),
    [
        (STORY, "genre: feature", f"related:\n  - {UNKNOWN}\ngenre: feature", "related[0]"),
        (STORY, f"(record:{PROGRAM_ID})", f"(record:{UNKNOWN})", "body"),
        ("records/shili/collection/zhigong-yexiao.md", "  - 0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d02",
         "  - 0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9dee", "items[0]"),
        ("records/shili-xian/story/jiu-gonggao.md", "8c9d03", "8c9dee", "withdrawn.redirect"),
        ("unions/shili.md", "8c9d02", "8c9dee", "site.menu[1].link"),
    ],
)  # fmt: skip
def test_a_reference_to_an_unknown_record_is_a_warning(
    root: Path, file: str, old: str, new: str, field: str
) -> None:
    change(root, file, old, new)
    content = store.read(root)
    problem = one(content, "reference-record")
    assert (problem.severity, problem.file, problem.field) == ("warning", file, field)
    assert problem.line == line_of(root, file, "8c9dee")
    assert len(content.records) == 6


def test_a_reference_to_an_unknown_union_is_a_warning(root: Path) -> None:
    change(root, STORY, "    name: 示例省总工会宣传部", "    name: 示例省总工会宣传部\n    union: niemand")
    change(root, PROGRAM, "    - level:city", "    - union:niemand")
    found = [problem for problem in store.read(root).problems if problem.code == "reference-union"]
    assert [(problem.file, problem.field, problem.severity) for problem in found] == [
        (PROGRAM, "share.to[0]", "warning"),
        (STORY, "bylines[0].union", "warning"),
    ]


# --- adoptions ------------------------------------------------------------------------------------


def test_an_adoption_of_an_unknown_record_is_a_warning(root: Path) -> None:
    add(
        root,
        ADOPTIONS,
        examples()[ADOPTIONS] + "- record: 0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9dee\n  action: take\n",
    )
    content = store.read(root)
    problem = one(content, "adoption-record")
    assert (problem.severity, problem.file, problem.field, problem.line) == (
        "warning",
        ADOPTIONS,
        "record",
        10,
    )
    assert [adoption.record for adoption in content.adoptions["shili-xian"]] == [PROGRAM_ID]


@pytest.mark.parametrize(
    ("more", "code", "field", "line"),
    [
        (f"- record: {PROGRAM_ID}\n  action: take\n", "adoption-twice", "record", 10),
        (f"- record: {STORY_ID}\n  action: steal\n", "field-value", "action", 11),
        (f"- record: {STORY_ID}\n  action: take\n  slots:\n    quota:\n      value: viele\n", "field-value",
         "slots.quota.value", 14),
        (f"- record: {STORY_ID}\n  action: take\n  slots:\n    intro: '[x](javascript:y)'\n", "body-link",
         "slots.intro", 13),
        ("- nur Text\n", "field-value", None, 10),
    ],
)  # fmt: skip
def test_a_bad_adoption_is_left_out_alone(
    root: Path, more: str, code: str, field: str | None, line: int
) -> None:
    add(root, ADOPTIONS, examples()[ADOPTIONS] + more)
    content = store.read(root)
    problem = one(content, code)
    assert (problem.file, problem.field, problem.line) == (ADOPTIONS, field, line)
    assert [adoption.record for adoption in content.adoptions["shili-xian"]] == [PROGRAM_ID]


def test_adoptions_of_no_union_and_of_no_shape(root: Path) -> None:
    add(root, "adoptions/niemand.yaml", examples()[ADOPTIONS])
    add(root, "adoptions/shili.yaml", "record: x\n")
    content = store.read(root)
    assert one(content, "adoptions-union").file == "adoptions/niemand.yaml"
    assert one(content, "adoptions-shape").file == "adoptions/shili.yaml"
    assert list(content.adoptions) == ["shili-xian"]


# --- media ----------------------------------------------------------------------------------------


def test_a_picture_that_is_not_there_is_named_wherever_it_is_used(root: Path) -> None:
    (root / PICTURE).unlink()
    content = store.read(root)
    assert one(content, "media-file").file == f"{PICTURE}.yaml"
    missing = [
        (problem.file, problem.field) for problem in content.problems if problem.code == "media-missing"
    ]
    assert missing == [(STORY, "lead_picture.media"), (STORY, "body")]
    assert STORY_ID in content.records
    with pytest.raises(ContentError):
        store.media_file(content, "media:shili/yexiao.png")


def test_a_file_without_description_cannot_be_used(root: Path) -> None:
    add(root, "media/shili/neu.png", b"\x89PNG")
    content = store.read(root)
    assert one(content, "media-undescribed").file == "media/shili/neu.png"
    assert "shili/neu.png" not in content.media


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("title: 职工夜校的教室\n", "", "field-missing", "title"),
        ("title: 职工夜校的教室", "titel: x\ntitle: y", "field-unknown", "titel"),
        ("taken: 2025-03-31", "taken: 三月", "field-value", "taken"),
        ("taken: 2025-03-31", "focal_point: [0.5, 1.5]", "field-value", "focal_point"),
        ("taken: 2025-03-31", "ref: x/y", "field-unknown", "ref"),
    ],
)
def test_a_bad_description(root: Path, old: str, new: str, code: str, field: str) -> None:
    change(root, f"{PICTURE}.yaml", old, new)
    content = store.read(root)
    problem = one(content, code)
    assert (problem.file, problem.field) == (f"{PICTURE}.yaml", field)
    assert problem.line
    assert not content.media


def test_a_description_of_no_shape(root: Path) -> None:
    add(root, f"{PICTURE}.yaml", "- 一\n")
    assert one(store.read(root), "media-shape").file == f"{PICTURE}.yaml"


def test_a_vector_that_is_not_there_leaves_the_picture(root: Path) -> None:
    change(root, f"{PICTURE}.yaml", "vector: yexiao.svg", "vector: ../../../etc/passwd.svg")
    content = store.read(root)
    assert one(content, "media-vector").field == "vector"
    assert content.media["shili/yexiao.png"].vector == ""


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)"/>',
        '<a href="javascript:alert(1)"><rect/></a>',
        '<image href="https://evil.example/x.png"/>',
        '<use href="https://evil.example/x.svg#a"/>',
        '<use xmlns:x="http://www.w3.org/1999/xlink" x:href="data:text/html,x"/>',
        "<foreignObject><b/></foreignObject>",
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        "<style>@import url(https://evil.example/x.css);</style>",
        '<rect style="fill: url(https://evil.example/x)"/>',
        '<rect fill="url(https://evil.example/x)"/>',
        "<not closed",
    ],
)
def test_an_svg_that_does_more_than_draw_is_refused(root: Path, bad: str) -> None:
    add(root, "media/shili/yexiao.svg", SVG.replace("</svg>", f"{bad}</svg>"))
    content = store.read(root)
    problem = one(content, "media-svg")
    assert (problem.file, problem.severity) == ("media/shili/yexiao.svg", "error")
    assert content.media["shili/yexiao.png"].vector == ""
    with pytest.raises(ContentError):
        store.media_file(content, "media:shili/yexiao.svg")


@pytest.mark.parametrize(
    "bad", ['<!DOCTYPE svg [<!ENTITY a "x">]>', '<?xml-stylesheet href="https://evil.example/x.css"?>']
)
def test_an_svg_with_a_document_type_or_instructions_is_refused(root: Path, bad: str) -> None:
    add(root, "media/shili/yexiao.svg", bad + SVG)
    assert one(store.read(root), "media-svg").line == 1


def test_an_svg_that_draws_is_taken(root: Path) -> None:
    drawing = (
        '<defs><linearGradient id="g"/><style>.a { fill: url(#g) }</style></defs>'
        '<rect class="a" style="fill: url(\'#g\')"/><use href="#g"/>'
        '<image href="data:image/png;base64,iVBORw0KGgo="/>'
    )
    add(root, "media/shili/yexiao.svg", '<?xml version="1.0"?>\n' + SVG.replace("</svg>", f"{drawing}</svg>"))
    assert store.read(root).problems == ()


@pytest.mark.parametrize(
    "ref",
    ["media:shili/..", "media:../unions/shili.md", "media:shili/../../unions/shili.md",
     "media:shili/yexiao.png.yaml",
     "media:/etc/passwd", "media:shili", "shili/"],
)  # fmt: skip
def test_no_media_reference_leads_out_of_media(root: Path, ref: str) -> None:
    content = store.read(root)
    with pytest.raises(ContentError) as caught:
        store.media_file(content, ref)
    assert caught.value.problem.code == "media-missing"


def test_a_record_whose_picture_reference_leaves_media(root: Path) -> None:
    change(root, STORY, "media: media:shili/yexiao.png", "media: media:shili/..")
    change(root, STORY, "[职工夜校](record:", "[甲](media:../../etc/passwd)[职工夜校](record:")
    found = [problem for problem in store.read(root).problems if problem.code == "media-missing"]
    assert [problem.field for problem in found] == ["lead_picture.media", "body"]


# --- the folder -----------------------------------------------------------------------------------


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


# --- the cache ------------------------------------------------------------------------------------


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are parsed while a test runs."""
    seen: list[str] = []
    parse = reading.parse_file

    def noticed(root: Path, file: reading.Found) -> object:
        seen.append(file.relative)
        return parse(root, file)

    monkeypatch.setattr(reading, "parse_file", noticed)
    return seen


def settle(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the files' last change lie far enough back to be trusted."""
    monkeypatch.setattr("site_builder.content_store.cache._FRESH", -(10**9))


def test_each_version_of_a_file_is_parsed_once(
    root: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    cache = tmp_path / "var" / "content.sqlite"
    first = store.read(root, cache)
    assert len(parsed) == len(examples()) + 1
    parsed.clear()
    assert store.read(root, cache) == first
    assert parsed == []
    change(root, STORY, "genre: feature", "genre: report")
    second = store.read(root, cache)
    assert parsed == [STORY]
    assert second == store.read(root)
    (root / STORY).unlink()
    parsed.clear()
    assert store.read(root, cache) == store.read(root)
    parsed.clear()
    write_examples(root)
    store.read(root, cache)
    assert STORY in parsed, "what was removed is forgotten"


def test_a_file_that_changed_just_now_is_parsed_again(root: Path, tmp_path: Path, parsed: list[str]) -> None:
    cache = tmp_path / "content.sqlite"
    store.read(root, cache)
    parsed.clear()
    store.read(root, cache)
    assert len(parsed) == len(examples()) + 1


def test_problems_come_out_of_the_cache_too(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    change(root, STORY, "genre: feature", "genre: poem")
    cache = tmp_path / "content.sqlite"
    first = store.read(root, cache).problems
    assert first
    assert store.read(root, cache).problems == first


@pytest.mark.parametrize("harm", [b"", b"nonsense", b"SQLite format 3\x00" + b"\xff" * 5000, None])
def test_a_broken_cache_is_replaced(
    root: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch, harm: bytes | None
) -> None:
    settle(root, monkeypatch)
    cache = tmp_path / "content.sqlite"
    expected = store.read(root, cache)
    data = cache.read_bytes()
    half = len(data) // 2
    cache.write_bytes(data[:half] + b"\xff" * 64 + data[half + 64 :] if harm is None else harm)
    assert store.read(root, cache) == expected
    store.read(root, cache)
    parsed.clear()
    assert store.read(root, cache) == expected
    assert parsed == []


def test_a_cache_of_other_code_is_not_used(
    root: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    cache = tmp_path / "content.sqlite"
    store.read(root, cache)
    parsed.clear()
    monkeypatch.setattr("site_builder.content_store.cache.code_version", lambda: "another")
    store.read(root, cache)
    assert len(parsed) == len(examples()) + 1
    parsed.clear()
    store.read(root, cache)
    assert parsed == []


READER = """
import sys
from pathlib import Path
from site_builder import content_store
from site_builder.content_store import cache
cache._FRESH = -(10**9)
for _ in range(5):
    content = content_store.read(Path(sys.argv[1]), Path(sys.argv[2]))
    assert len(content.records) == 6, content.problems
"""


def test_several_processes_may_use_one_cache(root: Path, tmp_path: Path) -> None:
    cache = tmp_path / "content.sqlite"
    command = [sys.executable, "-c", READER, str(root), str(cache)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in processes:
        assert process.communicate(timeout=60)[1] == ""
        assert process.returncode == 0


def test_a_cache_that_cannot_be_written_does_not_matter(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    assert store.read(root, root / STORY / "cannot" / "be").problems == ()
    assert store.read(root, tmp_path).problems == ()


def test_a_locked_cache_is_left_to_who_holds_it(
    root: Path, tmp_path: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(root, monkeypatch)
    monkeypatch.setattr("site_builder.content_store.cache._PATIENCE", 0.05)
    cache = tmp_path / "content.sqlite"
    store.read(root, cache)
    with closing(sqlite3.connect(cache, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        change(root, STORY, "genre: feature", "genre: report")
        assert store.read(root, cache) == store.read(root)
    parsed.clear()
    store.read(root, cache)
    assert parsed == [STORY]


def test_a_folder_that_cannot_be_read_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refused(folder: str) -> object:
        if folder.endswith("adoptions"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refused)
    content = store.read(root)
    assert one(content, "file-unreadable").file == "adoptions"
    assert len(content.records) == 6


# --- writing --------------------------------------------------------------------------------------


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
    with pytest.raises(OSError, match="No space left"):
        store.write(root, STORY, "neu")
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
