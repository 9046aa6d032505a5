"""The findings of a draft as it stands, half written or not."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from cms.accounts.language import screen_language
from cms.editorial.models import Confirmation
from cms.exporting.records import record_of
from cms.exporting.richtext import NoLinks
from cms.publishing.clock import Clock
from cms.records.models import RecordPage
from cms.records.unfinished import take_out, unfinished
from cms.unions.models import UnionPage
from site_builder import proofing
from site_builder.errors import UnionPressError
from site_builder.proofing import Finding
from site_builder.records import BaseRecord


@dataclass(frozen=True)
class Proof:
    """`open` is what to look at, `confirmed` what somebody said may stay."""

    open: list[Finding]
    confirmed: list[tuple[Finding, Confirmation]]

    @property
    def certain(self) -> list[Finding]:
        """What must not be published unseen."""
        return [finding for finding in self.open if finding.certain]


def proof(page: RecordPage, union: UnionPage) -> Proof:
    """What is told of a draft. A page that makes no record yet is told of nothing."""
    record = _record(page, union)
    found = list(proofing.of_record(record, names_around(union), screen_language())) if record else []
    known = confirmations([page.uuid]) if found else {}
    return Proof(
        [finding for finding in found if _key(finding) not in known],
        [(finding, known[_key(finding)]) for finding in found if _key(finding) in known],
    )


def _record(page: RecordPage, union: UnionPage) -> BaseRecord | None:
    """The draft without what is half written. The page itself stays as it is."""
    page = copy(page)
    page.published = page.published or timezone.now()
    page.slug, page.title = page.slug or "draft", page.title or "…"
    if left_out := unfinished(page):
        take_out(page, left_out)
    try:
        return record_of(page, union.slug, NoLinks(), Clock())
    except (ValueError, UnionPressError):
        return None  # the form says what it lacks


def names_around(union: UnionPage) -> list[str]:
    """Its own name, those of the unions above it and of those just below."""
    above: list[UnionPage] = [union]
    while (upper := above[-1].parent_union) is not None and upper not in above:
        above.append(upper)
    return [*(one.title for one in above), *union.child_unions.values_list("title", flat=True)]


def confirmations(records: Iterable[UUID | str]) -> dict[tuple[str, str], Confirmation]:
    rows = Confirmation.objects.filter(record__in=set(records)).select_related("by")
    return {(str(row.record), row.fingerprint): row for row in rows}


def _key(finding: Finding) -> tuple[str, str]:
    return finding.record, finding.fingerprint


def still_open(found: Iterable[Finding]) -> list[Finding]:
    """Those of several records that nobody confirmed."""
    found = list(found)
    known = confirmations({finding.record for finding in found})
    return [finding for finding in found if _key(finding) not in known]
