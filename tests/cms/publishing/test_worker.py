"""From an editor's click to the changed bytes on the sites, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import OperationalError
from wagtail.models import PageViewRestriction

from cms.publishing import queue
from cms.publishing.actions import RebuildSite, RollBackSite
from cms.publishing.clock import Clock
from cms.publishing.models import PublishRequest, ScheduleRetry, SiteRetry, Worker
from cms.publishing.worker import Done, PublishingWorker
from cms.records.models import StoryPage
from cms.sharing.models import Adoption
from cms.unions.models import UnionPage
from site_builder.release.switch import live
from tests.builders import Network, to
from tests.cms.bridge import Bridge, ago, draft, edit, page_of, requests

pytestmark = pytest.mark.django_db

SECRET = "尚未公开的话"


@pytest.fixture
def network() -> Network:
    """A province that shares one story with the city below, and keeps one to itself; a city beside."""
    network = Network(tree=False)
    network.union("shandong", None, "province")
    network.union("qingdao", "shandong", "city")
    network.union("huaian", None, "city")
    network.story("shandong", "bi-zhuan", title="必转的消息", share=to("descendants"))
    network.story("shandong", "ben-di", title="本地的消息")
    network.story("qingdao", "qing-dao", title="青岛的消息")
    network.story("huaian", "huai-an", title="淮安的消息")
    return network


@pytest.fixture
def ids(network: Network) -> dict[str, UUID]:
    return {record.slug: record.id for record in network.records.values()}


@pytest.fixture
def bridge(network: Network, tmp_path: Path) -> Bridge:
    """Loaded, built and idle."""
    bridge = Bridge.under(tmp_path)
    network.write(bridge.content)
    bridge.begin()
    assert not step(bridge).has_errors
    return bridge


def step(bridge: Bridge) -> Done:
    return PublishingWorker(bridge.places, bridge.clock, jobs=1).step()


def built(done: Done) -> set[str]:
    return {site.union for site in done.sites}


def test_what_was_asked_for_before_a_rollback_does_not_undo_it(bridge: Bridge, ids: dict[str, UUID]) -> None:
    first = live(bridge.places.output, "qingdao")
    edit(ids["qing-dao"], title="改过一次")
    step(bridge)
    edit(ids["bi-zhuan"], title="还在排队的改动")
    union = UnionPage.objects.get(slug="qingdao")
    RollBackSite(union, bridge.places, release=first).execute()
    step(bridge)
    assert live(bridge.places.output, "qingdao") == first
    assert bridge.mentions("shandong", "还在排队的改动"), "it holds one site, not the others"
    RebuildSite(union).execute()
    step(bridge)
    assert bridge.mentions("qingdao", "还在排队的改动")


def test_a_published_edit_is_live_where_the_record_is_shown(bridge: Bridge, ids: dict[str, UUID]) -> None:
    before = {union: live(bridge.places.output, union) for union in ("shandong", "qingdao", "huaian")}
    edit(ids["bi-zhuan"], title="改过的标题")
    assert requests()[-1] == ("record", str(ids["bi-zhuan"]))
    done = step(bridge)
    assert done.written == ["records/shandong/story/bi-zhuan.md"]
    assert built(done) == {"shandong", "qingdao"}
    assert bridge.mentions("shandong", "改过的标题")
    assert bridge.mentions("qingdao", "改过的标题")
    assert not bridge.mentions("qingdao", "必转的消息")
    assert live(bridge.places.output, "huaian") == before["huaian"]
    assert live(bridge.places.output, "qingdao") != before["qingdao"]
    request = PublishRequest.objects.latest("pk")
    assert (request.outcome, sorted(request.sites), request.union) == (
        "done",
        ["qingdao", "shandong"],
        "shandong",
    )
    assert not step(bridge).requests


def test_a_local_edit_builds_its_own_site_only(bridge: Bridge, ids: dict[str, UUID]) -> None:
    edit(ids["ben-di"], title="改过的标题")
    assert built(step(bridge)) == {"shandong"}
    assert not bridge.mentions("qingdao", "改过的标题")


def test_a_draft_reaches_no_file(bridge: Bridge, ids: dict[str, UUID]) -> None:
    draft(ids["bi-zhuan"], title=SECRET)
    done = step(bridge)
    assert (done.requests, done.written) == (0, [])
    assert not bridge.mentions("shandong", SECRET)


@pytest.mark.parametrize("how", ["unpublish", "delete", "restrict"])
def test_what_is_taken_back_is_gone_from_every_file(bridge: Bridge, ids: dict[str, UUID], how: str) -> None:
    assert bridge.mentions("qingdao", "必转的消息")
    page = page_of(ids["bi-zhuan"])
    if how == "restrict":
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    else:
        getattr(page, how)()
    done = step(bridge)
    assert done.removed == ["records/shandong/story/bi-zhuan.md"]
    assert built(done) == {"shandong", "qingdao"}
    for union in ("shandong", "qingdao"):
        assert not bridge.mentions(union, "必转的消息")
        assert not bridge.mentions(union, "bi-zhuan")


def test_a_share_that_ends_takes_the_record_off_the_sites_below(bridge: Bridge, ids: dict[str, UUID]) -> None:
    edit(ids["bi-zhuan"], share_mode="none", share_to=[])
    assert built(step(bridge)) == {"shandong", "qingdao"}
    assert bridge.mentions("shandong", "必转的消息")
    assert not bridge.mentions("qingdao", "必转的消息")


def test_an_adoption_builds_the_union_that_adopts(bridge: Bridge, ids: dict[str, UUID]) -> None:
    edit(ids["ben-di"], share_mode="offer", share_to=["children"])
    step(bridge)
    assert not bridge.mentions("qingdao", "本地的消息")
    Adoption.objects.create(union=UnionPage.objects.get(slug="qingdao"), record=ids["ben-di"], action="take")
    assert built(step(bridge)) == {"qingdao"}
    assert bridge.mentions("qingdao", "本地的消息")


def test_an_embargoed_record_appears_at_its_time(bridge: Bridge, ids: dict[str, UUID]) -> None:
    lifts = datetime.now(UTC) + timedelta(hours=1)
    page = StoryPage(title=SECRET, slug="jin-fa", live=False, published=lifts)
    UnionPage.objects.get(slug="shandong").section("story").add_child(instance=page)
    page.save_revision().publish()
    done = step(bridge)
    assert done.written == ["records/shandong/story/jin-fa.md"]
    assert not bridge.mentions("shandong", SECRET)
    assert not bridge.mentions("shandong", "jin-fa")

    class Later(Clock):
        def real(self) -> datetime:
            return lifts + timedelta(seconds=1)

    done = PublishingWorker(bridge.places, Later(), jobs=1).step()
    assert built(done) == {"shandong"}
    assert bridge.mentions("shandong", SECRET)


def test_a_page_scheduled_in_wagtail_is_embargoed_in_content(bridge: Bridge) -> None:
    lifts = datetime.now(UTC) + timedelta(hours=1)
    page = StoryPage(title=SECRET, slug="ding-shi", live=False, go_live_at=lifts)
    UnionPage.objects.get(slug="shandong").section("story").add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    assert not page.live
    assert step(bridge).written == ["records/shandong/story/ding-shi.md"]
    assert not bridge.mentions("shandong", SECRET)
    text = (bridge.content / "records/shandong/story/ding-shi.md").read_text("utf-8")
    local = lifts.astimezone(datetime.now().astimezone().tzinfo)
    assert f":{local:%M:%S}+08:00" in text


def test_one_scheduled_failure_stops_no_other(
    bridge: Bridge, ids: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    for slug in ("ben-di", "qing-dao"):
        StoryPage.objects.filter(uuid=ids[slug]).update(expire_at=ago(minutes=1))
    fails = StoryPage.unpublish

    def unpublish(page: StoryPage, *arguments: object, **options: object) -> None:
        if page.slug == "ben-di":
            raise RuntimeError("a plug-in failed")
        fails(page, *arguments, **options)

    monkeypatch.setattr(StoryPage, "unpublish", unpublish)
    done = step(bridge)
    (problem,) = done.problems
    assert (problem.code, problem.record) == ("schedule-failed", "本地的消息")
    assert not page_of(ids["qing-dao"]).live
    assert ScheduleRetry.objects.get().failures == 1
    assert not step(bridge).problems, "it waits before it is tried again"


def test_a_site_that_fails_is_tried_later_and_holds_up_no_other(bridge: Bridge, ids: dict[str, UUID]) -> None:
    edit_union = UnionPage.objects.get(slug="qingdao")
    edit_union.theme = "no-such-theme"
    edit_union.save_revision().publish()
    done = step(bridge)
    assert {site.union for site in done.sites if site.failed} == {"qingdao"}
    assert SiteRetry.objects.get().union == "qingdao"
    assert not built(step(bridge)), "not again at once"
    edit_union.theme = "base"
    edit_union.save_revision().publish()
    assert "qingdao" in built(step(bridge))
    assert not SiteRetry.objects.exists()


def test_nobody_is_told_of_the_failing_site_of_a_union_that_is_gone(bridge: Bridge) -> None:
    union = UnionPage.objects.get(slug="qingdao")
    union.theme = "no-such-theme"
    union.save_revision().publish()
    step(bridge)
    assert SiteRetry.objects.get().union == "qingdao"
    union.refresh_from_db()
    union.unpublish()
    step(bridge)
    assert not SiteRetry.objects.exists()


def test_a_union_that_is_deleted_asks_for_nothing_by_its_sections(bridge: Bridge) -> None:
    UnionPage.objects.get(slug="qingdao").delete()
    asked = PublishRequest.objects.filter(finished_at=None).values_list("action", flat=True)
    assert "union" in asked
    assert "rebuild" not in asked


def test_the_screen_no_longer_speaks_of_what_is_done(bridge: Bridge, ids: dict[str, UUID]) -> None:
    Worker.objects.all().delete()
    worker = PublishingWorker(bridge.places, bridge.clock, jobs=1)
    edit(ids["ben-di"], title="甲")
    worker.step()
    assert Worker.objects.get().doing.startswith("build")
    worker.step()
    assert Worker.objects.get().doing == ""


def test_requests_are_shared_and_never_lost(bridge: Bridge, ids: dict[str, UUID]) -> None:
    edit(ids["ben-di"], title="甲")
    edit(ids["ben-di"], title="乙")
    now = datetime.now(UTC)
    queue.beat("one", now)
    assert len(queue.claim("one", now)) == 2
    assert queue.claim("two", now) == []
    # The first worker is killed before it has built anything; what it exported is on disk already.
    bridge.export()
    Worker.objects.filter(name="one").update(beat_at=ago(minutes=5))
    done = step(bridge)
    assert done.requests == 2
    assert built(done) == {"shandong", "qingdao", "huaian"}
    assert bridge.mentions("shandong", "乙")


def test_a_failed_export_gives_its_requests_back(
    bridge: Bridge, ids: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(ids["ben-di"], title="甲")

    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("cms.publishing.worker.export", full)
        done = step(bridge)
    assert "No space left" in done.problems[0].message
    assert not step(bridge).requests, "not again at once"
    PublishRequest.objects.filter(finished_at=None).update(not_before=ago(seconds=1))
    assert step(bridge).requests == 1
    assert bridge.mentions("shandong", "甲")


def test_a_file_that_cannot_be_written_stops_no_other_and_is_tried_again(
    bridge: Bridge, ids: dict[str, UUID]
) -> None:
    file = bridge.content / "records/qingdao/story/qing-dao.md"
    take_its_place(file)
    edit(ids["qing-dao"], title="写不下的一篇")
    edit(ids["ben-di"], title="写得下的一篇")
    done = step(bridge)
    (problem,) = done.problems
    assert (problem.code, problem.file) == ("not-written", "records/qingdao/story/qing-dao.md")
    assert "移开" in problem.action
    assert bridge.mentions("shandong", "写得下的一篇")
    (waits,) = PublishRequest.objects.filter(finished_at=None)
    assert (waits.subject, waits.problems[0]["code"]) == (str(ids["qing-dao"]), "not-written")
    assert not step(bridge).requests, "not again at once"

    # It goes on failing: only what it is about is looked at, and others come in between.
    PublishRequest.objects.filter(finished_at=None).update(not_before=ago(seconds=1))
    edit(ids["huai-an"], title="又一篇")
    again = step(bridge)
    assert (again.requests, again.written) == (2, ["records/huaian/story/huai-an.md"])
    assert built(again) == {"huaian"}, "nobody died: the others' sites are left alone"

    file.rmdir()
    PublishRequest.objects.filter(finished_at=None).update(not_before=ago(seconds=1))
    assert step(bridge).requests == 1
    assert bridge.mentions("qingdao", "写不下的一篇")
    assert not PublishRequest.objects.filter(finished_at=None).exists()


def take_its_place(file: Path) -> None:
    """A folder where a file is to be written."""
    file.unlink()
    file.mkdir()


def test_what_cannot_be_written_and_nobody_asked_for_is_asked_for(
    bridge: Bridge, ids: dict[str, UUID]
) -> None:
    union = bridge.content / "unions/qingdao.md"
    take_its_place(union)
    RebuildSite(UnionPage.objects.get(slug="huaian")).execute()
    assert PublishRequest.objects.filter(finished_at=None).count() == 1
    assert "unions/qingdao.md" in {problem.file for problem in step(bridge).problems}
    (asked,) = PublishRequest.objects.filter(finished_at=None)
    assert (asked.action, asked.subject, asked.union) == ("union", "qingdao", "qingdao")
    union.rmdir()
    assert step(bridge).requests == 1
    assert union.is_file()
    assert not PublishRequest.objects.filter(finished_at=None).exists()


def test_what_a_worker_died_of_on_a_second_try_is_looked_for_everywhere(
    bridge: Bridge, ids: dict[str, UUID]
) -> None:
    file = bridge.content / "records/qingdao/story/qing-dao.md"
    take_its_place(file)
    edit(ids["qing-dao"], title="写不下的一篇")
    step(bridge)
    file.rmdir()
    PublishRequest.objects.filter(finished_at=None).update(not_before=ago(seconds=1))
    queue.beat("one", datetime.now(UTC))
    assert queue.claim("one", datetime.now(UTC))
    bridge.export()
    Worker.objects.filter(name="one").update(beat_at=ago(minutes=5))
    assert built(step(bridge)) == {"shandong", "qingdao", "huaian"}


@pytest.mark.parametrize("away_at", ["finish", "give_back"])
def test_a_worker_whose_database_went_away_takes_up_again_what_it_held(
    bridge: Bridge, ids: dict[str, UUID], monkeypatch: pytest.MonkeyPatch, away_at: str
) -> None:
    edit(ids["ben-di"], title="甲")
    worker = PublishingWorker(bridge.places, bridge.clock, jobs=1)

    def away(*arguments: object, **options: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(queue, away_at, away)
        patched.setattr("cms.publishing.worker.export", away) if away_at == "give_back" else None
        with pytest.raises(OperationalError):
            worker.step()
    assert PublishRequest.objects.get(finished_at=None).claim, "what it could not say, it did not say"
    assert worker.step().requests == 1
    assert bridge.mentions("shandong", "甲")
    assert not PublishRequest.objects.filter(finished_at=None).exists()


def test_what_a_clock_gone_wrong_put_off_for_hours_is_done_now(bridge: Bridge, ids: dict[str, UUID]) -> None:
    """A machine that took its clock's local time for UTC is eight hours ahead until it is told."""
    ahead = ago(hours=-8)
    edit(ids["ben-di"], title="甲")
    edit(ids["qing-dao"], title="乙")
    PublishRequest.objects.filter(finished_at=None).update(created_at=ahead, not_before=ahead)
    PublishRequest.objects.filter(subject=ids["qing-dao"]).update(attempts=3)
    Worker.objects.update(beat_at=ahead)
    assert not queue.worker_lives(datetime.now(UTC))
    assert step(bridge).requests == 2


def test_where_the_clock_stands_still_news_is_dated_on_that_day(network: Network, tmp_path: Path) -> None:
    stands = datetime.fromisoformat("2025-04-08T09:00+08:00")
    bridge = Bridge.under(tmp_path)
    bridge.clock = Clock(stands, ago(minutes=5))
    network.story("shandong", "yi-hou", title="五月才有的消息", published="2025-05-01T09:00:00+08:00")
    network.write(bridge.content)
    bridge.load()
    step(bridge)
    assert not bridge.mentions("shandong", "五月才有的消息")
    page = StoryPage(title="刚刚发布的消息", slug="gang-gang", live=False)
    UnionPage.objects.get(slug="shandong").section("story").add_child(instance=page)
    page.save_revision().publish()
    step(bridge)
    assert "news/2025/04/gang-gang/index.html" in bridge.mentions("shandong", "刚刚发布的消息")
    assert bridge.load().problems == []


def test_migrations_are_complete() -> None:
    call_command("makemigrations", "publishing", "exporting", "delivery_api", check=True, dry_run=True)
