"""What a build costs after a first one: nothing changed, and one required story changed, live on all sites.

    python benchmarks/changes.py CONTENT DATA [--rounds 3] [--index]

Each is a process of its own (`unionpress build`), and then the story once more in a process that runs on, as
the worker's does. CONTENT is one of networks.py; its first shared story gets another title each round, and
the time a file needs to settle (2 s) is waited before. Wall and CPU seconds of all processes, their peak
memory, and what the reports say. Without `--index` the network's Whoosh index, which is updated when the
sites are live, is left out. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from site_builder import network, network_build

AS_OF = "2025-04-08T09:00+08:00"
RUN = "import sys{skip}; from site_builder.__main__ import main; main()"
SKIP = "; from site_builder import network_build; network_build._update_index = lambda *_: []"


def build(content: Path, data: Path, *, skip: str) -> dict[str, Any]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-c", RUN.format(skip=skip), "build", "--json", "--as-of", AS_OF, "--explain"]
    done = subprocess.run(
        [*command, "--content", str(content), "--data", str(data)], check=True, capture_output=True
    )
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"wall": wall, "cpu": _cpu(after) - _cpu(before), **told(json.loads(done.stdout)["sites"])}


def in_process(content: Path, data: Path) -> dict[str, Any]:
    before, start = _cpu(resource.getrusage(resource.RUSAGE_SELF)), time.monotonic()
    children = _cpu(resource.getrusage(resource.RUSAGE_CHILDREN))
    live = [0.0]
    report = network.build(
        content,
        data,
        data / "output",
        as_of=datetime.fromisoformat(AS_OF),
        jobs=2,
        progress=lambda *_: live.__setitem__(0, time.monotonic() - start),
    )
    wall = time.monotonic() - start
    cpu = _cpu(resource.getrusage(resource.RUSAGE_SELF)) - before
    cpu += _cpu(resource.getrusage(resource.RUSAGE_CHILDREN)) - children
    return {"wall": wall, "cpu": cpu, "live": live[0], **told([site.to_json() for site in report.sites])}


def told(sites: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "sites": len(sites),
        "pages": sum(site["pages"] for site in sites),
        "rendered": sum(site["rendered"] for site in sites),
        "why": sorted({row["reason"] for site in sites[:2] for row in site.get("reasons", ())})[:6],
    }


def _cpu(usage: resource.struct_rusage) -> float:
    return usage.ru_utime + usage.ru_stime


def edit(content: Path, number: int) -> None:
    """Give one shared story another title, and let the file settle."""
    owner = min(path.name for path in (content / "records").iterdir())
    story = min((content / "records" / owner / "story").glob("*.md"))
    text = story.read_text("utf-8")
    story.write_text(re.sub(r"(?m)^title: .*$", f"title: 改过的标题{number}", text, count=1), "utf-8")
    time.sleep(2.1)


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "wall": round(statistics.median(run["wall"] for run in runs), 2),
        "cpu": round(statistics.median(run["cpu"] for run in runs), 2),
        "walls": [round(run["wall"], 2) for run in runs],
        **({"live": round(statistics.median(run["live"] for run in runs), 2)} if "live" in runs[0] else {}),
        **{name: runs[-1][name] for name in ("sites", "pages", "rendered", "why")},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("content", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--index", action="store_true")
    options = parser.parse_args()
    content, data = options.content, options.data
    skip = "" if options.index else SKIP
    found = {"first": summary([build(content, data, skip=skip)])}
    (data / "search").mkdir(exist_ok=True)  # a build that finds no index has something to do
    found["nothing changed"] = summary([build(content, data, skip="") for _ in range(options.rounds)])
    changed = []
    for number in range(options.rounds):
        edit(content, number)
        changed.append(build(content, data, skip=skip))
    found["one story changed"] = summary(changed)
    if not options.index:
        network_build._update_index = lambda *_: []
    in_process(content, data)
    again = []
    for number in range(options.rounds):
        edit(content, 100 + number)
        again.append(in_process(content, data))
    found["one story changed, in the running worker"] = summary(again)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({**found, "largest process, MB": round(memory)}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
