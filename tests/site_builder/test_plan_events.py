"""Where events, places and services stand on a day, and when that changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from site_builder.plan import Occurrence, occurrences, sessions
from site_builder.plan.sessions import MOST, dates, horizon
from site_builder.plan.states import LATER, moments, state, state_and_later
from site_builder.records import BEIJING, WEEKDAYS, Event, Place, Repetition, Service, Session

ID = UUID("0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d01")
COMMON: dict[str, Any] = {
    "id": ID, "union": "pingdu", "title": "书法课", "slug": "shufa", "published": "2025-01-01",
}  # fmt: skip


def event(**fields: Any) -> Event:
    return Event.model_validate({**COMMON, "kind": "event", **fields})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def days(found: tuple[Occurrence, ...]) -> list[str]:
    return [f"{one.starts:%m-%d}" for one in found]


def evening(day: str, **fields: Any) -> dict[str, Any]:
    return {"starts": f"{day}T19:00:00+08:00", "ends": f"{day}T20:30:00+08:00", **fields}


COURSE = evening("2025-04-15", repeats={"on": ["tue"], "count": 4, "skips": ["2025-04-29"]})
WINDOW = {"opens": "2025-03-20", "closes": "2025-04-10"}


# --- sessions ---------------------------------------------------------------------------------------


def test_a_course_leaves_out_a_holiday_and_makes_it_up() -> None:
    course = event(
        sessions=[
            evening(
                "2025-04-15",
                repeats={"on": ["tue"], "count": 4, "skips": ["2025-04-29"], "extra": ["2025-05-10"]},
            )
        ]
    )
    found = occurrences(course, at("2025-04-01"))
    assert days(found) == ["04-15", "04-22", "05-06", "05-10"]
    assert {f"{one.starts:%H:%M}-{one.ends:%H:%M}" for one in found} == {"19:00-20:30"}


def test_what_is_every_day_is_not_over_after_its_first_thousand_days() -> None:
    daily = event(sessions=[evening("2020-01-01", repeats={"every": "day"})])
    assert f"{occurrences(daily, at('2025-04-08T09:00'))[-1].starts:%Y-%m-%d}" == "2025-06-30"


@pytest.mark.parametrize(
    "now", ["2020-06-01T00:00", "2025-04-08T09:00", "2036-05-30T12:00", "2036-06-01T00:00"]
)
def test_a_far_end_is_an_end_and_not_the_thousandth_day(now: str) -> None:
    """Sixteen years of days: two of them are not made to say what is on today."""
    daily = event(sessions=[evening("2020-01-01", repeats={"every": "day", "until": "2036-05-30"})])
    found, shown = state(daily, at(now)), occurrences(daily, at(now))
    assert found is not None
    assert (found.opens, found.closes) == (at("2020-01-01T19:00"), at("2036-05-30T20:30"))
    assert found.code == ("ended" if now > "2036-05-30T20" else "running")
    assert len(shown) <= MOST
    assert shown[-1].starts == min(horizon(at(now)) - timedelta(hours=5), at("2036-05-30T19:00"))


def test_the_end_of_a_far_row_is_foretold() -> None:
    daily = event(sessions=[evening("2020-01-01", repeats={"every": "day", "until": "2036-05-30"})])
    told = set(moments(daily, at("2030-01-01")))
    assert {at("2030-02-01"), at("2036-05-30T20:30"), at("2036-05-23T20:30")} <= told


def test_what_goes_on_for_ever_and_has_not_begun_is_to_come() -> None:
    show = event(sessions=[evening("2026-12-01", repeats={"on": ["tue"]})])
    found = state(show, at("2025-04-08T09:00"))
    assert found is not None
    assert (found.code, found.opens) == ("upcoming", at("2026-12-01T19:00"))
    assert at("2026-12-01T19:00") in set(moments(show, at("2025-04-08T09:00")))


ROWS: list[dict[str, Any]] = [
    {
        "every": "day",
        "interval": 3,
        "skips": ["2020-01-01", "2020-01-04", "2025-04-30"],
        "extra": ["2020-01-02"],
    },
    {"on": ["wed", "fri"], "interval": 2, "skips": ["2020-01-03", "2025-05-02"], "extra": ["2019-12-30"]},
    {"every": "month", "on": ["wed"], "nth": 1, "skips": ["2025-04-02"]},
    {"every": "month", "extra": ["2025-05-20"]},
]


@pytest.mark.parametrize("until", ["2025-05-01", "2027-12-31", None])
@pytest.mark.parametrize("row", ROWS)
def test_the_dates_of_a_long_row_are_those_of_the_whole_row(
    row: dict[str, Any], until: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(last: str | None) -> Event:
        return event(sessions=[evening("2020-01-01", repeats={**row, "until": last})])

    now, most = at("2025-04-08T09:00"), 12
    whole = dates(made(until or "2027-12-31"), now)
    monkeypatch.setattr(sessions, "MOST", most)
    sessions._row.cache_clear()
    found = dates(made(until), now)
    sessions._row.cache_clear()
    before = [each.starts for each in whole.all if each.starts < horizon(now)]
    assert [each.starts for each in found.all][-9:] == before[-9:]
    assert len(found.all) <= most + 1 < len(before)
    assert (found.first, found.last) == (whole.first, whole.last if until else None)
    assert found.goes_on is (until != "2025-05-01")


def test_what_has_no_end_is_shown_to_its_horizon_and_no_further() -> None:
    show = event(sessions=[evening("2024-12-03", repeats={"on": ["tue", "thu"]})])
    now = at("2025-04-08T09:00")
    assert horizon(now) == at("2025-07-01")
    assert occurrences(show, now)[-1].starts == at("2025-06-26T19:00")
    assert at("2025-05-01") in set(moments(show, now)), "the next month shows one month more"


@pytest.mark.parametrize(
    ("start", "repeats", "found"),
    [
        ("2025-04-12", {"every": "month", "on": ["sat"], "nth": 2, "count": 3}, ["04-12", "05-10", "06-14"]),
        ("2025-04-26", {"every": "month", "on": ["sat"], "nth": -1, "count": 2}, ["04-26", "05-31"]),
        ("2025-04-15", {"every": "month", "until": "2025-06-14"}, ["04-15", "05-15"]),
        ("2025-04-15", {"interval": 2, "until": "2025-05-13"}, ["04-15", "04-29", "05-13"]),
        ("2025-04-15", {"every": "day", "count": 2}, ["04-15", "04-16"]),
    ],
)
def test_repetitions(start: str, repeats: dict[str, Any], found: list[str]) -> None:
    assert days(occurrences(event(sessions=[evening(start, repeats=repeats)]), at("2025-04-01"))) == found


@pytest.mark.parametrize(
    "repeats",
    [
        {"on": ["wed"]},
        {"every": "month", "on": ["tue"]},
        {"every": "month", "on": ["tue"], "nth": 1},
        {"every": "week", "nth": 1},
        {"every": "day", "on": ["tue"]},
        {"until": "2025-05-01", "count": 3},
    ],
)
def test_a_repetition_that_contradicts_itself_or_its_first_day_is_refused(repeats: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Session.model_validate(evening("2025-04-15", repeats=repeats))


@given(
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.integers(1, 4),
    st.integers(1, 40),
    st.dates(datetime(2020, 1, 1).date(), datetime(2030, 1, 1).date()),
)
def test_weekly_dates_are_those_of_rfc_5545(on: set[Any], interval: int, count: int, first: Any) -> None:
    on = on | {WEEKDAYS[first.weekday()]}
    session = Session(starts=first, repeats=Repetition(on=tuple(sorted(on)), interval=interval, count=count))
    text = f"FREQ=WEEKLY;INTERVAL={interval};COUNT={count};BYDAY=" + ",".join(day[:2].upper() for day in on)
    expected = rrule.rrulestr(text, dtstart=datetime(first.year, first.month, first.day))
    found = occurrences(event(sessions=[session]), at("2025-01-01"))
    assert [one.starts.date() for one in found] == [moment.date() for moment in expected]


# --- states -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("2025-03-19T23:59", "upcoming"),
        ("2025-03-20T00:00", "open"),
        ("2025-04-05T00:00", "closing"),
        ("2025-04-10T23:59", "closing"),
        ("2025-04-11T00:00", "closed"),
        ("2025-04-15T19:00", "running"),
        ("2025-05-06T20:29", "running"),
        ("2025-05-06T20:30", "ended"),
    ],
)
def test_a_course_through_its_life(now: str, code: str) -> None:
    course = event(sessions=[COURSE], window=WINDOW)
    found = state(course, at(now))
    assert found is not None
    assert found.code == code


LIVES: list[dict[str, Any]] = [
    {"sessions": [COURSE], "window": WINDOW},
    {"sessions": [COURSE]},
    {"sessions": [COURSE, evening("2025-06-01")], "window": {"opens": "2025-03-20"}},
    {"sessions": [COURSE], "window": {"opens": "2025-03-20", "closes": "2025-12-31"}, "replay": "/a/"},
    {"sessions": [evening("2025-03-04", repeats={"on": ["tue", "thu"]})]},
    {
        "sessions": [{"starts": "2025-04-01", "ends": "2025-04-20"}],
        "seats": {"total": 3, "left": 0, "counted": "2025-04-01"},
    },
    {"window": WINDOW},
]  # fmt: skip


@pytest.mark.parametrize("life", LIVES)
def test_no_state_changes_but_at_a_moment_that_is_foretold(life: dict[str, Any]) -> None:
    """Hour by hour, from the moment told at one hour nothing has changed before it comes."""
    one = event(**life)
    hours = [
        at("2025-03-01").replace(day=1) + (at("2025-03-01T01:00") - at("2025-03-01")) * n
        for n in range(24 * 120)
    ]
    until = hours[0]
    known = None
    for hour in hours:
        now = (
            state(one, hour),
            occurrences(one, hour)[-1:],
            [o for o in occurrences(one, hour) if o.ends > hour][:1],
        )
        if hour >= until:
            known = now
            until = min((moment for moment in moments(one, hour) if moment > hour), default=at("2099-01-01"))
        assert now == known, hour


@pytest.mark.parametrize("life", LIVES)
def test_what_a_script_is_told_agrees_with_what_the_next_page_says(life: dict[str, Any]) -> None:
    one = event(**life)
    for day in range(1, 29):
        now = at(f"2025-03-{day:02d}T12:00")
        found = state_and_later(one, now)
        assert found is not None
        until = at("2025-07-01") if len(found.later) < LATER else found.later[-1][0]
        hour = now
        while hour < until:
            hour += timedelta(hours=5)
            told = [code for moment, code in found.later if moment <= hour]
            then = state(one, hour)
            assert then is not None
            assert (told[-1] if told else found.code) == then.code, hour


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "unknown"),
        ({"when": "每周二、周四"}, "unknown"),
        ({"window": {"opens": "2025-03-20"}}, "unknown"),
        ({"status": "cancelled", "status_note": "场地停用", "sessions": [COURSE]}, "cancelled"),
        ({"status": "postponed", "status_note": "等新的日期", "sessions": [COURSE]}, "postponed"),
        ({"sessions": [evening("2025-05-01", status="cancelled")]}, "cancelled"),
        ({"sessions": [evening("2025-05-01", status="postponed")]}, "postponed"),
        ({"sessions": [COURSE], "window": WINDOW, "status": "full"}, "full"),
        ({"sessions": [evening("2025-03-01")], "replay": "https://a.example/"}, "past"),
        ({"sessions": [evening("2025-03-01")], "results": [{"name": "甲队"}]}, "past"),
        ({"sessions": [evening("2025-03-01")]}, "ended"),
    ],
)
def test_states_on_the_eighth_of_april(fields: dict[str, Any], code: str) -> None:
    found = state(event(**fields), at("2025-04-08T09:00"))
    assert found is not None
    assert found.code == code


def test_a_cancelled_event_says_why() -> None:
    with pytest.raises(ValidationError, match="status_note"):
        event(status="cancelled")


def test_places_and_services_say_when_they_are_not_in_use() -> None:
    now = at("2025-04-08")
    place = {**COMMON, "kind": "place"}
    assert state(Place.model_validate(place), now) is None
    for status, code in (("planned", "planned"), ("suspended", "suspended"), ("closed", "retired")):
        found = state(Place.model_validate({**place, "status": status}), now)
        assert found is not None
        assert found.code == code
    service = {**COMMON, "kind": "service"}
    for status, code in (("live", "live"), ("planned", "planned"), ("closed", "retired")):
        found = state(Service.model_validate({**service, "status": status}), now)
        assert found is not None
        assert found.code == code


def test_a_holiday_that_is_over_leaves_the_page_at_midnight() -> None:
    place = Place.model_validate(
        {
            **COMMON,
            "kind": "place",
            "holiday_hours": [{"first": "2025-05-01", "last": "2025-05-03", "closed": True}],
        }
    )
    assert at("2025-05-04") in set(moments(place, at("2025-05-02")))
