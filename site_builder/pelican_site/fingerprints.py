"""What a page was made from. Its bytes are a function of (engine, context): same fingerprint, same bytes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from typing import Any

import orjson

from site_builder import folder
from site_builder.contexts import (
    Card,
    CardGroup,
    LabelContext,
    LinkContext,
    Page,
    RecordPage,
    SiteContext,
    StateContext,
    alike,
)

_HASH = 16
"""Characters of a short hash."""
_KEPT = 3_000
"""Values whose hash is remembered, and which stay in memory for that: what some hundred records show."""
_HEAD = ("canonical", "og_image", "json_ld")
"""Fields that each site has anew, as it has `ask` and what it says of itself."""
_head = attrgetter(*_HEAD)
_APART = frozenset({"record", "body", "state", "site", "ask", *_HEAD, "data", "items", "nearby_items"})
"""The last three are what a file beside the page says; no template reads them."""
_LISTED = frozenset(
    {
        "lead",
        "usable",
        "news",
        "programs",
        "guides",
        "events",
        "places",
        "services",
        "cards",
        "related",
        "groups",
    }
)
"""Fields that hold cards."""
_LINKS = frozenset({"topics", "labels", "newer", "origin"})
"""Fields that name other records by their titles: links, or one, or None."""
_NAMED = frozenset({"title", "description", "children", "trail", "updated", "heading"})
"""Small fields worth telling apart where a change is explained; the rest is one part, `page`."""
_BRIEF = 2
"""Bytes of the hash of one field of a site, which decides about words only."""
_SITE_FIELDS = tuple(field.name for field in fields(SiteContext))
_of_site = attrgetter(*_SITE_FIELDS)
_SITE_WORDS = {
    "primary": "colours",
    "accent": "colours",
    "uppers": "unions above it",
    "dateline": "date of the newest change",
    "icp": "ICP number",
    "base_url": "address",
    "mourning": "days of mourning",
}
_WORDS = {
    "head": "what it tells search engines and shares",
    "page": "other words on it",
    "children": "the unions it lists",
    "trail": "the way to it",
    "ask": "whom to ask",
    "cards": "the list on it",
    "groups": "the lists on it",
    "updated": "the date of its last change",
}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`parts` name each piece of the context with a short hash, so that a change can be told by name: JSON,
    as it is kept."""

    key: str
    parts: bytes


