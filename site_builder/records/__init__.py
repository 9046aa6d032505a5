"""The record types: what `content/` may say, and nothing else.

This package is the contract between everyone who writes content (Wagtail's export, a person with an
editor, another program) and everyone who reads it (the plan, the theme, the search, the API).
`site_builder/schema/*.json` is generated from it by `python -m site_builder.schemas`.

A field is private until it is declared with `public()`: only public fields may reach a site's pages
and its `index.json`. Values nested in a public field (a figure, a contact) are public as a whole.

Every model is frozen, refuses fields it does not know, and treats an empty list or string like an
absent one, so that an edition can tell what it says itself from what it inherits.

    scalars.py      words, scalar types, the model itself
    values.py       values that several kinds carry
    sharing.py      share, adoption, slots, withdrawal
    base.py         what all kinds carry
    articles.py     story, program, guide
    calls.py        stages, results, public notice
    decisions.py    decision guides, tables of who gets what
    events.py       event
    places.py       place
    services.py     service
    collections.py  collection
    datasets.py     dataset
    unions.py       unions with their sites, media
    problems.py     what a person can mend
"""

from __future__ import annotations

from collections.abc import Mapping

from site_builder.records.articles import (
    EarlierText,
    Genre,
    Guide,
    Program,
    Story,
)
from site_builder.records.base import (
    BaseRecord,
)
from site_builder.records.calls import (
    Publicity,
    Result,
    Stage,
)
from site_builder.records.collections import (
    Collection,
    CollectionType,
    Milestone,
)
from site_builder.records.datasets import (
    Chart,
    Dataset,
    EnterpriseSize,
    Honour,
    Indicator,
    Listing,
    Ranked,
    Ranking,
    Reading,
)
from site_builder.records.decisions import (
    Decision,
    DecisionOption,
    DecisionOutcome,
    DecisionQuestion,
    Matrix,
    MatrixRow,
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
    Seats,
    Session,
)
from site_builder.records.places import (
    SAFETY,
    Counter,
    Equipment,
    HolidayHours,
    Hours,
    Place,
    PlaceType,
    Position,
    SafetyItem,
)
from site_builder.records.problems import (
    Problem,
)
from site_builder.records.scalars import (
    BODY,
    LEADING_QUALIFIERS,
    LINK_SCHEMES,
    MARKDOWN,
    SLUG_PATTERN,
    WEEKDAYS,
    BodyOrRole,
    BodyText,
    Clock,
    Colour,
    DayOrMoment,
    Kind,
    Level,
    LifeEvent,
    Line,
    Link,
    Markdown,
    MediaRef,
    Model,
    Moment,
    Need,
    Number,
    PartialDate,
    Qualifier,
    RecordRef,
    SitePath,
    Slug,
    Text,
    Title,
    Weekday,
    as_tuple,
    check_link,
    looks_like_a_name,
    public,
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
    BaseUrl,
    Festival,
    Footer,
    Home,
    HomeBlock,
    Media,
    MenuItem,
    Mourning,
    Notice,
    Palette,
    QuietHours,
    Schedule,
    Season,
    Site,
    Union,
)
from site_builder.records.values import (
    Abstract,
    ApplyWay,
    Basis,
    Benefit,
    Byline,
    BylineRole,
    ChangeNote,
    Consent,
    Contact,
    Cost,
    Disclosure,
    EditorNote,
    Figure,
    Paper,
    Parameter,
    Picture,
    PolicyDocument,
    Question,
    Quota,
    Reviewed,
    Shown,
    SourceCredit,
    Step,
    Window,
    start_of,
)
from site_builder.times import BEIJING

Record = Story | Program | Guide | Event | Place | Service | Collection | Dataset
RECORD_TYPES: Mapping[Kind, type[BaseRecord]] = {
    Kind.STORY: Story, Kind.PROGRAM: Program, Kind.GUIDE: Guide, Kind.EVENT: Event, Kind.PLACE: Place,
    Kind.SERVICE: Service, Kind.COLLECTION: Collection, Kind.DATASET: Dataset,
}  # fmt: skip
"""The kinds that can be written today, each with its type."""

__all__ = [
    "BEIJING",
    "BODY",
    "LEADING_QUALIFIERS",
    "LINK_SCHEMES",
    "MARKDOWN",
    "RECORD_TYPES",
    "SAFETY",
    "SLOT_FIELDS",
    "SLUG_PATTERN",
    "WEEKDAYS",
    "Abstract",
    "Adoption",
    "AgendaItem",
    "ApplyWay",
    "BaseRecord",
    "BaseUrl",
    "Basis",
    "Benefit",
    "BodyOrRole",
    "BodyText",
    "Byline",
    "BylineRole",
    "ChangeNote",
    "Chart",
    "Clock",
    "Collection",
    "CollectionType",
    "Colour",
    "Consent",
    "Contact",
    "Cost",
    "Counter",
    "Dataset",
    "DayOrMoment",
    "Decision",
    "DecisionOption",
    "DecisionOutcome",
    "DecisionQuestion",
    "Desk",
    "Disclosure",
    "EarlierText",
    "EditorNote",
    "Employer",
    "EnterpriseSize",
    "Equipment",
    "Event",
    "EventMode",
    "EventType",
    "Festival",
    "Figure",
    "Footer",
    "Genre",
    "Guide",
    "HolidayHours",
    "Home",
    "HomeBlock",
    "Honour",
    "Hours",
    "Indicator",
    "Kind",
    "Level",
    "LifeEvent",
    "Line",
    "Link",
    "Listing",
    "Markdown",
    "Matrix",
    "MatrixRow",
    "Media",
    "MediaRef",
    "MenuItem",
    "Milestone",
    "Model",
    "Moment",
    "Mourning",
    "Need",
    "Notice",
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
    "Publicity",
    "Qualifier",
    "Question",
    "QuietHours",
    "Quota",
    "Ranked",
    "Ranking",
    "Reading",
    "Record",
    "RecordRef",
    "Repetition",
    "Result",
    "Reviewed",
    "SafetyItem",
    "Schedule",
    "Season",
    "Seats",
    "Service",
    "Session",
    "Share",
    "ShareTarget",
    "Shown",
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
    "looks_like_a_name",
    "public",
    "start_of",
]
