"""How Whoosh keeps the network's index: its segments, commits, locks and columns, and postings as arrays.

Whoosh's own codec makes a Python object of each posting, six times over: 14 s for 1,000 records of 1,300
characters, seven times the bytes of their text, and 20 ms for a question. A codec is the place where Whoosh
lets others decide that (`whoosh.codec.base`). Here whole batches of records become arrays
(`network_terms`), and a question reads those of its own terms (`network_match`). Whoosh's own queries
are asked nowhere, so the parts of the codec that only they need are not there.

A segment carries the size and checksum of its file in the table of contents, so that damage is seen when it
is opened, not by wrong answers.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.structfile import StructFile
from whoosh.reading import IndexReader, SegmentReader
from whoosh.writing import SegmentWriter

from site_builder.search.network_arrays import Gathered, Kept, packed, surviving, unpacked
from site_builder.search.network_schema import COLUMNS, INDEXED

FEW = 8
"""So many segments are kept as they are; when there are more, small ones are merged."""
GROWTH = 2
"""Of a merge: a segment joins if it is at most so many times as large as the smaller ones together."""
LARGEST = 10_000
"""Documents in a segment that takes no part in merges, unless half of it is gone."""


class _Placed(io.RawIOBase):
    """A file that is read by places: the place is this object's own, so processes that are forked do not move
    it for each other."""

    def __init__(self, file: Path) -> None:
        self._opened = os.open(file, os.O_RDONLY)
        self._at = 0

    def readinto(self, buffer: Any) -> int:
        found = os.pread(self._opened, len(buffer), self._at)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: os.fstat(self._opened).st_size}
        self._at = start[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        if not self.closed:
            os.close(self._opened)
        super().close()


class ArraySegment(W3Segment):
    """Knows what its file must be."""

    size = 0
    checksum = 0

    def create_compound_file(self, storage: Any) -> None:
        super().create_compound_file(storage)  # type: ignore[no-untyped-call]
        self.size, self.checksum = _measured(self.file(storage))

    def open_compound_file(self, storage: Any) -> Any:
        """Raises ValueError if its file is not what was written, OSError if it is gone.

        It is read, not mapped into memory: if somebody cuts a mapped file short, the next look at it ends the
        process.
        """
        file = self.file(storage)
        if _whole(file, *stamp_of(file)) != (self.size, self.checksum):
            raise ValueError(f"{file.name} is not as it was written")
        placed: Any = _Placed(file)
        return CompoundStorage(StructFile(placed), use_mmap=False)  # type: ignore[no-untyped-call]

    def file(self, storage: Any) -> Path:
        name: str = self.make_filename(self.COMPOUND_EXT)  # type: ignore[no-untyped-call]
        return Path(storage.folder) / name

    @property
    def living(self) -> int:
        """Documents that are not gone."""
        return int(self._doccount) - len(self._deleted or ())

    @property
    def worn(self) -> bool:
        """Whether more than half of its documents are gone."""
        return 2 * self.living < int(self._doccount)


def stamp_of(file: Path) -> tuple[int, int, int]:
    """What changes when somebody writes into a file. Raises OSError if it is gone."""
    found = file.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=256)
def _whole(file: Path, *stamp: int) -> tuple[int, int]:
    """Size and checksum, looked at once for as long as nobody writes into the file."""
    return _measured(file)


def _measured(file: Path) -> tuple[int, int]:
    size = checksum = 0
    with file.open("rb") as opened:
        while piece := opened.read(1 << 20):
            size += len(piece)
            checksum = zlib.crc32(piece, checksum)
    return size, checksum


class ArrayCodec(W3Codec):
    """Whoosh's codec with postings of its own. Lengths of fields are kept beside the postings."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> ArrayFieldWriter:
        return ArrayFieldWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> ArrayTermsReader:
        return ArrayTermsReader(storage, segment.make_filename(self.POSTS_EXT))

    def new_segment(self, storage: Any, indexname: str) -> ArraySegment:
        return ArraySegment(self, indexname)  # type: ignore[no-untyped-call]


