"""Several processes make the records of one site: everything once, the same bytes, nobody left behind."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from site_builder import network as networks
from site_builder import processes
from site_builder.errors import BuildError
from site_builder.pelican_site import files, segments, shares
from site_builder.pelican_site.files import PlannedBytes, PlannedFile, PlannedRecord

if TYPE_CHECKING:
    from tests.site_builder.conftest import Network

AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
Tree = Callable[[Path], dict[str, bytes]]


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Linux, wherever the tests run: nothing here meets what forbids a fork elsewhere."""
    monkeypatch.setattr(shares, "APART", True)


class Made:
    """Notes what was made, and by which process."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int]] = []

    def put(self, file: PlannedFile) -> None:
        self.found.append((file.path, os.getpid()))

    def part(self) -> None:
        self.found = []

    def told(self) -> Any:
        return self.found

    def add(self, told: Any) -> None:
        self.found += told


def records(count: int) -> list[PlannedFile]:
    found: list[PlannedFile] = [PlannedBytes("index.html", bytes)]
    for number in range(count):
        path = f"news/{number}/index.html"
        found.append(PlannedRecord(UUID(int=1), path, (path,), lambda: iter(())))
    return found


def test_every_file_is_made_once_and_told() -> None:
    planned, made = records(shares.MANY + 7), Made()
    shares.put_all(planned, made.put, (made,), 3)
    assert sorted(path for path, _ in made.found) == sorted(file.path for file in planned)
    assert ("index.html", os.getpid()) in made.found
    assert not multiprocessing.active_children()


def test_few_records_and_paths_twice_are_left_to_one_process() -> None:
    twice = [*records(shares.MANY), *records(1)[1:]]
    for planned in (records(shares.MANY - 1), twice):
        made = Made()
        shares.put_all(planned, made.put, (made,), 3)
        assert [path for path, _ in made.found] == [file.path for file in planned]
        assert {process for _, process in made.found} == {os.getpid()}


@pytest.mark.parametrize("count", [1, 3])
def test_the_first_in_order_that_fails_is_told(count: int) -> None:
    wrong = {f"news/{number}/index.html" for number in (60, 61, 200, 390)}

    def put(file: PlannedFile) -> None:
        if file.path in wrong:
            raise BuildError(f"{file.path} cannot be made", union="pingdu", code="template-failed")

    with pytest.raises(BuildError, match=r"news/60/index\.html") as raised:
        shares.put_all(records(shares.MANY), put, (), count)
    assert (raised.value.union, raised.value.code) == ("pingdu", "template-failed")
    assert not multiprocessing.active_children()


class Odd(Exception):
    """Does not come out of a pickle."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


def odd() -> None:
    raise Odd("quite", "odd")


def killed() -> None:
    os._exit(9)


@pytest.mark.parametrize(("happens", "told"), [(odd, "Odd: quite odd"), (killed, "died")])
def test_what_happens_to_another_process_is_told(happens: Callable[[], None], told: str) -> None:
    parent = os.getpid()
    reader, writer = os.pipe()

    def put(file: PlannedFile) -> None:
        if os.getpid() != parent:
            os.write(writer, b"x")
            happens()
        if isinstance(file, PlannedRecord):
            os.read(reader, 1)  # the other one has taken something
            os.write(writer, b"x")

    with pytest.raises((RuntimeError, BuildError), match=told):
        shares.put_all(records(shares.MANY), put, (), 2)
    assert not multiprocessing.active_children()
    os.close(reader)
    os.close(writer)


def test_who_is_stopped_leaves_no_process_behind() -> None:
    parent = os.getpid()

    def put(file: PlannedFile) -> None:
        if os.getpid() == parent:
            raise KeyboardInterrupt
        time.sleep(60)

    with pytest.raises(KeyboardInterrupt):
        shares.put_all(records(shares.MANY), put, (), 3)
    assert not multiprocessing.active_children()


def test_a_large_site_is_the_same_by_any_number_of_processes(
    network: Network, tmp_path: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From nothing and after an edit; counts, reasons and problems too."""
    places = network.places

    def build(folder: str, jobs: int) -> list[Any]:
        data = tmp_path / folder
        report = networks.build(
            places.content, data, data / "output", ("shandong",), as_of=AS_OF, jobs=jobs, explain=True
        )
        return [{**site.to_json(), "seconds": 0} for site in report.sites]

    alone = [build("alone", 1)]
    for room, least in ((shares, "MANY"), (processes, "LARGE"), (files, "HEAVY"), (segments, "LARGE")):
        monkeypatch.setattr(room, least, 1)
    together = [build("together", 3)]
    network.edit("unions/shandong.md", lambda text: text.replace("short_name: ", "short_name: 新"))
    together.append(build("together", 3))
    monkeypatch.undo()
    alone.append(build("alone", 1))
    assert together == alone
    assert tree(tmp_path / "together/output/sites") == tree(tmp_path / "alone/output/sites")
    assert not multiprocessing.active_children()
