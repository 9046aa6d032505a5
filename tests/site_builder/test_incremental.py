"""Rule 2: whatever happened in between, building on what is there gives what building from nothing gives.

Random sequences of edits, shares, adoptions, withdrawals, moves of the clock, changes of the theme, renames,
deletions, unions added and removed; after each step every site is compared with one built from nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from site_builder import content_store, network, network_build
from site_builder.pages import index_parts
from site_builder.records import Closure, Kind
from tests.builders import NOW, days, to
from tests.site_builder.networks import network_of

THEMES = Path(__file__).parent.parent.parent / "themes"
STEPS = 7
Tree = Callable[[Path], dict[str, bytes]]


class World:
    """A content folder, a theme and a clock that things happen to."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.content, self.themes, self.now = folder / "content", folder / "themes", NOW
        self.random = random
        self.network = network_of(random)
        shutil.copytree(THEMES / "base", self.themes / "base")
        self.write()

    def write(self) -> None:
        """The folder as the network is now: what is gone from it goes."""
        self.network.write(self.content)
        net = self.network
        wanted = {content_store.union_path(slug) for slug in net.unions}
        wanted |= {content_store.record_path(record) for record in net.records.values()}
        wanted |= {content_store.adoptions_path(who) for who in net.adoptions}
        for file in list(self.content.rglob("*.*")):
            if file.relative_to(self.content).as_posix() not in {f"{path}" for path in wanted}:
                file.unlink()

    def happen(self) -> str:
        """One thing happens; returns what."""
        chosen = self.random.choice(
            [self.edit, self.edit, self.share, self.adopt, self.withdraw, self.clock, self.clock, self.theme,
             self.rename, self.delete, self.add_union, self.remove_union, self.brand, self.add, self.pin,
             self.close_union, self.nothing]
        )  # fmt: skip
        chosen()
        self.write()
        return chosen.__name__

    def any_record(self) -> Any:
        return self.random.choice(sorted(self.network.records.values(), key=lambda record: record.id))

    def edit(self) -> None:
        field = self.random.choice(["title", "summary", "body"])
        self.network.change(self.any_record(), **{field: f"改过的{self.random.randrange(99)}。"})

    def share(self) -> None:
        mode = self.random.choice(["offer", "required"])
        self.network.change(self.any_record(), share=to("descendants", mode=mode, slots=("contact",)))

    def adopt(self) -> None:
        who = self.random.choice(sorted(self.network.unions))
        self.network.adoptions.pop(who, None)
        slots = self.random.choice([{}, {"contact": {"phone": f"0532-{self.random.randrange(1000)}"}}])
        until = self.now + days(self.random.choice([-1, 1, 3]))
        self.network.adopt(
            who, self.any_record(), self.random.choice(["take", "hide", "pin"]), until, **slots
        )

    def pin(self) -> None:
        """By its own union, for a time; or not for search engines."""
        record = self.any_record()
        until = {"pinned_until": self.now + days(self.random.choice([-1, 1, 3]))}
        said = until if record.kind is Kind.STORY else {"noindex": not record.noindex}
        self.network.change(record, **said)

    def withdraw(self) -> None:
        at = self.now + days(self.random.choice([-1, 0, 1]))
        self.network.change(self.any_record(), withdrawn={"at": at, "reason": "更正"})

    def clock(self) -> None:
        self.now += timedelta(hours=self.random.choice([-30, 1, 11, 24, 80]))

    def theme(self) -> None:
        file = self.themes / "base/templates" / self.random.choice(["story.html", "list.html", "_parts.html"])
        file.write_text(file.read_text("utf-8").replace("<p class=", "<p data-x class=", 1), "utf-8")

    def rename(self) -> None:
        record = self.any_record()
        self.network.change(record, slug=f"{record.slug[:20]}-{self.random.randrange(9)}")

    def delete(self) -> None:
        if len(self.network.records) > 1:
            del self.network.records[self.any_record().id]

    def add(self) -> None:
        owner = self.random.choice(["acftu", "shandong", "pingdu"])
        share = to("descendants") if owner != "pingdu" else {}
        self.network.story(owner, f"n{self.random.randrange(999)}", body="新来的。", share=share)

    def add_union(self) -> None:
        self.network.union(f"new{self.random.randrange(3)}", "shandong", "city")

    def close_union(self) -> None:
        """One that is no more, or will be, or is after all."""
        union = self.network.unions[self.random.choice(sorted(self.network.unions))]
        others = sorted(set(self.network.unions) - {union.slug})
        since = (self.now + days(self.random.choice([-2, 0, 1, 3]))).date()
        closure = Closure(how="merged", since=since, successors=(self.random.choice(others),))
        said = {"closure": None if union.closure else closure}
        self.network.unions[union.slug] = union.model_copy(update=said)

    def remove_union(self) -> None:
        """One without unions below it; its records go with it."""
        parents = {union.parent for union in self.network.unions.values()}
        leaf = self.random.choice(sorted(set(self.network.unions) - parents - {"jiaoyu"}))
        del self.network.unions[leaf]
        self.network.adoptions.pop(leaf, None)
        for id in [id for id, record in self.network.records.items() if record.union == leaf]:
            del self.network.records[id]

    def brand(self) -> None:
        slug = self.random.choice(sorted(self.network.unions))
        union = self.network.unions[slug]
        site = union.site.model_copy(update={"slogan": f"口号{self.random.randrange(99)}"})
        self.network.unions[slug] = union.model_copy(update={"site": site})

    def nothing(self) -> None:
        """Then nothing may be made anew."""


def build(world: World, data: Path, now: datetime) -> network.Report:
    return network.build(world.content, data, data / "output", as_of=now, jobs=1, themes=world.themes)


@pytest.mark.parametrize("seed", range(4))
def test_incremental_is_full(seed: int, tmp_path: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_build, "_update_index", lambda *_: [])  # another room's, and slow
    if seed % 2:  # as on a large site
        monkeypatch.setattr(index_parts, "TOGETHER", 3)
        monkeypatch.setattr(index_parts, "IN_PLACE", 1)
    world = World(tmp_path, Random(seed))
    data = tmp_path / "data"
    build(world, data, world.now)
    story = []
    for step in range(STEPS):
        before = {path.name: tree(path) for path in (data / "output/sites").iterdir()}
        story.append(world.happen())
        report = build(world, data, world.now)
        fresh = tmp_path / f"fresh{step}"
        expected = build(world, fresh, world.now)
        assert [site.union for site in report.sites] == [site.union for site in expected.sites]
        for site, full in zip(report.sites, expected.sites, strict=True):
            assert not site.failed, (story, site.problems)
            live = tree(data / "output/sites" / site.union)
            assert live == tree(fresh / "output/sites" / site.union), (story, site.union)
            assert (site.release, site.pages, site.problems, site.next_change, site.search_documents) == (
                full.release, full.pages, full.problems, full.next_change, full.search_documents,
            ), story  # fmt: skip
            assert site.rendered + site.reused == site.pages
            old = before.get(site.union, {})
            changed = {
                path for path, page in live.items() if path.endswith(".html") and old.get(path) != page
            }
            assert len(changed) <= site.rendered, story
            if story[-1] == "nothing":
                assert (site.rendered, site.switched) == (0, False)
        shutil.rmtree(fresh)
