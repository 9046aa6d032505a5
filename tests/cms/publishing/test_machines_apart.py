"""Builders with folders of their own: what is told, on this machine, of sites that only they can see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

from cms.publishing import celery, distributed
from cms.publishing.celery import app
from cms.publishing.distributed import build
from site_builder import choosing, network, record_status
from site_builder.deploy import read_targets
from site_builder.records import Withdrawn
from site_builder.release import receipts
from site_builder.release.report import Places, index_folder
from site_builder.release.state import Records
from site_builder.release.status import SiteStatus, status
from tests.builders import NOW, Network, days, to


@dataclass
class Apart:
    """`shandong` and `qingdao` below it; both machines have the content, each its DATA."""

    network: Network
    here: Places
    www: Path
    story: UUID

    def write(self) -> None:
        self.network.write(self.here.content)

    def build(self) -> network.Report:
        self.write()
        return build(self.here, as_of=NOW)

    def status(self) -> dict[str, SiteStatus]:
        content = choosing.read_content(self.here)
        return {one.union.slug: one for one in status(content, self.here, content.unions)}

    def rows(self, later: float = 0.1) -> dict[str, receipts.Receipt]:
        targets = read_targets(self.here.content / "deploy.yaml")
        found = record_status.report(self.here, str(self.story), NOW + days(later), targets)
        return {row.union.slug: row for row in found.rows}


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Celery does at once, in this process, what it is asked for."""
    before = {name: app.conf[name] for name in ("task_always_eager", "broker_url")}
    app.conf.update(task_always_eager=True, broker_url="memory://")
    monkeypatch.setattr(celery, "_last", None)  # what a builder read for the test before
    yield
    app.conf.update(before)


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eager: None) -> Apart:
    made = Network(tree=False)
    made.union("shandong", None, "province")
    made.union("qingdao", "shandong", "city")
    story = made.story("shandong", "bi-zhuan", title="必转的消息", share=to("descendants"))
    content = tmp_path / "content"
    made.write(content)
    (content / "deploy.yaml").write_text(f"targets: file://{tmp_path}/www/{{union}}\n")
    monkeypatch.setenv("UNIONPRESS_CONTENT", str(content))
    monkeypatch.setenv("UNIONPRESS_DATA", str(tmp_path / "builder"))
    here = Places(content, tmp_path / "here", tmp_path / "here/output", network.THEMES)
    return Apart(made, here, tmp_path / "www", story.id)


def test_a_site_that_only_its_builder_has_counts_as_built(apart: Apart) -> None:
    report = apart.build()
    assert not report.has_errors
    for site in report.sites:
        told = apart.status()[site.union]
        assert told.release == site.release
        assert told.pages == site.pages > 0
        assert [target.release for target in told.deployments] == [site.release]
        assert told.live_since == told.deployments[0].at
        assert not told.problems


def test_a_search_index_that_fails_is_a_warning(apart: Apart) -> None:
    apart.here.data.mkdir()
    index_folder(apart.here).write_text("in the way")
    report = apart.build()
    assert [(problem.code, problem.severity) for problem in report.problems] == [("search-index", "warning")]
    assert not report.has_errors
    assert all(site.switched for site in report.sites)


def test_receipts_of_sites_out_of_sight(apart: Apart) -> None:
    assert {row.state for row in apart.rows().values()} == {"missing"}
    assert apart.rows()["qingdao"].delay == receipts.Delay("not-built")
    apart.build()
    assert {union: row.state for union, row in apart.rows().items()} == {
        "shandong": "live",
        "qingdao": "live",
    }
    assert [one.state for one in apart.rows()["qingdao"].deliveries] == ["delivered"]

    story = apart.network.records[apart.story]
    apart.network.records[apart.story] = story.model_copy(update={"title": "更正了的消息"})
    apart.write()
    late = apart.rows()["qingdao"]
    assert (late.state, late.delay) == ("missing", receipts.Delay("waiting"))
    assert [one.state for one in late.deliveries] == ["waiting"]
    apart.build()
    assert apart.rows()["qingdao"].state == "live"

    gone = Withdrawn(at=NOW - days(1), reason="有误", redirect=None)
    apart.network.records[apart.story] = story.model_copy(update={"withdrawn": gone})
    apart.write()
    late = apart.rows()["qingdao"]
    assert (late.state, late.reason, late.delay) == ("lingering", "withdrawn", receipts.Delay("waiting"))
    apart.build()
    told = apart.rows()["qingdao"]
    assert (told.state, told.delay) == ("gone", None)
    assert [one.state for one in told.deliveries] == ["delivered"]


def test_what_changes_by_itself_is_not_told_as_done(apart: Apart) -> None:
    story = apart.network.records[apart.story]
    apart.network.records[apart.story] = story.model_copy(update={"expires": NOW + days(2)})
    apart.build()
    assert apart.rows(1)["qingdao"].state == "live"
    late = apart.rows(3)["qingdao"]
    assert (late.state, late.reason) == ("lingering", "expired"), "nobody built since it expired"


def test_where_data_is_shared_a_target_that_is_away_fails_no_build(
    apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart.www.write_text("a file stands where the targets should be")
    shared = replace(apart, here=replace(apart.here, data=apart.here.data.parent / "builder"))
    shared.here = replace(shared.here, output=shared.here.data / "output")
    report = shared.build()
    assert not any(site.failed for site in report.sites)
    state = Records(shared.here.data).state("qingdao")
    assert state is not None
    assert state.output == str(shared.here.output)
    assert shared.rows()["qingdao"].hash, "the page can be read"
    assert [one.state for one in shared.rows()["qingdao"].deliveries] == ["failed"]

    own = replace(apart, here=replace(apart.here, data=apart.here.data, output=apart.here.output))
    assert all(site.failed for site in own.build().sites), "nobody but the builder has the sites"


@pytest.mark.parametrize(("deaths", "answered"), [(0, True), (1, True), (3, True), (4, False)])
def test_a_site_whose_builders_die_one_after_another_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, deaths: int, answered: bool
) -> None:
    """A few times: it may be what they die of."""
    asked: list[str | None] = []

    def apply_async(*arguments: object, task_id: str | None = None, **options: object) -> object:
        asked.append(task_id)
        number = len(asked)
        return SimpleNamespace(id="a", ready=lambda: number > deaths, result={"of": number})

    pool = SimpleNamespace(acquire=lambda block: nullcontext())
    monkeypatch.setattr(distributed, "app", SimpleNamespace(producer_pool=pool))
    monkeypatch.setattr(distributed, "build_site", SimpleNamespace(apply_async=apply_async))
    monkeypatch.setattr(distributed, "_away", set)
    monkeypatch.setattr(distributed, "QUIET", 0.0)
    monkeypatch.setattr(distributed, "PAUSE", 0.001)
    answers = distributed._answers(["pingdu"], NOW, "", False, None, patience=0.5)
    assert list(answers) == ([("pingdu", {"of": deaths + 1})] if answered else [])
    assert asked == [None, *["a"] * min(deaths, distributed.AGAIN)]
