"""A part of the index that browsers search, and what a site says of its parts: see static_index.py.

What makes a part needs arrays; who only puts known parts together does not load them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import orjson

from site_builder.search import packing

FORMAT = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """The files of some records, all under `base`, and what a manifest says of them. Immutable: may be
    kept."""

    files: Mapping[str, bytes]
    manifest: Mapping[str, object]
    order: tuple[str, ...]
    """The ids of its records by number."""


def combined(
    segments: Sequence[Segment],
    hidden: Collection[str] = (),
    states: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, bytes]:
    """All files of a site's index: one or two segments and their manifest.

    `hidden`: ids of records that only the first of two segments, the site's own, may show: filled slots,
    editions, what the union hides. `states`: state by id of all that have one.
    """
    files: dict[str, bytes] = {}
    manifests: list[dict[str, object]] = []
    for place, segment in enumerate(segments):
        manifest = dict(segment.manifest)
        codes: dict[str, list[int]] = {}
        for number, identity in enumerate(segment.order):
            state = states.get(identity, "")
            if state:
                codes.setdefault(state, []).append(number)
        if codes:
            manifest["states"] = {code: packing.stretches(numbers) for code, numbers in codes.items()}
        if place or len(segments) == 1:
            hides = [n for n, identity in enumerate(segment.order) if identity in hidden]
            if hides:
                manifest["hides"] = packing.stretches(hides)
        manifests.append(manifest)
        files |= segment.files
    return {"index.json": orjson.dumps({"format": FORMAT, "segments": manifests}), **files}
