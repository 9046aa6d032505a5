"""The worker through the night: schedules, quiet hours, embargoes, moments missed; a clock that tests set.

Nothing here waits: each second of a running worker is one `step` at that second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cms.publishing import queue
from cms.publishing.clock import Clock
from cms.publishing.models import SiteRetry
from cms.publishing.worker import POLL, PublishingWorker
from site_builder.records import BEIJING
from site_builder.release.state import Hold, Records
from tests.builders import Network, to
from tests.cms.bridge import Bridge

pytestmark = pytest.mark.django_db

DAY = datetime.now(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=30)
"""A day to come: requests of these tests are older than it."""
SECRET = "尚未公开的话"


def at(clock: str, day: int = 0) -> datetime:
    return datetime.combine(
        (DAY + timedelta(days=day)).date(), datetime.strptime(clock, "%H:%M:%S").time(), BEIJING
    )


@dataclass(frozen=True)
class Set(Clock):
    """A clock that shows what it is set to."""

    shows: list[datetime] = field(default_factory=list)

    def real(self) -> datetime:
        return self.shows[-1].astimezone(UTC)


@dataclass
class Night:
    bridge: Bridge
    clock: Set
    worker: PublishingWorker

    def step(self, moment: datetime) -> set[str]:
        """The sites that one look at the clock builds."""
        self.clock.shows.append(moment)
        return {site.union for site in self.worker.step().sites}

    def seconds(self, first: datetime, last: datetime) -> Iterator[tuple[datetime, set[str]]]:
        """A worker that looks every `POLL` seconds from one moment to another."""
        moment = first
        while moment <= last:
            yield moment, self.step(moment)
            moment += timedelta(seconds=POLL)

    def built_at(self, union: str) -> datetime:
        state = Records(self.bridge.places.data).state(union)
        assert state is not None
        return state.as_of


@pytest.fixture
def network() -> Network:
    network = Network(tree=False)
    network.union("shandong", None, "province", schedule={"cron": "0 6 * * *", "quiet_hours": "23:00-05:30"})
    network.union("qingdao", "shandong", "city")
    network.union(
        "wulumuqi",
        None,
        "city",
        schedule={"cron": "*/20 * * * *", "timezone": "Asia/Urumqi", "quiet_hours": "22:00-06:00"},
    )
    network.story("shandong", "s", share=to("descendants"))
    network.story("wulumuqi", "w")
    return network


@pytest.fixture
def night(network: Network, tmp_path: Path) -> Night:
    """Everything is built at 22:40 in Beijing, which is 20:40 in Ürümqi."""
    bridge = Bridge.under(tmp_path)
    network.write(bridge.content)
    bridge.begin()
    clock = Set(shows=[at("22:40:00")])
    night = Night(bridge, clock, PublishingWorker(bridge.places, clock, jobs=1))
    assert night.step(at("22:40:00")) == {"shandong", "qingdao", "wulumuqi"}
    return night


def test_a_schedule_runs_at_its_minute_and_in_its_zone(night: Night) -> None:
    assert night.step(at("22:59:59")) == set()
    assert night.step(at("23:00:00")) == {"wulumuqi"}, "21:00 there; and quiet in 山东, which runs at 06:00"
    assert night.step(at("23:20:00")) == {"wulumuqi"}
    assert night.step(at("23:40:00")) == {"wulumuqi"}
    assert night.step(at("00:00:00", 1)) == set(), "22:00 there"
    assert night.step(at("05:59:59", 1)) == set()
    assert night.step(at("06:00:00", 1)) == {"shandong"}
    assert night.step(at("07:59:59", 1)) == set()
    assert night.step(at("08:00:00", 1)) == {"wulumuqi"}, (
        "at the end of its quiet hours, once for all it missed"
    )
    assert night.step(at("08:00:01", 1)) == set()


def test_what_was_missed_is_caught_up_once(night: Night) -> None:
    """No worker ran for days: one run each, then the schedule goes on as it is."""
    assert night.step(at("12:05:00", 4)) == {"shandong", "wulumuqi"}
    assert night.step(at("12:05:01", 4)) == set()
    assert night.step(at("12:19:59", 4)) == set()
    assert night.step(at("12:20:00", 4)) == {"wulumuqi"}
    assert night.built_at("shandong") == at("12:05:00", 4)


def test_what_was_missed_is_not_caught_up_in_quiet_hours(night: Night) -> None:
    """Both missed runs; a worker that starts at 03:00 finds 山东 and (at 01:00 there) 乌鲁木齐 asleep."""
    assert night.step(at("03:00:00", 2)) == set()
    assert night.step(at("05:29:59", 2)) == set()
    assert night.step(at("05:30:00", 2)) == {"shandong"}, "the run of yesterday"
    assert night.step(at("06:00:00", 2)) == {"shandong"}, "and that of today"
    assert night.step(at("08:00:00", 2)) == {"wulumuqi"}


def test_a_site_that_is_held_or_fails_does_not_keep_the_worker_looking(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A moment that has passed and leads to no build must not have content read again every second."""
    rollback = Hold(release="whatever", at=at("23:00:00"))
    Records(night.bridge.places.data).set_hold("wulumuqi", rollback)
    SiteRetry.objects.create(union="shandong", retry_at=at("07:30:00", 2))
    looks = []
    read = night.worker._content
    monkeypatch.setattr(night.worker, "_content", lambda: (looks.append(1), read())[1])
    for _ in night.seconds(at("07:00:00", 2), at("07:02:00", 2)):
        pass
    assert len(looks) <= 4


