"""Punctuation as GB/T 15834-2011 has it, as far as one can be sure, and words that stand twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from site_builder.proofing.hits import HAN, Hit, each

_DOUBLED = re.compile("[。，、；：]{2,}")
"""！！ and ？？ may be (4.2.3.3, 4.3.3.3)."""
_INSIDE = f"[{HAN}”』」》）]"
_HALF = re.compile(rf"(?<={_INSIDE})[,;?!:](?=[{HAN}“《（])")
_HALF_END = re.compile(rf"(?<={_INSIDE})[,;]$|(?<=[{HAN}])\.(?=[{HAN}]|$)")
_ROUND = re.compile(rf"(?<=[{HAN}])\([^()（）]{{0,40}}[{HAN}][^()（）]{{0,40}}\)")
_TWICE = re.compile(rf"(?<![目标有端是])的的(?![确士])|([{HAN}]{{4,12}})\1")


def signs(text: str) -> Iterator[Hit]:
    yield from each("doubled-sign", _DOUBLED, text)
    for pattern in (_HALF, _HALF_END, _ROUND):
        yield from each("half-width-sign", pattern, text)


def twice(text: str) -> Iterator[Hit]:
    """的的, and four characters or more that follow themselves; shorter ones may (市总工会工会干部)."""
    for match in _TWICE.finditer(text):
        if len(set(match[0])) > 2 or match[0] == "的的":
            yield Hit("doubled-word", *match.span(), {"found": match[0]})


_PAIRS = {"《": "》", "〈": "〉", "（": "）", "【": "】", "「": "」", "『": "』", "“": "”", "‘": "’"}
_CLOSING = {closing: opening for opening, closing in _PAIRS.items()}
_NUMBERED = re.compile(r"(?:^|[\s；。，、：])[0-9a-zA-Z一二三四五六七八九十①-⑳]{1,3}$")


def pairs(text: str) -> Iterator[Hit]:
    """Brackets and quotes that open and do not close, or the other way round.

    Not one that is right alone: 1） as a number, ’ in English, and “ of a quotation of several paragraphs, of
    which each opens it and only the last closes it (GB/T 15834-2011, 4.8.3.4).
    """
    opened: list[tuple[str, int]] = []
    for place, sign in enumerate(text):
        if sign in _PAIRS and not (sign == "‘" and not _in_chinese(text, place)):
            opened.append((sign, place))
        elif sign in _CLOSING:
            if opened and opened[-1][0] == _CLOSING[sign]:
                opened.pop()
            elif sign == "）" and _NUMBERED.search(text[:place]):
                continue
            elif sign != "’":
                yield Hit("unpaired-sign", place, place + 1, {"found": sign})
    for sign, place in opened:
        if sign == "‘" or (sign == "“" and not text[:place].strip()):
            continue
        yield Hit("unpaired-sign", place, place + 1, {"found": sign})


def _in_chinese(text: str, place: int) -> bool:
    return bool(re.match(rf"[{HAN}“]", text[place + 1 : place + 2]))
