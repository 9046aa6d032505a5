"""What a build found, told in the language of the screen."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.utils.translation import override

import site_builder
from cms.publishing import words
from cms.publishing.words import problem_words
from cms.unions.templatetags.unions import one_language
from site_builder.records import Problem

LINK = Problem(code="link", message="the link /x/ leads nowhere", action="Correct it")


def test_an_editor_reads_the_gist_and_has_the_exact_words_at_hand():
    with override("zh-hans"):
        said = problem_words(LINK)
        unknown = problem_words({"code": "new-one", "message": "It broke", "action": ""})
    assert (said.what, said.original) == (
        "网页上有一个链接打不开",
        "the link /x/ leads nowhere. Correct it",
    )
    assert unknown.original == "It broke"
    with override("en"):
        assert problem_words(LINK) == words.Words("the link /x/ leads nowhere", "Correct it")


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("没有写地点 (not given: place)", "没有写地点", "Not given: place"),
        ("D3: '白天'：写不对 (one of these).", "D3: '白天'：写不对.", "D3: One of these."),
        ("有两列都叫“甲” (two columns are called 甲)", "有两列都叫“甲”", "Two columns are called 甲"),
        ("有免费网络 (甲 wifi)", *["有免费网络 (甲 wifi)"] * 2),
        ("《甲》没有导入 (not brought in): 锁定了", *["《甲》没有导入 (not brought in): 锁定了"] * 2),
        ("只有中文", "只有中文", "只有中文"),
        ("only English (really)", "only English (really)", "only English (really)"),
        (None, "", ""),
    ],
)
def test_of_a_sentence_in_both_languages_one_is_said(text, zh, en):
    with override("zh-hans"):
        assert one_language(text) == zh
    with override("en"):
        assert one_language(text) == en


def test_what_the_plan_can_find_wrong_has_its_chinese():
    """The plan's problems are the editors' own to mend: none of them is left to `Ask an administrator`."""
    plan = Path(site_builder.__file__).parent / "plan"
    codes = {
        node.value
        for path in plan.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and re.fullmatch(PROBLEM, str(node.value))
    }
    assert len(codes) > 10
    assert codes - words._GIST.keys() == set()


def test_what_is_wrong_between_files_has_its_chinese():
    """Not only whoever writes files by hand: a link to what was taken down is an editor's to mend."""
    store = Path(site_builder.__file__).parent / "content_store"
    codes = {
        node.value
        for name in ("checks.py", "tree.py")
        for node in ast.walk(ast.parse((store / name).read_text()))
        if isinstance(node, ast.Constant) and re.fullmatch(BETWEEN, str(node.value))
    }
    assert {"reference-record", "edition-source", "union-level"} < codes
    assert codes - words._GIST.keys() == set()


PROBLEM = r"(adoption|edition|share|slot|source|path|former-path)-[a-z-]+"
BETWEEN = r"(adoptions?|edition|file|media|record|reference|union)-[a-z]+"
