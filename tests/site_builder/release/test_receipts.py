"""Receipts: what a site carries is read from its live release, what it should carry from content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from site_builder import content_store
from site_builder import network as networks
from site_builder.content_store import Content
from site_builder.records import BEIJING, BaseRecord, Kind
from site_builder.release import manifest as manifests
from site_builder.release import rollback as rollbacks
from site_builder.release import switch
from site_builder.release.carried import dated, receipts
from site_builder.release.receipts import (
    DELAYS,
    PENDING,
    REASONS,
    STATES,
    Receipt,
    counts,
    message,
    pending_first,
)
from site_builder.release.report import Places
from site_builder.release.state import Records
from tests.builders import NOW, Network, days, to


@dataclass
class Town:
    """A network on disk: `write()` what it says, `build()` it, ask for `rows`."""

    network: Network
    places: Places

    def write(self) -> Content:
        for file in sorted(self.places.content.rglob("*.md")) + sorted(self.places.content.rglob("*.yaml")):
            file.unlink()
        return self.network.write(self.places.content)

    def build(self, *unions: str, as_of: datetime = NOW, **options: Any) -> networks.Report:
        self.write()
        places = self.places
        return networks.build(
            places.content,
            places.data,
            places.output,
            unions,
            as_of=as_of,
            jobs=1,
            themes=places.themes,
            **options,
        )

    def content(self) -> Content:
        return content_store.read(self.places.content)

    def rows(self, record: BaseRecord, now: datetime = NOW, **options: Any) -> dict[str, Receipt]:
        found = receipts(self.content(), self.places, record.id, now, **options)
        return {row.union.slug: row for row in found}

    def said(
        self, record: BaseRecord, now: datetime = NOW, **options: Any
    ) -> dict[str, tuple[str, str, str]]:
        """State, reason and delay by union."""
        return {
            slug: (row.state, row.reason, row.delay.code if row.delay else "")
            for slug, row in self.rows(record, now, **options).items()
        }


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A province, a city and a county below each other; another province that nothing is shared with."""
    made = Network(tree=False)
    made.union("shandong", None, "province")
    made.union("qingdao", "shandong", "city")
    made.union("pingdu", "qingdao", "county")
    made.union("jiangsu", None, "province")
    made.story("jiangsu", "bie-chu")
    return Town(
        made, Places(tmp_path / "content", tmp_path / "var", tmp_path / "var/output", networks.THEMES)
    )


LIVE = ("live", "", "")


def test_live_on_every_site_it_is_required_on_with_the_hash_of_the_manifest(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("descendants"))
    town.build()
    assert town.said(story) == {"pingdu": LIVE, "qingdao": LIVE, "shandong": LIVE}
    for slug, row in town.rows(story).items():
        assert row.release is not None
        assert row.release == switch.live(town.places.output, slug)
        files = manifests.read(town.places.output, slug, row.release).files
        assert row.hash == files[f"{row.path[1:]}index.json"].hash
        assert row.url == f"https://{slug}.example{row.path}"
        assert row.shown == story.id
    assert counts(town.rows(story).values()) | {"sites": 3, "expected": 3, "current": 3, "live": 3} == counts(
        town.rows(story).values()
    )


def test_before_the_first_build_and_after_an_edit(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("descendants"))
    town.write()
    assert set(town.said(story).values()) == {("missing", "", "not-built")}
    town.build()
    changed = town.network.change(story, title="改过的标题")
    town.build("shandong")
    assert town.said(changed) == {
        "pingdu": ("outdated", "", "waiting"),
        "qingdao": ("outdated", "", "waiting"),
        "shandong": LIVE,
    }
    row = town.rows(changed)["pingdu"]
    assert row.hash
    assert row.path == "/news/2025/04/shandong/bi-zhuan/"


