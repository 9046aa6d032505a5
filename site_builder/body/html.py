"""A body as other things than Markdown: safe HTML for its prose, plain text, the links in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from urllib.parse import urlsplit
from uuid import UUID

from site_builder.body.reading import parse_prose
from site_builder.body.tree import (
    Anchor,
    Attachment,
    Block,
    Body,
    Break,
    Chart,
    ContactCard,
    Emphasis,
    Figures,
    Gallery,
    Image,
    List,
    Listing,
    Measures,
    Note,
    Plain,
    Prose,
    ProseBlock,
    Quote,
    Section,
    Span,
    Steps,
    Strong,
    Table,
)
from site_builder.errors import BodyError
from site_builder.records import LEADING_QUALIFIERS, Contact, Figure, Indicator, check_link

Resolve = Callable[[str], str | None]

_SCHEMES_ON_A_PAGE = frozenset({"", "http", "https", "mailto", "tel"})


def prose_html(blocks: Iterable[ProseBlock], href: Resolve) -> str:
    """Return the HTML of running text: p, ul, ol, li, strong, em, a, br and nothing else.

    `href` resolves a link of the content (`record:<uuid>`, `media:<union>/<name>`, https://...) to one
    for the page, or to None, which shows the link's text without a link. Everything an editor wrote is
    escaped, and an address of a scheme that no page may carry is never written, whoever gave it.
    """
    return "\n".join([_prose_block(block, href) for block in blocks])


def _prose_block(block: ProseBlock, href: Resolve) -> str:
    if isinstance(block, List):
        tag = "ol" if block.ordered else "ul"
        items = "".join(
            f"<li>{_spans(item.spans, href)}{''.join(_prose_block(inner, href) for inner in item.lists)}</li>"
            for item in block.items
        )
        return f"<{tag}>{items}</{tag}>"
    return f"<p>{_spans(block.spans, href)}</p>"


def _spans(spans: Iterable[Span], href: Resolve) -> str:
    return "".join([_span(span, href) for span in spans])


def _span(span: Span, href: Resolve) -> str:
    match span:
        case Plain(text):
            return escape(text, quote=False)
        case Break():
            return "<br>"
        case Strong(inner):
            return f"<strong>{_spans(inner, href)}</strong>"
        case Emphasis(inner):
            return f"<em>{_spans(inner, href)}</em>"
        case Anchor(link, inner):
            target = _target(link, href)
            text = _spans(inner, href)
            return text if target is None else f'<a href="{escape(target)}">{text}</a>'


def _target(link: str, href: Resolve) -> str | None:
    try:
        target = href(check_link(link))
        scheme = urlsplit(target or "").scheme.lower()
    except ValueError:
        return None
    return target if target and scheme in _SCHEMES_ON_A_PAGE else None


# --- plain text -----------------------------------------------------------------------------------


def plain_text(body: Body) -> str:
    """Return every word a reader of the body sees, a line for each paragraph, item, row and caption."""
    return "\n".join(line for block in body for line in _lines(block) if line)


def prose_text(blocks: Iterable[ProseBlock]) -> str:
    """Return the words of running text, a line for each paragraph and item."""
    return "\n".join(line for line in _prose_lines(blocks) if line)


def _prose_lines(blocks: Iterable[ProseBlock]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, List):
            for item in block.items:
                yield _words(item.spans)
                yield from _prose_lines(item.lists)
        else:
            yield _words(block.spans)


def _words(spans: Iterable[Span]) -> str:
    words = []
    for span in spans:
        match span:
            case Plain(text):
                words.append(text)
            case Break():
                words.append("\n")
            case Strong(inner) | Emphasis(inner) | Anchor(_, inner):
                words.append(_words(inner))
    return "".join(words)


def _markdown_lines(text: str) -> Iterator[str]:
    """The lines of a short Markdown field; one that is not of the dialect counts as it stands."""
    try:
        yield from _prose_lines(parse_prose(text))
    except BodyError:
        yield text


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Prose(blocks):
            yield from _prose_lines(blocks)
        case Section(heading):
            yield heading
        case Quote(blocks, speaker, source):
            yield from _prose_lines(blocks)
            yield " ".join(filter(None, (speaker, source)))
        case Figures(figures, caption):
            yield caption
            yield from map(figure_text, figures)
        case Image(picture):
            yield picture.caption
        case Gallery(pictures, caption):
            yield caption
            for picture in pictures:
                yield picture.caption
        case Table(rows, caption):
            yield caption
            for row in rows:
                yield " ".join(filter(None, row))
        case Steps(steps, caption):
            yield caption
            for step in steps:
                yield step.title
                yield from _markdown_lines(step.text)
        case Measures(measures, caption):
            yield caption
            for measure in measures:
                yield " ".join(filter(None, (measure.label, measure.slogan)))
                yield from _markdown_lines(measure.text)
        case ContactCard(contact):
            yield contact_text(contact)
        case Attachment(_, title, note):
            yield " ".join(filter(None, (title, note)))
        case Note(blocks, label):
            yield label
            yield from _prose_lines(blocks)
        case Chart(chart):
            yield chart.caption
            for indicator in chart.items:
                yield from indicator_lines(indicator)
        case Listing(listing):
            yield listing.label
            for item in listing.items:
                yield item.title
                yield from _markdown_lines(item.text)


def indicator_lines(indicator: Indicator) -> Iterator[str]:
    """An indicator in words: its name, then a line for each of its values."""
    yield " ".join(filter(None, (indicator.name, indicator.scope, indicator.attribution)))
    for reading in indicator.readings:
        when = reading.as_of or reading.period
        yield f"{when} {_amount(reading.qualifier, str(reading.value), indicator.unit)}"


def _amount(qualifier: Iterable[str], number: str, unit: str) -> str:
    before = "".join(word for word in qualifier if word in LEADING_QUALIFIERS)
    after = "".join(word for word in qualifier if word not in LEADING_QUALIFIERS)
    return f"{before}{number}{unit}{after}" if after == "以上" else f"{before}{number}{after}{unit}"


def figure_text(figure: Figure) -> str:
    """A figure in words, its qualifiers where Chinese prints them: 受益职工 超350余人."""
    amount = _amount(figure.qualifier, str(figure.value), figure.unit)
    return " ".join(filter(None, (figure.label, amount, figure.scope, figure.attribution)))


def contact_text(contact: Contact) -> str:
    """A contact in words, its fields in the order in which they are printed."""
    fields = (contact.name, contact.purpose, contact.phone, contact.hours, contact.address, contact.email)
    return " ".join(filter(None, (*fields, contact.note)))


# --- links ----------------------------------------------------------------------------------------


def links(body: Body) -> Iterator[str]:
    """Yield every link in the body as it is written: record:, media:, https:, a path, a fragment."""
    for block in body:
        match block:
            case Prose(blocks) | Quote(blocks) | Note(blocks):
                yield from prose_links(blocks)
            case Image(picture):
                yield picture.media
            case Gallery(pictures):
                yield from (picture.media for picture in pictures)
            case Steps(items) | Measures(items):
                for item in items:
                    if item.link:
                        yield item.link
                    yield from _markdown_links(item.text)
            case ContactCard(contact):
                if contact.url:
                    yield contact.url
            case Attachment(media, _, _, accessible):
                yield media
                if accessible:
                    yield accessible
            case Chart(chart):
                if chart.dataset:
                    yield f"record:{chart.dataset}"
            case Listing(listing):
                for item in listing.items:
                    if item.link:
                        yield item.link
                    yield from _markdown_links(item.text)
            case _:
                pass


def chart_datasets(body: Body) -> Iterator[UUID]:
    """Yield the datasets whose numbers the body's charts draw."""
    for block in body:
        if isinstance(block, Chart) and block.chart.dataset:
            yield block.chart.dataset


def prose_links(blocks: Iterable[ProseBlock]) -> Iterator[str]:
    """Yield every link in running text."""
    for block in blocks:
        if isinstance(block, List):
            for item in block.items:
                yield from _span_links(item.spans)
                yield from prose_links(item.lists)
        else:
            yield from _span_links(block.spans)


def _span_links(spans: Iterable[Span]) -> Iterator[str]:
    for span in spans:
        match span:
            case Anchor(href, inner):
                yield href
                yield from _span_links(inner)
            case Strong(inner) | Emphasis(inner):
                yield from _span_links(inner)
            case _:
                pass


def _markdown_links(text: str) -> Iterator[str]:
    try:
        yield from prose_links(parse_prose(text))
    except BodyError:
        return
