"""What a text is given besides its own words: what people call it, its numbers written otherwise."""

from __future__ import annotations

import pytest

from site_builder.search import everyday, numbers
from site_builder.search.analysis import normalise
from site_builder.search.everyday_table import TABLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("学费88元", {"八十八元", "88块", "八十八块"}),
        ("八十八元一期", {"88元", "88块", "八十八块"}),
        ("最高补助50万元", {"500000元", "五十万元"}),
        ("1.2万人次", {"12000人", "一万两千人"}),
        ("捐款600多万元", {"6000000元", "六百万元"}),
        ("一千二百零五人", {"1205人"}),
        ("153家企业", {"一百五十三家"}),
        ("2025年4月8日", set()),
        ("万众一心 千方百计 三公里 5个", set()),
        ("电话12345", set()),
    ],
)
def test_numbers_are_written_otherwise_with_what_follows(text: str, expected: set[str]) -> None:
    assert set(numbers.others(normalise(text))) == expected


@pytest.mark.parametrize("value", [10, 11, 20, 88, 100, 105, 110, 250, 1205, 3600, 10010, 35_000, 2_600_000])
def test_every_form_of_a_number_means_it(value: int) -> None:
    assert {numbers.value_of(form) for form in numbers.forms_of(value)} == {value}


def test_a_title_says_more_than_a_text() -> None:
    said, more = everyday.otherwise("职工夜校", "办法见求学圆梦行动", "还有医疗互助")
    assert "晚上上课" in said.split("\n")
    assert "专升本" in more.split("\n")
    assert "看病报销" not in said + more, "only the opening says what a text is about"
    assert everyday.otherwise("晚上上课", "", "") == ("", ""), "everyday words give nothing back"


def test_the_table_is_in_the_form_in_which_texts_are_looked_at() -> None:
    subjects = list(everyday.read(TABLE))
    assert len(subjects) > 40
    for asked, official in subjects:
        assert asked
        assert official
        assert [normalise(word) for word in (*asked, *official)] == [*asked, *official]
        assert all(len(word) > 1 for word in official)
        assert len(set(asked)) == len(asked)
