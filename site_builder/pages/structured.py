"""Structured data for search engines: schema.org as JSON-LD, plain dicts.

Types and their properties: https://schema.org/NewsArticle, GovernmentService, Article, Event, Place, Dataset,
JobPosting, FAQPage, HowTo, WorkersUnion, BreadcrumbList. Only what the page itself shows is said; what is not
known is left out, and where a type requires it, the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from site_builder import body, paths
from site_builder.contexts import LinkContext
from site_builder.pages.view import View, parsed_prose
from site_builder.plan import Planned, occurrences
from site_builder.records import (
    BEIJING,
    BaseRecord,
    Employer,
    Event,
    Guide,
    Kind,
    Place,
    Post,
    Program,
    Service,
    Story,
    Union,
)

CONTEXT = "https://schema.org"
HEADLINE = 110
"""Characters of a headline that search engines take."""
POSTINGS = 20
"""Posts of a job fair that are told one by one."""


def organisation(view: View) -> dict[str, Any]:
    """The union of a site, for its home page."""
    union = view.union
    parent = view.content.unions.get(union.parent or "")
    return _known(
        {
            "@context": CONTEXT,
            **_body(union),
            "alternateName": union.short_name,
            "logo": _logo(view),
            "areaServed": _area(union),
            "telephone": "" if view.closed else union.site.hotline,
            "address": union.site.footer.address,
            "contactPoint": None if view.closed else _contact_points(union) or None,
            "dissolutionDate": union.closure.since.isoformat() if union.closure and view.closed else None,
            "parentOrganization": _body(parent) if parent else None,
        }
    )


def breadcrumbs(trail: tuple[LinkContext, ...], title: str, canonical: str, view: View) -> dict[str, Any]:
    english = view.union.site.language == "en"
    steps = [
        (link.label_en if english and link.label_en else link.label, view.absolute(link.href))
        for link in trail
    ]
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate([*steps, (title, canonical)], 1)
        ],
    }


def record(item: Planned, canonical: str, description: str, image: str, view: View) -> dict[str, Any]:
    """A story as NewsArticle, a program or service as GovernmentService, an event as Event, a place as Place,
    anything else as Article."""
    shown = item.record
    owner = view.content.unions[shown.union]
    if isinstance(shown, Event):
        return _event(item, shown, canonical, description, image, view)
    if isinstance(shown, Place):
        return _place(shown, canonical, description, image)
    if isinstance(shown, Program | Service):
        return _known(
            {
                "@context": CONTEXT,
                "@type": "GovernmentService",
                "name": shown.title,
                "description": description,
                "url": canonical,
                "image": image,
                "provider": _body(view.union if item.via == "edition" else owner),
                "serviceOperator": {"@type": "Organization", "name": shown.operator}
                if isinstance(shown, Service) and shown.operator
                else None,
                "availableChannel": _channels(shown) or None,
                "areaServed": shown.region,
                "audience": {"@type": "Audience", "audienceType": "、".join(shown.audiences)}
                if shown.audiences
                else None,
            }
        )
    source = shown.source if isinstance(shown, Story) else None
    updated = shown.updated if shown.updated and shown.updated <= view.plan.as_of else None
    if shown.kind is Kind.DATASET:
        return _known(
            {
                "@context": CONTEXT,
                "@type": "Dataset",
                "name": shown.title,
                "description": description or shown.title,
                "url": canonical,
                "creator": _body(owner),
                "dateModified": (updated or shown.published).isoformat(),
                "spatialCoverage": shown.region,
                "isAccessibleForFree": True,
            }
        )
    return _known(
        {
            "@context": CONTEXT,
            "@type": "NewsArticle" if shown.kind is Kind.STORY else "Article",
            "headline": shown.title[:HEADLINE],
            "description": description,
            "url": canonical,
            "mainEntityOfPage": canonical,
            "image": image,
            "datePublished": shown.published.isoformat(),
            "dateModified": (updated or shown.published).isoformat(),
            "inLanguage": "zh-Hans",
            "author": _body(owner),
            "publisher": _body(view.union),
            "isBasedOn": source.url if source else None,
            "keywords": list(shown.topics) or None,
        }
    )


def on_site(said: Mapping[str, Any], canonical: str, image: str, view: View) -> dict[str, Any]:
    """What `record` says, as the site of `view` says it of its own page of the record."""
    here = {"url": canonical, "mainEntityOfPage": canonical, "image": image, "publisher": _body(view.union)}
    return {**said, **{name: value for name, value in here.items() if name in said}}


def answers(item: Planned, view: View) -> tuple[dict[str, Any], ...]:
    """What a record's page answers besides: its questions (FAQPage), steps (HowTo), posts (JobPosting).

    The same on all sites that show the record as its owner wrote it, and made once for them.
    """
    key = ("pages.answers", id(item.record))
    memo = view.memo if item.filled else view.index.memo
    made: tuple[dict[str, Any], ...] | None = memo.get(key)
    if made is None:
        made = memo[key] = tuple(_answers(item.record))
    return made


def _answers(record: BaseRecord) -> Iterator[dict[str, Any]]:
    if isinstance(record, Program | Guide | Event | Service) and record.questions:
        yield {
            "@context": CONTEXT,
            "@type": "FAQPage",
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": question.question,
                    "acceptedAnswer": {"@type": "Answer", "text": _text(question.answer)},
                }
                for question in record.questions
            ],
        }
    if isinstance(record, Program | Guide | Service) and len(record.steps) > 1:
        papers = record.papers if isinstance(record, Program | Guide) else ()
        yield _known(
            {
                "@context": CONTEXT,
                "@type": "HowTo",
                "name": record.title,
                "supply": [{"@type": "HowToSupply", "name": paper.name} for paper in papers] or None,
                "step": [
                    {
                        "@type": "HowToStep",
                        "position": position,
                        "name": step.title,
                        "text": _text(step.text) or step.title,
                    }
                    for position, step in enumerate(record.steps, 1)
                ],
            }
        )
    if isinstance(record, Event):
        posts = (_posting(post, employer, record) for employer in record.employers for post in employer.posts)
        yield from islice(filter(None, posts), POSTINGS)


def _posting(post: Post, employer: Employer, fair: Event) -> dict[str, Any] | None:
    """https://schema.org/JobPosting; without a place of work, which it requires, none."""
    where = post.place or fair.place
    if not where:
        return None
    said = "；".join(filter(None, (post.requirement, post.pay, employer.industry)))
    return _known(
        {
            "@context": CONTEXT,
            "@type": "JobPosting",
            "title": post.title,
            "description": said or f"{employer.name}{post.title}",
            "datePosted": fair.published.date().isoformat(),
            "hiringOrganization": {"@type": "Organization", "name": employer.name},
            "jobLocation": {"@type": "Place", "address": where},
            "totalJobOpenings": post.headcount,
        }
    )


