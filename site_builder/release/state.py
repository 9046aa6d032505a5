"""What is remembered of each site's builds, under DATA: never in a release, never in CONTENT."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from site_builder.records import Problem
from site_builder.release.notes import hold_file, state_file
from site_builder.release.workspace import write_whole

Note = Sequence[str]
"""Of a page: what it was made from, as a hash; its basis; a hash of its anchors."""

LEFT_OUT = "record-left-out"
"""The code of what is said of a record that a site stands without; see `release.left_out`."""
PARTS_BYTES = 4000
"""For each page of a site: the log of parts is written anew when it grows beyond that."""

Model = TypeVar("Model", bound=BaseModel)


class ReleaseNote(BaseModel):
    """What a manifest may not say, because it must not depend on the time of a build."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    built: datetime
    """When it was first built."""
    as_of: datetime
    """The latest moment for which the content gave this release."""
    pages: int


class BuildState(BaseModel):
    """The last build of one site. A failed build keeps what the last good one said, with its problems."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    union: str
    built: datetime
    as_of: datetime
    failed: bool = False
    release: str | None = None
    pages: int = 0
    records: int = 0
    rendered: int = 0
    reused: int = 0
    search_documents: int = 0
    next_change: datetime | None = None
    problems: tuple[Problem, ...] = ()
    releases: Mapping[str, ReleaseNote] = {}
    inputs: str = ""
    """Hash of all that the site was made from; see `release.inputs`, if out of sight `deploy.elsewhere`."""
    foreign: tuple[str, ...] = ()
    """Ids of others' records that decide about it without being shared."""
    output: str = ""
    """The OUTPUT folder of the build, absolute; empty if another machine built it."""

    @property
    def left_out(self) -> frozenset[UUID]:
        """The records that the site stands without, because no page can be made of them."""
        return frozenset(UUID(one.record) for one in self.problems if one.code == LEFT_OUT and one.record)

    @property
    def out_of_sight(self) -> bool:
        """Whether another machine built the site, in an OUTPUT of its own: live is what `release` says."""
        return self.release is not None and not self.output

    def elsewhere(self, output: Path, live: str | None, hold: Hold | None) -> bool:
        """Whether this tells of another OUTPUT than the one in which `live` is live: one DATA served two.

        Where both were moved together, live is what was built last, or what a rollback holds.
        """
        ours = (self.release, hold.release if hold else self.release)
        return bool(self.output) and live not in ours and self.output != str(output.resolve())


class Hold(BaseModel):
    """A rollback: the release a person wants live until somebody publishes or builds with `--full`."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    release: str
    at: datetime


class Landed(BaseModel):
    """A release that was completely deployed to a target, and when."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    release: str
    at: datetime


class Deployment(BaseModel):
    """What this machine last heard of a site on one target (`site_builder.deploy`)."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    target: str
    """Its URL, which holds no secret."""
    release: str | None = None
    """The last release that was completely deployed there, `at` when."""
    at: datetime | None = None
    tried: datetime
    failures: int = 0
    """In a row; 0: the last try succeeded."""
    problem: Problem | None = None
    earlier: tuple[Landed, ...] = ()
    """What was there before, the latest first: as much as is needed to tell since when something is there."""


class PageNotes(BaseModel):
    """The pages of the last release, so that the next build renders only what differs."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    release: str
    engine: str
    """Hash of everything that renders: the template bundle and the code that drives it."""
    program: str = ""
    """The same, with all code that may shape a site."""
    ground: str
    """Hash of what any page may depend on; see `pages.basis`."""
    pages: Mapping[str, Note]
    """By path."""


def _notes(rows: Mapping[str, Note]) -> Mapping[str, Note]:
    """As they were read: to make a thousand objects of them takes longer than to read them."""
    if any(len(row) != 3 for row in rows.values()):
        raise ValueError("not the notes of pages")
    return rows


