"""The record types: what `content/` may say, and nothing else.

This package is the contract between everyone who writes content (Wagtail's export, a person with an
editor, another program) and everyone who reads it (the plan, the theme, the search, the API).
`site_builder/schema/*.json` is generated from it by `python -m site_builder.schemas`.

A field is private until it is declared with `public()`: only public fields may reach a site's pages
and its `index.json`. Values nested in a public field (a figure, a contact) are public as a whole.

Every model is frozen, refuses fields it does not know, and treats an empty list or string like an
absent one, so that an edition can tell what it says itself from what it inherits.

    values.py       scalars, and values that several kinds carry
    sharing.py      share, adoption, slots, withdrawal
    base.py         what all kinds carry
    articles.py     story, program, guide
    events.py       event
    places.py       place
    services.py     service
    collections.py  collection
    unions.py       unions with their sites, media
    problems.py     what a person can mend
"""

from __future__ import annotations

from collections.abc import Mapping

from site_builder.records.articles import (
    Genre,
    Guide,
    Program,
    Story,
)
from site_builder.records.base import (
    BaseRecord,
)
from site_builder.records.collections import (
    Collection,
)
from site_builder.records.events import (
    AgendaItem,
    Desk,
    Employer,
    Event,
    EventMode,
    EventType,
    Post,
    Price,
    Repetition,
    Result,
    Seats,
    Session,
    Stage,
)
from site_builder.records.places import (
    Counter,
    Equipment,
    HolidayHours,
    Hours,
    Place,
    PlaceType,
    Position,
)
from site_builder.records.problems import (
    Problem,
)
from site_builder.records.services import (
    Service,
)
from site_builder.records.sharing import (
    SLOT_FIELDS,
    Adoption,
    Share,
    ShareTarget,
    SlotName,
    Slots,
    Withdrawn,
)
from site_builder.records.unions import (
    Footer,
    Media,
    MenuItem,
    Palette,
    Schedule,
    Site,
    Union,
)
from site_builder.records.values import (
    BEIJING,
    LEADING_QUALIFIERS,
    LINK_SCHEMES,
    MARKDOWN,
    SLUG_PATTERN,
    WEEKDAYS,
    Abstract,
    ApplyWay,
    Basis,
    Benefit,
    Byline,
    BylineRole,
    ChangeNote,
    Clock,
    Colour,
    Contact,
    Cost,
    DayOrMoment,
    EditorNote,
    Figure,
    Kind,
    Level,
    Line,
    Link,
    Markdown,
    MediaRef,
    Model,
    Moment,
    Number,
    Paper,
    Parameter,
    PartialDate,
    Picture,
    PolicyDocument,
    Qualifier,
    Question,
    Quota,
    RecordRef,
    SitePath,
    Slug,
    SourceCredit,
    Step,
    Text,
    Title,
    Weekday,
    Window,
    as_tuple,
    check_link,
    public,
    start_of,
)

Record = Story | Program | Guide | Event | Place | Service | Collection
RECORD_TYPES: Mapping[Kind, type[BaseRecord]] = {
    Kind.STORY: Story, Kind.PROGRAM: Program, Kind.GUIDE: Guide, Kind.EVENT: Event, Kind.PLACE: Place,
    Kind.SERVICE: Service, Kind.COLLECTION: Collection,
}  # fmt: skip
"""The kinds that can be written today, each with its type."""

__all__ = [
    "BEIJING",
    "LEADING_QUALIFIERS",
    "LINK_SCHEMES",
    "MARKDOWN",
    "RECORD_TYPES",
    "SLOT_FIELDS",
    "SLUG_PATTERN",
    "WEEKDAYS",
    "Abstract",
    "Adoption",
    "AgendaItem",
    "ApplyWay",
    "BaseRecord",
    "Basis",
    "Benefit",
    "Byline",
    "BylineRole",
    "ChangeNote",
    "Clock",
    "Collection",
    "Colour",
    "Contact",
    "Cost",
    "Counter",
    "DayOrMoment",
    "Desk",
    "EditorNote",
    "Employer",
    "Equipment",
    "Event",
    "EventMode",
    "EventType",
    "Figure",
    "Footer",
    "Genre",
    "Guide",
    "HolidayHours",
    "Hours",
    "Kind",
    "Level",
    "Line",
    "Link",
    "Markdown",
    "Media",
    "MediaRef",
    "MenuItem",
    "Model",
    "Moment",
    "Number",
    "Palette",
    "Paper",
    "Parameter",
    "PartialDate",
    "Picture",
    "Place",
    "PlaceType",
    "PolicyDocument",
    "Position",
    "Post",
    "Price",
    "Problem",
    "Program",
    "Qualifier",
    "Question",
    "Quota",
    "Record",
    "RecordRef",
    "Repetition",
    "Result",
    "Schedule",
    "Seats",
    "Service",
    "Session",
    "Share",
    "ShareTarget",
    "Site",
    "SitePath",
    "SlotName",
    "Slots",
    "Slug",
    "SourceCredit",
    "Stage",
    "Step",
    "Story",
    "Text",
    "Title",
    "Union",
    "Weekday",
    "Window",
    "Withdrawn",
    "as_tuple",
    "check_link",
    "public",
    "start_of",
]
