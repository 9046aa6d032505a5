"""Hypothesis strategies for everything that `content/` may hold. Any room may use them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from site_builder import records
from site_builder.body import (
    write,
)
from site_builder.records import start_of
from tests.strategies_bodies import (
    bodies,
    contacts,
    dates,
    figures,
    indicators,
    line,
    media_refs,
    moments,
    numbers,
    partial_dates,
    pictures,
    qualifiers,
    safe_links,
    short_markdown,
    slugs,
    some_line,
    steps,
)

# --- records --------------------------------------------------------------------------------------

_words = st.lists(some_line, max_size=2).map(tuple)
_ids = st.lists(st.uuids(), max_size=2).map(tuple)
_titles = some_line.map(lambda text: text[:200].strip()).filter(bool)


def _some(strategy: st.SearchStrategy[Any], size: int = 2) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=size).map(tuple)


def _window(opens: date | datetime | None, closes: date | datetime | None, note: str) -> records.Window:
    """Put the two ends into the order that a window asks for."""
    try:
        return records.Window(opens=opens, closes=closes, note=note)
    except ValueError:
        return records.Window(opens=opens, note=note)


_day = st.none() | dates | moments
windows = st.builds(_window, _day, _day, line)
_amount = {"value": st.none() | numbers, "unit": line, "qualifier": qualifiers, "note": line}
benefits = st.builds(records.Benefit, label=some_line, audience=line, **_amount)
quotas = st.builds(records.Quota, filled=st.booleans(), **_amount)
papers = st.builds(
    records.Paper, name=some_line, form=st.sampled_from(("original", "copy", "either", "")),
    count=st.none() | st.integers(1, 9), note=line, waivable=st.booleans(), template=st.none() | media_refs,
)  # fmt: skip
shares = st.builds(
    records.Share, mode=st.sampled_from(("none", "offer", "required")), by=st.none() | dates,
    to=st.lists(st.sampled_from(("descendants", "level:city", "union:pingdu")), min_size=1).map(tuple),
    slots=st.lists(st.sampled_from(sorted(records.SLOT_FIELDS)), unique=True).map(tuple),
)  # fmt: skip
costs = st.builds(
    records.Cost, free=st.none() | st.booleans(), value=st.none() | numbers, unit=line, note=line
)
apply_ways = st.builds(
    records.ApplyWay, way=st.sampled_from(("link", "phone", "union")), label=some_line, value=line,
    link=st.none() | safe_links, note=line,
)  # fmt: skip
questions = st.builds(records.Question, question=some_line, answer=short_markdown)
bases = st.builds(records.Basis, title=some_line, number=line, link=st.none() | safe_links)

_common: dict[str, st.SearchStrategy[Any]] = {
    "id": st.uuids(), "union": slugs, "title": _titles, "slug": slugs, "published": moments,
    "updated": st.none() | moments, "expires": st.none() | moments,
    "former_paths": _some(slugs.map("/programs/{}/".format)), "edition_of": st.none() | st.uuids(),
    "share": shares,
    "withdrawn": st.none() | st.builds(
        records.Withdrawn, at=moments, reason=some_line, redirect=st.none() | safe_links
    ),
    "noindex": st.booleans(),
    "title_short": st.just("") | _titles, "summary": line, "topics": _words,
    "needs": st.lists(st.sampled_from(("job", "health", "union_work")), max_size=2, unique=True).map(tuple),
    "life_events": st.lists(st.sampled_from(("child", "illness")), max_size=2, unique=True).map(tuple),
    "keywords": _words, "region": line,
    "lead_picture": st.none() | pictures, "figures": _some(figures), "contact": st.none() | contacts,
    "intro": short_markdown, "note": short_markdown, "related": _ids,
    "change_notes": _some(st.builds(records.ChangeNote, date=dates, note=some_line, major=st.booleans())),
    "reviewed": st.none() | st.builds(
        records.Reviewed, by=st.sampled_from(("法律工作部", "值班编辑")), at=st.none() | dates
    ),
    "people": st.lists(st.sampled_from(("words", "picture", "video")), max_size=2, unique=True).map(tuple),
    "consents": _some(
        st.builds(
            records.Consent, who=st.sampled_from(("夜校学员", "学员的监护人")), kept=line,
            covers=st.sampled_from((("words",), ("picture", "child"))), until=st.none() | dates,
        ),
        1,
    ),
    "review_due": st.none() | dates, "body": bodies.map(lambda body: write(body).rstrip("\n")),
}  # fmt: skip

stories = st.builds(
    records.Story, kind=st.just(records.Kind.STORY), genre=st.sampled_from(("news", "feature", "photo")),
    kicker=st.just("") | _titles, kicker_joins_title=st.booleans(), event_date=st.none() | partial_dates,
    bylines=_some(st.builds(records.Byline, role=st.just("reporter"), name=some_line, affiliation=line)),
    source=st.none() | st.builds(
        records.SourceCredit, relation=st.just("reprint"), publication=some_line,
        issue_date=st.none() | partial_dates, page=line, url=st.none() | safe_links,
    ),
    abstract=st.none()
    | st.builds(records.Abstract, text=line.map(lambda text: text[:240].strip()), label=line),
    key_points=st.just(())
    | st.lists(
        some_line.map(lambda text: text[:120].strip()).filter(bool), min_size=2, max_size=5, unique=True
    ).map(tuple),
    editor_note=st.none() | st.builds(records.EditorNote, text=short_markdown, label=line),
    pinned_until=st.none() | moments,
    wechat=st.none()
    | st.builds(records.ForWechat, title=some_line, digest=line.map(lambda text: text[:120].strip())),
    **_common,
)  # fmt: skip
_results = _some(st.builds(records.Result, name=some_line, rank=line, unit=line))
publicities = st.builds(
    lambda first, days, title, entries, note: records.Publicity(
        title=title, entries=entries, note=note,
        window=records.Window(opens=first, closes=first + timedelta(days=days)),
    ),
    dates, st.integers(0, 9), line, _results, line,
)  # fmt: skip


@st.composite
def decisions(draw: st.DrawFn) -> records.Decision:
    """A sound guide: each question leads to the next one and to an outcome."""
    count = draw(st.integers(1, 3))
    questions = tuple(
        records.DecisionQuestion(
            key=f"q{number}",
            question=draw(some_line),
            help=draw(short_markdown),
            options=(
                records.DecisionOption(
                    label=draw(some_line), next=f"q{number + 1}" if number + 1 < count else "end"
                ),
                records.DecisionOption(label=draw(some_line), next=f"o{number}"),
            ),
        )
        for number in range(count)
    )
    outcomes = tuple(
        records.DecisionOutcome(
            key=key,
            title=draw(some_line),
            verdict=draw(st.sampled_from(("yes", "no", "ask"))),
            text=draw(short_markdown),
            links=draw(_some(safe_links)),
            contact=draw(st.none() | contacts),
        )
        for key in ("end", *(f"o{number}" for number in range(count)))
    )
    return records.Decision(
        title=draw(line), intro=draw(short_markdown), questions=questions, outcomes=outcomes
    )


matrices = st.integers(1, 3).flatmap(
    lambda columns: st.builds(
        records.Matrix, title=some_line, corner=line, note=line,
        columns=st.lists(some_line, min_size=columns, max_size=columns).map(tuple),
        rows=st.lists(
            st.builds(
                records.MatrixRow, label=some_line,
                cells=st.lists(line, min_size=columns, max_size=columns).map(tuple),
            ),
            min_size=1, max_size=2,
        ).map(tuple),
    )
)  # fmt: skip
_guiding = {
    "publicity": st.none() | publicities,
    "decision": st.none() | decisions(),
    "matrices": _some(matrices, 1),
}
programs = st.builds(
    records.Program, kind=st.just(records.Kind.PROGRAM), type=st.sampled_from(("program", "call")),
    eligibility=_words, membership_required=st.none() | st.booleans(), benefits=_some(benefits),
    quota=st.none() | quotas, cost=st.none() | costs, window=st.none() | windows, standing=st.booleans(),
    papers=_some(papers), steps=_some(steps), apply=_some(apply_ways), forms=_some(media_refs),
    disclosures=_some(
        st.builds(
            records.Disclosure, title=some_line, period=line, published=st.none() | dates,
            media=st.none() | media_refs, link=st.none() | safe_links, note=line,
        )
    ),
    questions=_some(questions), privacy=line, honours=st.none() | st.uuids(),
    previous=_ids, venues=_ids,
    stages=_some(st.builds(records.Stage, title=some_line, text=short_markdown)), **_guiding, **_common,
)  # fmt: skip
_earlier = st.lists(
    st.one_of(
        st.builds(
            records.EarlierText, key=slugs, since=st.none() | partial_dates, title=line, summary=line,
            changes=_words, papers=_some(papers), steps=_some(steps), time_limit=line, legal_limit=line,
            text=st.sampled_from(("", "前言。\n\n## 怎么办\n\n- 一\n\n| 甲 |\n| --- |\n| 1 |")),
        ),
        st.builds(records.EarlierText, key=slugs, until=partial_dates, withdrawn=some_line),
    ),
    max_size=2, unique_by=lambda text: text.key,
).map(tuple)  # fmt: skip
guides = st.builds(
    records.Guide, earlier=_earlier,
    kind=st.just(records.Kind.GUIDE), papers=_some(papers), steps=_some(steps),
    document=st.none() | st.builds(
        records.PolicyDocument, number=line, issuer=line, written=st.none() | partial_dates,
        effective=st.none() | partial_dates, validity=st.sampled_from(("", "effective", "repealed")),
    ),
    parameters=_some(
        st.builds(
            records.Parameter, name=some_line, value=st.one_of(numbers, some_line), unit=line,
            valid_from=st.none() | dates, valid_to=st.none() | dates,
        )
    ),
    basis=_some(bases), supersedes=_ids, questions=_some(questions), refused=short_markdown,
    supervision=st.none() | contacts, agencies=_words, regions=_words, legal_limit=line, explained_by=_ids,
    **_guiding, **_common,
)  # fmt: skip
_milestones = st.builds(
    records.Milestone, when=partial_dates, until=st.none() | partial_dates, circa=st.booleans(),
    when_text=line, title=some_line, text=short_markdown, source=line, link=st.none() | safe_links,
)  # fmt: skip
_collection = {
    "kind": st.just(records.Kind.COLLECTION), "items": _ids, "query": _words, "label": line,
    "order": st.sampled_from(("listed", "newest", "oldest")), "starts": st.none() | dates,
    "author_role": line, "desk": line, "frequency": line, "source_required": st.booleans(),
}  # fmt: skip
collections = st.one_of(
    st.builds(
        records.Collection,
        type=st.sampled_from(("topic", "column", "series", "package", "digest")),
        **_collection,
        **_common,
    ),
    st.builds(
        records.Collection,
        type=st.just("timeline"),
        milestones=_some(_milestones, 3),
        **_collection,
        **_common,
    ),
)
_ranked = st.builds(
    records.Ranked, name=some_line, score=numbers, county=line, done=st.none() | st.integers(0, 3),
    size=st.sampled_from(("", "large", "medium", "small", "micro")), tasks=st.none() | st.integers(3, 9),
    note=line,
)  # fmt: skip
rankings = st.builds(
    records.Ranking, as_of=partial_dates, note=line,
    entries=st.lists(
        _ranked, min_size=1, max_size=4, unique_by=lambda entry: (entry.county, entry.name)
    ).map(tuple),
)  # fmt: skip
honours = st.builds(
    lambda named, recipient, count, said: records.Honour(
        recipient=recipient if named else "", count=1 if named else count, **said
    ),
    st.booleans(), line, st.integers(1, 200),
    st.fixed_dictionaries(
        {"award": some_line, "level": st.sampled_from(records.Level), "year": partial_dates, "period": line,
         "to": st.sampled_from(("person", "unit")), "category": line, "affiliation": line,
         "counted": line, "source": line, "note": line}
    ),
)  # fmt: skip
_dataset = {
    "kind": st.just(records.Kind.DATASET), "source": line, "method": short_markdown, "score_name": line,
    "score_unit": line, "rule": short_markdown, "form": st.sampled_from(("bars", "lines", "table")),
}  # fmt: skip
datasets = st.one_of(
    st.builds(
        records.Dataset, type=st.just("indicators"), indicators=_some(indicators), **_dataset, **_common
    ),
    st.builds(
        records.Dataset,
        type=st.just("ranking"),
        rankings=st.lists(rankings, max_size=2, unique_by=lambda ranking: ranking.as_of).map(tuple),
        **_dataset,
        **_common,
    ),
    st.builds(records.Dataset, type=st.just("honours"), awards=_some(honours, 3), **_dataset, **_common),
)

# --- events, places, services ----------------------------------------------------------------------

clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59)) | st.just("24:00")
weekdays = st.lists(st.sampled_from(records.WEEKDAYS), min_size=1, max_size=3, unique=True).map(tuple)


def _session(starts: date | datetime, length: int, weekly: bool, daily: bool, more: dict[str, Any]) -> Any:
    """A session that ends after it begins, and repeats on its own weekday."""
    own = records.WEEKDAYS[start_of(starts).astimezone(records.BEIJING).weekday()]
    on = tuple(sorted({own, *more.pop("on")}, key=records.WEEKDAYS.index)) if weekly else ()
    repeats = more | {"every": "week" if weekly else "day", "on": on}
    values = {"starts": starts, "repeats": repeats if weekly or daily else None}
    if length:
        values["ends"] = starts + timedelta(days=length)
    return values


sessions = st.builds(
    lambda values, said: records.Session.model_validate(values | said),
    st.builds(
        _session, dates | moments, st.integers(0, 3), st.booleans(), st.booleans(),
        st.fixed_dictionaries(
            {"on": weekdays, "interval": st.integers(1, 4), "count": st.none() | st.integers(1, 9),
             "skips": _some(dates), "extra": _some(dates)}
        ),
    ),
    st.fixed_dictionaries(
        {"title": line, "room": line, "teacher": line, "note": line, "live": st.none() | safe_links,
         "status": st.sampled_from(("", "cancelled", "full"))}
    ),
)  # fmt: skip
_seats = st.builds(
    lambda total, left, counted, waiting: records.Seats(
        total=total, left=min(left, total), counted=counted, minimum=left or None, waiting_list=waiting
    ),
    st.integers(1, 99), st.integers(0, 99), moments, st.booleans(),
)  # fmt: skip
employers = st.builds(
    records.Employer, name=some_line, industry=line, zone=line, note=line,
    posts=_some(
        st.builds(records.Post, title=some_line, headcount=st.none() | st.integers(1, 50), pay=line)
    ),
)  # fmt: skip
events = st.builds(
    records.Event, kind=st.just(records.Kind.EVENT), type=st.sampled_from(("course", "jobfair", "contest")),
    edition=line, modes=st.lists(st.sampled_from(("onsite", "live")), unique=True).map(tuple),
    sessions=_some(sessions), when=line, status=st.sampled_from(("", "cancelled")), status_note=some_line,
    venue=st.none() | st.uuids(), window=st.none() | windows, apply=_some(apply_ways),
    seats=st.none() | _seats, eligibility=_words,
    cost=st.none() | st.builds(
        records.Price, free=st.none() | st.booleans(), value=st.none() | numbers, unit=line, per=line,
        market=st.none() | numbers, market_qualifier=qualifiers,
    ),
    teachers=_words, live=st.none() | safe_links, replay=st.none() | safe_links,
    agenda=_some(st.builds(records.AgendaItem, title=some_line, time=line, text=short_markdown)),
    stages=_some(
        st.builds(
            records.Stage, title=some_line, text=short_markdown,
            window=st.none() | windows.filter(lambda window: any(window.model_dump().values())),
        )
    ),
    employers=_some(employers), desks=_some(st.builds(records.Desk, name=some_line, text=line)),
    outcome=_some(figures), results=_some(st.builds(records.Result, name=some_line, rank=line, unit=line)),
    **_common,
)  # fmt: skip
places = st.builds(
    records.Place, kind=st.just(records.Kind.PLACE), type=st.sampled_from(("station", "reading_room")),
    place=line, status=st.sampled_from(("", "closed")), access=st.sampled_from(("", "public", "staff")),
    position=st.none() | st.builds(
        records.Position, latitude=st.decimals(-90, 90, places=6), longitude=st.decimals(-180, 180, places=6),
        datum=st.sampled_from(("gcj02", "wgs84")),
    ),
    hours=_some(
        st.tuples(weekdays, clocks, clocks, line)
        .filter(lambda said: said[1] != said[2])
        .map(lambda said: records.Hours(days=said[0], opens=said[1], closes=said[2], note=said[3]))
    ),
    always_open=st.booleans(),
    holiday_hours=_some(
        st.builds(
            lambda day, name: records.HolidayHours(first=day, last=day, name=name, closed=True), dates, line
        )
    ),
    facilities=_words, services=_words, operators=_words,
    safety=st.lists(st.sampled_from(records.SAFETY), max_size=3, unique=True).map(tuple),
    equipment=_some(
        st.builds(
            records.Equipment, name=some_line, count=st.none() | st.integers(1, 9), unit=line,
            status=st.sampled_from(("present", "planned")), qualifier=qualifiers,
        )
    ),
    counters=_some(st.builds(records.Counter, name=some_line, text=line)), cost=st.none() | costs,
    apply=_some(apply_ways), verified_at=st.none() | dates, **_common,
)  # fmt: skip
services = st.builds(
    records.Service, kind=st.just(records.Kind.SERVICE), type=st.sampled_from(("app", "hotline")),
    status=st.sampled_from(("live", "planned", "closed")), since=st.none() | partial_dates, operator=line,
    functions=_some(steps), membership_required=st.none() | st.booleans(), papers=_some(papers),
    apply=_some(apply_ways), fallback=st.none() | contacts, collects=_words, checked_at=st.none() | dates,
    health=st.sampled_from(("", "ok", "broken")), places=_ids, questions=_some(questions), **_common,
)  # fmt: skip

all_records = st.one_of(stories, programs, guides, collections, datasets, events, places, services)
"""Records as `content_store` reads them: with canonical bodies. Their references lead anywhere."""

adoptions = st.builds(
    lambda decided, **said: records.Adoption(action=decided[0], until=decided[1], **said),
    decided=st.tuples(st.sampled_from(("take", "hide", "pin")), st.none())
    | st.tuples(st.just("pin"), moments),
    record=st.uuids(),
    slots=st.none() | st.builds(
        records.Slots, contact=st.none() | contacts, place=line, dates=st.none() | windows,
        quota=st.none() | quotas, papers=_some(papers), amount=_some(benefits), intro=short_markdown,
        note=short_markdown,
    ),
)  # fmt: skip
media = st.builds(
    records.Media, ref=media_refs.map(lambda ref: ref.removeprefix("media:")), title=some_line, credit=line,
    rights=line, focal_point=st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)),
    taken=st.none() | partial_dates, place=line,
)  # fmt: skip
_notice = {"text": some_line, "text_en": line, "link": st.none() | safe_links, "window": st.none() | windows}
_record_refs = st.uuids().map("record:{}".format)
_bounded = windows.filter(lambda window: window.opens is not None and window.closes is not None)
mournings = _bounded.map(lambda window: records.Mourning(**window.model_dump()))
homes = st.builds(
    records.Home, lead=st.none() | _record_refs, pinned=st.lists(_record_refs, max_size=2).map(tuple),
    notice=st.none() | st.builds(records.Notice, **_notice),
    seasons=_some(
        st.builds(
            records.Season, text=some_line, text_en=line, window=_bounded,
            items=st.lists(_record_refs, min_size=1, max_size=2).map(tuple),
        ),
        1,
    ),
    blocks=st.lists(st.sampled_from(get_args(records.HomeBlock)), unique=True).map(tuple),
)  # fmt: skip
closures = st.builds(
    records.Closure,
    how=st.sampled_from(("replaced", "merged", "dissolved")),
    since=dates,
    note=line,
    successors=slugs.map("{:.60}-y".format).map(lambda slug: (slug,)),
)
unions = st.builds(
    records.Union, slug=slugs, name=_titles, short_name=st.just("") | _titles, aliases=_words,
    level=st.sampled_from(records.Level), parent=st.none() | slugs, industry_line=st.none() | slugs,
    region=line,
    functional_zone=st.booleans(), closure=st.none() | closures,
    site=st.builds(
        records.Site, base_url=slugs.map("https://{}.example".format),
        palette=st.builds(records.Palette, primary=st.sampled_from(("#a4161a", "#0a0b0c"))), slogan=line,
        menu=_some(st.builds(records.MenuItem, label=some_line, label_en=line, link=safe_links)),
        footer=st.builds(records.Footer, organiser=line, address=line), icp=line, hotline=line,
        contacts=_some(contacts.filter(lambda contact: contact != records.Contact())),
        home=homes, mourning=st.none() | mournings,
        festival=st.none() | st.builds(records.Festival, **_notice),
        emergency=st.none() | st.builds(records.Notice, **_notice),
        wechat=st.none() | st.builds(records.Wechat, name=some_line),
    ),
    new_share=st.none() | st.builds(
        records.NewShare, mode=st.sampled_from(("offer", "required")), slots=st.just(("contact",)),
        to=st.sampled_from((("children",), ("level:town", "descendants"))),
    ),
    schedule=st.none() | st.builds(records.Schedule, cron=st.just("0 6 * * *"), quiet_hours=st.just("")),
    subscriptions=_words, body=bodies.map(lambda body: write(body).rstrip("\n")),
)  # fmt: skip