def _text(markdown: str) -> str:
    return " ".join(body.prose_text(parsed_prose(markdown)).split()) if markdown else ""


_ATTENDANCE = {"onsite": "Offline", "inhouse": "Offline", "live": "Online", "replay": "Online"}
_STATUS = {"cancelled": "EventCancelled", "postponed": "EventPostponed"}
_DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
    "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip


def _event(
    item: Planned, event: Event, canonical: str, description: str, image: str, view: View
) -> dict[str, Any]:
    """https://schema.org/Event, by its next date; without one, which Event requires, it is a CreativeWork."""
    dates = occurrences(event, view.plan.as_of)
    coming = [one for one in dates if one.ends > view.plan.as_of]
    shown = (coming or list(dates[-1:]))[:1]
    attendance = {_ATTENDANCE[mode] for mode in event.modes}
    mode = "Mixed" if len(attendance) > 1 else next(iter(attendance), "")
    code = item.state.code if item.state else ""
    one = shown[0] if shown else None
    return _known(
        {
            "@context": CONTEXT,
            "@type": "Event" if one else "CreativeWork",
            "name": event.title,
            "description": description,
            "url": canonical,
            "image": image,
            "startDate": _date(one.starts, one.whole_day) if one else None,
            "endDate": one.ends.astimezone(BEIJING).isoformat() if one and one.end_known else None,
            "eventStatus": f"{CONTEXT}/{_STATUS.get(code, 'EventScheduled')}" if one else None,
            "eventAttendanceMode": f"{CONTEXT}/{mode}EventAttendanceMode" if one and mode else None,
            "location": {"@type": "Place", "name": event.place, "address": event.place}
            if one and event.place
            else None,
            "organizer": [{"@type": "Organization", "name": name} for name in event.organisers] or None
            if one
            else None,
            "maximumAttendeeCapacity": event.seats.total if one and event.seats else None,
            "isAccessibleForFree": event.cost.free if event.cost else None,
        }
    )


