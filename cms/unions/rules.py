"""What a union's profile may say: its place in the tree, its colours, its schedule. Messages for editors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter
from pydantic import ValidationError as RecordError

from site_builder.formats import contrast, readable
from site_builder.records import SLUG_PATTERN, Level, RegionCode, Schedule, cron_never_comes

if TYPE_CHECKING:
    from cms.unions.models import UnionPage

RANK = {
    Level.NATIONAL: 0,
    Level.PROVINCE: 1,
    Level.CITY: 2,
    Level.COUNTY: 3,
    Level.TOWN: 4,
    Level.ENTERPRISE: 5,
}
"""Industry unions stand at any height: beside a province or inside a county."""

CONTRAST = 4.5
"""Least contrast of text with its ground: WCAG 2.2, success criterion 1.4.3 (AA)."""

PAPERS = ("#fdfcf9", "#1a1714")
"""The grounds of a site by day and by night: `--paper` of themes/base."""

Errors = dict[str, Any]

_REGION_CODE: TypeAdapter[str] = TypeAdapter(RegionCode)


def validate_slug(value: str) -> None:
    if not re.fullmatch(SLUG_PATTERN, value):
        raise ValidationError(_("只能用小写字母、数字和连字符，不超过63个字符。"), code="slug")


def slug(value: str) -> Errors:
    """Wagtail allows more in a slug than a host name and a site path do."""
    try:
        validate_slug(value)
    except ValidationError as error:
        return {"slug": error}
    return {}


def validate_region_code(value: str) -> None:
    try:
        _REGION_CODE.validate_python(value)
    except RecordError as error:
        raise ValidationError(
            _("不是行政区划代码：请写国家标准的六位数字，例如省 370000、市 370200、县 370283。"),
            code="region_code",
        ) from error


def region_code(code: str, level: str) -> Errors:
    """A province's ends in four zeros, and nobody's below it does."""
    whole = code.endswith("0000")
    if code and level == Level.PROVINCE and not whole:
        return {"region_code": _("省级的代码以 0000 结尾：请写 %(code)s。") % {"code": f"{code[:2]}0000"}}
    if whole and level in (Level.CITY, Level.COUNTY, Level.TOWN):
        return {"region_code": _("这是全省的代码：请写本地的六位数字，例如市 370200、县 370283。")}
    return {}


def closure(union: UnionPage) -> Errors:
    """What `records.Closure` asks for, put on the field that lacks it."""
    how, successors = union.closed_how, union.closed_successors
    if not how:
        filled = union.closed_since or successors or union.closed_note
        return {"closed_how": _("请选怎么撤并的；没有撤并，请清空其余几项。")} if filled else {}
    if union.closed_since is None:
        return {"closed_since": _("请填从哪一天起。")}
    if union.slug in successors:
        return {"closed_successors": _("不能由自己接替：请写接替的工会。")}
    if not successors and how != "dissolved":
        return {"closed_successors": _("请写由谁接替；没有接替的，请选“撤销”。")}
    if how == "renamed" and len(successors) > 1:
        return {"closed_successors": _("更名只有一个接替的工会；分成几个的，请选“拆分”。")}
    if how == "split" and len(successors) < 2:
        return {"closed_successors": _("拆分要写两个以上的工会；只有一个的，请选“职能划入其他工会”。")}
    return {}


def validate_base_url(value: str) -> None:
    if not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", value) or value.endswith("/"):
        raise ValidationError(
            _("请写完整的网址，末尾不带斜线，例如 https://gh.example.org。"), code="base_url"
        )


def validate_colour(value: str) -> None:
    if not re.fullmatch(r"#[0-9a-f]{6}", value):
        raise ValidationError(_("请写成 #a4161a 这样的颜色（小写）。"), code="colour")


def place_in_tree(union: UnionPage) -> Errors:
    """No cycle, and nobody above who stands lower. Walks up `parent_union`, one query a step."""
    parent = union.parent_union
    if parent is None:
        return {}
    seen = {union.pk}
    step: UnionPage | None = parent
    while step is not None:
        if step.pk in seen:
            return {"parent_union": _("上下级成了一个圈：%(union)s 在本工会之下。") % {"union": parent.title}}
        seen.add(step.pk)
        step = step.parent_union
    above, here = RANK.get(Level(parent.level)), RANK.get(Level(union.level)) if union.level else None
    if above is None or here is None:
        return {}
    # A zone sits inside a city as its equal, a subsidiary inside its group.
    equal_is_fine = union.functional_zone or union.level == Level.ENTERPRISE
    if above > here or (above == here and not equal_is_fine):
        return {
            "parent_union": _("%(parent)s 的层级（%(level)s）不在本工会之上。")
            % {"parent": parent.title, "level": parent.get_level_display()}
        }
    return {}


def schedule(cron: str, timezone: str, quiet_hours: str) -> Errors:
    """The same check as a file's (`records.Schedule`), put on the field that is wrong."""
    said = {
        "cron": (cron or "0 6 * * *", _cron_expected(cron)),
        "timezone": (timezone, _("没有这个时区，例如 Asia/Shanghai。")),
        "quiet_hours": (quiet_hours, _("请写成 22:00-06:00 这样的时段。")),
    }
    errors: Errors = {}
    for field, (value, message) in said.items():
        # One by one: the whole stops at the first mistake.
        try:
            Schedule(**{"cron": "0 6 * * *", field: value})
        except RecordError:
            errors[f"schedule_{field}"] = message
    return errors


def _cron_expected(cron: str) -> Any:
    """What to write instead; a line with seconds, as other programs have it, is right without them."""
    seconds, *rest = cron.split() or [""]
    if seconds.isdigit() and len(rest) == 5:
        said = translate("多了最前面的“秒”：这里只要五段，请写 %(cron)s。")
        return said % {"cron": " ".join(rest)}
    if cron_never_comes(cron):
        return _("这几个月里没有这一天，永远不会到。换一个有的日期；每月最后一天写 L，例如 0 6 L * *。")
    return _("请写五段 cron，例如每天六点：0 6 * * *。")


# --- colours ----------------------------------------------------------------------------------------


def colours(primary: str, accent: str) -> Errors:
    """The main colour stands in letters as it is; say which shade would do. The second one only marks."""
    errors: Errors = {}
    for field, colour in (("palette_primary", primary), ("palette_accent", accent)):
        if not re.fullmatch(r"#[0-9a-f]{6}", colour or "") or contrast(colour, PAPERS[0]) >= CONTRAST:
            continue
        message = translate(
            "%(colour)s 在浅色底上太浅（对比度 %(ratio).1f，应不低于 4.5）。可改用 %(proposal)s。"
        )
        errors[field] = message % {
            "colour": colour,
            "ratio": contrast(colour, PAPERS[0]),
            "proposal": readable(colour, PAPERS[0], CONTRAST),
        }
    return errors


def home_blocks(blocks: list[str]) -> Errors:
    twice = sorted({block for block in blocks if blocks.count(block) > 1})
    return {"home_blocks": _("同一个版块只能列一次。")} if twice else {}
