"""The union's screen: its manager composes the front page and sets what holds for a time; and exports it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from wagtail.fields import StreamField
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms.exporting.links import DatabaseLinks
from cms.exporting.unions import union_of
from cms.unions.models import UnionPage
from site_builder import records

pytestmark = pytest.mark.django_db


def form(page: UnionPage, **values: Any) -> dict[str, Any]:
    """What a browser sends for this union with these fields changed."""
    data: dict[str, Any] = {"comments": inline_formset([])}
    for field in UnionPage._meta.get_fields():
        if isinstance(field, StreamField):
            data[field.name] = streamfield([])
        elif getattr(field, "editable", False) and not field.is_relation and hasattr(page, field.name):
            value = getattr(page, field.name)
            if isinstance(value, str):
                data[field.name] = value
    return nested_form_data(data | values)


def window(opens: str, closes: str) -> dict[str, str]:
    return {"opens": opens, "opens_time": "", "closes": closes, "closes_time": "", "note": ""}


def notice(text: str, opens: str = "", closes: str = "") -> dict[str, Any]:
    return {"text": text, "text_en": "", "link": "", "window": window(opens, closes)}


def test_a_manager_composes_and_the_export_says_it(unions, people, sign_in, make_story):
    story = make_story(unions.qingdao, "夜校的灯")
    client = sign_in(people.qingdao_manager)
    edit = reverse("wagtailadmin_pages:edit", args=[unions.qingdao.pk])
    shown = client.get(edit).content.decode()
    for word in (
        "首页",
        "特殊时期",
        "哀悼期",
        "节日横幅",
        "紧急通知",
        "首页版块的次序",
        "市级：报头居左，分栏",
    ):
        assert word in shown
    sent = form(
        unions.qingdao,
        theme="city",
        home_lead=str(story.pk),
        home_pinned=streamfield([("item", str(story.pk))]),
        home_blocks=streamfield([("item", "news"), ("item", "lead")]),
        home_notice=streamfield([("item", notice("五一照常值班", "2025-05-01", "2025-05-05"))]),
        emergency=streamfield([("item", notice("台风红色预警"))]),
        festival=streamfield([("item", {**notice("劳动创造幸福"), "media": "", "alt": ""})]),
        mourning=streamfield([("item", window("2025-04-04", "2025-04-04"))]),
        **{"action-publish": "yes"},
    )
    saved = client.post(edit, sent)
    assert saved.status_code == 302, saved.context["form"].errors
    site = union_of(UnionPage.objects.get(pk=unions.qingdao.pk), DatabaseLinks()).site
    ref = f"record:{story.uuid}"
    assert (site.theme, site.home.lead, site.home.pinned, site.home.blocks) == (
        "city",
        ref,
        (ref,),
        ("news", "lead"),
    )
    assert site.home.notice == records.Notice(
        text="五一照常值班", window=records.Window(opens=date(2025, 5, 1), closes=date(2025, 5, 5))
    )
    assert site.emergency == records.Notice(text="台风红色预警")
    assert site.festival == records.Festival(text="劳动创造幸福")
    assert site.mourning is not None
    assert (site.mourning.opens, site.mourning.closes) == (date(2025, 4, 4), date(2025, 4, 4))
    assert union_of(UnionPage.objects.get(pk=unions.shandong.pk), DatabaseLinks()).site.emergency is None


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("home_blocks", streamfield([("item", "news"), ("item", "news")]), "同一个版块只能列一次"),
        ("palette_primary", "#ffcc00", "可改用"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(unions, people, sign_in, field, value, says):
    client = sign_in(people.qingdao_manager)
    edit = reverse("wagtailadmin_pages:edit", args=[unions.qingdao.pk])
    answer = client.post(edit, form(unions.qingdao, **{field: value, "action-publish": "yes"}))
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    # Blocks take their messages from JSON, where what is not ASCII is escaped.
    escaped = json.dumps(says)[1:-1]
    shown = answer.content.decode()
    assert says in shown or escaped in shown or escaped.replace("\\", "\\\\") in shown


def test_another_union_s_people_cannot_put_the_site_in_mourning(unions, people, sign_in):
    client = sign_in(people.shandong_manager)
    edit = reverse("wagtailadmin_pages:edit", args=[unions.qingdao.pk])
    sent = form(unions.qingdao, mourning=streamfield([("item", window("2025-04-04", "2025-04-04"))]))
    assert client.post(edit, sent).status_code in (302, 403, 404)
    assert not UnionPage.objects.get(pk=unions.qingdao.pk).mourning


def test_mourning_without_an_end_is_refused(unions, people, sign_in):
    client = sign_in(people.qingdao_manager)
    edit = reverse("wagtailadmin_pages:edit", args=[unions.qingdao.pk])
    endless = streamfield([("item", window("2025-04-04", ""))])
    answer = client.post(edit, form(unions.qingdao, mourning=endless, **{"action-publish": "yes"}))
    assert "mourning" in answer.context["form"].errors
    assert not UnionPage.objects.get(pk=unions.qingdao.pk).mourning
