"""Dates, numbers, links and colours as they are printed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder import formats
from site_builder.records import LEADING_QUALIFIERS, Qualifier


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("2025-04-01", "2025年4月1日", "1 April 2025"),
        ("2024-10", "2024年10月", "October 2024"),
        ("2019", "2019年", "2019"),
        ("2025-04-01T09:05:00+08:00", "2025年4月1日", "1 April 2025"),
        ("", "", ""),
        ("1937年", "1937年", "1937"),
        ("不详", "不详", "不详"),
    ],
)
def test_a_date_is_printed_as_far_as_it_is_known(value: str, chinese: str, english: str) -> None:
    assert formats.date_text(value, "zh-Hans") == chinese
    assert formats.date_text(value, "en") == english


def test_a_masthead_names_the_day_and_a_moment_its_hour() -> None:
    assert formats.date_text("2025-04-08", "zh-Hans", weekday=True) == "2025年4月8日 星期二"
    assert formats.date_text("2025-04-08", "en", weekday=True) == "Tuesday, 8 April 2025"
    assert formats.date_text("2025-04-08T09:05:00+08:00", "zh-Hans", time=True) == "2025年4月8日 9:05"


@pytest.mark.parametrize(
    ("period", "chinese", "english"),
    [
        ("2019—2023-07", "2019年—2023年7月", "2019 – July 2023"),
        ("至2025-03", "至2025年3月", "until March 2025"),
        ("2019-06-13起", "2019年6月13日起", "since 13 June 2019"),
        ("2024年至报道时", "2024年至报道时", "2024年至报道时"),
    ],
)
def test_a_period_of_dates_is_printed_in_words(period: str, chinese: str, english: str) -> None:
    assert formats.period_text(period, "zh-Hans") == chinese
    assert formats.period_text(period, "en") == english


def test_the_second_date_of_a_span_does_not_repeat_the_year() -> None:
    assert formats.date_text("2025-04-11", "zh-Hans", after="2025-04-01") == "4月11日"
    assert formats.date_text("2025-04-11", "zh-Hans", after="2024-12-01") == "2025年4月11日"


@pytest.mark.parametrize(
    ("item", "chinese", "english"),
    [
        ({"value": "500", "unit": "万元", "qualifier": ["近"]}, "近500万元", "近500万元"),
        ({"value": "350", "unit": "个", "qualifier": ["余"]}, "350余个", "350余个"),
        ({"value": "95", "unit": "%", "qualifier": ["以上"]}, "95%以上", "95%以上"),
        ({"value": "5000", "unit": "人次", "qualifier": ["预计", "余"]}, "预计5000余人次", "预计5,000余人次"),
        ({"value": "240000", "unit": "名", "qualifier": []}, "24万名", "240,000名"),
        ({"value": "125000", "unit": "人", "qualifier": []}, "12.5万人", "125,000人"),
        ({"value": "125460.30", "unit": "元", "qualifier": []}, "125,460.30元", "125,460.30元"),
        ({"value": "240000", "unit": "万元", "qualifier": []}, "240,000万元", "240,000万元"),
        ({"value": "100000", "unit": "元", "qualifier": "余"}, "10万余元", "100,000余元"),
        ({"value": "1921", "unit": "年", "qualifier": None}, "1921年", "1,921年"),
        ({"value": "1937-12-26", "unit": "", "qualifier": ()}, "1937-12-26", "1937-12-26"),
        ({"value": 88, "unit": "元"}, "88元", "88元"),
    ],
)
def test_a_figure_in_print(item: dict[str, object], chinese: str, english: str) -> None:
    assert str(formats.amount(item, "zh-Hans")) == chinese
    assert str(formats.amount(item, "en")) == english


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_no_number_is_rounded(value: object) -> None:
    digits, scale = formats.number_text(str(value), "zh-Hans")
    shown = float(digits.replace(",", "")) * (10_000 if scale else 1)
    assert shown == pytest.approx(float(str(value)), rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("qualifier", Qualifier.__args__)
def test_every_qualifier_stands_on_its_own_side(qualifier: str) -> None:
    text = str(formats.amount({"value": "30", "unit": "个", "qualifier": [qualifier]}, "zh-Hans"))
    assert text.startswith(qualifier) == (qualifier in LEADING_QUALIFIERS)
    assert text.count(qualifier) == 1


@pytest.mark.parametrize(
    ("href", "root", "expected"),
    [
        ("/", "", "./"),
        ("/", "../../", "../../"),
        ("/programs/", "", "./programs/"),
        ("/programs/x/", "../", "../programs/x/"),
        ("/programs/", "https://pingdu.example/", "https://pingdu.example/programs/"),
        ("#jiaoxue", "../", "#jiaoxue"),
        ("https://example.org/?q=a&b=c", "../", "https://example.org/?q=a&b=c"),
        ("mailto:a@b.example", "", "mailto:a@b.example"),
        ("tel:12351", "", "tel:12351"),
        ("//evil.example/", "", "#"),
        ("javascript:alert(1)", "", "#"),
        ("JavaScript:alert(1)", "", "#"),
        ("java\nscript:alert(1)", "", "#"),
        ("data:text/html,x", "", "#"),
        ("/javascript:alert(1)", "", "./javascript:alert(1)"),
        ("/\\evil.example", "", "./%5Cevil.example"),
        ("\\\\evil.example", "", "#"),
        ("relative/", "", "#"),
        ("", "", "#"),
    ],
)
def test_links_become_relative_and_schemes_play_no_tricks(href: str, root: str, expected: str) -> None:
    assert formats.relative(href, root) == expected


@given(st.text(max_size=40), st.sampled_from(["", "../", "../../"]))
def test_no_text_becomes_a_dangerous_link(href: str, root: str) -> None:
    link = formats.relative(href, root)
    scheme = re.match(r"[\s\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):", link)
    assert scheme is None or scheme[1].lower() in {"http", "https", "mailto", "tel"}
    assert not re.match(r"[\s\x00-\x20]*[/\\]", link)


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("12351", "tel:12351"),
        ("0532-8765 4321（转2）", "tel:053287654321"),
        ("+86 532 1", "tel:+865321"),
        ("请咨询", ""),
    ],
)
def test_a_number_is_dialled_as_it_is_meant(phone: str, link: str) -> None:
    assert formats.tel_link(phone) == link


def test_an_address_cannot_leave_its_place_in_the_map_link() -> None:
    assert formats.map_link("a&b=c#d/文化宫").startswith(
        "https://uri.amap.com/search?keyword=a%26b%3Dc%23d%2F%E6%96%87"
    )


_COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(_COLOURS)
def test_any_union_colour_can_be_read(colour: str) -> None:
    for paper in ("#fdfcf9", "#1a1714"):
        assert formats.contrast(formats.readable(colour, paper), paper) >= 4.5
    assert formats.contrast(formats.ink_on(colour), colour) >= 4.5


def test_a_readable_colour_is_left_alone() -> None:
    assert formats.readable("#a4161a", "#fdfcf9") == "#a4161a"


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "#a4161a;}body{display:none", ""])
def test_only_colours_are_colours(text: str) -> None:
    with pytest.raises(ValueError, match="no colour"):
        formats.readable(text, "#ffffff")


@pytest.mark.parametrize("digits", [20, 21, 29, 400])
def test_a_row_of_digits_longer_than_a_number_is_shown_as_it_stands(digits: int) -> None:
    for value in ("9" * digits, "-" + "9" * digits + ".5", "1" + "0" * (digits - 1)):
        shown = str(formats.amount({"value": value, "unit": "元"}, "zh-Hans"))
        assert shown.replace(",", "").replace("万元", "0000元") == f"{value}元"
