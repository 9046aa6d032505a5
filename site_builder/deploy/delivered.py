"""Receipts of what was deployed: whether a target has of a record what the live site here says of it.

    delivered(places, targets, record, rows)   the rows of `release.carried.receipts`, their targets added
    noted(places, targets, union)              what is known of each target of a site, heard of or not

No target is asked: what counts is what this machine noted when a deployment ended (`run.note`), and what the
release says that the target has, read from the copy that is kept here. So an answer costs one small file a
site, and two where a target is behind. A record that did not change while a target fell behind is delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from site_builder.deploy.addresses import Targets, shown
from site_builder.deploy.run import next_try
from site_builder.release.carried import said_in
from site_builder.release.receipts import PENDING, Delivery, Receipt
from site_builder.release.report import Places
from site_builder.release.state import Deployment, Records
from site_builder.release.workspace import release_folder

NEVER = datetime.min.replace(tzinfo=UTC)
"""When a target was tried to which nothing was sent yet."""


def noted(places: Places, targets: Targets, union: str) -> tuple[Deployment, ...]:
    """What this machine knows of each of a site's targets, in their order; `tried` is NEVER for a new one.

    Where no targets are written down, those to which somebody deployed by hand (`--to`).
    """
    known = {each.target: each for each in Records(places.data).deployments(union)}
    if not targets:
        return tuple(known.values())
    urls = dict.fromkeys(address.url for address in targets.of(union))
    return tuple(known.get(url) or Deployment(target=url, tried=NEVER) for url in urls)


def delivered(places: Places, targets: Targets, record: UUID, rows: Iterable[Receipt]) -> list[Receipt]:
    """The rows with their `deliveries`; none of a target that is not to have the record and has it not.

    Of a site with which it is not shared there is a row as long as one of `targets` has it.
    """
    found = (
        replace(row, deliveries=tuple(_Row(places, record, row).deliveries(noted(places, targets, slug))))
        for row in rows
        for slug in [row.union.slug]
    )
    return [row for row in found if row.deliveries or (row.state, row.reason) != ("absent", "not-shared")]


@dataclass(frozen=True)
class _Row:
    places: Places
    record: UUID
    row: Receipt

    def deliveries(self, targets: Iterable[Deployment]) -> Iterator[Delivery]:
        has = cache(self._has)
        for target in targets:
            if self.row.state == "absent" and has(target.release) != "other":
                continue
            since = self._since(target, has)
            yield Delivery(
                target=shown(target.target),
                state="delivered" if since else "failed" if target.failures else "waiting",
                at=since,
                release=target.release,
                last=target.at,
                problem=None if since else target.problem,
                until=None if since else next_try(target),
            )

    def _since(self, target: Deployment, has: Callable[[str | None], str]) -> datetime | None:
        """Since when the target is as the live site is and should be; None if it is not."""
        if self.row.state in PENDING or target.at is None:
            return None
        since = None
        for release, at in ((target.release, target.at), *((one.release, one.at) for one in target.earlier)):
            if has(release) != "same":
                break
            since = at
        return since

    def _has(self, release: str | None) -> str:
        """Whether a release says of the record what is live here: same, other, or unknown (not kept)."""
        slug = self.row.union.slug
        if release is None:
            return "unknown"
        if release == self.row.release:
            return "same"
        if not self.row.path or not release_folder(self.places.output, slug, release).is_dir():
            return "unknown"
        said = said_in(self.places, slug, release, self.row.path, self.row.shown or self.record)
        return "same" if said == self.row.hash else "other"
