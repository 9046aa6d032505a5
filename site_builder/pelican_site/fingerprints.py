"""What a page was made from. Its bytes are a function of (engine, context): same fingerprint, same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Any

import orjson

from site_builder.contexts import Page, SiteContext, StateContext


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`parts` name each piece of the context with a short hash, so that a change can be told by name."""

    key: str
    parts: Mapping[str, str]


class Fingerprints:
    """Takes the fingerprints of one site's pages; what all pages share is hashed once."""

    def __init__(self) -> None:
        self._sites: dict[int, tuple[SiteContext, dict[str, str]]] = {}

    def of(self, page: Page) -> Fingerprint:
        parts = dict(self._parts(page))
        key = blake2b(orjson.dumps([type(page).__name__, parts]), digest_size=16).hexdigest()
        return Fingerprint(key, parts)

    def _parts(self, page: Page) -> Iterator[tuple[str, str]]:
        for field in fields(page):
            value = getattr(page, field.name)
            if isinstance(value, SiteContext):
                yield from self._site(value).items()
            elif isinstance(value, StateContext):
                yield "state", f"{value.code}:{_hash(value)}"
            elif field.name == "record":
                yield from ((f"record.{name}", _hash(part)) for name, part in value.items())
            else:
                yield field.name, _hash(value)

    def _site(self, site: SiteContext) -> dict[str, str]:
        known = self._sites.get(id(site))
        if known is None or known[0] is not site:
            parts = {f"site.{field.name}": _hash(getattr(site, field.name)) for field in fields(site)}
            known = self._sites[id(site)] = (site, parts)
        return known[1]


def _hash(value: Any) -> str:
    return blake2b(orjson.dumps(value), digest_size=8).hexdigest()


def reason(old: Mapping[str, str] | None, new: Mapping[str, str], *, same_engine: bool) -> str:
    """Why a page is made anew, in words for `build --explain`."""
    if old is None:
        return "new page"
    if not same_engine:
        return "theme changed"
    if "state" in old and "state" in new and old["state"] != new["state"]:
        before, after = (parts["state"].partition(":")[0] for parts in (old, new))
        if before != after:
            return f"state changed from {before} to {after}"
    changed = sorted(
        name.removeprefix("record.") for name in old.keys() | new.keys() if old.get(name) != new.get(name)
    )
    return (
        f"changed: {', '.join(changed)}" if changed else "its file in the previous release is damaged or gone"
    )
