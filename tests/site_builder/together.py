"""Several processes at once on one network: whoever reads a live site meanwhile never misses a file of it.

    python -m tests.site_builder.together [SEED] [--minutes 10] [--sites 8] [--builders 3] [--slow 0.1]
        [--kill] [--edit] [--kept] [--work FOLDER]

Each round begins with nothing: a province and counties below it, which share its records. Builders make them
all at once, for one moment or another, now and then `--full`; beside them sites are rolled back, the store
is tidied, sites are checked, deployed, searched. Processes without any lock read the live sites:

    who resolves `sites/<union>` once finds every file that the release's manifest names, and its bytes;
    who follows `sites/<union>/<path>` anew finds what the release before and the release after have.

`--slow` is how often a process pauses before it touches a file, so that others come in between; `--kill`
ends builders with SIGKILL; with `--edit` records change meanwhile; `--kept` keeps the analysis of searches
also of small sites. Prints what was found, and ends with 1 if anything was. CI has a short one
(test_together.py).
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

from site_builder import content_store, locks, network, network_search, processes
from site_builder.content_store import Content
from site_builder.deploy import deploy
from site_builder.deploy.addresses import Targets
from site_builder.errors import UsageError
from site_builder.pelican_site import segments
from site_builder.release import carried, content_lock, rollback, status, switch
from site_builder.release import manifest as manifests
from site_builder.release.manifest import row_of
from site_builder.release.pruning import tidy_store
from site_builder.release.report import Places
from site_builder.release.state import Records
from site_builder.release.workspace import release_folder

GOLDEN = Path(__file__).parent.parent / "golden" / "site" / "content"
AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
MOMENTS = tuple(AS_OF + timedelta(days=days) for days in (0, 0, 0, 1, 7, 40, 200))
TOUCHES = ("os.", "shutil.rmtree")
"""What a process does with names of files, as Python's audit events call it."""
LONGEST_PAUSE = 0.01


@dataclass(frozen=True)
class Mix:
    """What goes on at once in one round. `seconds`: for how long."""

    sites: int = 8
    builders: int = 3
    seconds: float = 6.0
    slow: float = 0.0
    kill: bool = False
    edit: bool = False
    kept: bool = False


def network_in(folder: Path, sites: int) -> Places:
    """A province and `sites - 1` counties, each with two records of its own and all that it takes over."""
    content = folder / "content"
    shutil.copytree(GOLDEN, content)
    for number in range(1, sites - 1):
        union = f"pingdu-{number}"
        for file in (
            *content.glob("unions/pingdu.md"),
            *content.glob("adoptions/pingdu.yaml"),
            *content.glob("records/pingdu/story/*.md"),
        ):
            text = file.read_text("utf-8").replace("union: pingdu", f"union: {union}")
            text = text.replace("sites.example/pingdu", f"sites.example/{union}")
            text = text.replace("平度市", f"平度市{number}")
            lines = [
                f"id: {uuid5(UUID(line[4:]), union)}" if line.startswith("id: ") else line
                for line in text.split("\n")
            ]
            made = content / str(file.relative_to(content)).replace("pingdu", union)
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text("\n".join(lines), "utf-8")
    return places_in(folder)


def places_in(folder: Path) -> Places:
    return Places(folder / "content", folder / "var", folder / "var/output", network.THEMES)


# --- who works ------------------------------------------------------------------------------------


