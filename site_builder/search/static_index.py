"""The index that a reader's browser searches without a server: many small files, a query reads a few.

Files, all below /search/ (N records, S shards, numbers in lists are unsigned LEB128 varints):

    index.json                     the manifest: {"format": 2, "segments": [segment, ...]}, see `_manifest`
    <version>/s/<n>.bin            shard n: the terms whose hash h has floor(h * S / 2^32) = n
    <version>/t/<h in hex>.bin     one term apart: its postings alone, where they are long
    <version>/b/<n>.bin            block n: what is shown of BLOCK records, as a JSON list of `_shown`
    <version>/v/<n>.bin            JSON [traditional, simplified]: characters that this site can meet, by
    their code
    <version>/p/<n>.bin, h/<n>.bin, syllables.bin    pairs and characters by sound: see sounds.py
    <version>/f.bin                what records can be filtered by: see `_facets`
    <version>/synonyms.bin         JSON [[words, words apart], ...], where the site has a table of synonyms

All .bin files are raw deflate. A shard, inflated: the number of terms; for each term the distance of its
hash from the one before (the first: from the shard's first hash); for each term the bytes of its
postings; then the postings. One posting is a number: (distance to the record before - 1) * 16 +
weight * 4 + place; the first distance is from -1. A weight w of 0..3 means a BM25 term factor of
(2 w + 1) / 8 * (K1 + 1); place is 2 in a title, 1 in a lead or the beginning of a text, else 0. The browser
knows the rest of BM25 from the numbers of postings, so that it can count them over several segments.

Records are numbered by kind, in the order of KINDS, and within a kind newest first: so a number alone
tells kind and relative age, and nothing of a record need be read before it is among the first ten.

The version of a segment is a hash of all its .bin files and part of their names, so a phone never mixes two.
A site has at most two segments: its own records, and those it inherits, which are the same files on every
site
that inherits the same set. `hides` are the numbers of records that a segment has and this site shows
otherwise
or not at all. What changes by time alone, the states, stands in the manifest: enrolment that ends at
midnight changes one
file. The same documents give the same bytes, in whatever order they come.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson

from site_builder.search import terms as term_arrays
from site_builder.search.documents import SearchDocument
from site_builder.search.sounds import shards as shards_by_sound
from site_builder.search.synonyms import Groups, Synonyms, table
from site_builder.search.traditional import SIMPLIFIED, TRADITIONAL

FORMAT = 2
KINDS = ("program", "guide", "service", "event", "place", "collection", "dataset", "story")
BLOCK = 3
"""Records in a block: what ten results cost is ten blocks, in the worst case."""
SHARD_BYTES = 2650
"""Aimed at, before deflate, which takes about a fifth off."""
APART_SHARE = 3
"""A term in more than 1/APART_SHARE of the records is kept apart, if its postings are long."""
APART_BYTES = 256
LEAD_CHARACTERS = 72

K1 = 1.2
B = 0.5
USUAL_LENGTH = 600
"""Units of a text of usual length. A constant, not this site's mean, so that segments can be combined."""

UInt = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Segment:
    """The files of some records, all under `base`, and what a manifest says of them. Immutable: may be
    kept."""

    files: Mapping[str, bytes]
    manifest: Mapping[str, object]
    order: tuple[str, ...]
    """The ids of its records by number."""
    states: tuple[str, ...] = ()


def build(documents: Sequence[SearchDocument], synonyms: Groups = ()) -> Mapping[str, bytes]:
    """The index of one site: path below /search/ -> bytes. Without documents, a manifest alone."""
    return combined([build_segment(documents, synonyms)] if documents else [])


def build_segment(documents: Sequence[SearchDocument], synonyms: Groups = ()) -> Segment:
    """Index some records. A pure function, so that what it gives may be kept by its arguments."""
    ordered = sorted(documents, key=lambda document: document.id)
    ordered.sort(key=lambda document: document.date, reverse=True)
    ordered.sort(key=lambda document: (_kind_order(document.kind), document.kind))
    files, manifest = _segment(ordered, table(synonyms))
    return Segment(
        files,
        manifest,
        tuple(document.id for document in ordered),
        tuple(document.state for document in ordered),
    )


