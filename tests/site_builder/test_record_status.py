"""`unionpress status --record`, from the files of content and sites alone."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from site_builder import network as networks
from site_builder import record_status
from site_builder.cli import main
from tests.builders import NOW, Network, days, to

AS_OF = NOW.isoformat()


@pytest.fixture(autouse=True)
def without_a_cms(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where only site_builder is installed; tests/cms/publishing/test_receipts.py asks a CMS."""
    monkeypatch.setattr(record_status, "entry_points", lambda group: ())


class Town:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.network = Network(tree=False)
        self.network.union("shandong", None, "province")
        self.network.union("qingdao", "shandong", "city")
        self.story = self.network.story("shandong", "bi-zhuan", title="必转的消息", share=to("descendants"))

    def build(self, *unions: str) -> None:
        self.network.write(self.root / "content")
        networks.build(
            self.root / "content", self.root / "var", self.root / "var/output", unions, as_of=NOW, jobs=1
        )

    def ask(self, *arguments: str) -> Result:
        folders = [f"--content={self.root / 'content'}", f"--data={self.root / 'var'}"]
        return CliRunner().invoke(main, ["status", *folders, *arguments], catch_exceptions=False)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town(tmp_path)
    town.build()
    return town


def test_one_document_and_nothing_else(town: Town) -> None:
    done = town.ask("--record", str(town.story.id), "--as-of", AS_OF, "--json")
    assert done.exit_code == 0
    found = orjson.loads(done.stdout)
    assert found.keys() == {"record", "as_of", "counts", "queue", "receipts"}
    assert found["record"]["title"] == "必转的消息"
    assert found["counts"] | {"current": 2, "expected": 2} == found["counts"]
    assert found["queue"] is None, "nobody was asked"
    for row in found["receipts"]:
        assert row["state"] == "live"
        assert row["hash"]
        assert row["built"]
        assert row["since"]


def test_by_its_name_and_as_a_table(town: Town) -> None:
    town.network.change(town.story, title="改过")
    town.build("shandong")
    said = town.ask("--record", "shandong/story/bi-zhuan", "--as-of", AS_OF).stdout
    assert "已上线 1 / 2 live" in said
    assert "waits for the next build" in said
    assert said.rindex("qingdao") < said.rindex("shandong"), "what somebody may have to look after first"


def test_the_moment_is_now_a_demos_or_the_one_given(town: Town) -> None:
    town.network.change(town.story, expires=NOW + days(1))
    town.build()

    def states(*arguments: str) -> set[str]:
        done = town.ask("--record", str(town.story.id), "--json", *arguments)
        return {row["state"] for row in orjson.loads(done.stdout)["receipts"]}

    assert states("--as-of", AS_OF) == {"live"}
    assert states() == {"lingering"}, "it is long past its end, and nothing was built since"
    (town.root / "var/clock.json").write_bytes(orjson.dumps({"as_of": AS_OF, "since": AS_OF}))
    assert states() == {"live"}, "where the clock stands still, so does what sites should show"
    (town.root / "var/clock.json").write_bytes(b"{")
    assert states() == {"lingering"}


@pytest.mark.parametrize(
    "wanted", ["gossip", "shandong/story/nothing", "79645870-7da1-49de-9851-7cbc785da5df"]
)
def test_what_names_no_record_is_wrong_usage(town: Town, wanted: str) -> None:
    done = town.ask("--record", wanted)
    assert done.exit_code == 2
    assert wanted in done.stderr


def test_one_that_was_removed_is_found_where_it_still_stands(town: Town) -> None:
    town.network.records.clear()
    (town.root / "content/records/shandong/story/bi-zhuan.md").unlink()
    town.build("shandong")
    found = orjson.loads(town.ask("--record", str(town.story.id), "--as-of", AS_OF, "--json").stdout)
    assert [(row["union"], row["state"], row["reason"]) for row in found["receipts"]] == [
        ("qingdao", "lingering", "unpublished")
    ]


def test_one_data_for_two_outputs_is_said_and_each_gets_its_build(town: Town) -> None:
    """What the last build noted is of one OUTPUT: of the other nothing is told that is not so."""
    town.network.change(town.story, title="改过")
    town.network.write(town.root / "content")
    folders = (town.root / "content", town.root / "var", town.root / "usb")
    networks.build(*folders, ["qingdao"], as_of=NOW, jobs=1)
    qingdao, shandong = orjson.loads(town.ask("--json").stdout)["sites"]
    assert [problem["code"] for problem in qingdao["problems"]] == ["other-output"]
    assert qingdao["problems"][0]["message"].startswith(f"qingdao was last built into {folders[2]}")
    assert qingdao["release"]
    assert qingdao["last_build"] is None
    assert (shandong["problems"], shandong["failed"]) == ([], False)
    # It is due here, and after that all is well here.
    report = networks.build(*folders[:2], town.root / "var/output", due=True, as_of=NOW, jobs=1)
    assert [site.union for site in report.sites] == ["qingdao"]
    assert not any(site["problems"] for site in orjson.loads(town.ask("--json").stdout)["sites"])


def test_a_site_that_is_held_is_told_of_where_both_folders_were_moved(town: Town) -> None:
    town.network.change(town.story, title="改过")
    town.build("qingdao")
    folders = [f"--content={town.root / 'content'}", f"--data={town.root / 'var'}"]
    assert CliRunner().invoke(main, ["rollback", "qingdao", *folders], catch_exceptions=False).exit_code == 0
    (town.root / "var").rename(town.root / "moved")
    (town.root / "var").symlink_to(town.root / "moved")
    qingdao, shandong = orjson.loads(town.ask("--json").stdout)["sites"]
    assert (qingdao["problems"], shandong["problems"]) == ([], [])
    assert qingdao["held"]
    assert qingdao["last_build"]


def test_without_the_option_it_is_the_status_of_sites(town: Town) -> None:
    assert orjson.loads(town.ask("--json").stdout).keys() == {"sites"}
