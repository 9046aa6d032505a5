"""A picture file without what is noted in it beside its pixels: where it was taken, with which camera, when.

Pixels, colours (ICC) and the way up stay as they are; nothing is encoded anew. JPEG (ITU-T T.81, B.1.1), PNG
(W3C PNG, 5), WebP (RFC 9649) and AVIF (ISO/IEC 14496-12, 8.11; 23008-12) are read; other formats go back as
they came.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".webp", ".avif"})
"""Of files that may be given to `without_notes`."""
_ORIENTATION = 0x0112
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The end of a row of pixels in a JPEG."""
_JPEG_NOTES = frozenset({*range(0xE1, 0xF0), 0xFE} - {0xEE})
"""APP1 to APP15 but Adobe's, which says how colours are meant; and comments."""
_PNG_NOTES = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_NOTES = {b"EXIF": 0x08, b"XMP ": 0x04}
"""With the bit of the header (VP8X) that says that there is one."""
_NO_EXIF = b"\0\0\0\0" + b"MM\0*\0\0\0\x08" + b"\0\0" + b"\0\0\0\0"
"""Of an AVIF, whose way up stands elsewhere: where the notes begin, and none."""
_AVIF_NOTES = {b"Exif": _NO_EXIF, b"mime": b""}
"""Items by their type (mime is XMP), and what takes the first of their place."""


def without_notes(data: bytes) -> bytes:
    """The file without its notes; the very same bytes where it has none or cannot be followed."""
    try:
        if data.startswith(b"\xff\xd8"):
            return b"".join(_jpeg(data))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return b"".join(_png(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data[4:8] == b"ftyp":
            return _avif(data)
    except (struct.error, IndexError, SyntaxError, ValueError, OSError):
        pass  # torn: whoever shows it says so
    return data


def _way_up(data: bytes) -> bytes:
    """As Exif with this one note, if it is not the usual way."""
    with Image.open(io.BytesIO(data)) as image:
        turned = image.getexif().get(_ORIENTATION, 1)
    if turned not in range(2, 9):
        return b""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, turned, 0, 0)


def _jpeg(data: bytes) -> Iterator[bytes]:
    """Segments up to the end of the picture: telephones put films and larger pictures behind it."""
    yield data[:2]
    if exif := _way_up(data):
        yield b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + b"Exif\0\0" + exif
    at = 2
    while data[at + 1] != 0xD9:
        if data[at] != 0xFF:
            raise IndexError(at)
        (length,) = struct.unpack_from(">H", data, at + 2)
        marker, end = data[at + 1], at + 2 + length
        colours = marker == 0xE2 and data[at + 4 : at + 15] == b"ICC_PROFILE"
        if marker == 0xDA:
            following = _NEXT.search(data, end)
            if following is None:
                raise IndexError(end)
            end = following.start()
        if marker not in _JPEG_NOTES or colours:
            yield data[at:end]
        at = end
    yield data[at : at + 2]


def _png(data: bytes) -> Iterator[bytes]:
    exif = b""
    at = 8
    yield data[:at]
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if kind == b"eXIf" and (exif := _way_up(data)):
            yield struct.pack(">I", len(exif)) + kind + exif + struct.pack(">I", zlib.crc32(kind + exif))
        elif kind not in _PNG_NOTES:
            yield data[at:end]
        at = end
        if kind == b"IEND":
            return
    raise IndexError(at)


def _webp(data: bytes) -> bytes:
    chunks: list[bytes] = []
    at, gone = 12, 0
    while at < len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        if end > len(data):
            raise IndexError(end)
        if kind == b"EXIF" and (exif := _way_up(data)):
            chunks.append(struct.pack("<4sI", kind, len(exif)) + exif)
        elif kind in _WEBP_NOTES:
            gone |= _WEBP_NOTES[kind]
        else:
            chunks.append(data[at:end])
        at = end
    if chunks[0][:4] == b"VP8X" and gone:
        head = chunks[0]
        chunks[0] = head[:8] + bytes([head[8] & ~gone]) + head[9:]
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _avif(data: bytes) -> bytes:
    """Notes are overwritten where they stand: of all else the file says at which byte it begins."""
    made = bytearray(data)
    _overwrite(made, 0, len(data))
    return bytes(made)


def _overwrite(made: bytearray, at: int, end: int) -> None:
    for start, kind, inside, after in _boxes(made, at, end):
        if kind in (b"moov", b"trak", b"mdia"):
            _overwrite(made, inside, after)
        elif kind in (b"mvhd", b"tkhd", b"mdhd"):  # when a moving one was made
            moments = slice(inside + 4, inside + (20 if made[inside] else 12))
            made[moments] = bytes(moments.stop - moments.start)
        elif kind in (b"uuid", b"udta"):
            made[start + 4 : start + 8] = b"free"
            made[inside:after] = bytes(after - inside)
        elif kind == b"meta":
            _overwrite_items(made, inside + 4, after)


def _overwrite_items(made: bytearray, at: int, end: int) -> None:
    found = {kind: (inside, after) for _, kind, inside, after in _boxes(made, at, end)}
    if b"iinf" not in found or b"iloc" not in found:
        return
    inside, after = found[b"iinf"]
    noted: dict[int, bytes] = {}
    for _, kind, entry, _end in _boxes(made, inside + (8 if made[inside] else 6), after):
        if kind == b"infe" and made[entry] >= 2:
            number, type_ = struct.unpack_from(">H2x4s" if made[entry] == 2 else ">I2x4s", made, entry + 4)
            if type_ in _AVIF_NOTES:
                noted[number] = _AVIF_NOTES[type_]
    for number, start, length in _extents(made, found[b"iloc"][0], found.get(b"idat", (0, 0))[0]):
        if number in noted:
            if not 0 < length <= len(made) - start:
                raise IndexError(start)
            instead = noted.pop(number) if len(noted[number]) <= length else b""
            noted.setdefault(number, b"")
            made[start : start + length] = instead.ljust(length, b"\0")


def _extents(made: bytearray, at: int, data: int) -> Iterator[tuple[int, int, int]]:
    """Number, first byte and length of each part of an item, by the box `iloc` (14496-12, 8.11.3)."""
    version, sizes = made[at], struct.unpack_from(">H", made, at + 4)[0]
    at += 6

    def read(size: int) -> int:
        nonlocal at
        if at + size > len(made):
            raise IndexError(at)
        at += size
        return int.from_bytes(made[at - size : at])

    for _item in range(read(2 if version < 2 else 4)):
        number = read(2 if version < 2 else 4)
        way = read(2) & 15 if version else 0
        if read(2) or way > 1:  # in another file, or in another item
            raise IndexError(at)
        base = read(sizes >> 4 & 15) + (data if way else 0)
        for _extent in range(read(2)):
            read(sizes & 15 if version else 0)
            offset = read(sizes >> 12)
            yield number, base + offset, read(sizes >> 8 & 15)


def _boxes(made: bytearray, at: int, end: int) -> Iterator[tuple[int, bytes, int, int]]:
    """Each box between two bytes: where it begins, its type, where what is in it begins and ends."""
    while at < end:
        length, kind = struct.unpack_from(">I4s", made, at)
        inside = at + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", made, inside)
            inside += 8
        after = at + length if length else end
        if not inside <= after <= end:
            raise IndexError(at)
        yield at, kind, inside, after
        at = after
