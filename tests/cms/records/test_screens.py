"""The editors' screens of every kind: open, fill, save, list; and closed to other unions' people."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from wagtail.fields import RichTextField, StreamField
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield
from wagtail.users.models import UserProfile

from cms.blocks.links import RecordChooserBlock
from cms.records.models import PAGE_TYPES, EventPage, PlacePage, RecordPage
from cms.unions.models import UnionPage
from site_builder.records import Kind

pytestmark = pytest.mark.django_db

KINDS = list(PAGE_TYPES)


def make(union: UnionPage, kind: Kind, title: str, **fields: Any) -> RecordPage:
    page = PAGE_TYPES[kind](title=title, live=False, **fields)
    union.section(kind).add_child(instance=page)
    page.save_revision()
    return page


def form(kind: Kind, **values: Any) -> dict[str, Any]:
    """What a browser sends for a record of this kind with these fields filled in."""
    data: dict[str, Any] = {"title": "", "slug": "", "comments": inline_formset([])}
    for field in PAGE_TYPES[kind]._meta.get_fields():
        if isinstance(field, StreamField):
            data[field.name] = streamfield([])
        elif isinstance(field, RichTextField):
            data["the-method" if field.name == "method" else field.name] = rich_text("")
        elif getattr(field, "choices", None) and field.has_default() and field.editable:
            data[field.name] = field.get_default() or ""
    data |= {"share_mode": "none", **values}
    return nested_form_data(data)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_record_is_written_and_saved_by_its_unions_editors_only(unions, people, sign_in, kind, language):
    own, other = sign_in(people.qingdao_editor), sign_in(people.shandong_manager)
    section = unions.qingdao.section(kind)
    model = PAGE_TYPES[kind]
    add = reverse("wagtailadmin_pages:add", args=["records", model.__name__.lower(), section.pk])
    UserProfile.objects.update_or_create(
        user=people.qingdao_editor, defaults={"preferred_language": language}
    )
    shown = own.get(add)
    assert shown.status_code == 200
    assert ("写什么" in shown.content.decode()) == (language == "zh-hans")
    assert other.get(add).status_code in (302, 403, 404)

    saved = own.post(add, form(kind, title="职工之家"))
    page = model.objects.get(title="职工之家")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert saved.url == edit
    assert not page.live
    assert page.union == unions.qingdao
    assert page.slug == "zhi-gong-zhi-jia"
    assert own.get(edit).status_code == 200
    assert other.get(edit).status_code in (302, 403, 404)


def test_a_new_record_is_proposed_to_be_shared_as_its_union_says(unions, people, sign_in):
    unions.shandong.new_share = [
        {"type": "item", "value": {"mode": "offer", "to": ["children", "level:county"], "slots": ["contact"]}}
    ]
    unions.shandong.save()
    client, section = sign_in(people.shandong_manager), unions.shandong.section("story")
    add = reverse("wagtailadmin_pages:add", args=["records", "storypage", section.pk])
    shown = client.get(add)
    proposed = shown.context["form"].initial
    assert (proposed["share_mode"], proposed["share_to"]) == ("offer", ["children", "level:county"])
    ticked = re.findall(r'value="([a-z:]+)"[^>]* checked', shown.content.decode())
    assert {"children", "level:county", "contact"} <= set(ticked)
    # What the form says is what holds, and what is there already stays as it is.
    client.post(add, form(Kind.STORY, title="只在本会"))
    page = PAGE_TYPES[Kind.STORY].objects.get(title="只在本会")
    assert (page.share_mode, page.share_to) == ("none", [])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert client.get(edit).context["form"].initial["share_mode"] == "none"


def test_an_address_follows_the_title_until_somebody_writes_it_or_readers_know_it(unions, people, sign_in):
    page, client = make(unions.qingdao, Kind.STORY, "标题待定"), sign_in(people.qingdao_reviewer)

    def saved(title: str, slug: str = "", **values: Any) -> str:
        sent = form(Kind.STORY, title=title, slug=slug or page.slug, **values)
        client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), sent)
        page.refresh_from_db()
        assert page.get_latest_revision_as_object().title == title
        return str(page.get_latest_revision_as_object().slug)

    assert page.slug == "biao-ti-dai-ding"
    assert saved("职工夜校") == "zhi-gong-ye-xiao"
    assert saved("职工夜校开课", "ye-xiao") == "ye-xiao"
    assert saved("职工夜校今晚开课") == "ye-xiao", "somebody wrote it"
    page = make(unions.qingdao, Kind.STORY, "标题待定")
    assert saved("开课了", **{"action-publish": "1"}) == "kai-ke-le"
    assert saved("开课三天", **{"action-publish": "1"}) == "kai-ke-le", "readers know it"


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_shows_ones_own_unions_only(unions, people, sign_in, kind):
    make(unions.qingdao, kind, "青岛的一条")
    make(unions.shandong, kind, "山东的一条")
    lists = {
        Kind.STORY: "stories", Kind.PROGRAM: "programs", Kind.GUIDE: "guides", Kind.EVENT: "events",
        Kind.PLACE: "places", Kind.SERVICE: "services", Kind.COLLECTION: "topics", Kind.DATASET: "datasets",
    }  # fmt: skip
    client = sign_in(people.qingdao_editor)
    shown = client.get(reverse(f"{lists[kind]}:index")).content.decode()
    assert "青岛的一条" in shown
    assert "山东的一条" not in shown
    assert reverse(f"{lists[kind]}:index") in client.get("/admin/").content.decode()


SESSION = {
    "starts": "2025-05-09", "starts_time": "19:00", "ends": "", "ends_time": "20:30", "title": "油画",
    "board": "", "room": "", "teacher": "", "status": "", "note": "", "live": "", "replay": "",
    "repeats": {
        "every": "week", "interval": "2", "nth": "", "until": "2025-06-30", "count": "",
        "skips": "2025-05-23\n2025-06-06", "extra": "",
    },
}  # fmt: skip


def test_a_course_is_entered_as_people_plan_it(unions, people, sign_in):
    client = sign_in(people.qingdao_reviewer)
    add = reverse("wagtailadmin_pages:add", args=["records", "eventpage", unions.qingdao.section("event").pk])
    sessions = streamfield([("item", SESSION)])
    filled = form(Kind.EVENT, title="油画课", type="course", sessions=sessions)
    boxes = {"modes": ["onsite", "live"], "sessions-0-value-repeats-on": ["fri"]}
    client.post(add, filled | boxes | {"action-publish": "1"})
    page = EventPage.objects.get(title="油画课")
    assert page.live
    assert page.modes == ["onsite", "live"]
    (item,) = page.sessions
    data = item.value.block.data(item.value)
    assert data["repeats"]["on"] == ["fri"]
    assert data["repeats"]["skips"] == ["2025-05-23", "2025-06-06"]
    assert str(data["ends"]) == "2025-05-09 20:30:00+08:00"


def test_what_cannot_be_published_is_said_on_its_field(unions, people, sign_in):
    client = sign_in(people.qingdao_reviewer)
    add = reverse("wagtailadmin_pages:add", args=["records", "placepage", unions.qingdao.section("place").pk])
    hours = streamfield([("item", {"opens": "八点", "closes": "11:00", "note": ""})])
    boxes = {"hours-0-value-days": ["mon"], "action-publish": "1"}
    shown = client.post(add, form(Kind.PLACE, title="书屋", hours=hours) | boxes)
    (wrong,) = shown.context["form"].errors.as_data()["hours"]
    assert wrong.block_errors[0].block_errors.keys() == {"opens"}
    assert not PlacePage.objects.filter(title="书屋", live=True).exists()


@pytest.mark.parametrize(("promised", "refused"), [("20个工作日", False), ("21个工作日", True)])
def test_a_guide_promises_no_later_than_the_law_says(unions, people, sign_in, promised, refused):
    section = unions.qingdao.section(Kind.GUIDE)
    data = form(Kind.GUIDE, title="法律援助", slug="fa-lv-yuan-zhu")
    data |= {"time_limit": promised, "legal_limit": "20个工作日", "action-publish": "publish"}
    add = reverse("wagtailadmin_pages:add", args=["records", "guidepage", section.pk])
    answer = sign_in(people.qingdao_reviewer).post(add, data)
    told = ["承诺的时限比法定时限还长，请改正其中一个。"]
    assert (answer.status_code == 200 and answer.context["form"].errors) == (
        refused and {"legal_limit": told}
    )
    assert PAGE_TYPES[Kind.GUIDE].objects.filter(live=True).exists() is not refused


def test_a_chosen_record_is_told_to_the_script_as_wagtails_page_chooser_tells_it(unions):
    """Without its title a folded list of records stops the screen's script."""
    page = make(unions.qingdao, Kind.GUIDE, "入会指南")
    state = RecordChooserBlock().get_form_state(str(page.uuid))
    assert (state["id"], state["adminTitle"]) == (page.pk, page.get_admin_display_title())
    assert state["editUrl"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert RecordChooserBlock().get_form_state(None) is None


def test_a_second_record_of_a_title_is_published_beside_the_first(unions, people, sign_in):
    """A new page is checked before it lies beside its neighbours: its slug is made then, and again."""
    section = unions.qingdao.section(Kind.GUIDE)
    add = reverse("wagtailadmin_pages:add", args=["records", "guidepage", section.pk])
    manager = sign_in(people.qingdao_reviewer)
    for _ in range(2):
        sent = manager.post(add, form(Kind.GUIDE, title="入会指南") | {"action-publish": "1"})
        assert sent.status_code == 302
    found = RecordPage.objects.child_of(section).live().filter(title="入会指南")
    assert sorted(found.values_list("slug", flat=True)) == ["ru-hui-zhi-nan", "ru-hui-zhi-nan-2"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_answers_for_the_form_itself(unions, people, sign_in, kind):
    """A script asks a form for its `method`; an input of that name is given instead, and nothing is saved."""
    page = make(unions.qingdao, kind, "职工之家")
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = sign_in(people.qingdao_editor).get(address).content.decode()
    inside = shown[shown.index('id="page-edit-form"') :]
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([\w-]+)"', inside))
    assert "title" in names
    assert not names & {"action", "method", "submit", "target", "elements", "enctype", "reset"}
