"""What is live goes to its targets by itself, and whoever it concerns hears when it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid5

import pytest
from django.test import Client
from django.urls import reverse

from cms.publishing.alerts import alerts_for
from cms.publishing.receipts import report
from cms.publishing.worker import PublishingWorker
from cms.records.models import StoryPage
from site_builder.deploy import deploy, read_targets
from site_builder.release import switch
from site_builder.release.state import Records
from tests.builders import NAMESPACE, Network
from tests.cms.bridge import Bridge, edit
from tests.site_builder.conftest import tree

STORY = uuid5(NAMESPACE, "shandong/story/ben-di")

pytestmark = pytest.mark.django_db


@pytest.fixture
def bridge(tmp_path: Path, settings: Any) -> Bridge:
    """Two unions, loaded; their sites are to go to folders."""
    bridge = Bridge.under(tmp_path)
    network = Network(tree=False)
    network.union("shandong", None, "province")
    network.union("huaian", None, "city")
    network.story("shandong", "ben-di", title="本地的消息")
    network.write(bridge.content)
    settings.UNIONPRESS_TARGETS = bridge.content / "deploy.yaml"
    settings.UNIONPRESS_DATA = bridge.places.data
    settings.UNIONPRESS_TARGETS.write_text(f"targets: file://{tmp_path}/www/{{union}}\n")
    assert not bridge.load().problems
    return bridge


def worker(bridge: Bridge) -> PublishingWorker:
    return PublishingWorker(bridge.places, bridge.clock, jobs=1)


def delivered(bridge: Bridge, union: str) -> dict[str, bytes]:
    return tree((bridge.content.parent / "www" / union).resolve())


def test_the_worker_deploys_what_it_made_live(bridge: Bridge) -> None:
    publishing = worker(bridge)
    assert not publishing.step().has_errors
    publishing.deployer.finish()
    for union in ("shandong", "huaian"):
        assert delivered(bridge, union) == dict(bridge.live(union))
    edit(STORY, title="改过的标题")
    publishing.step()
    publishing.deployer.finish()
    assert delivered(bridge, "shandong") == dict(bridge.live("shandong"))
    assert any("改过的标题".encode() in data for data in delivered(bridge, "shandong").values())
    [note] = Records(bridge.places.data).deployments("shandong")
    assert note.release == switch.live(bridge.places.output, "shandong")


def test_without_targets_nothing_is_started(bridge: Bridge, settings: Any) -> None:
    settings.UNIONPRESS_TARGETS.unlink()
    publishing = worker(bridge)
    publishing.step()
    publishing.deployer.finish()
    assert not (bridge.content.parent / "www").exists()
    assert Records(bridge.places.data).deployments("shandong") == ()


def test_targets_that_cannot_be_read_stop_no_publication(
    bridge: Bridge, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.UNIONPRESS_TARGETS.write_text("targets: ftp://old.example/{union}\n")
    done = worker(bridge).step()
    assert len(done.sites) == 2
    assert not done.has_errors
    assert "starts with file://" in caplog.text


def test_people_hear_of_a_deployment_that_keeps_failing(
    people: SimpleNamespace,
    sign_in: Callable[..., Client],
    make_story: Callable[..., Any],
    unions: SimpleNamespace,
    tmp_path: Path,
    settings: Any,
) -> None:
    """山东's own people do, 青岛's do not; it is gone when it succeeds."""
    bridge = Bridge.under(tmp_path)
    here = bridge.places
    settings.UNIONPRESS_CONTENT, settings.UNIONPRESS_OUTPUT = here.content, here.output
    settings.UNIONPRESS_DATA, settings.UNIONPRESS_TARGETS = here.data, tmp_path / "deploy.yaml"
    make_story(unions.shandong, "第一篇")
    worker(bridge).step()
    settings.UNIONPRESS_TARGETS.write_text(f"targets: file://{tmp_path}/www/{{union}}\n")
    targets = read_targets(settings.UNIONPRESS_TARGETS)
    (tmp_path / "www" / "shandong").mkdir(parents=True)
    for _ in range(2):
        assert deploy(bridge.places, ["shandong", "qingdao"], targets).has_errors
    assert "deploy-failed" in _codes(people.shandong_editor)
    assert "deploy-failed" in _codes(people.superuser)
    assert "deploy-failed" not in _codes(people.qingdao_editor)
    # Beside the record: live here, and where readers are, not yet.
    story = StoryPage.objects.get()
    client = sign_in(people.shandong_editor)
    screen = client.get(reverse("publishing-receipts", args=[story.uuid])).content.decode()
    assert "已上线 1 / 1" in screen
    assert "服务器上，0 / 1 个网站也已上线" in screen
    assert 'data-delivery="failed"' in screen
    assert "服务器不让部署" in screen, "in the editors' words"
    own = client.get(reverse("publishing-site", args=["shandong"])).content.decode()
    assert own.count("服务器不让部署") == 2, "the alert and the target"
    (tmp_path / "www" / "shandong").rmdir()
    assert not deploy(bridge.places, ["shandong"], targets).has_errors
    assert "deploy-failed" not in _codes(people.superuser)
    [row] = report(bridge.places, bridge.clock, story.uuid).rows
    assert [one.state for one in row.deliveries] == ["delivered"]
    settings.UNIONPRESS_TARGETS.write_text("targets: [")
    assert "targets-unreadable" in _codes(people.network_admin)
    assert "targets-unreadable" not in _codes(people.shandong_editor)
    [row] = report(bridge.places, bridge.clock, story.uuid).rows
    assert [one.state for one in row.deliveries] == ["delivered"], "what is known is told nevertheless"


def _codes(person: Any) -> list[str]:
    return [alert.code for alert in alerts_for(person)]
