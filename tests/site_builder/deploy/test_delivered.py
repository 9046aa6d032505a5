"""Whether each target has of a record what it should: delivered since when, failed why, or not yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from site_builder import choosing
from site_builder import network as networks
from site_builder.deploy import Targets, deploy, read_targets
from site_builder.deploy.addresses import place_name, shown, single
from site_builder.deploy.delivered import delivered, noted
from site_builder.records import Withdrawn
from site_builder.release.carried import receipts
from site_builder.release.receipts import Delivery, Receipt, counts, pending_first
from site_builder.release.report import Places
from site_builder.release.state import Records
from tests.builders import NOW, Network, days, to


@dataclass
class Town:
    """`shandong` and `qingdao` below it; one story that both must carry, one of qingdao's own."""

    network: Network
    places: Places

    def build(self, *unions: str) -> None:
        self.network.write(self.places.content)
        here = self.places
        report = networks.build(here.content, here.data, here.output, unions, as_of=NOW, jobs=1)
        assert not report.has_errors

    def send(self, *unions: str) -> bool:
        return not deploy(self.places, unions or ("shandong", "qingdao"), self.targets).has_errors

    @property
    def www(self) -> Path:
        return self.places.data.parent / "www"

    @property
    def targets(self) -> Targets:
        return read_targets(self.places.content / "deploy.yaml")

    def rows(self, slug: str = "bi-zhuan", owner: str = "shandong") -> dict[str, Receipt]:
        content = choosing.read_content(self.places)
        [record] = [one.id for one in content.records.values() if (one.union, one.slug) == (owner, slug)]
        rows = delivered(
            self.places, self.targets, record, receipts(content, self.places, record, NOW + days(0.1))
        )
        return {row.union.slug: row for row in rows}

    def at(self, union: str = "qingdao") -> Delivery:
        [delivery] = self.rows()[union].deliveries
        return delivery


@pytest.fixture
def town(tmp_path: Path) -> Town:
    network = Network(tree=False)
    network.union("shandong", None, "province")
    network.union("qingdao", "shandong", "city")
    network.story("shandong", "bi-zhuan", title="必转的消息", share=to("descendants"))
    network.story("qingdao", "ben-di", title="本地的消息")
    town = Town(
        network, Places(tmp_path / "content", tmp_path / "var", tmp_path / "var/output", networks.THEMES)
    )
    network.write(town.places.content)
    (town.places.content / "deploy.yaml").write_text(f"targets: file://{tmp_path}/www/{{union}}\n")
    town.build()
    return town


def test_from_the_first_deployment_to_a_correction_and_a_withdrawal(town: Town) -> None:
    story, own = sorted(town.network.records.values(), key=lambda one: one.union, reverse=True)
    assert town.at() == Delivery(shown(f"file://{town.www}/qingdao"), "waiting"), "nobody sent it yet"
    assert town.send()
    first = town.at()
    assert (first.state, first.release) == ("delivered", town.rows()["qingdao"].release)
    assert first.at is not None

    # What did not change is where it was, however far behind the target is, and whatever goes there next.
    town.network.change(own, title="改过的本地消息")
    town.build("qingdao")
    assert (town.at().state, town.at().at) == ("delivered", first.at)
    assert town.rows("ben-di", "qingdao")["qingdao"].deliveries[0].state == "waiting"
    assert town.send()
    assert (town.at().at, town.at().release) == (first.at, town.rows()["qingdao"].release)
    assert town.at().last != first.at
    second = town.at().release

    # A correction is built and the target says no.
    town.network.change(story, title="更正的消息")
    town.build()
    assert {one.deliveries[0].state for one in town.rows().values()} == {"waiting"}
    link = town.www / "qingdao"
    old = link.readlink()
    link.unlink()
    link.mkdir()
    assert not town.send()
    failed = town.at()
    assert (failed.state, failed.at, failed.release) == ("failed", None, second)
    assert failed.problem is not None
    assert "is no link to a release" in failed.problem.message
    assert failed.until is not None
    assert failed.until > datetime.now(UTC)
    assert town.at("shandong").state == "delivered"
    link.rmdir()
    link.symlink_to(old)
    assert town.send()
    assert town.at().at is not None
    assert town.at().at > first.at

    # A withdrawal counts as delivered when the target has let go of it.
    town.network.change(story, withdrawn=Withdrawn(at=NOW, reason="有误"))
    town.build()
    row = town.rows()["qingdao"]
    assert (row.state, row.deliveries[0].state) == ("gone", "waiting")
    assert row.to_json()["deliveries"][0]["message"] == "那里还没撤下 still there"
    assert town.send("qingdao")
    rows = town.rows()
    assert rows["qingdao"].to_json()["deliveries"][0]["message"] == "那里也已撤下 gone there too"
    counted = counts(rows.values())
    assert (counted["deployed"], counted["delivered"], counted["gone"]) == (2, 1, 2)
    assert [row.union.slug for row in pending_first(rows.values())] == ["shandong", "qingdao"]


