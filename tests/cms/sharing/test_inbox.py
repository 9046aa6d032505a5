"""共享内容: a union sees what is shared with it, decides by one click, and for itself alone."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.places import places
from cms.publishing.clock import Clock
from cms.publishing.models import PublishRequest
from cms.publishing.worker import PublishingWorker
from cms.sharing.models import Adoption
from cms.sharing.reach import shared_with

INBOX = "/admin/shared/"


@pytest.fixture
def shared(unions, make_story):
    to = {"share_to": ["descendants"]}
    return SimpleNamespace(
        offer=make_story(unions.shandong, "可选用的一篇", share_mode="offer", share_slots=["place"], **to),
        required=make_story(unions.shandong, "必转的一篇", share_mode="required", **to),
        others=make_story(unions.shandong, "给别人的", share_mode="offer", share_to=["level:town"]),
        draft=make_story(unions.shandong, "草稿", live=False, share_mode="required", **to),
    )


def decide(client, union, record, action):
    return client.post(reverse("shared-decide", args=[union.slug, record.uuid]), {"action": action})


def asked_again(client, address):
    """(whether a worker is about to change it, whether the answer is a whole screen)."""
    part = client.get(address, headers={"X-Requested-With": "XMLHttpRequest"}).content.decode()
    assert " data-refresh" in part
    return " data-under-way>" in part, "</html>" in part


def states(union):
    return {one.page.title: one.state for one in shared_with(union)}


def test_more_shared_records_ask_no_more_of_the_database(unions, shared, people, sign_in, make_story):
    def asked():
        client = sign_in(people.qingdao_manager)
        client.get(INBOX)
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(INBOX).content.decode()
        return len(queries), shown

    few, shown = asked()
    assert f'href="{shared.required.live_url}"' in shown
    for number in range(3):
        make_story(unions.shandong, f"又一篇{number}", share_mode="offer", share_to=["descendants"])
    more, shown = asked()
    assert "又一篇2" in shown
    assert more == few


def test_what_is_shared_is_listed_with_what_waits_first(unions, shared, people, sign_in):
    assert [one.page.title for one in shared_with(unions.qingdao)] == ["可选用的一篇", "必转的一篇"]
    assert list(shared_with(unions.shandong)) == []
    page = sign_in(people.qingdao_editor).get(INBOX).content.decode()
    assert "可选用的一篇" in page
    assert "给别人的" not in page
    assert 'value="take"' not in page, "editors look, reviewers and managers decide"


def test_a_decision_is_one_click_and_can_be_taken_back(unions, shared, people, sign_in):
    client = sign_in(people.qingdao_reviewer)
    for action in ("take", "pin", "hide"):
        decide(client, unions.qingdao, shared.offer, action)
        assert states(unions.qingdao)["可选用的一篇"] == action
    decide(client, unions.qingdao, shared.offer, "undo")
    assert states(unions.qingdao)["可选用的一篇"] == "undecided"
    decide(client, unions.qingdao, shared.required, "hide")
    assert not Adoption.objects.exists(), "what is required is not hidden"


def test_a_decision_leads_back_to_its_row(unions, shared, people, sign_in):
    """It led to the beginning of the whole list, whatever had been looked for."""
    client = sign_in(people.qingdao_reviewer)
    looked = {"q": "选用 & 一篇", "show": "undecided", "p": "2"}
    address = reverse("shared-decide", args=[unions.qingdao.slug, shared.offer.uuid])
    back = urlsplit(client.post(address, {"action": "take", **looked}).url)
    assert dict(parse_qsl(back.query)) == {"union": "qingdao", **looked}
    assert f'id="{back.fragment}"' in client.get(INBOX).content.decode()


def test_who_takes_a_record_is_told_when_it_is_on_the_site(unions, shared, people, sign_in):
    worker = PublishingWorker(places(), Clock(), jobs=1)
    worker.step()
    client = sign_in(people.qingdao_reviewer)
    address = reverse("publishing-receipts", args=[shared.offer.uuid])
    decide(client, unions.qingdao, shared.offer, "take")
    (request,) = PublishRequest.objects.filter(action="adoption")
    assert request.user == people.qingdao_reviewer, "the table of requests says who asked"
    shown = client.get(INBOX).content.decode()
    assert f'<a href="{address}">还没上线</a>' in shown
    assert "已排队" in client.get(address).content.decode(), "where it read: the union has not taken it"
    assert asked_again(client, INBOX) == asked_again(client, address) == (True, False), "and comes by itself"
    worker.step()
    assert asked_again(client, INBOX) == asked_again(client, address) == (False, False), "all is at rest"
    assert f'<a href="{address}">已上线</a>' in client.get(INBOX).content.decode()
    decide(client, unions.qingdao, shared.offer, "hide")
    assert "还没撤下" in client.get(address).content.decode()


def test_nobody_decides_for_another_union_or_on_what_is_not_shared(unions, shared, people, sign_in):
    assert decide(sign_in(people.qingdao_editor), unions.qingdao, shared.offer, "take").status_code == 302
    assert decide(sign_in(people.shandong_manager), unions.qingdao, shared.offer, "take").status_code == 404
    client = sign_in(people.qingdao_manager)
    for record in (shared.others, shared.draft):
        decide(client, unions.qingdao, record, "take")
    assert not Adoption.objects.exists()
    assert client.get(f"{INBOX}?union=shandong").status_code == 404


def test_a_subscription_takes_offers_by_itself(unions, shared, people, make_story):
    unions.qingdao.subscriptions = ["职工教育"]
    unions.qingdao.save()
    offer = {"share_mode": "offer", "share_to": ["descendants"]}
    make_story(unions.shandong, "订阅的一篇", topics=["职工教育"], **offer)
    assert states(unions.qingdao)["订阅的一篇"] == "subscribed"


def test_what_an_edition_stands_for_waits_for_nobody(unions, shared, people, sign_in, make_story, make_union):
    """It went on asking for a decision and for local values that no reader would have seen."""
    pingdu = make_union("pingdu", "平度市总工会", "county", unions.qingdao, short_name="平度总")
    offer = {"share_mode": "offer", "share_to": ["descendants"], "share_slots": ["place"]}
    nearer = make_story(unions.qingdao, "青岛的一版", edition_of=shared.offer.uuid, **offer)
    farther = make_story(unions.shandong, "省里的第二版", edition_of=nearer.uuid, **offer)

    def instead():
        return {one.page.title: one.instead.page.title for one in shared_with(pingdu) if one.instead}

    def waits():
        return {one.page.title: (one.undecided, bool(one.unfilled)) for one in shared_with(pingdu)}

    Adoption.objects.create(union=pingdu, record=shared.offer.uuid)
    assert instead() == {}, "an edition that was not taken stands for nothing"
    assert waits()["可选用的一篇"] == (False, True)
    Adoption.objects.create(union=pingdu, record=nearer.uuid)
    assert instead() == {shared.offer.title: nearer.title, farther.title: nearer.title}
    assert waits()["可选用的一篇"] == waits()[farther.title] == (False, False)
    assert waits()[nearer.title] == (False, True)
    own = make_story(pingdu, "本地的一版", edition_of=nearer.uuid)
    assert set(instead().values()) == {own.title}
    assert not any(any(one) for title, one in waits().items() if title != "必转的一篇")
    shown = sign_in(people.network_admin).get(f"{INBOX}?union=pingdu").content.decode()
    assert shown.count(f'<a href="{reverse("wagtailadmin_pages:edit", args=[own.pk])}">本网站用平度总的') == 3
    assert "本地填写" not in shown
    own.unpublish()
    assert set(instead().values()) == {nearer.title}


def test_local_values_start_from_the_record(unions, shared, people, sign_in):
    client = sign_in(people.qingdao_reviewer)
    page = client.get(f"/admin/adoptions/new/?union=qingdao&record={shared.offer.uuid}").content.decode()
    assert "可选用的一篇" in page
    assert "这一篇留给各地填写的：地点。" in page
    assert client.get("/admin/adoptions/new/?union=shandong&record=nonsense").status_code == 200


def test_the_first_page_says_what_waits(unions, shared, people, sign_in, make_story):
    make_story(unions.qingdao, "写了一半", live=False)
    page = sign_in(people.qingdao_editor).get("/admin/").content.decode()
    assert "青岛市总工会" in page
    assert "篇可选用的内容等本工会决定" in page
    assert "写了一半" in page
    assert "写了一半" not in sign_in(people.shandong_editor).get("/admin/").content.decode()
