"""A picture file without what is noted in it beside its pixels: where it was taken, with which camera, when.

Pixels, colours (ICC) and the way up stay as they are; nothing is encoded anew. JPEG (ITU-T T.81, B.1.1), PNG
(W3C PNG, 5) and WebP (RFC 9649) are read; other formats go back as they came.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".webp"})
"""Of files that may be given to `without_notes`."""
_ORIENTATION = 0x0112
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The end of a row of pixels in a JPEG."""
_JPEG_NOTES = frozenset({*range(0xE1, 0xF0), 0xFE} - {0xEE})
"""APP1 to APP15 but Adobe's, which says how colours are meant; and comments."""
_PNG_NOTES = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_NOTES = {b"EXIF": 0x08, b"XMP ": 0x04}
"""With the bit of the header (VP8X) that says that there is one."""


def without_notes(data: bytes) -> bytes:
    """The file without its notes; the very same bytes where it has none or cannot be followed."""
    try:
        if data.startswith(b"\xff\xd8"):
            return b"".join(_jpeg(data))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return b"".join(_png(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
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