class Fingerprints:
    """Takes the fingerprints of pages; what several of them share is hashed once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Any]] = {}
        self._alike: dict[Hashable, tuple[object, Fingerprint]] = {}

    def of(self, page: Page) -> Fingerprint:
        said = self._said(page)
        here = {"site": self._shared(page.site, _site), "head": _hash(_head(page))}
        if ask := getattr(page, "ask", None):
            here["ask"] = _hash(ask)
        parts = orjson.dumps(here)
        key = blake2b(said.key.encode() + parts, digest_size=16).hexdigest()
        return Fingerprint(key, said.parts[:-1] + b"," + parts[1:])

    def _said(self, page: Page) -> Fingerprint:
        """Of all that the same page of another site may say as well."""
        if not isinstance(page, RecordPage) or page.own:
            return self._make_said(page)
        key, values = alike(page)
        known = self._alike.get(key)
        if known is None:
            if len(self._alike) > _KEPT:
                self._alike.clear()
            known = self._alike[key] = (values, self._make_said(page))
        return known[1]

    def _make_said(self, page: Page) -> Fingerprint:
        parts: dict[str, str] = {}
        for name, part in self._parts(page):
            parts[name] = f"{parts[name]} {part}" if name in parts else part
        record = getattr(page, "record", None)
        if record is not None:
            parts |= self._shared(record, _record)
        said = orjson.dumps(parts)
        return Fingerprint(blake2b(type(page).__name__.encode() + said, digest_size=16).hexdigest(), said)

    def _parts(self, page: Page) -> Iterator[tuple[str, str]]:
        rest: list[Any] = []
        for name in _fields(type(page)):  # type: ignore[arg-type]  # a class is hashable
            value = getattr(page, name)
            if name in _LISTED:
                yield from self._cards(name, value)
            elif name in _LINKS:
                if value:
                    yield name, _hash(value)
                    for link in _links_in(value):
                        yield f"link.{link.href}", _hash((link.label, getattr(link, "label_en", "")))
            elif name in _NAMED:
                if value:
                    yield name, _hash(value)
            else:
                rest.append(value)
        yield "page", _hash(rest)
        body = getattr(page, "body", None)
        if body is not None:
            yield "body", self._shared(body, _hash)
        state = getattr(page, "state", None)
        if isinstance(state, StateContext):
            yield "state", f"{state.code}:{_hash(state)}"

    def _cards(self, name: str, value: Any) -> Iterator[tuple[str, str]]:
        cards = list(_cards_in(value))
        yield name, _hash([card.id for card in cards])
        if name == "groups":
            yield "headings", _hash([_heading(group) for group in value])
        for card in cards:
            yield f"card.{card.id}", self._shared(card, _hash)

    def _shared(self, value: Any, make: Any) -> Any:
        """Remembered by which object it is: what is the same on many pages is one object."""
        known = self._known.get(id(value))
        if known is None or known[0] is not value:
            if len(self._known) > _KEPT:
                self._known.clear()
            known = self._known[id(value)] = (value, make(value))
        return known[1]


@cache
def _fields(kind: type[Page]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name not in _APART)


def _links_in(value: Any) -> Sequence[LinkContext | LabelContext]:
    return () if value is None else value if isinstance(value, tuple) else (value,)


def links_of(page: Page) -> dict[str, str]:
    """The records that a page belongs to, stands for or gives way to, in words, by address."""
    if not isinstance(page, RecordPage):
        return {}
    links = (*_links_in(page.topics), *_links_in(page.labels))
    return {
        **{link.href: f"collection 《{link.label}》" for link in links},
        **{link.href: f"{page.record['kind']} 《{link.label}》" for link in page.newer},
        **{link.href: f"{page.record['kind']} {link.label}" for link in _links_in(page.origin)},
    }


def _cards_in(value: Any) -> Iterator[Card]:
    if isinstance(value, Card):
        yield value
    elif isinstance(value, CardGroup):
        yield from value.cards
    elif isinstance(value, Mapping):
        yield from value["cards"]
    elif isinstance(value, Sequence):
        for part in value:
            yield from _cards_in(part)


def _heading(group: CardGroup | Mapping[str, Any]) -> tuple[Any, ...]:
    """What stands above the cards of a group, and how many there are."""
    if isinstance(group, CardGroup):
        return group.key, group.label, group.anchor, len(group.cards)
    return group["kind"], group["heading"], len(group["cards"])


def _record(record: Mapping[str, Any]) -> dict[str, str]:
    # Most fields say nothing, and what says nothing is its own short text.
    return {f"record.{name}": _hash(value) if value else repr(value) for name, value in record.items()}


def _site(site: SiteContext) -> str:
    """Of what a whole site shares, and briefly of each of its fields, so that they can be told by name."""
    each = "".join(blake2b(orjson.dumps(value), digest_size=_BRIEF).hexdigest() for value in _of_site(site))
    return f"{_hash(site)}{each}"


def _hash(value: Any) -> str:
    return blake2b(orjson.dumps(value), digest_size=8).hexdigest()


def digest_of(rows: Iterable[str]) -> str:
    """One hash of several texts, in their order."""
    return blake2b("\n".join((*rows, "")).encode(), digest_size=16).hexdigest()


@cache
def code_version() -> str:
    """Changes with every line of this program that may shape a site, and with the libraries it works by."""
    package = Path(__file__).parent.parent
    versions = {
        name: version(name) for name in ("pelican", "feedgenerator", "orjson", "markdown", "pydantic")
    }
    state = blake2b(repr(versions).encode(), digest_size=16)
    for relative, file in folder.listed(str(package)).files:
        if relative.endswith(".py"):
            state.update(relative.encode())
            with open(file.path, "rb") as code:  # noqa: PTH123 - as quick as it gets: there are hundreds
                state.update(code.read())
    return state.hexdigest()


def reason(
    old: Mapping[str, str] | None,
    new: Mapping[str, str],
    *,
    same_engine: bool,
    name: str = "",
    name_of: Callable[[str], str] = str,
    links: Mapping[str, str] | None = None,
) -> str:
    """Why a page is made anew, in words for `build --explain`.

    `name` is the record that the page shows (`program 《...》`), `name_of` tells that of any by its id, for
    lists that show it, "" if there is none, `links` those that it names, as `links_of` has them.
    """
    if old is None:
        return "new page"
    if not same_engine:
        return "theme changed"
    if "state" in old and "state" in new and old["state"] != new["state"]:
        before, after = (parts["state"].partition(":")[0] for parts in (old, new))
        if before != after:
            return f"state changed from {before} to {after}"
    changed = sorted({part for part, _ in old.items() ^ new.items()})
    if not changed:
        return "its file in the previous release is damaged or gone"
    own = [part.removeprefix("record.") for part in changed if part.startswith("record.") or part == "body"]
    if own:
        return f"the {', '.join(own)} of {name or 'the record'} changed"
    named = [part.removeprefix("link.") for part in changed if part.startswith("link.")]
    if named:
        return "; ".join(_of_link(href, old, new, links or {}) for href in named)
    cards = [part.removeprefix("card.") for part in changed if part.startswith("card.")]
    if cards:
        return "; ".join(_of_card(id, old, new, name_of) for id in cards[:3]) + (
            f"; and {len(cards) - 3} more" if len(cards) > 3 else ""
        )
    return f"changed: {', '.join(_words(old, new, changed))}"


def _words(old: Mapping[str, str], new: Mapping[str, str], changed: Iterable[str]) -> Iterator[str]:
    """The parts of a page other than records, as people call them; what the whole site shows comes first."""
    parts = list(changed)
    if "site" in parts:
        parts.remove("site")
        width = 2 * _BRIEF
        before, after = old.get("site", "")[_HASH:], new.get("site", "")[_HASH:]
        known = width * len(_SITE_FIELDS) == len(before) == len(after)
        found = (
            _SITE_WORDS.get(name, name.replace("_", " "))
            for number, name in enumerate(_SITE_FIELDS)
            if known and before[width * number :][:width] != after[width * number :][:width]
        )
        yield f"the site's {' and '.join(dict.fromkeys(found)) or 'own words'}"
    yield from (_WORDS.get(part, f"its {part}") for part in parts)


def _of_link(href: str, old: Mapping[str, str], new: Mapping[str, str], links: Mapping[str, str]) -> str:
    part, name = f"link.{href}", links.get(href, href)
    if part in old and part in new:
        return f"the title of {name} changed"
    return f"{'now names' if part in new else 'no longer names'} {name}"


def _of_card(id: str, old: Mapping[str, str], new: Mapping[str, str], name_of: Callable[[str], str]) -> str:
    part = f"card.{id}"
    what = "now lists" if part not in old else "no longer lists" if part not in new else "lists the changed"
    return f"{what} {name_of(id) or f'a record that is gone ({id})'}"