def combined(
    segments: Sequence[Segment],
    hidden: Collection[str] = (),
    states: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """All files of a site's index: one or two segments and their manifest.

    `hidden`: ids of records that only the first of two segments, the site's own, may show: filled slots,
    editions,
    what
    the union hides. `states`: state by id, where an inherited segment was made at another time.
    """
    files: dict[str, bytes] = {}
    manifests: list[dict[str, object]] = []
    for place, segment in enumerate(segments):
        manifest = dict(segment.manifest)
        codes: dict[str, list[int]] = {}
        for number, identity in enumerate(segment.order):
            state = states.get(identity, "") if states is not None else segment.states[number]
            if state:
                codes.setdefault(state, []).append(number)
        manifest["states"] = codes
        if place or (hidden and len(segments) == 1):
            manifest["hides"] = [n for n, identity in enumerate(segment.order) if identity in hidden]
        manifests.append(manifest)
        files |= segment.files
    return {"index.json": _json({"format": FORMAT, "segments": manifests}), **files}


def _kind_order(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def _segment(
    documents: Sequence[SearchDocument], synonyms: Synonyms
) -> tuple[dict[str, bytes], dict[str, object]]:
    postings = term_arrays.postings(documents, synonyms)
    hashes, first, encoded, offsets = _encode(postings, len(documents))
    ends = np.append(first[1:], postings.record.size)
    counts = ends - first
    sizes = offsets[ends] - offsets[first]
    apart = (counts * APART_SHARE > len(documents)) & (sizes > APART_BYTES)

    contents: dict[str, bytes] = {}
    for index in np.flatnonzero(apart).tolist():
        contents[f"t/{int(hashes[index]):08x}.bin"] = encoded[offsets[first[index]] : offsets[ends[index]]]
    near = np.flatnonzero(~apart)
    shards = max(1, math.ceil(int(sizes[near].sum() + 4 * near.size) / SHARD_BYTES))
    shard_of = (hashes[near] * np.uint64(shards)) >> np.uint64(32)
    borders = np.searchsorted(shard_of, np.arange(shards + 1, dtype=np.uint64))
    for number in range(shards):
        chosen = near[borders[number] : borders[number + 1]]
        lowest = -(-(number << 32) // shards)
        gaps = np.diff(hashes[chosen], prepend=np.uint64(lowest))
        body = b"".join(
            encoded[offsets[start] : offsets[end]]
            for start, end in zip(first[chosen].tolist(), ends[chosen].tolist(), strict=True)
        )
        head = np.concatenate([np.array([chosen.size], np.uint64), gaps, sizes[chosen].astype(np.uint64)])
        contents[f"s/{number}.bin"] = varints(head)[0] + body
    for start in range(0, len(documents), BLOCK):
        block = [_shown(document) for document in documents[start : start + BLOCK]]
        contents[f"b/{start // BLOCK}.bin"] = _json(block)
    contents["f.bin"] = _json(_facets(documents))
    if synonyms:
        contents["synonyms.bin"] = _json(synonyms.groups)
    by_sound, sounds = shards_by_sound(postings)
    contents |= by_sound
    for number, pair in enumerate(_variants(postings.characters, sounds[1])):
        contents[f"v/{number}.bin"] = _json(pair)

    segment = _manifest(documents, shards, [f"{int(value):08x}" for value in hashes[apart]])
    version = _version(contents)
    segment |= {"base": f"{version}/", "sounds": sounds, "synonyms": bool(synonyms)}
    return {f"{version}/{name}": deflate(content) for name, content in sorted(contents.items())}, segment


def _encode(
    postings: term_arrays.Postings, records: int
) -> tuple[UInt, npt.NDArray[np.int64], bytes, npt.NDArray[np.int64]]:
    """Hash of each term, its first posting, all postings as varints, and where each of them begins."""
    starts = np.flatnonzero(np.diff(postings.hash, prepend=postings.hash[:1] + np.uint64(1)))
    previous = np.empty_like(postings.record)
    previous[1:] = postings.record[:-1]
    previous[starts] = -1
    factor = postings.frequency / (1 - B + B * postings.length[postings.record] / USUAL_LENGTH)
    weight = np.clip(np.ceil(factor / (factor + K1) * 4) - 1, 0, 3).astype(np.uint64)
    value = (postings.record - previous - 1).astype(np.uint64) * np.uint64(16)
    encoded, offsets = varints(value + weight * np.uint64(4) + postings.place.astype(np.uint64))
    return postings.hash[starts], starts, encoded, offsets


def varints(values: UInt) -> tuple[bytes, npt.NDArray[np.int64]]:
    """Unsigned LEB128 of each value, and where each begins (one more entry: the end)."""
    lengths = np.ones(values.size, np.int64)
    for bits in (7, 14, 21, 28):
        lengths += values >= np.uint64(1 << bits)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    out = np.zeros(int(offsets[-1]), np.uint8)
    for byte in range(5):
        chosen = lengths > byte
        part = (values[chosen] >> np.uint64(7 * byte)) & np.uint64(0x7F)
        more = np.where(lengths[chosen] > byte + 1, np.uint64(0x80), np.uint64(0))
        out[offsets[:-1][chosen] + byte] = (part | more).astype(np.uint8)
    return out.tobytes(), offsets


def _shown(document: SearchDocument) -> list[object]:
    """id, path, title, date, lead, region, opens, closes; empty values at the end are left out."""
    lead = document.summary or document.text
    values = [
        document.id, document.path, document.title, document.date, _shorten(lead), document.region,
        document.opens, document.closes,
    ]  # fmt: skip
    while not values[-1]:
        values.pop()
    return list(values)


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LEAD_CHARACTERS else text[: LEAD_CHARACTERS - 1].rstrip() + "…"


def _manifest(documents: Sequence[SearchDocument], shards: int, apart: list[str]) -> dict[str, object]:
    """`kinds`: [kind, number of its records] in order."""
    kinds: list[list[object]] = []
    for document in documents:
        if kinds and kinds[-1][0] == document.kind:
            kinds[-1][1] = int(str(kinds[-1][1])) + 1
        else:
            kinds.append([document.kind, 1])
    return {"records": len(documents), "shards": shards, "block": BLOCK, "kinds": kinds, "apart": apart}


def _facets(documents: Sequence[SearchDocument]) -> dict[str, object]:
    """What a reader can narrow results by: for each field its values and, for each record, which it has.

    Read only when somebody asks. `year`: one number a record.
    """
    found: dict[str, object] = {}
    for name, of in (("topic", lambda d: d.topics), ("audience", lambda d: d.audiences), ("place", _place)):
        values = sorted({value for document in documents for value in of(document)})
        number = {value: index for index, value in enumerate(values)}
        found[name] = [values, [[number[value] for value in of(document)] for document in documents]]
    found["year"] = [int(document.date[:4] or 0) for document in documents]
    return found


def _place(document: SearchDocument) -> tuple[str, ...]:
    return (document.region,) if document.region else ()


def _variants(characters: frozenset[str], shards: int) -> list[tuple[str, str]]:
    """Traditional and simplified characters in shards by the code of the traditional one."""
    found: list[list[str]] = [["", ""] for _ in range(shards)]
    for pair in zip(TRADITIONAL, SIMPLIFIED, strict=True):
        if pair[1] in characters:
            shard = found[ord(pair[0]) % shards]
            shard[0] += pair[0]
            shard[1] += pair[1]
    return [(source, target) for source, target in found]


def _version(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.blake2b(b"%d" % FORMAT, digest_size=6)
    for name, content in sorted(contents.items()):
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def deflate(content: bytes) -> bytes:
    """Raw deflate (RFC 1951), as DecompressionStream("deflate-raw") reads it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def _json(value: object) -> bytes:
    return orjson.dumps(value)
