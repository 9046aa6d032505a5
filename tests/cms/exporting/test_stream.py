"""Every value and every block survives the StreamFields it is edited in."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.exporting import records as bridge
from cms.exporting import unions
from cms.exporting.stream import body_of, body_raw
from cms.publishing.clock import Clock
from cms.records.models import PAGE_TYPES, StoryPage
from cms.unions.models import UnionPage
from site_builder import body, content_store
from site_builder.records import BaseRecord, EarlierText, Guide, Kind, Union
from tests import strategies
from tests.strategies_bodies import bodies

pytestmark = pytest.mark.django_db

RECORD = UUID("0b5e2f3a-1c2d-4e5f-8a9b-0c1d2e3f4a5b")
BLOCKS = StoryPage._meta.get_field("body").stream_block


class Nothing:
    """A database that holds nothing: links keep their addresses."""

    def page_of(self, record: UUID) -> None:
        return None

    def record_of(self, page: int) -> None:
        return None

    def document_of(self, ref: str) -> None:
        return None

    def media_of(self, document: int) -> None:
        return None

    def image_of(self, ref: str) -> None:
        return None


LINKS = Nothing()
CHOSEN = (body.Image, body.Gallery, body.Attachment)
"""Blocks that choose from the media library; the round trip of the demo network has them."""

bodies = bodies.map(lambda tree: body.normalise(block for block in tree if not isinstance(block, CHOSEN)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies)
def test_bodies_survive_the_editor(tree: body.Body) -> None:
    stream = BLOCKS.to_python(body_raw(tree, RECORD, BLOCKS.child_blocks, LINKS))
    # As it comes back from the database.
    stored = BLOCKS.to_python(BLOCKS.get_prep_value(stream))
    assert body.write(body_of(stored, LINKS)) == body.write(tree)


KINDS = {
    Kind.STORY: strategies.stories,
    Kind.PROGRAM: strategies.programs,
    Kind.GUIDE: strategies.guides,
    Kind.EVENT: strategies.events,
    Kind.PLACE: strategies.places,
    Kind.SERVICE: strategies.services,
    Kind.COLLECTION: strategies.collections,
    Kind.DATASET: strategies.datasets,
}


def without_media(record: BaseRecord) -> BaseRecord:
    """The record without what has to be chosen from the media library, says nothing, or goes when it goes."""
    fields = {name: getattr(record, name) for name in type(record).model_fields}
    for name in ("window", "activity", "contact", "document", "fallback"):
        value = fields.get(name)
        if value is not None and not any(value.model_dump().values()):
            fields[name] = None
    fields |= {"lead_picture": None, "forms": (), "body": ""}
    if "papers" in fields:
        fields["papers"] = [paper.model_copy(update={"template": None}) for paper in fields["papers"]]
    if "disclosures" in fields:
        reports = fields["disclosures"]
        fields["disclosures"] = [report.model_copy(update={"media": None}) for report in reports]
    texts = fields.get("earlier", ())
    if fields["withdrawn"]:
        texts = [
            EarlierText(key=text.key, since=text.since, until=text.until, withdrawn=text.withdrawn)
            for text in texts
        ]
    fields["earlier"] = [
        text.model_copy(
            update={"papers": tuple(paper.model_copy(update={"template": None}) for paper in text.papers)}
        )
        for text in texts
    ]
    return type(record).model_validate(
        {name: value for name, value in fields.items() if name in type(record).model_fields}
    )


def test_texts_of_a_withdrawn_guide_stay_in_the_cms_and_only_their_places_go_out() -> None:
    told = {"key": "2018", "until": "2018", "title": "旧办法", "text": "凭发票到窗口。"}
    given = {"id": UUID(int=7), "kind": "guide", "union": "pingdu", "title": "办法", "slug": "banfa",
             "published": "2025-04-01", "body": "正文。"}  # fmt: skip
    page = PAGE_TYPES[Kind.GUIDE](slug="banfa")
    bridge.fill(page, Guide.model_validate(given | {"earlier": [told]}), LINKS)
    page.withdrawn_at, page.withdrawn_reason = datetime(2025, 4, 2, tzinfo=UTC), "有误"
    out = bridge.record_of(page, "pingdu", LINKS, Clock())
    assert (out.body, out.earlier) == ("", (EarlierText(key="2018", until="2018"),))
    bridge.fill(page, out, LINKS)
    assert page.earlier[0].value["title"] == "旧办法", "for whoever lifts the withdrawal"
    bridge.fill(page, Guide.model_validate(given | {"body": "", "withdrawn": out.withdrawn, "earlier": [
        {"key": "2017"}]}), LINKS)  # fmt: skip
    assert [(text.value["key"], text.value["title"]) for text in page.earlier] == [("2017", "")]


@pytest.mark.parametrize("kind", list(KINDS))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_records_survive_their_pages(kind: Kind, data: st.DataObject) -> None:
    record = without_media(data.draw(KINDS[kind]))
    page = PAGE_TYPES[kind](slug=record.slug)
    bridge.fill(page, record, LINKS)
    again = bridge.record_of(page, record.union, LINKS, Clock())
    assert content_store.record_text(again) == content_store.record_text(record)


@settings(max_examples=25, deadline=None)
@given(strategies.unions)
def test_unions_survive_their_pages(union: Union) -> None:
    union = union.model_copy(update={"body": "", "site": union.site.model_copy(update={"logo": None})})
    page = UnionPage()
    unions.fill(page, union)
    unions.fill_texts(page, union, LINKS)
    page.parent_union = UnionPage(slug=union.parent) if union.parent else None
    page.industry_line = UnionPage(slug=union.industry_line) if union.industry_line else None
    assert content_store.union_text(unions.union_of(page, LINKS)) == content_store.union_text(union)
