"""The picture of a title: the same bytes, lines that a newspaper would break, nothing drawn with holes."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from site_builder import headlines
from site_builder.pictures import titles
from site_builder.pictures.titles import Words
from tests.demo_pages import FACES

WORDS = Words("平度职工夜校走红：88元，画两幅画带回家", "平度市总工会", "新闻", "#b0281a")


def lines(title: str) -> list[str]:
    return titles._set(title)[1]


def test_the_same_words_are_the_same_bytes(tmp_path: Path) -> None:
    made = titles.drawn(WORDS)
    assert titles.drawn(WORDS, tmp_path) == made
    assert titles.drawn(WORDS, tmp_path) == made
    assert len(list(tmp_path.rglob("*.share.png"))) == 1


def test_it_has_the_size_and_the_colour_asked_for() -> None:
    image = Image.open(io.BytesIO(titles.drawn(WORDS)))
    assert image.size == (1200, 630)
    assert image.convert("RGB").getpixel((600, 5)) == (0xB0, 0x28, 0x1A)


def test_another_title_sender_or_colour_is_another_picture() -> None:
    others = [
        Words("别的", WORDS.sender, WORDS.rubric, WORDS.colour),
        Words(WORDS.title, "山东省总工会", WORDS.rubric, WORDS.colour),
        Words(WORDS.title, WORDS.sender, WORDS.rubric, "#204a87"),
    ]
    assert len({titles.drawn(words) for words in (WORDS, *others)}) == 4
    assert len({titles.key({"a": words}) for words in (WORDS, *others)}) == 4


def test_each_face_sets_its_own_picture_and_an_unknown_one_the_plain() -> None:
    def of(face: str) -> bytes:
        return titles.drawn(replace(WORDS, face=face))

    faces = {face: of(face) for face in (*titles.BEARINGS, "base")}
    assert len(set(faces.values())) == len(faces)
    assert of("") == of("someone-s-own") == faces["base"]
    assert all(len(data) < 40_000 for data in faces.values())


@pytest.mark.parametrize("face", FACES)
def test_every_face_that_comes_with_the_program_has_a_bearing(face: str) -> None:
    assert face in titles.BEARINGS
    image = Image.open(io.BytesIO(titles.drawn(replace(WORDS, face=face)))).convert("RGB")
    assert (0xB0, 0x28, 0x1A) in {colour for _, colour in image.getcolors(256) or ()}, "the union's colour"


def test_what_the_font_lacks_is_named() -> None:
    assert titles.missing(WORDS) == ""
    assert titles.missing(Words("龘字 𠀀 Aé", "工会", "", "#000000")) == "龘𠀀"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("平度职工夜校", ["平度职工夜校"]),
        ("平度职工夜校走红：88元，画两幅画带回家", ["平度职工夜校走红：", "88元，画两幅画带回家"]),
        ("“齐鲁工匠”“齐鲁大工匠”选树", ["“齐鲁工匠”", "“齐鲁大工匠”选树"]),
    ],
)
def test_titles_are_parted_where_they_are_read(title: str, expected: list[str]) -> None:
    assert lines(title) == expected


@given(some.text(alphabet="工会职夜校，。：“”（）88APP", min_size=1, max_size=90).filter(str.strip))
def test_lines_begin_and_end_as_they_may(title: str) -> None:
    size, found = titles._set(title)
    face = titles._font(size)
    assert len(found) <= 4
    for number, line in enumerate(found):
        assert face.getlength(line) <= 1200 - 2 * 84 or len(headlines.pieces(line)) == 1
        if number:
            assert line[0] not in "，。：”）"


def test_a_title_that_fits_in_no_size_is_cut() -> None:
    found = lines("职工" * 90)
    assert len(found) == 4
    assert found[-1].endswith("…")
