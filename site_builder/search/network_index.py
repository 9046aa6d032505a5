"""The network's index, for the command line, the API and reports: Whoosh, each record once.

A record that reads the same on many sites is one entry, which names these sites. Where a union filled a
slot, its site's wording is an entry of its own. `update` is given all plans, `follow` makes only those of
sites that changed; both change only entries whose words, state or sites changed. Many processes may search
while one updates.

Whoosh stays behind this room (FIELD.md): it has one maintainer, its `open_dir` races with commits, and its
parser demands all words in one field. What an entry is stands in `network_entries`, how it is asked for in
`network_query`.

This module does not decide what may be found: that is what the plans hold.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
import weakref
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import orjson
from whoosh import index as whoosh_index
from whoosh.writing import CLEAR

from site_builder.content_store import SynonymGroup
from site_builder.errors import BuildError
from site_builder.plan import Content, SitePlan
from site_builder.search import network_query, sounds
from site_builder.search.analysis import Query, parse_query
from site_builder.search.documents import SearchDocument
from site_builder.search.network_changes import Changes, Known, Plan, Sites
from site_builder.search.network_codec import ArraySegment, EntryWriter, keep_few, stamp_of
from site_builder.search.network_entries import (
    FORMAT,
    Entry,
    Present,
    Scope,
    document_of,
    entries,
    present,
    put,
    stamped,
)
from site_builder.search.network_match import Corpus
from site_builder.search.network_query import Answer, Filters, Hit
from site_builder.search.network_schema import schema
from site_builder.search.sounds import Sounds
from site_builder.search.synonyms import Groups, Synonyms, table

__all__ = ["Answer", "Filters", "Hit", "IndexDamaged", "NetworkIndex", "shared"]

TRIES = 3
"""How often one commit may fail to be read before it counts as damaged."""
PAUSE = 0.02
"""Seconds between two tries."""
WRITER_PATIENCE = 30.0
"""Seconds to wait for another writer."""
_SYNONYMS = "synonyms.json"
_SOUNDS = "sounds"
_FRESH = "fresh"
"""A file that says: all that is there is to be replaced, by one commit."""

log = logging.getLogger(__name__)
Result = TypeVar("Result")


def _known(content: Content, plans: Iterable[SitePlan]) -> Iterator[Entry]:
    return entries(plan for plan in plans if plan.union.slug in content.unions)


def _difference(
    there: Mapping[str, Present], wanted: Mapping[str, Entry], scope: Scope | None
) -> tuple[list[int], dict[str, dict[str, str]]]:
    """The numbers of entries to take out, and by stamp the sites of those to put in."""
    stale: list[int] = []
    fresh: dict[str, dict[str, str]] = {}
    for stamp in (*there, *(stamp for stamp in wanted if stamp not in there)):
        before = dict(there[stamp].paths) if stamp in there else {}
        kept = {u: path for u, path in before.items() if scope is not None and not scope.covers(u, path)}
        after = kept | (wanted[stamp].paths if stamp in wanted else {})
        if after == before:
            continue
        if stamp in there:
            stale.append(there[stamp].number)
        if after:
            fresh[stamp] = after
    return stale, fresh


def _in_order(commit: str) -> tuple[int, str]:
    """Sorts _MAIN_9.toc before _MAIN_10.toc."""
    return len(commit), commit


class IndexDamaged(BuildError):
    """The index cannot be read: `update` makes it anew."""


class NetworkIndex:
    """The index in `folder`, which is made when the first `update` comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept = Known(folder)
        self._opened: _Opened | None = None
        self._sounds: Sounds | None = None
        self._lock = threading.RLock()

    def usable(self) -> bool:
        """Whether there is an index of this format that can be opened."""
        try:
            self._read(lambda corpus: corpus.size)
        except BuildError:
            return False
        return True

    def commit(self) -> str:
        """What identifies the newest commit; empty if there is none. Another one may answer otherwise."""
        return max((file.name for file in self._folder.glob("*.toc")), key=_in_order, default="")

    # --- writing ------------------------------------------------------------------------------------

    def update(self, content: Content, plans: Iterable[SitePlan]) -> int:
        """Bring the index to what `plans`, one for each union of the network, hold; how many entries changed.

        An index that is damaged or of another format is made anew. Raises BuildError if another writer
        does not finish in time.
        """
        return self._bring(_known(content, plans), content.synonyms)

    def follow(self, content: Content, sites: Sites, plan: Plan) -> int:
        """Bring the index to the network's sites, planning only what is not as it was (`network_changes`);
        how many entries changed.

        `sites` says for each union of the network what is built of it. Raises BuildError as `update` does.
        """
        sites = {union: site for union, site in sites.items() if union in content.unions}
        changes = self._changes_of(content, sites, plan)
        if changes is not None:
            try:
                changed = self._bring(changes.found, content.synonyms, changes.scope)
            except IndexDamaged:
                changes = None
        if changes is None:
            changed = self._bring(_known(content, map(plan, sites)), content.synonyms)
        self._kept.keep(content, sites)
        return changed

    def fill(self, documents: Iterable[SearchDocument], synonyms: Groups = ()) -> int:
        """Bring the index to these documents, each shown by its owner's site; how many entries changed."""
        return self._bring((Entry(one, {one.owner: one.path}) for one in documents), synonyms)

    def clear(self) -> None:
        """Let the next `update` or `follow` make the index anew. Until then the old one answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / _FRESH).touch()

    def _changes_of(self, content: Content, sites: Sites, plan: Plan) -> Changes | None:
        """What may be other than before; None: everything."""
        if (self._folder / _FRESH).exists() or not self.usable():
            return None
        try:
            if (self._folder / _SYNONYMS).read_bytes() != orjson.dumps(table(content.synonyms).groups):
                return None
        except FileNotFoundError:
            return None
        return self._kept.changes(content, sites, plan)

    def _bring(self, found: Iterable[Entry], groups: Groups, scope: Scope | None = None) -> int:
        """Within the scope (None: everywhere) what sites show is now exactly `found`.

        Raises IndexDamaged only if there is a scope: what is beyond it cannot be known then.
        """
        wanted = stamped(found, groups)
        anew = (self._folder / _FRESH).exists()
        there: dict[str, Present] = {}
        try:
            found_there = self._read(lambda corpus: present(corpus, scope, wanted.keys()))
            there = {} if anew else found_there
        except BuildError as problem:
            if scope is not None:
                raise
            if isinstance(problem, IndexDamaged):
                log.warning("the search index in %s is made anew: %s", self._folder, problem)
            self._create()
        stale, changed = _difference(there, wanted, scope)
        fresh = {
            stamp: Entry(wanted[stamp].document if stamp in wanted else self._document(there[stamp]), paths)
            for stamp, paths in changed.items()
        }
        if stale or fresh or anew:
            self._write(stale, fresh, table(groups), anew=anew)
        self._keep(_SYNONYMS, orjson.dumps(table(groups).groups))
        return len(stale) + len(fresh)

    def _document(self, entry: Present) -> SearchDocument:
        return self._read(lambda corpus: document_of(corpus, entry.number))

    def _write(
        self, stale: Iterable[int], fresh: Mapping[str, Entry], synonyms: Synonyms, *, anew: bool
    ) -> None:
        self._kept.forget()
        try:
            writer = EntryWriter(self._open(), timeout=WRITER_PATIENCE)
        except whoosh_index.LockError as error:
            raise BuildError(
                f"another process is writing the search index in {self._folder}", code="search-index-busy"
            ) from error
        try:
            for number in stale:
                writer.delete_document(number)  # type: ignore[no-untyped-call]
            put(writer, fresh, synonyms)
        except BaseException:
            writer.cancel()  # type: ignore[no-untyped-call]
            raise
        writer.commit(mergetype=CLEAR if anew else keep_few)  # type: ignore[no-untyped-call]
        (self._folder / _FRESH).unlink(missing_ok=True)

    def _create(self) -> None:
        self._forget()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        whoosh_index.create_in(str(self._folder), schema())
        (self._folder / "format").write_text(FORMAT, encoding="ascii")

    def _keep(self, name: str, text: bytes) -> None:
        kept = self._folder / name
        if not kept.is_file() or kept.read_bytes() != text:
            part = kept.with_suffix(".part")
            part.write_bytes(text)
            part.replace(kept)

    def _synonyms(self) -> Synonyms:
        """The table that the index was made with."""
        try:
            groups = orjson.loads((self._folder / _SYNONYMS).read_bytes())
            return table(tuple(SynonymGroup(words=words, apart=apart) for words, apart in groups))
        except FileNotFoundError:
            return table(())
        except ValueError as error:  # Not JSON, or not groups.
            raise IndexDamaged(
                f"the synonyms in {self._folder} cannot be read: {error}", code="search-index-damaged"
            ) from error

    # --- searching ------------------------------------------------------------------------------------

    def search(
        self, query: str, union: str | None = None, kind: str | None = None, limit: int = 20
    ) -> list[Hit]:
        """The best `limit` records for what a person typed, best first: the hits of `find`, uncounted."""
        return list(self.find(query, Filters(union=union, kind=kind), limit, count=False).hits)

    def find(
        self,
        query: str,
        filters: Filters | None = None,
        limit: int = 20,
        *,
        count: bool = True,
        snippets: bool = True,
    ) -> Answer:
        """The best `limit` records for what a person typed, how many there are, and by what they differ.

        If nothing matches the whole query, what was probably meant, else the nearest records. An empty query
        finds all that the filters leave, newest first. Without `count` no facets are counted, without
        `snippets` no text is read. Raises BuildError where there is no index that can be read (IndexDamaged
        if there is one).
        """
        filters = filters or Filters()
        synonyms = self._synonyms()
        parsed = parse_query(query, synonyms.find)
        if limit < 1 or (query.strip() and not parsed):
            return Answer()
        if not parsed:
            return self._read(
                lambda corpus: network_query.everything(
                    corpus, filters, limit, count=count, snippets=snippets
                )
            )

        def ask(*readings: Query) -> Answer:
            return self._read(
                lambda corpus: network_query.search(
                    corpus, readings, filters, limit, count=count, snippets=snippets
                )
            )

        found = ask(parsed)
        if not found.whole and (readings := self._meant(query)):
            other = ask(*(parse_query(spelled, synonyms.find) for spelled in readings))
            if other.whole:
                return replace(other, did_you_mean=readings[0])
        return found

    def did_you_mean(self, query: str) -> str:
        """The query with pinyin, and characters that titles do not have, spelled as titles do; empty if
        the same."""
        return next(iter(self._meant(query)), "")

    def _meant(self, query: str) -> list[str]:
        return self._read(lambda corpus: network_query.meant(corpus, query, lambda: self._lexicon(corpus)))

    def _lexicon(self, corpus: Corpus) -> Sounds:
        """What may be meant by sound, read once for each commit."""
        if self._sounds is None:
            assert self._opened is not None
            files, count = self._kept_sounds(corpus, f"{self._opened.generation} {_code_of_sounds()}")
            self._sounds = Sounds(lambda _, name: files[name], [count])
        return self._sounds

    def _kept_sounds(self, corpus: Corpus, stamp: str) -> network_query.SoundFiles:
        """What `sounds_of` gives, kept from one process to the next: it takes half a second to make."""
        kept = self._folder / _SOUNDS
        try:
            known, files, count = orjson.loads(zlib.decompress(kept.read_bytes()))
            if known == stamp:
                return files, count
        except (OSError, ValueError, zlib.error):
            pass  # There is none yet, or it is damaged: it is made from the index.
        files, count = network_query.sounds_of(corpus)
        part = self._folder / f"{_SOUNDS}.{os.getpid()}.part"
        with suppress(OSError):  # Who may only read makes it each time.
            part.write_bytes(zlib.compress(orjson.dumps([stamp, files, count]), 1))
            part.replace(kept)
        return files, count

    # --- opening ------------------------------------------------------------------------------------

    def _read(self, question: Callable[[Corpus], Result]) -> Result:
        """Ask of the newest commit, again if another one took its files away meanwhile.

        Whoosh can fail in any way on files that are gone or damaged, so every error counts as that; what
        fails TRIES times though no writer committed in between is damage. One thread asks at a time.
        """
        if not (self._folder / "format").is_file():
            raise BuildError(
                f"there is no search index in {self._folder}: build the sites", code="search-index-missing"
            )
        failures: Counter[frozenset[str]] = Counter()
        with self._lock:
            while True:
                commit = frozenset(file.name for file in self._folder.glob("*.toc"))
                try:
                    found = question(self._current())
                    if self._opened is not None:
                        self._opened.check()
                    return found
                except Exception as error:
                    self._forget()
                    failures[commit] += 1
                    if failures[commit] == TRIES:
                        raise IndexDamaged(
                            f"the search index in {self._folder} cannot be read: "
                            f"{type(error).__name__}: {error}",
                            code="search-index-damaged",
                        ) from error
                    time.sleep(PAUSE)

    def _current(self) -> Corpus:
        """The newest commit; the one before is kept until there is a newer, or somebody wrote into it."""
        if self._opened is None or not self._opened.up_to_date():
            self._forget()
            self._opened = _Opened(self._open())
        return self._opened.corpus

    def _forget(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None
            self._sounds = None

    def _open(self) -> Any:
        written = (self._folder / "format").read_text(encoding="ascii")
        if written != FORMAT:
            raise ValueError(f"format {written}, not {FORMAT}")
        return whoosh_index.open_dir(str(self._folder))


class _Opened:
    """One commit, open."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self.generation: int = index.latest_generation()
        reader = index.reader()
        self.close = weakref.finalize(self, reader.close)
        """Once, at the latest when nobody holds the commit any more."""
        self.corpus = Corpus(reader)
        segments: Iterable[ArraySegment] = reader.segments() or ()
        files = [segment.file(index.storage) for segment in segments]
        self._stamps = {file: stamp_of(file) for file in files}

    def up_to_date(self) -> bool:
        """Whether there is no newer commit, and its files are as they were. Raises OSError if one is gone."""
        return self._index.latest_generation() == self.generation and all(
            stamp_of(file) == stamp for file, stamp in self._stamps.items()
        )

    def check(self) -> None:
        """Raises ValueError if somebody wrote into a file while it was asked. One that a newer commit took
        away stays whole for those who have it open."""
        for file, stamp in self._stamps.items():
            with suppress(FileNotFoundError):
                if stamp_of(file) != stamp:
                    raise ValueError(f"{file.name} was changed while it was read")


@lru_cache(maxsize=1)
def _code_of_sounds() -> int:
    return zlib.crc32(Path(sounds.__file__).read_bytes())


@lru_cache(maxsize=8)
def shared(folder: Path) -> NetworkIndex:
    """The one index of a folder for a process that asks often: what is open stays open."""
    return NetworkIndex(folder)
