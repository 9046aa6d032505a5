"""Receipts of sites that another machine builds, in an OUTPUT that cannot be seen from here.

    told(places, content, now, record, rows)   the rows of `release.carried.receipts`, such sites by notes

No page of such a site can be read. But of what files it was made was noted when its build was reported: while
those are what `content/` holds, and no moment of its plan has come, the site says of each record what it
should. Otherwise what is to come there is not there yet, and what is to go is there still.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from site_builder.content_store import Content
from site_builder.release.manifest import digest
from site_builder.release.receipts import Delay, Receipt
from site_builder.release.report import Places
from site_builder.release.sources import Sources
from site_builder.release.state import LEFT_OUT, BuildState, Records

NEVER_MADE = ("path-taken", LEFT_OUT)
"""Problems of a build for which a site stands without a record."""


class Made:
    """Of what files of a content each site is made, as one hash.

    Unlike that of `release.inputs` it is the same on every machine, whatever the times of files there, and a
    new version of the program or a theme does not change it: neither changes what a site says of a record.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        self._sources = Sources(content)
        self._common = f"{content.network} {self._digest(self._sources.common)}"

    def of(self, union: str, foreign: Iterable[str]) -> str:
        """The hash for one union. `foreign`: others' records that decide about its site (`BuildState`)."""
        return digest(f"{self._common} {self._digest(self._sources.of(union, foreign))}".encode())

    def _digest(self, files: Iterable[str]) -> str:
        rows = (f"{file} {self._content.version_anywhere(file)}" for file in files)
        return digest("\n".join(rows).encode())


def told(
    places: Places,
    content: Content,
    now: datetime,
    record: UUID,
    rows: Iterable[Receipt],
    *,
    whole: bool = True,
) -> Iterator[Receipt]:
    """The rows of a record. `content` is what lies on the disk; `whole`: what is published lies there too."""
    records = Records(places.data)
    made: Made | None = None
    for row in rows:
        state = records.state(row.union.slug) if row.release is None else None
        if state is None or not state.out_of_sight:
            yield row
            continue
        made = made or Made(content)
        current = whole and state.inputs == made.of(state.union, state.foreign)
        if state.next_change is not None and now >= state.next_change:
            current = False
        yield _row(replace(row, release=state.release), state, record, current=current)


def _row(row: Receipt, state: BuildState, record: UUID, *, current: bool) -> Receipt:
    if row.state == "gone":
        return row if current else replace(row, state="lingering", delay=_late(state))
    if row.state != "missing":
        return row
    # Which edition it would be is not told.
    doubtful = (one for one in state.problems if one.code in NEVER_MADE)
    refused = next((one for one in doubtful if row.reason == "edition" or one.record == str(record)), None)
    if refused is not None:
        code = "path-taken" if refused.code == "path-taken" else "failed"
        return replace(row, delay=Delay(code, state.built, str(refused)))
    if not current:
        return replace(row, delay=_late(state))
    return replace(row, state="replaced" if row.reason == "edition" else "live", delay=None)


def _late(state: BuildState) -> Delay:
    if state.failed:
        return Delay("failed", state.built, str(state.problems[-1]) if state.problems else "")
    return Delay("waiting")
