"""Pictures and files of the media libraries <-> `content/media/<union>/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from django.core.files import File
from django.db.models import QuerySet
from wagtail.models import Collection, CollectionViewRestriction

from cms.media.models import MediaDocument, MediaImage
from cms.unions.models import UnionPage
from site_builder import body
from site_builder.errors import ContentError
from site_builder.records import BaseRecord, Media

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
    """What is in the library of a public union and in no private collection, by reference.

    A picture that is also offered as a file is there twice; the picture, which may have an SVG, is meant.
    """
    collections = Collection.objects.filter(union__in=UnionPage.objects.live().public())
    for path in CollectionViewRestriction.objects.values_list("collection__path", flat=True):
        collections = collections.exclude(path__startswith=path)
    return {ref_of(row): row for row in _rows(collections)}


def all_rows() -> list[MediaRow]:
    """Every picture and file that is in a union's library."""
    return _rows(Collection.objects.filter(union__isnull=False))


def _rows(collections: QuerySet[Collection]) -> list[MediaRow]:
    images = MediaImage.objects.filter(collection__in=collections)
    documents = MediaDocument.objects.filter(collection__in=collections)
    found: list[MediaRow] = [*documents.select_related("collection__union")]
    return [*found, *images.select_related("collection__union")]


def is_picture(ref: str) -> bool:
    return PurePosixPath(ref).suffix.lower() in PICTURES


def offered_as_files(records: Iterable[BaseRecord]) -> set[str]:
    """References that are attached, linked or filled in somewhere: Wagtail needs a document for each.

    Bodies that cannot be read have none.
    """
    refs: set[str] = set()
    for record in records:
        refs.update(getattr(record, "forms", ()))
        refs.update(paper.template for paper in getattr(record, "papers", ()) if paper.template)
        try:
            tree = body.parse(record.body)
        except ContentError:
            continue
        attached = (block for block in tree if isinstance(block, body.Attachment))
        refs.update(ref for block in attached for ref in (block.media, block.accessible) if ref)
        shown = (body.Image, body.Gallery, body.Attachment)
        refs.update(body.links(tuple(block for block in tree if not isinstance(block, shown))))
    return {ref.removeprefix("media:") for ref in refs if ref.startswith("media:")}


def new_row(ref: str, union: UnionPage, *, as_file: bool) -> MediaRow:
    """A row for a reference; `as_file`: to download, even if it is a picture."""
    model = MediaDocument if as_file else MediaImage
    return model(media_name=PurePosixPath(ref).name, collection=union.collection)


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
