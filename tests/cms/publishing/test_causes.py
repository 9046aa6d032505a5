"""Every cause asks for what follows from it, in the transaction of the change; the same is done once."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.images import ImageFile
from django.db import transaction
from PIL import Image
from wagtail.models import CollectionViewRestriction

from cms.media.models import MediaImage
from cms.publishing import queue
from cms.publishing.clock import Clock
from cms.publishing.models import PublishRequest
from cms.publishing.worker import Done, PublishingWorker
from cms.sharing.models import Adoption
from cms.unions.models import UnionPage
from tests.builders import Network, to
from tests.cms.bridge import Bridge, edit, page_of, requests

pytestmark = pytest.mark.django_db


@pytest.fixture
def network() -> Network:
    network = Network(tree=False)
    network.union("shandong", None, "province")
    network.union("qingdao", "shandong", "city")
    network.union("huaian", None, "city")
    network.story("shandong", "bi-zhuan", title="必转的消息", share=to("descendants"))
    network.story("shandong", "ke-xuan", title="可选的消息", share=to("descendants", mode="offer"))
    network.story("huaian", "huai-an", title="淮安的消息")
    return network


@pytest.fixture
def ids(network: Network) -> dict[str, UUID]:
    return {record.slug: record.id for record in network.records.values()}


@pytest.fixture
def bridge(network: Network, tmp_path: Path) -> Bridge:
    bridge = Bridge.under(tmp_path)
    network.write(bridge.content)
    bridge.begin()
    assert not step(bridge).has_errors
    PublishRequest.objects.all().delete()
    return bridge


def step(bridge: Bridge) -> Done:
    return PublishingWorker(bridge.places, Clock(), jobs=1).step()


def built(done: Done) -> set[str]:
    return {site.union for site in done.sites}


def union(slug: str) -> UnionPage:
    return UnionPage.objects.get(slug=slug)


def picture(colour: str) -> ImageFile:
    data = BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "PNG")
    return ImageFile(data, "ye.png")


Change = Callable[[dict[str, UUID]], object]


def _brand(ids: dict[str, UUID]) -> None:
    page = union("qingdao")
    page.slogan = "新的口号"
    page.save_revision().publish()


def _rename(ids: dict[str, UUID]) -> None:
    """What a union is called stands on the sites around it."""
    page = union("qingdao")
    page.title = "青岛工会"
    page.save_revision().publish()


def _adopt(ids: dict[str, UUID]) -> None:
    Adoption.objects.create(union=union("qingdao"), record=ids["ke-xuan"], action="take")


CAUSES: dict[str, tuple[Change, tuple[str, str], set[str]]] = {
    "publish": (
        lambda ids: edit(ids["bi-zhuan"], title="新"),
        ("record", "bi-zhuan"),
        {"shandong", "qingdao"},
    ),
    "unpublish": (
        lambda ids: page_of(ids["bi-zhuan"]).unpublish(),
        ("record", "bi-zhuan"),
        {"shandong", "qingdao"},
    ),
    "delete": (
        lambda ids: page_of(ids["bi-zhuan"]).delete(),
        ("record", "bi-zhuan"),
        {"shandong", "qingdao"},
    ),
    "withdraw": (
        lambda ids: edit(ids["bi-zhuan"], withdrawn_at="2025-04-08T00:00+08:00", withdrawn_reason="有误"),
        ("record", "bi-zhuan"),
        {"shandong", "qingdao"},
    ),
    "slug": (lambda ids: edit(ids["bi-zhuan"], slug="xin"), ("record", "bi-zhuan"), {"shandong", "qingdao"}),
    "share begins": (
        lambda ids: edit(ids["ke-xuan"], share_mode="required"),
        ("record", "ke-xuan"),
        {"shandong", "qingdao"},
    ),
    "share ends": (
        lambda ids: edit(ids["bi-zhuan"], share_mode="none", share_to=[]),
        ("record", "bi-zhuan"),
        {"shandong", "qingdao"},
    ),
    "adoption": (_adopt, ("adoption", "qingdao"), {"qingdao"}),
    "branding": (_brand, ("union", "qingdao"), {"qingdao"}),
    "name": (_rename, ("union", "qingdao"), {"shandong", "qingdao", "huaian"}),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_is_a_request_and_builds_the_sites_it_touches(
    bridge: Bridge, ids: dict[str, UUID], cause: str
) -> None:
    change, (action, subject), sites = CAUSES[cause]
    change(ids)
    assert set(requests()) == {(action, str(ids.get(subject, subject)))}
    done = step(bridge)
    assert not done.has_errors
    assert built(done) == sites
    for request in PublishRequest.objects.all():
        assert (request.outcome, set(request.sites)) == ("done", sites)
    assert not step(bridge).requests, "once"


@pytest.mark.parametrize("cause", CAUSES)
def test_a_change_that_is_rolled_back_asks_for_nothing(
    bridge: Bridge, ids: dict[str, UUID], cause: str
) -> None:
    class Regret(Exception):
        pass

    def change_and_regret() -> None:
        CAUSES[cause][0](ids)
        assert requests()
        raise Regret

    with pytest.raises(Regret), transaction.atomic():
        change_and_regret()
    assert not requests()


def test_a_page_that_is_moved_in_the_tree_asks(bridge: Bridge, ids: dict[str, UUID]) -> None:
    page_of(ids["ke-xuan"]).move(page_of(ids["bi-zhuan"]), pos="left")
    assert ("record", str(ids["ke-xuan"])) in requests()
    assert not step(bridge).has_errors


def test_an_adoption_that_is_taken_back(bridge: Bridge, ids: dict[str, UUID]) -> None:
    _adopt(ids)
    step(bridge)
    assert bridge.mentions("qingdao", "可选的消息")
    Adoption.objects.get().delete()
    assert built(step(bridge)) == {"qingdao"}
    assert not bridge.mentions("qingdao", "可选的消息")


def test_a_picture_that_is_replaced_reaches_the_sites_that_show_it(
    bridge: Bridge, ids: dict[str, UUID]
) -> None:
    image = MediaImage.objects.create(
        title="夜校", file=picture("red"), collection=union("shandong").collection, media_name="ye.png"
    )
    edit(ids["bi-zhuan"], lead_picture=[("item", {"media": image, "alt": "教室"})])
    step(bridge)
    before = dict(bridge.live("qingdao"))
    assert "media/shandong/ye.png" in before
    PublishRequest.objects.all().delete()
    image.file = picture("blue")
    image.save()
    assert requests() == [("media", "shandong/ye.png")]
    assert built(step(bridge)) == {"shandong", "qingdao"}
    after = dict(bridge.live("qingdao"))
    assert after["media/shandong/ye.png"] != before["media/shandong/ye.png"]


def test_a_library_that_is_closed(bridge: Bridge) -> None:
    CollectionViewRestriction.objects.create(
        collection=union("shandong").collection, restriction_type="login"
    )
    assert [action for action, _ in requests()] == ["media"]


def test_the_site_of_a_union_that_is_unpublished_goes(bridge: Bridge) -> None:
    assert bridge.mentions("huaian", "淮安的消息")
    union("huaian").unpublish()
    assert ("union", "huaian") in requests()
    done = step(bridge)
    assert [problem.code for problem in done.problems] == ["site-taken-down"]
    assert not (bridge.places.output / "sites/huaian").exists()


def test_requests_that_mean_the_same_are_done_together(bridge: Bridge, ids: dict[str, UUID]) -> None:
    for title in ("甲", "乙", "丙"):
        edit(ids["bi-zhuan"], title=title)
    edit(ids["ke-xuan"], title="丁")
    queue.ask("rebuild", "huaian", union="huaian")
    assert len(requests()) == 5
    done = step(bridge)
    assert done.requests == 5
    assert sorted(site.union for site in done.sites) == ["huaian", "qingdao", "shandong"], "each site once"
    assert bridge.mentions("qingdao", "丙")
    assert set(PublishRequest.objects.values_list("outcome", flat=True)) == {"done"}
