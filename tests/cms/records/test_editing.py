"""A draft that cannot save itself says what is wrong, field by field."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override
from wagtail.test.utils.form_data import streamfield

from cms.blocks.body import OwnTableBlock, OwnTableInputAdapter
from cms.records.editing import wrong
from cms.records.models import GuidePage, ProgramPage, StoryPage
from site_builder.records import Kind
from tests.cms.records.test_earlier import earlier
from tests.cms.records.test_screens import form, make

pytestmark = pytest.mark.django_db
AS_AUTOSAVE = {"accept": "application/json"}


@pytest.fixture
def program(unions) -> ProgramPage:
    return make(unions.qingdao, Kind.PROGRAM, "夜校")


def test_a_wrong_order_of_dates_is_named_and_the_next_draft_saves_itself(program, people, sign_in):
    client, edit = sign_in(people.qingdao_editor), reverse("wagtailadmin_pages:edit", args=[program.pk])
    dates = {"published": "2025-05-01 09:00", "expires": "2025-04-01 09:00"}
    filled: dict[str, Any] = {"title": "夜校", "slug": "ye-xiao"}
    answer = client.post(edit, form(Kind.PROGRAM, **filled, **dates), headers=AS_AUTOSAVE)
    assert answer.status_code == 400
    said = answer.json()
    (one,) = said["errors"]
    assert one == {"field": "expires", "label": "下线时间", "message": "下线时间须在发布时间之后。"}
    assert "下线时间：下线时间须在发布时间之后。" in said["error_message"]
    assert said["error_code"] == "validation_error"
    right = {**dates, "expires": "2025-06-01 09:00"}
    assert client.post(edit, form(Kind.PROGRAM, **filled, **right), headers=AS_AUTOSAVE).json()["success"]


def test_a_new_page_and_a_block_inside_a_block_are_told_of_too(unions, people, sign_in):
    client = sign_in(people.qingdao_editor)
    section = unions.qingdao.section(Kind.GUIDE)
    add = reverse("wagtailadmin_pages:add", args=["records", "guidepage", section.pk])
    item = earlier(since="2023-01", until="2022-01")
    sent = form(Kind.GUIDE, title="办法", earlier=streamfield([("item", item)]), published="昨天")
    answer = client.post(add, sent, headers=AS_AUTOSAVE).json()
    assert {one["field"]: one["label"] for one in answer["errors"]} == {"published": "发布时间"}
    page = make(unions.qingdao, Kind.GUIDE, "办法")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    two = [("item", earlier(key="a")), ("item", earlier(key="a"))]
    sent = form(Kind.GUIDE, title="办法", slug="ban-fa", earlier=streamfield(two))
    (one,) = client.post(edit, sent, headers=AS_AUTOSAVE).json()["errors"]
    assert (one["field"], one["label"]) == ("earlier", "以前的版本")
    assert "代号都是“a”" in one["message"]
    assert not GuidePage.objects.get(pk=page.pk).earlier


def test_another_unions_people_get_no_answer(program, people, sign_in):
    edit = reverse("wagtailadmin_pages:edit", args=[program.pk])
    sent = form(Kind.PROGRAM, title="夜校", slug="ye-xiao")
    assert sign_in(people.shandong_manager).post(edit, sent, headers=AS_AUTOSAVE).status_code in (
        302,
        403,
        404,
    )


@pytest.mark.parametrize(("language", "first"), [("zh-hans", "在上面插入一行"), ("en", "Insert a row above")])
def test_the_menu_of_a_table_is_in_the_language_of_the_screen(language, first):
    with override(language):
        options, _ = OwnTableInputAdapter().js_args(OwnTableBlock().field.widget)
    items = options["contextMenu"]["items"]
    assert items["row_above"] == {"name": first}
    assert [name for name in items.values() if isinstance(name, str)] == ["---------"] * 3


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", {
            "title": "最多 255 个字，现在有 300 个，请删短。",
            "slug": "只能用小写字母、数字和连字符，例如 qiuxue-yuanmeng。",
            "published": "日期和时间请写成 2025-04-01 09:00。",
            "share_by": "日期请写成 2025-04-01。",
            "subtitle": "",
        }),
        ("en", {
            "title": "Ensure this value has at most 255 characters (it has 300).",
            "slug": "Small letters, digits and hyphens only, such as qiuxue-yuanmeng.",
            "published": "Write date and time as 2025-04-01 09:00.",
            "share_by": "Write the date as 2025-04-01.",
            "subtitle": "",
        }),
    ],
)  # fmt: skip
def test_what_is_wrong_says_what_to_write(unions, people, language, said):
    """Django's own sentences say "enter a valid date" and leave it at that."""
    wrong_ones = {"title": "长" * 300, "slug": "a b", "published": "昨天", "share_by": "2025-02-30"}
    with override(language):
        form_class = StoryPage.get_edit_handler().get_form_class()
        section = unions.qingdao.section(Kind.STORY)
        filled = form_class(
            form(Kind.STORY, **wrong_ones),
            instance=StoryPage(),
            parent_page=section,
            for_user=people.qingdao_manager,
        )
        found = {one.field: one.message for one in wrong(filled)}
    assert {name: found.get(name, "") for name in said} == said


def test_former_addresses_are_shown_a_line_each(program, people, sign_in):
    client, edit = sign_in(people.qingdao_editor), reverse("wagtailadmin_pages:edit", args=[program.pk])
    assert ">[]<" not in "".join(client.get(edit).content.decode().split())
    ProgramPage.objects.filter(pk=program.pk).update(former_paths=["/programs/a/", "/programs/<b>/"])
    program.refresh_from_db()
    program.save_revision()
    assert "/programs/a/<br>/programs/&lt;b&gt;/" in client.get(edit).content.decode()


def test_a_button_overwrites_another_version_only_once_that_was_asked(program, people, sign_in):
    """Also after a form that came back because something else was wrong with it."""
    client, edit = sign_in(people.qingdao_editor), reverse("wagtailadmin_pages:edit", args=[program.pk])
    filled: dict[str, Any] = {"title": "夜校", "slug": "ye-xiao", "title_short": "我写的"}
    going_on_from = {
        "loaded_revision_id": program.latest_revision.pk,
        "loaded_revision_created_at": program.latest_revision.created_at.isoformat(),
    }
    other = program.get_latest_revision_as_object()
    other.title_short = "别人写的"
    newest = other.save_revision(user=people.qingdao_manager)
    for published in ("昨天", ""):
        sent = form(Kind.PROGRAM, **filled, **going_on_from, published=published)
        answer = client.post(edit, sent)
        text = answer.content.decode()
        assert ("qingdao-manager在" in text) == (not published)
        assert 'value="我写的"' in text
        known = re.findall(r'name="(?:loaded_)?revision_created_at" value="([^"]*)"', text)
        assert known == [going_on_from["loaded_revision_created_at"]] * 2, "the next press is asked about"
        program.refresh_from_db()
        assert program.latest_revision == newest
    for agreed in ("1", str(newest.pk)):
        sent = form(Kind.PROGRAM, **filled, **going_on_from, overwrite=agreed)
        assert client.post(edit, sent).status_code == (302 if agreed != "1" else 200)
    program.refresh_from_db()
    assert program.get_latest_revision_as_object().title_short == "我写的"