def _date(moment: datetime, whole_day: bool) -> str:
    moment = moment.astimezone(BEIJING)
    return moment.date().isoformat() if whole_day else moment.isoformat()


def _place(place: Place, canonical: str, description: str, image: str) -> dict[str, Any]:
    """https://schema.org/Place, whose coordinates are those of WGS-84: others are left out."""
    position = place.position
    return _known(
        {
            "@context": CONTEXT,
            "@type": "Place",
            "name": place.title,
            "description": description,
            "url": canonical,
            "image": image,
            "address": place.place,
            "telephone": place.contact.phone if place.contact else "",
            "geo": {
                "@type": "GeoCoordinates",
                "latitude": str(position.latitude),
                "longitude": str(position.longitude),
            }
            if position and position.datum == "wgs84"
            else None,
            "publicAccess": {"public": True, "staff": False, "members": False}.get(place.access),
            "amenityFeature": [
                {"@type": "LocationFeatureSpecification", "name": name, "value": True}
                for name in place.facilities
            ]
            or None,
            "openingHoursSpecification": [
                {
                    "@type": "OpeningHoursSpecification",
                    "dayOfWeek": [f"{CONTEXT}/{_DAYS[day]}" for day in hours.days],
                    "opens": hours.opens,
                    "closes": "23:59" if hours.closes == "24:00" else hours.closes,
                }
                for hours in place.hours
            ]
            or None,
        }
    )


def _channels(shown: Program | Service) -> list[dict[str, Any]]:
    """Where a service can be had: links that anybody can open, and numbers."""
    channels: list[dict[str, Any]] = []
    for way in shown.apply:
        if way.link and way.link.startswith(("https:", "http:")):
            channels.append({"@type": "ServiceChannel", "name": way.label, "serviceUrl": way.link})
        elif way.way == "phone" and way.value:
            phone = {"@type": "ContactPoint", "telephone": way.value}
            channels.append({"@type": "ServiceChannel", "name": way.label, "servicePhone": phone})
    return channels


def _body(union: Union) -> dict[str, Any]:
    return {
        "@type": "WorkersUnion",
        "name": union.name,
        "url": paths.absolute(paths.HOME, union.site.base_url),
    }


def _area(union: Union) -> Any:
    """The region, with its code where that is known."""
    if not union.region_code:
        return union.region
    code = {"@type": "PropertyValue", "propertyID": "GB/T 2260", "value": union.region_code}
    return _known({"@type": "AdministrativeArea", "name": union.region, "identifier": code})


def _logo(view: View) -> str:
    ref = view.union.site.logo
    return view.absolute(paths.href(paths.media_path(ref))) if ref and view.file(ref) else ""


def _contact_points(union: Union) -> list[dict[str, Any]]:
    return [
        _known(
            {
                "@type": "ContactPoint",
                "contactType": contact.purpose or contact.name,
                "telephone": contact.phone,
                "email": contact.email,
            }
        )
        for contact in union.site.contacts
        if contact.phone or contact.email
    ]


def _known(thing: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if value not in (None, "")}
