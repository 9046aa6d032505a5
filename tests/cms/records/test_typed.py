"""What editors type as they have it at hand (names, addresses, printed dates) becomes what content/ has."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from wagtail.blocks import StructBlockValidationError
from wagtail.models import PageViewRestriction

from cms.blocks.body import PlainTableBlock
from cms.blocks.links import LinkBlock
from cms.blocks.names import as_reference, union_called, union_named
from cms.blocks.places import HoursBlock
from cms.blocks.stories import BylineBlock
from cms.blocks.values import ChangeNoteBlock, FigureBlock
from cms.exporting.links import DatabaseLinks
from cms.exporting.records import record_of
from cms.publishing import clock as clocks
from cms.publishing.clock import Clock
from cms.records.models import StoryPage
from cms.records.sharing import ShareTargetsFormField
from site_builder.records import Kind
from tests.cms.records.test_screens import form

pytestmark = pytest.mark.django_db


def cleaned(block, **given):
    return dict(block.clean(block.to_python({**block.get_prep_value(block.get_default()), **given})))


def refused(block, **given):
    """Field -> message of what a block does not take."""
    with pytest.raises(StructBlockValidationError) as raised:
        cleaned(block, **given)
    return {name: str(error.messages[0]) for name, error in raised.value.block_errors.items()}


# --- dates, times, numbers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2024年3月1日", "2024-03-01"),
        ("2024.3.1", "2024-03-01"),
        ("２０２４/3", "2024-03"),
        ("2024年", "2024"),
        ("2024-10-11", "2024-10-11"),
    ],
)
def test_a_date_as_it_is_printed(typed, kept):
    found = cleaned(FigureBlock(), label="参加的职工", value="126", unit="人次", as_of=typed)
    assert found["as_of"] == kept


def test_a_date_that_is_none_is_refused_with_how_to_write_it():
    said = refused(FigureBlock(), label="参加的职工", value="126", unit="人次", as_of="去年底")
    assert "2024-10-11" in said["as_of"]


@pytest.mark.parametrize(("typed", "kept"), [("8：30", "08:30"), ("8点半", "08:30"), ("8点", "08:00")])
def test_a_time_as_a_keyboard_for_chinese_types_it(typed, kept):
    assert cleaned(HoursBlock(), days=["mon"], opens=typed, closes="17:30")["opens"] == kept


def test_a_number_is_written_without_its_unit():
    figure = {"label": "参加的职工", "unit": "人次", "as_of": "2024"}
    assert cleaned(FigureBlock(), value="１２６", **figure)["value"] == "126"
    assert cleaned(FigureBlock(), value="八成以上", **figure)["value"] == "八成以上"
    for typed in ("126人次", "１２６人"):
        assert "126" in refused(FigureBlock(), value=typed, **figure)["value"]


# --- unions ---------------------------------------------------------------------------------------


def test_a_union_is_found_by_any_of_its_names(unions, make_union):
    for name in ("青岛市总工会", "qingdao", " 市总 "):
        assert union_named(name) == "qingdao"
    assert union_called("qingdao") == "青岛市总工会"
    make_union("jinan", "济南市总工会", "city", unions.shandong, short_name="市总")
    with pytest.raises(ValidationError, match="qingdao（青岛市总工会）、jinan（济南市总工会）"):
        union_named("市总")
    with pytest.raises(ValidationError, match="没有叫“淄博”的工会"):
        union_named("淄博")


def test_targets_and_bylines_take_names(unions):
    field = ShareTargetsFormField()
    assert field.compress([["children"], "青岛市总工会\nqingdao"]) == ["children", "union:qingdao"]
    assert field.widget.decompress(["children", "union:qingdao"]) == [["children"], "青岛市总工会"]
    assert cleaned(BylineBlock(), name="宣教部", union="省总")["union"] == "shandong"
    assert "网址代号" in refused(BylineBlock(), name="宣教部", union="淄博")["union"]


def test_all_targets_come_back_from_the_screen_on_which_they_are_shown(unions, people, sign_in, make_story):
    """Django takes a list for the values of the two widgets: the second target stood among the names."""
    targets = ["children", "level:county", "union:qingdao"]
    story = make_story(unions.shandong, "夜校", share_mode="offer", share_to=targets)
    address = reverse("wagtailadmin_pages:edit", args=[story.pk])
    shown = sign_in(people.shandong_reviewer).get(address).context["form"]["share_to"]
    groups, names = shown.field.prepare_value(shown.value())
    assert shown.field.clean([groups, names]) == targets
    assert "青岛市总工会</textarea>" in str(shown)
    assert str(shown).count("checked") == 2


def test_groups_with_nobody_below_are_not_offered_but_stay(unions, make_union, people, make_story, sign_in):
    """A county was asked whether it shares with every province."""
    make_union("luhai", "陆海工会", "industry")
    client = sign_in(people.qingdao_reviewer)

    def boxes(story: StoryPage) -> set[str]:
        shown = client.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).context["form"]["share_to"]
        return set(re.findall(r'name="share_to_groups" value="([^"]+)"', str(shown)))

    story = make_story(unions.qingdao, "夜校")
    assert boxes(story) == set()
    make_union("pingdu", "平度市总工会", "county", unions.qingdao)
    assert boxes(story) == {"descendants", "children", "level:county"}
    stored = make_story(unions.qingdao, "开课", share_mode="offer", share_to=["line:luhai"])
    assert boxes(stored) == {"descendants", "children", "level:county", "line:luhai"}


# --- addresses ------------------------------------------------------------------------------------


@pytest.fixture
def story(unions, make_story):
    return make_story(unions.qingdao, "夜校开课", slug="yexiao", published="2025-04-01T09:00:00+08:00")


@pytest.mark.parametrize(
    "address",
    [
        "https://qingdao.example/news/2025/04/yexiao/",
        "https://shandong.example/news/2025/04/qingdao/yexiao",
        "http://qingdao.localhost:8000/news/2025/04/yexiao/",
        "http://localhost:8000/qingdao/news/2025/04/yexiao/",
        "http://localhost:8001/admin/pages/{pk}/edit/",
    ],
)
def test_the_address_of_a_record_becomes_a_reference(story, address):
    assert LinkBlock().clean(address.format(pk=story.pk)) == f"record:{story.uuid}"


@pytest.mark.parametrize(
    "address",
    [
        "https://qingdao.example/news/2025/04/meiyou/",
        "https://qingdao.example/programs/yexiao/",
        "https://qingdao.example/news/2025/04/yexiao/?q=1",
        "https://elsewhere.example/news/2025/04/yexiao/",
        "/news/2025/04/yexiao/",
        "tel:12351",
        "",
    ],
)
def test_any_other_address_stays(story, address):
    assert as_reference(address) == address


def test_what_readers_cannot_see_is_not_told_of(unions, make_story):
    embargoed = make_story(unions.qingdao, "将来", slug="jianglai", published="2999-04-01T09:00:00+08:00")
    draft = make_story(
        unions.qingdao, "草稿", slug="caogao", live=False, published="2025-04-01T09:00:00+08:00"
    )
    restricted = make_story(unions.qingdao, "内部", slug="neibu", published="2025-04-01T09:00:00+08:00")
    PageViewRestriction.objects.create(page=restricted, restriction_type="login")
    for page in (embargoed, draft, restricted):
        day = "2999/04" if page is embargoed else "2025/04"
        for address in (
            f"https://qingdao.example/news/{day}/{page.slug}/",
            f"http://x/admin/pages/{page.pk}/",
        ):
            assert as_reference(address) == address


# --- tables ---------------------------------------------------------------------------------------


def test_a_table_asks_for_its_headings_once():
    """Wagtail's grid sends an empty choice of its own with every new table."""
    grid = {"data": [["课程", "名额"], ["剪纸", "20"]], "table_header_choice": "", "table_caption": ""}
    found = PlainTableBlock().clean({"table": grid, "header": "row", "caption": "四月课表"})
    assert (found["header"], found["table"]["data"]) == ("row", grid["data"])


