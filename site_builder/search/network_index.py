"""The network's index, for the command line, the API and reports: Whoosh, each record once.

A record that reads the same on many sites is one entry, which names these sites. Where a union filled a
slot, its site's wording is an entry of its own. `update` is given all plans and changes only entries whose
words, state or sites changed. Many processes may search while one updates.

Whoosh stays behind this module (FIELD.md): it has one maintainer, its `open_dir` races with commits, and
its parser demands all words in one field; so queries are built by hand, from the same units as the readers'
search: each required unit of the query must be covered by a pair of units in a title or in the text.

This module does not decide what may be found: that is what the plans hold.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import orjson
from whoosh import index as whoosh_index
from whoosh.query.compound import And, AndMaybe, Or
from whoosh.query.positional import Phrase
from whoosh.query.qcore import NullQuery
from whoosh.query.qcore import Query as WhooshQuery
from whoosh.query.terms import Term
from whoosh.query.wrappers import Not
from whoosh.searching import Searcher

from site_builder.content_store import SynonymGroup
from site_builder.errors import BuildError
from site_builder.plan import Content, SitePlan
from site_builder.search import cutting, ranking
from site_builder.search.analysis import Query, QueryRun, is_sign, normalise, parse_query, terms
from site_builder.search.documents import SearchDocument, documents
from site_builder.search.network_schema import schema
from site_builder.search.sounds import GREATEST, Sounds, corrected, files_of
from site_builder.search.synonyms import MARK, Groups, Synonyms, table

FORMAT = 3
"""Raised when entries would be made otherwise from the same records: the index is then made anew."""
TRIES = 3
"""How often one commit may fail to be read before it counts as damaged."""
PAUSE = 0.02
"""Seconds between two tries."""
WRITER_PATIENCE = 30.0
"""Seconds to wait for another writer."""
CANDIDATES = 60
"""How many of Whoosh's best are ranked by title, kind and state."""
SNIPPET = 80

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class IndexDamaged(BuildError):
    """The index cannot be read: `update` makes it anew."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A found record. `path` is relative to the root of the site of `union`."""

    union: str
    owner: str
    kind: str
    id: str
    title: str
    path: str
    snippet: str
    score: float


@dataclass(slots=True)
class _Entry:
    document: SearchDocument
    paths: dict[str, str] = field(default_factory=dict)
    """Union -> path on its site."""

    def stored_paths(self) -> dict[str, list[str]]:
        """Path -> unions; the path that most sites use has none listed: it is everybody else's."""
        by_path: dict[str, list[str]] = {}
        for union, path in sorted(self.paths.items()):
            by_path.setdefault(path, []).append(union)
        usual = max(sorted(by_path), key=lambda path: len(by_path[path]))
        return {**by_path, usual: []}

    def stamp(self, groups: Groups = ()) -> str:
        """What identifies the entry and changes with anything in it."""
        value = [FORMAT, _plain(self.document), sorted(self.paths.items()), table(groups).groups]
        return hashlib.blake2b(orjson.dumps(value), digest_size=12).hexdigest()


def _plain(document: SearchDocument) -> list[object]:
    return [getattr(document, name) for name in SearchDocument.__slots__ if name != "path"]


