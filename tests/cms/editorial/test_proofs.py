"""校对: beside the draft, before it is public, and in the report of one's own unions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry
from wagtail.test.utils.form_data import streamfield
from wagtail.users.models import UserProfile

from cms.accounts.models import User
from cms.editorial.gate import held_back
from cms.editorial.models import Confirmation
from cms.editorial.proofs import proof
from cms.editorial.views import labels
from cms.exporting.export import export
from cms.places import places
from cms.publishing.clock import Clock
from cms.records.bulk import lacking
from cms.records.models import StoryPage
from site_builder import proofing
from site_builder.records import Kind
from tests.cms.records.test_screens import form

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
IDENTITY = "11010519491231002X"
"""The example of GB 11643-1999 itself: nobody's."""


@pytest.fixture
def draft(unions: SimpleNamespace, make_story: Any) -> StoryPage:
    page: StoryPage = make_story(unions.qingdao, "慰问", live=False, summary=f"他的号码是{IDENTITY}。")
    return page


def edit(page: StoryPage) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def sent(client: Client, page: StoryPage, **fields: str) -> HttpResponse:
    filled = {"title": page.title, "slug": page.slug, "summary": page.summary, **fields}
    return client.post(edit(page), form(Kind.STORY, **filled), follow=True)


def confirm_address(page: StoryPage) -> str:
    [found] = proof(page, page.union).open
    return reverse("confirm-proof", args=[page.pk, found.fingerprint])


# --- beside the draft -----------------------------------------------------------------------------


def test_it_stands_beside_the_draft_with_its_field_and_a_count(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn
) -> None:
    text = sign_in(people.qingdao_editor).get(edit(draft)).content.decode()
    panel = text[text.index("data-proofs") :]
    assert "这是一个真实有效的身份证号码：1101…2X" in panel
    assert "摘要：" in panel
    assert confirm_address(draft) in panel
    toggle = text[text.index('data-side-panel-toggle="proofs"') :]
    assert toggle[: toggle.index("</button>")].split()[-2:] == ["1", "</div>"]


def test_a_draft_that_saves_itself_brings_it_along(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn
) -> None:
    filled = form(Kind.STORY, title="按步就班", slug=draft.slug, summary="平安。")
    answer = sign_in(people.qingdao_editor).post(edit(draft), filled, headers={"accept": "application/json"})
    html = answer.json()["html"]
    assert "应为“按部就班”" in html
    assert "身份证号码" not in html
    assert "[data-side-panel-toggle='proofs']" in html


def test_a_new_page_has_the_panel_and_one_half_written_is_read_as_far_as_it_goes(
    unions: SimpleNamespace, people: SimpleNamespace, sign_in: SignIn
) -> None:
    client, section = sign_in(people.qingdao_editor), unions.qingdao.section("story")
    add = reverse("wagtailadmin_pages:add", args=["records", "storypage", section.pk])
    assert "没有发现个人信息和文字差错" in client.get(add).content.decode()
    half = streamfield([("item", {"label": "", "value": "5", "unit": "", "as_of": ""})])
    client.post(add, form(Kind.STORY, title="再接再励", figures=half))
    page = StoryPage.objects.get(title="再接再励").get_latest_revision_as_object()
    assert [found.code for found in proof(page, page.union).open] == ["wrong-word"]
    assert len(page.figures) == 1, "the page itself is left as it is"


def test_names_of_the_union_and_of_those_above_it_are_known(unions: SimpleNamespace, make_story: Any) -> None:
    page = make_story(unions.qingdao, "一", live=False, summary="清岛市总工会和山东省省总工会")
    assert {found.code for found in proof(page, unions.qingdao).open} == {"union-name"}
    assert len(proof(page, unions.qingdao).open) == 2


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "删去，或者"), ("en", "Remove it, or mask")])
def test_it_speaks_the_language_of_the_screen(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn, language: str, said: str
) -> None:
    UserProfile.objects.update_or_create(
        user=people.qingdao_editor, defaults={"preferred_language": language}
    )
    assert said in sign_in(people.qingdao_editor).get(edit(draft)).content.decode()