def test_an_empty_table_is_said_to_be_empty():
    grid = {"data": [[None, ""], [" ", None]], "table_header_choice": ""}
    with pytest.raises(StructBlockValidationError) as raised:
        PlainTableBlock().clean({"table": grid, "header": "row", "caption": ""})
    assert "双击格子" in raised.value.block_errors["table"].messages[0]


# --- the page -------------------------------------------------------------------------------------


def test_the_mail_that_it_was_approved_leads_to_the_site(story, people, mailoutbox):
    story.get_workflow().start(story, people.qingdao_editor)
    story.current_workflow_task_state.approve(user=people.qingdao_reviewer)
    told = mailoutbox[-1]
    assert (told.to, told.subject) == ([people.qingdao_editor.email], "“夜校开课”已通过审核")
    assert "https://qingdao.example/news/2025/04/yexiao/ " in told.body


@pytest.fixture
def post(unions, people, sign_in):
    """post(page, **fields): the form of a page, sent by its union's reviewer to be published."""
    client = sign_in(people.qingdao_reviewer)

    def post(page, **fields):
        filled = {"title": page.title, "slug": page.slug, "action-publish": "1", **fields}
        return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form(Kind.STORY, **filled))

    return post


def test_a_new_page_is_not_called_updated_before_it_is_out(unions, people, sign_in, post):
    section = unions.qingdao.section(Kind.STORY)
    add = reverse("wagtailadmin_pages:add", args=["records", "storypage", section.pk])
    sign_in(people.qingdao_reviewer).post(add, form(Kind.STORY, title="夜校", **{"action-publish": "1"}))
    story = StoryPage.objects.get(title="夜校")
    assert (story.live, story.updated) == (True, None)
    post(story, summary="三类课")
    assert StoryPage.objects.get(pk=story.pk).updated


