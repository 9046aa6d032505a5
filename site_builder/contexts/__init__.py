"""What a template may read: the theme's contract, as frozen plain data.

`pages.py` makes these from a `SitePlan`; `render.py` turns one into bytes. A page is rendered again
exactly when the hash of (template bundle, context) changes, so a context holds everything its template
shows and nothing else: no clock, no settings, no other page.

Links (`href`) are paths from the site's root (`/programs/`), or absolute (https:, tel:, mailto:), or a
fragment; templates write them with the filter `rel`, which makes them relative to the page
(`{{ link.href | rel }}`), so that a site works under any sub-path. HTML from `site_builder.body` is
already relative and safe; it is the only HTML in a context, always in a field named `html` or `*_html`.

Interface words never stand in a context: templates take them from `themes/base/strings/*.yaml` with
`{{ t("program.apply") }}`. Codes (`open`, `reporter`) are the keys of such words (`state.open`,
`byline.reporter`).
"""

from site_builder.contexts.pages import (
    CalendarPage,
    CodePage,
    EarlierPage,
    FinderPage,
    HomePage,
    ListPage,
    NoticePage,
    Page,
    PageLink,
    PosterPage,
    RankingPage,
    RecordPage,
    SearchPage,
    SiteIndexPage,
    StylePage,
    TextPage,
    WorkerPage,
    alike,
)
from site_builder.contexts.parts import (
    Card,
    CardFacts,
    CardGroup,
    ClosureContext,
    DateContext,
    EarlierLink,
    HourRow,
    ImageContext,
    LabelContext,
    LinkContext,
    NoticeContext,
    SiteContext,
    SketchContext,
    SketchPoint,
    SourceContext,
    StateContext,
)

__all__ = [
    "CalendarPage",
    "Card",
    "CardFacts",
    "CardGroup",
    "ClosureContext",
    "CodePage",
    "DateContext",
    "EarlierLink",
    "EarlierPage",
    "FinderPage",
    "HomePage",
    "HourRow",
    "ImageContext",
    "LabelContext",
    "LinkContext",
    "ListPage",
    "NoticeContext",
    "NoticePage",
    "Page",
    "PageLink",
    "PosterPage",
    "RankingPage",
    "RecordPage",
    "SearchPage",
    "SiteContext",
    "SiteIndexPage",
    "SketchContext",
    "SketchPoint",
    "SourceContext",
    "StateContext",
    "StylePage",
    "TextPage",
    "WorkerPage",
    "alike",
]
