"""Two processes at once, one of them stopped wherever it asks the system for a file: what the other does then
must harm neither, nor what is live.

    python -m tests.site_builder.interrupted [SCENARIO ...] [--times 2] [--stride 1] [--work FOLDER]

A scenario is a network as it stands (`before`), what the first process does (`first`) and what the second
does wholly while the first stands still (`second`); where the second waits for a lock of the first, the first
goes on. Each place of the program at which files are asked for is a point at which the first is stopped, the
first few `--times` it comes there, or one of `--stride` of these. Nothing depends on how long anything takes.
Do not change the program while this runs: what is built depends on it.
"""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from site_builder import content_store, locks, network_search, processes
from site_builder.deploy import deploy
from site_builder.deploy.addresses import Targets
from site_builder.pelican_site import segments
from site_builder.release import carried, pruning, rollback, status, switch
from site_builder.release import manifest as manifests
from site_builder.release.build import build_site
from site_builder.release.pruning import tidy_store
from site_builder.release.report import Places
from site_builder.release.store import LISTING
from tests.site_builder.together import AS_OF, network_in, places_in

assert processes, "loaded once for all"
PROGRAM = str(Path(content_store.__file__).parent.parent.parent)
Act = Callable[[Places], object]


@dataclass(frozen=True)
class Scenario:
    before: Act
    first: Act
    second: Act
    keep: int = pruning.KEEP
    """Old releases that are kept."""
    kill: bool = False
    """The first is killed where it is stopped."""
    large: int = segments.LARGE
    """Records of a part of a search index of which the analysis is kept."""


# --- what they do ---------------------------------------------------------------------------------


def builds(*unions: str, days: float = 0, full: bool = False) -> Act:
    def act(places: Places) -> None:
        content = content_store.read(places.content)
        for union in unions:
            report = build_site(content, union, AS_OF + timedelta(days=days), places, full=full)
            assert not report.failed, [*map(str, report.problems)]

    return act


def builds_soundly(days: float = 0) -> Act:
    """And nothing is left of who was killed."""

    def act(places: Places) -> None:
        builds("pingdu", "pingdu-1", "shandong", days=days)(places)
        tidy_store(places)
        checks(places)
        left = [path for path in places.output.rglob(".[!l]*") if path.suffix != LISTING]
        assert left == []

    return act


def one_after_another(*acts: Act) -> Act:
    def act(places: Places) -> None:
        for one in acts:
            one(places)

    return act


def nothing(places: Places) -> None:
    pass


def damaged(places: Places) -> None:
    """Files of the folder that both counties share are gone, changed, or too many."""
    one, other = (
        set(manifests.read_trees(places.output, union, switch.live(places.output, union) or "").values())
        for union in ("pingdu", "pingdu-1")
    )
    [shared] = one & other
    tree = places.output / "store/trees" / shared
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    files[0].write_bytes(b"?")
    files[1].unlink()
    files[2].unlink()
    (files[2] / "more").mkdir(parents=True)
    (files[2] / "more/extra").write_bytes(b"")
    (tree / "extra").write_bytes(b"")


def many(places: Places, count: int = 4, start: int = 1) -> None:
    """So many switches of one site that old releases go."""
    for number in range(count):
        file = places.content / "records/pingdu/story/yexiao-zouhong.md"
        text = file.read_text("utf-8").partition("\n改")[0]
        file.write_text(f"{text}\n改{start + number}。\n", "utf-8")
        builds("pingdu")(places)


def more(count: int, start: int) -> Act:
    return lambda places: many(places, count, start)


def looks(places: Places) -> None:
    content = content_store.read(places.content)
    rollback.releases(places, "pingdu")
    status.status(content, places, content.unions)
    for record in content.records:
        for row in carried.receipts(content, places, record, AS_OF):
            carried.dated(places, row)


def checks(places: Places) -> None:
    found = status.check(content_store.read(places.content), places, "pingdu")
    assert found == [], [*map(str, found)]


def deploys(mode: str) -> Act:
    def act(places: Places) -> None:
        target = f"file://{places.data.parent}/www-{mode}/{{union}}?mode={mode}"
        for outcome in deploy(places, ["pingdu"], Targets(everywhere=(target,))).sites:
            assert not outcome.problems, [*map(str, outcome.problems)]

    return act


