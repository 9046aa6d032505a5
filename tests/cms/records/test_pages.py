"""What a record's page does on its own: addresses, times, validation by the record types."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override
from wagtail.blocks import StructBlockValidationError
from wagtail.models import Page
from wagtail.rich_text import RichText

from cms.blocks.events import PriceBlock, RepetitionBlock, SeatsBlock, SessionBlock
from cms.blocks.places import HolidayHoursBlock, HoursBlock, PositionBlock
from cms.blocks.unions import MenuItemBlock
from cms.blocks.values import ContactBlock, CostBlock, FigureBlock, StepBlock, WindowBlock
from cms.records.models import PAGE_TYPES, EventPage, PlacePage, ProgramPage, ServicePage, StoryPage
from cms.records.slugs import pinyin_slug
from site_builder import records


def edit(page, **fields):
    """As an editor does: change the latest draft, save it, publish it."""
    draft = page.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def test_first_publication_notes_the_moment_and_later_ones_keep_it(unions, make_story):
    draft = make_story(unions.qingdao, "职工夜校", live=False)
    assert draft.published is None
    story = edit(draft)
    assert timezone.now() - story.published < timedelta(minutes=1)
    assert story.published.microsecond == 0
    assert edit(story, title="职工夜校二").published == story.published


def test_a_slug_is_pinyin_and_free(unions, make_story):
    first, second = (make_story(unions.qingdao, "职工夜校") for _ in range(2))
    other = make_story(unions.shandong, "职工夜校")
    assert (first.slug, second.slug) == ("zhi-gong-ye-xiao", "zhi-gong-ye-xiao-2")
    assert other.slug == "zhi-gong-ye-xiao"


@pytest.mark.parametrize("title", ["夜" * 150, "A" * 150, "!!!", "88元App"])
def test_any_title_makes_a_slug_or_none(title):
    slug = pinyin_slug(title)
    assert len(slug) <= 63
    assert slug == slug.strip("-")


def test_former_addresses_are_kept_when_a_page_moves(unions, make_story):
    story = make_story(unions.qingdao, "夜校", published="2025-04-01T09:00:00+08:00", slug="ye-xiao")
    moved = edit(story, slug="ye-xiao-kai-ke")
    assert moved.former_paths == ["/news/2025/04/ye-xiao/"]
    later = edit(moved, published="2025-05-01T09:00:00+08:00")
    assert later.former_paths == ["/news/2025/04/ye-xiao/", "/news/2025/04/ye-xiao-kai-ke/"]
    back = edit(edit(later, published="2025-04-01T09:00:00+08:00"), slug="ye-xiao")
    assert "/news/2025/04/ye-xiao/" not in back.former_paths


def test_drafts_leave_no_former_addresses(unions, make_story):
    draft = make_story(unions.qingdao, "夜校", live=False, slug="ye-xiao")
    assert edit(draft, slug="ye-xiao-er").former_paths == []


def test_a_copy_is_a_record_of_its_own(unions, make_story):
    story = make_story(unions.qingdao, "夜校", withdrawn_at=timezone.now(), withdrawn_reason="有误")
    copy = story.copy(update_attrs={"slug": "copy"}, keep_live=False, copy_revisions=False)
    assert copy.uuid != story.uuid
    assert copy.published is None
    assert copy.withdrawn_at is None
    assert copy.get_latest_revision_as_object().uuid == copy.uuid


def test_kinds_lie_in_their_own_sections(unions):
    section = unions.qingdao.section("program")
    assert ProgramPage.can_create_at(section)
    assert not StoryPage.can_create_at(section)


def test_records_do_not_change_owner(unions, make_story):
    story = make_story(unions.qingdao, "夜校")
    assert not story.can_move_to(unions.shandong.section("story"))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"share_mode": "offer"}, "share_to"),
        ({"share_to": ["everybody"]}, "share_to"),
        ({"share_slots": ["price"]}, "share_slots"),
        ({"withdrawn_at": timezone.now()}, "withdrawn_reason"),
        ({"withdrawn_redirect": "javascript:alert(1)"}, "withdrawn_redirect"),
        ({"inherit_title": True}, "inherit_title"),
        ({"slug": "夜校"}, "slug"),
        ({"slug": "a" * 64}, "slug"),
        ({"event_date": "去年"}, "event_date"),
    ],
)
def test_mistakes_are_named_on_their_field(unions, make_story, fields, wrong):
    story = make_story(unions.qingdao, "夜校")
    for name, value in fields.items():
        setattr(story, name, value)
    with pytest.raises(ValidationError) as caught:
        story.full_clean()
    assert wrong in caught.value.message_dict


@pytest.mark.parametrize(
    ("block", "value", "field"),
    [
        (FigureBlock(), {"label": "人数", "value": "125460.30", "unit": "元"}, "as_of"),
        (FigureBlock(), {"label": "人数", "value": "5", "unit": "人", "as_of": "去年"}, "as_of"),
        (CostBlock(), {"value": "八十八"}, "value"),
        (MenuItemBlock(), {"label": "x", "link": "javascript:alert(1)"}, "link"),
        (ContactBlock(), {"name": "市总", "url": "ftp://x"}, "url"),
        (StepBlock(), {"title": "", "text": RichText("<p>x</p>")}, "title"),
        (
            WindowBlock(),
            {"opens": timezone.now().date(), "closes": timezone.now().date() - timedelta(days=2)},
            "closes",
        ),
        (SessionBlock(), {"starts": date(2025, 5, 1), "ends": date(2025, 4, 1)}, "starts"),
        (SessionBlock(), {"starts": date(2025, 5, 1), "repeats": {"every": "week", "on": ["mon"]}}, "starts"),
        (RepetitionBlock(), {"count": 3}, "every"),
        (RepetitionBlock(), {"every": "month", "nth": "2"}, "every"),
        (RepetitionBlock(), {"every": "day", "skips": ["五一"]}, "skips"),
        (SeatsBlock(), {"total": 30, "left": 3}, "counted"),
        (PriceBlock(), {"market": "三百"}, "market"),
        (HoursBlock(), {"days": ["mon"], "opens": "上午", "closes": "11:00"}, "opens"),
        (HoursBlock(), {"days": ["mon"], "opens": "08:00", "closes": "08:00"}, "closes"),
        (HolidayHoursBlock(), {"first": date(2025, 5, 1), "last": date(2025, 5, 5)}, "closed"),
        (PositionBlock(), {"latitude": "北纬36度", "longitude": "120.38"}, "latitude"),
    ],
)
def test_values_are_checked_by_the_record_types(block, value, field):
    with override("zh-hans"), pytest.raises(StructBlockValidationError) as caught:
        block.clean(block.to_python({}) | value)
    assert set(caught.value.block_errors) == {field}
    assert any("\u4e00" <= c <= "\u9fff" for c in str(caught.value.block_errors[field].messages[0]))


def test_a_drafts_unfinished_values_can_be_saved():
    block = FigureBlock()
    unfinished = block.to_python({"label": "人数"})
    assert block.clean_deferred(unfinished)["label"] == "人数"


def test_a_number_keeps_its_digits():
    block = FigureBlock()
    cleaned = block.clean(
        block.to_python(
            {"label": "补助", "value": "125460.30", "unit": "元", "as_of": "2024", "qualifier": ["近"]}
        )
    )
    figure = records.Figure.model_validate(block.data(cleaned))
    assert str(figure.value) == "125460.30"
    assert figure.qualifier == ("近",)


def test_readers_are_sent_to_the_site_and_learn_nothing_of_what_is_not_out(unions, make_story, client):
    out = make_story(unions.qingdao, "夜校", published="2025-04-01T09:00:00+08:00")
    held = make_story(unions.qingdao, "将来", published="2999-01-01T00:00:00+08:00")
    draft = make_story(unions.qingdao, "草稿", live=False)
    response = client.get(out.url)
    assert response.status_code == 302
    assert response.url == f"https://qingdao.example/news/2025/04/{out.slug}/"
    assert client.get(held.url).status_code == client.get(draft.url).status_code == 404


def test_an_evening_that_ends_on_its_day_needs_one_date():
    block = SessionBlock()
    value = block.to_python({"starts": "2025-05-09", "starts_time": "19:00", "ends_time": "20:30"})
    session = records.Session.model_validate(block.data(block.clean(value)))
    assert session.ends_at - session.starts_at == timedelta(minutes=90)
    assert session.repeats is None


@pytest.mark.parametrize(
    ("model", "fields", "wrong"),
    [
        (EventPage, {"status": "cancelled"}, "status_note"),
        (EventPage, {"live_link": "javascript:alert(1)"}, "live_link"),
        (EventPage, {"modes": ["telepathy"]}, "modes"),
        (EventPage, {"type": "party"}, "type"),
        (PlacePage, {"access": "vips"}, "access"),
        (ServicePage, {"since": "去年"}, "since"),
    ],
)
def test_mistakes_of_the_further_kinds_are_named_too(unions, model, fields, wrong):
    page = model(title="夜校", **fields)
    page.path, page.depth = "x", 4
    with pytest.raises(ValidationError) as caught:
        page.full_clean()
    assert wrong in caught.value.message_dict


@pytest.mark.parametrize("kind", PAGE_TYPES)
def test_every_field_of_a_record_has_a_place(kind):
    """Under its own name, or under another that its page type says; never in a column of Wagtail's own."""
    renamed = {"id": "uuid", "share": "share_mode", "withdrawn": "withdrawn_at"}
    for name in records.RECORD_TYPES[kind].model_fields:
        assert hasattr(PAGE_TYPES[kind], renamed.get(name, name)), name
        if name not in renamed and name not in ("title", "slug", "kind", "union", "body"):
            page = PAGE_TYPES[kind]
            assert page._meta.get_field(page.columns.get(name, name)).model is not Page, name


def test_a_pin_that_ends_before_it_begins_says_what_to_do(unions, make_story):
    story = make_story(unions.qingdao, "夜校", published="2025-04-01T09:00:00+08:00")
    story.refresh_from_db()
    story.pinned_until = story.published - timedelta(hours=1)
    with pytest.raises(ValidationError, match="“置顶到”须在发布时间之后；不置顶，请清空。"):
        story.clean()
    story.pinned_until = story.published + timedelta(days=1)
    story.clean()


def test_key_points_are_few_and_short(unions, make_story):
    story = make_story(unions.qingdao, "夜校", key_points=["课由职工选。", "满10人开班。"])
    story.clean()
    for points, says in (
        (["只有一句。"], "两到五句"),
        (list("一二三四五六"), "两到五句"),
        (["一", "二" * 121], "超过120字"),
    ):
        story.key_points = points
        with pytest.raises(ValidationError, match=says):
            story.clean()
