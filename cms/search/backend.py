"""Wagtail's database search, taught Chinese.

As it comes, the database takes a run of Chinese characters for one word, so 夜校 does not find 职工夜校走红.
Here a text is cut into the units of `site_builder.search.analysis` (each character by itself, numbers and
Latin words whole) before it is stored, and what is typed becomes phrases of the same units. Readers' search
and editors' search so agree on what a word is, folding of width and of traditional characters included.

After switching to this back end an existing database needs `update_index` once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils.encoding import force_str
from modelsearch.query import MATCH_ALL, And, Boost, Not, Or, Phrase, PlainText, SearchQuery

from cms.synonyms.models import table
from site_builder.search.analysis import is_sign, normalise, parse_query, runs
from site_builder.search.synonyms import Synonyms

MODULES = {
    "sqlite": "modelsearch.backends.database.sqlite.sqlite",
    "postgresql": "modelsearch.backends.database.postgres.postgres",
}

NOTHING = Not(MATCH_ALL)
"""The answer to a query without a single word, such as a lone quotation mark."""


def spaced(text: str) -> str:
    """`职工夜校88元` -> `职 工 夜 校 88 元`."""
    return " ".join(unit for run in runs(normalise(text)) for unit in run)


def rewritten(query: Any, synonyms: Synonyms | None = None) -> Any:
    """The same question put to spaced text: what was typed must stand there in a row, or in two; synonyms for
    each other; -words not."""
    if isinstance(query, PlainText):
        parts = list(_parts(query.query_string, synonyms or Synonyms()))
        if not parts:
            return NOTHING
        if len(parts) == 1:
            return parts[0]
        return Or(parts) if (query.operator or "").lower() == "or" else And(parts)
    if isinstance(query, Phrase):
        words = spaced(query.query_string)
        return Phrase(words) if words else NOTHING
    if isinstance(query, And | Or):
        return type(query)([rewritten(part, synonyms) for part in query.subqueries])
    if isinstance(query, Not):
        return Not(rewritten(query.subquery, synonyms))
    if isinstance(query, Boost):
        return Boost(rewritten(query.subquery, synonyms), query.boost)
    return query


_ADDRESS = re.compile(r"https?://\S*?([a-z0-9-]+)/?(?:index\.html)?(?:[?#]\S*)?", re.IGNORECASE)


LONGEST = 10
"""Units of a run that is tried as two words."""


def _parts(text: str, synonyms: Synonyms) -> Iterator[SearchQuery]:
    # Of an address out of a browser's line its last part: the record's own.
    address = _ADDRESS.fullmatch(text.strip())
    if address:
        text = address[1]
    query = parse_query(text, synonyms.find)
    for run in query.runs:
        words = synonyms.words(run.units[0])
        if not any(run.required):
            continue
        if words:
            yield Or([Phrase(spaced(word)) for word in words])
        elif run.exact:
            yield Phrase(" ".join(run.units))
        elif run is query.runs[-1] and not is_sign(run.units[-1]):
            # While somebody types, the last Latin word may be unfinished: PlainText knows prefixes.
            if run.units[:-1]:
                yield _words(run.units[:-1], run.required)
            yield PlainText(run.units[-1])
        else:
            yield _words(run.units, run.required)
    for run in query.minus:
        yield Not(Phrase(" ".join(run.units)))


def _words(units: Sequence[str], required: Sequence[float]) -> SearchQuery:
    """A row of units as it stands; or as two words of which one may stand elsewhere (平度夜校 = 平度 夜校),
    or without what people write around (怎么)."""
    marked = groupby(zip(units, required, strict=False), itemgetter(1))
    asked = [[unit for unit, _ in group] for needed, group in marked if needed]
    cuts: Iterable[Sequence[Sequence[str]]] = ()
    if asked != [list(units)]:
        cuts = (asked,)
    elif len(units) <= LONGEST:
        cuts = ((units[:cut], units[cut:]) for cut in range(2, len(units) - 1))
    ways: list[SearchQuery] = [Phrase(" ".join(units))]
    ways += (And([Phrase(" ".join(part)) for part in parts]) for parts in cuts)
    return Or(ways) if len(ways) > 1 else ways[0]


class _ChineseIndexer:
    """Mixed into the back end's ObjectIndexer."""

    def prepare_value(self, value: Any) -> str:
        if isinstance(value, str):
            return spaced(value)
        if isinstance(value, list):
            return ", ".join(self.prepare_value(item) for item in value)
        if isinstance(value, dict):
            return ", ".join(self.prepare_value(item) for item in value.values())
        return spaced(force_str(value))


class _ChineseQueries:
    """Mixed into the back end's query compilers."""

    query: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.query = rewritten(self.query, Synonyms(table()))


def SearchBackend(params: dict[str, Any]) -> Any:
    """The back end of the database in use; raises ImproperlyConfigured for one without full-text search."""
    try:
        module = import_module(MODULES[connection.vendor])
    except KeyError as error:
        raise ImproperlyConfigured(
            f"The editors' search works on SQLite and PostgreSQL, not on {connection.vendor}"
        ) from error
    # The module makes its indexers by this name, and offers no other way to choose them.
    if not issubclass(module.ObjectIndexer, _ChineseIndexer):
        module.ObjectIndexer = type(  # type: ignore[attr-defined]
            "ChineseIndexer", (_ChineseIndexer, module.ObjectIndexer), {}
        )
    base: type[Any] = module.SearchBackend
    chinese = type(
        "ChineseSearchBackend",
        (base,),
        {
            "query_compiler_class": type(
                "ChineseQueryCompiler", (_ChineseQueries, base.query_compiler_class), {}
            ),
            "autocomplete_query_compiler_class": type(
                "ChineseAutocompleteCompiler", (_ChineseQueries, base.autocomplete_query_compiler_class), {}
            ),
        },
    )
    return chinese(params)
