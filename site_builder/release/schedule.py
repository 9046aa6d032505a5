"""When a site is next built of its own accord: its union's cron line, and the moments of its plan."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from site_builder.records import Schedule
from site_builder.release.state import BuildState


def next_run(schedule: Schedule, after: datetime) -> datetime | None:
    """The first moment after `after` at which the schedule wants a build, out of the quiet hours; in UTC.

    An hour that summer time leaves out does not lose its run, and one that comes twice runs it once, as
    Debian's cron has it. None for a line that never comes true.
    """
    zone = ZoneInfo(schedule.timezone)
    run: datetime | None = next(CronSim(schedule.cron, after.astimezone(zone)), None)
    # In UTC, because a time of the hour that comes twice equals no moment of any other zone (PEP 495).
    return run and (quiet_until(schedule, run) or run).astimezone(UTC)


def quiet_until(schedule: Schedule, moment: datetime) -> datetime | None:
    """The end of the quiet hours in which `moment` lies, in UTC; None outside them.

    `23:00-06:00` spans midnight. The first minute is quiet, the last is not.
    """
    if not schedule.quiet_hours:
        return None
    begin, end = (time.fromisoformat(part) for part in schedule.quiet_hours.split("-"))
    local = moment.astimezone(ZoneInfo(schedule.timezone))
    clock = local.time()
    inside = begin <= clock < end if begin <= end else clock >= begin or clock < end
    if not inside:
        return None
    over_midnight = begin > end and clock >= begin
    day = local.date() + timedelta(days=1) if over_midnight else local.date()
    until = datetime.combine(day, end, local.tzinfo)
    if until.astimezone(UTC) <= moment:  # the hour that comes twice when clocks go back: its second time
        until = until.replace(fold=1)
    return until.astimezone(UTC)


def next_due(
    schedule: Schedule | None, state: BuildState | None, now: datetime | None = None
) -> datetime | None:
    """When a site is to be built next; None if only a publication would change it.

    Quiet hours put off the cron line alone: an embargo lifts and an enrolment closes at its moment, because
    somebody chose that minute, and a page that says 报名中 after the last must not stand until the morning;
    what a person publishes or withdraws waits for nothing either. Runs missed while nobody called are caught
    up once, since the next one counts from the last build; not in quiet hours either, if `now` says that it
    would be.
    """
    if state is None:
        return None
    scheduled = next_run(schedule, state.as_of) if schedule else None
    if schedule and scheduled and now and scheduled <= now:
        scheduled = quiet_until(schedule, now) or scheduled
    return min((moment for moment in (state.next_change, scheduled) if moment), default=None)


def is_due(schedule: Schedule | None, state: BuildState | None, now: datetime) -> bool:
    """Never built, failed last time, built for a moment still to come, or the next moment has come."""
    if state is None or state.release is None or state.failed or state.as_of > now:
        return True
    moment = next_due(schedule, state, now)
    return moment is not None and moment <= now