def test_an_embargo_lifts_within_a_minute_never_before_and_in_quiet_hours_too(night: Night) -> None:
    lifts = at("00:30:00", 1)
    network = Network(tree=False)
    story = network.story("shandong", "jin-fa", title=SECRET, published=lifts, share=to("descendants"))
    network.write(night.bridge.content)
    night.bridge.load()
    queue.ask("rebuild")
    night.step(at("23:30:00"))
    seen = None
    for moment, _ in night.seconds(lifts - timedelta(seconds=70), lifts + timedelta(seconds=60)):
        shown = [bool(night.bridge.mentions(union, SECRET)) for union in ("shandong", "qingdao")]
        if moment < lifts:
            assert shown == [False, False], "not a second before"
            assert not night.bridge.mentions("shandong", story.slug)
        elif all(shown):
            seen = moment
            break
    assert seen is not None
    assert seen - lifts <= timedelta(minutes=1)


def test_a_clock_that_is_set_back_stops_no_schedule(night: Night) -> None:
    """Six hours ahead, until somebody told it the time: what it had put off counts no more."""
    assert night.step(at("12:00:00", 1)) == {"shandong", "wulumuqi"}
    SiteRetry.objects.create(union="qingdao", retry_at=at("12:30:00", 1))
    assert night.step(at("05:59:00", 1)) == {"shandong", "wulumuqi"}, "built for a moment still to come"
    assert night.step(at("06:00:00", 1)) == {"shandong"}
    assert night.built_at("shandong") == at("06:00:00", 1)


def test_an_end_counts_in_quiet_hours_too(night: Night) -> None:
    ends = at("01:00:00", 1)
    network = Network(tree=False)
    network.story("shandong", "s", title=SECRET, expires=ends, share=to("descendants"))
    network.write(night.bridge.content)
    assert not night.bridge.load(force=True).problems
    queue.ask("rebuild")
    night.step(at("23:30:00"))
    assert night.bridge.mentions("qingdao", SECRET)
    night.step(ends - timedelta(seconds=1))
    assert night.bridge.mentions("qingdao", SECRET)
    assert night.step(ends) == {"shandong", "qingdao"}
    assert not night.bridge.mentions("qingdao", SECRET)


def test_what_a_person_does_waits_for_no_schedule(night: Night) -> None:
    queue.ask("rebuild", "shandong", union="shandong")
    assert night.step(at("02:00:00", 1)) == {"shandong"}
    assert night.step(at("06:00:00", 1)) == {"shandong"}, "and the schedule runs all the same"
