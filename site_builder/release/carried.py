"""Finds out where one record stands: on each site that should carry it, or still does, here or elsewhere.

What a site carries is read from its live release: the `index.json` beside the record's page, whatever was
planned, built or noted. What it should carry is the plan of a content in which this record and its editions
stand alone. So an answer costs two small files a site, says the truth after a rollback, a failed build or a
loss of DATA, and for 3,200 sites comes within seconds.

    receipts(content, places, record, now)   one row a site; cheap
    dated(places, receipt)                   the same row with the moments of its releases: for rows shown
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from site_builder import paths
from site_builder.content_store import Content
from site_builder.errors import BuildError
from site_builder.pages.fields import public_values
from site_builder.plan import Planned, index_of, plan
from site_builder.plan.common import Candidate
from site_builder.plan.resolve import Candidates, candidates, compete, fill
from site_builder.records import REFERENCE_FIELDS, BaseRecord, Kind
from site_builder.release import manifest as manifests
from site_builder.release import switch
from site_builder.release.manifest import digest
from site_builder.release.receipts import Delay, Receipt
from site_builder.release.report import Places
from site_builder.release.state import LEFT_OUT, BuildState, Records
from site_builder.release.workspace import release_folder

# --- what every site should show ------------------------------------------------------------------


def receipts(
    content: Content,
    places: Places,
    record: UUID,
    now: datetime,
    *,
    gone: BaseRecord | None = None,
    unions: Iterable[str] | None = None,
) -> list[Receipt]:
    """One row for each site that the record is meant for, or that still shows it, here or on a target that it
    was deployed to, in the order of unions.

    `content` is what is published. `gone` is the record as it was last, if it is not in `content` any more;
    without it every page of every live site is looked at to find where it still stands. `unions` are those
    whose sites are asked about; None: all.
    """
    return list(_Question(content, places, record, now, gone).rows(unions))


@dataclass(frozen=True, slots=True)
class _Found:
    """A record on a live site."""

    id: UUID
    path: str
    hash: str
    fields: Mapping[str, Any]


class _Question:
    def __init__(
        self, content: Content, places: Places, record: UUID, now: datetime, gone: BaseRecord | None
    ) -> None:
        self.places = places
        self.id = record
        self.now = now
        self.full = index_of(content)
        self.content = content
        known = content.records.get(record)
        self.source: BaseRecord | None = known or gone
        self.published = known is not None
        self.alone = index_of(_alone(content, record, gone))
        self.records = Records(places.data)
        self._values: dict[int, tuple[BaseRecord, dict[str, Any]]] = {}
        self._refused = next(
            (
                problem.message
                for problems in self.alone.problems.values()
                for problem in problems
                if problem.record == str(record) and problem.severity == "error"
            ),
            "",
        )

    def rows(self, unions: Iterable[str] | None) -> Iterator[Receipt]:
        for slug in self.content.unions if unions is None else unions:
            row = self._row(slug)
            if row is not None:
                yield row

    def _row(self, slug: str) -> Receipt | None:
        union = self.content.unions[slug]
        live = switch.live(self.places.output, slug)
        found = candidates(self.alone, slug)
        standing = compete(self.alone, slug, found, self.now)
        winner = standing.winners[0] if standing.winners and self.published else None
        if winner is not None and not self._stands_for(winner, found):
            winner = None
        here = self._here(slug, live, winner)
        base = Receipt(
            union,
            "live",
            release=live,
            path=here.path if here else "",
            hash=here.hash if here else None,
            shown=here.id if here else None,
        )
        if winner is not None:
            return self._expected(base, slug, winner, found, here)
        return self._unexpected(base, slug, found, here)

    def _stands_for(self, winner: Candidate, found: Candidates) -> bool:
        """Whether what stands is the record, an edition of it, or an edition nearer than this one is."""
        entry, candidate = winner.entry, found.by_id.get(self.id)
        if entry.id == self.id or any(source.id == self.id for source in entry.sources):
            return True
        return candidate is not None and candidate.entry.life.live(self.now)

    # --- what should be there ---

    def _expected(
        self, base: Receipt, slug: str, winner: Candidate, found: Candidates, here: _Found | None
    ) -> Receipt:
        entry = winner.entry
        own = entry.id == self.id
        path = paths.record_path(entry.source, slug)
        wanted = self._planned(slug, winner, found)
        row = replace(base, reason="" if own else "edition")
        if here and here.id == entry.id and here.path == path and self._current(here, wanted):
            return replace(row, state="live" if own else "replaced")
        row = replace(row, state="outdated" if here else "missing", path=base.path or path)
        if here is None and entry.source.kind is Kind.COLLECTION and self._empty(slug, entry.id):
            return replace(row, state="absent", reason="empty")
        return replace(row, delay=self._delay(slug, base.release, entry.id, path))

    def _empty(self, slug: str, collection: UUID) -> bool:
        """Whether nothing of this site belongs to a collection: then it has no page."""
        return collection not in plan(self.content, slug, self.now).by_id

    def _planned(self, slug: str, winner: Candidate, found: Candidates) -> BaseRecord:
        """The record as this site should show it, its slots filled."""
        if winner.entry.source.kind is Kind.COLLECTION:  # alone it has no members, and no plan would show it
            return fill(slug, winner, found)[0]
        items = plan(self.alone.content, slug, self.now).items if self._depends(found) else ()
        item: Planned | None = next((item for item in items if item.record.id == winner.entry.id), None)
        return item.record if item else winner.entry.record

    def _depends(self, found: Candidates) -> bool:
        """Whether the record may look different on this site: slots are filled, or the moment counts."""
        filled = any(adoption.slots is not None for adoption in found.adoptions.values())
        return filled or (self.source is not None and self.source.kind is Kind.EVENT)

    def _current(self, here: _Found, record: BaseRecord) -> bool:
        wanted = self._public(record)
        for name, value in wanted.items():
            if name in REFERENCE_FIELDS:
                if not self._same_references(value, here.fields.get(name)):
                    return False
            elif here.fields.get(name) != value:
                return False
        return True

    def _public(self, record: BaseRecord) -> dict[str, Any]:
        known = self._values.get(id(record))
        if known is None or known[0] is not record:
            known = self._values[id(record)] = (record, public_values(record))
        return known[1]

    def _same_references(self, wanted: Any, shown: Any) -> bool:
        """A site leaves out references to what is public nowhere: their absence is no difference."""
        if not isinstance(wanted, list):
            return shown == wanted or (shown is None and not self._public_somewhere(wanted))
        listed = shown if isinstance(shown, list) else []
        return listed == [id for id in wanted if id in listed or self._public_somewhere(id)]

    def _public_somewhere(self, id: str) -> bool:
        return self.full.public_url(UUID(id), self.now) is not None

    # --- what should not be there ---

    def _unexpected(self, base: Receipt, slug: str, found: Candidates, here: _Found | None) -> Receipt | None:
        reason, moment, detail = self._why_not(slug, found)
        row = replace(base, reason=reason, moment=moment, detail=detail)
        if here is not None:
            return replace(row, state="lingering", delay=self._delay(slug, base.release, self.id, ""))
        if reason == "not-shared" or self.source is None:
            there = self._on_a_target(slug, base.release)
            if there is None:
                return None
            return replace(row, state="gone" if self.source is None else "absent", path=there.path)
        ended = reason in ("withdrawn", "expired", "unpublished")
        path = paths.record_path(self.source, slug)
        return replace(row, state="gone" if ended else "absent", path=path)

    def _why_not(self, slug: str, found: Candidates) -> tuple[str, datetime | None, str]:
        """Why a site should not show the record: reason, its moment, more words."""
        candidate = found.by_id.get(self.id)
        if self.source is None:
            return "unpublished", None, ""
        if candidate is None:
            if self._refused and self.source.union == slug:
                return "refused", None, self._refused
            shared = self.alone.shared(self.source, slug)
            hides = any(
                adoption.record == self.id and adoption.action == "hide"
                for adoption in self.content.adoptions.get(slug, ())
            )
            if shared is None:
                return "not-shared", None, ""
            return ("hidden" if hides else "not-taken"), None, ""
        if not self.published:
            return "unpublished", None, ""
        life = candidate.entry.life
        if life.withdrawal is not None and life.withdrawal.at <= self.now:
            return "withdrawn", life.withdrawal.at, life.withdrawal.reason
        if life.end is not None and life.end <= self.now:
            return "expired", life.end, ""
        return "embargoed", life.start, ""

    # --- what is late ---

    def _delay(self, slug: str, live: str | None, wanted: UUID, path: str) -> Delay:
        """Why the live site is not yet as it should be, as far as the files of content and builds say."""
        state, hold = self.records.state(slug), self.records.hold(slug)
        if hold is not None:
            return Delay("held", hold.at, release=self._held_back(slug, state, wanted, path))
        if state is not None and state.failed:
            failure = state.problems[-1] if state.problems else None
            return Delay("failed", state.built, str(failure or ""))
        if live is None:
            return Delay("not-built")
        for problem in state.problems if state else ():
            if problem.record != str(wanted):
                continue
            if problem.code == "path-taken":
                return Delay("path-taken", detail=problem.message)
            if problem.code == LEFT_OUT:
                return Delay("failed", state.built if state else None, str(problem))
        return Delay("waiting")

    def _held_back(self, slug: str, state: BuildState | None, wanted: UUID, path: str) -> str | None:
        """The newest release, if it has what the held one has not."""
        if state is None or state.release is None or not path:
            return None
        built = _read(self.places, slug, state.release, path)
        return state.release if built and built.id == wanted else None

    # --- what is there ---

    def _here(self, slug: str, live: str | None, winner: Candidate | None) -> _Found | None:
        """The record on a live site, or the edition in its place; where it stands now or stood before."""
        if live is None:
            return None
        if self.source is None:
            return self._anywhere(slug, live)
        wanted = [winner.entry.source] if winner else []
        for record in {source.id: source for source in (*wanted, self.source)}.values():
            for path in _paths_of(record, slug):
                found = _read(self.places, slug, live, path)
                if found and found.id == record.id:
                    return found
        return None

    def _on_a_target(self, slug: str, live: str | None) -> _Found | None:
        """The record in a release that is no longer live here, and is where the site was deployed to."""
        behind = {each.release for each in self.records.deployments(slug)} - {None, live}
        found = (self._here(slug, release, None) for release in behind)
        return next((here for here in found if here is not None), None)

    def _anywhere(self, slug: str, live: str) -> _Found | None:
        """Look into every page's data of a site: of the record nothing is known but its id."""
        try:
            files = manifests.read(self.places.output, slug, live).rows
        except BuildError:
            return None
        needle = str(self.id).encode()
        folder = release_folder(self.places.output, slug, live)
        for file in files:
            if file.endswith("/index.json") and needle in _bytes(folder / file):
                found = _read(self.places, slug, live, f"/{file.removesuffix('index.json')}")
                if found and found.id == self.id:
                    return found
        return None


