"""Makes site_builder/pictures/fonts/song-bold.otf, in which the titles of share pictures are set.

    python tools/share_font.py NotoSerifCJK-Bold.ttc

The simplified face of Noto Serif CJK Bold (SIL Open Font License 1.1), cut down to the characters of GB 2312,
to Latin and to what `content/` uses, without the features that a title does not need. Pictures have to be the
same bytes on every machine, and no machine's own fonts are. Needs fonttools, which nothing else does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "site_builder/pictures/fonts/song-bold.otf"
FACE = "Noto Serif CJK SC Bold"
FULL = "UnionPress Song Bold"
NAMES = {1: "UnionPress Song", 2: "Bold", 3: FULL, 4: FULL, 6: "UnionPressSong-Bold"}
KEPT_NAMES = {0, 13, 14, *NAMES}


def characters() -> set[int]:
    spans = ((0x20, 0x7F), (0xA0, 0x180), (0x2010, 0x2040), (0x3000, 0x3018))
    found = {code for first, end in spans for code in range(first, end)}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    for file in (ROOT / "content").rglob("*.md"):
        found.update(map(ord, file.read_text("utf-8")))
    return found


def main() -> None:
    fonts = TTCollection(sys.argv[1], lazy=True).fonts
    font = next(font for font in fonts if font["name"].getDebugName(4) == FACE)
    options = subset.Options(hinting=False, notdef_outline=True)
    options.name_IDs = sorted(KEPT_NAMES)
    options.drop_tables += ["vhea", "vmtx", "VORG", "GPOS", "GSUB", "GDEF", "BASE"]
    maker = subset.Subsetter(options)
    maker.populate(unicodes=characters())
    maker.subset(font)
    for record in font["name"].names:
        if record.nameID in NAMES:
            record.string = NAMES[record.nameID]
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    font.save(TARGET)
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes, {len(font.getBestCmap()):,} characters")


if __name__ == "__main__":
    main()
