"""The table of words that search takes for the same, in content/."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.content_store import SynonymGroup, read, read_synonyms, synonyms_text

ROOT = Path(__file__).parents[2]


def test_the_demo_has_what_editors_use_every_day_and_is_canonical() -> None:
    found = read_synonyms(ROOT / "content")
    assert not found.problems
    groups = [set(group.words) for group in found.groups]
    for pair in (
        {"产改", "产业工人队伍建设改革"},
        {"市总", "市总工会"},
        {"新业态", "新就业形态"},
        {"互助", "互助保障", "互助险"},
    ):
        assert pair in groups
    text = (ROOT / "content" / "synonyms.yaml").read_text(encoding="utf-8")
    assert synonyms_text(found.groups) == text


def test_a_content_without_a_table_has_no_groups(tmp_path: Path) -> None:
    assert read_synonyms(tmp_path).groups == ()
    assert read(ROOT / "content").synonyms


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- [产改]\n- [市总, 市总工会]\n", 1),
        ("- [市总, 市总工会]\n- 产改\n", 2),
        ("- [市总, 市总工会]\n- {words: [产改, 改革], else: 1}\n", 2),
    ],
)
def test_a_bad_group_is_named_and_the_others_stay(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "synonyms.yaml").write_text(text, encoding="utf-8")
    found = read_synonyms(tmp_path)
    assert [group.words for group in found.groups] == [("市总", "市总工会")]
    [problem] = found.problems
    assert (problem.file, problem.line, problem.severity) == ("synonyms.yaml", line, "warning")


@pytest.mark.parametrize("data", [b"- [a, b", b"words: [a, b]\n", b"\xff\xfe\n", b"#" * 300_000])
def test_a_file_that_is_no_table_is_a_problem_never_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "synonyms.yaml").write_bytes(data)
    found = read_synonyms(tmp_path)
    assert found.groups == ()
    assert len(found.problems) == 1
    assert found.digest


def test_what_is_no_yaml_is_told_as_in_any_other_file(tmp_path: Path) -> None:
    (tmp_path / "synonyms.yaml").write_text("- words:\n\t- 产改\n", encoding="utf-8")
    [problem] = read_synonyms(tmp_path).problems
    assert (problem.line, problem.action) == (2, "Indent by spaces, two for each step.")


def test_words_that_yaml_would_misread_survive(tmp_path: Path) -> None:
    groups = (SynonymGroup(words=("12351", "no", 'a"b', "维权: 热线", "a\x07\nb"), apart=("是", "c\\d")),)
    (tmp_path / "synonyms.yaml").write_text(synonyms_text(groups), encoding="utf-8")
    assert read_synonyms(tmp_path).groups == groups
