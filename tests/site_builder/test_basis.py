"""A basis covers more than the page shows and never less: same ground, same basis, same page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from site_builder import content_store
from site_builder.content_store import Content
from site_builder.contexts import RecordPage
from site_builder.pages import pages
from site_builder.pages.basis import Bases
from site_builder.pelican_site.files import Site, ground
from site_builder.plan import plan
from site_builder.render import Bundle
from tests.builders import NOW, Network
from tests.site_builder.test_incremental import THEMES, World

Made = tuple[str, dict[str, str], dict[str, RecordPage]]


def made(content: Content, union: str, moment: datetime) -> Made:
    """The site's ground, and by path the bases and the contexts of its records' pages."""
    site_plan = plan(content, union, moment)
    bases = Bases(site_plan, content)
    site = Site(content, site_plan, Bundle.load(THEMES, "base"))
    found = {page.path: page for page in pages(site_plan, content) if isinstance(page, RecordPage)}
    return ground(site, "code"), {item.path: bases.of(item) for item in site_plan.items}, found


@pytest.mark.parametrize("seed", range(12))
def test_the_same_basis_is_the_same_page(seed: int, tmp_path: Path) -> None:
    """Whatever happens to the content and the clock in between."""
    random = Random(seed)
    world = World(tmp_path, random)
    before: dict[str, Made] = {}
    kept = 0
    for _ in range(8):
        content = content_store.read(world.content)
        now = {union: made(content, union, world.now) for union in content.unions}
        for union, (site_ground, bases, found) in now.items():
            old_ground, old_bases, old = before.get(union, ("", {}, {}))
            for path, page in found.items():
                if bases[path] and site_ground == old_ground and old_bases.get(path) == bases[path]:
                    assert page == old[path], (union, path)
                    kept += 1
        before = now
        random.choice([world.edit, world.share, world.adopt, world.withdraw, world.rename, world.delete,
                       world.clock, world.add, world.brand, world.add_union,
                       world.remove_union])()  # fmt: skip
        world.write()
    assert kept, "or this compares nothing"


def test_what_the_union_filled_in_has_no_basis(tmp_path: Path) -> None:
    world = World(tmp_path, Random(1))
    content = content_store.read(world.content)
    for union in content.unions:
        site_plan = plan(content, union, world.now)
        for item in site_plan.items:
            assert bool(Bases(site_plan, content).of(item)) == (not item.filled)


LINKS = "[能用的](/finder/#need-health)，[办过的](/programs/past/)，[夜校](/programs/page/2/)"


@pytest.mark.parametrize(
    "change",
    [{"needs": ["health"]}, {"window": {"opens": "2025-01-01", "closes": "2025-02-01"}}, {"status": "ended"}],
)
def test_what_a_link_to_a_path_depends_on_is_in_the_basis(change: dict[str, object], tmp_path: Path) -> None:
    """Whether a list, a page of it or a part of the finder is there follows from what other records say."""
    network = Network()
    story = network.story("pingdu", "links", body=LINKS)
    network.program("pingdu", "other", needs=["job"], standing=True)
    program = network.program("pingdu", "p", needs=["job"], standing=True)
    before = made(network.write(tmp_path), "pingdu", NOW)
    network.change(program, **{"standing": "needs" in change, **change})
    after = made(network.write(tmp_path), "pingdu", NOW)
    path = next(path for path, page in before[2].items() if page.record["id"] == str(story.id))
    assert before[2][path] != after[2][path], "or this compares nothing"
    assert before[1][path] != after[1][path]
