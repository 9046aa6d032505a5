"""导入文稿 on the screen and on the command line: whose it becomes, what is in it, what is said."""

from __future__ import annotations

import orjson
import pytest
from click.testing import CliRunner
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry
from wagtail.users.models import UserProfile

from cms import cli
from cms.exporting.links import DatabaseLinks
from cms.exporting.records import record_of
from cms.importing import manuscripts
from cms.importing.drafts import MakeDraft
from cms.media.models import MediaImage
from cms.publishing.clock import Clock
from cms.records.models import GuidePage, RecordPage, StoryPage
from site_builder.records import Kind
from tests.cms.importing.docx import cell, docx, drawn, p, picture, table

pytestmark = pytest.mark.django_db

TEXT = (p("夜校开课", "Title"), p("秋季班", "Subtitle"), p("报名", "1"), p("快来。"))


def send(client, union, data=None, **fields):
    file = {"file": SimpleUploadedFile("稿.docx", data)} if data is not None else {}
    return client.post(reverse("manuscript"), {"union": union.pk, "kind": "story", **file, **fields})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_file_becomes_a_draft_that_opens_at_once(unions, people, sign_in, language):
    client = sign_in(people.qingdao_editor)
    UserProfile.objects.create(user=people.qingdao_editor, preferred_language=language)
    assert ("或者粘贴文字" in client.get(reverse("manuscript")).content.decode()) == (language == "zh-hans")
    data = docx(
        *TEXT, p(inner=picture("a.emf")), table((cell("时间"), cell("地点"))), media={"a.emf": b"emf"}
    )
    done = send(client, unions.qingdao, data)
    story = StoryPage.objects.get()
    assert done.url == reverse("wagtailadmin_pages:edit", args=[story.pk])
    assert (story.title, story.subtitle, story.slug) == ("夜校开课", "秋季班", "ye-xiao-kai-ke")
    assert (story.union, story.live, story.owner) == (unions.qingdao, False, people.qingdao_editor)
    assert [block.block_type for block in story.body] == ["section", "text", "table"]
    shown = client.get(done.url).content.decode()
    assert ("已存为草稿" in shown) == (language == "zh-hans")
    assert ("第 1 张图片没有带过来" in shown) == (language == "zh-hans")
    assert PageLogEntry.objects.filter(page=story.pk, action="wagtail.create").count() == 1
    assert PageLogEntry.objects.filter(page=story.pk, revision=story.latest_revision).exists()


def test_pictures_go_to_the_unions_library_and_the_same_one_once(unions, people, sign_in):
    client = sign_in(people.qingdao_editor)
    media = {"a.png": drawn("red"), "b.emf": drawn("blue", "BMP"), "c.png": b"no picture"}
    parts = [p(inner=picture(name, alt)) for name, alt in (("a.png", "教室"), ("b.emf", ""), ("c.png", ""))]
    for _ in range(2):
        send(client, unions.qingdao, docx(*TEXT, *parts, media=media))
    red = MediaImage.objects.get(title="教室")
    assert red.collection == unions.qingdao.collection
    assert red.uploaded_by_user == people.qingdao_editor
    for story in StoryPage.objects.all():
        images = [block.value for block in story.body if block.block_type == "image"]
        assert [(image["media"].file.name[-4:], image["alt"]) for image in images] == [
            (".png", "教室"),
            (".png", ""),
        ]
        assert images[0]["media"] == red
    story.published = timezone.now()
    record = record_of(story, "qingdao", DatabaseLinks(), Clock())
    assert f"media: {red.media_ref}" in record.body


def test_pasted_text_becomes_a_guide(unions, people, sign_in):
    client = sign_in(people.qingdao_editor)
    send(client, unions.qingdao, kind="guide", text="互助保障\n副题\n一、条件\n在册会员。")
    guide = GuidePage.objects.get()
    assert guide.title == "互助保障"
    assert [block.block_type for block in guide.body] == ["text", "section", "text"]


def test_a_subtitle_of_what_has_none_opens_the_text(unions):
    making = MakeDraft(manuscripts.read(docx(*TEXT), "a.docx"), unions.qingdao, Kind.EVENT)
    page = making.execute()
    assert [block.block_type for block in page.body] == ["text", "section", "text"]
    assert "秋季班" in page.body[0].value.source


def test_a_title_too_long_is_cut_and_said(unions):
    making = MakeDraft(
        manuscripts.read(docx(p("长" * 250, "Title"), p("文。")), "a.docx"), unions.qingdao, Kind.STORY
    )
    assert making.execute().title == "长" * 200
    assert "标题太长" in making.left_out[0]


def test_what_is_wrong_with_the_form_is_said_at_its_field(unions, people, sign_in):
    client = sign_in(people.qingdao_editor)
    for field, said, given in (
        ("text", "没有文字", {}),
        ("text", "只能用一样", {"data": docx(*TEXT), "text": "也有"}),
        ("file", "这不是 .docx", {"data": b"%PDF"}),
    ):
        form = send(client, unions.qingdao, **given).context["form"]
        assert said in form.errors[field][0]
    assert not RecordPage.objects.exists()


def test_nobody_writes_for_another_union(unions, people, sign_in):
    form = send(sign_in(people.shandong_editor), unions.qingdao, docx(*TEXT)).context["form"]
    assert "union" in form.errors
    making = MakeDraft(
        manuscripts.read(docx(*TEXT), "a.docx"), unions.qingdao, Kind.STORY, people.shandong_editor
    )
    with pytest.raises(PermissionDenied):
        making.execute()
    assert not RecordPage.objects.exists()


def test_the_command_shows_first_and_makes_a_draft_when_told(unions, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "_require_database", lambda: None)
    file = tmp_path / "稿.docx"
    file.write_bytes(docx(*TEXT, p(inner=picture("far", link="link"))))
    arguments = [str(file), "--union", "qingdao", "--as", "story", "--json"]

    def run(*more: str):
        return CliRunner().invoke(cli.import_table, [*arguments, *more])

    told = orjson.loads(run().stdout)
    assert (told["title"], told["page"], told["parts"], len(told["problems"])) == ("夜校开课", None, 2, 1)
    assert not StoryPage.objects.exists()
    told = orjson.loads(run("--apply").stdout)
    assert StoryPage.objects.get().pk == told["page"]
    assert run("--publish").exit_code == 2
    file.write_bytes(b"no")
    wrong = run()
    assert wrong.exit_code == 2
    assert "稿.docx" in wrong.stderr