class Parts:
    """A log of what pages were made from: rows of a path, a tab and the parts as JSON."""

    def __init__(self, log: bytes) -> None:
        self._log = log

    def get(self, page: str) -> Mapping[str, str] | None:
        start = f"\n{page}\t".encode()
        place = self._log.rfind(start)
        if place < 0:
            return None
        end = self._log.find(b"\n", place + len(start))
        try:
            found: dict[str, str] = orjson.loads(self._log[place + len(start) : end if end > 0 else None])
        except ValueError:  # a killed build left half a row
            return None
        return found

    def last(self) -> Mapping[bytes, bytes]:
        """The last row of every page, as it stands."""
        rows = (row.partition(b"\t") for row in self._log.split(b"\n") if row.endswith(b"}"))
        return {page: made for page, _, made in rows}


_DEPLOYMENTS = TypeAdapter(tuple[Deployment, ...], config=ConfigDict(defer_build=True))


class Records:
    """Reads and writes these files. A damaged one counts as absent: the next build makes it anew."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def state(self, union: str) -> BuildState | None:
        return _read(state_file(self._data, union), BuildState)

    def save_state(self, state: BuildState) -> None:
        write_whole(state_file(self._data, state.union), state.model_dump_json(indent=1).encode())

    def pages(self, union: str) -> PageNotes | None:
        path = self._data / "builds" / f"{union}.pages.json"
        try:
            raw = orjson.loads(path.read_bytes())
            return PageNotes.model_construct(
                release=str(raw["release"]),
                engine=str(raw["engine"]),
                program=str(raw.get("program", "")),
                ground=str(raw["ground"]),
                pages=_notes(raw["pages"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def save_pages(self, union: str, notes: PageNotes) -> None:
        write_whole(self._data / "builds" / f"{union}.pages.json", orjson.dumps(dict(notes)))

    def parts(self, union: str) -> Parts:
        """Of what each page was made, by name; only to explain a change, so that losing it costs a reason."""
        try:
            return Parts((self._data / "builds" / f"{union}.parts").read_bytes())
        except OSError:
            return Parts(b"")

    def add_parts(self, union: str, parts: Mapping[str, bytes], *, pages: Collection[str]) -> None:
        """Note the parts, as JSON, of pages made anew; `pages` are all the site has.

        The file is a log, of which the last row of a page counts.
        """
        path = self._data / "builds" / f"{union}.parts"
        rows = b"".join(b"\n%b\t%b" % (page.encode(), made) for page, made in parts.items())
        size = path.stat().st_size if path.exists() else 0
        if size and size < PARTS_BYTES * (len(pages) + 100):
            with path.open("ab") as file:
                file.write(rows)
            return
        known = self.parts(union).last() if size else {}
        left = ((page, known.get(page.encode())) for page in pages if page not in parts)
        rows += b"".join(b"\n%b\t%b" % (page.encode(), made) for page, made in left if made)
        write_whole(path, rows)

    def hold(self, union: str) -> Hold | None:
        return _read(hold_file(self._data, union), Hold)

    def set_hold(self, union: str, hold: Hold) -> None:
        write_whole(hold_file(self._data, union), hold.model_dump_json().encode(), durable=True)

    def lift_hold(self, union: str) -> None:
        hold_file(self._data, union).unlink(missing_ok=True)

    def deployments(self, union: str) -> tuple[Deployment, ...]:
        """One for each target the site was ever sent to and still belongs to."""
        try:
            return _DEPLOYMENTS.validate_json((self._data / "deploy" / f"{union}.json").read_bytes())
        except (FileNotFoundError, ValidationError):
            return ()

    def save_deployments(self, union: str, found: Sequence[Deployment]) -> None:
        path = self._data / "deploy" / f"{union}.json"
        write_whole(path, _DEPLOYMENTS.dump_json(tuple(found), indent=1))


def _read(path: Path, model: type[Model]) -> Model | None:
    try:
        return model.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def standing_moment(data: Path) -> datetime | None:
    """The moment as of which the sites of a demo are built, whatever the time (`DATA/clock.json`); else None.

    The file is the CMS's (see `cms.publishing.clock`); one that is damaged counts as none.
    """
    try:
        moment = datetime.fromisoformat(orjson.loads((data / "clock.json").read_bytes())["as_of"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return moment if moment.tzinfo else None