class NetworkIndex:
    """The index in `folder`, which is made when the first `update` comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._searcher: Any = None
        self._sounds: Sounds | None = None

    def usable(self) -> bool:
        """Whether there is an index of this format that can be opened."""
        try:
            self._read(lambda searcher: searcher.doc_count())
        except BuildError:
            return False
        return True

    # --- writing ------------------------------------------------------------------------------------

    def update(self, content: Content, plans: Iterable[SitePlan]) -> int:
        """Bring the index to what `plans`, one for each union of the network, hold; how many entries changed.

        An index that is damaged or of another format is made anew. Raises BuildError if another writer
        does not finish in time.
        """
        entries = _entries(plan for plan in plans if plan.union.slug in content.unions)
        return self._bring(entries, content.synonyms)

    def fill(self, documents: Iterable[SearchDocument], synonyms: Groups = ()) -> int:
        """Bring the index to these documents, each shown by its owner's site; how many entries changed."""
        return self._bring((_Entry(one, {one.owner: one.path}) for one in documents), synonyms)

    def _bring(self, entries: Iterable[_Entry], groups: Groups) -> int:
        wanted = {entry.stamp(groups): entry for entry in entries}
        try:
            present = self._read(_stamps)
        except IndexDamaged as damage:
            log.warning("the search index in %s is made anew: %s", self._folder, damage)
            present = set()
            self._create()
        except BuildError:
            present = set()
            self._create()
        self._keep_synonyms(groups)
        stale = [stamp for stamp in present if stamp not in wanted]
        fresh = [entry for stamp, entry in wanted.items() if stamp not in present]
        if not stale and not fresh:
            return 0
        try:
            writer = self._open().writer(timeout=WRITER_PATIENCE, limitmb=128)
        except whoosh_index.LockError as error:
            raise BuildError(
                f"another process is writing the search index in {self._folder}", code="search-index-busy"
            ) from error
        try:
            for stamp in stale:
                writer.delete_by_term("stamp", stamp)
            for entry in fresh:
                writer.add_document(**_fields(entry, table(groups)), stamp=entry.stamp(groups))
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        return len(stale) + len(fresh)

    def _create(self) -> None:
        self._forget()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        whoosh_index.create_in(str(self._folder), schema())
        (self._folder / "format").write_text(str(FORMAT), encoding="ascii")

    def _keep_synonyms(self, groups: Groups) -> None:
        text = orjson.dumps(table(groups).groups)
        kept = self._folder / "synonyms.json"
        if not kept.is_file() or kept.read_bytes() != text:
            part = kept.with_suffix(".part")
            part.write_bytes(text)
            part.replace(kept)

    def _synonyms(self) -> Synonyms:
        """The table that the index was made with."""
        try:
            groups = orjson.loads((self._folder / "synonyms.json").read_bytes())
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
        """The best `limit` records for what a person typed, best first.

        With `union`, of what its site shows; else each record once, as its owner shows it. If nothing
        matches the whole query, the nearest records. Raises BuildError where there is no index that can
        be read (IndexDamaged if there is one).
        """
        synonyms = self._synonyms()
        parsed = parse_query(query, synonyms.find)
        if not parsed or limit < 1:
            return []
        scope = [Term("unions", union) if union else Term("owned", "1")]
        if kind:
            scope.append(Term("kind", kind))
        within = And(scope)
        found = self._read(lambda searcher: _search(searcher, parsed, within, union, limit, synonyms))
        if not found.whole:
            meant = parse_query(self.did_you_mean(query), synonyms.find)
            other = self._read(lambda searcher: _search(searcher, meant, within, union, limit, synonyms))
            if meant and other.whole:
                return other.hits
        return found.hits

    def did_you_mean(self, query: str) -> str:
        """The query with pinyin, and characters that titles do not have, spelled as titles do; empty if
        the same."""
        return self._read(lambda searcher: _meant(searcher, query, self._lexicon))

    def _lexicon(self, searcher: Searcher) -> Sounds:
        """The pairs of all titles by sound, read once for each commit."""
        if self._sounds is None:
            self._sounds = _sounds(searcher)
        return self._sounds

    # --- opening ------------------------------------------------------------------------------------

    def _read(self, question: Callable[[Searcher], Result]) -> Result:
        """Ask an open searcher, again if a commit took its files away meanwhile.

        Whoosh can fail in any way on files that are gone or damaged, so every error counts as that; what
        fails TRIES times though no writer committed in between is damage.
        """
        if not (self._folder / "format").is_file():
            raise BuildError(
                f"there is no search index in {self._folder}: build the sites", code="search-index-missing"
            )
        failures: Counter[frozenset[str]] = Counter()
        while True:
            commit = frozenset(file.name for file in self._folder.glob("*.toc"))
            try:
                return question(self._current())
            except Exception as error:
                self._forget()
                failures[commit] += 1
                if failures[commit] == TRIES:
                    raise IndexDamaged(
                        f"the search index in {self._folder} cannot be read: {type(error).__name__}: {error}",
                        code="search-index-damaged",
                    ) from error
                time.sleep(PAUSE)

    def _current(self) -> Any:
        """A searcher of the newest commit; the one before is kept until there is a newer."""
        if self._searcher is None or not self._searcher.up_to_date():
            self._forget()
            self._searcher = self._open().searcher()
        return self._searcher

    def _forget(self) -> None:
        if self._searcher is not None:
            self._searcher.close()
            self._searcher = None
            self._sounds = None

    def _open(self) -> Any:
        written = (self._folder / "format").read_text(encoding="ascii")
        if written != str(FORMAT):
            raise ValueError(f"format {written}, not {FORMAT}")
        return whoosh_index.open_dir(str(self._folder))