def test_why_a_site_does_not_carry_it(town: Town) -> None:
    offered = town.network.story("shandong", "ke-xuan", share=to("descendants", mode="offer"))
    local = town.network.story("shandong", "ben-di")
    town.network.adopt("qingdao", offered, "hide")
    town.build()
    assert town.said(offered) == {
        "shandong": LIVE,
        "qingdao": ("absent", "hidden", ""),
        "pingdu": ("absent", "not-taken", ""),
    }
    assert town.said(local) == {"shandong": LIVE}


@pytest.mark.parametrize(
    ("fields", "state", "reason", "moment"),
    [
        ({"published": NOW + days(2)}, "absent", "embargoed", NOW + days(2)),
        ({"expires": NOW - days(1)}, "gone", "expired", NOW - days(1)),
        ({"withdrawn": {"at": NOW - days(1), "reason": "有误"}}, "gone", "withdrawn", NOW - days(1)),
    ],
)
def test_time_and_withdrawal(
    town: Town, fields: dict[str, Any], state: str, reason: str, moment: datetime
) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("children"), **fields)
    town.build()
    rows = town.rows(story)
    assert set(rows) == {"shandong", "qingdao"}
    for row in rows.values():
        assert (row.state, row.reason, row.moment, row.delay, row.hash) == (state, reason, moment, None, None)
    if reason == "withdrawn":
        assert rows["qingdao"].detail == "有误"


def test_a_withdrawal_says_where_it_still_is_and_since_when_it_is_gone(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("descendants"))
    town.build()
    gone = town.network.change(story, withdrawn={"at": NOW, "reason": "有误"})
    town.build("shandong", "qingdao")
    rows = town.rows(gone)
    assert (rows["pingdu"].state, rows["pingdu"].reason) == ("lingering", "withdrawn")
    assert rows["pingdu"].delay is not None
    assert rows["pingdu"].hash
    assert counts(rows.values())["gone"] == 2
    for slug in ("shandong", "qingdao"):
        since = dated(town.places, rows[slug]).since
        assert since is not None
        assert since.timestamp() == pytest.approx(switch.live_since(town.places.output, slug), abs=0.01)
    # Later builds change nothing in the answer, as long as the notice stands.
    town.network.story("shandong", "bie-de", share=to("descendants"))
    town.build()
    later = dated(town.places, town.rows(gone)["qingdao"]).since
    assert later is not None
    assert later < datetime.fromtimestamp(switch.live_since(town.places.output, "qingdao") or 0, BEIJING)


def test_an_edition_stands_for_it(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("descendants"))
    edition = town.network.edition("qingdao", story, title="青岛版", share=to("children"))
    town.build()
    assert town.said(story) == {
        "shandong": LIVE,
        "qingdao": ("replaced", "edition", ""),
        "pingdu": ("replaced", "edition", ""),
    }
    assert town.rows(story)["pingdu"].shown == edition.id
    assert town.said(edition) == {"qingdao": LIVE, "pingdu": LIVE}
    assert counts(town.rows(story).values())["current"] == 3
    # The edition is withdrawn: what it stood for comes back, and until then the edition is shown.
    town.network.change(edition, withdrawn={"at": NOW, "reason": "有误"})
    town.build("qingdao")
    assert town.said(story)["qingdao"] == LIVE
    assert town.said(story)["pingdu"][0] == "missing"
    assert town.said(edition)["pingdu"][:2] == ("lingering", "withdrawn")


def test_an_edition_that_is_not_valid_says_why(town: Town) -> None:
    foreign = town.network.story("jiangsu", "bie-jia")
    edition = town.network.edition("qingdao", foreign, title="青岛版")
    town.build()
    row = town.rows(edition)["qingdao"]
    assert (row.state, row.reason) == ("absent", "refused")
    assert "not shared" in row.detail


