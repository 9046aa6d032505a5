"""What is not known of a record: what its page answers with 请咨询, so that its owner can fill it in.

The newspaper pages behind most content give no entry, no telephone number, no hours, no deadline; a union
that publishes earns its keep by adding them. A gap is no mistake: nothing stops because of one.

    elements(record)           what a worker must know to get something, and whether it is there
    gaps(record, ...)          the gaps of one record as its own union publishes it
    of_content(content, ...)   those of every union

Codes: `how-to-get-it` (with the element as `field`), `listed` (6 named of 10), `call-without-deadline`,
`parameter-undated`, `table-blank`, `safety`, `review-overdue`, `consent-missing`, `consent-over`,
`disclosure-missing`, `disclosure-old` (of a fund), `byline-missing`, `source-undated` (of a story),
`picture-uncredited`, `venue-closed` (what leads readers to a place that is closed or no longer shown).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from site_builder import body
from site_builder.content_store import Content, record_name
from site_builder.errors import BodyError
from site_builder.plan import index_of
from site_builder.plan.index import Entry, Index
from site_builder.plan.states import overdue, state, validity
from site_builder.records import (
    REFERENCE_KINDS,
    SAFETY,
    ApplyWay,
    BaseRecord,
    Cost,
    Event,
    Guide,
    Kind,
    Media,
    Picture,
    Place,
    Program,
    Service,
    Story,
    Union,
)

DISCLOSED_WITHIN = 366
"""Days after which a fund owes another report: one a year."""

OVER = frozenset({"ended", "past", "cancelled", "retired"})
"""Of what is over nobody asks how to get it."""

_MAKERS = frozenset({"photographer", "graphic_maker"})
_NO_MEDIA: Mapping[str, Media] = {}

Language = Literal["zh-Hans", "en"]

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh-Hans": {
        "who": "谁可以", "cost": "收不收费", "papers": "要带的材料", "steps": "怎么办的步骤", "place": "地点",
        "entry": "入口", "hotline": "咨询电话", "deadline": "截止时间", "when": "时间", "hours": "开放时间",
        "operator": "谁运营", "position": "坐标", "verified": "实地核对的日期",
        "agreement": "三方协议", "pickup": "接送和考勤", "tutor": "辅导员培训", "cameras": "监控",
        "insurance": "意外和医疗保险", "food": "食品安全", "emergency": "应急预案",
        "words": "引用某人的话", "picture": "认得出人的照片", "video": "认得出人的视频",
        "child": "出现未成年人",
    },
    "en": {
        "who": "who can", "cost": "what it costs", "papers": "papers", "steps": "steps", "place": "place",
        "entry": "entry", "hotline": "telephone", "deadline": "deadline", "when": "dates",
        "hours": "opening hours", "operator": "operator", "position": "coordinates",
        "verified": "day of the last check on the spot",
        "agreement": "three-party agreement", "pickup": "pick-up and attendance", "tutor": "tutor training",
        "cameras": "cameras", "insurance": "insurance", "food": "food safety", "emergency": "emergency plan",
        "words": "somebody's words", "picture": "a picture of somebody", "video": "a video of somebody",
        "child": "a child who is shown",
    },
}  # fmt: skip
"""How an element, an item of the safety list, or what of somebody is shown is called."""

_SAID: Mapping[Language, Mapping[str, tuple[str, str]]] = {
    "zh-Hans": {
        "how-to-get-it": ("没有写{element}", "核实后补上；此前网页上写“请咨询”"),
        "call-without-deadline": ("没有截止日期，不会显示“报名中”", "填写报名时间的截止日期"),
        "safety": ("安全清单还没有核对：{item}", "核实后在“孩子的安全”里勾选"),
        "listed": ("{label}：共{total}{unit}，只列出{named}{unit}", "查到其余的名称后补上"),
        "parameter-undated": ("“{name}”没有起止日期", "填写从何日起、到何日止"),
        "table-blank": ("“{title}”有{blank}格不清楚", "查到后补上"),
        "review-overdue": ("应在{due}前复核，已不在网站列表里", "核对内容后改“何时复核”"),
        "consent-missing": ("{shown}没有本人（未成年人为监护人）同意的记录", "征得同意后记下来，或者撤下"),
        "consent-over": ("{shown}的同意已过期", "重新征得同意，或者撤下"),
        "disclosure-missing": ("没有信息公开报告", "加上最近一期报告的文件或网址"),
        "disclosure-old": ("最近一期信息公开报告是{day}的，已超过一年", "加上最近一期报告的文件或网址"),
        "byline-missing": ("没有署名，也没有来源", "写上署名（机构或岗位也行），转载的写来源"),
        "source-undated": ("来源《{publication}》没有写哪天的", "查到见报日期后补上；只知道年、月就写年、月"),
        "picture-uncredited": ("图片“{title}”没有写作者", "在图片库里填“作者”：摄影或制图的机构、岗位"),
        "venue-closed": ("阵地“{title}”已经关闭或下线", "改选别的阵地，或写清楚现在去哪里"),
    },
    "en": {
        "how-to-get-it": ("Not given: {element}", "Add it; until then the page says whom to ask."),
        "call-without-deadline": (
            "A call without a deadline is never shown as open", "Give the closing date.",
        ),
        "safety": ("Not checked for safety: {item}", "Check it, then tick it."),
        "listed": ("{label}: {named} of {total} named", "Add the others when they are known."),
        "parameter-undated": ("No dates for {name}", "Give the days for which it holds."),
        "table-blank": ("{title}: cells that are not known: {blank}", "Fill them in when they are known."),
        "review-overdue": (
            "Its review was due on {due}: no list has it", "Check it, then set a new day of review.",
        ),
        "consent-missing": (
            "No consent is noted for {shown}",
            "Ask for it and note it (for a child, that of a guardian), or take it out.",
        ),
        "consent-over": ("The consent for {shown} is over", "Ask again, or take it out."),
        "disclosure-missing": ("No report was made public", "Add the file or address of the latest report."),
        "disclosure-old": (
            "The latest report is of {day}, over a year ago", "Add the file or address of the latest report.",
        ),
        "byline-missing": (
            "Neither a byline nor a source",
            "Say who wrote it (a body or a role will do), or where it is from.",
        ),
        "source-undated": (
            "No date is given for {publication}",
            "Add the day of issue, or its month or year where no more is known.",
        ),
        "picture-uncredited": (
            "Nobody is credited for the picture {title}", "Say in the picture library who took or drew it.",
        ),
        "venue-closed": (
            "{title} is closed, or no longer shown", "Name another place, or say where to go now.",
        ),
    },
}  # fmt: skip
"""What a gap is and what to do about it, by its code."""

_PLACES = tuple(name for name, kind in REFERENCE_KINDS.items() if kind is Kind.PLACE)

CODES = tuple(_SAID["en"])
"""Every code that a gap may have."""

_FIELDS: Mapping[str, str] = {
    "who": "eligibility", "entry": "apply", "hotline": "contact", "deadline": "window", "when": "sessions",
    "verified": "verified_at",
}  # fmt: skip
"""The field that an element is written in, where it has another name."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is not known. `message` and `action` are in the language that was asked for."""

    union: str
    record: str
    kind: str
    title: str
    file: str
    code: str
    field: str
    message: str
    action: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def elements(record: BaseRecord, hotline: str = "") -> Iterator[tuple[str, bool]]:
    """What a worker must know (the R8 of the field), and whether the record says it.

    `hotline`: the union's own, which answers where a record has no number. Nothing for a story, a guide, a
    collection or a dataset.
    """
    if not isinstance(record, Program | Event | Place | Service):
        return
    contact = record.contact
    phone = bool(hotline or (contact and contact.phone) or _phone(record.apply))
    if isinstance(record, Program):
        yield "who", bool(record.eligibility or record.eligibility_any or record.audiences)
        yield "cost", known_cost(record.cost)
        yield "papers", bool(record.papers)
        yield "steps", bool(record.steps or record.stages)
        yield "place", bool(record.place or record.venues or any(way.link for way in record.apply))
        yield "entry", _entry(record.apply)
        yield "hotline", phone
        yield "deadline", bool(record.standing or (record.window and record.window.closes))
    elif isinstance(record, Event):
        online = bool(record.modes) and "onsite" not in record.modes
        yield "who", bool(record.eligibility or record.eligibility_any or record.audiences)
        yield "cost", known_cost(record.cost)
        yield "papers", bool(record.papers)
        yield "place", bool(record.place or record.venue or online)
        yield "entry", _entry(record.apply)
        yield "hotline", phone
        yield "when", bool(record.sessions or record.when)
    elif isinstance(record, Service):
        fallback = record.fallback
        yield "who", bool(record.eligibility or record.audiences)
        yield "cost", known_cost(record.cost)
        yield "papers", bool(record.papers)
        yield "steps", bool(record.steps)
        yield "place", bool(record.places or record.place or (fallback and fallback.address))
        yield "entry", any(way.value or way.link for way in record.apply)
        yield "hotline", phone or bool(fallback and fallback.phone)
        yield "operator", bool(record.operator)
    else:
        yield "who", bool(record.access or record.eligibility or record.audiences)
        yield "cost", known_cost(record.cost)
        yield "place", bool(record.place)
        yield "hours", bool(record.hours or record.always_open or record.hours_note)
        yield "entry", _entry(record.apply)
        yield "hotline", phone
        yield "position", record.position is not None
        yield "verified", record.verified_at is not None


