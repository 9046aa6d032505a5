"""The network's index beside real builds: after any edit it holds what an index made anew would hold."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from site_builder import content_store, locks, network_search
from site_builder import network as network_module
from site_builder.plan import plan
from site_builder.search.network_index import Filters, NetworkIndex
from tests.site_builder.conftest import AS_OF

if TYPE_CHECKING:
    from site_builder.plan import SitePlan
    from tests.site_builder.conftest import Network

Edit = tuple[str, Callable[[str], str]]
PROGRAM = "records/shandong/program/jinqiu-zhuxue.md"
GUIDE = "records/shandong/guide/zhao-falv.md"
YEXIAO = "records/pingdu/story/yexiao-zouhong.md"


def held(index: NetworkIndex) -> dict[object, object]:
    """All that anybody can find, for every site and the network."""
    found: dict[object, object] = {}
    for union in (None, "shandong", "pingdu", "jimo"):
        for query in ("", "职工", "暗号", "夜校"):
            answer = index.find(query, Filters(union=union), 1000)
            rows = {(hit.id, hit.path, hit.title, hit.snippet) for hit in answer.hits}
            found[union, query] = (rows, answer.total, answer.facets, answer.whole)
    return found


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The unions that are planned for the index."""
    found: list[str] = []

    def noted(content: content_store.Content, union: str, *moment: Any, **without: Any) -> SitePlan:
        found.append(union)
        return plan(content, union, *moment, **without)

    monkeypatch.setattr(network_search, "plan", noted)
    return found


def test_after_any_edit_the_index_is_as_if_made_anew(
    network: Network, tmp_path: Path, planned: list[str]
) -> None:
    places = network.places
    # Its file has another name than its slug.
    (places.content / "records/shandong/guide/falv-yuanzhu.md").rename(places.content / GUIDE)
    profile = (places.content / "unions/pingdu.md").read_text("utf-8")
    for slug in ("jimo", "laixi"):
        made = profile.replace("sites.example/pingdu", f"{slug}.example").replace("pingdu", slug)
        (places.content / f"unions/{slug}.md").write_text(
            made.replace("media:laixi", "media:pingdu"), "utf-8"
        )
    earlier = "earlier:\n  - key: jiu\n    title: 旧办法\n    text: 旧文暗号。"
    steps: list[tuple[Edit | None, set[str]]] = [
        (None, {"shandong", "pingdu", "jimo", "laixi"}),
        ((YEXIAO, lambda text: text.replace("先发问卷", "先发出问卷")), {"pingdu"}),
        # The same on two sites: one is planned. Pingdu filled a slot, and the owner has another path.
        ((PROGRAM, lambda text: text.replace("title: ", "title: 新", 1)), {"shandong", "pingdu", "jimo"}),
        # Keywords stand in no file beside a page.
        ((PROGRAM, _before("slug:", "keywords:\n  - 暗号")), {"shandong", "pingdu", "jimo"}),
        ((GUIDE, _before("summary:", earlier)), {"shandong", "pingdu"}),
        ((GUIDE, lambda text: text.replace("key: jiu", "key: geng-jiu")), {"shandong", "pingdu"}),
        (("adoptions/pingdu.yaml", lambda text: text.replace("金秋助学咨询", "暗号咨询")), {"pingdu"}),
        (("unions/pingdu.md", lambda text: text.replace("b0281a", "1f4e79")), set()),
        ((PROGRAM, lambda text: text.replace("mode: required", "mode: offer")), {"shandong", "pingdu"}),
        # The owner's site did not change with the share; now it does, and is asked about the program.
        (("unions/jimo.md", lambda text: text.replace("parent: shandong\n", "")), {"shandong"}),
    ]
    index = NetworkIndex(places.data / "search")
    for number, (step, wanted) in enumerate(steps):
        if step is not None:
            network.edit(*step)
        planned.clear()
        report = _build(places.content, places.data, places.output, as_of=AS_OF, jobs=1)
        assert not any(problem.code == "search-index" for problem in report.problems)
        assert set(planned) <= wanted, number
        _same_as_anew(network, index, AS_OF, tmp_path)
    planned.clear()
    # The window of a program closes meanwhile.
    later = AS_OF + timedelta(days=7)
    _build(places.content, places.data, places.output, as_of=later, jobs=1)
    assert planned
    _same_as_anew(network, index, later, tmp_path)
    (places.content / GUIDE).unlink()
    (places.content / "unions/laixi.md").unlink()
    _build(places.content, places.data, places.output, as_of=later, jobs=1)
    _same_as_anew(network, index, later, tmp_path)


_build = network_module.build


def _before(mark: str, lines: str) -> Callable[[str], str]:
    return lambda text: text.replace(mark, f"{lines}\n{mark}", 1)


def _same_as_anew(network: Network, index: NetworkIndex, moment: datetime, scratch: Path) -> None:
    content = content_store.read(network.places.content)
    anew = NetworkIndex(scratch / "anew")
    anew.clear()
    anew.update(content, (plan(content, union, moment) for union in content.unions))
    assert held(index) == held(anew)


def test_a_site_that_could_not_follow_follows_later(
    network: Network, tmp_path: Path, planned: list[str]
) -> None:
    """Though keywords, of which no file of a page tells, were rewritten while it failed."""
    places = network.places
    _build(places.content, places.data, places.output, as_of=AS_OF, jobs=1)
    network.edit("unions/pingdu.md", lambda text: text.replace("site:", "site:\n  theme: no-such-theme"))
    network.edit(PROGRAM, _before("slug:", "keywords:\n  - 暗号"))
    assert _build(places.content, places.data, places.output, as_of=AS_OF, jobs=1).has_errors
    network.edit("unions/pingdu.md", lambda text: text.replace("site:\n  theme: no-such-theme", "site:"))
    planned.clear()
    assert not _build(places.content, places.data, places.output, as_of=AS_OF, jobs=1).has_errors
    assert set(planned) <= {"pingdu"}
    _same_as_anew(network, NetworkIndex(places.data / "search"), AS_OF, tmp_path)


def test_a_lost_manifest_or_list_costs_a_plan_and_nothing_else(
    network: Network, tmp_path: Path, planned: list[str]
) -> None:
    places = network.places
    _build(places.content, places.data, places.output, as_of=AS_OF, jobs=1)
    for lost in (places.data / "search/rows", places.output / "manifests/pingdu"):
        network.edit(YEXIAO, lambda text: text.replace("问卷", "问卷表", 1))
        report = network.build("pingdu")
        for file in lost.iterdir():
            file.write_bytes(b"?")
        planned.clear()
        content = content_store.read(places.content)
        network_search.update_index(content, places, AS_OF)
        assert set(planned) == {"pingdu"}
        _same_as_anew(network, NetworkIndex(places.data / "search"), AS_OF, tmp_path)
        assert report.switched


def test_who_waits_for_the_index_puts_nothing_older_back(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one build waits to write, another one brings sites and index further."""
    places, later = network.places, AS_OF + timedelta(days=7)
    _build(places.content, places.data, places.output, as_of=AS_OF, jobs=1)
    exclusive = locks.exclusive

    def after_another(path: Path, timeout: float | None = None) -> AbstractContextManager[None]:
        monkeypatch.setattr(locks, "exclusive", exclusive)
        _build(places.content, places.data, places.output, as_of=later, jobs=1)
        return exclusive(path, timeout)

    content = content_store.read(places.content)
    monkeypatch.setattr(locks, "exclusive", after_another)
    network_search.update_index(content, places, AS_OF)
    _same_as_anew(network, NetworkIndex(places.data / "search"), later, tmp_path)
