from __future__ import annotations

from pathlib import Path

import pytest

from site_builder import content_store as store
from site_builder.errors import ContentError
from site_builder.records import Program
from tests.examples import (
    ADOPTIONS,
    EDITION,
    PICTURE,
    PROGRAM,
    PROGRAM_ID,
    STORY,
    STORY_ID,
    SVG,
    UNKNOWN,
    add,
    change,
    examples,
    line_of,
    one,
    picture,
    union,
    write_examples,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_examples(tmp_path / "content")


# --- files together --------------------------------------------------------------------------------


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
    assert len(content.records) == 9


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
    assert len(owners) == 10
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


@pytest.mark.parametrize("copy", ["aaa", "zzz"])
def test_a_copied_address_names_both_and_costs_nobody_a_site(root: Path, copy: str) -> None:
    before = store.read(root)
    add(root, f"unions/{copy}.md", union("SHILI", "county", "shili"))
    content = store.read(root)
    problems = [problem for problem in content.problems if problem.code == "union-address"]
    assert [(problem.file, problem.field, problem.severity) for problem in problems] == [
        (f"unions/{slug}.md", "site.base_url", "error") for slug in sorted([copy, "shili"])
    ]
    assert {problem.file: problem.message.rpartition(" ")[2] for problem in problems} == {
        f"unions/{copy}.md": "shili", "unions/shili.md": copy
    }  # fmt: skip
    assert content.unions.keys() == before.unions.keys() | {copy}
    assert content.records.keys() == before.records.keys()


def test_a_file_whose_name_is_no_slug(root: Path) -> None:
    add(root, "unions/Mein Verband.md", union("x"))
    problem = one(store.read(root), "file-name")
    assert problem.file == "unions/Mein Verband.md"


def test_an_industry_line_that_is_none_is_a_warning(root: Path) -> None:
    add(root, "unions/neu.md", union("neu", more="industry_line: shili\n"))
    content = store.read(root)
    assert one(content, "union-line").severity == "warning"
    assert "neu" in content.unions


# --- editions, references --------------------------------------------------------------------------


def test_editions_that_cannot_inherit(root: Path) -> None:
    other = "0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9dee"
    change(root, EDITION, f"edition_of: {STORY_ID}", f"edition_of: {other}")
    content = store.read(root)
    problem = one(content, "edition-source")
    assert (problem.file, problem.field, problem.line) == (EDITION, "edition_of", 7)
    assert len(content.records) == 9


def test_an_edition_of_another_kind(root: Path) -> None:
    change(root, EDITION, f"edition_of: {STORY_ID}", f"edition_of: {PROGRAM_ID}")
    assert one(store.read(root), "edition-kind").file == EDITION


def test_editions_in_a_circle(root: Path) -> None:
    change(root, STORY, "published:", "edition_of: 0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d05\npublished:")
    content = store.read(root)
    circular = [problem.file for problem in content.problems if problem.code == "edition-cycle"]
    assert circular == [EDITION, STORY]
    assert len(content.records) == 8


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
    assert len(content.records) == 10


def test_a_reference_to_a_record_of_another_kind_is_a_warning_and_left_out(root: Path) -> None:
    file = PROGRAM
    change(root, file, "\nslug:", f"\nhonours: {PROGRAM_ID}\nvenues:\n  - {STORY_ID}\nslug:")
    content = store.read(root)
    found = [problem for problem in content.problems if problem.code == "reference-kind"]
    assert [(problem.severity, problem.file, problem.field) for problem in found] == [
        ("warning", file, "honours"),
        ("warning", file, "venues[0]"),
    ]
    assert found[1].line == line_of(root, file, f"  - {STORY_ID}")
    assert "is no place" in found[1].message
    program = content.records[PROGRAM_ID]
    assert isinstance(program, Program)
    assert (program.honours, program.venues) == (None, ())
    assert len(content.records) == 10


@pytest.mark.parametrize(
    ("old", "new"), [("title:", "titel:"), ("title:", "title: ["), ("kind:", "kind: x"), ("---\n", "--- x\n")]
)
def test_what_names_a_record_whose_file_is_wrong_is_told_of_that_file(root: Path, old: str, new: str) -> None:
    change(root, PROGRAM, old, new)
    assert_all_are_told_of(root, PROGRAM)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_so_it_is_where_the_file_is_of_another_encoding(root: Path, encoding: str) -> None:
    (root / PROGRAM).write_bytes((root / PROGRAM).read_text("utf-8").encode(encoding))
    assert_all_are_told_of(root, PROGRAM)


def assert_all_are_told_of(root: Path, file: str) -> None:
    found = [problem for problem in store.read(root).problems if problem.file != file]
    assert {problem.code for problem in found} == {"reference-record", "adoption-record"}
    for problem in found:
        assert "own errors" in problem.message
        assert problem.action == f"Mend {file}."


def test_a_reference_to_an_unknown_union_is_a_warning(root: Path) -> None:
    change(root, STORY, "    name: 示例省总工会宣传部", "    name: 示例省总工会宣传部\n    union: niemand")
    change(root, PROGRAM, "    - level:city", "    - union:niemand")
    found = [problem for problem in store.read(root).problems if problem.code == "reference-union"]
    assert [(problem.file, problem.field, problem.severity) for problem in found] == [
        (PROGRAM, "share.to[0]", "warning"),
        (STORY, "bylines[0].union", "warning"),
    ]


# --- adoptions -------------------------------------------------------------------------------------


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


# --- media -----------------------------------------------------------------------------------------


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
    add(root, "media/shili/neu.png", picture())
    content = store.read(root)
    assert one(content, "media-undescribed").file == "media/shili/neu.png"
    assert "shili/neu.png" not in content.media


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cut.jpg", picture(640, 480, "JPEG")[:9000]),
        ("cut.png", picture(640, 480, mode="RGBA")[:9000]),
        ("cut.webp", picture(640, 480, "WEBP")[:9000]),
        ("damaged.png", picture(64, 48).replace(b"IDAT", b"IDAX")),
        ("nothing.PNG", b""),
        ("words.jpeg", "不是图片".encode()),
        ("page.gif", b"<html><script>1</script></html>"),
        ("phone.heic", b"\0\0\0\x18ftypheic"),
        ("scan.tif", picture(64, 48, "TIFF")),
    ],
)
def test_a_broken_picture_is_left_out_and_named(root: Path, name: str, data: bytes) -> None:
    add(root, f"media/shili/{name}", data)
    add(root, f"media/shili/{name}.yaml", "title: 图\n")
    add(root, "media/shili/whole.webp", picture(640, 480, "WEBP"))
    add(root, "media/shili/whole.webp.yaml", "title: 图\n")
    change(root, STORY, "media:shili/yexiao.png", f"media:shili/{name}")
    content = store.read(root)
    problem = one(content, "media-picture")
    assert (problem.file, problem.severity) == (f"media/shili/{name}", "error")
    assert "Save it again" in problem.action
    assert content.media.keys() == {"shili/whole.webp", "shili/yexiao.png"}
    used = [problem for problem in content.problems if problem.code == "media-missing"]
    assert {(problem.file, problem.action) for problem in used} == {
        (STORY, f"Mend media/shili/{name}, or what describes it.")
    }
    assert STORY_ID in content.records


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
        "<style>@im&#112;ort url(https://evil.example/x.css);</style>",
        "<style><g/>.a { fill: u<![CDATA[rl(https://evil.example/x)]]> }</style>",
        '<h:meta xmlns:h="http://www.w3.org/1999/xhtml" http-equiv="refresh" content="0;url=//evil"/>',
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
