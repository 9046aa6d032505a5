"""StreamField values <-> the values of `site_builder.records` and the blocks of `site_builder.body`.

Blocks have the names and fields of those classes (see `cms.blocks`), so one walk over a block's definition
serves them all. What differs between the screen and `content/` is said here and nowhere else: rich text is
Markdown there, pictures and files are references, a window's day and time are one moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import BaseModel
from wagtail.blocks import Block, ListBlock, RichTextBlock, StructBlock
from wagtail.blocks.list_block import ListValue
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.rich_text import RichText

from cms.blocks.body import BodyBlock
from cms.blocks.guides import EarlierTextBlock
from cms.blocks.validation import ValueBlock, as_data
from cms.exporting import richtext
from site_builder import body, records


class Target(richtext.Links, Protocol):
    """What loading needs besides links: the images of this database."""

    def image_of(self, ref: str) -> int | None:
        """The number of the image with this reference (`<union>/<name>`); None if there is none."""


# --- out: StreamField -> records ------------------------------------------------------------------


def prose_writer(links: richtext.Links) -> Callable[[str], str]:
    """Rich text (HTML) -> Markdown."""
    return lambda html: body.write_prose(richtext.from_html(html, links)).strip()


def data_of(value: Any, links: richtext.Links) -> Any:
    """A block's value as plain data that its record class reads; None for a value that says nothing."""
    block = getattr(value, "block", None)
    prose = prose_writer(links)
    data = block.data(value, prose) if isinstance(block, ValueBlock) else as_data(value, prose)
    if isinstance(block, EarlierTextBlock) and "withdrawn" not in data:
        data["text"] = body.write(body_of(value["text"], links)).strip()
    return _with_empty_text(value, data) or None


def _with_empty_text(value: Any, data: Any) -> Any:
    """`data` with the empty texts that `as_data` leaves out although they say something: `unit: ""`."""
    if isinstance(value, Mapping) and isinstance(data, dict):
        record = getattr(getattr(value, "block", None), "record", None)
        for name, part in value.items():
            if name in data:
                data[name] = _with_empty_text(part, data[name])
            elif record and _is_empty_text(part) and name in _spoken(record):
                data[name] = ""
    elif isinstance(value, ListValue) and isinstance(data, list):
        return [_with_empty_text(part, said) for part, said in zip(value, data, strict=True)]
    return data


def _is_empty_text(part: Any) -> bool:
    return part == "" or (isinstance(part, RichText) and not part.source.strip())


def _spoken(record: type[BaseModel]) -> Iterator[str]:
    """The fields of which "" says something else than silence: required ones, and `unit` (名, 元)."""
    for name, field in record.model_fields.items():
        if field.is_required() or (isinstance(field.default, str) and field.default):
            yield name


def body_of(stream: Any, links: richtext.Links) -> body.Body:
    """The body tree of a record's StreamField.

    Raises ValueError (pydantic's included) naming the block that cannot be said, counted as an editor
    counts: from 1.
    """
    blocks: list[body.Block] = []
    for number, child in enumerate(stream, 1):
        try:
            blocks += _block_of(child.block_type, child.value, links)
        except ValueError as error:
            raise BlockError(number, str(child.block.label), error) from error
    return tuple(blocks)


class BlockError(ValueError):
    """A block of a body that `content/` cannot carry."""

    def __init__(self, number: int, label: str, cause: ValueError) -> None:
        super().__init__(f"block {number} ({label}): {cause}")
        self.number = number
        self.label = label


def _block_of(kind: str, value: Any, links: richtext.Links) -> Iterator[body.Block]:
    match kind:
        case "text":
            if prose := richtext.from_html(value.source, links):
                yield body.Prose(prose)
            return
        case "table":
            yield from _table_of(value)
            return
    data = data_of(value, links) or {}
    caption = data.get("caption", "")
    match kind:
        case "section":
            if "heading" in data:
                level: Literal[2, 3] = 3 if str(data.get("level")) == "3" else 2
                yield body.Section(data["heading"], level, data.get("anchor", ""))
        case "quote":
            prose = richtext.from_html(value["text"].source, links)
            if prose:
                yield body.Quote(prose, data.get("speaker", ""), data.get("source", ""))
        case "figures":
            if figures := tuple(records.Figure.model_validate(item) for item in data.get("items", ())):
                yield body.Figures(figures, caption)
        case "image":
            yield body.Image(records.Picture.model_validate(data))
        case "gallery":
            if pictures := tuple(records.Picture.model_validate(item) for item in data.get("items", ())):
                yield body.Gallery(pictures, caption)
        case "steps":
            if steps := tuple(records.Step.model_validate(item) for item in data.get("items", ())):
                yield body.Steps(steps, caption)
        case "measures":
            measures = tuple(body.Measure(**item) for item in data.get("items", ()) if "label" in item)
            if measures:
                yield body.Measures(measures, caption)
        case "contact":
            yield body.ContactCard(records.Contact.model_validate(data))
        case "attachment":
            if "media" not in data:
                raise ValueError("the file was deleted")
            said = (data.get(name, "") for name in ("title", "note", "accessible"))
            yield body.Attachment(data["media"], *said)
        case "editor_note":
            if prose := richtext.from_html(value["text"].source, links):
                yield body.Note(prose, data.get("label", ""))
        case "chart":
            yield body.Chart(records.Chart.model_validate(data))
        case "listing":
            yield body.Listing(records.Listing.model_validate(data))
        case _:
            raise ValueError(f"content/ knows no block {kind!r}")


