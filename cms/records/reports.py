"""Reports on what content/ holds of one's own unions, by union and record, with links to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cms.places import places
from cms.records.models import RecordPage
from cms.unions.models import UnionPage
from cms.unions.scoping import unions_of
from site_builder import choosing
from site_builder.content_store import Content
from site_builder.errors import UsageError
from site_builder.release import content_lock


class Found(Protocol):
    """One thing that was found in a record: a gap, a finding."""

    @property
    def code(self) -> str: ...
    @property
    def union(self) -> str: ...
    @property
    def record(self) -> str: ...
    @property
    def title(self) -> str: ...


F = TypeVar("F", bound=Found)


@dataclass(frozen=True)
class Line:
    """How it is told. One with a quotation stands on a line of its own."""

    message: str
    action: str
    where: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Row:
    """What was found in one record."""

    title: str
    edit_url: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Group:
    """The rows of one union."""

    union: UnionPage
    rows: Sequence[Row]

    @property
    def total(self) -> int:
        return sum(len(row.lines) for row in self.rows)


@dataclass(frozen=True)
class Words:
    """What a report is called and says; `total` with %(n)s in it."""

    title: str
    icon: str
    intro: str
    total: str
    column: str
    nothing: str
    labels: Mapping[str, str]
    """What each code is called."""


def of_own(user: Any, look: Callable[[Content, Collection[str]], Iterable[F]]) -> list[F]:
    """What `look` finds in the unions somebody works for; nothing before the first export."""
    here = places()
    own = set(unions_of(user).values_list("slug", flat=True))
    try:
        with content_lock.shared(here):
            content = choosing.read_content(here)
    except UsageError:
        return []
    known = own & content.unions.keys()
    return list(look(content, known)) if known else []


def groups(user: Any, found: Iterable[F], line: Callable[[F], Line]) -> list[Group]:
    """By union and record, in the order of the unions' tree."""
    by_union: dict[str, dict[str, list[F]]] = {}
    for one in found:
        by_union.setdefault(one.union, {}).setdefault(one.record, []).append(one)
    records = {record for of_union in by_union.values() for record in of_union}
    pages = RecordPage.objects.filter(uuid__in=records).values_list("uuid", "pk")
    addresses = {str(uuid): reverse("wagtailadmin_pages:edit", args=[pk]) for uuid, pk in pages}
    return [
        Group(
            union,
            [
                Row(of_record[0].title, addresses.get(record, ""), list(map(line, of_record)))
                for record, of_record in by_union[union.slug].items()
            ],
        )
        for union in unions_of(user).order_by("path")
        if union.slug in by_union
    ]


def report(request: HttpRequest, found: Sequence[F], line: Callable[[F], Line], words: Words) -> HttpResponse:
    """A screen of it; `?code=` shows one kind, `?union=` one union."""
    code, union = request.GET.get("code", ""), request.GET.get("union", "")
    shown = [one for one in found if code in ("", one.code) and union in ("", one.union)]
    counted = Counter(one.code for one in found).most_common()
    said = {
        "page_title": words.title,
        "header_icon": words.icon,
        "words": words,
        "total": words.total % {"n": len(shown)},
        "groups": groups(request.user, shown, line),
        "codes": [(name, words.labels[name], count) for name, count in counted],
        "code": code,
        "union": union,
    }
    return render(request, "cms/report.html", said)
