"""What one entry of the network's index is: a record as some sites show it, on which sites, at which paths.

An entry is known by its `stamp`, which follows from its words, its state and the table of synonyms, so the
same wording on many sites is one entry.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import orjson

from site_builder.paths import earlier_path
from site_builder.plan import SitePlan
from site_builder.search.analysis import normalise
from site_builder.search.documents import SearchDocument, documents
from site_builder.search.everyday import otherwise
from site_builder.search.everyday_table import TABLE
from site_builder.search.network_arrays import Numbers
from site_builder.search.network_codec import EntryWriter
from site_builder.search.network_match import OPENING, Corpus, Leaf
from site_builder.search.network_schema import PLACE, WORDS, label
from site_builder.search.network_terms import gather_text, gather_values, gather_words
from site_builder.search.synonyms import Groups, Synonyms, table

FORMAT = f"7-{zlib.crc32(TABLE.encode()):08x}"
"""Another one when entries would be made otherwise from the same records: the index is then made anew."""
BATCH = 500_000
"""Characters whose terms are made at once: more cost memory, fewer time."""
_NAMES = tuple(name for name in SearchDocument.__slots__ if name != "path")


@dataclass(slots=True)
class Entry:
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


def entries(plans: Iterable[SitePlan]) -> Iterator[Entry]:
    found: dict[SearchDocument, Entry] = {}
    for plan in plans:
        for document in documents(plan):
            key = replace(document, path="")
            found.setdefault(key, Entry(document)).paths[plan.union.slug] = document.path
    yield from found.values()


def stamped(found: Iterable[Entry], groups: Groups) -> dict[str, Entry]:
    """The entries by their stamps; of those with the same one is made."""
    ground = orjson.dumps([FORMAT, table(groups).groups])
    known: dict[str, Entry] = {}
    for entry in found:
        known.setdefault(_stamp(entry.document, ground), Entry(entry.document)).paths.update(entry.paths)
    return known


def _stamp(document: SearchDocument, ground: bytes) -> str:
    return hashlib.blake2b(ground + orjson.dumps(_plain(document)), digest_size=12).hexdigest()


def _plain(document: SearchDocument) -> list[object]:
    return [getattr(document, name) for name in _NAMES]


# --- as Whoosh keeps it -------------------------------------------------------------------------------


def titles_of(document: SearchDocument) -> str:
    return "\n".join((document.title, *document.extra_titles, *document.keywords))


def labels_of(document: SearchDocument) -> str:
    return "\n".join((*document.topics, *document.audiences, document.region))


def text_of(document: SearchDocument) -> str:
    return f"{document.summary}\n{document.text}"


def put(writer: EntryWriter, fresh: Mapping[str, Entry], synonyms: Synonyms) -> None:
    """Write entries, given by their stamps."""
    batch: dict[str, Entry] = {}
    size = 0
    for stamp, entry in fresh.items():
        batch[stamp] = entry
        size += len(entry.document.text)
        if size >= BATCH:
            _put(writer, batch, synonyms)
            batch, size = {}, 0
    if batch:
        _put(writer, batch, synonyms)


def _put(writer: EntryWriter, batch: Mapping[str, Entry], synonyms: Synonyms) -> None:
    first, into = writer.docnum, writer.fields
    documents = [entry.document for entry in batch.values()]
    titles = [normalise(titles_of(one)) for one in documents]
    bodies = [_with_everyday(title, one) for title, one in zip(titles, documents, strict=True)]
    for name, texts in (("title", titles), ("body", bodies)):
        same = [(number, term) for number, text in enumerate(texts) for _, _, term in synonyms.find(text)]
        gather_text(into[name], texts, first, signs=name == "title", extra=same)
    gather_text(into[PLACE], [normalise(one.region) for one in documents], first, signs=False)
    gather_words(into[WORDS], [f"{title}\n{body}" for title, body in zip(titles, bodies, strict=True)], first)
    values: dict[str, list[Collection[str]]] = {
        "stamp": [(stamp,) for stamp in batch],
        "path": [entry.paths.values() for entry in batch.values()],
        "unions": [entry.paths for entry in batch.values()],
        "owned": [("1",) if one.document.owner in one.paths else () for one in batch.values()],
        "topic": [tuple(map(label, one.topics)) for one in documents],
        "audience": [tuple(map(label, one.audiences)) for one in documents],
        "date": [(one.date,) for one in documents],
        "kind": [(one.kind,) for one in documents],
        "topics": [one.topics for one in documents],
        "audiences": [one.audiences for one in documents],
        "region": [(one.region,) for one in documents],
        "state": [(one.state,) for one in documents],
        "owner": [(one.owner,) for one in documents],
        "year": [(one.date[:4],) for one in documents],
    }
    for name, rows in values.items():
        gather_values(into[name], rows, first)
    writer.put(map(_columns, batch.values()))


def _with_everyday(titles: str, document: SearchDocument) -> str:
    """Labels and text, folded; what people say for what titles are about stands before the text, for what its
    opening is about behind it."""
    labels, text = normalise(labels_of(document)), normalise(text_of(document))
    said, more = otherwise(titles, f"{labels}\n{text[:OPENING]}", text[OPENING:])
    return f"{labels}\n{said}\n{text}\n{more}"


def _columns(entry: Entry) -> tuple[bytes, bytes, bytes]:
    """See network_schema.COLUMNS."""
    document = entry.document
    return (
        orjson.dumps([document.id, document.owner, document.kind, document.title, entry.stored_paths()]),
        zlib.compress(orjson.dumps(_plain(document)), 1),
        zlib.compress(orjson.dumps(entry.paths), 1),
    )


@dataclass(frozen=True, slots=True)
class Head:
    """What a list of results needs of an entry without its text."""

    id: str
    owner: str
    kind: str
    title: str
    paths: Mapping[str, list[str]]
    """As `Entry.stored_paths` gives them."""

    def path_on(self, union: str) -> str:
        listed = next((path for path, unions in self.paths.items() if union in unions), None)
        return listed or next(path for path, unions in self.paths.items() if not unions)


def head(leaf: Leaf, number: int) -> Head:
    return Head(*orjson.loads(leaf.column("head", number)))


def shown(leaf: Leaf, number: int) -> SearchDocument:
    """The document of an entry, without a path."""
    values = orjson.loads(zlib.decompress(leaf.column("shown", number)))
    named: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in zip(_NAMES, values, strict=True)
    }
    return SearchDocument(**{**named, "path": ""})


# --- what is there ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Present:
    """An entry that is in the index."""

    number: int
    """Its document."""
    paths: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose showing of what an update is told anew."""

    unions: Collection[str]
    """All that they show."""
    paths: Mapping[str, Collection[str]]
    """What a union shows at these paths, and below a guide's at the pages of its earlier texts."""

    def covers(self, union: str, path: str) -> bool:
        looked_at = self.paths.get(union, ())
        return union in self.unions or path in looked_at or _guide_of(path) in looked_at