@dataclass
class Actor:
    """One process. What it finds it writes into a file, a line each."""

    places: Places
    unions: tuple[str, ...]
    random: Random
    mix: Mix
    findings: Path
    end: float
    done: Counter[str] = field(default_factory=Counter)

    def tell(self, text: str) -> None:
        with self.findings.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")

    def turns(self, pause: float = 0.0) -> Iterator[str]:
        """A union at random again and again, until it is time to end."""
        while time.monotonic() < self.end:
            self.done["turns"] += 1
            yield self.random.choice(self.unions)
            time.sleep(pause * self.random.random())

    def content(self) -> Content:
        with content_lock.shared(self.places):
            return content_store.read(self.places.content)

    # --- who writes ---

    def build(self) -> None:
        for union in self.turns():
            report = network.build(
                self.places.content,
                self.places.data,
                self.places.output,
                self.random.choice([(), (), (union,), self.random.sample(self.unions, 2)]),
                as_of=self.random.choice(MOMENTS),
                jobs=self.random.choice([1, 1, 2]),
                full=self.random.random() < 0.3,
                lift_hold=self.random.random() < 0.8,
            )
            for site in report.sites:
                self.done["switches"] += site.switched
                if site.has_errors:
                    self.tell(f"build of {site.union} failed: {[*map(str, site.problems)]}")
            for problem in report.problems:
                self.tell(f"build: {problem}")

    def edit(self) -> None:
        files = sorted(self.places.content.glob("records/*/*/*.md"))
        for _ in self.turns(2.0):
            file = self.random.choice(files)
            with suppress(locks.LockTimeout), content_lock.alone(self.places, timeout=2):
                text = file.read_text("utf-8").rstrip("\n。改")
                file.write_text(f"{text}{'改' * self.random.randrange(3)}。\n", "utf-8")

    def roll_back(self) -> None:
        for union in self.turns(2.0):
            with suppress(UsageError):
                rollback.rollback(self.places, union)

    def tidy(self) -> None:
        for _ in self.turns(0.2):
            tidy_store(self.places)

    def deploy(self) -> None:
        places = tuple(
            f"file://{self.places.data.parent}/www-{mode}/{{union}}?mode={mode}"
            for mode in ("releases", "files")
        )
        for _ in self.turns(0.6):
            built = [union for union in self.unions if switch.live(self.places.output, union)]
            for outcome in deploy(self.places, built, Targets(everywhere=places)).sites:
                for problem in outcome.problems:
                    self.tell(f"deploy: {problem}")

    # --- who looks, by the program ---

    def look(self) -> None:
        content = self.content()
        records = [*content.records]
        for union in self.turns(0.3):
            if switch.live(self.places.output, union) is None:
                continue
            rollback.releases(self.places, union)
            status.status(content, self.places, self.unions)
            record = self.random.choice(records)
            for row in carried.receipts(content, self.places, record, AS_OF):
                carried.dated(self.places, row)
            before = self.noted(union)
            found = () if self.mix.edit else status.check(content, self.places, union)
            if before and before == self.noted(union):
                for problem in found:
                    self.tell(f"check of {union}: {problem}")

    def noted(self, union: str) -> str | None:
        """What is live, if it is noted for which moment it was built: not by who was killed before he did."""
        live, state = switch.live(self.places.output, union), Records(self.places.data).state(union)
        return live if state and live in state.releases else None

    def search(self) -> None:
        content = self.content()
        for _ in self.turns(0.6):
            network_search.search(content, self.places, "夜校")

    # --- who looks, and knows of nothing ---

    def read_whole(self) -> None:
        for union in self.turns(0.02):
            release = _linked(self.places.output, union)
            folder = release_folder(self.places.output, union, release or "")
            rows = release and _rows(self.places.output, union, release)
            if release is None:
                continue
            if not rows:
                if folder.is_dir():
                    self.tell(f"{union} {release} is live without a manifest")
                continue
            for path, row in rows.items():
                try:
                    found = row_of((folder / path).read_bytes())
                except OSError as error:
                    if folder.is_dir():
                        self.tell(f"{union} {release} lacks {path}: {error}")
                    self.done["removed while they were read"] += 1
                    break
                if found != row:
                    self.tell(f"{union} {release}: {path} is {found}, not {row}")

    def read_anew(self) -> None:
        for union in self.turns(0.02):
            before = _linked(self.places.output, union)
            rows = before and _rows(self.places.output, union, before)
            if not rows:
                continue
            for path in self.random.sample([*rows], min(40, len(rows))):
                try:
                    (self.places.output / "sites" / union / path).read_bytes()
                except OSError as error:
                    after = _linked(self.places.output, union)
                    known = manifests.manifests_folder(self.places.output, union).glob("*.json")
                    kept = (_rows(self.places.output, union, file.stem) for file in known)
                    if after is None or all(path in rows for rows in kept if rows):
                        self.tell(f"{union} {path}: {error}, between {before} and {after}")


def _linked(output: Path, union: str) -> str | None:
    try:
        return (output / "sites" / union).readlink().name
    except FileNotFoundError:
        return None


@cache
def _manifest(output: Path, union: str, release: str) -> Mapping[str, str]:
    return manifests.read(output, union, release).rows


def _rows(output: Path, union: str, release: str) -> Mapping[str, str] | None:
    with suppress(Exception):
        return _manifest(output, union, release)
    return None


# --- a round --------------------------------------------------------------------------------------

BESIDE = ("roll_back", "tidy", "deploy", "look", "search", "read_whole", "read_whole", "read_anew")


def _act(actor: Actor, name: str, slow: float) -> None:
    os.setsid()
    logging.getLogger().addHandler(_Telling(actor.tell))
    if slow and not name.startswith("read"):
        sys.addaudithook(partial(_pause, actor.random, slow))
    if actor.mix.kept:
        segments.LARGE = 3
    try:
        getattr(actor, name)()
    except BaseException:
        actor.tell(f"{name}: {traceback.format_exc()}")
    with actor.findings.with_name("done").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} {what} {count}\n" for what, count in actor.done.items())


