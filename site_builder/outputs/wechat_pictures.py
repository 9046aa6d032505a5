"""Pictures and covers as WeChat takes them: JPEG or PNG, under one megabyte.

Limits: https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add (draft_add), and
the upload of pictures inside a text. Covers are shown as 2.35:1 in a list, as a square where they are passed
on.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

LARGEST = 1_000_000
"""Bytes of a picture inside a text."""
WIDEST = 1080
"""Pixels: what the widest phone shows."""
COVERS = {"cover-2.35x1.jpg": (900, 383), "cover-1x1.jpg": (500, 500)}
_QUALITIES = (85, 75, 65, 55, 45)


@dataclass(frozen=True, slots=True)
class Made:
    """A picture's bytes in the format of its name."""

    suffix: str
    data: bytes
    width: int
    height: int


def picture(file: Path) -> Made:
    """A picture within the limits. Raises OSError for a file that is none."""
    with Image.open(file) as opened:
        image = ImageOps.exif_transpose(opened)
        clear = image.has_transparency_data
        drawn = clear or (opened.format == "PNG" and _few_colours(image))
        image = image.convert("RGBA" if clear else "RGB")
    if image.width > WIDEST:
        image = image.resize(
            (WIDEST, max(1, round(image.height * WIDEST / image.width))), Image.Resampling.LANCZOS
        )
    if drawn:
        data = _saved(image, "PNG", optimize=True)
        if len(data) < LARGEST:
            return Made("png", data, image.width, image.height)
        image = _on_white(image)
    return Made("jpg", _small_enough(image), image.width, image.height)


def cover(file: Path, size: tuple[int, int], focal_point: tuple[float, float] | None) -> Made:
    """A picture cut to a cover's shape around what matters in it, never enlarged."""
    with Image.open(file) as opened:
        opened.draft("RGB", (size[0] * 2, size[1] * 2))
        image = _on_white(ImageOps.exif_transpose(opened))
    shrink = min(1.0, image.width / size[0], image.height / size[1])
    fitted = (max(1, round(size[0] * shrink)), max(1, round(size[1] * shrink)))
    image = ImageOps.fit(image, fitted, Image.Resampling.LANCZOS, centering=focal_point or (0.5, 0.5))
    return Made("jpg", _small_enough(image), image.width, image.height)


def _few_colours(image: Image.Image) -> bool:
    """A drawing or a chart: JPEG would smear its edges."""
    return image.convert("RGB").resize((256, 256), Image.Resampling.NEAREST).getcolors(4096) is not None


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


def _small_enough(image: Image.Image) -> bytes:
    data = b""
    for quality in _QUALITIES:
        data = _saved(image, "JPEG", quality=quality, optimize=True)
        if len(data) < LARGEST:
            break
    return data


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
