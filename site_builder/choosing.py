"""What a command means by the unions it names, and the content it names them in."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence

from site_builder import content_store
from site_builder.content_store import Content
from site_builder.errors import BuildError, UsageError
from site_builder.folder import Folder
from site_builder.release.report import Places


def read_content(
    places: Places,
    folder: Folder | None = None,
    *,
    keep: bool = True,
    meanwhile: Callable[[], None] | None = None,
) -> Content:
    """Raises UsageError if the folder holds no content. `folder` is what was just listed of it.

    `keep`: what is parsed is kept under DATA for the next time. `meanwhile`: see `content_store.read`.
    """
    places.require_content()
    cache = places.data / "cache" / "content" if keep else None
    return content_store.read(places.content, cache, folder, meanwhile)


_HELD = ("", "unions", "records", "adoptions", "media")
"""The folders of content/ in which something of a site can lie."""


def require_readable(places: Places, folder: Folder) -> None:
    """Raises BuildError where part of the content cannot even be listed: a disk that is away, a wrong right.

    That is nobody's deletion, and sites built without it would lose all that lies there.
    """
    for odd in folder.odd:
        if odd.what == "unreadable" and odd.relative.partition("/")[0] in _HELD:
            raise BuildError(
                f"{places.content / odd.relative} cannot be read: {odd.why}. Mend that and run this again; "
                "what is live stays as it is",
                code="content-unreadable",
            )


def require_whole(content: Content) -> None:
    """Raises BuildError where files went away while the content was read: the rest is no whole network.

    Whoever moves content/ or brings in a new one file by file holds no lock, and sites built of what was
    there at that moment would lose the rest.
    """
    for problem in content.problems:
        if problem.code in (content_store.CHANGED, "content-missing"):
            raise BuildError(
                f"{content.root} changed while it was read: {problem.file or 'all of it'} is gone. Put it "
                "back if it was moved, then run this again (a worker does by itself); what is live stays",
                code=content_store.CHANGED,
            )


def choose(content: Content, unions: Sequence[str]) -> list[str]:
    """The unions meant, in the order of the content. Raises UsageError that names the nearest known ones.

    A union whose own file is wrong raises BuildError, which says what is.
    """
    known = list(content.unions)
    for union in unions:
        wrong = next((found for found in content.problems if found.file == f"unions/{union}.md"), None)
        if union not in content.unions and wrong:
            raise BuildError(f"{union} cannot be built: {wrong}", union=union, code="union-unusable")
        _require(union, known)
    return [union for union in known if union in set(unions)] if unions else known


def require_union(places: Places, union: str) -> None:
    """Raises UsageError for an unknown union. Looks at names of files only: a rollback must not wait."""
    places.require_content()
    _require(union, [file.stem for file in (places.content / "unions").glob("*.md")])


def _require(union: str, known: Sequence[str]) -> None:
    if union not in known:
        raise UsageError(f"there is no union {union!r}{meant(union, known)}")


def meant(wanted: str, known: Iterable[str]) -> str:
    """What is added to the message for a name that is not known: those that it is nearest to."""
    near = difflib.get_close_matches(wanted, dict.fromkeys(known), n=3, cutoff=0.4)
    return f"; did you mean {', '.join(near)}?" if near else ""