def known_cost(cost: Cost | None) -> bool:
    return cost is not None and (cost.free is not None or cost.value is not None)


def _phone(ways: Collection[ApplyWay]) -> bool:
    return any(way.way == "phone" and way.value for way in ways)


def _entry(ways: Collection[ApplyWay]) -> bool:
    """One's own union, a counter and a letter need no address; a link, a code and an app do."""
    return any(way.value or way.link or way.way in ("union", "counter", "post") for way in ways)


# --- the gaps of one record -------------------------------------------------------------------------


def gaps(
    record: BaseRecord,
    union: Union,
    as_of: datetime,
    language: Language = "en",
    file: str = "",
    media: Mapping[str, Media] = _NO_MEDIA,
    index: Index | None = None,
) -> Iterator[Gap]:
    """What `record`, with what it inherits, leaves open on the site of its owner `union` at `as_of`.

    `file`: where it lies, if not where its slug says. `media`: what is known of pictures.
    `index`: the records of all unions.
    """
    found = (
        *_found(record, union, as_of, language),
        *_uncredited(record, media),
        *_of_places(record, index, as_of),
    )
    for code, field, values in found:
        message, action = _SAID[language][code]
        yield Gap(
            union.slug, str(record.id), record.kind.value, record.title, file or record_name(record), code,
            field, message.format(**values), action,
        )  # fmt: skip