def _bytes(file: Path) -> bytes:
    """Those of a file; none where it is gone: builds remove old releases while others look at them."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _alone(content: Content, record: UUID, gone: BaseRecord | None) -> Content:
    """The content in which nothing stands but the record, what it is an edition of, and their editions."""
    records: dict[UUID, Any] = dict(content.records)
    if gone is not None:
        records.setdefault(gone.id, gone)
    root, seen = record, {record}
    while (source := records.get(root)) is not None and source.edition_of in records:
        if source.edition_of in seen:
            break
        root = source.edition_of
        seen.add(root)
    below: dict[UUID, list[UUID]] = {}
    for other in records.values():
        if other.edition_of is not None:
            below.setdefault(other.edition_of, []).append(other.id)
    pending, group = [root], set(seen)
    while pending:
        made = below.get(pending.pop(), [])
        pending += [id for id in made if id not in group or id in seen]
        seen -= set(made)
        group.update(made)
    adoptions = {
        union: tuple(adoption for adoption in given if adoption.record in group)
        for union, given in content.adoptions.items()
    }
    kept = {id: made for id, made in records.items() if id in group}
    return replace(content, records=kept, adoptions=adoptions, problems=(), versions={})


def _paths_of(record: BaseRecord, slug: str) -> Iterator[str]:
    """Where a record lies on a site, then where it may have lain."""
    yield paths.record_path(record, slug)
    for former in record.former_paths:
        path = paths.former_path(former, record.union, slug)
        if path is not None and path.endswith("/"):
            yield path


def said_in(places: Places, slug: str, release: str, path: str, record: UUID) -> str | None:
    """The hash of what a release says of a record at a path; None if the record is not there."""
    found = _read(places, slug, release, path)
    return found.hash if found and found.id == record else None


def _read(places: Places, slug: str, release: str, path: str) -> _Found | None:
    """The record that a release has at a path; None if there is none."""
    file = release_folder(places.output, slug, release) / paths.json_path(path)[1:]
    try:
        data = file.read_bytes()
        fields = orjson.loads(data)
        return _Found(UUID(fields["id"]), path, digest(data), fields)
    except (OSError, ValueError, KeyError, TypeError):
        return None


# --- since when -----------------------------------------------------------------------------------


def dated(places: Places, receipt: Receipt) -> Receipt:
    """The row with `built` and `since`, read from the site's releases as far as they are kept."""
    if receipt.release is None or not receipt.path:
        return receipt
    slug = receipt.union.slug
    state = Records(places.data).state(slug)
    kept = switch.releases(places.output, slug)
    place = kept.index(receipt.release) if receipt.release in kept else 0
    newer, older = kept[:place], kept[place + 1 :]
    live_since = _moment(switch.live_since(places.output, slug))
    if receipt.hash is None:
        return replace(receipt, since=_gone_since(places, receipt, older, live_since))
    first = receipt.release
    for release in older:
        if _hash_in(places, slug, release, receipt.path) != receipt.hash:
            break
        first = release
    built = _built(places, slug, state, first)
    if older and first == older[-1]:
        # In every release that is kept: then the file, which releases share, tells when it was first written.
        written = _written(places, slug, first, paths.json_path(receipt.path))
        built = min(filter(None, (built, written)), default=None)
    hold = Records(places.data).hold(slug)
    if hold is not None:
        same = all(_hash_in(places, slug, one, receipt.path) == receipt.hash for one in newer)
        return replace(receipt, built=built, since=built if same else hold.at)
    return replace(receipt, built=built, since=live_since if first == receipt.release else built)


