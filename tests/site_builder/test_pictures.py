"""Pictures in the sizes that devices need: planned from their pixels, made once, the same bytes."""

from __future__ import annotations

import io
from base64 import b64decode
from pathlib import Path

import pytest
from PIL import Image

from site_builder import pictures

ORIENTATION = 0x0112


def photo(folder: Path, size: tuple[int, int] = (2000, 1500), name: str = "a.jpg", **options: object) -> Path:
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    file = folder / name
    image.save(file, **options)
    return file


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (319, ()),
        (320, (320,)),
        (500, (500,)),
        (1000, (480, 1000)),
        (2000, (480, 960, 1600)),
        (1600, (480, 960, 1600)),
    ],
)
def test_no_size_is_larger_than_the_picture_or_next_to_another(
    tmp_path: Path, width: int, widths: tuple[int, ...]
) -> None:
    known = pictures.facts(photo(tmp_path, (width, 200)))
    assert known is not None
    assert known.widths == widths


def test_every_size_keeps_the_shape(tmp_path: Path) -> None:
    file = photo(tmp_path)
    for kind in pictures.FORMATS:
        image = opened(pictures.encoded(file, 480, kind))
        assert image.size == (480, 360)
        assert image.format == kind.upper()


def test_a_picture_on_its_side_is_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    file = photo(tmp_path, (1200, 800), exif=exif)
    known = pictures.facts(file)
    assert known is not None
    assert (known.width, known.height) == (800, 1200)
    image = opened(pictures.encoded(file, 480, "webp"))
    assert image.size == (480, 720)
    assert not image.getexif(), "where a picture was taken is nobody's business"


def test_a_large_original_is_not_sent(tmp_path: Path) -> None:
    known = pictures.facts(photo(tmp_path))
    assert known is not None
    assert known.plain == (960, "jpg")
    small = pictures.facts(photo(tmp_path, (800, 600), "b.jpg"))
    assert small is not None
    assert small.plain is None


def test_what_shows_through_keeps_it(tmp_path: Path) -> None:
    image = Image.new("RGBA", (1800, 900), (200, 0, 0, 128))
    file = tmp_path / "a.png"
    image.save(file)
    known = pictures.facts(file)
    assert known is not None
    assert (known.blur, known.plain) == ("", (960, "png"))
    for kind in ("avif", "webp", "png"):
        assert opened(pictures.encoded(file, 480, kind)).has_transparency_data


def test_moving_pictures_stay_as_they_are(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (600, 400), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    known = pictures.facts(tmp_path / "a.gif")
    assert known is not None
    assert (known.still, known.widths, known.plain) == (False, (), None)


def test_what_is_no_picture_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(b"PDF")
    assert pictures.facts(file) is None
    with pytest.raises(OSError, match="cannot identify"):
        pictures.encoded(file, 480, "webp")


def test_a_blur_is_small_and_of_the_shape(tmp_path: Path) -> None:
    known = pictures.facts(photo(tmp_path))
    assert known is not None
    head, _, data = known.blur.partition(",")
    assert head == "data:image/webp;base64"
    assert len(known.blur) < 300
    assert opened(b64decode(data)).size == (12, 9)


def test_with_and_without_a_cache_the_bytes_are_the_same(tmp_path: Path) -> None:
    file, cache = photo(tmp_path), tmp_path / "cache"
    made = pictures.encoded(file, 480, "avif", cache)
    assert pictures.encoded(file, 480, "avif") == made
    assert pictures.facts(file, cache) == pictures.facts(file)


def test_a_cache_is_read_and_a_changed_picture_is_another(tmp_path: Path) -> None:
    file, cache = photo(tmp_path), tmp_path / "cache"
    first = pictures.encoded(file, 480, "webp", cache)
    kept = next(cache.rglob("*.480.webp"))
    kept.write_bytes(b"kept")
    assert pictures.encoded(file, 480, "webp", cache) == b"kept"
    photo(tmp_path, (1000, 1000))
    changed = pictures.encoded(file, 480, "webp", cache)
    assert changed not in (b"kept", first)
    assert opened(changed).size == (480, 480)
