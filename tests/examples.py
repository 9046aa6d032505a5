"""The examples of content/README.md as a content folder: a small network of two unions."""

from __future__ import annotations

import re
from pathlib import Path

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


def examples() -> dict[str, str]:
    """Path -> text of every example file."""
    return dict(_EXAMPLE.findall(README.read_text(encoding="utf-8")))


def write_examples(root: Path) -> Path:
    """Write the examples into `root`, with the picture that they use, and return it."""
    for relative, text in examples().items():
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / PICTURE).write_bytes(b"\x89PNG\r\n\x1a\n")
    (root / PICTURE).with_suffix(".svg").write_text(SVG, encoding="utf-8")
    return root