# --- entries ------------------------------------------------------------------------------------------


def _entries(plans: Iterable[SitePlan]) -> Iterator[_Entry]:
    entries: dict[object, _Entry] = {}
    for plan in plans:
        for document in documents(plan):
            key = replace(document, path="")
            entries.setdefault(key, _Entry(document)).paths[plan.union.slug] = document.path
    yield from entries.values()


def _stamps(searcher: Searcher) -> set[str]:
    reader = searcher.reader()
    if not reader.doc_count():
        return set()
    column = reader.column_reader("stamp")
    return {str(column[number]) for number in reader.all_doc_ids()}


def _fields(entry: _Entry, synonyms: Synonyms) -> dict[str, object]:
    document = entry.document
    titles = "\n".join((document.title, *document.extra_titles, *document.keywords))
    labels = "\n".join((*document.topics, *document.audiences, document.region))
    text = f"{document.summary}\n{document.text}"
    return {
        "kind": document.kind,
        "unions": " ".join(sorted(entry.paths)),
        "owned": "1" if document.owner in entry.paths else "0",
        "title": titles,
        "body": f"{labels}\n{text}",
        "words": f"{titles}\n{labels}\n{text}",
        "same_title": _same(titles, synonyms),
        "same": _same(f"{labels}\n{text}", synonyms),
        "shown": orjson.dumps(
            [document.id, document.owner, document.kind, document.title, titles, document.state,
             document.date, labels, text, entry.stored_paths()]
        ),
    }  # fmt: skip


def _same(text: str, synonyms: Synonyms) -> str:
    return ",".join(term for _, _, term in synonyms.find(normalise(text))) if synonyms else ""


# --- what was meant --------------------------------------------------------------------------------------


def _sounds(searcher: Searcher) -> Sounds:
    reader = searcher.reader()
    phrases = {
        phrase: min(GREATEST, (info.doc_frequency()).bit_length() + 1)
        for raw, info in reader.iter_field("title")
        if 2 <= len(phrase := bytes(raw).decode("utf-8")) <= 8 and all(map(is_sign, phrase))
    }
    files, count = files_of(phrases)
    return Sounds(lambda _, name: files[name].decode(), [count])


def _meant(searcher: Searcher, query: str, sounds: Callable[[Searcher], Sounds]) -> str:
    if '"' in normalise(query) or not searcher.doc_count():
        return ""
    reader = searcher.reader()

    def frequency(term: str) -> int:
        return int(reader.doc_frequency("title", term)) + int(reader.doc_frequency("body", term))

    spelled = corrected(query, frequency, lambda: sounds(searcher))
    return "" if spelled == normalise(query) else spelled


# --- queries --------------------------------------------------------------------------------------------

TITLE_BOOST = 4.0
WORD_BOOST = 0.5


@dataclass(frozen=True, slots=True)
class _Found:
    whole: bool
    hits: list[Hit]


def _search(
    searcher: Searcher, query: Query, scope: WhooshQuery, union: str | None, limit: int, synonyms: Synonyms
) -> _Found:
    if not query:
        return _Found(False, [])
    wanted = max(CANDIDATES, limit)
    found = searcher.search(_whole(query), limit=wanted, filter=scope)
    whole = not found.is_empty()
    if not whole:
        found = searcher.search(_parts(query), limit=wanted, filter=scope)
    best = found.score(0) if found.scored_length() else 0.0
    ranked: list[tuple[float, str, list[Any]]] = []
    for one in found:
        shown = orjson.loads(one.fields()["shown"])
        share, in_title = (
            (1.0, _covered(query, _terms_of(shown[4], synonyms)))
            if whole
            else _partly(query, shown, synonyms)
        )
        if share >= ranking.PARTIAL:
            prior = ranking.prior(shown[2], shown[5])
            score = ranking.score(one.score / best if best else 0.0, in_title, prior) * share * share
            ranked.append((round(score, 6), shown[6], shown))
    # Of equal score the newest.
    ranked.sort(key=lambda entry: (entry[0], entry[1], entry[2][0]), reverse=True)
    return _Found(whole, [_hit(shown, score, query, union) for score, _, shown in ranked[:limit]])


def _either(term: str) -> list[WhooshQuery]:
    if term.startswith(MARK):
        return [Term("same_title", term, boost=TITLE_BOOST), Term("same", term)]
    return [Term("title", term, boost=TITLE_BOOST), Term("body", term)]


