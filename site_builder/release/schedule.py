"""When a site is next built of its own accord: its union's cron line, and the moments of its plan."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from site_builder.records import Schedule
from site_builder.release.state import BuildState


def next_run(schedule: Schedule, after: datetime) -> datetime | None:
    """The first moment after `after` at which the schedule wants a build, moved out of the quiet hours.

    None for a line that never comes true (30 February).
    """
    zone = ZoneInfo(schedule.timezone)
    run: datetime | None = next(CronSim(schedule.cron, after.astimezone(zone)), None)
    return run and (quiet_until(schedule, run) or run)


def quiet_until(schedule: Schedule, moment: datetime) -> datetime | None:
    """The end of the quiet hours in which `moment` lies; None outside them. `23:00-06:00` spans midnight."""
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
    return datetime.combine(day, end, local.tzinfo)


def next_due(schedule: Schedule | None, state: BuildState | None) -> datetime | None:
    """When a site is to be built next; None if only a publication would change it.

    Quiet hours put off the cron line alone: an embargo lifts and an enrolment closes at its moment. Runs
    missed while nobody called are caught up once, since the next one counts from the last build.
    """
    if state is None:
        return None
    scheduled = next_run(schedule, state.as_of) if schedule else None
    return min((moment for moment in (state.next_change, scheduled) if moment), default=None)


def is_due(schedule: Schedule | None, state: BuildState | None, now: datetime) -> bool:
    """Never built, failed last time, built for a moment still to come, or the next moment has come."""
    if state is None or state.release is None or state.failed or state.as_of > now:
        return True
    moment = next_due(schedule, state)
    return moment is not None and moment <= now
