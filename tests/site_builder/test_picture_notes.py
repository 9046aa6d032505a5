"""Nobody's telephone, home or hour goes out with a photograph; its pixels, colours and way up do."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from site_builder import pictures
from site_builder.pictures.notes import without_notes

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
XMP = b"<x:xmpmeta>36.78N 119.95E</x:xmpmeta>"


def photo(kind: str, *, turned: int = 6, size: tuple[int, int] = (400, 300)) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = turned, "telephone"
    exif.get_ifd(GPS).update({1: "N", 2: (36.0, 47.0, 12.0)})
    colours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more: dict[str, object] = {"exif": exif, "icc_profile": colours}
    if kind == "PNG":
        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        text.add_text("Author", "telephone")
        more["pnginfo"] = text
    else:
        more["xmp"] = XMP
    if kind == "JPEG":
        more |= {"comment": b"telephone", "progressive": True}
    out = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("turned", [1, 6])
def test_a_photograph_keeps_its_pixels_and_says_nothing_else(kind: str, turned: int) -> None:
    noted = photo(kind, turned=turned)
    assert b"telephone" in noted
    plain = without_notes(noted)
    assert b"telephone" not in plain
    assert b"119.95E" not in plain
    with Image.open(io.BytesIO(noted)) as before, Image.open(io.BytesIO(plain)) as after:
        assert after.tobytes() == before.tobytes()
        assert after.info["icc_profile"] == before.info["icc_profile"]
        exif = after.getexif()
    assert dict(exif) == ({ORIENTATION: turned} if turned != 1 else {})
    assert without_notes(plain) == plain


def test_what_lies_behind_a_photograph_stays_at_home() -> None:
    photograph = photo("JPEG")
    assert without_notes(photograph + photo("JPEG") + b"ftypmp42 film") == without_notes(photograph)


def test_of_an_avif_no_byte_moves() -> None:
    noted, plain = photo("AVIF"), without_notes(photo("AVIF"))
    assert len(plain) == len(noted)
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "AVIF", save_all=True, append_images=frames[1:], xmp=XMP)
    moving = without_notes(out.getvalue())
    assert XMP in out.getvalue()
    assert XMP not in moving
    with Image.open(io.BytesIO(moving)) as shown, Image.open(io.BytesIO(out.getvalue())) as before:
        for frame in range(2):
            shown.seek(frame)
            before.seek(frame)
            assert shown.tobytes() == before.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("cut", [3, 25, 40, 700, -30])
def test_a_torn_file_goes_back_as_it_came(kind: str, cut: int) -> None:
    torn = photo(kind, turned=1)[:cut]
    assert without_notes(torn) == torn


def test_other_files_go_back_as_they_came() -> None:
    for other in (b"", b"%PDF-1.7", b"GIF89a", b"\xff\xd8", b"RIFF\0\0\0\0WEBP"):
        assert without_notes(other) == other


def test_a_site_learns_which_files_have_notes(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(photo("JPEG"))
    (tmp_path / "b.jpg").write_bytes(without_notes(photo("JPEG")))
    noted, plain = (pictures.facts(tmp_path / name, tmp_path / "cache") for name in ("a.jpg", "b.jpg"))
    assert noted is not None
    assert plain is not None
    assert (noted.noted, plain.noted) == (True, False)
    assert pictures.published(tmp_path / "a.jpg") == (tmp_path / "b.jpg").read_bytes()


def test_a_picture_that_takes_all_memory_is_refused(tmp_path: Path) -> None:
    Image.new("1", (11_000, 10_000)).save(tmp_path / "a.png")
    assert pictures.trouble(tmp_path / "a.png") == "it has 110 million pixels, 100 are the most"
