"""发布状态: each union's people see and move their own site only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry
from wagtail.signals import page_published

from cms.accounts.models import User
from cms.exporting.export import export
from cms.places import places
from cms.publishing import clock
from cms.publishing.actions import RebuildSite, RollBackSite
from cms.publishing.clock import Clock
from cms.publishing.models import PublishRequest, Worker
from cms.publishing.views import troubles
from cms.publishing.worker import PublishingWorker
from site_builder.records import Problem
from site_builder.release.rollback import releases, rollback
from site_builder.release.state import Records
from site_builder.release.switch import live

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def built(unions: SimpleNamespace, make_story: Callable[..., object]) -> None:
    """Both sites live, each with two releases."""
    for title in ("第一篇", "第二篇"):
        for union in (unions.shandong, unions.qingdao):
            make_story(union, f"{union.short}{title}")
        PublishingWorker(places(), Clock(), jobs=1).step()


def test_people_see_their_own_sites_only(built: None, people: SimpleNamespace, sign_in: SignIn) -> None:
    page = sign_in(people.qingdao_reviewer).get(reverse("publishing-status")).content.decode()
    assert "青岛市总工会" in page
    assert "市总第二篇" in page
    assert "山东省总工会" not in page
    assert "省总第二篇" not in page
    release = live(places().output, "qingdao")
    assert release is not None
    assert release[:8] in page
    everything = sign_in(people.network_admin).get(reverse("publishing-status")).content.decode()
    assert "青岛市总工会" in everything
    assert "山东省总工会" in everything


def test_the_page_works_before_anything_was_exported(people: SimpleNamespace, sign_in: SignIn) -> None:
    page = sign_in(people.qingdao_editor).get(reverse("publishing-status")).content.decode()
    assert "还没有导出" in page
    assert "unionpress worker" in page, "no worker is running, and the page says so"
    assert "立即重建" not in page, "who may not publish may not rebuild"


def test_a_rebuild_is_a_request_of_its_union(built: None, people: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(people.qingdao_reviewer)
    assert client.post(reverse("publishing-rebuild", args=["qingdao"])).status_code == 302
    request = PublishRequest.objects.latest("pk")
    assert (request.action, request.subject, request.user) == ("rebuild", "qingdao", people.qingdao_reviewer)
    assert PageLogEntry.objects.filter(action="unionpress.rebuild").exists()
    done = PublishingWorker(places(), Clock(), jobs=1).step()
    assert {site.union for site in done.sites} == {"qingdao"}


@pytest.mark.parametrize("view", ["publishing-rebuild", "publishing-rollback"])
@pytest.mark.parametrize("who", ["shandong_manager", "shandong_reviewer", "qingdao_editor"])
def test_nobody_moves_a_site_they_may_not_publish_to(
    built: None, people: SimpleNamespace, sign_in: SignIn, view: str, who: str
) -> None:
    before = (live(places().output, "qingdao"), PublishRequest.objects.count())
    response = sign_in(getattr(people, who)).post(reverse(view, args=["qingdao"]))
    assert response.status_code in (302, 403, 404)
    assert (live(places().output, "qingdao"), PublishRequest.objects.count()) == before


def test_actions_check_by_themselves(built: None, unions: SimpleNamespace, people: SimpleNamespace) -> None:
    for action in (
        RebuildSite(unions.qingdao, people.shandong_manager),
        RollBackSite(unions.qingdao, places(), people.qingdao_editor),
    ):
        with pytest.raises(PermissionDenied):
            action.execute()


def test_a_rollback_holds_until_somebody_publishes(
    built: None,
    unions: SimpleNamespace,
    people: SimpleNamespace,
    sign_in: SignIn,
    make_story: Callable[..., object],
) -> None:
    newest = live(places().output, "qingdao")
    client = sign_in(people.qingdao_manager)
    client.post(reverse("publishing-rollback", args=["qingdao"]))
    older = live(places().output, "qingdao")
    assert older != newest
    assert "held" in client.get(reverse("publishing-status")).content.decode()
    PublishingWorker(places(), Clock(), jobs=1).step()
    assert live(places().output, "qingdao") == older
    make_story(unions.qingdao, "第三篇")
    PublishingWorker(places(), Clock(), jobs=1).step()
    assert live(places().output, "qingdao") not in (older, newest)


def test_nothing_to_go_back_to_is_said(
    unions: SimpleNamespace,
    people: SimpleNamespace,
    sign_in: SignIn,
) -> None:
    export(places(), Clock())
    client = sign_in(people.qingdao_manager)
    response = client.post(reverse("publishing-rollback", args=["qingdao"]), follow=True)
    assert "没有回滚" in response.content.decode()


def test_a_living_worker_is_shown(people: SimpleNamespace, sign_in: SignIn) -> None:
    Worker.objects.create(name="host.1", doing="build 1/2")
    page = sign_in(people.qingdao_editor).get(reverse("publishing-status")).content.decode()
    assert "没有正在运行的发布进程" not in page


# --- one site -------------------------------------------------------------------------------------


def site(client: Client, slug: str = "qingdao") -> str:
    response = client.get(reverse("publishing-site", args=[slug]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("view", ["site", "rebuild", "rollback", "lift-hold"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_unions_site_is_not_found(
    built: None, people: SimpleNamespace, sign_in: SignIn, view: str, method: str
) -> None:
    before = (live(places().output, "qingdao"), PublishRequest.objects.count())
    client = sign_in(people.shandong_manager)
    response = getattr(client, method)(reverse(f"publishing-{view}", args=["qingdao"]))
    assert response.status_code in ((404, 405) if method == "get" else (404,))
    assert (live(places().output, "qingdao"), PublishRequest.objects.count()) == before


def test_an_editor_looks_and_may_move_nothing(built: None, people: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(people.qingdao_editor)
    page = site(client)
    assert "换成这一版" not in page
    assert "立即重建" not in page
    before = live(places().output, "qingdao")
    older = releases(places(), "qingdao")[1].id
    assert client.get(reverse("publishing-rollback", args=["qingdao"]), {"release": older}).status_code == 404
    rollback(places(), "qingdao")
    for view in ("rollback", "lift-hold", "rebuild"):
        response = client.post(reverse(f"publishing-{view}", args=["qingdao"]), {"release": before})
        assert response.status_code in (302, 403, 404)
    assert live(places().output, "qingdao") == older
    assert Records(places().data).hold("qingdao") is not None


def test_going_back_is_chosen_explained_and_confirmed(
    built: None, people: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(people.qingdao_reviewer)
    newest, older = (release.id for release in releases(places(), "qingdao")[:2])
    address = reverse("publishing-rollback", args=["qingdao"])
    assert f"{address}?release={older}" in site(client)
    asked = client.get(address, {"release": older}).content.decode()
    assert "撤回的内容也可能重新出现" in asked
    assert live(places().output, "qingdao") == newest, "looking changes nothing"
    done = client.post(address, {"release": older}, follow=True).content.decode()
    assert "已回滚" in done
    assert "解除保持" in done
    assert live(places().output, "qingdao") == older
    for wanted in (older, "no-such-release", ""):
        assert "请先选一个" in client.get(address, {"release": wanted}, follow=True).content.decode()


def test_lifting_a_hold_brings_the_newest_content_back(
    built: None, people: SimpleNamespace, sign_in: SignIn
) -> None:
    newest = live(places().output, "qingdao")
    rollback(places(), "qingdao")
    client = sign_in(people.qingdao_manager)
    response = client.post(reverse("publishing-lift-hold", args=["qingdao"]), follow=True)
    assert "已解除保持" in response.content.decode()
    assert Records(places().data).hold("qingdao") is None
    assert PageLogEntry.objects.filter(action="unionpress.lift_hold", user=people.qingdao_manager).exists()
    PublishingWorker(places(), Clock(), jobs=1).step()
    assert live(places().output, "qingdao") == newest


def test_a_problem_leads_to_the_page_that_causes_it(
    unions: SimpleNamespace,
    built: None,
    people: SimpleNamespace,
    sign_in: SignIn,
    make_story: Callable[..., Any],
) -> None:
    first = make_story(unions.qingdao, "本地版")
    # An edition of what is not shared with this union: content names the record, and so does the screen.
    foreign = make_story(unions.shandong, "不转的消息")
    first.edition_of = foreign.uuid
    first.save_revision().publish()
    PublishingWorker(places(), Clock(), jobs=1).step()
    page = site(sign_in(people.qingdao_editor))
    assert reverse("wagtailadmin_pages:edit", args=[first.pk]) in page
    assert reverse("publishing-receipts", args=[first.uuid]) in page
    assert "打开《本地版》修改" in page
    assert reverse("wagtailadmin_pages:edit", args=[foreign.pk]) not in page


def test_what_a_manager_mends_is_no_link_for_an_editor(
    unions: SimpleNamespace, people: SimpleNamespace
) -> None:
    theme = Problem(
        severity="error",
        code="theme-unknown",
        message="there is no such theme",
        action="choose another",
        file="unions/qingdao.md",
    )
    for person, may_edit in ((people.qingdao_editor, False), (people.qingdao_manager, True)):
        (found,) = troubles((theme,), person)
        assert found.page is not None
        assert (found.page.pk, found.may_edit) == (unions.qingdao.pk, may_edit)


def test_the_list_of_sites_is_searched_and_narrowed(
    built: None, people: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(people.network_admin)

    def listed(**query: str) -> set[str]:
        page = client.get(reverse("publishing-status"), query).content.decode()
        table = page[page.find("<tbody>") :]
        return {name for name in ("山东省总工会", "青岛市总工会") if name in table[: table.find("</tbody>")]}

    assert listed() == {"山东省总工会", "青岛市总工会"}
    assert listed(q="青岛") == {"青岛市总工会"}
    assert listed(q="qingdao") == {"青岛市总工会"}
    assert listed(q="没有这样的") == set()
    assert listed(show="held") == set()
    rollback(places(), "qingdao")
    assert listed(show="held") == {"青岛市总工会"}
    assert listed(show="failed") == set()


def test_where_the_clock_stands_still_every_page_says_what_that_means(
    built: None, people: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(people.qingdao_editor)
    assert "演示网络" not in client.get(reverse("publishing-status")).content.decode()
    clock.stop(places().data, datetime.fromisoformat("2025-04-08T09:00+08:00"))
    for page in (client.get(reverse("publishing-status")).content.decode(), site(client)):
        assert "2025-04-08 09:00" in page
        assert "内容马上上网" in page


@pytest.mark.parametrize("by_the_clock", [False, True])
def test_a_publication_is_of_who_approved_it_and_not_of_who_wrote_it(
    unions: SimpleNamespace,
    people: SimpleNamespace,
    make_story: Callable[..., Any],
    sign_in: SignIn,
    by_the_clock: bool,
) -> None:
    story = make_story(unions.qingdao, "夜校开课", live=False)
    revision = story.save_revision(user=people.qingdao_editor)
    story.get_workflow().start(story, people.qingdao_editor)
    if by_the_clock:
        story.current_workflow_task_state.approve(user=people.qingdao_reviewer)
        PublishRequest.objects.all().delete()
        page_published.send(type(story), instance=story, revision=revision)
    else:
        address = reverse(
            "wagtailadmin_pages:workflow_action",
            args=[story.pk, "approve", story.current_workflow_task_state.pk],
        )
        sign_in(people.qingdao_reviewer).post(address, {"comment": ""})
    asked = PublishRequest.objects.filter(action="record")
    assert [request.user for request in asked] == [people.qingdao_reviewer]
