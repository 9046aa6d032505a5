"""Page views by record, from a web server's logs."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from site_builder.outputs import visits
from site_builder.plan import plan
from tests.builders import NOW, Network

PERSON = '"-" "Mozilla/5.0 (Linux; Android 12)"'


def line(
    path: str,
    *,
    host: str = "",
    status: int = 200,
    rest: str = PERSON,
    method: str = "GET",
    day: str = "08/Apr/2025",
) -> str:
    said = f"{host} " if host else ""
    return f'{said}203.0.113.9 - - [{day}:09:10:11 +0800] "{method} {path} HTTP/2.0" {status} 512 {rest}'


def test_pages_that_people_were_sent_are_views() -> None:
    found = list(
        visits.views([line("/programs/a/?from=wx", host="pingdu.example:443"), line("/news/", status=304)])
    )
    assert found == [
        visits.View("pingdu.example", "/programs/a/", date(2025, 4, 8)),
        visits.View("", "/news/", date(2025, 4, 8)),
    ]


@pytest.mark.parametrize(
    "other",
    [
        line("/assets/site.css"),
        line("/programs/a/index.json"),
        line("/programs/a/", status=404),
        line("/programs/a/", method="POST"),
        line("/programs/a/", rest='"-" "Baiduspider/2.0"'),
        line("/programs/a/", rest='"-" "-"'),
        "nonsense",
        "",
    ],
)
def test_nothing_else_is(other: str) -> None:
    assert list(visits.views([other])) == []


def test_views_belong_to_the_record_of_the_host_s_site() -> None:
    network = Network()
    program = network.program("shandong", "a")
    network.program("pingdu", "a")
    content = network.content()
    plans = {union: plan(content, union, NOW) for union in ("shandong", "pingdu")}
    lines = [
        line("/programs/a/", host="shandong.example"),
        line("/programs/a/", host="shandong.example", day="07/Apr/2025"),
        line("/", host="shandong.example"),
        line("/programs/a/", host="elsewhere.example"),
    ]
    counted = visits.count(visits.views(lines), content, plans)
    assert dict(counted["shandong"].records) == {str(program.id): 2}
    assert (counted["shandong"].others, counted["shandong"].first) == (1, date(2025, 4, 7))
    assert not counted["pingdu"].records
    assert counted["pingdu"].first is None


def test_sites_under_paths_of_one_host_are_told_apart() -> None:
    network = Network(tree=False)
    network.union("a", site={"base_url": "https://sites.example"})
    network.union("b", site={"base_url": "https://sites.example/b"})
    record = network.program("b", "x")
    content = network.content()
    plans = {union: plan(content, union, NOW) for union in ("a", "b")}
    counted = visits.count(visits.views([line("/b/programs/x/", host="sites.example")]), content, plans)
    assert dict(counted["b"].records) == {str(record.id): 1}
    assert counted["a"].others == 0


def test_a_log_without_hosts_is_that_of_the_only_site() -> None:
    network = Network()
    record = network.program("pingdu", "a")
    content = network.content()
    lines = [line("/programs/a/")]
    one = {"pingdu": plan(content, "pingdu", NOW)}
    two = {**one, "shandong": plan(content, "shandong", NOW)}
    assert dict(visits.count(visits.views(lines), content, one)["pingdu"].records) == {str(record.id): 1}
    assert not visits.count(visits.views(lines), content, two)["pingdu"].records


def test_packed_logs_are_read(tmp_path: Path) -> None:
    plain, packed = tmp_path / "access.log", tmp_path / "access.log.1.gz"
    plain.write_text(line("/a/") + "\n")
    packed.write_bytes(gzip.compress((line("/b/") + "\n").encode()))
    assert [view.path for view in visits.views(visits.read([plain, packed]))] == ["/a/", "/b/"]