def test_every_kind_has_a_name() -> None:
    assert labels().keys() == set(proofing.CODES)


# --- before it is public --------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["action-publish", "action-submit"])
def test_a_sure_find_is_not_published_or_handed_in_and_nothing_is_lost(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn, action: str
) -> None:
    answer = sent(sign_in(people.qingdao_manager), draft, title="慰问困难职工", **{action: "1"})
    assert "还没有发布：这是一个真实有效的身份证号码：1101…2X" in answer.content.decode()
    page = StoryPage.objects.get(pk=draft.pk)
    assert not page.live
    assert page.current_workflow_state is None
    assert page.get_latest_revision_as_object().title == "慰问困难职工"


def test_nor_on_the_first_screen_of_a_new_page(
    unions: SimpleNamespace, people: SimpleNamespace, sign_in: SignIn
) -> None:
    section = unions.qingdao.section("story")
    add = reverse("wagtailadmin_pages:add", args=["records", "storypage", section.pk])
    filled = form(Kind.STORY, title="新的", summary=IDENTITY, **{"action-publish": "1"})
    answer = sign_in(people.qingdao_manager).post(add, filled, follow=True)
    assert "还没有发布" in answer.content.decode()
    assert not StoryPage.objects.get(title="新的").live


def test_an_older_version_is_published_again_only_as_a_new_one_would_be(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn
) -> None:
    older = draft.latest_revision
    draft.summary = "平安。"
    draft.save_revision().publish()
    back = reverse("wagtailadmin_pages:revisions_revert", args=[draft.pk, older.pk])
    filled = {"title": draft.title, "slug": draft.slug, "summary": f"他的号码是{IDENTITY}。"}
    sent = form(Kind.STORY, **filled, **{"action-publish": "1"})
    client = sign_in(people.qingdao_manager)
    assert "保存的人：None" not in re.sub(r"\s|<[^>]*>", "", client.get(back).content.decode())
    told = client.post(back, sent, follow=True).content.decode()
    assert "还没有发布" in told
    page = StoryPage.objects.get(pk=draft.pk)
    assert page.summary == "平安。"
    assert IDENTITY in page.get_latest_revision_as_object().summary, "kept as a draft"


def test_what_is_doubtful_is_told_of_and_published(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn
) -> None:
    sent(sign_in(people.qingdao_manager), draft, summary="按步就班。", **{"action-publish": "1"})
    assert StoryPage.objects.get(pk=draft.pk).live


