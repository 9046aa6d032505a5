"""A union decides on what is shared with it: through its own screens, for itself alone."""

from __future__ import annotations

import json

import pytest

from cms.sharing.models import Adoption, AdoptionLogEntry


@pytest.fixture
def offered(unions, make_story):
    return make_story(
        unions.shandong, "求学圆梦", share_mode="offer", share_to=["descendants"], share_slots=["place"]
    )


def form(union, record, **fields):
    blank = {"slots-count": "0"}
    return {"union": union.pk, "record": record.pk, "action": "take", **blank, **fields}


def slot(name, value):
    return {
        "slots-count": "1",
        "slots-0-type": name,
        "slots-0-order": "0",
        "slots-0-deleted": "",
        "slots-0-value": value,
    }


def rich(text):
    return json.dumps({"blocks": [{"text": text, "type": "unstyled", "key": "a"}], "entityMap": {}})


def test_a_reviewer_takes_an_offer_and_fills_a_slot(unions, people, sign_in, offered):
    data = form(unions.qingdao, offered, **slot("place", "职工之家三楼"))
    assert sign_in(people.qingdao_reviewer).post("/admin/adoptions/new/", data).status_code == 302
    adoption = Adoption.objects.get()
    assert (adoption.union, adoption.record) == (unions.qingdao, offered.uuid)
    assert adoption.slots_data() == {"place": "职工之家三楼"}


def test_what_the_owner_kept_cannot_be_filled(unions, people, sign_in, offered):
    data = form(unions.qingdao, offered, **slot("note", rich("本地")))
    response = sign_in(people.qingdao_reviewer).post("/admin/adoptions/new/", data)
    assert "没有把这几项留给各地填写" in response.content.decode()
    assert not Adoption.objects.exists()


def test_nothing_is_filled_in_that_an_own_edition_hides(unions, people, sign_in, offered, make_story):
    make_story(unions.qingdao, "青岛的求学圆梦", edition_of=offered.uuid)
    data = form(unions.qingdao, offered, **slot("place", "职工之家三楼"))
    response = sign_in(people.qingdao_reviewer).post("/admin/adoptions/new/", data)
    assert "本地版《青岛的求学圆梦》，这里填的读者看不到" in response.content.decode()
    assert not Adoption.objects.exists()


def test_required_records_cannot_be_hidden(unions, people, sign_in, make_story):
    required = make_story(unions.shandong, "必转", share_mode="required", share_to=["descendants"])
    response = sign_in(people.qingdao_reviewer).post(
        "/admin/adoptions/new/", form(unions.qingdao, required, action="hide")
    )
    assert "不能不采用" in response.content.decode()


def test_nobody_decides_for_another_union(unions, people, sign_in, offered):
    sign_in(people.qingdao_reviewer).post("/admin/adoptions/new/", form(unions.shandong, offered))
    assert not Adoption.objects.exists()
    theirs = Adoption.objects.create(union=unions.shandong, record=offered.uuid)
    client = sign_in(people.qingdao_manager)
    for view in ("edit", "delete", "history", "usage"):
        assert client.get(f"/admin/adoptions/{view}/{theirs.pk}/").status_code == 404, view
    client.post(f"/admin/adoptions/delete/{theirs.pk}/")
    client.post(f"/admin/adoptions/edit/{theirs.pk}/", form(unions.qingdao, offered, action="hide"))
    theirs.refresh_from_db()
    assert (theirs.union, theirs.action) == (unions.shandong, "take")


def test_editors_have_no_say(unions, people, sign_in, offered):
    client = sign_in(people.qingdao_editor)
    client.post("/admin/adoptions/new/", form(unions.qingdao, offered))
    assert not Adoption.objects.exists()


def test_the_site_history_tells_nothing_of_others_adoptions(unions, people, sign_in, offered):
    data = form(unions.qingdao, offered)
    sign_in(people.qingdao_reviewer).post("/admin/adoptions/new/", data)
    assert AdoptionLogEntry.objects.count() == 1
    address = "/admin/reports/site-history/"
    label = str(Adoption.objects.get())
    assert label in sign_in(people.superuser).get(address).content.decode()
    assert label not in sign_in(people.shandong_manager).get(address).content.decode()


def test_a_pin_ends_when_it_is_told_to(unions, people, sign_in, offered):
    client = sign_in(people.qingdao_reviewer)
    ends = {"until": "2035-05-01 18:00"}
    response = client.post("/admin/adoptions/new/", form(unions.qingdao, offered, **ends))
    assert "只有置顶才有到期" in response.content.decode()
    pinned = form(unions.qingdao, offered, action="pin", until="2025-05-01 18:00")
    assert "已经过去，不会置顶" in client.post("/admin/adoptions/new/", pinned).content.decode()
    pinned = form(unions.qingdao, offered, action="pin", **ends)
    assert client.post("/admin/adoptions/new/", pinned).status_code == 302
    assert f"{Adoption.objects.get().until:%Y-%m-%d %H:%M}" == "2035-05-01 10:00", "it was Beijing's time"
    assert "置顶到 2035-05-01 18:00" in client.get("/admin/shared/").content.decode()
    client.post(f"/admin/shared/qingdao/{offered.uuid}/", {"action": "take"})
    assert Adoption.objects.get().until is None
