"""The index that a reader's browser searches without a server: many small files, a query reads a few.

Files, all below /search/ (N records, S shards):

    index.json                     the manifest: {"format": 6, "segments": [segment, ...]}
    <version>/s/<n>.bin            shard n: the terms whose hash h has floor(h * S / 2^bits) = n
    <version>/t/<n>.bin            shards of pairs with a particle, which hardly any query reads: larger
    <version>/c/<n>.bin            shards of single Han characters, which queries of one character read
    <version>/w/<n>.bin            shards of words of the letters a to z: what may be pinyin is asked for here
    <version>/u/<n>.bin            the usual pairs, which many titles and texts have, a file each
    <version>/b/<n>.bin            block n: what is shown of BLOCK records, a line of `Card.shown` each
    <version>/v/<n>.bin            JSON [traditional, simplified]: characters, by code
    <version>/p/<n>.bin, h/<n>.bin phrases and characters by sound: see phrases.py
    <version>/i.bin                a hash of each record's id, four bytes, the lowest first
    <version>/f.bin                what records can be filtered by: see `_facets`
    <version>/synonyms.bin         JSON [[words, words apart], ...], where the site has a table of synonyms

s, t, c, w and u are rows of bits (bits.py), i plain numbers; the others texts (packing.py). A shard: the
number of its terms (order 6); for each term the distance of its hash from the term before (the first: from
the shard's lowest; order `order`), the number of its postings - 1 (order 0), the number of its code of
grades (order 0, plain below PLAIN) and its postings. One posting: the distance to the record before - 1 (the
first from -1), of the order that bits.orders gives, plain below PLAIN; then its grade (grades.py) in that
code. The browser knows the rest of BM25 from the numbers of postings, so that it can count them over several
segments. For each family the manifest gives [shards, bits, order]: of a hash only the first `bits` bits
count, so many that a term which no record has is taken for another once in a thousand.

The usual pairs: the manifest gives [files, bits, order, first bits, base64 of a row of bits: how their
hashes begin, each as the distance from the one before (order SPARE_BITS)]. A pair that begins like the
n-th is in u/<n>.bin, whatever it is, and nowhere else; the distance of the first term of such a file is
from 0.

Records are numbered by kind, in the order of KINDS, and within a kind oldest first: so a number alone tells
kind and relative age, nothing of a record need be read before it is among the first ten, and a new story,
which comes last, leaves all other numbers as they are.

The version of a segment is a hash of all its .bin files and part of their names, so a phone never mixes two.
A site has at most two segments: its own records, and those it inherits, which are the same files on every
site that inherits the same set. `hides` are the numbers of records that a segment has and this site shows
otherwise or not at all. What changes by time alone, the states, stands in the manifest: enrolment that ends
at midnight changes one file. Both are numbers as `packing.stretches` writes them, since neighbours are
alike. The same documents give the same bytes, in whatever order they come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
import numpy.typing as npt
import orjson

from site_builder.search import packing, phrases
from site_builder.search import terms as term_arrays
from site_builder.search.documents import SearchDocument
from site_builder.search.phrases import Phrases
from site_builder.search.rows import Card, Words, card_of, rows_of
from site_builder.search.segment import FORMAT, Segment, combined
from site_builder.search.shards import Packed, packed
from site_builder.search.synonyms import Groups, Synonyms, table
from site_builder.search.term_lists import TermLists
from site_builder.search.traditional import SIMPLIFIED, TRADITIONAL

KINDS = ("program", "guide", "service", "event", "place", "collection", "dataset", "story")
BLOCK = 3
"""Records in a block: what ten results cost is ten blocks, in the worst case."""
VARIANTS_FEWER = 16
"""Shards of traditional characters than of characters by sound."""

Int = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Index:
    """All that a segment is made of. Immutable: `changed` makes another of it, and takes what stays."""

    cards: Sequence[Card]
    """Of its records, by number."""
    lists: TermLists
    packed: Packed
    phrases: Phrases
    texts: Mapping[str, tuple[str, bytes]]
    """Of each file that is a text a digest and how it is written."""

    def changed(
        self,
        gone: Collection[int],
        words: Sequence[Words],
        documents: Sequence[SearchDocument],
        synonyms: Synonyms,
    ) -> tuple[Index, Sequence[Words]]:
        """Without the records of the numbers `gone`, whose words are given, and with those of `documents`:
        the same as an index of all of them made anew. Also gives the words of the documents.

        A record that was changed is both: gone, and there again with the same id.
        """
        lost = frozenset(gone)
        cards = [(card, number, -1) for number, card in enumerate(self.cards) if number not in lost]
        cards += [(card_of(document), -1, place) for place, document in enumerate(documents)]
        cards.sort(key=lambda row: _order(row[0]))
        again = _places_of_the_same(self.cards, lost, cards)
        numbers = np.full(len(self.cards), -1, np.int64)
        new = np.zeros(len(documents), np.int64)
        for number, (_, before, place) in enumerate(cards):
            if place < 0:
                numbers[before] = number
            else:
                new[place] = number
                if number in again:
                    numbers[again[number]] = number
        rows = rows_of(documents, new, synonyms)
        records = len(cards)
        lists, touched = self.lists.changed(np.array(sorted(lost), np.int64), numbers, rows.entries, records)
        kept = np.flatnonzero(numbers >= 0)
        still = records and np.array_equal(numbers[kept], kept)
        shards = packed(lists, records, self.packed if still else None, touched)
        names = [word for group, _ in synonyms.groups for word in group]
        by_sound = self.phrases.changed(words, rows.words, records, names)
        found = [card for card, _, _ in cards]
        texts = _written(self.texts, _texts(found, by_sound, synonyms))
        return Index(found, lists, shards, by_sound, texts), rows.words

    def segment(self, synonyms: bool) -> Segment:
        """Its files and what a manifest says of it."""
        files = self.packed.files()
        files["i.bin"] = term_arrays.fnv_all([card.id for card in self.cards]).astype("<u4").tobytes()
        version = _version(files, {name: digest for name, (digest, _) in self.texts.items()})
        files |= {name: data for name, (_, data) in self.texts.items()}
        manifest: dict[str, object] = {"kinds": _kinds(self.cards), **self.packed.told()}
        manifest |= {"base": f"{version}/", "sounds": self.phrases.counts}
        if synonyms:
            manifest["synonyms"] = True
        return Segment(
            {f"{version}/{name}": data for name, data in sorted(files.items())},
            manifest,
            tuple(card.id for card in self.cards),
        )


_NO_ENTRIES = np.zeros(0, np.uint64)
NOTHING = Index((), TermLists.of(_NO_ENTRIES, 0), packed(TermLists.of(_NO_ENTRIES, 0), 0), phrases.NONE, {})


def build(documents: Sequence[SearchDocument], synonyms: Groups = ()) -> Mapping[str, bytes]:
    """The index of one site: path below /search/ -> bytes. Without documents, a manifest alone."""
    if not documents:
        return combined([])
    states = {document.id: document.state for document in documents}
    return combined([build_segment(documents, synonyms)], states=states)


def build_segment(documents: Sequence[SearchDocument], synonyms: Groups = ()) -> Segment:
    """Index some records. A pure function, so that what it gives may be kept by its arguments."""
    known = table(synonyms)
    found, _ = NOTHING.changed((), (), documents, known)
    return found.segment(bool(known))


def _order(card: Card) -> tuple[int, str, str, str]:
    return KINDS.index(card.kind) if card.kind in KINDS else len(KINDS), card.kind, card.date, card.id


def _places_of_the_same(
    before: Sequence[Card], gone: frozenset[int], after: Sequence[tuple[Card, int, int]]
) -> Mapping[int, int]:
    """New number -> old one of records that changed and stand between the same neighbours as before."""
    ids = {before[number].id: number for number in gone}
    found, last = {}, -1
    ahead = [len(before)] * (len(after) + 1)
    for number in range(len(after) - 1, -1, -1):
        ahead[number] = after[number][1] if after[number][1] >= 0 else ahead[number + 1]
    for number, (card, old, _) in enumerate(after):
        if old < 0:
            old = ids.get(card.id, -1)
            if not last < old < ahead[number]:
                continue
            found[number] = old
        last = old
    return found


def _texts(cards: Sequence[Card], by_sound: Phrases, synonyms: Synonyms) -> dict[str, str]:
    """The files that are texts, by name."""
    texts = {
        f"b/{start // BLOCK}.bin": "\n".join(card.shown for card in cards[start : start + BLOCK])
        for start in range(0, len(cards), BLOCK)
    }
    texts["f.bin"] = _json(_facets(cards))
    if synonyms:
        texts["synonyms.bin"] = _json(synonyms.groups)
    texts |= by_sound.files()
    return texts | _variants(max(1, by_sound.counts[1] - VARIANTS_FEWER))


def _written(
    before: Mapping[str, tuple[str, bytes]], texts: Mapping[str, str]
) -> dict[str, tuple[str, bytes]]:
    """How texts are written, those anew that are not what they were."""
    found = {}
    for name, text in texts.items():
        digest = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
        known = before.get(name)
        found[name] = known if known and known[0] == digest else (digest, packing.packed(text))
    return found


def _kinds(cards: Sequence[Card]) -> list[tuple[str, int]]:
    """Each kind with the number of its records, in order."""
    return [(kind, sum(1 for _ in row)) for kind, row in groupby(cards, key=lambda card: card.kind)]


def _facets(cards: Sequence[Card]) -> dict[str, object]:
    """What a reader can narrow results by: for each field its values and, for each record, which it has.

    Read only when somebody asks. `date`: yyyymmdd, one number a record.
    """
    found: dict[str, object] = {}
    columns: dict[str, list[Sequence[str]]] = {
        "topic": [card.topics for card in cards],
        "audience": [card.audiences for card in cards],
        "place": [(card.region,) if card.region else () for card in cards],
    }
    for name, rows in columns.items():
        values = sorted({value for row in rows for value in row})
        number = {value: index for index, value in enumerate(values)}
        found[name] = [values, [[number[value] for value in row] for row in rows]]
    found["date"] = [int(card.date.replace("-", "") or 0) for card in cards]
    return found


@lru_cache(maxsize=16)
def _variants(shards: int) -> dict[str, str]:
    """Traditional and simplified characters in shards by the code of the traditional one."""
    found: list[list[str]] = [["", ""] for _ in range(shards)]
    for source, target in zip(TRADITIONAL, SIMPLIFIED, strict=True):
        shard = found[ord(source) % shards]
        shard[0] += source
        shard[1] += target
    return {f"v/{number}.bin": _json(pair) for number, pair in enumerate(found)}


def _version(rows: Mapping[str, bytes], texts: Mapping[str, str]) -> str:
    """`texts`: a digest of each."""
    digest = hashlib.blake2b(b"%d" % FORMAT, digest_size=6)
    for name, content in sorted({**rows, **{name: told.encode() for name, told in texts.items()}}.items()):
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
