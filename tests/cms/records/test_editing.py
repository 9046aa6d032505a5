"""A draft that cannot save itself says what is wrong, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override
from wagtail.test.utils.form_data import streamfield

from cms.blocks.body import OwnTableBlock, OwnTableInputAdapter
from cms.records.models import GuidePage, ProgramPage
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