def test_a_change_note_is_of_today_until_somebody_says_otherwise(settings, tmp_path):
    settings.UNIONPRESS_DATA = tmp_path
    assert ChangeNoteBlock().get_default()["date"] == timezone.localdate()
    clocks.stop(tmp_path, datetime.fromisoformat("2025-04-08T09:00+08:00"))
    assert ChangeNoteBlock().get_default()["date"].isoformat() == "2025-04-08", "the demo's day"


def test_when_it_was_published_does_not_change_by_itself(story, post):
    known = story.published
    assert known
    assert post(story, published="").status_code == 302
    story.refresh_from_db()
    assert story.published == known


def test_a_draft_may_do_without_the_moment_it_had(unions, people, sign_in):
    client = sign_in(people.qingdao_editor)
    section = unions.qingdao.section(Kind.STORY)
    add = reverse("wagtailadmin_pages:add", args=["records", "storypage", section.pk])
    client.post(add, form(Kind.STORY, title="夜校", published="2035-04-08 09:00"))
    draft = StoryPage.objects.get(title="夜校")
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    client.post(edit, form(Kind.STORY, title="夜校", slug=draft.slug))
    assert StoryPage.objects.get().get_latest_revision_as_object().published is None


def test_a_pin_that_is_over_is_told_to_who_sets_it_and_to_nobody_after(story, post, settings, tmp_path):
    settings.UNIONPRESS_DATA = tmp_path
    sent = {"published": "2025-04-01 09:00", "pinned_until": "2025-05-01 09:00"}
    said = post(story, **sent).context["form"].errors
    assert "已经过去，不会置顶" in said["pinned_until"][0]
    clocks.stop(tmp_path, datetime.fromisoformat("2025-04-08T09:00+08:00"))
    assert post(story, **sent).status_code == 302, "not for the sites of the demo"
    clocks.clock_file(tmp_path).unlink()
    assert post(story, **sent, summary="三类课").status_code == 302
    assert StoryPage.objects.get(pk=story.pk).summary == "三类课"


