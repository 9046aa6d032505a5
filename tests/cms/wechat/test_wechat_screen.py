"""公众号版 in Wagtail: for whoever may edit the record, and nobody else."""

from __future__ import annotations

import io
import json
import zipfile
from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image

from cms.media.models import MediaImage
from cms.records.models import PAGE_TYPES
from site_builder.records import Kind


@pytest.fixture
def story(unions, make_story):
    pixels = BytesIO()
    Image.new("RGB", (1200, 900), "red").save(pixels, "JPEG")
    picture = MediaImage.objects.create(
        title="夜校", file=ImageFile(pixels, "ye.jpg"), collection=unions.qingdao.collection
    )
    return make_story(
        unions.qingdao,
        "夜校开课",
        live=False,
        summary="一周三晚。",
        lead_picture=[("item", {"media": picture, "alt": "学员上课", "caption": ""})],
        body=[
            (
                "text",
                '<p>一周三晚，看<a href="https://example.org/kebiao">课表</a><script>alert(1)</script></p>',
            )
        ],
    )


def screen(page) -> str:
    return reverse("wechat-edition", args=[page.pk])


def files(page) -> str:
    return reverse("wechat-files", args=[page.pk])


def test_an_editor_sees_the_edition_of_the_draft(story, people, sign_in):
    shown = sign_in(people.qingdao_editor).get(screen(story))
    page = shown.content.decode()
    assert shown.status_code == 200
    for words in ("夜校开课", "一周三晚。", "复制正文（带排版和图片）", "cover-2.35x1.jpg", "01-ye.jpg"):
        assert words in page
    assert "课表&lt;sup&gt;[1]" in page, "the text stands in the preview, a link as a note"
    assert "<script>alert" not in page
    assert "&lt;script" not in page
    assert 'src="images/' not in page
    assert "data:image/jpeg;base64," in page


def test_the_files_are_those_of_the_command(story, people, sign_in):
    answer = sign_in(people.qingdao_editor).get(files(story))
    assert answer["Content-Disposition"] == f'attachment; filename="{story.slug}-wechat.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        names = {name.partition("/")[2] for name in packed.namelist()}
        said = json.loads(packed.read(f"{story.slug}/article.json"))
    assert {"article.html", "article.json", "images/01-ye.jpg", "cover-1x1.jpg", "qr.png"} <= names
    assert said["title"] == "夜校开课"
    assert said["content_source_url"].startswith("https://qingdao.example/news/")


@pytest.mark.parametrize("address", [screen, files])
def test_another_union_s_people_find_nothing(story, people, sign_in, address):
    assert sign_in(people.shandong_editor).get(address(story)).status_code in (302, 404)
    assert sign_in(people.qingdao_editor).get(address(story)).status_code == 200


def test_a_stranger_has_to_sign_in(story, client):
    assert client.get(screen(story)).status_code == 302


@pytest.mark.parametrize("kind", [Kind.PLACE, Kind.SERVICE])
def test_what_is_no_article_has_no_edition(unions, people, sign_in, kind):
    page = PAGE_TYPES[kind](title="职工之家", summary="一句话说明", live=False)
    unions.qingdao.section(kind).add_child(instance=page)
    page.save_revision()
    client = sign_in(people.qingdao_editor)
    assert client.get(screen(page)).status_code == 404
    assert screen(page) not in client.get(f"/admin/pages/{page.pk}/edit/").content.decode()


def test_the_editor_leads_to_it(story, people, sign_in):
    edit = sign_in(people.qingdao_editor).get(f"/admin/pages/{story.pk}/edit/").content.decode()
    assert screen(story) in edit


def test_what_is_missing_is_said(unions, people, sign_in, make_story):
    page = make_story(unions.qingdao, "夜" * 40, live=False, body=[("text", "<p>开课</p>")])
    shown = sign_in(people.qingdao_editor).get(screen(page)).content.decode()
    assert "标题超过公众号的字数" in shown
    assert "没有可做封面的图片" in shown
    assert "40" in shown
