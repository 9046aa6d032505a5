"""What is wrong with a row, in Chinese and in English: `中文 (English)`.

The record types say it in English, with names of their own. An office that keeps a table reads Chinese and
knows its columns; `one_language` shows each person their half.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from cms.unions.templatetags.unions import IN_BOTH

_BY_TYPE: Mapping[str, str] = {
    "missing": "这一项必须填写",
    "string_too_short": "这一项必须填写",
    "too_short": "至少要有一项",
    "string_too_long": "太长了，最多 {max_length} 个字",
    "too_long": "太多了，最多 {max_length} 项",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "greater_than": "须大于 {gt}",
    "less_than": "须小于 {lt}",
    "literal_error": "这里不能这样写，请照空表里的写法",
    "enum": "这里不能这样写，请照空表里的写法",
    "decimal_max_digits": "数字太长",
    "decimal_max_places": "小数位数太多",
}
"""Kinds of errors as pydantic calls them; what stands in braces is in the error's own context."""

_BY_WORDS: Mapping[str, str] = {
    "closes must come after opens": "截止时间须在开始时间之后",
    "ends must come after starts": "结束时间须在开始时间之后",
    "opens and closes are the same": "开门和关门时间相同；全天请写 0:00-24:00",
    "which is not among the days it repeats on": "第一次的日期不在“每周”写的那几天里",
    "give until or count, not both": "“到何日止”和“次数”只写一个",
    "left needs counted": "写了余额，还要写统计时间",
    "left is more than total": "余额不能比名额多",
    "needs status_note": "这个状态还要写“状态说明”：为什么、怎么办",
    "a figure needs a date": "数字要有时间：写“截至”或“统计时段”",
    "a value needs a date": "数值要有时间：写“截至”或“统计时段”",
    "is not a number": "请只写数字，最多 20 位",
    "done must not be more than tasks": "得分任务不能比任务多",
    "stands twice in the ranking": "同一个排名里有两个相同的名称",
    "there are two rankings of": "同一个日期只能有一个排名",
    "a named recipient counts once": "写了获得者就不写人数；只有人数就不写获得者",
    "a dataset of type": "这一篇数据的类型装不下这种表，请换一篇",
    "looks like a person's name": "像是人名：请写单位或岗位，例如 法律工作部",
    "is not a link this site may carry": "这个链接不能用：请写 https:// 开头的网址",
    "is not one of": "年份不对；不知道的日期请空着",
    "This moment has no time zone": "请只写到日，例如 2025-04-01",
    "no control characters": "有看不见的字符，请删去重写",
}
"""What the record types themselves say, by words that stay the same."""


def both(chinese: str, english: str) -> str:
    """One sentence of the two, as `one_language` takes it apart."""
    return f"{chinese} ({english.replace('(', '[').replace(')', ']')})"


def halves(text: str) -> tuple[str, str]:
    """The Chinese and the English of a sentence; one said in one language only stands for both."""
    said = IN_BOTH.match(text)
    return (f"{said['zh']}{said['rest']}", said["en"]) if said else (text, text)


def invalid(detail: Mapping[str, Any], field: str) -> str:
    """One error of a record type. `detail` as pydantic tells it; `field`: its place in the record."""
    english = str(detail["msg"]).removeprefix("Value error, ")
    chinese = next((said for words, said in _BY_WORDS.items() if words in english), None)
    if chinese is None and detail["type"] in _BY_TYPE:
        chinese = _BY_TYPE[detail["type"]].format_map(detail.get("ctx", {}))
    return both(chinese or "这里的写法不对，请照空表的表头核对", f"{field}: {english}")


def refused(error: Exception, model: Any) -> tuple[str, str]:
    """Why a page was not saved, in both languages. Wagtail's own checks say it in the screen's, by field."""
    if not isinstance(error, ValidationError):
        return halves(str(error))
    fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    names = _verbose_names(model)
    said = " ".join(
        f"{names[field]}：{' '.join(told)}" if field in names else " ".join(told)
        for field, told in fields.items()
    )
    return said, said


def names_of_fields(fields: tuple[str, ...], model: Any) -> list[str]:
    """What the screens call the fields of a record: 地址, 联系方式."""
    known = _verbose_names(model)
    return [known.get(field) or field for field in fields]


def _verbose_names(model: Any) -> dict[str, str]:
    return {field.name: str(getattr(field, "verbose_name", "")) for field in model._meta.get_fields()}
