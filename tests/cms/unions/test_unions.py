"""A union: its place in the tree, its profile, and what is made around it."""

from __future__ import annotations

from typing import get_args

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.fields import StreamField
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
)
from wagtail.test.utils.form_data import querydict_from_html

from cms.media.models import MediaImage, ascii_name
from cms.media.svg import sanitise
from cms.unions import rules, widgets
from cms.unions.models import HOME_BLOCKS, SectionPage, UnionPage, UnionRole
from cms.unions.setup import ensure_root, prepare_union
from cms.unions.signals import tables_changed
from site_builder import records
from site_builder.formats import contrast


def test_a_new_union_has_sections_library_groups_and_a_workflow(unions):
    for union in (unions.shandong, unions.qingdao):
        sections = SectionPage.objects.child_of(union)
        assert {(section.kind, section.slug) for section in sections} == {
            ("story", "news"),
            ("program", "programs"),
            ("guide", "guides"),
            ("event", "events"),
            ("place", "places"),
            ("service", "services"),
            ("collection", "topics"),
            ("dataset", "data"),
        }
        assert union.collection.name == union.title
        assert set(union.roles.values_list("role", flat=True)) == {"editor", "reviewer", "manager"}
        assert WorkflowPage.objects.get(page=union).workflow.tasks
    assert unions.shandong.collection != unions.qingdao.collection


def test_a_union_that_is_saved_again_keeps_its_sections(unions):
    """As loading saves the page that it made: Wagtail's lists ask a page whether it has children."""
    unions.qingdao.slogan = "主动服务"
    unions.qingdao.save()
    stored = UnionPage.objects.get(pk=unions.qingdao.pk)
    assert stored.get_children().count() == len(SectionPage.KINDS)
    UnionPage.objects.filter(pk=stored.pk).update(numchild=0)
    tables_changed(apps.get_app_config("unions"), using="default", plan=["a migration"])
    stored.refresh_from_db()
    assert stored.get_children().count() == len(SectionPage.KINDS)


def test_what_keeps_a_union_from_being_deleted_is_named(unions, people, sign_in):
    """The union below it, with the field to change: on the page's own screen and for several at once."""
    client, (upper, lower) = sign_in(people.network_admin), (unions.shandong, unions.qingdao)
    way = f'<a href="{reverse("wagtailadmin_pages:edit", args=[lower.pk])}">青岛市总工会</a> · 上级工会'
    alone = reverse("wagtailadmin_pages:delete", args=[upper.pk])
    several = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id={upper.pk}"
    for screen in (alone, several):
        assert way in client.get(screen).content.decode()
        assert client.post(screen, {"confirm_site_name": settings.WAGTAIL_SITE_NAME}).status_code != 500
    assert UnionPage.objects.filter(pk=upper.pk).exists()
    UnionPage.objects.filter(pk=lower.pk).get().delete()
    assert "上级工会" not in client.get(alone).content.decode()


def test_of_a_deleted_union_nothing_empty_is_left(make_union):
    """Made again under the same name, it has one library and one review."""
    for _time in range(2):
        union = make_union("linshi", "临时工会", "province")
        assert Collection.objects.filter(name="临时工会").count() == 1
        assert Workflow.objects.filter(name="临时工会（linshi）审核").count() == 1
        assert GroupApprovalTask.objects.filter(name="临时工会（linshi）审核").count() == 1
        union.delete()
    assert not Collection.objects.filter(name="临时工会").exists()
    assert not Workflow.objects.filter(name__startswith="临时工会").exists()


def test_pictures_of_a_deleted_union_stay_in_their_library(make_union):
    union = make_union("linshi", "临时工会", "province")
    MediaImage.objects.create(title="图", file="x.png", width=1, height=1, collection=union.collection)
    union.delete()
    assert MediaImage.objects.get().collection.name == "临时工会"