def test_who_confirms_gives_a_reason_which_the_log_keeps_and_the_number_does_not_stand_there(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(people.qingdao_manager)
    address = confirm_address(draft)
    assert "发布以后任何人都能看到" in client.get(address).content.decode()
    client.post(address, {"reason": " "})
    assert not Confirmation.objects.exists()
    assert client.post(address, {"reason": "标准里的例子"}).url == edit(draft)
    entry = PageLogEntry.objects.get(action="unionpress.confirm", page=draft.pk)
    assert (entry.user, entry.data["reason"]) == (people.qingdao_manager, "标准里的例子")
    assert IDENTITY not in str(entry.data)
    shown = client.get(edit(draft)).content.decode()
    assert "已确认可以保留" in shown
    assert "标准里的例子" in shown
    history = client.get(reverse("wagtailadmin_pages:history", args=[draft.pk])).content.decode()
    assert "理由：标准里的例子" in history
    sent(client, draft, **{"action-publish": "1"})
    assert StoryPage.objects.get(pk=draft.pk).live


def test_another_number_has_to_be_confirmed_again(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(people.qingdao_manager)
    client.post(confirm_address(draft), {"reason": "例子"})
    assert held_back(draft) == []
    draft.summary = "440524188001010014"
    assert len(held_back(draft)) == 1


def test_several_at_once_and_approving_from_a_list_are_no_way_around(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn
) -> None:
    assert any("身份证号码" in line for line in lacking(draft))
    workflow = draft.get_workflow()
    state = workflow.start(draft, people.qingdao_editor)
    task = state.current_task_state
    client = sign_in(people.qingdao_reviewer)
    address = reverse("wagtailadmin_pages:workflow_action", args=[draft.pk, "approve", task.pk])
    answer = client.post(address, {"comment": ""}, follow=True)
    assert "还没有发布" in answer.content.decode()
    assert not StoryPage.objects.get(pk=draft.pk).live
    client.post(confirm_address(draft), {"reason": "例子"})
    client.post(address, {"comment": ""})
    assert StoryPage.objects.get(pk=draft.pk).live


def test_what_went_by_while_it_waited_is_told_to_who_approves(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn
) -> None:
    """It has no moment of publication yet, and is given the present one: later than it was to go down."""
    draft.summary, draft.published, draft.expires = "", None, timezone.now() + timedelta(hours=1)
    draft.save_revision()
    task = draft.get_workflow().start(draft, people.qingdao_editor).current_task_state
    draft.expires = timezone.now() - timedelta(hours=1)
    draft.save_revision()
    address = reverse("wagtailadmin_pages:workflow_action", args=[draft.pk, "approve", task.pk])
    told = sign_in(people.qingdao_reviewer).post(address, {"comment": ""}, follow=True).content.decode()
    assert "还没有发布：下线时间：这个时间已经过去，而发布时间是空的：发布时会填上此刻。" in told
    assert not StoryPage.objects.get(pk=draft.pk).live
    assert any("下线时间" in line for line in lacking(draft))
    draft.expires, draft.withdrawn_at, draft.withdrawn_reason = None, timezone.now(), "时间有变"
    draft.save_revision()
    assert lacking(draft) == ["撤回时间：撤回时间须在发布时间之后。还没有上网的，不必撤回：取消发布就行。"]


def test_nobody_confirms_for_another_union_or_what_is_not_there(
    draft: StoryPage, people: SimpleNamespace, sign_in: SignIn
) -> None:
    address = confirm_address(draft)
    for other in (people.shandong_manager, people.shandong_editor):
        assert sign_in(other).post(address, {"reason": "例子"}).status_code == 404
    gone = reverse("confirm-proof", args=[draft.pk, "nothing"])
    assert sign_in(people.qingdao_manager).post(gone, {"reason": "例子"}).url == edit(draft)
    assert not Confirmation.objects.exists()


# --- the report -----------------------------------------------------------------------------------


@pytest.fixture
def published(unions: SimpleNamespace, make_story: Any) -> SimpleNamespace:
    made = SimpleNamespace(
        upper=make_story(unions.shandong, "省里的", summary="再接再励。"),
        lower=make_story(unions.qingdao, "市里的", summary="按步就班。"),
    )
    assert not export(places(), Clock()).problems
    return made


def test_the_report_lists_what_is_published_of_ones_own_unions(
    published: SimpleNamespace, people: SimpleNamespace, sign_in: SignIn
) -> None:
    text = sign_in(people.qingdao_editor).get(reverse("record-proofs")).content.decode()
    assert "市里的" in text
    assert "按步就班" in text
    assert edit(published.lower) in text
    assert "省里的" not in text
    client = sign_in(people.network_admin)
    everything = client.get(reverse("record-proofs")).content.decode()
    assert "市里的" in everything
    assert "省里的" in everything
    assert "没有发现要改的" in client.get(reverse("record-proofs"), {"code": "weekday"}).content.decode()


def test_what_was_confirmed_is_not_listed_any_more(
    published: SimpleNamespace, people: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(people.qingdao_editor)
    client.post(confirm_address(published.lower), {"reason": ""})
    assert "没有发现要改的" in client.get(reverse("record-proofs")).content.decode()


def test_the_report_works_before_anything_was_exported(people: SimpleNamespace, sign_in: SignIn) -> None:
    text = sign_in(people.qingdao_editor).get(reverse("record-proofs")).content.decode()
    assert "没有发现要改的" in text