def updates(places: Places) -> None:
    network_search.update_index(content_store.read(places.content), places, AS_OF)


def searches(places: Places) -> None:
    assert network_search.search(content_store.read(places.content), places, "夜校")


def rolls_back(places: Places) -> None:
    rollback.rollback(places, "pingdu")


BUILT = builds("pingdu", "pingdu-1", "shandong")
MANY = one_after_another(BUILT, many)
SCENARIOS = {
    "cold": Scenario(nothing, builds("pingdu"), builds("pingdu-1")),
    "cold-same": Scenario(nothing, builds("pingdu"), builds("pingdu")),
    "kept": Scenario(
        nothing,
        one_after_another(builds("pingdu"), builds("pingdu", days=40)),
        one_after_another(builds("pingdu-1", days=40), builds("pingdu-1")),
        large=3,
    ),
    "killed": Scenario(MANY, builds("pingdu", days=40), builds_soundly(days=40), keep=1, kill=True),
    "killed-tidying": Scenario(MANY, tidy_store, builds_soundly(), keep=1, kill=True),
    "full": Scenario(BUILT, builds("pingdu", full=True), builds("pingdu-1", full=True)),
    "damaged": Scenario(
        one_after_another(BUILT, damaged), builds("pingdu", full=True), builds("pingdu-1", full=True)
    ),
    "tidied": Scenario(MANY, tidy_store, builds("pingdu-1", days=40, full=True), keep=1),
    "tidies": Scenario(MANY, builds("pingdu-1", days=40), tidy_store, keep=1),
    "pruned": Scenario(MANY, more(2, 9), rolls_back, keep=1),
    "looks": Scenario(MANY, looks, more(3, 9), keep=1),
    "reverted": Scenario(one_after_another(BUILT, many, more(1, 1)), looks, more(1, 9), keep=4),
    "checks": Scenario(MANY, checks, builds("pingdu", days=40)),
    "deploys": Scenario(MANY, deploys("releases"), more(3, 9), keep=1),
    "deploys-files": Scenario(MANY, deploys("files"), more(3, 9), keep=1),
    "searches": Scenario(one_after_another(BUILT, updates, builds("pingdu", days=7)), searches, updates),
    "updates": Scenario(one_after_another(BUILT, updates, builds("pingdu", days=7)), updates, searches),
}


# --- stopping -------------------------------------------------------------------------------------


class Points:
    """Calls `stop` when the program asks the system for the `number`-th time at a place that still counts."""

    def __init__(self, number: int, times: int, stop: Callable[[str], None]) -> None:
        self._left, self._times, self._stop = number, times, stop
        self._seen: Counter[str] = Counter()
        self.count = 0

    def __call__(self, frame: FrameType, event: str, called: Any) -> None:
        if event != "c_call" or getattr(called, "__module__", "") not in ("posix", "io", "_io"):
            return
        if called.__name__ not in ASKS:
            return
        place = _place(frame)
        if place is None:
            return
        self._seen[place] += 1
        if self._seen[place] > self._times:
            return
        self.count += 1
        if self.count == self._left:
            sys.setprofile(None)
            self._stop(f"{called.__name__} in {place}")
            sys.setprofile(self)


ASKS = {
    *("stat", "lstat", "open", "scandir", "listdir", "mkdir", "rmdir", "unlink", "remove"),
    *("rename", "replace", "symlink", "link", "readlink", "utime"),
}


def _place(frame: FrameType | None) -> str | None:
    """The lines of the program from which a call comes, but for its reading of content and templates."""
    found = []
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(f"{PROGRAM}/site_builder/"):
            name = file.removeprefix(f"{PROGRAM}/site_builder/")
            if name.startswith(LEFT_OUT):
                return None
            found.append(f"{name}:{frame.f_lineno}")
            if len(found) == 2:
                break
        frame = frame.f_back
    return " ".join(found) or None


LEFT_OUT = ("content_store/", "render", "environment", "halves", "folder", "theme", "body/", "locks")


def prepare(scenario: Scenario, folder: Path) -> None:
    """Make the network as it stands before, in an empty folder."""
    places = network_in(folder, 3)
    if (templates := folder.with_name("templates")).is_dir():
        shutil.copytree(templates, places.compiled)
    assert _wait(_fork(lambda: _before(scenario, places))) == 0
    if places.compiled.is_dir() and not templates.is_dir():
        shutil.copytree(places.compiled, templates)


