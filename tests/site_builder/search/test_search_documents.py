"""What is searched of a record: what a reader sees, on the sites that show it."""

from __future__ import annotations

from typing import Any

from site_builder.plan import plan
from site_builder.records import Kind
from site_builder.search.documents import SearchDocument, documents
from tests.builders import NOW, Network
from tests.site_builder.search.search_sample import make_content, make_plans, record_id


def _by_id(plan_documents: tuple[SearchDocument, ...]) -> dict[str, SearchDocument]:
    return {document.id: document for document in plan_documents}


def test_fields_that_readers_see_are_text() -> None:
    shandong, _ = make_plans(make_content())
    found = _by_id(documents(shandong))[str(record_id(1))]
    assert found.title == "职工夜校春季班"
    assert (found.owner, found.kind, found.path) == ("shandong", "program", "/programs/program-1/")
    assert found.date == "2025-03-01"
    assert found.state == "open"
    assert found.closes.startswith("2025-05-02")
    assert found.keywords == ("夜大",)
    for words in (
        "本省在职职工",
        "近24万元",
        "240000元",
        "网上登记",
        "打开登记表。",
        "每周两晚上课。",
        "学费补助",
    ):
        assert words in found.text
    for unseen in ("**", "None", "program", "required", "open"):
        assert unseen not in found.text


def test_a_filled_slot_is_searched_only_on_the_site_that_filled_it() -> None:
    shandong, qingdao = (_by_id(documents(plan))[str(record_id(1))] for plan in make_plans(make_content()))
    assert "青岛夜校办公室" in qingdao.text
    assert "青岛夜校办公室" not in shandong.text
    assert qingdao.path == "/programs/shandong/program-1/"


def test_what_is_not_on_a_site_is_not_searched_there() -> None:
    shandong, qingdao = (set(_by_id(documents(plan))) for plan in make_plans(make_content()))
    assert shandong == {str(record_id(number)) for number in (1, 2, 3)}
    assert qingdao == {str(record_id(number)) for number in (1, 7)}


def test_a_note_of_one_line_is_words_whatever_it_begins_with() -> None:
    """Only of a field whose type is Markdown is the text read as such."""
    network = Network()
    network.program(
        "pingdu",
        "tijian",
        contact={"name": "窗口", "note": "# 1 号楼"},
        window={"opens": "2025-04-01", "note": "> 60 岁的先报"},
        benefits=[{"label": "体检", "note": "[见附件](表)"}],
        note="**带证件**",
    )
    network.record(
        Kind.DATASET,
        "pingdu",
        "shuju",
        method="**一人**算一次",
        indicators=[
            {"name": "会员", "unit": "人", "readings": [{"value": 1, "as_of": "2024", "note": "- 约数"}]}
        ],
    )
    found = " ".join(document.text for document in documents(plan(network.content(), "pingdu", NOW)))
    for words in ("# 1 号楼", "> 60 岁的先报", "[见附件](表)", "带证件", "一人算一次", "- 约数"):
        assert words in found
    assert "**" not in found


def test_codes_of_events_places_and_services_are_not_words() -> None:
    days = {
        "starts": "2025-04-15T19:00:00+08:00",
        "repeats": {"on": ["tue"], "count": 2},
        "teacher": "美术教师",
    }
    event: dict[str, Any] = {
        "kind": "event", "modes": ["live"], "sessions": [days], "live": "https://live.example/",
        "employers": [{"name": "甲公司", "posts": [{"title": "焊工", "headcount": 3}]}],
        "results": [{"name": "还没评出的一组"}],
    }  # fmt: skip
    hours = [{"days": ["mon"], "opens": "08:00", "closes": "17:00", "note": "午间不关门"}]
    place: dict[str, Any] = {"kind": "place", "access": "staff", "hours": hours, "facilities": ["充电"],
             "position": {"latitude": 36, "longitude": 117}}  # fmt: skip
    service: dict[str, Any] = {
        "kind": "service",
        "health": "broken",
        "collects": ["手机号"],
        "operator": "省总工会",
    }
    network = Network()
    for fields in (event, place, service):
        network.record(Kind(fields.pop("kind")), "shandong", "x", **fields)
    found = {document.kind: document.text for document in documents(plan(network.content(), "shandong", NOW))}
    assert {"美术教师", "甲公司", "焊工"} <= set(found["event"].splitlines())
    assert {"午间不关门", "充电"} <= set(found["place"].splitlines())
    assert {"手机号", "省总工会"} <= set(found["service"].splitlines())
    for code in ("tue", "live", "example", "mon", "08:00", "staff", "gcj02", "broken", "还没评出"):
        assert not any(code in text for text in found.values()), code