class _Telling(logging.Handler):
    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(f"logged by {record.name}: {record.getMessage()}")


def _pause(random: Random, often: float, event: str, _: object) -> None:
    if event.startswith(TOUCHES) and random.random() < often:
        time.sleep(random.random() * LONGEST_PAUSE)


def play(
    folder: Path, mix: Mix, random: Random, beside: tuple[str, ...] = BESIDE
) -> tuple[list[str], Counter[str]]:
    """One round in an empty folder: what was found, in the order in which it was, and how much was done."""
    places = network_in(folder, mix.sites)
    unions = tuple(sorted(file.stem for file in places.content.glob("unions/*.md")))
    findings = folder / "findings"
    findings.touch()
    templates = folder.with_name("templates")  # to compile them takes most of a round
    if templates.is_dir():
        shutil.copytree(templates, places.compiled)
    end = time.monotonic() + mix.seconds
    context = multiprocessing.get_context("fork")
    assert processes, "loaded once for all"

    def start(name: str) -> BaseProcess:
        actor = Actor(places, unions, Random(random.random()), mix, findings, end)
        process = context.Process(target=_act, args=(actor, name, mix.slow))
        process.start()
        return process

    builders = [start("build") for _ in range(mix.builders)]
    others = [start(name) for name in (*beside, *(["edit"] if mix.edit else []))]
    while mix.kill and time.monotonic() < end:
        time.sleep(random.uniform(0.1, 1.5))
        number = random.randrange(mix.builders)
        _kill(builders[number])
        builders[number] = start("build")
    for process in (*builders, *others):
        process.join()
    last = context.Process(target=_end, args=(places, unions, findings, folder))
    last.start()
    last.join()
    done: Counter[str] = Counter()
    for line in (folder / "done").read_text("utf-8").splitlines():
        what, _, count = line.rpartition(" ")
        done[what] += int(count)
    return findings.read_text("utf-8").splitlines(), done


def _kill(process: BaseProcess) -> None:
    with suppress(ProcessLookupError):
        while os.getpgid(process.pid or 0) != process.pid:
            time.sleep(0.005)
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()


def _end(places: Places, unions: tuple[str, ...], findings: Path, folder: Path) -> None:
    """Afterwards all is as if one process had built it, and nothing is left over."""
    told: list[str] = []
    try:
        report = network.build(
            places.content, places.data, places.output, as_of=AS_OF, jobs=1, lift_hold=True
        )
        told += [f"at the end: {site.problems}" for site in report.sites if site.problems]
        fresh = folder / "fresh"
        anew = network.build(places.content, fresh, fresh / "output", as_of=AS_OF, jobs=1)
        for mine, theirs in zip(report.sites, anew.sites, strict=True):
            if mine.release != theirs.release:
                told.append(f"at the end {mine.union} is {mine.release}, from nothing {theirs.release}")
        if not (templates := folder.with_name("templates")).exists():
            shutil.copytree(fresh / "cache/templates", templates)
        shutil.rmtree(fresh)
        tidy_store(places)
        content = content_store.read(places.content)
        for union in unions:
            told += [f"check at the end: {problem}" for problem in status.check(content, places, union)]
        left = [*places.output.rglob(".[!l]*"), *places.search_parts.rglob(".[!u]*")]
        told += [f"left over: {path}" for path in left if not path.name.endswith(".files")]
    except BaseException:
        told.append(traceback.format_exc())
    with findings.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in told)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--sites", type=int, default=8)
    parser.add_argument("--builders", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8, help="of one round")
    parser.add_argument("--slow", type=float, default=0.0, metavar="CHANCE")
    for name in ("kill", "edit", "kept"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--work", type=Path, help="folder to work in (default: one in the temporary folder)")
    parser.add_argument("--beside", nargs="*", default=BESIDE, help="what goes on beside builders")
    options = vars(parser.parse_args())
    minutes, random, work = options.pop("minutes"), Random(options.pop("seed")), options.pop("work")
    beside = options.pop("beside")
    work = work or Path(tempfile.mkdtemp(prefix="unionpress-together-"))
    work.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + minutes * 60
    rounds = 0
    done: Counter[str] = Counter()
    found: Counter[str] = Counter()
    while time.monotonic() < end:
        rounds += 1
        told, much = play(work / f"{rounds}", Mix(**options), random, tuple(beside))
        done += much
        for line in told:
            found[line] += 1
            if found[line] == 1:
                print(f"round {rounds}: {line}", flush=True)
        shutil.rmtree(work / f"{rounds}")
    print(f"{rounds} rounds, {found.total()} findings, {dict(done)}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
