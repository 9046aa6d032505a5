"""The blocks of a body as plain data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from site_builder import body
from site_builder.contexts import LinkContext
from site_builder.pages.fields import values
from site_builder.pages.view import View, parsed_prose
from site_builder.records import Chart, Dataset

CONTENTS_FROM = 3
"""A page has a list of its sections when there are as many as this."""


def body_context(blocks: body.Body, view: View, owner: str, root: str) -> tuple[dict[str, Any], ...]:
    """All blocks of a body that can be shown; each section and each measure has an anchor of its own."""
    taken: set[str] = set()
    contexts = []
    for block in blocks:
        context = block_context(block, view, owner, root)
        if context is not None:
            if context["type"] == "section":
                context["anchor"] = _unique(context["anchor"] or _anchor(context["heading"]), taken)
            elif context["type"] == "measures":
                for item in context["items"]:
                    item["anchor"] = _unique(_anchor(item["label"]), taken)
            contexts.append(context)
    return tuple(contexts)


def contents(blocks: Sequence[dict[str, Any]]) -> tuple[LinkContext, ...]:
    """Links to the sections of the second level, when there are three or more."""
    sections = [block for block in blocks if block["type"] == "section" and block["level"] == 2]
    if len(sections) < CONTENTS_FROM:
        return ()
    return tuple(LinkContext(block["heading"], f"#{block['anchor']}") for block in sections)


def block_context(block: body.Block, view: View, owner: str, root: str) -> dict[str, Any] | None:
    """One block of a text by the union `owner`, for a page whose way to the site's root is `root`.

    Every dict has `type`; the rest, with strings empty where nothing is given:

        prose        html
        section      heading, level (2 or 3), anchor (an id, never empty on a page)
        quote        html, speaker, source
        figures      items: records.Figure as dicts (value as written); caption
        image        the fields of contexts.ImageContext: src, alt, width, height, caption, credit, vector...
        gallery      items: dicts like image; caption
        table        rows: tuples of plain text; caption; header: row | column | both | none
        steps        items: {title, text (HTML), link (href or None)}; caption
        measures     items: {label, slogan, text (HTML), link (href or None), anchor (an id)}; caption
        contact      the fields of records.Contact, url an href or None
        attachment   href, title, note; accessible: where the same can be read aloud, or None
        editor_note  html, label
        chart        caption, form, alt; indicators: records.Indicator as dicts; source: its dataset's page
        listing      label, total (or None), unit, qualifier, as_of, source, items: like steps

    None for a picture or attachment whose file is missing, for a gallery of such, and for a chart of a
    dataset that is not to be seen: nothing is shown.
    """
    match block:
        case body.Prose():
            return {"type": "prose", "html": view.html(block.blocks, owner, root)}
        case body.Section():
            return {"type": "section", "heading": block.heading, "level": block.level, "anchor": block.anchor}
        case body.Quote():
            html = view.html(block.blocks, owner, root)
            return {"type": "quote", "html": html, "speaker": block.speaker, "source": block.source}
        case body.Figures():
            items = tuple(values(item, view, owner, root) for item in block.items)
            return {"type": "figures", "items": items, "caption": block.caption}
        case body.Image():
            image = view.image(block.picture)
            return None if image is None else {"type": "image", **asdict(image)}
        case body.Gallery():
            images = tuple(asdict(image) for item in block.items if (image := view.image(item)) is not None)
            return {"type": "gallery", "items": images, "caption": block.caption} if images else None
        case body.Table():
            return {"type": "table", "rows": block.rows, "caption": block.caption, "header": block.header}
        case body.Steps():
            items = tuple(values(item, view, owner, root) for item in block.items)
            return {"type": "steps", "items": items, "caption": block.caption}
        case body.Measures():
            items = tuple(_measure(item, view, owner, root) for item in block.items)
            return {"type": "measures", "items": items, "caption": block.caption}
        case body.ContactCard():
            return {"type": "contact", **values(block.contact, view, owner, root)}
        case body.Attachment():
            href = view.href(block.media, owner)
            if href is None:
                return None
            other = view.href(block.accessible, owner) if block.accessible else None
            said = {"type": "attachment", "href": href, "title": block.title, "note": block.note}
            return {**said, "accessible": other}
        case body.Note():
            html = view.html(block.blocks, owner, root)
            return {"type": "editor_note", "html": html, "label": block.label}
        case body.Chart():
            return _chart(block.chart, view, owner, root)
        case body.Listing():
            return {"type": "listing", **values(block.listing, view, owner, root)}


def _chart(chart: Chart, view: View, owner: str, root: str) -> dict[str, Any] | None:
    """A chart with its numbers: those of a dataset as it stands on this site, or on that of the text's owner.

    Whose dataset is not shared with a site does not find its numbers there, whoever names it.
    """
    indicators, source = chart.items, ""
    if chart.dataset is not None:
        href = view.record_href(chart.dataset)
        planned = view.plan.by_source.get(chart.dataset)
        record = planned.record if planned else view.index.entries[chart.dataset].record if href else None
        if planned is None and record is not None and record.union != owner:
            return None
        if not isinstance(record, Dataset) or href is None:
            return None
        chosen = (one for one in record.indicators if not chart.only or one.name in chart.only)
        indicators, source = tuple(chosen), href
    if not indicators:
        return None
    return {
        "type": "chart",
        "caption": chart.caption,
        "form": chart.form,
        "alt": chart.alt,
        "indicators": tuple(values(indicator, view, owner, root) for indicator in indicators),
        "source": source,
    }


def _measure(item: body.Measure, view: View, owner: str, root: str) -> dict[str, Any]:
    return {
        "label": item.label,
        "slogan": item.slogan,
        "text": view.html(parsed_prose(item.text), owner, root) if item.text else "",
        "link": view.href(item.link, owner) if item.link else None,
        "anchor": "",
    }


def _anchor(heading: str) -> str:
    """An id made from a heading: the same for the same words, and none that the theme itself uses."""
    return "s-" + re.sub(r"[^\w]+", "-", heading).strip("-").lower()


def _unique(anchor: str, taken: set[str]) -> str:
    found, number = anchor, 1
    while found in taken:
        number += 1
        found = f"{anchor}-{number}"
    taken.add(found)
    return found