def _gone_since(
    places: Places, receipt: Receipt, older: Sequence[str], live_since: datetime | None
) -> datetime | None:
    """When the last release that had the record gave way to one without; None if none is kept that had it."""
    slug = receipt.union.slug
    if receipt.state != "gone":
        return None
    state = Records(places.data).state(slug)
    after = receipt.release
    for release in older:
        if _hash_in(places, slug, release, receipt.path) is not None:
            return live_since if after == receipt.release else _built(places, slug, state, after)
        after = release
    # The notice in the place of a withdrawn record was written when it first went.
    notice = str(paths.output_file(receipt.path))
    return _written(places, slug, receipt.release or "", f"/{notice}")


def _hash_in(places: Places, slug: str, release: str, path: str) -> str | None:
    file = release_folder(places.output, slug, release) / paths.json_path(path)[1:]
    try:
        return digest(file.read_bytes())
    except OSError:
        return None


def _built(places: Places, slug: str, state: BuildState | None, release: str | None) -> datetime | None:
    note = state.releases.get(release) if state and release else None
    if note is not None:
        return note.built
    return _moment(manifests.stored_at(places.output, slug, release or ""))


def _written(places: Places, slug: str, release: str, path: str) -> datetime | None:
    try:
        return _moment((release_folder(places.output, slug, release) / path[1:]).stat().st_mtime)
    except OSError:
        return None


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