def _table_of(value: Any) -> Iterator[body.Table]:
    cells = (value.get("table") or {}).get("data") or []
    # Rows that nobody ever touched are null; a new table has three of them.
    touched = (row for row in cells if any(cell is not None for cell in row))
    rows = [tuple(str(cell or "") for cell in row) for row in touched]
    if rows:
        yield body.Table(tuple(rows), value.get("caption") or "", value.get("header") or "row")


# --- in: records -> StreamField -------------------------------------------------------------------


def raw(block: Block, value: Any, target: Target) -> Any:
    """What a block's `to_python` reads, from plain data or from a value of records.py."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="python", exclude_none=True)
    if isinstance(block, ValueBlock):
        value = block.parts(value)
    if isinstance(block, BodyBlock):
        # The same text, the same ids: what did not change makes no revision.
        return body_raw(body.parse(str(value)), uuid5(NAMESPACE_OID, str(value)), block.child_blocks, target)
    if isinstance(block, StructBlock):
        return {
            name: raw(child, value[name], target)
            for name, child in block.child_blocks.items()
            if value.get(name) is not None
        }
    if isinstance(block, ListBlock):
        return [raw(block.child_block, item, target) for item in value]
    if isinstance(block, RichTextBlock):
        return richtext.to_html(body.parse_prose(str(value)), target)
    if isinstance(block, ImageChooserBlock):
        return _found(value, target.image_of(str(value).removeprefix("media:")), "picture")
    if isinstance(block, DocumentChooserBlock):
        return _found(value, target.document_of(str(value).removeprefix("media:")), "file")
    return _plain(value)


def _found(ref: Any, identity: int | None, what: str) -> int:
    if identity is None:
        raise ValueError(f"there is no {what} {ref} in content/media")
    return identity


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return str(value)


def body_raw(
    tree: body.Body, record: UUID, blocks: Mapping[str, Block], target: Target
) -> list[dict[str, Any]]:
    """A body as the raw data of its StreamField. Block ids follow from the record and the place."""
    found = []
    for place, part in enumerate(tree):
        kind, value = _block_raw(part, blocks, target)
        found.append({"type": kind, "value": value, "id": str(uuid5(record, f"body/{place}"))})
    return found


def _block_raw(part: body.Block, blocks: Mapping[str, Block], target: Target) -> tuple[str, Any]:
    def filled(kind: str, **values: Any) -> tuple[str, Any]:
        return kind, raw(blocks[kind], values, target)

    match part:
        case body.Prose(prose):
            return "text", richtext.to_html(prose, target)
        case body.Section(heading, level, anchor):
            return filled("section", heading=heading, level=str(level), anchor=anchor)
        case body.Quote(prose, speaker, source):
            kind, value = filled("quote", speaker=speaker, source=source)
            return kind, {**value, "text": richtext.to_html(prose, target)}
        case body.Figures(items, caption):
            return filled("figures", items=items, caption=caption)
        case body.Image(picture):
            return filled("image", **picture.model_dump())
        case body.Gallery(items, caption):
            return filled("gallery", items=items, caption=caption)
        case body.Table(rows, caption, header):
            table = {
                "data": [list(row) for row in rows],
                "first_row_is_table_header": header in ("row", "both"),
                "first_col_is_header": header in ("column", "both"),
                "table_header_choice": header,
                "table_caption": caption,
            }
            return "table", {"table": table, "header": header, "caption": caption}
        case body.Steps(items, caption):
            return filled("steps", items=items, caption=caption)
        case body.Measures(items, caption):
            measures = [
                {"label": item.label, "slogan": item.slogan, "text": item.text, "link": item.link}
                for item in items
            ]
            return filled("measures", items=measures, caption=caption)
        case body.ContactCard(contact):
            return filled("contact", **contact.model_dump(exclude_none=True))
        case body.Attachment(media, title, note, accessible):
            other = {"accessible": accessible} if accessible else {}
            return filled("attachment", media=media, title=title, note=note, **other)
        case body.Note(prose, label):
            kind, value = filled("editor_note", label=label)
            return kind, {**value, "text": richtext.to_html(prose, target)}
        case body.Chart(chart):
            return filled("chart", **chart.model_dump(exclude_none=True))
        case body.Listing(listing):
            return filled("listing", **listing.model_dump(exclude_none=True))