_Found = tuple[str, str, Mapping[str, object]]
"""The code of a gap, its field, and what its message names."""


def _found(record: BaseRecord, union: Union, as_of: datetime, language: Language) -> Iterator[_Found]:
    stands = state(record, as_of)
    if stands is None or stands.code not in OVER:
        for element, known in elements(record, union.site.hotline):
            if not known:
                words = _WORDS[language][element]
                yield "how-to-get-it", _FIELDS.get(element, element), {"element": words}
        if isinstance(record, Program) and record.type == "call" and not _closes(record):
            yield "call-without-deadline", "window", {}
    if isinstance(record, Place) and record.type == "childcare":
        for item in SAFETY:
            if item not in record.safety:
                yield "safety", "safety", {"item": _WORDS[language][item]}
    for label, unit, total, named, field in totals_of(record):
        if total > named:
            yield "listed", field, {"label": label, "unit": unit, "total": total, "named": named}
    if isinstance(record, Guide):
        for parameter in record.parameters:
            if not validity(parameter, as_of):
                yield "parameter-undated", "parameters", {"name": parameter.name}
    if isinstance(record, Program | Guide):
        for matrix in record.matrices:
            if blank := sum(not cell for row in matrix.rows for cell in row.cells):
                yield "table-blank", "matrices", {"title": matrix.title, "blank": blank}
    if isinstance(record, Story):
        source = record.source
        if not record.bylines and source is None and record.genre != "notice":
            yield "byline-missing", "bylines", {}
        if source and source.relation in ("excerpt", "reprint") and not source.issue_date:
            yield "source-undated", "source", {"publication": source.publication}
    yield from _consents(record, as_of, language)
    if isinstance(record, Service) and record.type == "fund":
        dates = [report.published for report in record.disclosures if report.published]
        if not record.disclosures:
            yield "disclosure-missing", "disclosures", {}
        elif dates and max(dates) < as_of.date() - timedelta(days=DISCLOSED_WITHIN):
            yield "disclosure-old", "disclosures", {"day": max(dates).isoformat()}
    if (due := overdue(record, as_of)) is not None:
        yield "review-overdue", "review_due", {"due": due.isoformat()}