def test_a_reason_alone_withdraws_nothing_and_says_so(story, post):
    said = post(story, withdrawn_reason="时间有变").context["form"].errors
    assert "还要填撤回时间" in said["withdrawn_at"][0]
    sent = {"withdrawn_reason": "时间有变", "withdrawn_at": "2025-04-08 09:00"}
    post(story, **sent, withdrawn_redirect="https://qingdao.example/news/2025/04/yexiao/")
    story.refresh_from_db()
    assert story.withdrawn_redirect == f"record:{story.uuid}"


def test_nothing_is_withdrawn_before_it_was_published(story, post):
    sent = {"withdrawn_reason": "时间有变", "published": "2025-04-08 09:00"}
    said = post(story, **sent, withdrawn_at="2025-04-08 09:00").context["form"].errors
    assert "须在发布时间之后" in said["withdrawn_at"][0]
    assert post(story, **sent, withdrawn_at="2025-04-08 09:01").status_code == 302


def test_what_cannot_be_read_is_not_said_to_be_missing_as_well(story, post):
    said = post(story, withdrawn_reason="时间有变", withdrawn_at="昨天").context["form"].errors
    assert len(said["withdrawn_at"]) == 1


def test_what_goes_down_before_it_is_published_is_told_where_it_has_no_moment_yet(unions, people, sign_in):
    section = unions.qingdao.section(Kind.STORY)
    add = reverse("wagtailadmin_pages:add", args=["records", "storypage", section.pk])
    over = dict.fromkeys(("expires", "pinned_until"), "2025-04-08 09:00")
    sent = form(Kind.STORY, title="夜校", **over, **{"action-publish": "1"})
    said = sign_in(people.qingdao_reviewer).post(add, sent).context["form"].errors
    assert {name: "已经过去" in errors[0] for name, errors in said.items()} == dict.fromkeys(over, True)
    assert sign_in(people.qingdao_editor).post(add, form(Kind.STORY, title="夜校", **over)).status_code == 302


def test_where_the_clock_stands_still_what_was_public_goes_after_it_was_published(story):
    """Else the sites would take what is withdrawn for something that was never there, and say nothing."""
    clock = Clock(datetime.fromisoformat("2025-04-08T09:00+08:00"), timezone.now() - timedelta(hours=1))
    story.published = timezone.now() - timedelta(minutes=20)
    story.withdrawn_at, story.withdrawn_reason = timezone.now() - timedelta(minutes=1), "时间有变"
    record = record_of(story, "qingdao", DatabaseLinks(), clock)
    assert record.withdrawn.at == clock.stands
    assert timedelta() < record.withdrawn.at - record.published < timedelta(minutes=1)
    story.withdrawn_at, story.expires = None, timezone.now() - timedelta(minutes=1)
    record = record_of(story, "qingdao", DatabaseLinks(), clock)
    assert record.published < record.expires == clock.stands
    story.expires = (timezone.now() + timedelta(hours=1)).replace(microsecond=0)
    record = record_of(story, "qingdao", DatabaseLinks(), clock)
    assert (record.published, record.expires) == (clock.stands, story.expires)


def test_what_is_ticked_is_kept_as_it_is_said():
    """预计超 20 场: ticks come in the order of the boxes, and 超 stands before 预计 there."""
    block = FigureBlock().child_blocks["qualifier"]
    sent = QueryDict("q=超&q=预计")
    assert block.value_from_datadict(sent, {}, "q") == ["预计", "超"]
    assert block.value_from_datadict(QueryDict(""), {}, "q") == []
