"""The whole folder -> `Content`: files found and parsed (or taken from the cache), then checked together."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID

from site_builder import collecting
from site_builder.content_store import cache as caches
from site_builder.content_store.cache import Cache, Kept
from site_builder.content_store.canonical import record_name
from site_builder.content_store.checks import check
from site_builder.content_store.files import CHANGED, SYNONYMS, Found, Role, find, gone
from site_builder.content_store.formats import (
    Parsed,
    adoptions_file,
    meant,
    media_description,
    record_file,
    union_file,
)
from site_builder.content_store.svg import svg_file
from site_builder.content_store.synonyms import SynonymGroup, read_synonyms
from site_builder.errors import ContentError
from site_builder.folder import Folder, Stamp
from site_builder.records import Adoption, BaseRecord, Media, Problem, Record, Union

MANY = 400
"""Files for which it pays to start other processes (a third of a second's parsing)."""

_PARSERS: Mapping[Role, Callable[[str, str], Parsed[Any]]] = {
    "union": union_file,
    "record": record_file,
    "adoptions": adoptions_file,
    "media": media_description,
    "svg": svg_file,
}


@dataclass(frozen=True)
class Content:
    """Everything in a content folder that can be used, and what is wrong with the rest."""

    root: Path
    unions: Mapping[str, Union]
    """By slug, in the order of slugs. Every parent is there, and the tree has no cycle."""
    records: Mapping[UUID, Record]
    """In the order of their files. Every owner is in `unions`; no two have the same owner, kind and slug."""
    adoptions: Mapping[str, tuple[Adoption, ...]]
    """By the slug of the union that adopts. Every record is in `records`."""
    media: Mapping[str, Media]
    """By "<union>/<name>". Every file is there, its SVG (`vector`) too."""
    problems: tuple[Problem, ...] = field(repr=False)
    versions: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What tells one version of a file from another, by its path; empty for a content of no folder."""
    synonyms: tuple[SynonymGroup, ...] = ()
    """Words that search takes for the same, from `synonyms.yaml`."""
    references: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """By record, where there are any: the ids of the records that it names or links to, and "/" if it may
    have links to paths. Empty for a content of no folder."""
    pictured: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """By file the media that it names, as "<union>/<name>". Empty for a content of no folder."""
    files: Mapping[UUID, str] = field(default_factory=dict, repr=False)
    """By record its file, which may be called otherwise than its slug. Empty for a content of no folder."""

    def file_of(self, record: BaseRecord) -> str:
        """The file of a record, or the one it should have."""
        return self.files.get(record.id) or record_name(record)

    @cached_property
    def network(self) -> str:
        """What any site may show of any union, and the words that search takes for the same, as one hash."""
        state = blake2b(repr(self.versions.get(SYNONYMS)).encode(), digest_size=16)
        for slug, union in self.unions.items():
            state.update(f"{slug} {union.elsewhere()}\n".encode())
        return state.hexdigest()

    def media_files(self, file: str) -> list[str]:
        """The files of the media that a file names: each itself, what describes it, and its drawing.

        A drawing may be named itself: then that of which it is one comes with it.
        """
        named = self.pictured.get(file, ())
        found: list[str] = []
        for name in dict.fromkeys((*named, *(self._drawn[name] for name in named if name in self._drawn))):
            found += [f"media/{name}", f"media/{name}.yaml"]
            media = self.media.get(name)
            if media is not None and media.vector:
                found.append(f"media/{name.partition('/')[0]}/{media.vector}")
        return found

    @cached_property
    def _drawn(self) -> dict[str, str]:
        """By drawing the picture that it is a drawing of."""
        return {
            f"{name.partition('/')[0]}/{media.vector}": name
            for name, media in self.media.items()
            if media.vector
        }

    def version_anywhere(self, file: str) -> str:
        """What tells one version of a file from another, alike on all machines; "" if it is not there.

        Of media that is the size alone: times differ from machine to machine.
        """
        version = self.versions.get(file, "")
        return version.partition(".")[0] if file.startswith("media/") else version


def read(
    root: Path,
    cache: Path | None = None,
    folder: Folder | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> Content:
    """Read `root`. Never raises for bad files: they become `problems`.

    `cache` is a file under DATA that keeps what was parsed; it is made, replaced and, if it is broken,
    ignored without a word. Several processes may use one. `folder` is what was just listed of `root`, under
    the lock that is held now. `meanwhile` is called where other processes parse and this one would wait.
    """
    found = find(root, folder)
    place = (root, cache, caches.code_version())
    store = Cache(cache, _KEPT.get(place) if cache is not None and cache.exists() else None)
    known = {file.relative: store.get(file.relative, file.stamp) for file in found.files}
    unknown = [file for file in found.files if known[file.relative] is None]
    for made, data in _parse(root, unknown, meanwhile):
        store.put(made, data)
        known.update((relative, kept[1]) for relative, kept in made.items())
    parsed = {relative: made for relative, made in known.items() if made is not None}
    saved = store.save(parsed.keys())
    _KEPT.clear()
    if saved:
        _KEPT[place] = store.lasting()
    checked = check(found, parsed)
    table = read_synonyms(root)
    return Content(
        root=root,
        unions=checked.unions,
        records=checked.records,
        adoptions=checked.adoptions,
        media=checked.media,
        problems=(*checked.problems, *table.problems),
        versions={
            **{file: known.digest for file, known in parsed.items()},
            # What another file says may change what this one gives.
            **{file: parsed[file].digest + without for file, without in checked.altered.items()},
            **{f"media/{name}": ".".join(map(str, stamp)) for name, stamp in found.media.items()},
            **({SYNONYMS: table.digest} if table.digest else {}),
        },
        synonyms=table.groups,
        files=checked.files,
        pictured={file: named for file, known in parsed.items() if (named := _media_of(known))},
        references={
            identity: named for identity, file in checked.files.items() if (named := _named(parsed[file]))
        },
    )


_PATH = re.compile(r"/(?<![\w:/.]/)(?![/\s])")
"""A slash that may begin a path: not one of an address, of a date or of a block's fence."""
_RECORD = re.compile(r"record:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


def _named(parsed: Parsed[Any]) -> tuple[str, ...]:
    found = (_RECORD.fullmatch(reference.target) for reference in parsed.references)
    return (*sorted({match[1] for match in found if match}), *(("/",) if parsed.paths else ()))


def _media_of(parsed: Parsed[Any]) -> tuple[str, ...]:
    named = {reference.target for reference in parsed.references if reference.target.startswith("media:")}
    return (*sorted(target.removeprefix("media:") for target in named),)


_KEPT: dict[tuple[Path, Path | None, str], Mapping[str, Kept]] = {}
"""What the cache held when content was last read here: a worker reads the same again and again."""


def _parse(
    root: Path, files: Sequence[Found], meanwhile: Callable[[], None] | None
) -> Iterator[tuple[Mapping[str, Kept], bytes]]:
    """Parse files, many of them in several processes, each a shard of the cache as it is kept there."""
    processes = os.cpu_count() or 1
    if len(files) < MANY or processes == 1 or sys.platform != "linux":
        yield _parsed(root, files), b""
        return
    shards: dict[int, list[Found]] = {}
    for file in files:
        shards.setdefault(caches.shard_of(file.relative), []).append(file)
    with (
        ProcessPoolExecutor(
            processes, mp_context=multiprocessing.get_context("fork"), initializer=_leave_to_parent
        ) as pool,
        caches.without_collection(),
    ):
        parsed = pool.map(partial(_dumped, root), shards.values())
        if meanwhile:
            meanwhile()
        for data in parsed:
            yield pickle.loads(data), data
        collecting.stays()


def _parsed(root: Path, files: Sequence[Found]) -> dict[str, Kept]:
    made = {file: parse_file(root, file) for file in files}
    return {file.relative: (_NEVER if _gone(known) else file.stamp, known) for file, known in made.items()}


_NEVER: Stamp = (0, sys.maxsize, sys.maxsize, 0)
"""Of what was gone when it was to be read: with its folder it may come back as it was."""


def _gone(parsed: Parsed[Any]) -> bool:
    return any(problem.code == CHANGED for problem in parsed.problems)


def _dumped(root: Path, files: Sequence[Found]) -> bytes:
    return caches.dumped(_parsed(root, files))


def _leave_to_parent() -> None:
    """Ctrl-C reaches the whole group, and only the parent says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def parse_file(root: Path, file: Found) -> Parsed[Any]:
    """Read and parse one file that `find` gave. Never raises for a bad file."""
    if file.role == "picture":
        return _picture(root, file)
    try:
        with open(f"{root}/{file.relative}", "rb") as opened:  # noqa: PTH123 - there are ten thousand
            data = opened.read()
    except (FileNotFoundError, NotADirectoryError):
        return Parsed(None, (gone(file.relative),))
    except OSError as error:
        return _unreadable(file, f"The file cannot be read: {error.strerror}", "Check its permissions.", None)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        refused = _unreadable(file, "The file is not UTF-8", "Save it in the encoding UTF-8.", line)
        # Other encodings, UTF-16 but for its zeros, write an id as UTF-8 does.
        said = data.replace(b"\0", b"").decode("utf-8", "replace")
        return meant(refused, said) if file.role == "record" else refused
    return _PARSERS[file.role](text, file.relative)._replace(
        digest=blake2b(data, digest_size=16).hexdigest(), paths=_PATH.search(text) is not None
    )


def _picture(root: Path, file: Found) -> Parsed[Any]:
    """Whether a picture can be shown: a broken one would stop a site, or be shown broken."""
    # What it loads takes longer than a build in which no picture is new.
    from site_builder import pictures  # noqa: PLC0415

    trouble = pictures.trouble(root / file.relative)
    if trouble is None:
        return Parsed(True)
    if not (root / file.relative).exists():
        return Parsed(None, (gone(file.relative),))
    return Parsed(
        None,
        (
            Problem(
                code="media-picture",
                file=file.relative,
                message=f"The picture cannot be read: {trouble}",
                action="Save it again as PNG, JPEG or WebP; until then pages stand without it.",
            ),
        ),
    )


def _unreadable(file: Found, message: str, action: str, line: int | None) -> Parsed[Any]:
    return Parsed(
        None,
        (Problem(code="file-unreadable", file=file.relative, line=line, message=message, action=action),),
    )


def media_file(content: Content, ref: str) -> Path:
    """Return the file of a medium, or of the SVG that a medium names, for `media:<union>/<name>`.

    Raises ContentError if the content has no such medium, so that no reference leads out of it.
    """
    key = ref.removeprefix("media:")
    if key not in content.media:
        union, _, name = key.partition("/")
        if not name or not any(
            media.vector == name and media.ref.partition("/")[0] == union for media in content.media.values()
        ):
            raise ContentError(
                Problem(
                    code="media-missing",
                    message=f"There is no picture media:{key}",
                    action="Put the file and its description into content/media, or correct the reference.",
                )
            )
    return content.root / "media" / key
