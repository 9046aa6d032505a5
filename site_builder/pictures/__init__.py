"""Pictures in the sizes and formats that devices ask for: AVIF and WebP, 480 to 1600 pixels wide.

What a picture is made into depends on its pixels alone, so that a page can name the files before they exist
(`facts`, `Facts.widths`). They are made once for each version of a picture and kept under a hash of its bytes
(`encoded`); without a folder to keep them in, the same bytes are made again. Drawings stay SVG and are not
asked about here; moving pictures stay as they are. What is sent as it was uploaded is sent without its
camera's notes (`published`).
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import warnings
from base64 import b64encode
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import PIL
from PIL import Image, ImageOps, UnidentifiedImageError, features

from site_builder.pictures.notes import SUFFIXES, without_notes

WIDTHS = (480, 960, 1600)
"""A phone; a phone of many pixels or half a desk's screen; a desk's screen."""
SMALLEST = 320
"""Pixels of width below which a picture is sent as it is."""
LARGEST_FILE = 300_000
"""Bytes above which a picture is not sent as it was uploaded, even to a browser that knows neither format."""
MOST_PIXELS = 100_000_000
"""Of a picture as it is opened (a JPEG is opened smaller): more would take the memory of all other work."""
KNOWN = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP")
"""Formats that browsers show. HEIC and TIFF most do not, whatever of this machine reads them."""
FORMATS = ("avif", "webp")
TYPES = {"avif": "image/avif", "webp": "image/webp"}

_OPTIONS: dict[str, dict[str, Any]] = {
    "avif": {"quality": 55, "speed": 7, "max_threads": 1},
    "webp": {"quality": 74, "method": 4},
    "jpg": {"quality": 80, "optimize": True, "progressive": True},
    "png": {"optimize": True},
}
_NAMES = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG", "png": "PNG"}
_BLUR = 12
"""Pixels of width of the picture that stands there until the picture comes."""
_ORIENTATION = 0x0112
_MAKER = ".".join(
    (PIL.__version__, *(str(features.version(name)) for name in ("avif", "webp", "jpg", "zlib")), "1")
)
"""Part of every key: another version of a library makes other bytes. The last number is this module's own."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a picture file. `width` and `height` as it is shown, turned as its camera noted."""

    width: int
    height: int
    still: bool
    """One picture, in pixels: not a moving one."""
    opaque: bool
    size: int
    """Bytes."""
    blur: str = ""
    """A `data:` address of the picture in a hundred bytes; empty where it would show through."""
    noted: bool = False
    """Whether its file says more than its pixels: where it was taken, with which camera."""

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths it is made in, the smallest first; none for what is sent as it is."""
        if not self.still or self.width < SMALLEST:
            return ()
        largest = min(self.width, WIDTHS[-1])
        return (*(width for width in WIDTHS if width <= largest * 0.8), largest)

    @property
    def plain(self) -> tuple[int, str] | None:
        """Width and format of the file for browsers that know no other, where the original is too large."""
        if not self.widths or (self.size <= LARGEST_FILE and self.width <= WIDTHS[-1]):
            return None
        return min(self.width, WIDTHS[1]), "jpg" if self.opaque else "png"


def facts(file: Path, cache: Path | None = None) -> Facts | None:
    """What is known of a picture file, read once for each version of it; None if it is no picture."""
    stat = file.stat()
    return _facts(file, stat.st_mtime_ns, stat.st_size, cache)


def trouble(file: Path) -> str | None:
    """Why a picture cannot be shown, in few words; None if it can. Every pixel is read once."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # said below, in our words
            with Image.open(file, formats=KNOWN) as image:
                image.draft("RGB", (WIDTHS[0], WIDTHS[0]))
                if (pixels := image.width * image.height) > MOST_PIXELS:
                    most = MOST_PIXELS // 1_000_000
                    return f"it has {pixels // 1_000_000} million pixels, {most} are the most"
                image.load()
    except UnidentifiedImageError:
        return "it is no picture of a kind that browsers show"
    except Exception as error:  # readers of formats raise whatever they stumble over
        return str(error) or type(error).__name__
    return None


def encoded(file: Path, width: int, kind: str, cache: Path | None = None) -> bytes:
    """The picture `width` pixels wide as `avif`, `webp`, `jpg` or `png`.

    Raises OSError for what is no picture.
    """
    stat = file.stat()
    kept = cache and _place(cache, _hash(file, stat.st_mtime_ns, stat.st_size), f"{width}.{kind}")
    if kept and kept.is_file():
        return kept.read_bytes()
    with Image.open(file) as image:
        image.draft("RGB", (width * 2, width * 2 * image.height // max(1, image.width)))
        shown = _plain(ImageOps.exif_transpose(image))
    if shown.width > width:
        shown = shown.resize(
            (width, max(1, round(shown.height * width / shown.width))), Image.Resampling.LANCZOS
        )
    out = io.BytesIO()
    if kind == "jpg":
        shown = shown.convert("RGB")
    shown.save(out, _NAMES[kind], **_OPTIONS[kind])
    data = out.getvalue()
    if kept:
        keep(kept, data)
    return data


def published(file: Path) -> bytes:
    """The file as readers may have it: where a picture was taken is nobody's business."""
    return without_notes(file.read_bytes())


@lru_cache(maxsize=20_000)
def _facts(file: Path, changed: int, size: int, cache: Path | None) -> Facts | None:
    kept = cache and _place(cache, _hash(file, changed, size), "facts-2.json")
    if kept and kept.is_file():
        with suppress(TypeError, ValueError):  # noted by another version of this program, or torn
            return Facts(**json.loads(kept.read_bytes()))
    try:
        with Image.open(file) as image:
            found = replace(_read(image, size), noted=_is_noted(file))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError):
        return None
    if kept:
        keep(kept, json.dumps(asdict(found)).encode())
    return found


def _is_noted(file: Path) -> bool:
    if file.suffix.lower() not in SUFFIXES:
        return False
    data = file.read_bytes()
    return without_notes(data) != data


def _read(image: Image.Image, size: int) -> Facts:
    width, height = image.size
    if image.getexif().get(_ORIENTATION, 1) >= 5:  # lies on its side
        width, height = height, width
    still = getattr(image, "n_frames", 1) == 1
    opaque = not image.has_transparency_data
    blur = ""
    if still and opaque and width >= SMALLEST:
        image.draft("RGB", (width // 8, height // 8))
        small = _plain(ImageOps.exif_transpose(image))
        small = small.resize((_BLUR, max(1, round(_BLUR * height / width))), Image.Resampling.BOX)
        out = io.BytesIO()
        small.convert("RGB").save(out, "WEBP", quality=30, method=6)
        blur = f"data:image/webp;base64,{b64encode(out.getvalue()).decode()}"
    return Facts(width, height, still, opaque, size, blur)


def _plain(image: Image.Image) -> Image.Image:
    """In RGB or RGBA, without the notes of a camera: where a picture was taken is nobody's business."""
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


@lru_cache(maxsize=20_000)
def _hash(file: Path, _changed: int, _size: int) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _place(cache: Path, source: str, name: str) -> Path:
    key = hashlib.blake2b(f"{source} {_MAKER}".encode(), digest_size=16).hexdigest()
    return cache / key[:2] / f"{key}.{name}"


def keep(place: Path, data: bytes) -> None:
    """Write a file of a cache, whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(data)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
