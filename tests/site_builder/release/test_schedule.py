"""When a site is due: its cron line, its quiet hours, and the moments of its plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from site_builder.records import BEIJING, Schedule
from site_builder.release.schedule import is_due, next_due, next_run, quiet_until
from site_builder.release.state import BuildState


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-04-{text}").replace(tzinfo=BEIJING)


def built(as_of: datetime, **more: object) -> BuildState:
    return BuildState.model_validate({"union": "zgh", "built": as_of, "as_of": as_of, "release": "a", **more})


DAILY = Schedule(cron="0 6 * * *")


def test_never_built_or_failed_is_due() -> None:
    assert is_due(None, None, at("08T09:00"))
    assert is_due(None, built(at("08T08:00"), failed=True), at("08T09:00"))
    assert not is_due(None, built(at("08T08:00")), at("08T09:00"))


def test_the_cron_line_counts_from_the_last_build() -> None:
    state = built(at("08T05:59"))
    assert not is_due(DAILY, state, at("08T05:59"))
    assert is_due(DAILY, state, at("08T06:00"))
    assert not is_due(DAILY, built(at("08T06:00")), at("08T23:59"))


def test_missed_runs_are_caught_up_once() -> None:
    now = at("20T10:00")
    assert is_due(DAILY, built(at("01T06:00")), now)
    assert not is_due(DAILY, built(now), now + timedelta(minutes=1))


def test_another_time_zone() -> None:
    tokyo = Schedule(cron="0 6 * * *", timezone="Asia/Tokyo")
    assert next_run(tokyo, at("08T00:00")) == at("08T05:00")


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("30 23 * * *", "09T06:00"),
        ("0 3 * * *", "08T06:00"),
        ("0 6 * * *", "08T06:00"),
        ("0 12 * * *", "08T12:00"),
    ],
)
def test_quiet_hours_over_midnight_put_a_run_off(cron: str, expected: str) -> None:
    quiet = Schedule(cron=cron, quiet_hours="23:00-06:00")
    assert next_run(quiet, at("08T00:00")) == at(expected)


def test_quiet_hours_within_a_day() -> None:
    quiet = Schedule(cron="0 * * * *", quiet_hours="09:00-17:00")
    assert next_run(quiet, at("08T08:30")) == at("08T17:00")
    assert next_run(quiet, at("08T17:00")) == at("08T18:00")


def test_a_moment_of_the_plan_does_not_wait_for_quiet_hours() -> None:
    quiet = Schedule(cron="0 12 * * *", quiet_hours="20:00-11:00")
    state = built(at("08T13:00"), next_change=at("09T00:00"))
    assert next_due(quiet, state) == at("09T00:00")
    assert not is_due(quiet, state, at("08T23:59"))
    assert is_due(quiet, state, at("09T00:00"))


def test_a_site_made_for_a_moment_to_come_is_due() -> None:
    assert is_due(None, built(at("09T00:00")), at("08T00:00"))


# --- real boundaries ------------------------------------------------------------------------------


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        # Clocks go from 02:00 to 03:00 on 30 March 2025, at 01:00 UTC: 02:30 is not there, and not skipped.
        ("30 2 * * *", "2025-03-30T00:00", "2025-03-30T01:00"),
        ("30 2 * * *", "2025-03-30T01:00", "2025-03-31T00:30"),
        ("0 6 * * *", "2025-03-29T12:00", "2025-03-30T04:00"),
        ("0 6 * * *", "2025-03-28T12:00", "2025-03-29T05:00"),
        # They go back from 03:00 to 02:00 on 26 October 2025, at 01:00 UTC: 02:30 comes twice, counts once.
        ("30 2 * * *", "2025-10-25T22:00", "2025-10-26T00:30"),
        ("30 2 * * *", "2025-10-26T00:30", "2025-10-27T01:30"),
    ],
)
def test_summer_time_begins_and_ends(cron: str, after: str, expected: str) -> None:
    assert next_run(Schedule(cron=cron, timezone="Europe/Berlin"), utc(after)) == utc(expected)


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_once() -> None:
    schedule = Schedule(cron="*/10 * * * *", timezone="Europe/Berlin", quiet_hours="00:00-02:30")
    end = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for minutes in range(0, 90, 10):  # 02:00 to 02:50 in summer time, then 02:00 to 02:20 again
        moment = datetime(2026, 10, 25, 0, 0, tzinfo=UTC) + timedelta(minutes=minutes)
        until = quiet_until(schedule, moment)
        assert until is None or moment < until <= end, moment
        assert next_run(schedule, moment) > moment


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        (
            "2025-03-29T22:30",
            "2025-03-30T01:00",
        ),  # 23:30 at home: quiet until 03:00, which comes an hour sooner
        ("2025-10-25T21:30", "2025-10-26T02:00"),  # quiet until the one 03:00 there is, an hour later
        ("2025-10-26T00:30", "2025-10-26T02:00"),  # the first 02:30
        ("2025-10-26T01:30", "2025-10-26T02:00"),  # the second
    ],
)
def test_quiet_hours_while_clocks_change(moment: str, end: str) -> None:
    quiet = Schedule(cron="* * * * *", timezone="Europe/Berlin", quiet_hours="23:00-03:00")
    assert quiet_until(quiet, utc(moment)) == utc(end)


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("08T22:59:59", None),
        ("08T23:00", "09T06:00"),
        ("08T23:59:59", "09T06:00"),
        ("09T00:00", "09T06:00"),
        ("09T05:59:59", "09T06:00"),
        ("09T06:00", None),
    ],
)
def test_quiet_hours_begin_and_end_to_the_second(moment: str, end: str | None) -> None:
    quiet = Schedule(cron="0 * * * *", quiet_hours="23:00-06:00")
    assert quiet_until(quiet, at(moment)) == (at(end) if end else None)


def test_many_runs_in_quiet_hours_are_one_at_their_end() -> None:
    quiet = Schedule(cron="*/10 * * * *", quiet_hours="23:00-06:00")
    assert next_run(quiet, at("08T22:50")) == at("09T06:00"), "23:00 is quiet already"
    assert not is_due(quiet, built(at("08T22:50")), at("09T05:59:59"))
    assert is_due(quiet, built(at("08T22:50")), at("09T06:00"))
    assert next_run(quiet, at("09T06:00")) == at("09T06:10")


def test_one_site_goes_by_its_own_zone() -> None:
    """06:00 in Ürümqi is 08:00 in Beijing; a network spans both."""
    west = Schedule(cron="0 6 * * *", timezone="Asia/Urumqi", quiet_hours="22:00-05:00")
    assert next_run(west, at("08T00:00")) == at("08T08:00")
    assert quiet_until(west, at("08T23:59")) is None
    assert quiet_until(west, at("09T00:00")) == at("09T07:00")


@pytest.mark.parametrize("hours", ["23:00-06:00", "00:00-23:59", ""])
def test_an_embargo_wins_over_quiet_hours(hours: str) -> None:
    """Somebody chose that minute; quiet hours keep away what nobody waits for."""
    quiet = Schedule(cron="0 12 * * *", quiet_hours=hours)
    lifts = at("09T00:30")
    assert not is_due(quiet, built(at("08T13:00"), next_change=lifts), lifts - timedelta(seconds=1))
    assert is_due(quiet, built(at("08T13:00"), next_change=lifts), lifts)


def test_a_run_that_was_missed_waits_for_the_end_of_quiet_hours() -> None:
    quiet = Schedule(cron="0 12 * * *", quiet_hours="23:00-06:00")
    missed = built(at("08T10:00"))
    assert is_due(quiet, missed, at("08T22:59"))
    assert not is_due(quiet, missed, at("08T23:00"))
    assert not is_due(quiet, missed, at("09T05:59"))
    assert is_due(quiet, missed, at("09T06:00"))
    assert next_due(quiet, missed, at("09T01:00")) == at("09T06:00")
