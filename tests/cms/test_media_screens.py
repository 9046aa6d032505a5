"""Pictures and documents are uploaded by people of one union, whose one library no form asks for."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cms.media.models import MediaDocument, MediaImage
from cms.records.models import StoryPage


def picture(name: str = "tu.png") -> SimpleUploadedFile:
    pixels = BytesIO()
    Image.new("RGB", (4, 3)).save(pixels, "PNG")
    return SimpleUploadedFile(name, pixels.getvalue(), "image/png")


@pytest.mark.parametrize(
    ("address", "model", "file"),
    [
        ("/admin/images/add/", MediaImage, picture),
        ("/admin/images/chooser/create/", MediaImage, picture),
        ("/admin/documents/add/", MediaDocument, lambda: SimpleUploadedFile("biao.pdf", b"%PDF-1.4")),
    ],
)
def test_an_editor_s_files_land_in_their_union_s_library(unions, people, sign_in, address, model, file):
    # The modal of the chooser puts its prefix before each field.
    prefix = "image-chooser-upload-" if "chooser" in address else ""
    said = {f"{prefix}title": "夜校开班", f"{prefix}file": file(), f"{prefix}media_name": ""}
    response = sign_in(people.qingdao_editor).post(address, said)
    assert response.status_code in (200, 302)
    assert model.objects.get().collection == unions.qingdao.collection


def test_a_name_that_is_taken_is_said_not_an_error(unions, people, sign_in):
    client = sign_in(people.qingdao_editor)
    for _ in range(2):
        shown = client.post("/admin/images/add/", {"title": "图", "file": picture(), "media_name": "tu.png"})
    assert "本工会已有同名的图片" in shown.content.decode()
    assert MediaImage.objects.count() == 1
    other = {"title": "图", "file": picture(), "media_name": "tu.png"}
    assert sign_in(people.shandong_editor).post("/admin/images/add/", other).status_code == 302


@pytest.mark.parametrize("kind", ["image", "document", "link"])
def test_what_a_page_shows_is_not_deleted_and_the_page_is_named(unions, people, sign_in, make_story, kind):
    """Deleted, it would leave a page that can neither be published nor exported."""
    library = unions.shandong.collection
    if kind == "image":
        file = MediaImage.objects.create(title="照片", file=ImageFile(picture()), collection=library)
        body = [("image", {"media": file, "alt": "夜校", "caption": ""})]
        alone, several = f"/admin/images/{file.pk}/delete/", "/admin/bulk/media/mediaimage/delete/"
    else:
        file = MediaDocument.objects.create(title="表", file=ContentFile(b"x", "b.pdf"), collection=library)
        link = f'<p><a linktype="document" id="{file.pk}">表</a></p>'
        attached = ("attachment", {"media": file, "title": "表", "note": ""})
        body = [attached if kind == "document" else ("text", link)]
        alone, several = f"/admin/documents/delete/{file.pk}/", "/admin/bulk/media/mediadocument/delete/"
    own = make_story(unions.shandong, "自己的一篇", body=body)
    make_story(unions.qingdao, "别人的草稿", live=False, body=body)
    client = sign_in(people.shandong_editor)
    for screen in (alone, f"{several}?id={file.pk}"):
        said = client.get(screen).content.decode()
        assert f'<a href="/admin/pages/{own.pk}/edit/">自己的一篇</a>' in said
        assert "青岛市总工会的一页" in said
        assert "别人的草稿" not in said
        client.post(screen)
        assert type(file).objects.filter(pk=file.pk).exists()
    StoryPage.objects.get(title="自己的一篇").delete()
    StoryPage.objects.get(title="别人的草稿").delete()
    client.post(alone)
    assert not type(file).objects.exists()
