"""待补内容: what is missing of one's own unions, with a way to mend it; and reviews that are due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.blocks import StructBlockValidationError
from wagtail.rich_text import RichText
from wagtail.users.models import UserProfile

from cms.accounts.models import User
from cms.blocks.calls import DecisionBlock, MatrixBlock, PublicityBlock
from cms.exporting.export import export
from cms.places import places
from cms.publishing.clock import Clock
from cms.records.editing import told_of
from cms.records.models import ProgramPage
from cms.unions.models import UnionPage

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def program(union: UnionPage, title: str, **fields: Any) -> ProgramPage:
    page = ProgramPage(title=title, live=False, **fields)
    union.section("program").add_child(instance=page)
    page.save_revision().publish()
    return ProgramPage.objects.get(pk=page.pk)


@pytest.fixture
def pages(unions: SimpleNamespace) -> SimpleNamespace:
    """A call in each union; that of 青岛 should have been checked yesterday."""
    due = date.today() - timedelta(days=2)
    made = SimpleNamespace(
        upper=program(unions.shandong, "省里的评选", type="call"),
        lower=program(unions.qingdao, "市里的评选", type="call", review_due=due),
    )
    assert not export(places(), Clock()).problems
    return made


def test_people_see_the_gaps_of_their_own_unions_with_a_link_to_mend_them(
    pages: SimpleNamespace, people: SimpleNamespace, sign_in: SignIn
) -> None:
    text = sign_in(people.qingdao_editor).get(reverse("record-gaps")).content.decode()
    assert "市里的评选" in text
    assert "省里的评选" not in text
    assert reverse("wagtailadmin_pages:edit", args=[pages.lower.pk]) in text
    assert "没有截止日期" in text
    everything = sign_in(people.network_admin).get(reverse("record-gaps")).content.decode()
    assert "市里的评选" in everything
    assert "省里的评选" in everything


def test_one_kind_of_gap_at_a_time(pages: SimpleNamespace, people: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(people.network_admin)
    text = client.get(reverse("record-gaps"), {"code": "review-overdue"}).content.decode()
    assert "市里的评选" in text
    assert "省里的评选" not in text
    none = client.get(reverse("record-gaps"), {"union": "nowhere"}).content.decode()
    assert "没有待补的内容" in none


def test_the_report_works_before_anything_was_exported(people: SimpleNamespace, sign_in: SignIn) -> None:
    text = sign_in(people.qingdao_editor).get(reverse("record-gaps")).content.decode()
    assert "没有待补的内容" in text


def test_a_review_that_is_due_is_a_to_do_of_its_owner_alone(
    pages: SimpleNamespace, people: SimpleNamespace, sign_in: SignIn
) -> None:
    home = reverse("wagtailadmin_home")
    own = sign_in(people.qingdao_editor).get(home).content.decode()
    assert "该复核了" in own
    assert reverse("wagtailadmin_pages:edit", args=[pages.lower.pk]) in own
    assert "该复核了" not in sign_in(people.shandong_editor).get(home).content.decode()


# --- what the screens refuse ---------------------------------------------------------------------------


def question(key: str, *nexts: str) -> dict[str, Any]:
    options = [{"label": f"去{name}", "next": name} for name in nexts]
    return {"key": key, "question": f"问{key}", "help": RichText(""), "options": options}


def outcome(key: str) -> dict[str, Any]:
    return {"key": key, "title": key, "verdict": "yes", "text": RichText(""), "links": []}


def refused(block: Any, value: dict[str, Any]) -> str:
    with pytest.raises((StructBlockValidationError, ValidationError)) as caught:
        block.clean(block.normalize(value))
    errors = getattr(caught.value, "block_errors", None) or {}
    return " ".join(str(error) for error in errors.values()) + str(caught.value)


@pytest.mark.parametrize(
    ("questions", "outcomes", "said"),
    [
        ([question("q1", "q2")], ["keyi"], "q2"),
        ([question("q1", "q2", "keyi"), question("q2", "q1")], ["keyi"], "绕圈子"),
        ([question("q1", "keyi"), question("q2", "keyi")], ["keyi"], "没有回答转到“q2”"),
        ([question("q1", "keyi")], ["keyi", "q1"], "用了两次"),
        ([question("q1", "keyi")], ["keyi", "buke"], "没有回答转到“buke”"),
    ],
)
def test_a_guide_that_does_not_hold_is_refused_by_name(
    questions: list[dict[str, Any]], outcomes: list[str], said: str
) -> None:
    value = {"questions": questions, "outcomes": [outcome(key) for key in outcomes]}
    assert said in refused(DecisionBlock(), value)


def test_a_guide_just_begun_says_what_to_fill_in_not_that_it_goes_in_circles() -> None:
    block = DecisionBlock()
    with pytest.raises(StructBlockValidationError) as caught:
        block.clean(block.get_default())
    messages = {message for _, message in told_of(caught.value, block)}
    assert messages == {"这一项必须填写。"}


def test_a_sound_guide_passes() -> None:
    value = {"questions": [question("q1", "q2", "buke"), question("q2", "keyi")],
             "outcomes": [outcome("keyi"), outcome("buke")]}  # fmt: skip
    block = DecisionBlock()
    assert len(block.clean(block.normalize(value))["questions"]) == 2


def test_rows_have_as_many_cells_as_there_are_columns() -> None:
    value = {"title": "等级", "columns": ["车险", "意外险"], "rows": [{"label": "中级工", "cells": ["有"]}]}
    assert "一样多" in refused(MatrixBlock(), value)


def test_a_public_notice_without_days_would_never_end() -> None:
    value = {"title": "名单", "window": {"opens": date(2025, 4, 1)}}
    assert "第一天和最后一天" in refused(PublicityBlock(), value)


@pytest.mark.parametrize(
    ("language", "said", "not_said"),
    [("zh-hans", "没有截止日期", "A call without"), ("en", "A call without a deadline", "没有截止日期")],
)
def test_the_screen_says_gaps_in_its_own_language(
    pages: SimpleNamespace, people: SimpleNamespace, sign_in: SignIn, language: str, said: str, not_said: str
) -> None:
    UserProfile.objects.update_or_create(
        user=people.qingdao_editor, defaults={"preferred_language": language}
    )
    text = sign_in(people.qingdao_editor).get(reverse("record-gaps")).content.decode()
    assert said in text
    assert not_said not in text