def _before(scenario: Scenario, places: Places) -> None:
    _set(scenario)
    scenario.before(places)


def _set(scenario: Scenario) -> None:
    pruning.KEEP, pruning.MOST = scenario.keep, max(scenario.keep, 1)
    segments.LARGE = scenario.large


def run(scenario: Scenario, folder: Path, number: int, times: int) -> tuple[list[str], str]:
    """What was found, and the point at which the first was stopped, if it was; `folder` is prepared."""
    places = places_in(folder)
    findings, point = folder / "findings", folder / "point"
    findings.touch()
    alive, held = os.pipe()
    pid = _fork(lambda: _two(scenario, places, number, times, findings, point))
    os.close(held)
    _wait(pid)
    os.read(alive, 1)  # ends when the second does, too
    os.close(alive)
    return findings.read_text("utf-8").splitlines(), point.read_text("utf-8") if point.exists() else ""


def _two(scenario: Scenario, places: Places, number: int, times: int, findings: Path, point: Path) -> None:
    def tell(text: str) -> None:
        with findings.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")

    logging.getLogger().addHandler(_Telling(tell))
    _set(scenario)
    go, went = os.pipe(), os.pipe()

    def second() -> None:
        first = os.getppid()
        os.close(go[1])
        os.read(go[0], 1)
        while scenario.kill and os.getppid() == first and point.exists():
            time.sleep(0.001)
        _let_go_on(went[1])
        try:
            scenario.second(places)
        except BaseException:
            tell(f"second: {traceback.format_exc()}")
        for told in _live(places):
            tell(f"after the second: {told}")
        with suppress(BrokenPipeError):  # who was killed waits no more
            os.write(went[1], b".")

    def stop(where: str) -> None:
        point.write_text(where, "utf-8")
        os.write(go[1], b".")
        if scenario.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        os.read(went[0], 1)

    other = _fork(second)
    points = Points(number, times, stop)
    sys.setprofile(points)
    threading.setprofile(points)
    try:
        scenario.first(places)
    except BaseException:
        sys.setprofile(None)
        tell(f"first: {traceback.format_exc()}")
    sys.setprofile(None)
    if points.count < number:
        os.write(go[1], b".")
    _wait(other)
    for told in _live(places):
        tell(f"at the end: {told}")


def _let_go_on(pipe: int) -> None:
    """Who waits for a lock says so once, and the other goes on."""
    flock = fcntl.flock

    def patient(handle: int, how: int) -> None:
        try:
            flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if how & fcntl.LOCK_NB:
                raise
            os.write(pipe, b".")
            flock(handle, how)

    locks.fcntl.flock = patient


def _live(places: Places) -> Iterator[str]:
    """What live sites lack."""
    sites = places.output / "sites"
    for link in sorted(sites.iterdir()) if sites.is_dir() else ():
        release = switch.live(places.output, link.name)
        if release is None:
            yield f"{link} leads nowhere"
            continue
        difference = manifests.compare(link, manifests.read(places.output, link.name, release))
        if difference:
            yield f"{link.name}: {difference}"


class _Telling(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(f"logged by {record.name}: {record.getMessage()}")


def _fork(work: Callable[[], object]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _wait(pid: int) -> int:
    return os.waitpid(pid, 0)[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("scenarios", nargs="*", default=[*SCENARIOS], metavar="SCENARIO")
    parser.add_argument("--times", type=int, default=2)
    parser.add_argument("--start", type=int, default=1)
    parser.add_argument("--stride", type=int, default=1, help="of so many points one is tried")
    parser.add_argument("--work", type=Path, help="folder to work in (default: one in the temporary folder)")
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="unionpress-interrupted-"))
    work.mkdir(parents=True, exist_ok=True)
    found = 0
    for name in options.scenarios:
        number = options.start - options.stride
        folder, before = work / "one", work / "before"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)
        prepare(SCENARIOS[name], folder)
        folder.rename(before)
        while True:
            number += options.stride
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run(["cp", "-a", before, folder], check=True)  # with its links, hard and symbolic
            told, point = run(SCENARIOS[name], folder, number, options.times)
            if told:
                found += 1
                print(f"{name} {number} ({point}):", *told, sep="\n  ", flush=True)
            if not point:
                break
        print(f"{name}: {number - 1} points, one of {options.stride} tried", flush=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
