"""What is not known of a record: what its page answers with 请咨询, so that its owner can fill it in.

The newspaper pages behind most content give no entry, no telephone number, no hours, no deadline; a union
that publishes earns its keep by adding them. A gap is no mistake: nothing stops because of one.

    elements(record)           what a worker must know to get something, and whether it is there
    gaps(record, ...)          the gaps of one record as its own union publishes it
    of_content(content, ...)   those of every union

Codes: `how-to-get-it` (with the element as `field`), `listed` (6 named of 10), `call-without-deadline`,
`parameter-undated`, `table-blank`, `safety`, `review-overdue`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from site_builder import body
from site_builder.content_store import Content, record_path
from site_builder.errors import BodyError
from site_builder.plan import index_of
from site_builder.plan.states import overdue, state, validity
from site_builder.records import (
    SAFETY,
    ApplyWay,
    BaseRecord,
    Cost,
    Event,
    Guide,
    Kind,
    Place,
    Program,
    Service,
    Union,
)

OVER = frozenset({"ended", "past", "cancelled", "retired"})
"""Of what is over nobody asks how to get it."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "who": ("谁可以", "who can"), "cost": ("收不收费", "what it costs"), "papers": ("要带的材料", "papers"),
    "steps": ("怎么办的步骤", "steps"), "place": ("地点", "place"), "entry": ("入口", "entry"),
    "hotline": ("咨询电话", "telephone"), "deadline": ("截止时间", "deadline"), "when": ("时间", "dates"),
    "hours": ("开放时间", "opening hours"), "operator": ("谁运营", "operator"),
    "position": ("坐标", "coordinates"), "verified": ("实地核对的日期", "day of the last check on the spot"),
}  # fmt: skip
"""How an element is called, in Chinese and English."""

_FIELDS: Mapping[str, str] = {
    "who": "eligibility", "entry": "apply", "hotline": "contact", "deadline": "window", "when": "sessions",
    "verified": "verified_at",
}  # fmt: skip
"""The field that an element is written in, where it has another name."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is not known. `message` and `action` are Chinese with English after it."""

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
        yield "place", bool(record.place or any(way.link for way in record.apply))
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


def gaps(record: BaseRecord, union: Union, as_of: datetime) -> Iterator[Gap]:
    """What `record`, with what it inherits, leaves open on the site of its owner `union` at `as_of`."""

    def gap(code: str, field: str, message: str, action: str) -> Gap:
        return Gap(
            union.slug, str(record.id), record.kind.value, record.title, f"{record_path(record)}", code,
            field, message, action,
        )  # fmt: skip

    stands = state(record, as_of)
    if stands is None or stands.code not in OVER:
        for element, known in elements(record, union.site.hotline):
            if not known:
                words, english = _WORDS[element]
                yield gap(
                    "how-to-get-it",
                    _FIELDS.get(element, element),
                    f"没有写{words} (not given: {english})",
                    "核实后补上；此前网页上写“请咨询” (add it; until then the page says whom to ask)",
                )
        if isinstance(record, Program) and record.type == "call" and not _closes(record):
            yield gap(
                "call-without-deadline",
                "window",
                "没有截止日期，不会显示“报名中” (a call without a deadline is never shown as open)",
                "填写报名时间的截止日期 (give the closing date)",
            )
    if isinstance(record, Place) and record.type == "childcare":
        yield from (
            gap(
                "safety",
                "safety",
                f"安全清单还没有核对：{item} (not checked for safety: {item})",
                "核实后在“孩子的安全”里勾选 (check it, then tick it)",
            )
            for item in SAFETY
            if item not in record.safety
        )
    for label, unit, total, named, field in totals_of(record):
        if total > named:
            yield gap(
                "listed",
                field,
                f"{label}：共{total}{unit}，只列出{named}{unit} ({named} of {total} are named)",
                "查到其余的名称后补上 (add the others when they are known)",
            )
    if isinstance(record, Guide):
        for parameter in record.parameters:
            if not validity(parameter, as_of):
                yield gap(
                    "parameter-undated",
                    "parameters",
                    f"“{parameter.name}”没有起止日期 (no dates for {parameter.name})",
                    "填写从何日起、到何日止 (give the days for which it holds)",
                )
    if isinstance(record, Program | Guide):
        for matrix in record.matrices:
            blank = sum(not cell for row in matrix.rows for cell in row.cells)
            if blank:
                yield gap(
                    "table-blank",
                    "matrices",
                    f"“{matrix.title}”有{blank}格不清楚 ({blank} cells are not known)",
                    "查到后补上 (fill them in when they are known)",
                )
    if (due := overdue(record, as_of)) is not None:
        yield gap(
            "review-overdue",
            "review_due",
            f"应在{due.isoformat()}前复核，已不在网站列表里 (its review was due: no list has it)",
            "核对内容后改“何时复核” (check it, then set a new day of review)",
        )


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


def of_content(content: Content, as_of: datetime, unions: Collection[str] = ()) -> Iterator[Gap]:
    """The gaps of the records that unions own (none named: of all), in the order of unions, kinds and titles.

    What a union only carries is its owner's to mend.
    """
    index = index_of(content)
    for slug in sorted(unions or content.unions):
        entries = [entry for entry in index.own.get(slug, ()) if entry.life.live(as_of)]
        order = list(Kind)
        for entry in sorted(entries, key=lambda entry: (order.index(entry.record.kind), entry.record.title)):
            yield from gaps(entry.record, content.unions[slug], as_of)
