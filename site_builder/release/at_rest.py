"""A network in which nothing changed: told by one note, before anything is read or loaded.

After a build of all sites the note says what they were made from: the stamps of every file of the content, of
the themes and of this program, its libraries by their versions; and the hash of inputs of each site. While
the stamps stay, the content is what it was and so is each hash, and what is left to ask is asked of each
site as `unchanged` asks it: its state, its hold, what is live, its next moment. In doubt - a file changed
just now, something odd lies in a folder, one site differs - there is no answer, and the content is read.

Nothing here loads the records, the plan, or Pelican: that takes longer than all that is done here.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from site_builder.assets import THEME_PARTS
from site_builder.errors import BuildError
from site_builder.folder import FRESH, Folder, listed, rows
from site_builder.release import site_locks, switch
from site_builder.release.notes import hold_file, state_file
from site_builder.release.problems import problem_owner
from site_builder.release.report import Places, SiteReport, index_folder
from site_builder.release.workspace import write_whole

if TYPE_CHECKING:
    from site_builder.content_store import Content
    from site_builder.records import Problem
    from site_builder.release.inputs import Inputs

_PACKAGE = Path(__file__).parent.parent
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies in the folders that sites are made from, at one moment."""

    content: Folder
    digest: str
    """Of all stamps; empty if nothing can be concluded from them."""


@dataclass(frozen=True, slots=True)
class AtRest:
    """What a build reports of sites for which there is nothing to do."""

    sites: tuple[SiteReport, ...]
    problems: tuple[Problem, ...]
    """Those of the content that belong to none of these sites."""


def look(places: Places) -> Ground:
    """List content, themes and program. Call it under the content lock."""
    before = time.time_ns() - FRESH
    content = listed(os.fspath(places.content))
    state = blake2b(digest_size=16)
    whole = True
    themes = (
        (folder, listed(os.fspath(folder), hidden=True), "") for folder in _theme_folders(places.themes)
    )
    program = (_PACKAGE, listed(os.fspath(_PACKAGE)), ".py")
    for folder, found, suffix in ((places.content, content, ""), *themes, program):
        lines = rows(found, before=before, suffix=suffix)
        whole = whole and lines is not None
        state.update("\n".join((f"{folder}:", *(lines or ()))).encode())
    # Who may read which file decides about what is found to be wrong with it.
    reader = (os.geteuid(), os.getegid(), sorted(os.getgroups()))
    state.update(repr((sys.version, sorted(_installed()), reader)).encode())
    return Ground(content, state.hexdigest() if whole else "")


def _theme_folders(themes: Path) -> Iterator[Path]:
    """What is read of each theme. Beside themes may lie whatever there is: nobody looks into it."""
    try:
        names = sorted(entry.name for entry in os.scandir(themes) if entry.is_dir())
    except OSError:  # said where a site asks for its theme
        return
    parts = (themes / name / part for name in names for part in THEME_PARTS)
    yield from (part for part in parts if part.is_dir())


def _installed() -> Iterator[str]:
    """The names of all installed packages, which end with their versions."""
    for place in sys.path:
        try:
            names = os.listdir(place or ".")  # noqa: PTH208 - many names, of which few are asked for
        except OSError:
            continue
        yield from (name for name in names if name.endswith((".dist-info", ".egg-info")))


# --- asking ---------------------------------------------------------------------------------------


def unchanged(
    ground: Ground,
    unions: Sequence[str],
    as_of: datetime,
    places: Places,
    progress: Callable[[SiteReport, int, int], None] | None = None,
) -> AtRest | None:
    """What a build of `unions` (none named: of all) reports, if it has nothing to do at all; else None.

    That they were looked at is noted with each site, as any build notes it.
    """
    note = _read(_note_file(places.data))
    if not ground.digest or note.get("ground") != ground.digest or not index_folder(places).is_dir():
        return None
    known: Mapping[str, str] = note["inputs"]
    chosen = [union for union in known if union in set(unions)] if unions else list(known)
    if not set(unions) <= known.keys() or any(union not in known for union in _served(places)):
        return None
    try:
        return _unchanged(note, known, chosen, as_of, places, progress)
    except OSError:  # the build that follows says of which site
        return None