def test_what_is_not_yet_live_here_is_delivered_nowhere(town: Town) -> None:
    story = next(one for one in town.network.records.values() if one.union == "shandong")
    assert town.send()
    town.network.change(story, title="改过")
    town.network.write(town.places.content)
    assert {row.state for row in town.rows().values()} == {"outdated"}
    assert town.at().state == "waiting"
    # Offered, and not taken: the site lets go of it, its target has it still, and then nothing is said of it.
    town.network.change(story, share=to("descendants", mode="offer"))
    town.build()
    row = town.rows()["qingdao"]
    assert (row.state, [one.state for one in row.deliveries]) == ("absent", ["waiting"])
    assert town.send()
    assert town.rows()["qingdao"].deliveries == ()


def test_what_is_no_longer_shared_is_named_as_long_as_a_target_shows_it(town: Town) -> None:
    story = next(one for one in town.network.records.values() if one.union == "shandong")
    assert town.send()
    town.network.change(story, share=to("descendants", mode="none"))
    town.build()
    row = town.rows()["qingdao"]
    assert (row.state, row.reason, row.path) == ("absent", "not-shared", "/news/2025/04/shandong/bi-zhuan/")
    assert [one.state for one in row.deliveries] == ["waiting"]
    assert row.to_json()["deliveries"][0]["message"] == "那里还没撤下 still there"
    content = choosing.read_content(town.places)
    nobody = receipts(content, town.places, story.id, NOW)
    assert set(town.rows()) == {"shandong", "qingdao"} == {row.union.slug for row in nobody}
    elsewhere = single(f"file://{town.www}/new/{{union}}", ["qingdao"])
    left = delivered(town.places, elsewhere, story.id, nobody)
    assert [row.union.slug for row in left] == ["shandong"]
    assert town.send()
    assert set(town.rows()) == {"shandong"}


def test_a_record_of_which_only_its_id_is_known_is_found_on_a_target(town: Town) -> None:
    story = next(one for one in town.network.records.values() if one.union == "shandong")
    assert town.send()
    del town.network.records[story.id]
    (town.places.content / "records/shandong/story/bi-zhuan.md").unlink()
    town.build()
    content = choosing.read_content(town.places)

    def rows() -> list[tuple[str, str, list[str]]]:
        found = receipts(content, town.places, story.id, NOW)
        told = delivered(town.places, town.targets, story.id, found)
        return [(row.union.slug, row.state, [one.state for one in row.deliveries]) for row in told]

    assert rows() == [("qingdao", "gone", ["waiting"]), ("shandong", "gone", ["waiting"])]
    assert town.send("qingdao")
    assert rows() == [("shandong", "gone", ["waiting"])]


def test_targets_named_by_hand_are_shown_where_no_file_names_any(town: Town, tmp_path: Path) -> None:
    assert town.send()
    by_hand = single(f"file://{tmp_path}/usb/{{union}}", ["qingdao"])
    assert not deploy(town.places, ["qingdao"], by_hand).has_errors
    known = [one.target for one in Records(town.places.data).deployments("qingdao")]
    assert known == [f"file://{tmp_path}/www/qingdao", f"file://{tmp_path}/usb/qingdao"]
    assert [one.target for one in noted(town.places, town.targets, "qingdao")] == known[:1]
    (town.places.content / "deploy.yaml").unlink()
    assert [one.target for one in noted(town.places, town.targets, "qingdao")] == known
    assert [one.state for one in town.rows()["qingdao"].deliveries] == ["delivered", "delivered"]


def test_a_receipt_does_not_tell_of_this_machines_files() -> None:
    url = "sftp://deploy@web.example:22/srv/qingdao?mode=files&identity=/etc/key&known_hosts=/etc/hosts"
    assert shown(url) == "sftp://deploy@web.example:22/srv/qingdao?mode=files"
    assert shown("s3://b/p?endpoint=https://s3.example&region=x") == (
        "s3://b/p?endpoint=https://s3.example&region=x"
    )
    assert [place_name(one) for one in (url, "s3://b/p", "file:///srv/www/qingdao")] == [
        "web.example:22", "s3://b", "/srv/www/qingdao",
    ]  # fmt: skip
