"""What a union's profile may say: its place in the tree, its colours, its schedule. Messages for editors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as RecordError

from site_builder.formats import contrast, readable
from site_builder.records import SLUG_PATTERN, Level, Schedule

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
