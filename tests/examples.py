"""The examples of content/README.md as a content folder: a small network of two unions."""

from __future__ import annotations

import io
import re
from pathlib import Path
from uuid import UUID

from PIL import Image

from site_builder import content_store as store
from site_builder.records import Problem

README = Path(__file__).parent.parent / "content" / "README.md"
_EXAMPLE = re.compile(
    r"^#### `([^`\n]+)`\n(?:\n[^`#\n][^\n]*\n)?\n```(?:markdown|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)

STORY = "records/shili/story/yexiao-kaike.md"
PROGRAM = "records/shili/program/zhigong-yexiao.md"
EDITION = "records/shili-xian/story/yexiao-kaike.md"
ADOPTIONS = "adoptions/shili-xian.yaml"
PICTURE = "media/shili/yexiao.png"

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3">'
    '<rect width="4" height="3" fill="#9c1c1c"/></svg>\n'
)


def picture(width: int = 4, height: int = 3, kind: str = "PNG", mode: str = "RGB") -> bytes:
    """The bytes of a picture that can be shown."""
    pixels = io.BytesIO()
    Image.effect_noise((width, height), 60).convert(mode).save(pixels, kind)
    return pixels.getvalue()


def examples() -> dict[str, str]:
    """Path -> text of every example file."""
    return dict(_EXAMPLE.findall(README.read_text(encoding="utf-8")))


def write_examples(root: Path) -> Path:
    """Write the examples into `root`, with the picture that they use, and return it."""
    for relative, text in examples().items():
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / PICTURE).write_bytes(picture())
    (root / PICTURE).with_suffix(".svg").write_text(SVG, encoding="utf-8")
    return root


# --- for tests that change them -------------------------------------------------------------------

STORY_ID = UUID("0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d01")
UNKNOWN = "0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9dee"
PROGRAM_ID = UUID("0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d02")


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text, "a change that changes nothing tests nothing"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def add(root: Path, file: str, text: str | bytes) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def line_of(root: Path, file: str, text: str) -> int:
    lines = (root / file).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, 1) if text in line)


def union(slug: str, level: str = "county", parent: str = "shili", more: str = "") -> str:
    parent_line = f"parent: {parent}\n" if parent else ""
    return f"---\nname: {slug}\nlevel: {level}\n{parent_line}{more}site:\n  base_url: https://{slug}.example\n---\n"


def one(content: store.Content, code: str) -> Problem:
    found = [problem for problem in content.problems if problem.code == code]
    assert len(found) == 1, [str(problem) for problem in content.problems]
    assert found[0].action
    return found[0]
