"""A preview is the page: rendered from the draft by the same plan, pages and theme as a build."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from PIL import Image

from cms.media.models import MediaImage
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


def test_an_unfinished_draft_says_what_is_missing(unions, make_story, people, sign_in):
    draft = make_story(unions.qingdao, "未完", live=False, figures=[("item", {"label": "人数"})])
    shown = sign_in(people.qingdao_editor).get(f"/admin/pages/{draft.pk}/view_draft/")
    assert "还不能预览" in shown.content.decode()
