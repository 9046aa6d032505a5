"""Every system of the field has its page: 117 systems, each published by the union that runs it, and found.

`data/systems.json` says for each system which record carries it, whose it is, and the names and short
names by which people search for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TypedDict
from uuid import UUID

import pytest

from site_builder import content_store
from site_builder.content_store import Content
from site_builder.plan import SitePlan, plan
from site_builder.records import BEIJING, Collection, Event, Guide, Place, Program, Service
from site_builder.search.network_index import NetworkIndex

ROOT = Path(__file__).parents[1] / "content"
DEMO = datetime(2025, 4, 8, 9, tzinfo=BEIJING)
"""The moment as of which the demo is built: its facts are of 2019-2025."""


class _SystemBase(TypedDict):
    record: str
    union: str
    name: str


class System(_SystemBase, total=False):
    also: list[str]
    """Other names it is searched by."""


SYSTEMS: Mapping[str, System] = json.loads(
    Path(__file__).with_name("data").joinpath("systems.json").read_text("utf-8")
)
SEARCHED = [
    (code, name) for code, system in SYSTEMS.items() for name in (system["name"], *system.get("also", []))
]


@pytest.fixture(scope="module")
def content() -> Content:
    return content_store.read(ROOT)


@pytest.fixture(scope="module")
def plans(content: Content) -> Mapping[str, SitePlan]:
    return {union: plan(content, union, DEMO) for union in content.unions}


@pytest.fixture(scope="module")
def index(
    content: Content, plans: Mapping[str, SitePlan], tmp_path_factory: pytest.TempPathFactory
) -> NetworkIndex:
    made = NetworkIndex(tmp_path_factory.mktemp("search") / "index")
    made.update(content, plans.values())
    return made


def test_every_system_has_a_record_and_nearly_each_one_of_its_own() -> None:
    assert list(SYSTEMS) == [f"S{number:02d}" for number in range(1, 118)]
    assert len({system["record"] for system in SYSTEMS.values()}) >= 100
    assert len({system["name"] for system in SYSTEMS.values()}) == len(SYSTEMS)


@pytest.mark.parametrize("code", SYSTEMS)
def test_it_is_published_by_the_union_that_runs_it(
    code: str, content: Content, plans: Mapping[str, SitePlan]
) -> None:
    system = SYSTEMS[code]
    record = content.records[UUID(system["record"])]
    assert record.union == system["union"]
    assert record.withdrawn is None
    assert record.id in plans[system["union"]].by_id
    assert record.summary or record.edition_of


@pytest.mark.parametrize("code", SYSTEMS)
def test_it_says_what_to_do_next(code: str, content: Content) -> None:
    """What can be used says how, or whom to ask; a body tells what it is."""
    record = content.records[UUID(SYSTEMS[code]["record"])]
    assert record.body
    if isinstance(record, Service):
        assert record.fallback is not None
        assert record.fallback.name
    elif isinstance(record, Program | Guide | Event):
        assert record.apply or record.contact
    elif isinstance(record, Place):
        assert record.apply or record.contact or "当地工会" in record.body
    elif isinstance(record, Collection):
        assert record.items or record.query


@pytest.mark.parametrize(("code", "name"), SEARCHED, ids=[f"{code}-{name}" for code, name in SEARCHED])
def test_a_worker_finds_it_by_its_name(code: str, name: str, index: NetworkIndex) -> None:
    system = SYSTEMS[code]
    network = [hit.id for hit in index.search(name, limit=3)]
    assert system["record"] in network
    site = [hit.id for hit in index.search(name, union=system["union"], limit=3)]
    assert system["record"] in site
