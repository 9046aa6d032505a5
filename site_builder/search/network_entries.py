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

import orjson
from whoosh.query.compound import Or
from whoosh.query.qcore import Query
from whoosh.query.terms import Term
from whoosh.searching import Searcher

from site_builder.plan import SitePlan
from site_builder.search.analysis import normalise
from site_builder.search.documents import SearchDocument, documents
from site_builder.search.network_schema import label
from site_builder.search.synonyms import Groups, Synonyms, table

FORMAT = 4
"""Raised when entries would be made otherwise from the same records: the index is then made anew."""
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
    """The entries by their stamps."""
    ground = orjson.dumps([FORMAT, table(groups).groups])
    return {_stamp(entry.document, ground): entry for entry in found}


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


def fields(entry: Entry, synonyms: Synonyms) -> dict[str, object]:
    """The values of the fields of `network_schema`, but the stamp."""
    document = entry.document
    titles, body = titles_of(document), f"{labels_of(document)}\n{text_of(document)}"
    return {
        "kind": document.kind,
        "state": document.state,
        "owner": document.owner,
        "topic": ",".join(map(label, document.topics)),
        "audience": ",".join(map(label, document.audiences)),
        "place": document.region,
        "date": document.date,
        "unions": " ".join(sorted(entry.paths)),
        "owned": "1" if document.owner in entry.paths else "0",
        "title": titles,
        "body": body,
        "words": f"{titles}\n{body}",
        "same_title": _same(titles, synonyms),
        "same": _same(body, synonyms),
        "facets": _facets(document),
        "shown": orjson.dumps([*_plain(document), entry.stored_paths()]),
        "sites": zlib.compress(orjson.dumps(entry.paths), 1),
    }


def _same(text: str, synonyms: Synonyms) -> str:
    return ",".join(term for _, _, term in synonyms.find(normalise(text))) if synonyms else ""


def _facets(document: SearchDocument) -> bytes:
    """See `network_query.FACETS`: for each, its values."""
    single = ((document.kind,), document.topics, document.audiences, (document.region,),
              (document.state,), (document.owner,), (document.date[:4],))  # fmt: skip
    return orjson.dumps([[value for value in values if value] for values in single])


def shown(stored: Mapping[str, Any]) -> tuple[SearchDocument, dict[str, list[str]]]:
    """The document of an entry, without a path, and its paths as `stored_paths` gives them."""
    *values, paths = orjson.loads(stored["shown"])
    named: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in zip(_NAMES, values, strict=True)
    }
    return SearchDocument(**{**named, "path": ""}), paths


def path_on(union: str, paths: Mapping[str, list[str]]) -> str:
    listed = next((path for path, unions in paths.items() if union in unions), None)
    return listed or next(path for path, unions in paths.items() if not unions)


# --- what is there ------------------------------------------------------------------------------------


def present(
    searcher: Searcher, unions: Collection[str] | None, stamps: Collection[str]
) -> dict[str, dict[str, str]]:
    """Stamp -> paths: of all entries, or of those that these unions show or that have these stamps."""
    reader = searcher.reader()
    if not reader.doc_count():
        return {}
    if unions is None:
        numbers: Iterable[int] = reader.all_doc_ids()
    else:
        asked = [Term("unions", union) for union in unions] + [Term("stamp", stamp) for stamp in stamps]
        numbers = matching(searcher, Or(asked)) if asked else ()
    found = {}
    for number in numbers:
        stored = reader.stored_fields(number)
        found[str(stored["stamp"])] = orjson.loads(zlib.decompress(stored["sites"]))
    return found


def document_of(searcher: Searcher, stamp: str) -> SearchDocument:
    stored = searcher.document(stamp=stamp)
    if stored is None:
        raise LookupError(f"no entry {stamp}")
    return shown(stored)[0]


def matching(searcher: Searcher, query: Query) -> list[int]:
    """The numbers of all entries that a query matches."""
    return list(searcher.docs_for_query(query))  # type: ignore[no-untyped-call]
