"""What is told of a hit: where it stands, what is wrong, what to do, in Chinese or in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any, Literal

from site_builder.records import Problem

Language = Literal["zh-Hans", "en"]

PRIVACY = frozenset(
    {
        "identity-number", "identity-number-old", "bank-card", "mobile-number", "plate-number",
        "home-address", "helped-person",
    }
)  # fmt: skip
CERTAIN = frozenset({"identity-number", "bank-card"})
"""Check digits make these sure: nobody publishes one by oversight."""

SAID: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    "zh-Hans": {
        "identity-number": ("这是一个真实有效的身份证号码：{found}", "删去，或者只留前六位和后两位"),
        "identity-number-old": ("像是15位的身份证号码：{found}", "是的话，删去或者遮住中间"),
        "bank-card": ("这是一个银行卡号：{found}", "删去，或者只留后四位"),
        "mobile-number": ("正文里有手机号码：{found}", "是个人的，删去；是单位公布的，写到“联系方式”里"),
        "plate-number": ("正文里有车牌号：{found}", "不必公开的，删去或者遮住"),
        "home-address": ("写到了住户的门牌：{found}", "只写到小区或者街道"),
        "helped-person": (
            "点了受助人的姓名：{found}", "改成“一名职工”或者“张某”；本人同意的，记到“同意记录”里",
        ),
        "doubled-sign": ("标点重复：{found}", "留一个"),
        "half-width-sign": ("中文里用了半角标点：{found}", "改成全角"),
        "unpaired-sign": ("标点不成对：{found}", "补上另一半，或者删去"),
        "doubled-word": ("文字重复：{found}", "删去一个"),
        "wrong-word": ("可能写错：{found}", "应为“{right}”"),
        "number-doubled": ("概数重复：{found}", "“近、约、超”和“余、多、左右、以上”只用一个"),
        "number-mixed": ("数字写法不一致：{found}", "都用阿拉伯数字，或者都用汉字"),
        "times-fewer": ("减少、降低不说几倍：{found}", "写成减少到几分之几，或者百分之几"),
        "over-whole": ("占比超过100%：{found}", "核对数字"),
        "impossible-date": ("没有这一天：{found}", "核对日期"),
        "weekday": ("日期和星期对不上：{found}", "核对日期{right}"),
        "dates-reversed": ("结束早于开始：{found}", "核对日期"),
        "union-name": ("工会名称可能写错：{found}", "应为“{right}”"),
        "alt-repeats": (
            "替代文字和图片说明一样：{found}", "替代文字写图上看得见什么；何时、何地、何事留在图片说明里",
        ),
    },
    "en": {
        "identity-number": (
            "This is a valid identity card number: {found}", "Remove it, or mask all but a few digits.",
        ),
        "identity-number-old": (
            "Perhaps an identity card number of 15 digits: {found}", "If it is one, remove or mask it.",
        ),
        "bank-card": ("This is a bank card's number: {found}", "Remove it, or keep its last four digits."),
        "mobile-number": (
            "A mobile number stands in the text: {found}",
            "Remove one that is somebody's own; write one that a body gives out as a contact.",
        ),
        "plate-number": ("A number plate stands in the text: {found}", "Remove or mask it."),
        "home-address": ("Somebody's home, down to the door: {found}", "Give the estate or street only."),
        "helped-person": (
            "Somebody who was helped is named: {found}",
            "Write 一名职工 or 张某; if that person agreed, note the consent.",
        ),
        "doubled-sign": ("Punctuation stands twice: {found}", "Keep one."),
        "half-width-sign": ("Half-width punctuation in Chinese: {found}", "Use the full-width sign."),
        "unpaired-sign": ("Half of a pair: {found}", "Add the other half, or remove it."),
        "doubled-word": ("Words stand twice: {found}", "Remove one."),
        "wrong-word": ("Perhaps a slip: {found}", "It should be {right}."),
        "number-doubled": (
            "Said twice that a number is not exact: {found}",
            "Keep one of 近, 约, 超 and 余, 多, 左右, 以上.",
        ),
        "number-mixed": ("A number of two kinds of digits: {found}", "Use one kind."),
        "times-fewer": ("Nothing falls by a multiple: {found}", "Say to what part, or by how many per cent."),
        "over-whole": ("A share of over 100%: {found}", "Check the number."),
        "impossible-date": ("There is no such day: {found}", "Check the date."),
        "weekday": ("Day and weekday do not agree: {found}", "Check the date {right}"),
        "dates-reversed": ("It ends before it begins: {found}", "Check the dates."),
        "union-name": ("A union's name, perhaps with a slip: {found}", "It should be {right}."),
        "alt-repeats": (
            "Alternative text and caption are the same: {found}",
            "Say what is to be seen there; leave what, when and where to the caption.",
        ),
    },
}  # fmt: skip

CODES = tuple(SAID["en"])
"""Every code that a finding may have."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `message` and `action` are in the language that was asked for; no number of a
    person stands in either in full."""

    union: str
    record: str
    kind: str
    title: str
    file: str
    line: int | None
    field: str
    code: str
    quote: str
    """Some characters around it."""
    message: str
    action: str
    fingerprint: str
    """Known again while the same stands in the same record, wherever there."""
    times: int = 1
    """In how many places; the first is told."""

    @property
    def certain(self) -> bool:
        return self.code in CERTAIN

    @property
    def private(self) -> bool:
        return self.code in PRIVACY

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def to_problem(self) -> Problem:
        return Problem(
            severity="warning", code=self.code, file=self.file, line=self.line, field=self.field,
            record=self.record, message=f"{self.message} (…{self.quote}…)", action=self.action,
        )  # fmt: skip


def fingerprint(record: str, code: str, text: str) -> str:
    """Of what was found; from it nobody reads the number again."""
    return blake2b(f"{code}\n{text}".encode(), digest_size=12, key=record.encode()[:64]).hexdigest()
