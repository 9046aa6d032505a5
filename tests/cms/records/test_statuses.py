"""What lists say of records, who refers to one that is about to go, and what a page of a list costs."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ReferenceIndex, TaskState
from wagtail.test.utils.form_data import inline_formset

from cms.accounts.models import User
from cms.publishing.actions import may_publish, publishable
from cms.records.borrowing import borrowed
from cms.records.models import StoryPage
from site_builder.records import Kind
from tests.cms.records.test_screens import form

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "已发布"),
        ({"withdrawn_at": -HOUR, "withdrawn_reason": "办法已废止"}, "已撤回"),
        ({"withdrawn_at": HOUR, "withdrawn_reason": "到时废止"}, "已发布"),
        ({"expires": -HOUR}, "已到期"),
        ({"published": HOUR}, "待上网"),
        ({"live": False}, "草稿"),
        ({"live": False, "first_published_at": -HOUR}, "已下线"),
        ({"expires": -HOUR, "has_unpublished_changes": True}, "已到期，有新草稿"),
    ],
)
def test_a_list_says_published_only_of_what_readers_can_see(db, fields, status):
    now = timezone.now()
    moments = {name: now + value if isinstance(value, timedelta) else value for name, value in fields.items()}
    assert str(StoryPage(title="一篇", path="0001", **{"live": True, **moments}).status_string) == status


def test_what_is_on_no_site_has_no_page_to_visit(unions, people, sign_in, make_story):
    """Its address leads nowhere yet, and beside it stood 已发布."""
    now = timezone.now()
    client, out = sign_in(people.qingdao_reviewer), make_story(unions.qingdao, "上网的")
    waiting = make_story(unions.qingdao, "待上网的", published=now + HOUR)
    over = make_story(unions.qingdao, "到期的", published=now - 2 * HOUR, expires=now - HOUR)
    assert [page.url is None for page in (out, waiting, over)] == [False, True, True]
    for page, status in ((waiting, "待上网"), (over, "已到期")):
        shown = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert f'<span class="page-status-tag">{status}</span>' in shown


def test_the_panel_says_of_a_record_what_the_tag_in_the_header_says(unions, people, sign_in, make_story):
    """It said 已发布 of what is on no site, and that nothing was planned of what appears by itself."""
    now = timezone.now()
    client, out = sign_in(people.qingdao_reviewer), make_story(unions.qingdao, "上网的")
    waiting = make_story(unions.qingdao, "待上网的", published=now + HOUR)
    over = make_story(unions.qingdao, "到期的", published=now - 2 * HOUR, expires=now - HOUR)
    changed = make_story(unions.qingdao, "到期又改的", published=now - 2 * HOUR, expires=now - HOUR)
    changed.summary = "改过"
    changed.save_revision()
    withdrawn = make_story(
        unions.qingdao,
        "撤回的",
        published=now - 2 * HOUR,
        withdrawn_at=now - HOUR,
        withdrawn_reason="办法已废止",
    )
    hour_ago, in_an_hour = (f"{timezone.localtime(now + by):%Y-%m-%d %H:%M}" for by in (-HOUR, HOUR))
    told = [
        (out, ["已发布"], ""),
        (waiting, ["待上网"], in_an_hour),
        (over, ["已到期"], hour_ago),
        (changed, ["已到期", "草稿"], hour_ago),
        (withdrawn, ["已撤回"], hour_ago),
    ]
    for page, statuses, moment in told:
        shown = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert f'<div class="w-help-text">{moment}' in shown
        assert re.findall(r'<span class="w-sr-only">状态：\s*</span>\s*(\S+)', shown) == statuses
        assert "没有设置发布计划" not in shown


def test_whoever_deletes_a_record_is_told_who_refers_to_it(unions, people, sign_in, make_story):
    target = make_story(unions.qingdao, "夜校开班")
    linked = f"record:{target.uuid}"
    by_choice = make_story(unions.qingdao, "延伸", related=[("item", str(target.uuid))])
    edition = make_story(unions.qingdao, "本地版", edition_of=target.uuid)
    by_link = make_story(
        unions.shandong,
        "六项举措",
        body=[("measures", {"items": [{"label": "学技能", "link": linked}], "caption": ""})],
    )
    assert {int(one.object_id) for one in ReferenceIndex.get_references_to(target)} == {
        by_choice.pk,
        edition.pk,
        by_link.pk,
    }
    asked = sign_in(people.qingdao_manager).get(reverse("wagtailadmin_pages:delete", args=[target.pk]))
    assert "用到它的地方：3" in asked.content.decode()


def test_a_link_to_what_everybody_reads_may_be_kept_and_to_a_draft_not(unions, people, make_story):
    public, draft = make_story(unions.shandong, "公开的"), make_story(unions.shandong, "没写完", live=False)
    for page, refused in ((public, False), (draft, True)):
        own = StoryPage(title="新的一篇", related=[("item", str(page.uuid))])
        assert borrowed(own, people.qingdao_editor) is refused


def test_after_the_last_approval_editors_are_told_where_it_goes(unions, people, sign_in, make_story):
    story = make_story(unions.qingdao, "待审的稿件", live=False)
    story.get_workflow().start(story, people.qingdao_editor)
    data = form(Kind.STORY, title=story.title, slug=story.slug) | {
        "action-workflow-action": "1",
        "workflow-action-name": "approve",
    }
    address = reverse("wagtailadmin_pages:edit", args=[story.pk])
    told = sign_in(people.qingdao_reviewer).post(address, data, follow=True).content.decode()
    assert StoryPage.objects.get(pk=story.pk).live
    assert "几秒后到各网站" in told
    assert "《待审的稿件》已批准" in told
    assert "保存为草稿" not in told


def test_who_publishes_for_later_is_told_when_it_appears(unions, people, sign_in, make_story):
    story = make_story(unions.qingdao, "到时上网的", live=False)
    later = timezone.localtime() + 24 * HOUR
    data = form(Kind.STORY, title=story.title, slug=story.slug, published=f"{later:%Y-%m-%d %H:%M}")
    address = reverse("wagtailadmin_pages:edit", args=[story.pk])
    client = sign_in(people.qingdao_reviewer)
    told = client.post(address, data | {"action-publish": "1"}, follow=True).content.decode()
    assert f"{later:%Y-%m-%d %H:%M} 才自动上网" in told
    assert "几秒后到各网站" not in told


def test_who_approves_for_later_is_told_when_it_appears(unions, people, sign_in, make_story):
    """Not that it is out in seconds."""
    story = make_story(unions.qingdao, "到时上网的", live=False)
    story.get_workflow().start(story, people.qingdao_editor)
    later = timezone.localtime() + 24 * HOUR
    data = form(Kind.STORY, title=story.title, slug=story.slug, published=f"{later:%Y-%m-%d %H:%M}")
    data |= {"action-workflow-action": "1", "workflow-action-name": "approve"}
    address = reverse("wagtailadmin_pages:edit", args=[story.pk])
    told = sign_in(people.qingdao_reviewer).post(address, data, follow=True).content.decode()
    assert f"{later:%Y-%m-%d %H:%M} 才自动上网" in told
    assert "几秒后到各网站" not in told


def test_a_record_is_not_offered_to_be_moved_nowhere(unions, people, sign_in, make_story):
    story = make_story(unions.qingdao, "夜校开班")
    for person in (people.qingdao_manager, people.network_admin):
        client = sign_in(person)
        shown = client.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()
        move = reverse("wagtailadmin_pages:move", args=[story.pk])
        assert reverse("wagtailadmin_pages:copy", args=[story.pk]) in shown
        assert move not in shown
        assert client.get(move).status_code == 302


def test_people_write_to_each_other_beside_the_fields(unions, people, sign_in, make_story):
    story = make_story(unions.qingdao, "夜校开班", live=False)
    address = reverse("wagtailadmin_pages:edit", args=[story.pk])
    comment = {"text": "人数请核实", "contentpath": "summary", "position": "", "id": "", "resolved": ""}
    written = inline_formset([{**comment, "replies": inline_formset([])}])
    data = form(Kind.STORY, title=story.title, slug=story.slug, comments=written)
    assert sign_in(people.qingdao_reviewer).post(address, data).status_code == 302
    found = story.wagtail_admin_comments.get()
    assert (found.text, found.user, found.contentpath) == (
        "人数请核实",
        people.qingdao_reviewer,
        "summary",
    )
    shown = sign_in(people.qingdao_editor).get(address).content.decode()
    assert json.dumps("人数请核实") in shown  # for the script that puts it beside its field
    assert 'data-side-panel-toggle="comments"' in shown


# --- how much a list asks of the database ----------------------------------------------------------


@pytest.fixture
def asked(sign_in):
    """asked(user, name, *args) -> how many queries a screen takes, after a first look at it."""

    def asked(user: User, name: str, *arguments: object) -> int:
        client, address = sign_in(user), reverse(name, args=arguments)
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    return asked


@pytest.mark.parametrize(
    ("name", "below", "each"),
    [
        ("stories:index", False, 0),
        ("wagtailadmin_explore", True, 0),
        ("wagtailadmin_choose_page_child", True, 1),  # Wagtail's script is told each page's parent
    ],
)
def test_more_records_ask_no_more_of_the_database(unions, people, make_story, asked, name, below, each):
    arguments = [unions.qingdao.section("story").pk] if below else []
    make_story(unions.qingdao, "第一篇")
    few = asked(people.qingdao_manager, name, *arguments)
    for number in range(4):
        make_story(unions.qingdao, f"又一篇{number}")
    assert asked(people.qingdao_manager, name, *arguments) <= few + 4 * each


def test_more_unions_ask_no_more_of_the_database(unions, people, make_union, asked):
    screens = ["wagtailadmin_home", "publishing-status", "unions:index"]
    before = {name: asked(people.network_admin, name) for name in screens}
    for number in range(3):
        make_union(f"qu-{number}", f"某区{number}总工会", "county", unions.qingdao)
    assert {name: asked(people.network_admin, name) for name in screens} == before


def test_those_who_may_publish_are_the_same_asked_together(unions, people):
    both = [unions.shandong, unions.qingdao]
    for person in vars(people).values():
        assert publishable(person, both) == {one.slug for one in both if may_publish(person, one)}
    assert publishable(people.superuser, []) == set()


def test_what_waits_for_review_waits_for_ones_own_group(unions, people, make_story):
    story = make_story(unions.qingdao, "待审", live=False)
    state = story.get_workflow().start(story, people.qingdao_editor).current_task_state
    for person in vars(people).values():
        waits = person in (people.qingdao_reviewer, people.qingdao_manager, people.superuser)
        found = TaskState.objects.reviewable_by(person).values_list("pk", flat=True)
        assert (state.pk in found) is waits