def test_preparing_again_changes_nothing(unions):
    counts = [model.objects.count() for model in (SectionPage, Collection, Group, UnionRole, WorkflowPage)]
    prepare_union(unions.qingdao)
    ensure_root()
    after = [model.objects.count() for model in (SectionPage, Collection, Group, UnionRole, WorkflowPage)]
    assert after == counts


def test_a_union_made_before_a_kind_was_known_gets_its_section(unions):
    """With permissions: its editors may write there."""
    unions.qingdao.section("event").delete()
    tables = apps.get_app_config("unions")
    tables_changed(tables, using="default", plan=[])
    assert not SectionPage.objects.child_of(unions.qingdao).filter(kind="event").exists()
    tables_changed(tables, using="default", plan=["a migration"])
    section = unions.qingdao.section("event")
    editors = unions.qingdao.roles.get(role="editor").group
    assert GroupPagePermission.objects.filter(page=section, group=editors).exists()
    assert unions.shandong.section("event")


def test_a_new_name_reaches_library_and_groups(unions):
    unions.qingdao.title = "青岛市工会"
    unions.qingdao.save()
    assert Collection.objects.filter(name="青岛市工会").exists()
    assert unions.qingdao.roles.filter(group__name__startswith="青岛市工会").count() == 3


def test_wagtails_own_groups_are_gone(unions):
    assert not Group.objects.filter(name__in=["Editors", "Moderators"]).exists()
    assert Site.objects.get().root_page.slug == "unions"


def test_what_is_above_all_unions_is_called_so(unions):
    """Choosers said Root, where a workflow is given its pages."""
    assert Collection.objects.get(depth=1).name == "全网"
    assert Page.objects.get(depth=1).get_admin_display_title() == "全网"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"schedule_cron": "every day"}, "schedule_cron"),
        ({"schedule_timezone": "Mars/Base"}, "schedule_timezone"),
        ({"schedule_quiet_hours": "night"}, "schedule_quiet_hours"),
        ({"base_url": "https://qingdao.example/"}, "base_url"),
        ({"base_url": "qingdao.example"}, "base_url"),
        ({"palette_primary": "red"}, "palette_primary"),
        ({"palette_primary": "#ffcc00"}, "palette_primary"),
        ({"palette_accent": "#eeeeee"}, "palette_accent"),
        ({"slug": "qing_dao"}, "slug"),
        ({"level": "national"}, "parent_union"),
    ],
)
def test_mistakes_are_named_on_their_field(unions, fields, wrong):
    union = unions.qingdao
    for name, value in fields.items():
        setattr(union, name, value)
    with pytest.raises(ValidationError) as caught:
        union.full_clean()
    assert wrong in caught.value.message_dict


def test_the_tree_has_no_circle(unions, make_union):
    county = make_union("laoshan", "崂山区总工会", "county", unions.qingdao)
    unions.shandong.parent_union = county
    with pytest.raises(ValidationError, match="圈"):
        unions.shandong.full_clean()


def test_zones_and_subsidiaries_stand_beside_equals(unions, make_union):
    zone = make_union("zone", "高新区总工会", "city", unions.qingdao, functional_zone=True)
    zone.full_clean()
    line = make_union("metal", "机械冶金工会", "industry", unions.qingdao)
    line.full_clean()


def test_a_union_with_lower_ones_cannot_be_deleted(unions):
    with pytest.raises(Exception, match="protected"):
        unions.shandong.delete()
    assert UnionPage.objects.filter(pk=unions.shandong.pk).exists()


def test_a_pale_colour_is_refused_with_a_shade_that_would_do():
    proposal = widgets.proposal("#ffcc00")
    assert contrast(proposal, "#fdfcf9") >= 4.5
    assert proposal in str(rules.colours("#ffcc00", "")["palette_primary"])
    assert rules.colours(proposal, proposal) == {}
    assert widgets.proposal("#a4161a") == ""
    assert "4.5" in widgets.verdict("#ffcc00")
    assert "4.5" not in widgets.verdict("#a4161a")


