"""The index that a reader's browser searches without a server: many small files, a query reads a few.

Files, all below /search/ (N records, S shards):

    index.json                     the manifest: {"format": 5, "segments": [segment, ...]}, see `_manifest`
    <version>/s/<n>.bin            shard n: the terms whose hash h has floor(h * S / 2^bits) = n
    <version>/t/<n>.bin            shards of pairs with a particle, which hardly any query reads: larger
    <version>/c/<n>.bin            shards of single Han characters, which queries of one character read
    <version>/w/<n>.bin            shards of words of the letters a to z: what may be pinyin is asked for here
    <version>/u/<n>.bin            the usual pairs, which many titles and texts have, a file each
    <version>/b/<n>.bin            block n: what is shown of BLOCK records, a line of `_shown` each
    <version>/v/<n>.bin            JSON [traditional, simplified]: characters, by code
    <version>/p/<n>.bin, h/<n>.bin phrases and characters by sound: see sounds.py
    <version>/i.bin                a hash of each record's id, four bytes, the lowest first
    <version>/f.bin                what records can be filtered by: see `_facets`
    <version>/synonyms.bin         JSON [[words, words apart], ...], where the site has a table of synonyms

s, t, c, w and u are rows of bits (bits.py), i plain numbers; the others texts (packing.py). A shard: the
number of its terms (order 6); for each term the distance of its hash from the term before (the first: from
the shard's lowest; order `order`), the number of its postings - 1 (order 0), its code of grades (1, 01 or
00) and its postings. One posting: the distance to the record before - 1 (the first from -1), of the order
that bits.orders gives, plain below PLAIN; then GRADES.index((place, weight)) in that code (GRADE_ORDERS). A
weight w of 0..3 means a factor of FACTORS[w]; place is 2 in a title, 1 in a lead or the beginning of a
text, else 0. The browser knows the rest of BM25 from the numbers of postings, so that it can count them
over several segments. For each family the manifest gives [shards, bits, order]: of a hash only the first
`bits` bits count, so many that a term which no record has is taken for another once in a thousand.

The usual pairs: the manifest gives [files, bits, order, first bits, base64 of a row of bits: how their
hashes begin, each as the distance from the one before (order SPARE_BITS)]. A pair that begins like the
n-th is in u/<n>.bin, whatever it is, and nowhere else; the distance of the first term of such a file is
from 0.

Records are numbered by kind, in the order of KINDS, and within a kind newest first: so a number alone
tells kind and relative age, and nothing of a record need be read before it is among the first ten.

The version of a segment is a hash of all its .bin files and part of their names, so a phone never mixes two.
A site has at most two segments: its own records, and those it inherits, which are the same files on every
site that inherits the same set. `hides` are the numbers of records that a segment has and this site shows
otherwise or not at all. What changes by time alone, the states, stands in the manifest: enrolment that ends
at midnight changes one file. Both are numbers as `packing.stretches` writes them, since neighbours are
alike. The same documents give the same bytes, in whatever order they come.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt
import orjson

from site_builder.search import bits, packing
from site_builder.search import terms as term_arrays
from site_builder.search.documents import SearchDocument
from site_builder.search.rows import Analyse, analysed
from site_builder.search.sounds import shards as shards_by_sound
from site_builder.search.synonyms import Groups, Synonyms, table
from site_builder.search.traditional import SIMPLIFIED, TRADITIONAL

FORMAT = 5
KINDS = ("program", "guide", "service", "event", "place", "collection", "dataset", "story")
BLOCK = 3
"""Records in a block: what ten results cost is ten blocks, in the worst case."""
SHARD_BYTES = 1455
SELDOM_SHARD_BYTES = 3600
CHARACTER_SHARD_BYTES = 9000
WORD_SHARD_BYTES = 300
POSTINGS_PER_USUAL = 40_000
"""A reader gets the list of usual pairs with the manifest: so few that it is less than what they save."""
FEW = 100
FEW_SHARE = 0.25
"""Of the bytes aimed at otherwise, in a segment of at most FEW records: it is read beside a large one."""
VARIANTS_FEWER = 16
"""Shards of traditional characters than of characters by sound."""
USUAL_SHARE = 0.12
"""A single character in more of the records counts only in titles and leads."""
LEAD_WIDTH = 88
"""Of a lead in results, where a Han character is two wide: two lines on a phone."""
SPARE_BITS = 10
LEAST_BITS = 20

K1 = 1.2
B = 0.5
USUAL_LENGTH = 600
"""Units of a text of usual length. A constant, not this site's mean, so that segments can be combined."""
FACTORS = (0.2, 0.45, 0.65, 0.85)
"""What the weights mean: frequency / (frequency + K1), frequency as BM25 corrects it by length."""
_FAMILIES = (
    ("s", SHARD_BYTES), ("t", SELDOM_SHARD_BYTES), ("c", CHARACTER_SHARD_BYTES), ("w", WORD_SHARD_BYTES),
)  # fmt: skip
"""Folder of the shards and bytes aimed at, by the number of the family in terms.py."""
_LIMITS = np.array([0.35, 0.53, 0.7])
GRADES = (
    (0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (0, 2), (2, 3), (1, 3), (2, 0), (2, 2), (2, 1), (0, 3),
)  # fmt: skip
"""(place, weight), the most frequent first."""
PLAIN = 4
GRADE_ORDERS = ((0,), (0, 2, 1, 8, 3, 10, 9, 4, 5, 7, 6, 11), (0, 1, 3, 4, 5, 2, 7, 11, 9, 10, 6, 8))
"""Codes of grades: what the numbers stand for that are written (order 0, plain below PLAIN). In the first
nothing is written: for terms that stand far down in long texts or between words alone, as half of all do."""
_GRADE = np.array([[GRADES.index((place, weight)) for weight in range(4)] for place in range(3)])


_NUMBERS = np.array(
    [[order.index(grade) if grade in order else 0 for grade in range(12)] for order in GRADE_ORDERS]
)
_CODES, _LENGTHS = bits.codes(_NUMBERS, 0, PLAIN)
_LENGTHS[0] = 0
_CODES[0] = 0
_APART = 21
_MOST = (1 << _APART) - 1
_COSTS = (np.arange(12) > 0) << 2 * _APART | _LENGTHS[1] << _APART | _LENGTHS[2]
"""Of each grade whether it is not the first, and its lengths in both codes: one number, to add at once."""

UInt = npt.NDArray[np.uint64]
Int = npt.NDArray[np.int64]


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


def build_segment(
    documents: Sequence[SearchDocument], synonyms: Groups = (), analyse: Analyse = analysed
) -> Segment:
    """Index some records. A pure function, so that what it gives may be kept by its arguments.

    `analyse` gives what `analysed` does, perhaps without doing it anew.
    """
    ordered = sorted(documents, key=lambda document: document.id)
    ordered.sort(key=lambda document: document.date, reverse=True)
    ordered.sort(key=lambda document: (_kind_order(document.kind), document.kind))
    files, manifest = _segment(ordered, table(synonyms), analyse)
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
    editions, what the union hides. `states`: state by id, where an inherited segment was made at another
    time.
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
        if codes:
            manifest["states"] = {code: packing.stretches(numbers) for code, numbers in codes.items()}
        if place or len(segments) == 1:
            hides = [n for n, identity in enumerate(segment.order) if identity in hidden]
            if hides:
                manifest["hides"] = packing.stretches(hides)
        manifests.append(manifest)
        files |= segment.files
    return {"index.json": orjson.dumps({"format": FORMAT, "segments": manifests}), **files}


def _kind_order(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def _segment(
    documents: Sequence[SearchDocument], synonyms: Synonyms, analyse: Analyse
) -> tuple[dict[str, bytes], dict[str, object]]:
    postings = analyse(documents, synonyms)
    segment = _manifest(documents)
    rows = {"i.bin": np.array([term_arrays.fnv(document.id) for document in documents], "<u4").tobytes()}
    family = term_arrays.families(postings.hash)
    few = len(documents) <= FEW
    families: list[list[int]] = []
    for number, (name, aim) in enumerate(_FAMILIES):
        chosen = np.flatnonzero(family == number)
        if number == term_arrays.SINGLES:
            chosen = _usual_left_out(postings, chosen, len(documents))
        if number == term_arrays.PAIRS:
            chosen, usual, heads = _usual_apart(postings, chosen)
            if heads.size:
                table = _Table(postings, usual, len(documents))
                named = table.shards_of(heads, usual_bits(heads.size))
                rows |= {f"u/{place}.bin": shard for place, shard in enumerate(named)}
                told = [heads.size, table.bits, table.order, usual_bits(heads.size)]
                segment["usual"] = [*told, _base64(heads)]
        table = _Table(postings, chosen, len(documents))
        shards = table.shards(aim * FEW_SHARE if few else aim)
        rows |= {f"{name}/{place}.bin": shard for place, shard in enumerate(shards)}
        families.append([len(shards), table.bits, table.order])
    segment["shards"] = families
    texts: dict[str, str] = {}
    for start in range(0, len(documents), BLOCK):
        lines = (_shown(document) for document in documents[start : start + BLOCK])
        texts[f"b/{start // BLOCK}.bin"] = "\n".join(lines)
    texts["f.bin"] = _json(_facets(documents))
    if synonyms:
        texts["synonyms.bin"] = _json(synonyms.groups)
    by_sound, sounds = shards_by_sound(postings, [word for words, _ in synonyms.groups for word in words])
    texts |= by_sound
    texts |= _variants(max(1, sounds[1] - VARIANTS_FEWER))

    version = _version(rows | {name: text.encode() for name, text in texts.items()})
    files = rows | {name: packing.packed(text) for name, text in texts.items()}
    segment |= {"base": f"{version}/", "sounds": sounds}
    if synonyms:
        segment["synonyms"] = True
    return {f"{version}/{name}": content for name, content in sorted(files.items())}, segment


def _usual_left_out(postings: term_arrays.Postings, lone: Int, records: int) -> Int:
    """Without the bodies in which a character stands that most have: nothing is told by 的."""
    starts = np.flatnonzero(np.diff(postings.hash[lone], prepend=np.uint64(1 << 40)))
    counts = np.diff(np.append(starts, lone.size))
    usual = np.repeat(counts > USUAL_SHARE * records, counts)
    kept: Int = lone[~(usual & (postings.place[lone] == term_arrays.BODY))]
    return kept


def usual_bits(count: int) -> int:
    """Of a hash, in a list of so many usual pairs."""
    return min(31, count.bit_length() + SPARE_BITS)


def _usual_apart(postings: term_arrays.Postings, pairs: Int) -> tuple[Int, Int, Int]:
    """Pairs without the usual ones, the usual ones, and how the hashes of these begin. What stands in most
    titles is asked for most, and what has most postings is a burden where it stands beside others."""
    hashes = postings.hash[pairs]
    starts = np.flatnonzero(np.diff(hashes, prepend=np.uint64(1 << 40)))
    number = pairs.size // POSTINGS_PER_USUAL
    if not number:
        return pairs, pairs[:0], starts[:0]
    counts = np.diff(np.append(starts, pairs.size))
    titled = np.add.reduceat(postings.titled[pairs], starts, dtype=np.int64)
    best = np.argsort(-titled * counts, kind="stable")[:number]
    terms = (hashes[starts] >> np.uint64(32 - usual_bits(number))).astype(np.int64)
    heads = np.unique(terms[best])
    apart = np.repeat(np.isin(terms, heads), counts)
    return pairs[~apart], pairs[apart], heads


def _base64(heads: Int) -> str:
    code, length = bits.codes(np.diff(heads, prepend=0), SPARE_BITS)
    return base64.b64encode(_whole_bytes(code, np.cumsum(length))).decode()


class _Table:
    """The terms of a segment, by hash, and their postings in bits."""

    def __init__(self, postings: term_arrays.Postings, chosen: Int, records: int) -> None:
        terms = int(np.count_nonzero(np.diff(postings.hash[chosen]))) + bool(chosen.size)
        self.bits = min(31, max(SPARE_BITS + terms.bit_length(), LEAST_BITS))
        """Kept of each hash."""
        self.order = self.bits - terms.bit_length()
        heads = (postings.hash[chosen] >> np.uint64(32 - self.bits)).astype(np.int64)
        record, place = postings.record[chosen], postings.place[chosen]
        factor = postings.frequency[chosen] / (1 - B + B * postings.length[record] / USUAL_LENGTH)
        weight = np.searchsorted(_LIMITS, factor / (factor + K1), side="right")
        keys = heads << 28 | record
        if np.any(np.diff(keys) <= 0):  # Two terms have become one: what stands in the better place counts.
            best = np.lexsort([-weight, -place.astype(np.int64), keys])
            best = best[np.concatenate([[True], np.diff(keys[best]) > 0])]
            heads, record, place, weight = heads[best], record[best], place[best], weight[best]

        self._starts = np.flatnonzero(np.diff(heads, prepend=heads[:1] - 1))
        self.heads = heads[self._starts]
        self.counts = np.diff(np.append(self._starts, heads.size))
        previous = np.empty_like(record)
        previous[1:] = record[:-1]
        previous[self._starts] = -1
        order = np.repeat(bits.orders(records, self.counts), self.counts)
        code, length = bits.codes(record - previous - 1, order, PLAIN)
        grade = _GRADE[place, weight]
        self.choices = self._choose(grade)
        grade += np.repeat(self.choices * len(GRADES), self.counts)
        more = _LENGTHS.reshape(-1)[grade]
        self._codes = code << more.astype(np.uint64) | _CODES.reshape(-1)[grade]
        self._lengths = length + more
        self.sizes = np.add.reduceat(self._lengths, self._starts) if self._starts.size else self.counts

    def _choose(self, grade: Int) -> Int:
        """Of each term the code of grades that makes it shortest."""
        if not self._starts.size:
            return self.counts
        costs = np.add.reduceat(_COSTS[grade], self._starts)
        second = (costs >> _APART & _MOST) > (costs & _MOST)
        choices: Int = np.where(costs >> 2 * _APART, 1 + second, 0)
        return choices

    def shards_of(self, first: Int, many: int) -> list[bytes]:
        """The terms whose hashes begin with each of these numbers of `many` bits; there are no others."""
        borders = np.searchsorted(self.heads, np.append(first, 1 << many) << (self.bits - many))
        return [
            self._shard(slice(start, end), np.diff(self.heads[start:end], prepend=0))
            for start, end in pairwise(borders)
        ]

    def shards(self, aim: float) -> list[bytes]:
        """All terms in shards of about `aim` bytes."""
        number = max(1, math.ceil(int((self.sizes + self.order + 6).sum()) / 8 / aim))
        borders = np.searchsorted((self.heads * number) >> self.bits, np.arange(number + 1))
        found = []
        for shard in range(number):
            inside = slice(borders[shard], borders[shard + 1])
            low = -(-(shard << self.bits) // number)
            found.append(self._shard(inside, np.diff(self.heads[inside], prepend=low)))
        return found

    def _shard(self, inside: slice, gaps: Int) -> bytes:
        counts = self.counts[inside]
        total = bits.codes(np.array([counts.size]), 6)
        if not counts.size:
            return _whole_bytes(*total)
        gap, number = bits.codes(gaps, self.order), bits.codes(counts - 1, 0)
        choice = self.choices[inside]
        more = np.where(choice == 0, 1, 2)
        number = (number[0] << more.astype(np.uint64) | (choice < 2), number[1] + more)
        every = int(counts.sum())
        first = (
            np.cumsum(counts) - counts + 2 * np.arange(counts.size)
        )  # Each term: two numbers, its postings.
        code = np.zeros(every + 2 * counts.size, np.uint64)
        length = np.zeros(code.size, np.int64)
        postings = np.ones(code.size, np.bool_)
        postings[first] = postings[first + 1] = False
        start = int(self._starts[inside][0])
        which = slice(start, start + every)
        code[first], code[first + 1], code[postings] = gap[0], number[0], self._codes[which]
        length[first], length[first + 1], length[postings] = gap[1], number[1], self._lengths[which]
        return _whole_bytes(np.concatenate([total[0], code]), np.cumsum(np.concatenate([total[1], length])))


def _whole_bytes(code: UInt, ends: Int) -> bytes:
    return bits.pack(code, ends)[: -(-int(ends[-1]) // 8)]


def _shown(document: SearchDocument) -> str:
    """id, path, title, date, lead, region, opens, closes, a tab between; empty ones at the end are left
    out."""
    lead = document.summary or document.text
    values = [
        document.id, document.path, document.title, document.date, _shorten(lead), document.region,
        document.opens, document.closes,
    ]  # fmt: skip
    return "\t".join(" ".join(value.split()) for value in values).rstrip("\t")


def _shorten(text: str) -> str:
    text = " ".join(text[: 4 * LEAD_WIDTH].split())
    widths = accumulate(1 + (character > "\u00ff") for character in text)
    end = next((place for place, width in enumerate(widths) if width > LEAD_WIDTH), len(text))
    return text if end == len(text) else text[: end - 1].rstrip() + "…"


def _manifest(documents: Sequence[SearchDocument]) -> dict[str, object]:
    """`kinds`: [kind, number of its records] in order."""
    kinds: list[list[object]] = []
    for document in documents:
        if kinds and kinds[-1][0] == document.kind:
            kinds[-1][1] = int(str(kinds[-1][1])) + 1
        else:
            kinds.append([document.kind, 1])
    return {"kinds": kinds}


def _facets(documents: Sequence[SearchDocument]) -> dict[str, object]:
    """What a reader can narrow results by: for each field its values and, for each record, which it has.

    Read only when somebody asks. `date`: yyyymmdd, one number a record.
    """
    found: dict[str, object] = {}
    for name, of in (("topic", lambda d: d.topics), ("audience", lambda d: d.audiences), ("place", _place)):
        values = sorted({value for document in documents for value in of(document)})
        number = {value: index for index, value in enumerate(values)}
        found[name] = [values, [[number[value] for value in of(document)] for document in documents]]
    found["date"] = [int(document.date.replace("-", "") or 0) for document in documents]
    return found


def _place(document: SearchDocument) -> tuple[str, ...]:
    return (document.region,) if document.region else ()


@lru_cache(maxsize=16)
def _variants(shards: int) -> dict[str, str]:
    """Traditional and simplified characters in shards by the code of the traditional one."""
    found: list[list[str]] = [["", ""] for _ in range(shards)]
    for source, target in zip(TRADITIONAL, SIMPLIFIED, strict=True):
        shard = found[ord(source) % shards]
        shard[0] += source
        shard[1] += target
    return {f"v/{number}.bin": _json(pair) for number, pair in enumerate(found)}


def _version(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.blake2b(b"%d" % FORMAT, digest_size=6)
    for name, content in sorted(contents.items()):
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