def test_slots_are_part_of_what_a_site_shows(town: Town) -> None:
    program = town.network.program("shandong", "xiang-mu", share=to("descendants", slots=("contact",)))
    town.network.adopt("qingdao", program, "take", contact={"phone": "12351"})
    town.build()
    assert set(town.said(program).values()) == {LIVE}
    town.network.adoptions.clear()
    town.network.adopt("qingdao", program, "take", contact={"phone": "12345"})
    town.write()
    assert town.said(program)["qingdao"] == ("outdated", "", "waiting")
    assert town.said(program)["pingdu"] == LIVE


def test_a_share_that_ends(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("descendants"))
    town.build()
    narrowed = town.network.change(story, share=to("children"))
    town.write()
    assert town.said(narrowed)["pingdu"] == ("lingering", "not-shared", "waiting")
    town.build()
    assert set(town.said(narrowed)) == {"shandong", "qingdao"}, (
        "where it is not meant to be and is not: no row"
    )


def test_a_moved_record_is_followed_by_its_former_path(town: Town) -> None:
    story = town.network.story("shandong", "jiu", share=to("children"))
    town.build()
    moved = town.network.change(story, slug="xin", former_paths=("/news/2025/04/jiu/",))
    town.write()
    row = town.rows(moved)["qingdao"]
    assert (row.state, row.path) == ("outdated", "/news/2025/04/shandong/jiu/")
    town.build()
    assert town.rows(moved)["qingdao"].path == "/news/2025/04/shandong/xin/"


def test_unpublished_known_or_not(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("descendants"))
    town.build()
    town.network.records.pop(story.id)
    town.build("shandong")
    by_path = town.said(story, gone=story)
    assert by_path == {
        "shandong": ("gone", "unpublished", ""),
        "qingdao": ("lingering", "unpublished", "waiting"),
        "pingdu": ("lingering", "unpublished", "waiting"),
    }
    # Nothing is known of it but its id: it is found where it still stands.
    assert town.said(story) == {slug: said for slug, said in by_path.items() if said[0] == "lingering"}
    town.build()
    assert town.said(story) == {}
    assert {said[0] for said in town.said(story, gone=story).values()} == {"gone"}


def test_a_failed_build_is_named(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("descendants"))
    town.build()
    changed = town.network.change(story, title="改过")
    town.network.union("qingdao", "shandong", "city", site={"theme": "no-such-theme"})
    town.build()
    row = town.rows(changed)["qingdao"]
    assert row.delay is not None
    assert (row.state, row.delay.code) == ("outdated", "failed")
    assert "no-such-theme" in row.delay.detail
    assert row.delay.since is not None
    assert town.said(changed)["pingdu"] == LIVE


def test_a_rollback_tells_what_it_holds_back(town: Town) -> None:
    town.build()
    story = town.network.story("shandong", "bi-zhuan", share=to("descendants"))
    town.build()
    newest = switch.live(town.places.output, "qingdao")
    rollbacks.rollback(town.places, "qingdao")
    row = town.rows(story)["qingdao"]
    assert row.delay is not None
    assert (row.state, row.delay.code, row.delay.release) == ("missing", "held", newest)
    assert row.delay.since is not None
    assert row.release == switch.live(town.places.output, "qingdao") != newest
    town.build("qingdao", lift_hold=True)
    assert town.said(story)["qingdao"] == LIVE


def test_a_path_that_is_taken_is_named(town: Town) -> None:
    event = town.network.record(Kind.EVENT, "shandong", "past")
    town.build()
    row = town.rows(event)["shandong"]
    assert row.delay is not None
    assert (row.state, row.delay.code) == ("missing", "path-taken")
    assert "/events/past/" in row.delay.detail


def test_a_collection_without_members_is_not_expected(town: Town) -> None:
    topic = town.network.topic("shandong", "zhuan-ti", query=("夜校",), share=to("children"))
    town.network.story("shandong", "s", topics=("夜校",))
    town.build()
    assert town.said(topic) == {"shandong": LIVE, "qingdao": ("absent", "empty", "")}


