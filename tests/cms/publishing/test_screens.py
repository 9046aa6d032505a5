"""发布状态: each union's people see and move their own site only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from cms.accounts.models import User
from cms.exporting.export import export
from cms.places import places
from cms.publishing.actions import RebuildSite, RollBackSite
from cms.publishing.clock import Clock
from cms.publishing.models import PublishRequest, Worker
from cms.publishing.worker import PublishingWorker
from site_builder.release.switch import live

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def built(unions: SimpleNamespace, make_story: Callable[..., object], tmp_path: Path, settings: Any) -> None:
    """Both sites live, each with two releases."""
    settings.UNIONPRESS_CONTENT = tmp_path / "content"
    settings.UNIONPRESS_DATA = tmp_path / "data"
    settings.UNIONPRESS_OUTPUT = tmp_path / "output"
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
    tmp_path: Path,
    settings: Any,
) -> None:
    settings.UNIONPRESS_CONTENT = tmp_path / "content"
    settings.UNIONPRESS_DATA = tmp_path / "data"
    settings.UNIONPRESS_OUTPUT = tmp_path / "output"
    export(places(), Clock())
    client = sign_in(people.qingdao_manager)
    response = client.post(reverse("publishing-rollback", args=["qingdao"]), follow=True)
    assert "没有回滚" in response.content.decode()


def test_a_living_worker_is_shown(people: SimpleNamespace, sign_in: SignIn) -> None:
    Worker.objects.create(name="host.1", doing="build 1/2")
    page = sign_in(people.qingdao_editor).get(reverse("publishing-status")).content.decode()
    assert "没有正在运行的发布进程" not in page
