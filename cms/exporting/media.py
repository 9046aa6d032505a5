"""Pictures and files of the media libraries <-> `content/media/<union>/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from django.core.files import File
from wagtail.models import Collection, CollectionViewRestriction

from cms.media.models import MediaDocument, MediaImage
from cms.unions.models import UnionPage
from site_builder.records import Media

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif"})

MediaRow = MediaImage | MediaDocument


def ref_of(row: MediaRow) -> str:
    """`<union>/<name>`."""
    return row.media_ref.removeprefix("media:")


def media_of(row: MediaRow) -> Media:
    """What belongs to the file. Raises ValueError (pydantic's) for what content cannot carry."""
    picture = isinstance(row, MediaImage)
    fields = {
        "ref": ref_of(row),
        "title": row.title,
        "credit": row.credit,
        "rights": row.rights,
        "taken": row.taken or None,
        "place": row.place,
        "vector": row.vector_name if picture and row.vector else "",
        "focal_point": tuple(row.focal_point) if picture and row.focal_point else None,
    }
    return Media.model_validate(fields)


def files_of(row: MediaRow) -> Iterator[tuple[str, bytes]]:
    """The file, and the SVG beside it if there is one: name and bytes. Raises OSError if one is gone."""
    with row.file.open("rb") as file:
        yield row.media_name, file.read()
    if isinstance(row, MediaImage) and row.vector:
        with row.vector.open("rb") as file:
            yield row.vector_name, file.read()


def public_rows() -> dict[str, MediaRow]:
    """Every picture and file that is in a union's library and in no private collection, by reference."""
    collections = Collection.objects.filter(union__live=True)
    for path in CollectionViewRestriction.objects.values_list("collection__path", flat=True):
        collections = collections.exclude(path__startswith=path)
    found: dict[str, MediaRow] = {}
    for model in (MediaDocument, MediaImage):
        rows = model.objects.filter(collection__in=collections).select_related("collection__union")
        found |= {ref_of(row): row for row in rows}
    return found


def is_picture(ref: str) -> bool:
    return PurePosixPath(ref).suffix.lower() in PICTURES


def new_row(media: Media, union: UnionPage) -> MediaRow:
    name = PurePosixPath(media.ref).name
    model = MediaImage if is_picture(media.ref) else MediaDocument
    return model(media_name=name, collection=union.collection)


def fill(row: MediaRow, media: Media, folder: Path) -> None:
    """Make the row say what `media` says, with the files of `folder`. Saves it.

    Raises OSError if a file is missing, ValidationError if it is no picture.
    """
    row.title = media.title
    row.credit = media.credit
    row.rights = media.rights
    row.taken = media.taken or ""
    row.place = media.place
    with (folder / row.media_name).open("rb") as file:
        row.file = File(file, name=row.media_name)
        if isinstance(row, MediaImage):
            row.set_relative_focal_point(media.focal_point)
            if media.vector:
                with (folder / media.vector).open("rb") as vector:
                    row.vector = File(vector, name=media.vector)
                    row.vector_name = media.vector
                    _save(row)
                return
            row.vector = ""
        _save(row)


def _save(row: MediaRow) -> None:
    row.save()
    # Wagtail fills these two in its upload forms only.
    row.get_file_size()
    row.get_file_hash()


def same_drawing(one: bytes, other: bytes) -> bool:
    """Whether two SVG files differ at most in how their XML is written."""
    if one == other:
        return True
    try:
        written = [ElementTree.canonicalize(file, strip_text=True) for file in (one, other)]
    except ElementTree.ParseError:
        return False
    return written[0] == written[1]
