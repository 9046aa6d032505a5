"""Is a release what it should be? Asked before every switch, and by `unionpress check` at any time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

from site_builder.records import Problem
from site_builder.release import links
from site_builder.release.manifest import Manifest, compare

BROKEN_LINK = "broken-link"


def completeness(planned: Iterable[str], present: Iterable[str]) -> list[Problem]:
    """Every planned file lies on the disk and nothing else does. Each problem here is an error: no switch."""
    wanted, found = frozenset(planned), frozenset(present)
    return [
        *(
            _problem("page-missing", path, "is planned and was not written")
            for path in sorted(wanted - found)
        ),
        *(
            _problem("page-unplanned", path, "was written and is not planned")
            for path in sorted(found - wanted)
        ),
    ]


class Outlines(Mapping[str, links.Outline]):
    """The outlines of the pages among `files`, each read when it is asked for.

    `made` are those of pages that need not be read from the folder.
    """

    def __init__(
        self, folder: Path, files: Collection[str], made: Mapping[str, links.Outline] | None = None
    ) -> None:
        self._folder, self._files = folder, files
        self._made = dict(made or {})

    def __getitem__(self, path: str) -> links.Outline:
        made = self._made.get(path)
        if made is None:
            if path not in self:
                raise KeyError(path)
            made = self._made[path] = links.outline((self._folder / path).read_bytes())
        return made

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and path.endswith(".html") and path in self._files

    def __iter__(self) -> Iterator[str]:
        return (path for path in self._files if path.endswith(".html"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def internal_links(
    outlines: Outlines,
    files: Collection[str],
    base_url: str,
    *,
    records: Callable[[], Mapping[str, str]],
    among: Collection[str] | None = None,
) -> list[Problem]:
    """Internal links and resources that lead nowhere: warnings, since one bad link must not hold up a site.

    `records` gives the id of the record that a page shows, by the page's path. `among`: only these pages are
    looked at.
    """
    chosen = outlines if among is None else [path for path in among if path in outlines]
    found = links.broken(outlines, files, base_url, pages=chosen)
    ids = records() if found else {}
    return [
        Problem(
            severity="warning",
            code=BROKEN_LINK,
            file=link.page,
            record=ids.get(link.page),
            message=f"the link {link.link} {link.why}",
            action="Correct the link in the record, or publish what it leads to",
        )
        for link in found
    ]


def against_manifest(folder: Path, manifest: Manifest) -> list[Problem]:
    """What was changed, added or taken away in a release since it was built."""
    difference = compare(folder, manifest)
    return [
        *(_problem("file-missing", path, "is gone from the live release") for path in difference.missing),
        *(
            _problem("file-unplanned", path, "does not belong to the live release")
            for path in difference.unplanned
        ),
        *(_problem("file-changed", path, "was changed after it was built") for path in difference.changed),
    ]


def against_plan(planned: Iterable[str], manifest: Manifest) -> list[Problem]:
    """What the content asks for and the live release has not, and the other way round.

    A search index of before is one thing, however many files it has.
    """
    wanted = frozenset(planned)
    found = frozenset(manifest.rows)
    return [
        *(
            _problem("page-missing", path, "is planned and not on the live site", _BEHIND)
            for path in sorted(wanted - found)
        ),
        *(
            _problem("page-unplanned", path, "is on the live site and not planned", _BEHIND)
            for path in sorted({_index_of(path) for path in found - wanted})
        ),
    ]


def _index_of(path: str) -> str:
    parts = path.split("/")
    return f"search/{parts[1]}/" if parts[0] == "search" and len(parts) > 2 else path


_BEHIND = "Run unionpress build, and if that does not help unionpress build --full for this union"


def _problem(
    code: str, path: str, what: str, action: str = "Run unionpress build --full for this union"
) -> Problem:
    return Problem(code=code, file=path, message=f"{path} {what}", action=action)
