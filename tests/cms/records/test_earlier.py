"""Keeping the text that held before, on the screen of a guide."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import streamfield

from cms.records.models import GuidePage
from site_builder.records import Kind
from tests.cms.records.test_screens import form

pytestmark = pytest.mark.django_db

TEXT = {"text": "<p>凭发票到窗口。</p>"}


@pytest.fixture
def guide(unions) -> GuidePage:
    page = GuidePage(
        title="医疗互助办法", live=False, published="2019-03-01T09:00:00+08:00", time_limit="5日",
        eligibility=["会员"], body=[("text", TEXT["text"])],
        parameters=[("item", {"name": "上限", "value": "25", "unit": "万元"})],
        document=[("item", {"number": "1号"})],
    )  # fmt: skip
    unions.qingdao.section(Kind.GUIDE).add_child(instance=page)
    page.save_revision().publish()
    return GuidePage.objects.get(pk=page.pk)


def filled(**values: Any) -> dict[str, Any]:
    parameter = {
        "name": "上限",
        "value": "50",
        "unit": "万元",
        "valid_from": "",
        "valid_to": "",
        "source": "",
        "note": "",
    }
    return form(
        Kind.GUIDE, title="医疗互助新办法", slug="yi-liao", time_limit="3日",
        parameters=streamfield([("item", parameter)]), **values,
    )  # fmt: skip


def test_what_readers_see_is_kept_when_a_new_text_takes_its_place(unions, people, sign_in, guide):
    client = sign_in(people.qingdao_reviewer)
    edit = reverse("wagtailadmin_pages:edit", args=[guide.pk])
    assert "留作以前的版本" in client.get(edit).content.decode()
    for _ in range(2):  # autosave sends the form as it was, again and again
        client.post(edit, filled(keep_text="on"))
    assert GuidePage.objects.get(pk=guide.pk).time_limit == "5日", "a draft changes nothing for readers"
    client.post(edit, filled(keep_text="on") | {"action-publish": "1"})
    page = GuidePage.objects.get(pk=guide.pk)
    assert (page.title, page.time_limit) == ("医疗互助新办法", "3日")
    (kept,) = page.earlier
    assert kept.value["title"] == "医疗互助办法"
    assert kept.value["time_limit"] == "5日"
    assert kept.value["eligibility"] == ["会员"]
    assert kept.value["document"]["number"] == "1号"
    assert kept.value["parameters"][0]["value"] == "25"
    assert kept.value["text"][0].value.source == TEXT["text"]
    assert kept.value["key"] == "2019-03-01"


def test_without_asking_nothing_is_kept(unions, people, sign_in, guide):
    edit = reverse("wagtailadmin_pages:edit", args=[guide.pk])
    sign_in(people.qingdao_reviewer).post(edit, filled() | {"action-publish": "1"})
    assert not GuidePage.objects.get(pk=guide.pk).earlier


def earlier(**values: str) -> Any:
    """What a browser sends for one earlier text."""
    empty: dict[str, Any] = dict.fromkeys(
        ("since", "until", "key", "changes", "title", "summary", "applies_to", "eligibility", "time_limit",
         "withdrawn"), "",
    )  # fmt: skip
    document = dict.fromkeys(
        ("title", "number", "issuer", "index_number", "written", "issued", "effective", "ceases", "validity",
         "subject", "genre"), "",
    )  # fmt: skip
    lists: dict[str, Any] = {name: streamfield([]) for name in ("parameters", "benefits", "papers", "steps")}
    return {**empty, **lists, "document": document, "text": streamfield([]), **values}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"since": "2023-08", "until": "2023-07"}, "until"),
        ({"until": "去年"}, "until"),
        ({"title": "没有日期"}, "key"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(unions, people, sign_in, guide, values, field):
    edit = reverse("wagtailadmin_pages:edit", args=[guide.pk])
    sent = filled(earlier=streamfield([("item", earlier(**values))])) | {"action-publish": "1"}
    shown = sign_in(people.qingdao_reviewer).post(edit, sent)
    (wrong,) = shown.context["form"].errors.as_data()["earlier"]
    assert wrong.block_errors[0].block_errors.keys() == {field}


def test_the_dates_name_the_address_and_two_may_not_have_one(unions, people, sign_in, guide):
    client, edit = sign_in(people.qingdao_reviewer), reverse("wagtailadmin_pages:edit", args=[guide.pk])
    one, other = earlier(since="2019", until="2023-07"), earlier(until="2023-07")
    twice = filled(earlier=streamfield([("item", one), ("item", other)])) | {"action-publish": "1"}
    assert "2023-07" in str(client.post(edit, twice).context["form"].errors["earlier"])
    client.post(edit, filled(earlier=streamfield([("item", one)])) | {"action-publish": "1"})
    (kept,) = GuidePage.objects.get(pk=guide.pk).earlier
    assert kept.value["key"] == "2023-07"


def test_a_reviewer_is_a_body_or_a_role(unions, people, sign_in, guide):
    client, edit = sign_in(people.qingdao_reviewer), reverse("wagtailadmin_pages:edit", args=[guide.pk])
    for name, refused in (("王小明", True), ("法律工作部", False)):
        sent = filled(reviewed=streamfield([("item", {"by": name, "at": "2025-03-31"})]))
        shown = client.post(edit, sent | {"action-publish": "1"})
        assert (shown.status_code == 200) == refused
    (reviewed,) = GuidePage.objects.get(pk=guide.pk).reviewed
    assert reviewed.value["by"] == "法律工作部"
