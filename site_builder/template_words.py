"""What templates make of single values: dates, numbers, links, headlines, in the language of their page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import jinja2
from jinja2.runtime import Context
from markupsafe import Markup, escape

from site_builder import formats, headlines, qr
from site_builder.charts.words import when_text
from site_builder.halves import Hole, json_in_html


def page_of(context: Context) -> Any:
    """The page that is rendered: what is given to all templates, behind their variables, which are many."""
    return context.parent["page"]


def language_of(context: Context) -> str:
    language: str = page_of(context).site.language
    return language


@jinja2.pass_context
def _rel(context: Context, href: str | Hole) -> str | Hole:
    if isinstance(href, Hole):
        return href
    return formats.relative(href, page_of(context).root)


@jinja2.pass_context
def _date(context: Context, value: str) -> str:
    return formats.date_text(value, language_of(context))


@jinja2.pass_context
def _moment(context: Context, value: str, after: str = "") -> str:
    return formats.date_text(value, language_of(context), time=True, after=after)


@jinja2.pass_context
def _day(context: Context, value: str) -> str:
    return formats.date_text(value, language_of(context), weekday=True)


@jinja2.pass_context
def _when(context: Context, reading: Mapping[str, Any]) -> str:
    return when_text(reading, language_of(context))


@jinja2.pass_context
def _period(context: Context, value: str) -> str:
    return formats.period_text(value, language_of(context))


@jinja2.pass_context
def _amount(context: Context, item: Mapping[str, Any]) -> formats.Amount:
    return formats.amount(item, language_of(context))


def _by_role(bylines: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """A role's label is printed once, roles and names keep their order."""
    roles: dict[str, list[Mapping[str, Any]]] = {}
    for byline in bylines:
        roles.setdefault(byline["role"], []).append(byline)
    return list(roles.items())


def under(path: str, section: str) -> bool:
    """Whether a page lies in a section of the site: /programs/x/ in /programs/."""
    return section != "/" and path.startswith(section)


_PHRASE = Markup('<span class="phrase{1}">{0}</span>')


@lru_cache(maxsize=20_000)
def _headline(title: str, phrases: bool = False) -> Markup:
    """Breaks are offered between words; in a list none where a headline can be parted at its marks."""
    if phrases:
        made = [
            (_breaking(each), "" if headlines.fits_a_line(each) else " long")
            for each in headlines.phrases(title)
        ]
        return made[0][0] if len(made) == 1 else Markup("<wbr>").join(_PHRASE.format(*each) for each in made)
    if headlines.is_phrased(title):
        return escape(title)
    return _breaking(headlines.pieces(title))


def _breaking(pieces: Iterable[str]) -> Markup:
    return Markup("<wbr>".join(map(escape, pieces)))


def photographer(credit: str) -> bool:
    """Whether 摄 is to be set after a credit: not where it says itself what was done (本站制图)."""
    return not credit.endswith(("摄", "图", "绘", "影"))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "rel": _rel,
    "date": _date,
    "moment": _moment,
    "day": _day,
    "amount": _amount,
    "period": _period,
    "when": _when,
    "by_role": _by_role,
    "headline": _headline,
    "tel": formats.tel_link,
    "map": formats.map_link,
    "ink_on": formats.ink_on,
    "readable": formats.readable,
    "mix": formats.mix,
    "qr": qr.symbol,
}


def tojson(value: Any) -> Markup:
    """As `halves.json_in_html` has it; the hole of a shell prints itself."""
    return value.__html__() if isinstance(value, Hole) else Markup(json_in_html(value).decode())
