"""The body of a record: Markdown in a small, closed dialect <-> a tree of blocks.

The dialect is Python-Markdown with `tables`, `pymdownx.escapeall(hardbreak)` and the fences of
`pymdownx.blocks`. It is closed: raw HTML is text, links carry only the schemes of
`records.LINK_SCHEMES`, headings are of level 2 and 3, and the fenced blocks are the ones below. So
nothing an editor writes can become script, style or markup of its own.

    Paragraphs, **strong**, *emphasis*, [links](record:<uuid>), a line broken by a backslash\
    at its end, lists (nested by four spaces) ......................... Prose
    ## 小标题, ### 更小的标题 .............................................. Section
    > quoted text ......................................................... Quote
    a pipe table ........................................................... Table

    /// section | 小标题          a heading that keeps its own anchor
        anchor: jiaoxue
        level: 2
    ///
    /// quote                     a quotation that names who speaks
        speaker: 夜校学员
    Quoted **text**.
    ///
    /// figures                   items: a list of records.Figure; caption
    /// image                     media, alt, caption (records.Picture)
    /// gallery                   items: a list of records.Picture; caption
    /// table | caption           a pipe table inside; header: row | column | both | none
    /// steps                     items: a list of records.Step; caption
    /// measures                  items: {label, slogan, text, link}
    /// contact                   the fields of records.Contact
    /// attachment                media, title, note, accessible
    /// editor_note | 小编说       text inside
    /// chart                     the fields of records.Chart
    /// listing                   the fields of records.Listing

Options are YAML, indented by four spaces, directly under the fence's first line. Blocks stand at the
top level only. `parse` accepts any text of this dialect; `write` gives its canonical form, and
`parse(write(blocks)) == blocks` for every tree.
"""

from site_builder.body.html import (
    chart_datasets,
    contact_text,
    figure_text,
    links,
    plain_text,
    prose_html,
    prose_links,
    prose_text,
)
from site_builder.body.normal import (
    normalise,
    normalise_line,
    normalise_link,
    normalise_prose,
    normalise_spans,
)
from site_builder.body.reading import parse, parse_prose
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
    Item,
    List,
    Listing,
    Measure,
    Measures,
    Note,
    Paragraph,
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
from site_builder.body.writing import write, write_prose

__all__ = [
    "Anchor",
    "Attachment",
    "Block",
    "Body",
    "Break",
    "Chart",
    "ContactCard",
    "Emphasis",
    "Figures",
    "Gallery",
    "Image",
    "Item",
    "List",
    "Listing",
    "Measure",
    "Measures",
    "Note",
    "Paragraph",
    "Plain",
    "Prose",
    "ProseBlock",
    "Quote",
    "Section",
    "Span",
    "Steps",
    "Strong",
    "Table",
    "chart_datasets",
    "contact_text",
    "figure_text",
    "links",
    "normalise",
    "normalise_line",
    "normalise_link",
    "normalise_prose",
    "normalise_spans",
    "parse",
    "parse_prose",
    "plain_text",
    "prose_html",
    "prose_links",
    "prose_text",
    "write",
    "write_prose",
]
