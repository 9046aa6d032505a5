"""Pictures and documents are uploaded by people of one union, whose one library no form asks for."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cms.media.models import MediaDocument, MediaImage


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
