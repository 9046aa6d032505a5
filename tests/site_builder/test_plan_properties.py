"""What must hold of every plan, on random networks of eight unions in three branches."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from site_builder import paths
from site_builder.plan import SitePlan, index_of, plan
from site_builder.plan.common import Candidate
from site_builder.plan.resolve import candidates, compete
from site_builder.records import Kind
from tests.builders import NOW, TREE, Network, days
from tests.site_builder.networks import MOMENTS, Oracle, networks

UNIONS = st.sampled_from(sorted(TREE))
few = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def timeless(site: SitePlan) -> SitePlan:
    return replace(site, as_of=NOW)


@few
@given(networks(), MOMENTS)
def test_a_site_holds_what_the_rules_say_and_nothing_else(network: Network, now: datetime) -> None:
    content = network.content()
    for union in TREE:
        site, oracle = plan(content, union, now), Oracle(network, union, now)
        shown = {item.record.id for item in site.items if item.record.kind is not Kind.COLLECTION}
        assert shown == oracle.visible(), union
        assert {stone.record for stone in site.tombstones} == oracle.buried(), union
        for item in site.items:
            assert site.by_id[item.record.id] is item
            for link in oracle.chain(item.source):
                assert site.by_source[link.id].record.id == item.record.id


@few
@given(networks(), MOMENTS)
def test_what_siblings_have_in_common_is_what_each_has_alone(network: Network, now: datetime) -> None:
    content = network.content()
    index = index_of(content)
    for union in TREE:
        found, alone = (candidates(index, union) for _ in range(2))
        alone.required = ()
        together, apart = compete(index, union, found, now), compete(index, union, alone, now)
        assert apart.common is None
        assert sorted(together.winners, key=by_age) == sorted(apart.winners, key=by_age)
        assert together.replaced == apart.replaced
        for entry, item in together.common.items.items() if together.common else ():
            assert item.path == index.path(index.entries[entry], union)
            assert plan(content, union, now).by_id[entry].record is item.record


def by_age(candidate: Candidate) -> tuple[float, int]:
    return candidate.entry.age


@few
@given(networks(), UNIONS, MOMENTS, st.floats(0, 1))
def test_nothing_changes_before_the_next_change(
    network: Network, union: str, now: datetime, part: float
) -> None:
    content = network.content()
    site = plan(content, union, now)
    end = site.next_change or now + days(40)
    assert end > now
    for later in (now + (end - now) * part, end - timedelta(milliseconds=1)):
        if now <= later < end:
            assert timeless(plan(content, union, later)) == timeless(site)


@few
@given(networks(), UNIONS)
def test_every_change_is_foretold(network: Network, union: str) -> None:
    """A build at each next change misses nothing: what is seen hour by hour is what those builds show."""
    content = network.content()
    now, end = NOW - days(10), NOW + days(20)
    built = plan(content, union, now)
    while now < end:
        now += timedelta(hours=3)
        while built.next_change is not None and built.next_change <= now:
            built = plan(content, union, built.next_change)
        assert timeless(plan(content, union, now)) == timeless(built)


@few
@given(networks(), UNIONS, MOMENTS)
def test_each_path_has_one_owner_and_redirects_lead_to_pages(
    network: Network, union: str, now: datetime
) -> None:
    site = plan(network.content(), union, now)
    pages = [item.path for item in site.items] + [stone.path for stone in site.tombstones]
    moved = [redirect.path for redirect in site.redirects]
    assert len({*pages, *moved}) == len(pages) + len(moved)
    assert {redirect.target for redirect in site.redirects} <= set(pages)
    files = {paths.output_file(path) for path in (*pages, *moved)}
    folders = {folder for file in files for folder in file.parents}
    assert len(files) == len(pages) + len(moved)
    assert not files & folders
    for stone in site.tombstones:
        assert stone.target is None or stone.target in pages or stone.target.startswith("https://")


@few
@given(networks(), UNIONS, MOMENTS, st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(
    network: Network, union: str, now: datetime, random: object
) -> None:
    site = plan(network.content(), union, now)
    records = list(network.records.items())
    random.shuffle(records)  # type: ignore[attr-defined]
    network.records = dict(records)
    again = plan(network.content(), union, now)
    assert (again.items, again.tombstones, again.redirects) == (site.items, site.tombstones, site.redirects)
    assert set(map(str, again.problems)) == set(map(str, site.problems))
