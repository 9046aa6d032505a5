"""Live sites whose union the content has no more, or cannot read."""

from __future__ import annotations

from pathlib import Path

from site_builder.content_store import Content
from site_builder.records import Problem
from site_builder.release import site_locks, switch
from site_builder.release.report import Places


def orphans(content: Content, places: Places, *, take_down: bool) -> list[Problem]:
    """Take them down, or say that they are there.

    A build of the whole network takes them down: only the link goes, and their releases are kept. Where most
    sites would go at once, the content is likely at fault, and none does.
    """
    live = _live(places)
    gone = [union for union in live if union not in content.unions and not _file(union, places).exists()]
    down = take_down and bool(content.unions) and len(gone) * 2 <= len(live)
    return [_orphan(union, places, down=down) for union in gone]


def left_behind(content: Content, places: Places) -> list[Problem]:
    """The live sites that no build can bring up to date, because their union's file is wrong.

    They stay as they were: also what was withdrawn since, above them or by them.
    """
    return [
        Problem(
            code="site-left-behind",
            file=f"unions/{union}.md",
            message=f"the site of {union} is live as it was last built: its union cannot be read",
            action="Correct the file, and build; until then the site shows also what was withdrawn since",
        )
        for union in _live(places)
        if union not in content.unions and _file(union, places).exists()
    ]


def _live(places: Places) -> list[str]:
    sites = places.output / "sites"
    return sorted(link.name for link in sites.iterdir() if link.is_symlink()) if sites.is_dir() else []


def _file(union: str, places: Places) -> Path:
    return places.content / "unions" / f"{union}.md"


def _orphan(union: str, places: Places, *, down: bool) -> Problem:
    if down:
        with site_locks.alone(places, union):
            switch.take_down(places.output, union)
        return Problem(
            severity="warning",
            code="site-taken-down",
            message=f"the content has no union {union} any more: its site is no longer served",
            action=f"Bring back unions/{union}.md to serve it again; what is left of it lies in "
            f"{places.output / 'releases' / union}",
        )
    return Problem(
        severity="warning",
        code="site-without-union",
        message=f"the site of {union} is live, and the content has no such union",
        action=f"If the union is gone for good, delete {places.output / 'sites' / union}",
    )
