"""Receipts for editors: the published page, the queue, the worker and the sites in one answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from wagtail.models import PageViewRestriction

from cms.accounts.models import User
from cms.api.models import ApiToken
from cms.places import places
from cms.publishing import queue
from cms.publishing.clock import Clock
from cms.publishing.models import Worker
from cms.publishing.receipts import report
from cms.publishing.worker import PublishingWorker
from cms.records.models import StoryPage
from site_builder.cli import main
from site_builder.records import Problem
from site_builder.release.receipts import Receipt, Report
from site_builder.release.rollback import rollback
from site_builder.release.state import Records
from tests.cms.bridge import edit, page_of

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def story(unions: SimpleNamespace, make_story: Callable[..., Any]) -> UUID:
    """A story of 山东 that 青岛 must carry, live on both sites; no worker runs any more."""
    page = make_story(unions.shandong, "必转的消息", share_mode="required", share_to=["descendants"])
    make_story(unions.shandong, "本地的消息")
    work()
    return page.uuid


def work() -> None:
    PublishingWorker(places(), Clock(), jobs=1).step()
    Worker.objects.all().delete()


def ask(record: UUID) -> Report:
    return report(places(), Clock(), record)


def said(record: UUID) -> dict[str, tuple[str, str]]:
    return {row.union.slug: (row.state, row.delay.code if row.delay else "") for row in ask(record).rows}


def living_worker() -> None:
    queue.beat("host.1", datetime.now(UTC))


def test_live_and_an_edit_from_the_click_to_the_sites(story: UUID) -> None:
    assert said(story) == {"qingdao": ("live", ""), "shandong": ("live", "")}
    edit(story, title="改过的标题")
    assert set(said(story).values()) == {("outdated", "no-worker")}, (
        "nothing was exported, and nothing will be"
    )
    living_worker()
    found = ask(story)
    assert {row.delay.code for row in found.rows if row.delay} == {"queued"}
    assert found.queue is not None
    (request,) = found.queue.requests
    assert not request.taken
    queue.claim("host.1", datetime.now(UTC))
    assert {row.delay.code for row in ask(story).rows if row.delay} == {"building"}
    queue.release_abandoned(datetime.now(UTC) + timedelta(minutes=5))
    work()
    assert said(story) == {"qingdao": ("live", ""), "shandong": ("live", "")}
    found = ask(story)
    assert found.queue is not None
    assert found.queue.requests == ()


def test_before_it_goes_the_screens_say_from_how_many_sites(
    story: UUID, people: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(people.shandong_manager)
    for screen in ("unpublish", "delete"):
        page = client.get(f"/admin/pages/{page_of(story).pk}/{screen}/").content.decode()
        assert "在 2 个网站上" in page, screen


@pytest.mark.parametrize("how", ["unpublish", "delete", "restrict", "withdraw"])
def test_a_withdrawal_from_the_click_to_the_sites(story: UUID, how: str) -> None:
    living_worker()
    page = page_of(story)
    if how == "restrict":
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    elif how == "withdraw":
        edit(story, withdrawn_at=datetime.now(UTC).replace(microsecond=0), withdrawn_reason="有误")
    else:
        getattr(page, how)()
    reason = "withdrawn" if how == "withdraw" else "unpublished"
    assert [(row.state, row.reason) for row in ask(story).rows] == [("lingering", reason)] * 2
    assert set(said(story).values()) == {("lingering", "queued")}
    work()
    expected = [] if how == "delete" else [("gone", reason)] * 2
    assert [(row.state, row.reason) for row in ask(story).rows] == expected


def test_one_site_that_is_held_and_one_that_fails(unions: SimpleNamespace, story: UUID) -> None:
    edit(story, title="第二版")
    work()
    rollback(places(), "qingdao")
    unions.shandong.theme = "no-such-theme"
    unions.shandong.save_revision().publish()
    work()
    edit(story, title="第三版")
    # A publication ends a hold: it is set again to see what is said of it.
    work()
    rollback(places(), "qingdao")
    living_worker()
    rows = {row.union.slug: row for row in ask(story).rows}
    failed, held = rows["shandong"].delay, rows["qingdao"].delay
    assert failed is not None
    assert held is not None
    assert (failed.code, held.code) == ("failed", "held")
    assert failed.until is not None, "when it is tried again"
    assert held.release is not None


def test_what_cannot_be_exported_says_so(story: UUID) -> None:
    living_worker()
    page = page_of(story)
    # Published before a rule became stricter: the page is live, and content cannot carry it.
    StoryPage.objects.filter(pk=page.pk).update(share_mode="required", share_to=[], title="改过")
    found = ask(story)
    assert found.queue is not None
    assert found.queue.problems
    assert found.queue.problems[0].record == str(story)


def test_publishing_that_failed_says_why_and_when_it_is_tried_again(story: UUID) -> None:
    living_worker()
    edit(story, title="改过的标题")
    now = datetime.now(UTC)
    again = now + timedelta(seconds=30)
    taken = queue.claim("host.1", now)
    queue.give_back(taken, again, Problem(code="publish-failed", message="the disk is full"))
    told = {row.delay for row in ask(story).rows}
    assert {(one.code, one.detail, one.until) for one in told if one} == {
        ("not-exported", "the disk is full", again)
    }
    queue.claim("host.1", again)
    assert {code for _, code in said(story).values()} == {"building"}


def test_a_draft_has_no_rows_and_an_embargo_its_moment(
    unions: SimpleNamespace, story: UUID, make_story: Callable[..., Any]
) -> None:
    draft = make_story(unions.shandong, "草稿", live=False)
    assert ask(draft.uuid).rows == ()
    lifts = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    later = make_story(unions.shandong, "到时发布", published=lifts)
    work()
    (row,) = ask(later.uuid).rows
    assert (row.state, row.reason, row.moment) == ("absent", "embargoed", lifts)


# --- the screen -----------------------------------------------------------------------------------


def screen(client: Client, record: UUID, **query: str) -> str:
    response = client.get(reverse("publishing-receipts", args=[record]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_screen_counts_first_and_lists_sites(
    story: UUID, people: SimpleNamespace, sign_in: SignIn
) -> None:
    page = screen(sign_in(people.shandong_editor), story)
    assert "已上线 2 / 2" in page
    assert "青岛市总工会" in page
    assert "必转的消息" in page
    assert "没有正在运行的发布进程" in page
    (row,) = [row for row in ask(story).rows if row.union.slug == "qingdao"]
    assert row.hash is not None
    assert row.hash[:12] in page
    found = screen(sign_in(people.shandong_editor), story, q="青岛")
    assert "https://qingdao.example" in found
    assert "https://shandong.example" not in found
    assert "没有这样的网站" in screen(sign_in(people.shandong_editor), story, show="missing")


def test_people_below_see_their_own_site_only(story: UUID, people: SimpleNamespace, sign_in: SignIn) -> None:
    queue.ask("record", str(story), union="shandong", title="必转的消息", user=people.shandong_reviewer)
    page = screen(sign_in(people.qingdao_editor), story)
    assert "shandong-reviewer" not in page, "who asked is the upper union's affair"
    assert "shandong-reviewer" in screen(sign_in(people.shandong_editor), story)
    assert "https://qingdao.example" in page
    assert "https://shandong.example" not in page
    assert "已上线 1 / 1" in page


def test_another_unions_local_or_embargoed_record_is_not_found(
    unions: SimpleNamespace,
    story: UUID,
    people: SimpleNamespace,
    sign_in: SignIn,
    make_story: Callable[..., Any],
) -> None:
    local = StoryPage.objects.get(title="本地的消息")
    lifts = datetime.now(UTC) + timedelta(hours=1)
    later = make_story(
        unions.shandong, "密不可言", published=lifts, share_mode="required", share_to=["descendants"]
    )
    draft = make_story(unions.shandong, "草稿", live=False)
    work()
    client = sign_in(people.qingdao_manager)
    for record in (local.uuid, later.uuid, draft.uuid, uuid4()):
        assert client.get(reverse("publishing-receipts", args=[record])).status_code == 404
    assert "密不可言" in screen(sign_in(people.shandong_editor), later.uuid)
    assert "草稿，还没有发布过" in screen(sign_in(people.shandong_editor), draft.uuid)


def test_the_page_of_a_record_leads_to_its_receipts(
    story: UUID, people: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(people.shandong_reviewer)
    page = page_of(story)
    address = reverse("publishing-receipts", args=[story])
    assert address in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    response = client.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]), follow=True)
    assert address in response.content.decode(), "what was just done is followed from its message"


def test_three_thousand_sites_are_listed_in_pages(
    story: UUID, people: SimpleNamespace, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row, _) = ask(story).rows
    many = tuple(
        Receipt(row.union.model_copy(update={"slug": f"u{n}", "name": f"第{n}工会"}), "missing")
        for n in range(3200)
    )
    monkeypatch.setattr("cms.publishing.receipts.receipts", lambda *arguments, **options: list(many))
    client = sign_in(people.shandong_editor)
    page = screen(client, story)
    assert "已上线 0 / 3200" in page
    assert page.count("data-state=") == 50
    assert "第 1 页，共 64 页" in page
    last = screen(client, story, p="64")
    assert "第3199工会" in last
    assert "第0工会" not in last


# --- JSON -----------------------------------------------------------------------------------------


def get(secret: str, record: UUID, status: int = 200, **query: object) -> dict[str, Any]:
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    response = client.get(f"/api/v1/records/{record}/receipts/", query)
    assert response.status_code == status, response.content
    found: dict[str, Any] = orjson.loads(response.content)
    return found


def test_the_api_says_the_same(story: UUID) -> None:
    secret = ApiToken.objects.issue("全网")[1]
    found = get(secret, story)
    assert found["counts"]["current"] == found["counts"]["expected"] == found["count"] == 2
    assert {(row["union"], row["state"]) for row in found["receipts"]} == {
        ("shandong", "live"),
        ("qingdao", "live"),
    }
    assert all(row["hash"] and row["built"] and row["since"] for row in found["receipts"])
    assert found["queue"]["worker"] is False
    only = get(secret, story, union="qingdao", limit=1)
    assert [row["union"] for row in only["receipts"]] == ["qingdao"]
    assert get(secret, story, state="missing")["receipts"] == []
    assert get(secret, story, 422, state="gossip")
    assert get(secret, uuid4(), 404)
    assert Client().get(f"/api/v1/records/{story}/receipts/").status_code == 401


def test_a_unions_token_sees_its_own_records_everywhere_and_others_at_home(story: UUID) -> None:
    local = StoryPage.objects.get(title="本地的消息")
    above, below = (ApiToken.objects.issue(slug, union=slug)[1] for slug in ("shandong", "qingdao"))
    assert get(above, story)["count"] == 2
    found = get(below, story)
    assert [row["union"] for row in found["receipts"]] == ["qingdao"]
    assert found["counts"]["sites"] == 1
    assert found["queue"]["requests"] == []
    get(below, local.uuid, 404)


def test_the_command_line_asks_the_cms(story: UUID, settings: Any) -> None:
    edit(story, title="改过的标题")
    here = places()
    folders = [f"--content={here.content}", f"--data={here.data}", f"--output={here.output}"]
    done = CliRunner().invoke(main, ["status", *folders, "--record", str(story), "--json"])
    assert done.exit_code == 0, done.output
    found = orjson.loads(done.stdout)
    assert {row["delay"]["code"] for row in found["receipts"]} == {"no-worker"}
    assert len(found["queue"]["requests"]) == 1
    assert Records(here.data).hold("qingdao") is None
