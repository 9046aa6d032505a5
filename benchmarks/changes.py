"""What a build costs after a first one: nothing changed; one required story changed, live on all sites; an
embargo lifts on all of them; what concerns one site changed.

    python benchmarks/changes.py CONTENT DATA [--rounds 3] [--index]

Each is a process of its own (`unionpress build`), and then the story once more in a process that runs on, as
the worker's does. CONTENT is one of networks.py; its first shared story gets another title each round, the
next ones an hour to come at which they are public; one union gets another slogan; a picture comes that
nothing names. The time a file needs to settle (2 s) is waited before. Wall and CPU seconds of all processes,
their peak memory, and what the reports say. Without `--index` the network's Whoosh index, which is updated
when the sites are live, is left out. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from site_builder import network, network_build

AS_OF = datetime.fromisoformat("2025-04-08T09:00+08:00")
HOUR = timedelta(hours=1)
RUN = "import sys{skip}; from site_builder.__main__ import main; main()"
INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""What is installed is compiled once, and not again in each process."""
SKIP = "; from site_builder import network_build; network_build._update_index = lambda *_: []"


def build(content: Path, data: Path, *, skip: str, as_of: datetime = AS_OF) -> dict[str, Any]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-c", RUN.format(skip=skip), "build", "--json", "--explain"]
    command += ["--as-of", as_of.isoformat(), "--content", str(content), "--data", str(data)]
    done = subprocess.run(command, check=True, capture_output=True, env=INSTALLED)
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
        as_of=AS_OF,
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
    put(shared(content)[0], "title", f"改过的标题{number}")


def shared(content: Path) -> list[Path]:
    owner = min(path.name for path in (content / "records").iterdir())
    return sorted((content / "records" / owner / "story").glob("*.md"))


def put(file: Path, field: str, value: str) -> None:
    text = file.read_text("utf-8")
    file.write_text(re.sub(rf"(?m)^( *){field}: .*$", rf"\g<1>{field}: {value}", text, count=1), "utf-8")
    time.sleep(2.1)


def embargo(content: Path, data: Path, number: int, *, skip: str) -> dict[str, Any]:
    """One more required story has its hour; measured is the build after it."""
    now = AS_OF + number * HOUR
    put(shared(content)[1 + number], "published", (now + HOUR / 2).isoformat())
    build(content, data, skip=skip, as_of=now)
    return build(content, data, skip=skip, as_of=now + HOUR)


def slogan(content: Path, number: int) -> None:
    """Of the last union, which has one since the first build."""
    put(max((content / "unions").glob("*.md")), "slogan", f"口号{number}")


def picture(content: Path, number: int) -> None:
    folder = content / "media" / max((content / "unions").glob("*.md")).stem
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), (number, 0, 0)).save(folder / "new.png")
    (folder / "new.png.yaml").write_text("title: 图\n", "utf-8")
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
    last = max((content / "unions").glob("*.md"))
    text = last.read_text("utf-8")
    if "slogan:" not in text:
        last.write_text(text.replace("\nsite:\n", "\nsite:\n  slogan: 口号\n", 1), "utf-8")
    found = {"first": summary([build(content, data, skip=skip)])}
    (data / "search").mkdir(exist_ok=True)  # a build that finds no index has something to do
    found["nothing changed"] = summary([build(content, data, skip="") for _ in range(options.rounds)])
    changed = []
    for number in range(options.rounds):
        edit(content, number)
        changed.append(build(content, data, skip=skip))
    found["one story changed"] = summary(changed)
    for name, change in (("one union's slogan", slogan), ("a picture that nothing names", picture)):
        runs = []
        for number in range(options.rounds):
            change(content, number + 1)
            runs.append(build(content, data, skip=skip))
        found[name] = summary(runs)
    if not options.index:
        network_build._update_index = lambda *_: []
    in_process(content, data)
    again = []
    for number in range(options.rounds):
        edit(content, 100 + number)
        again.append(in_process(content, data))
    found["one story changed, in the running worker"] = summary(again)
    lifted = [embargo(content, data, number, skip=skip) for number in range(options.rounds)]
    found["an embargo lifts"] = summary(lifted)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({**found, "largest process, MB": round(memory)}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
