"""What every page of a site shares, and the cards by which lists show records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from site_builder import formats, paths
from site_builder.contexts import (
    Card,
    ClosureContext,
    ImageContext,
    LinkContext,
    NoticeContext,
    SiteContext,
    StateContext,
)
from site_builder.errors import blaming
from site_builder.pages.facts import card_facts
from site_builder.pages.fields import values
from site_builder.pages.view import View
from site_builder.plan import Planned, State
from site_builder.records import (
    BEIJING,
    BaseRecord,
    Collection,
    Contact,
    Festival,
    Kind,
    Notice,
    Picture,
    Story,
)

HOME_LINK = LinkContext("首页", paths.HOME, "Home")
TASKS = 3


def front_context(view: View) -> SiteContext:
    """What the front page says of its site: the newspaper's date stands there alone.

    On all pages, a new story would make every page anew.
    """
    return replace(pages_context(view), dateline=_dateline(view))


def pages_context(view: View) -> SiteContext:
    """What all other pages say of their site."""
    made: SiteContext | None = view.memo.get("site.context")
    if made is None:
        made = view.memo["site.context"] = _site_context(view)
    return made


def _site_context(view: View) -> SiteContext:
    union, site = view.union, view.union.site
    footer = site.footer
    return SiteContext(
        slug=union.slug,
        name=union.name,
        short_name=union.short,
        level=union.level.value,
        language=site.language,
        base_url=site.base_url,
        slogan=site.slogan,
        primary=site.palette.primary,
        accent=site.palette.accent or "",
        logo=_logo(view),
        menu=_menu(view),
        uppers=tuple(
            view.union_link(upper)
            for upper in view.answering(reversed(view.index.tree.ancestors(union.slug)))
        ),
        dateline="",
        organiser=footer.organiser,
        undertaker=footer.undertaker,
        address=footer.address,
        postcode=footer.postcode,
        footer_note=footer.note,
        icp=site.icp,
        police_record=site.police_record,
        website_code=site.website_code,
        reviewer=site.reviewer,
        hotline=view.hotline,
        contacts=tuple(values(contact, view, union.slug, "") for contact in _contacts(view)),
        feeds=(
            LinkContext("全部内容", paths.FEED, "Everything"),
            *(section_link(kind, paths.feed_path(kind)) for kind in view.fed),
        ),
        finder=paths.FINDER if view.finder else "",
        emergency=notice_context(site.emergency, view),
        tasks=tuple(_tasks(view))[:TASKS],
        icon=view.href(site.icon, union.slug) or "" if site.icon else "",
        wechat=site.wechat.name if site.wechat and not view.closed else "",
        closure=_closure(view),
    )


def _contacts(view: View) -> tuple[Contact, ...]:
    return () if view.closed else view.union.site.contacts


def _closure(view: View) -> ClosureContext | None:
    closure = view.union.closure
    if closure is None or not view.closed:
        return None
    successors = tuple(LinkContext(union.name, f"{union.site.base_url}/") for union in view.successors)
    return ClosureContext(closure.how, closure.since.isoformat(), closure.note, successors)


def style_context(view: View) -> SiteContext:
    """As much of a site as its colours depend on."""
    union, site = view.union, view.union.site
    return SiteContext(
        slug=union.slug,
        name="",
        short_name="",
        level=union.level.value,
        language=site.language,
        base_url="",
        slogan="",
        primary=site.palette.primary,
        accent=site.palette.accent or "",
        logo=None,
        menu=(),
        uppers=(),
        dateline="",
        organiser="",
        undertaker="",
        address="",
        postcode="",
        footer_note="",
        icp="",
        police_record="",
        website_code="",
        hotline="",
        contacts=(),
        feeds=(),
    )


def brand_context(view: View, style: SiteContext) -> SiteContext:
    """`style_context` with what beside colours decides how a site looks: so one file makes all pages grey."""
    mourning = view.union.site.mourning
    return replace(style, mourning=mourning is not None and mourning.holds(view.plan.as_of))


def notice_context(notice: Notice | None, view: View) -> NoticeContext | None:
    """A notice that holds now; None for one that does not."""
    if notice is None or not notice.holds(view.plan.as_of):
        return None
    picture = notice.picture if isinstance(notice, Festival) else None
    return NoticeContext(
        text=notice.text,
        text_en=notice.text_en,
        href=(view.href(notice.link, view.union.slug) or "") if notice.link else "",
        image=view.image(picture) if picture else None,
    )


def _tasks(view: View) -> Iterator[LinkContext]:
    """Ask somebody, see what there is to apply for, find a place; else what else the site has."""
    phone = view.hotline or next((contact.phone for contact in _contacts(view) if contact.phone), "")
    if phone and formats.tel_link(phone):
        yield LinkContext("call", formats.tel_link(phone))
    for kind in (Kind.PROGRAM, Kind.PLACE, Kind.SERVICE, Kind.GUIDE, Kind.EVENT):
        if kind in view.listed:
            yield LinkContext(kind.value, paths.list_path(kind))


def section_link(kind: Kind, href: str = "") -> LinkContext:
    """A link to a section's list, or to something else under the section's name."""
    label, label_en = paths.LABELS[kind]
    return LinkContext(label, href or paths.list_path(kind), label_en)


def children(view: View) -> tuple[LinkContext, ...]:
    """The unions directly below, each that is no more replaced by who took its place."""
    return tuple(
        view.union_link(union) for union in view.answering(view.index.tree.children(view.union.slug))
    )


_CARDS = {False: "pages.card", True: "pages.card lead"}


def cards(items: Iterable[Planned], view: View) -> tuple[Card, ...]:
    return tuple(card(item, view) for item in items)


def card(item: Planned, view: View, *, lead: bool = False) -> Card:
    """One line of a list; the lead of a home page has its picture whatever its genre."""
    # What is planned is one object on all sites of a moment that show it so: see `plan.instant`.
    own = item.via == "own" or item.via == "edition" or item.filled
    memo = view.memo if own else view.index.memo
    made: dict[int, tuple[Planned, Card]] = memo.setdefault(_CARDS[lead], {})
    known = made.get(id(item))
    if known is None or known[0] is not item:
        with blaming(item.record.id):
            known = made[id(item)] = item, _card(item, view, lead=lead)
    return known[1]


def _card(item: Planned, view: View, *, lead: bool) -> Card:
    record = item.record
    own = record.union == view.union.slug
    genre = record.type if isinstance(record, Collection) else getattr(record, "genre", "")
    return Card(
        id=str(record.id),
        kind=record.kind.value,
        title=record.title if lead else record.title_short or record.title,
        href=paths.href(item.path),
        date=record.published.astimezone(BEIJING).date().isoformat(),
        summary=view.summary(record, 140 if lead else 90),
        kicker=getattr(record, "kicker", ""),
        genre=genre,
        region=record.region,
        at_home=own and record.region == view.union.region,
        owner="" if own else view.content.unions[record.union].short,
        pinned=item.pinned,
        state=state_context(item.state),
        image=lead_image(item, view) if lead or genre == "photo" else None,
        topics=record.topics,
        facts=card_facts(item, view),
        source=_source(record),
    )


def _source(record: BaseRecord) -> tuple[str, str, str, str] | None:
    if not isinstance(record, Story) or record.source is None:
        return None
    source = record.source
    return source.relation, source.publication, source.issue_date or "", source.original_author


def lead_image(item: Planned, view: View) -> ImageContext | None:
    picture = item.record.lead_picture
    return view.image(picture) if picture else None


def state_context(state: State | None) -> StateContext | None:
    if state is None:
        return None
    return StateContext(
        code=state.code,
        days_left=state.days_left,
        opens=state.opens.isoformat() if state.opens else "",
        closes=state.closes.isoformat() if state.closes else "",
        later=tuple((moment.isoformat(), code) for moment, code in state.later),
    )


def topic_links(items: Iterable[Planned]) -> tuple[LinkContext, ...]:
    """Links to the pages of collections."""
    return tuple(
        LinkContext(item.record.title_short or item.record.title, paths.href(item.path)) for item in items
    )


def _logo(view: View) -> ImageContext | None:
    ref = view.union.site.logo
    return view.image(Picture(media=ref, alt=view.union.name)) if ref else None


def _menu(view: View) -> tuple[LinkContext, ...]:
    given = view.union.site.menu
    if not given:
        return tuple(section_link(kind) for kind in view.listed)
    links = ((item, view.href(item.link, view.union.slug)) for item in given)
    return tuple(LinkContext(item.label, href, item.label_en) for item, href in links if href)


def _dateline(view: View) -> str:
    """The day of the newest change of what the site shows."""
    now = view.plan.as_of.timestamp()
    entries = (item.entry for item in view.plan.items)
    newest = max(
        (entry.updated if entry.age[0] < entry.updated <= now else entry.age[0] for entry in entries),
        default=None,
    )
    return datetime.fromtimestamp(newest, BEIJING).date().isoformat() if newest is not None else ""