def test_the_screen_s_papers_are_those_of_the_theme():
    tokens = (settings.UNIONPRESS_THEMES / "base" / "static" / "css" / "00-tokens.css").read_text()
    day, night = rules.PAPERS
    assert tokens.index(f"--paper: {day};") < tokens.index(f"--paper: {night};")
    brand = (settings.UNIONPRESS_THEMES / "base" / "templates" / "brand.css").read_text()
    assert f'shades("{night}", {widgets.NIGHT_CONTRAST})' in brand


def test_a_part_of_the_front_page_stands_once():
    assert "home_blocks" in rules.home_blocks(["lead", "news", "lead"])
    assert rules.home_blocks(["lead", "news"]) == {}
    assert {name for name, _label in HOME_BLOCKS} == set(get_args(records.HomeBlock))


def test_every_field_of_a_union_has_a_place():
    renamed = {
        "name": "title",
        "aliases": "other_names",
        "parent": "parent_union",
        "site": "base_url",
        "schedule": "schedule_cron",
        "palette": "palette_primary",
        "footer": "footer_organiser",
        "home": "home_lead",
        "closure": "closed_how",
    }
    names = {*records.Union.model_fields, *records.Site.model_fields}
    for name in names:
        assert hasattr(UnionPage, renamed.get(name, name)), name
    for part, model in (
        ("footer", records.Footer),
        ("palette", records.Palette),
        ("home", records.Home),
        ("schedule", records.Schedule),
    ):
        for name in model.model_fields:
            assert hasattr(UnionPage, f"{part}_{name}")


def test_media_names_are_ascii_and_unique_within_a_union(unions):
    assert ascii_name("夜校 开课.PNG") == "ye-xiao-kai-ke.png"
    made = [
        MediaImage(title="夜校", file="夜校.png", collection=union.collection, width=10, height=10)
        for union in (unions.qingdao, unions.qingdao, unions.shandong)
    ]
    for image in made:
        image.save()
    assert [image.media_ref for image in made] == [
        "media:qingdao/ye-xiao.png",
        "media:qingdao/ye-xiao-2.png",
        "media:shandong/ye-xiao.png",
    ]


def test_a_focal_point_keeps_its_digits_until_somebody_moves_it(unions):
    image = MediaImage(title="x", file="x.png", collection=unions.qingdao.collection, width=640, height=480)
    image.set_relative_focal_point((0.3333, 0.5))
    image.save()
    image = MediaImage.objects.get(pk=image.pk)
    image.save()
    assert image.focal_point == [0.3333, 0.5]
    image.focal_point_x = 320
    image.save()
    assert image.focal_point == [0.5, 0.5]


def test_an_svg_keeps_its_drawing_only():
    source = b"""<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"
      xmlns:xlink="http://www.w3.org/1999/xlink">
      <script>alert(1)</script><foreignObject><p/></foreignObject><style>@import url(x)</style>
      <a href="javascript:alert(1)"><text>x</text></a>
      <use href="https://elsewhere.example/x.svg#a"/><use xlink:href="#a"/>
      <rect width="10" fill="url(#a)" style="fill:url(https://elsewhere.example)"
        onclick="alert(1)"/></svg>"""
    clean = sanitise(source).decode()
    assert 'width="10"' in clean
    assert 'fill="url(#a)"' in clean
    for danger in ("script", "foreignObject", "alert", "elsewhere", "style", "<a", "onclick", "onload"):
        assert danger not in clean


