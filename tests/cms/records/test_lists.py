"""Lists and choosers of records cost as many queries for many rows as for two, and say whose each row is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.sharing.models import Adoption
from cms.unions.models import UnionPage
from site_builder.records import Kind

pytestmark = pytest.mark.django_db


def asked(client: Any, address: str) -> tuple[int, str]:
    """How many queries a screen takes once everything is warm, and what it shows."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        shown = client.get(address)
    assert shown.status_code == 200
    in_a_dialogue = shown.headers["Content-Type"] == "application/json"
    return len(queries), shown.json()["html"] if in_a_dialogue else shown.content.decode()


@pytest.fixture
def addresses(unions):
    section, root = unions.qingdao.section(Kind.STORY), unions.qingdao.get_parent()
    browse = reverse("wagtailadmin_choose_page_child", args=[section.pk])
    search = reverse("wagtailadmin_choose_page_search")
    shared = reverse("wagtailadmin_choose_page_child", args=[root.pk])
    return {
        "list": ("/admin/stories/", "市总"),
        "browse": (f"{browse}?page_type=records.storypage", "稿件"),
        "search": (f"{search}?q=稿件&page_type=records.storypage", "市总"),
        "shared": (f"{shared}?page_type=records.recordpage&shared=qingdao", "省总"),
        "adoptions": ("/admin/adoptions/", "市总"),
    }


@pytest.mark.parametrize("name", ["list", "browse", "search", "shared", "adoptions"])
def test_more_rows_take_no_more_queries(unions, people, sign_in, make_story, addresses, name):
    def add(*numbers: int) -> None:
        for number in numbers:
            make_story(unions.qingdao, f"稿件{number}", live=bool(number % 2))
            given = make_story(unions.shandong, f"转来{number}", share_mode="offer", share_to=["descendants"])
            Adoption.objects.create(union=unions.qingdao, record=given.uuid)

    address, owner = addresses[name]
    client = sign_in(people.qingdao_manager)
    add(0, 1)
    few, shown = asked(client, address)
    assert owner in shown
    add(2, 3, 4)
    many, shown = asked(client, address)
    assert ("稿件4" in shown) or ("转来4" in shown)
    assert many == few


def test_a_list_knows_what_a_union_is_called_now(unions, people, sign_in, make_story):
    """Also in a process that showed the list before."""
    make_story(unions.qingdao, "夜校")
    client = sign_in(people.network_admin)
    assert "市总" in client.get("/admin/stories/").content.decode()
    UnionPage.objects.filter(pk=unions.qingdao.pk).update(short_name="青岛工会")
    assert "青岛工会" in client.get("/admin/stories/").content.decode()


def test_what_stands_beside_a_lists_name_is_called_in_chinese(people, sign_in):
    shown = sign_in(people.qingdao_editor).get("/admin/stories/").content.decode()
    assert '<nav aria-label="动作" id="w-slim-header-buttons"' in shown