def _of_places(record: BaseRecord, index: Index | None, as_of: datetime) -> Iterator[_Found]:
    """The places to which `record` leads, though they are closed or on no site any more."""
    leading = [(name, value) for name in _PLACES if (value := vars(record).get(name))]
    if index is None or not leading:
        return
    stands = state(record, as_of)
    if stands is not None and stands.code in OVER:
        return
    for name, value in leading:
        for identity in (value,) if isinstance(value, UUID) else value:
            place = index.entries.get(identity)
            if place is not None and _closed(place, as_of):
                yield "venue-closed", name, {"title": place.record.title}


def _closed(place: Entry, as_of: datetime) -> bool:
    stands = state(place.record, as_of)
    return (stands is not None and stands.code == "retired") or (
        place.life.start <= as_of and not place.life.live(as_of)
    )


def _consents(record: BaseRecord, as_of: datetime, language: Language) -> Iterator[_Found]:
    """What of somebody is shown though nobody noted that they agreed, or agreed for a time that is over."""
    shown = dict.fromkeys((*(("words",) if _quotes(record) else ()), *record.people))
    for what in shown:
        given = [consent for consent in record.consents if what in consent.covers]
        if not any(consent.holds(as_of.date()) for consent in given):
            code = "consent-over" if given else "consent-missing"
            yield code, "consents", {"shown": _WORDS[language][what]}


def _quotes(record: BaseRecord) -> bool:
    """Whether somebody is quoted who is named by a role."""
    try:
        return any(isinstance(block, body.Quote) and block.speaker for block in body.parse(record.body))
    except BodyError:
        return False  # said where the file is read


def _uncredited(record: BaseRecord, media: Mapping[str, Media]) -> Iterator[_Found]:
    """Pictures of its union's own library of which nobody knows who made them. A story may say it itself."""
    if isinstance(record, Story) and any(each.role in _MAKERS for each in record.bylines):
        return
    told = set()
    for picture, field in _pictures(record):
        name = picture.media.removeprefix("media:")
        known = media.get(name)
        own = name.startswith(f"{record.union}/")
        if own and known is not None and not known.credit and name not in told:
            told.add(name)
            yield "picture-uncredited", field, {"title": known.title}


def _pictures(record: BaseRecord) -> Iterator[tuple[Picture, str]]:
    if record.lead_picture:
        yield record.lead_picture, "lead_picture"
    try:
        blocks = body.parse(record.body)
    except BodyError:
        return  # said where the file is read
    for block in blocks:
        if isinstance(block, body.Image):
            yield block.picture, "body"
        elif isinstance(block, body.Gallery):
            yield from ((picture, "body") for picture in block.items)


def _closes(call: Program) -> bool:
    return call.window is not None and call.window.closes is not None


def totals_of(record: BaseRecord) -> Iterator[tuple[str, str, int, int, str]]:
    """What is counted and named in part, in the fields and in the text of a record: its label, unit, how many
    there are, how many are named, and the field. A figure that names nothing only counts."""
    figures = [(figure, "figures") for figure in record.figures]
    if isinstance(record, Event):
        figures += [(figure, "outcome") for figure in record.outcome]
    try:
        blocks = body.parse(record.body)
    except BodyError:
        blocks = ()  # said where the file is read
    for block in blocks:
        if isinstance(block, body.Figures):
            figures += [(figure, "body") for figure in block.items]
        elif isinstance(block, body.Listing):
            listing = block.listing
            if (total := _whole(listing.total)) is not None:
                yield listing.label, listing.unit or "个", total, len(listing.items), "body"
    for figure, field in figures:
        if figure.listed and (total := _whole(figure.value)) is not None:
            yield figure.label, figure.unit, total, len(figure.listed), field


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else None


# --- the gaps of a network --------------------------------------------------------------------------


def of_content(
    content: Content, as_of: datetime, unions: Collection[str] = (), language: Language = "en"
) -> Iterator[Gap]:
    """The gaps of the records that unions own (none named: of all), in the order of unions, kinds and titles.

    What a union only carries is its owner's to mend.
    """
    index = index_of(content)
    for slug in sorted(unions or content.unions):
        entries = [entry for entry in index.own.get(slug, ()) if entry.life.live(as_of)]
        order = list(Kind)
        for entry in sorted(entries, key=lambda entry: (order.index(entry.record.kind), entry.record.title)):
            file = content.file_of(entry.source)
            yield from gaps(entry.record, content.unions[slug], as_of, language, file, content.media, index)