@pytest.mark.parametrize("source", [b"<html/>", b"no", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', b"<svg>"])
def test_what_is_no_svg_is_refused(source):
    with pytest.raises(ValidationError):
        sanitise(source)


@pytest.mark.parametrize(
    ("cron", "timezone", "quiet_hours", "said"),
    [
        ("", "Asia/Shanghai", "", {}),
        ("0 6 * * 1-5", "Asia/Shanghai", "22:00-06:00", {}),
        ("0 0 6 * * *", "Asia/Shanghai", "", {"schedule_cron": "请写 0 6 * * *。"}),
        ("每天六点", "Asia/Shanghai", "", {"schedule_cron": "五段 cron"}),
        ("0 6 L 2 *", "Asia/Shanghai", "", {}),
        ("0 0 31 2 *", "Asia/Shanghai", "", {"schedule_cron": "没有这一天"}),
        ("0 0 31 13 *", "Asia/Shanghai", "", {"schedule_cron": "五段 cron"}),
        (
            "* * *",
            "Asia",
            "22点到6点",
            {
                "schedule_cron": "五段 cron",
                "schedule_timezone": "没有这个时区",
                "schedule_quiet_hours": "22:00",
            },
        ),
    ],
)
def test_each_mistake_in_a_schedule_is_named_with_what_to_write(cron, timezone, quiet_hours, said):
    errors = rules.schedule(cron, timezone, quiet_hours)
    assert errors.keys() == said.keys()
    assert all(words in str(errors[field]) for field, words in said.items())


def test_what_keeps_a_unions_page_from_saving_itself_is_named(unions, people, sign_in):
    """As on the screens of records; nobody of another union gets an answer."""
    address = reverse("wagtailadmin_pages:edit", args=[unions.qingdao.pk])
    client = sign_in(people.qingdao_manager)
    sent = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form")
    streams = [field for field in UnionPage._meta.get_fields() if isinstance(field, StreamField)]
    sent.update({f"{field.name}-count": "0" for field in streams})  # the screen's script writes these
    sent["schedule_cron"] = "0 0 6 * * *"
    answer = client.post(address, sent, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == ["schedule_cron"]
    other = sign_in(people.shandong_manager).post(address, sent, headers={"Accept": "application/json"})
    assert other.status_code == 302
    assert not UnionPage.objects.filter(schedule_cron=sent["schedule_cron"]).exists()


def test_who_takes_the_place_of_a_union_is_written_by_name(unions, people, sign_in):
    client = sign_in(people.network_admin)
    address = reverse("wagtailadmin_pages:edit", args=[unions.qingdao.pk])
    data = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form").dict()
    streams = [field for field in UnionPage._meta.get_fields() if isinstance(field, StreamField)]
    data |= {f"{field.name}-count": "0" for field in streams}  # the screen's script writes these
    data |= {"closed_how": "merged", "closed_since": "2025-06-01", "region_code": "370000"}
    wrong = client.post(address, data | {"closed_successors": "没有的工会", "action-publish": "1"})
    assert "没有叫“没有的工会”的工会" in wrong.content.decode()
    nobody = client.post(address, data | {"closed_successors": "", "action-publish": "1"}).content.decode()
    assert "请写由谁接替；没有接替的，请选“撤销”。" in nobody
    assert "这是全省的代码" in nobody
    named = {"closed_successors": unions.shandong.title, "region_code": "370200", "action-publish": "1"}
    assert client.post(address, data | named).status_code == 302
    union = UnionPage.objects.get(pk=unions.qingdao.pk)
    assert (union.closed_successors, union.region_code) == (["shandong"], "370200")
    assert unions.shandong.title in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"closed_since": "2025-06-01"}, "closed_how"),
        ({"closed_how": "merged"}, "closed_since"),
        ({"closed_how": "dissolved", "closed_since": "2025-06-01"}, ""),
        (
            {"closed_how": "split", "closed_since": "2025-06-01", "closed_successors": ["a"]},
            "closed_successors",
        ),
        (
            {"closed_how": "renamed", "closed_since": "2025-06-01", "closed_successors": ["a", "b"]},
            "closed_successors",
        ),
        (
            {"closed_how": "merged", "closed_since": "2025-06-01", "closed_successors": ["qingdao"]},
            "closed_successors",
        ),
    ],
)
def test_a_closure_is_whole_or_says_what_it_lacks(unions, said, field):
    for name, value in said.items():
        setattr(unions.qingdao, name, value)
    assert list(rules.closure(unions.qingdao)) == ([field] if field else [])
