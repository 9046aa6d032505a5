"""What is searched of a record: what a reader sees, on the sites that show it."""

from __future__ import annotations

from site_builder.search.documents import SearchDocument, documents
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