def _guide_of(path: str) -> str:
    """Of the page of an earlier text (`paths.earlier_path`) the page of the guide; else empty."""
    guide, _, key = path.rpartition("/earlier/")
    return f"{guide}/" if key.rstrip("/") else ""


def present(corpus: Corpus, scope: Scope | None, stamps: Collection[str]) -> dict[str, Present]:
    """By stamp all entries, or those that are in a scope or have these stamps."""
    found = {}
    for leaf in corpus.leaves:
        asked = leaf.living
        if scope is not None:
            asked = asked & leaf.mask(*_in(leaf, scope), *map(leaf.field("stamp").documents, stamps))
        names = leaf.values("stamp")
        for number in np.flatnonzero(asked).tolist():
            paths = orjson.loads(zlib.decompress(leaf.column("sites", number)))
            found[names[number]] = Present(leaf.base + number, paths)
    return found


def _in(leaf: Leaf, scope: Scope) -> Iterator[Numbers]:
    unions, paths = leaf.field("unions"), leaf.field("path")
    yield from map(unions.documents, scope.unions)
    for path in {path for looked_at in scope.paths.values() for path in looked_at}:
        yield paths.documents(path)
        below = earlier_path(path, "")[:-1]
        yield paths.within(below, f"{below}\U0010ffff")


def document_of(corpus: Corpus, number: int) -> SearchDocument:
    """The document of the entry with that number in the whole index."""
    leaf = next(leaf for leaf in reversed(corpus.leaves) if leaf.base <= number)
    return shown(leaf, number - leaf.base)