def _unchanged(
    note: Mapping[str, Any],
    known: Mapping[str, str],
    chosen: Sequence[str],
    as_of: datetime,
    places: Places,
    progress: Callable[[SiteReport, int, int], None] | None,
) -> AtRest | None:
    states: dict[str, bytes] = {}
    for union in chosen:
        found = _state(union, known[union], as_of, places)
        if found is None:
            return None
        states[union] = found
    reports: list[SiteReport] = []
    for union, state in states.items():
        report = _noted(union, state, as_of, places)
        if report is None:
            return None
        reports.append(report)
        if progress:
            progress(report, len(reports), len(chosen))
    left = [row for row in note["problems"] if row["owner"] not in states]
    return AtRest(tuple(reports), _problems(row["problem"] for row in left))


def _state(union: str, inputs: str, as_of: datetime, places: Places) -> bytes | None:
    """The state of a site for which there is nothing to do, as it was written; else None."""
    try:
        data = state_file(places.data, union).read_bytes()
        state = orjson.loads(data)
        if state["failed"] or state["inputs"] != inputs or not inputs or state["release"] is None:
            return None
        if as_of < datetime.fromisoformat(state["as_of"]):
            return None
        moment = state["next_change"]
        if moment is not None and as_of >= datetime.fromisoformat(moment):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if hold_file(places.data, union).exists() or switch.live(places.output, union) != state["release"]:
        return None
    return data


def _noted(union: str, data: bytes, as_of: datetime, places: Places) -> SiteReport | None:
    """Note that a site was looked at; None if another build was faster."""
    file = state_file(places.data, union)
    with site_locks.alone(places, union):
        if not file.exists() or file.read_bytes() != data:
            return None
        switch.sweep(places.output, union)
        state = orjson.loads(data)
        release, pages = state["release"], state["pages"]
        if release in state["releases"]:
            state["releases"][release]["as_of"] = as_of.isoformat()
        built = datetime.now(UTC).isoformat()
        state |= {"built": built, "as_of": as_of.isoformat(), "rendered": 0, "reused": pages}
        write_whole(file, orjson.dumps(state, option=orjson.OPT_INDENT_2))
    moment = state["next_change"]
    return SiteReport(
        union=union,
        release=release,
        pages=pages,
        reused=pages,
        search_documents=state["search_documents"],
        next_change=datetime.fromisoformat(moment) if moment else None,
        problems=_problems(state["problems"]),
    )


def _problems(found: Iterable[Mapping[str, Any]]) -> tuple[Problem, ...]:
    rows = list(found)
    if not rows:
        return ()
    from site_builder.records import Problem  # noqa: PLC0415 - loads all records, and seldom is needed

    return tuple(Problem.model_validate(row) for row in rows)


def _served(places: Places) -> list[str]:
    sites = places.output / "sites"
    return [link.name for link in sites.iterdir() if link.is_symlink()] if sites.is_dir() else []


# --- the note -------------------------------------------------------------------------------------


def note(ground: Ground, content: Content, inputs: Inputs, places: Places) -> None:
    """Note what all sites are made from, after a build of all of them from what lay there.

    Of a site that is not made from that - its build failed, a rollback holds it - nothing is noted.
    """
    if not ground.digest or _read(_note_file(places.data)).get("ground") == ground.digest:
        return
    known = {}
    for union in content.unions:
        state = _read(state_file(places.data, union))
        try:
            made = inputs.of(union, state.get("foreign", ()))
        except BuildError:  # reported where the site is built
            made = ""
        known[union] = made if made == state.get("inputs") else ""
    problems = [
        {"owner": problem_owner(problem), "problem": problem.model_dump(mode="json")}
        for problem in content.problems
    ]
    written = {"ground": ground.digest, "inputs": known, "problems": problems}
    try:
        write_whole(_note_file(places.data), orjson.dumps(written))
    except OSError as error:  # costs time, and no site
        logger.warning("%s could not be written: %s", _note_file(places.data), error.strerror)


def _note_file(data: Path) -> Path:
    return data / "cache" / "at-rest.json"


def _read(path: Path) -> dict[str, Any]:
    """A file of notes; one that is damaged counts as empty."""
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
