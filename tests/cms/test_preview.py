"""A preview is the page: rendered from the draft by the same plan, pages and theme as a build."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from PIL import Image
from wagtail.users.models import UserProfile

from cms.exporting.export import export
from cms.media.models import MediaImage
from cms.places import places
from cms.publishing.clock import Clock
from cms.records.models import PAGE_TYPES, CollectionPage
from site_builder.records import Kind


@pytest.fixture
def draft(unions, make_story):
    pixels = BytesIO()
    Image.new("RGB", (40, 30), "red").save(pixels, "PNG")
    picture = MediaImage.objects.create(
        title="夜校", file=ImageFile(pixels, "ye.png"), collection=unions.qingdao.collection
    )
    return make_story(
        unions.qingdao,
        "夜校开课预览稿",
        live=False,
        published="2999-01-01T00:00:00+08:00",
        lead_picture=[("item", {"media": picture, "alt": "学员上课", "caption": ""})],
        body=[("text", "<p>一周三晚<script>alert(1)</script></p>")],
    )


def test_a_draft_is_shown_as_on_the_site(draft, people, sign_in):
    client = sign_in(people.qingdao_editor)
    shown = client.get(f"/admin/pages/{draft.pk}/view_draft/")
    page = shown.content.decode()
    assert shown.status_code == 200
    for words in ("夜校开课预览稿", "一周三晚", "学员上课", "青岛市总工会"):
        assert words in page
    assert "<script>alert" not in page
    style = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    assert style.startswith("/preview/qingdao/assets/")
    assert client.get(style)["Content-Type"] == "text/css"
    assert client.get("/preview/qingdao/assets/brand.css").status_code == 200
    picture = client.get("/preview/qingdao/media/qingdao/ye.png")
    assert picture["Content-Type"] == "image/png"


@pytest.mark.parametrize("kind", [kind for kind in PAGE_TYPES if kind is not Kind.COLLECTION])
def test_every_kind_has_its_preview(unions, people, sign_in, kind):
    page = PAGE_TYPES[kind](title="职工之家预览", summary="一句话说明", live=False)
    unions.qingdao.section(kind).add_child(instance=page)
    page.save_revision()
    shown = sign_in(people.qingdao_editor).get(f"/admin/pages/{page.pk}/view_draft/").content.decode()
    assert "<h1" in shown
    assert "职工之家预览" in shown
    assert "还不能预览" not in shown


def test_a_topic_without_records_says_why_it_has_no_page(unions, people, sign_in):
    page = CollectionPage(title="空专题", live=False)
    unions.qingdao.section("collection").add_child(instance=page)
    page.save_revision()
    shown = sign_in(people.qingdao_editor).get(f"/admin/pages/{page.pk}/view_draft/").content.decode()
    assert "专题里还没有内容" in shown


@pytest.mark.parametrize("path", ["assets/brand.css", "media/qingdao/ye.png"])
def test_previews_are_for_the_unions_own_people(draft, people, sign_in, client, path):
    assert sign_in(people.shandong_manager).get(f"/preview/qingdao/{path}").status_code == 404
    assert client.get(f"/preview/qingdao/{path}").status_code == 404


@pytest.mark.parametrize("path", ["media/../../secret", "media/shandong/..%2f..%2fx", "index.html"])
def test_a_preview_serves_nothing_else(draft, people, sign_in, path):
    assert sign_in(people.qingdao_editor).get(f"/preview/qingdao/{path}").status_code == 404


@pytest.mark.parametrize(
    ("language", "notes"),
    [
        ("zh-hans", ["预览里先没有还没填完的", "数字 2 › 数值：", "正文 2 图片 › 替代文字："]),
        ("en", ["not in this preview yet", "Key figures 2 › Value: ", "Body 2 Picture › Alternative text: "]),
    ],
)
def test_what_is_half_written_is_left_out_and_named(unions, make_story, people, sign_in, language, notes):
    whole = {"label": "学员", "value": "88", "unit": "名", "as_of": "2024"}
    editor = people.qingdao_editor
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": language})
    draft = make_story(
        unions.qingdao,
        "未完",
        live=False,
        figures=[("item", whole), ("item", {"label": "人数"})],
        body=[("text", "<p>写好的</p>"), ("image", {"alt": ""})],
    )
    shown = sign_in(editor).get(f"/admin/pages/{draft.pk}/view_draft/").content.decode()
    for words in ("<h1", "未完", "写好的", "88", *notes):
        assert words in shown
    assert "pydantic" not in shown
    assert f'<aside lang="{language}"' in shown
    draft.refresh_from_db()
    assert len(draft.get_latest_revision_as_object().figures) == 2, "only the preview goes without"


def test_what_no_block_knows_is_said_by_the_name_of_the_field(unions, make_story, people, sign_in):
    draft = make_story(unions.qingdao, "旧稿", live=False, former_paths=["x y"])
    shown = sign_in(people.qingdao_editor).get(f"/admin/pages/{draft.pk}/view_draft/").content.decode()
    assert "还不能预览" in shown
    assert "<li>旧地址：这里的写法不对" in shown


def test_links_of_a_preview_lead_to_the_site_as_it_is(unions, make_story, people, sign_in):
    there = make_story(unions.qingdao, "网上的一篇", published="2025-04-01T09:00:00+08:00")
    assert not export(places(), Clock()).problems
    body = [("text", f'<p>见<a href="record:{there.uuid}">那一篇</a></p>')]
    draft = make_story(unions.qingdao, "草稿", live=False, body=body)
    client = sign_in(people.qingdao_editor)
    shown = client.get(f"/admin/pages/{draft.pk}/view_draft/").content.decode()
    (to,) = re.findall(r'<a href="([^"]*)">那一篇', shown)
    assert to.startswith("/preview/qingdao/news/2025/04/")
    assert "网上的一篇" in client.get(to).content.decode()
    assert "青岛市总工会" in client.get("/preview/qingdao/").content.decode()
    assert client.get("/preview/qingdao/news/none/").status_code == 404
    for address in (to, "/preview/qingdao/"):
        assert sign_in(people.shandong_manager).get(address).status_code == 404
