"""Headlines are parted between words, with their marks, and never lose a character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from site_builder.headlines import NOT_FIRST, NOT_LAST, phrases, pieces


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("盱眙职工可以参评的荣誉：从五一奖章", "盱眙|职工|可以|参评的|荣誉：|从五一|奖章"),
        ("从345.58万户到93.27万户", "从345.58万户|到93.27万户"),
        ("住院最高补助提到50万元", "住院|最高|补助|提到50万元"),
        ("“齐鲁工匠”“齐鲁大工匠”选树", "“齐鲁工匠”|“齐鲁大工匠”|选树"),
        ("喜迎工会十八大·工会工作巡礼", "喜迎|工会|十八大·|工会工作|巡礼"),
        ("佛山DeepSeek智能培训（建设中）", "佛山DeepSeek智能|培训|（建设中）"),
        ("广西壮族自治区总工会", "广西壮族自治区|总工会"),
        ("做好职工疗休养报名工作", "做好|职工|疗休养|报名|工作"),
    ],
)
def test_words_and_what_belongs_to_them_stay_whole(headline: str, expected: str) -> None:
    assert "|".join(pieces(headline)) == expected


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("荣誉怎么评：从五一奖章到盱眙工匠", ["荣誉怎么评：", "从五一奖章到盱眙工匠"]),
        ("“春风送岗促就业·暖心服务发展”专场招聘", ["“春风送岗促就业·", "暖心服务发展”", "专场招聘"]),
        ("“感恩祖国·拥抱未来”夏令营开营", ["“感恩祖国·拥抱未来”", "夏令营开营"]),
        ("岗位大练兵（档案数字化管理师）", ["岗位大练兵", "（档案数字化管理师）"]),
        ("徐州“产改”打卡积分排名", ["徐州“产改”打卡积分排名"]),
        ("看，新就业形态劳动者", ["看，新就业形态劳动者"]),
        ("夜校开班了，快来", ["夜校开班了，快来"]),
        ("广西壮族自治区总工会", ["广西壮族自治区总工会"]),
        ("", [""]),
    ],
)
def test_a_title_is_parted_where_its_phrases_end_unless_one_is_too_short(
    headline: str, expected: list[str]
) -> None:
    assert ["".join(each) for each in phrases(headline)] == expected


@given(some.text(alphabet="工会的一大从AI9 .,，。：“”（）《》·—\n", max_size=30))
def test_no_character_is_lost_and_no_line_begins_or_ends_with_a_wrong_mark(headline: str) -> None:
    made = pieces(headline)
    assert "".join(made) == headline
    assert "".join("".join(each) for each in phrases(headline)) == headline
    assert not [piece for piece in made[1:] if piece[0] in NOT_FIRST]
    assert not [piece for piece in made[:-1] if piece[-1] in NOT_LAST]
