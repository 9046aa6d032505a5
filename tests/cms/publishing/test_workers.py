"""Several real workers, one database, one content folder: each request once, none lost, whatever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, connections

from cms.publishing import presence, queue
from cms.publishing.models import PublishRequest, Worker
from site_builder.records import Problem
from site_builder.release.switch import live
from tests.builders import Network, to
from tests.cms.bridge import Bridge, edit, requests

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

UNIONS = [f"shi-{number}" for number in range(6)]
PATIENCE = 120.0
"""Seconds after which a test that waits has failed; nothing here depends on how long it takes."""

PROGRAM = """
import signal, sys, threading
import django
django.setup()
from cms.places import places
from cms.publishing.clock import Clock
from cms.publishing.worker import PublishingWorker
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
print("ready", flush=True)
PublishingWorker(places(), Clock(), jobs=1).run(stop)
"""


@pytest.fixture
def network() -> Network:
    network = Network(tree=False)
    network.union("sheng", None, "province")
    for slug in UNIONS:
        network.union(slug, "sheng", "city")
        network.story(slug, "ben-di", title=f"{slug}的消息")
    network.story("sheng", "bi-zhuan", title="必转的消息", share=to("descendants"))
    return network


@pytest.fixture
def ids(network: Network) -> dict[str, UUID]:
    return {f"{record.union}/{record.slug}": record.id for record in network.records.values()}


@pytest.fixture
def bridge(network: Network, tmp_path: Path) -> Bridge:
    bridge = Bridge.under(tmp_path)
    network.write(bridge.content)
    assert not bridge.load().problems
    PublishRequest.objects.all().delete()
    queue.ask("rebuild")
    return bridge


Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def start(bridge: Bridge) -> Iterator[Start]:
    """Starts `unionpress worker` in a process of its own, on the database of this test."""
    running: list[subprocess.Popen[str]] = []
    database = connection.settings_dict
    where = {"UNIONPRESS_TEST_DATABASE": str(database["NAME"])}
    program = (
        "import os\nfrom django.conf import settings\n"
        "settings.DATABASES['default']['NAME'] = os.environ['UNIONPRESS_TEST_DATABASE']\n"
        "from pathlib import Path\n"
        f"settings.UNIONPRESS_CONTENT = Path({str(bridge.content)!r})\n"
        f"settings.UNIONPRESS_DATA = Path({str(bridge.places.data)!r})\n"
        f"settings.UNIONPRESS_OUTPUT = Path({str(bridge.places.output)!r})\n" + PROGRAM
    )

    def begin() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, **where, "DJANGO_SETTINGS_MODULE": "cms.settings.test"},
            cwd=Path(__file__).parents[3],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain; the queue: {list(PublishRequest.objects.values())}"
        time.sleep(0.05)


def all_done() -> bool:
    connections["default"].close()
    return not PublishRequest.objects.filter(finished_at=None).exists()


def test_two_workers_share_the_queue_and_do_each_request_once(
    bridge: Bridge, ids: dict[str, UUID], start: Start
) -> None:
    workers = [start(), start()]
    for turn in range(4):
        for slug in UNIONS:
            edit(ids[f"{slug}/ben-di"], title=f"{slug}第{turn}次")
        edit(ids["sheng/bi-zhuan"], title=f"必转第{turn}次")
        wait_for(lambda: PublishRequest.objects.exclude(claim="").exists())
    wait_for(all_done)
    rows = list(PublishRequest.objects.all())
    assert len(rows) == len(requests()) == 1 + 4 * (len(UNIONS) + 1)
    assert {row.outcome for row in rows} == {"done"}
    assert Counter(row.attempts for row in rows) == {1: len(rows)}, "each exactly once"
    for slug in UNIONS:
        assert bridge.mentions(slug, f"{slug}第3次")
        assert bridge.mentions(slug, "必转第3次")
    for worker in workers:
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
    assert not Worker.objects.exists(), "who leaves says so"


def test_a_worker_killed_in_the_middle_loses_nothing(
    bridge: Bridge, ids: dict[str, UUID], start: Start
) -> None:
    first = start()
    wait_for(all_done)
    before = {slug: live(bridge.places.output, slug) for slug in UNIONS}
    for slug in UNIONS:
        edit(ids[f"{slug}/ben-di"], title=f"{slug}改过")
    edit(ids["sheng/bi-zhuan"], title="必转改过")
    wait_for(lambda: PublishRequest.objects.filter(finished_at=None).exclude(claim="").exists())
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    connections["default"].close()
    left = PublishRequest.objects.filter(finished_at=None)
    held = set(left.exclude(claim="").values_list("pk", flat=True))
    for slug in UNIONS:
        assert live(bridge.places.output, slug) is not None, "what is live is complete"
    second = start()
    edit(ids["shi-0/ben-di"], title="又改过")
    wait_for(all_done)
    for row in PublishRequest.objects.all():
        assert row.outcome == "done"
        assert row.attempts == (2 if row.pk in held else 1)
    assert bridge.mentions("shi-0", "又改过")
    for slug in UNIONS:
        assert bridge.mentions(slug, "必转改过")
        assert live(bridge.places.output, slug) != before[slug]
    assert Worker.objects.count() == 1, "the dead one is forgotten"
    second.terminate()
    assert second.wait(PATIENCE) == 0


def test_a_slow_worker_keeps_what_it_holds_and_a_dead_one_does_not(tmp_path: Path) -> None:
    request = queue.ask("rebuild")
    now = datetime.now(UTC)
    queue.beat("slow.1.a", now - timedelta(hours=1))
    assert [one.pk for one in queue.claim("slow.1.a", now)] == [request.pk]

    def gone(worker: str) -> bool | None:
        return presence.gone(tmp_path, worker)

    with presence.present(tmp_path, "slow.1.a"):
        assert gone("slow.1.a") is False
        assert queue.release_abandoned(now, gone) == 0, "it is silent, and it lives"
    assert gone("slow.1.a") is None, "of one that left there is nothing to know"
    assert queue.release_abandoned(now, gone) == 1
    # A lock file without a process: killed. Its requests are free at once, however lately it beat.
    queue.beat("dead.1.b", now)
    assert queue.claim("dead.1.b", now)
    (tmp_path / "locks/workers/dead.1.b.lock").touch()
    assert queue.release_abandoned(now, gone) == 1
    assert queue.waiting(now)


def test_who_lost_its_requests_neither_finishes_nor_returns_them() -> None:
    queue.ask("rebuild")
    now = datetime.now(UTC)
    queue.beat("one.1.a", now - timedelta(hours=1))
    mine = queue.claim("one.1.a", now)
    queue.release_abandoned(now)
    queue.beat("two.1.b", now)
    (theirs,) = queue.claim("two.1.b", now)
    queue.finish(mine, now, [], [])
    queue.give_back(mine, now, Problem(code="publish-failed", message="full"))
    theirs.refresh_from_db()
    assert theirs.finished_at is None
    assert theirs.claim.startswith("two.1.b")