class ArrayFieldWriter:
    """Takes postings by the batch, in `fields`; they are written when it is closed."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._file = segment.create_file(storage, ArrayCodec.POSTS_EXT)
        self.fields = {name: Gathered() for name in INDEXED}
        self.is_closed = False

    def add_postings(self, schema: Any, lengths: Any, items: Iterable[Any]) -> None:
        """Whoosh's way to hand over what it analysed itself, which is nothing: `EntryWriter.put` is used."""
        for item in items:
            raise TypeError(f"{item!r} comes one by one")

    def close(self) -> None:
        kept = {name: gathered for name, gathered in self.fields.items() if gathered.filled}
        self._file.write(packed({name: gathered.field() for name, gathered in kept.items()}))
        self._file.close()
        self.is_closed = True


class ArrayTermsReader:
    """The fields of one segment."""

    def __init__(self, storage: Any, name: str) -> None:
        length = storage.file_length(name)
        self._file = storage.open_file(name)
        self._fields = unpacked(self._get, length)

    def _get(self, at: int, length: int) -> bytes:
        found: bytes = self._file.get(at, length)
        if len(found) != length:
            raise ValueError("a file of the search index was cut short")
        return found

    def cursor(self, fieldname: str, fieldobj: Any) -> Kept:
        """What `reader.cursor(name)` gives: Whoosh's way to all terms of a field."""
        return self._fields[fieldname]

    def indexed_field_names(self) -> Iterable[str]:
        return self._fields.keys()

    def close(self) -> None:
        self._file.close()


def field_of(reader: IndexReader, name: str) -> Kept:
    """The arrays of a field of one segment."""
    found: Any = reader.cursor(name)
    kept: Kept = found
    return kept


# --- writing ------------------------------------------------------------------------------------------


class EntryWriter(SegmentWriter):
    """A writer to which entries come by the batch, their postings made."""

    def __init__(self, index: Any, timeout: float) -> None:
        codec = ArrayCodec()  # type: ignore[no-untyped-call]
        super().__init__(index, timeout=timeout, codec=codec)  # type: ignore[no-untyped-call]

    @property
    def fields(self) -> Mapping[str, Gathered]:
        """Where the postings of the documents that `put` adds belong."""
        fields: Mapping[str, Gathered] = self.fieldwriter.fields
        return fields

    def put(self, rows: Iterable[Sequence[bytes]]) -> None:
        """Add documents by their COLUMNS."""
        for row in rows:
            self.perdocwriter.start_doc(self.docnum)
            for name, value in zip(COLUMNS, row, strict=True):
                self.perdocwriter.add_column_value(name, self.schema[name].column_type, value)
            self.perdocwriter.finish_doc()
            self.docnum += 1
            self._added = True

    def add_reader(self, reader: SegmentReader) -> None:
        """Take over what is left of a segment."""
        living = np.fromiter(reader.all_doc_ids(), np.int64)
        into = np.full(reader.doc_count_all(), -1, np.int64)
        into[living] = np.arange(self.docnum, self.docnum + living.size)
        for name in INDEXED:
            self.fields[name].add(*surviving(field_of(reader, name), into))
        columns = [reader.column_reader(name, translate=False) for name in COLUMNS]
        self.put([column[number] for column in columns] for number in living.tolist())


def keep_few(writer: EntryWriter, segments: list[ArraySegment]) -> list[ArraySegment]:
    """A merge policy: those segments that stay as they are. The others are merged into what is written.

    The smallest are merged first and a large one only with others of its size, so that each document is
    written anew only about as often as the index doubles.
    """
    merged = [one for one in segments if one.worn]
    total = 0
    if len(segments) - len(merged) >= FEW:
        rest = (one for one in segments if not one.worn and one.living < LARGEST)
        for one in sorted(rest, key=lambda one: one.living):
            if total and one.living > GROWTH * total:
                break
            merged.append(one)
            total += one.living
    for one in segments:
        if one in merged:
            reader = SegmentReader(writer.storage, writer.schema, one)
            writer.add_reader(reader)
            reader.close()
    return [one for one in segments if one not in merged]
