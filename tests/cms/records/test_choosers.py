"""Choosers of records open where the record is likely to be: at one's own union, or at what is shared."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from cms.blocks.links import SharedRecordChooser
from cms.records.models import EventPage, StoryPage
from cms.sharing.models import Adoption

pytestmark = pytest.mark.django_db

ADDRESS = reverse("wagtailadmin_choose_page")
SHARED = reverse("choose-shared-record")
RECORDS = {"page_type": "records.recordpage"}


def parent(response) -> int:
    return response.json()["parent_page_id"]


def titles(response) -> list[str]:
    """The rows: first the page one is at, then what lies in it."""
    rows = re.findall(r'<tr[^>]*>.*?class="title-wrapper".*?>\s*(.*?)\s*</', response.json()["html"], re.S)
    return [re.sub(r"<.*?>", "", row).strip() for row in rows]


def edit(page) -> dict[str, str]:
    return {"Referer": "http://testserver" + reverse("wagtailadmin_pages:edit", args=[page.pk])}


def test_it_opens_at_ones_own_union(unions, people, make_story, sign_in):
    make_story(unions.shandong, "省里的")
    make_story(unions.qingdao, "市里的")
    editor = sign_in(people.qingdao_editor)
    opened = editor.get(ADDRESS, RECORDS)
    assert parent(opened) == unions.qingdao.pk
    assert "新闻" in opened.json()["html"]
    stories = unions.qingdao.section("story").pk
    one_kind = editor.get(ADDRESS, {"page_type": "records.storypage"})
    assert parent(one_kind) == stories
    assert "市里的" in one_kind.json()["html"]
    assert "省里的" not in one_kind.json()["html"]
    two_kinds = editor.get(ADDRESS, {"page_type": "records.storypage,records.eventpage"})
    assert parent(two_kinds) == unions.qingdao.pk
    there = reverse("wagtailadmin_choose_page_child", args=[stories])
    assert parent(editor.get(there, RECORDS)) == stories, "and goes on from there"
    assert editor.get(ADDRESS, {"page_type": "records.nothing"}).status_code == 404


def test_who_works_for_all_begins_at_the_union_of_the_page_that_is_written(
    unions, people, make_story, sign_in
):
    story = make_story(unions.qingdao, "市里的")
    admin = sign_in(people.network_admin)
    assert parent(admin.get(ADDRESS, RECORDS, headers=edit(story))) == unions.qingdao.pk
    new = reverse(
        "wagtailadmin_pages:add", args=["records", "storypage", unions.shandong.section("story").pk]
    )
    assert parent(admin.get(ADDRESS, RECORDS, headers={"Referer": new})) == unions.shandong.pk
    decision = f"{reverse('adoptions:add')}?union=qingdao"
    assert parent(admin.get(ADDRESS, RECORDS, headers={"Referer": decision})) == unions.qingdao.pk
    nowhere = parent(admin.get(ADDRESS, RECORDS))
    assert nowhere not in (unions.qingdao.pk, unions.shandong.pk)


def test_the_address_of_anothers_page_leads_nobody_there(unions, people, make_story, sign_in):
    theirs = make_story(unions.shandong, "省里的", live=False)
    opened = sign_in(people.qingdao_editor).get(ADDRESS, RECORDS, headers=edit(theirs))
    assert parent(opened) == unions.qingdao.pk


def test_what_others_share_with_ones_union_is_listed_at_once(unions, people, make_story, sign_in):
    share = {"share_mode": "offer", "share_to": ["descendants"]}
    make_story(unions.shandong, "转给各市的", **share)
    make_story(unions.shandong, "省里自己的")
    make_story(unions.qingdao, "市里转给下级的", **share)
    editor = sign_in(people.qingdao_editor)
    html = editor.get(SHARED, RECORDS, follow=True).json()["html"]
    assert "转给各市的" in html
    assert "省总" in html, "says whose it is"
    assert "省里自己的" not in html
    assert "市里转给下级的" not in html
    above = editor.get(SHARED, RECORDS | {"shared": "shandong"}, follow=True).json()["html"]
    assert "市里转给下级的" not in above, "for one's own union, whatever is asked"
    nothing = sign_in(people.shandong_editor).get(SHARED, RECORDS, follow=True)
    assert "转给各市的" not in nothing.json()["html"]
    anywhere = sign_in(people.network_admin).get(SHARED, RECORDS, follow=True)
    assert anywhere.status_code == 200


def test_editions_and_decisions_choose_from_what_is_shared(people, sign_in):
    for model in (StoryPage, EventPage):
        form = model.get_edit_handler().get_form_class()
        assert isinstance(form.base_fields["edition_of"].widget, SharedRecordChooser)
    client = sign_in(people.qingdao_reviewer)
    assert f'"modalUrl": "{SHARED}"' in client.get(reverse("adoptions:add")).content.decode()
    assert Adoption.objects.count() == 0