def _whole(query: Query) -> WhooshQuery:
    """Every required unit is covered; phrases stand as they are; nothing unwanted."""
    needed: list[WhooshQuery] = []
    for run in query.runs:
        if run.exact:
            needed.append(_phrase(run))
            continue
        for position, required in enumerate(run.required):
            if required:
                covering = [term for term, first, last in run.terms if first <= position <= last]
                needed.append(Or([part for term in covering for part in _either(term)]))
    return _ranked(query, And(needed + [Not(_phrase(run)) for run in query.minus]))


def _parts(query: Query) -> WhooshQuery:
    """Any term, for the nearest records; phrases and unwanted words hold all the same."""
    any_term: list[WhooshQuery] = [
        part for run in query.runs if not run.exact for term, _, _ in run.terms for part in _either(term)
    ]
    held: list[WhooshQuery] = [_phrase(run) for run in query.runs if run.exact]
    if not any_term and not held:
        return NullQuery
    held += [Not(_phrase(run)) for run in query.minus]
    return _ranked(query, And([*held, Or(any_term)] if any_term else held))


def _ranked(query: Query, matching: WhooshQuery) -> WhooshQuery:
    """Records with the query's dictionary words come before those in which its characters merely meet."""
    spelled = [word for run in query.runs for word in cutting.cut("".join(run.units))]
    words: list[WhooshQuery] = [Term("words", word) for word in spelled if len(word) > 2]
    words += [Term("body", word, boost=WORD_BOOST) for word in spelled if len(word) == 2]
    return AndMaybe(matching, Or(words)) if words else matching


def _phrase(run: QueryRun) -> WhooshQuery:
    pairs = [term for term, first, last in run.terms if first != last or len(run.units) == 1]
    if len(pairs) == 1:
        return Or(_either(pairs[0]))
    return Or([Phrase("title", pairs, boost=TITLE_BOOST), Phrase("body", pairs)])


def _hit(shown: list[Any], score: float, query: Query, union: str | None) -> Hit:
    identity, owner, kind, title, _, _, _, _, text, paths = shown
    site = union or owner
    return Hit(
        union=site, owner=owner, kind=kind, id=identity, title=title, path=_path_on(site, paths),
        snippet=_snippet(title, text, query), score=score,
    )  # fmt: skip


def _partly(query: Query, shown: list[Any], synonyms: Synonyms) -> tuple[float, float]:
    """The shares of the query that the record and its title cover."""
    in_title = _terms_of(shown[4], synonyms)
    folded = normalise(f"{shown[7]}\n{shown[8]}")
    inside = frozenset(term for run in query.runs for term, _, _ in run.terms if term in folded)
    inside |= {term for _, _, term in synonyms.find(folded)}
    return _covered(query, in_title | inside), _covered(query, in_title)


def _terms_of(title: str, synonyms: Synonyms) -> frozenset[str]:
    folded = normalise(title)
    return frozenset(terms(title)).union(folded, (term for _, _, term in synonyms.find(folded)))


def _path_on(union: str, paths: dict[str, list[str]]) -> str:
    listed = next((path for path, unions in paths.items() if union in unions), None)
    return listed or next(path for path, unions in paths.items() if not unions)


def _covered(query: Query, present: frozenset[str]) -> float:
    """The share of the required units that are covered by these terms."""
    needed = matched = 0
    for run in query.runs:
        for position, required in enumerate(run.required):
            if required:
                needed += 1
                matched += any(
                    term in present for term, first, last in run.terms if first <= position <= last
                )
    return matched / needed if needed else 0.0


@lru_cache(maxsize=1 << 16)
def _folded(character: str) -> str:
    """One character for one, so that positions stay."""
    return normalise(character)[:1] or " "


def _snippet(title: str, text: str, query: Query) -> str:
    """The SNIPPET characters that show most of what the title does not, on one line; else the beginning."""
    line = " ".join(text.split())
    folded = "".join(map(_folded, line))
    wanted = {term for run in query.runs for term, _, _ in run.terms}.difference(terms(title))
    places = sorted((at.start(), term) for term in wanted for at in re.finditer(re.escape(term), folded))
    start, most = 0, 0
    for index, (first, _) in enumerate(places):
        inside = {term for at, term in places[index:] if at < first + SNIPPET - 20}
        if len(inside) > most:
            start, most = max(0, first - 10), len(inside)
    end = start + SNIPPET
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"
