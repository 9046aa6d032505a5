"""Make the PNG beside each drawn SVG of `content/media/`: `python tools/draw_pictures.py [FOLDER]`.

The SVG is the picture: edit it by hand, then run this. Wagtail and old phones need a raster file, so a
headless Chromium (found as `chromium`, `chromium-browser` or `google-chrome`) draws each SVG at its own
size, and Pillow reduces it to a palette, which suits flat drawings. Pictures without an SVG are left alone.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COLOURS = 160
LARGEST = 150_000
"""Bytes: the pictures are read on phones."""


def rasterise(svg: Path, browser: str) -> Path:
    """Write `<name>.png` beside `svg` and return it. Raises ValueError if it is heavier than LARGEST."""
    target = svg.with_suffix(".png")
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        page = Path(folder) / "page.html"
        page.write_text(
            f"<style>body{{margin:0}}svg{{display:block}}</style>{svg.read_text('utf-8')}", "utf-8"
        )
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--hide-scrollbars",
                "--window-size=1600,900",
                f"--screenshot={shot}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )
        with Image.open(shot) as picture:
            reduced = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            reduced.save(target, optimize=True)
    if target.stat().st_size > LARGEST:
        raise ValueError(f"{target} is heavier than {LARGEST} bytes: simplify the drawing")
    return target


def main(folder: Path) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"No browser to draw with: install one of {', '.join(BROWSERS)}")
    for svg in sorted(folder.rglob("*.svg")):
        target = rasterise(svg, browser)
        print(target, target.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("content/media"))
