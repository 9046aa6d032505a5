"""When a site is due: its cron line, its quiet hours, and the moments of its plan."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from site_builder.records import BEIJING, Schedule
from site_builder.release.schedule import is_due, next_due, next_run
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