def test_built_and_since_do_not_move_while_nothing_changes(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("children"))
    town.build()
    first = dated(town.places, town.rows(story)["qingdao"])
    assert first.built is not None
    assert first.since is not None
    for number in range(7):  # more releases than are kept
        town.network.story("qingdao", f"bie-de-{number}")
        town.build()
    last = dated(town.places, town.rows(story)["qingdao"])
    assert last.release != first.release
    assert last.hash == first.hash
    assert last.built is not None
    assert abs(last.built - first.built) < timedelta(seconds=5)
    assert last.built < datetime.fromtimestamp(switch.live_since(town.places.output, "qingdao") or 0, BEIJING)


def test_since_when_after_a_rollback(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("children"))
    other = town.network.story("shandong", "bie-de", share=to("children"))
    town.build()
    first = dated(town.places, town.rows(story)["qingdao"])
    changed = town.network.change(other, title="第二版")
    town.build()
    rollbacks.rollback(town.places, "qingdao")
    hold = Records(town.places.data).hold("qingdao")
    assert hold is not None
    unchanged = dated(town.places, town.rows(story)["qingdao"])
    assert unchanged.since == first.built, "both releases say the same of it: readers saw no change"
    old = dated(town.places, town.rows(changed)["qingdao"])
    assert (old.state, old.since) == ("outdated", hold.at)


def test_the_notes_of_builds_may_be_lost(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("descendants"))
    town.build()
    for file in (town.places.data / "builds").iterdir():
        file.unlink()
    assert set(town.said(story).values()) == {LIVE}
    row = dated(town.places, town.rows(story)["pingdu"])
    assert row.built is not None
    assert row.since is not None


def changes(town: Town) -> Iterator[None]:
    """Every kind of change in turn."""
    made = town.network
    story = made.story("shandong", "gu-shi", share=to("descendants"), related=())
    yield
    program = made.program(
        "qingdao", "xiang-mu", share=to("children", slots=("contact",)), related=(story.id,)
    )
    yield
    made.change(story, related=(program.id, uuid4()))
    yield
    made.adopt("pingdu", program, "pin", contact={"phone": "12351"})
    yield
    edition = made.edition("pingdu", story, title="本地")
    yield
    made.change(program, share=to("children", mode="offer"))
    yield
    made.change(edition, expires=NOW - days(1))
    yield
    made.change(story, withdrawn={"at": NOW, "reason": "有误"})
    yield
    made.records.pop(program.id)
    made.adoptions.clear()
    yield


def test_after_a_build_nothing_waits_whatever_was_changed(town: Town) -> None:
    """The answer agrees with the plan: right after a whole build no row of any record is pending."""
    for _ in changes(town):
        town.build()
        for record in town.network.records.values():
            for row in town.rows(record).values():
                assert row.state not in PENDING, (record.slug, row.union.slug, row)
                assert bool(row.hash) == (row.state in ("live", "replaced"))


def test_every_code_has_words_in_both_languages_and_json_is_whole(town: Town) -> None:
    story = town.network.story("shandong", "bi-zhuan", share=to("descendants"))
    town.build()
    for words in (STATES, REASONS, DELAYS):
        for zh, en in words.values():
            assert zh
            assert en.isascii()
    rows = pending_first(town.rows(story).values())
    for row in rows:
        document = orjson.loads(orjson.dumps(dated(town.places, row).to_json()))
        assert document["state"] == "live"
        assert document["message"] == message(row) == "已上线 live"
        assert document["since"].endswith("+08:00")


def test_a_file_that_goes_while_it_is_looked_for_is_no_failure(town: Town) -> None:
    """Of a record of which nothing is known but its id every page's data are read, under no lock."""
    record = town.network.record(Kind.STORY, "shandong", "one")
    town.build()
    folder = (town.places.output / "sites/shandong").resolve()
    [file] = folder.glob("news/*/*/one/index.json")
    file.unlink()
    assert town.rows(record.model_copy(update={"id": uuid4()})) == {}
