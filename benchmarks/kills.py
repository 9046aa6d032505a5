"""`kill -9` of a builder and all its processes while it builds and switches between two moments.

    python benchmarks/kills.py CONTENT WORK [--kills 100] [--seed 1]

WORK is a new folder. First both moments are built on their own, as what must be seen. Then a builder with
its processes builds the one and the other for ever, and is killed again and again; after each kill every live
site is compared byte by byte with one of the two, and at the end one more build must repair whatever is left:
no draft, no problem, every file as its manifest says. Prints one JSON document; exit status 1 if anything is
wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from site_builder import network, network_build
from site_builder.release import switch
from site_builder.release.manifest import compare, read

AS_OF = datetime.fromisoformat("2025-04-08T09:00+08:00")
AGAIN = """
import sys
from datetime import timedelta
from pathlib import Path
from benchmarks.kills import AS_OF, build
for turn in range(10**6):
    build(Path(sys.argv[1]), Path(sys.argv[2]), AS_OF + timedelta(days=turn % 2 * 90))
"""


def build(content: Path, data: Path, moment: datetime) -> network.Report:
    network_build._update_index = lambda *_: []
    return network.build(content, data, data / "output", as_of=moment, jobs=2)


def tree(folder: Path) -> dict[str, bytes]:
    found = (Path(upper, name) for upper, _, names in os.walk(folder, followlinks=True) for name in names)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("content", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    # Builders run in another folder than this.
    content, work, chance = options.content.resolve(), options.work.resolve(), random.Random(options.seed)
    data = work / "data"
    whole: dict[str, dict[str, dict[str, bytes]]] = {}
    length = 0.0
    for days in (0, 90):
        started = time.monotonic()
        report = build(content, work / f"whole{days}", AS_OF + timedelta(days=days))
        length = max(length, time.monotonic() - started)
        for site in report.sites:
            found = tree(work / f"whole{days}/output/sites/{site.union}")
            whole.setdefault(site.union, {})[site.release or ""] = found
    wrong: list[str] = []
    seen: set[tuple[str, str]] = set()
    switches = 0
    before: dict[str, str | None] = {}
    for number in range(options.kills):
        command = [sys.executable, "-c", AGAIN, str(content), str(data)]
        builder = subprocess.Popen(command, start_new_session=True, cwd=Path(__file__).parent.parent)
        time.sleep(chance.uniform(0.2, length * 1.5 + 1))
        os.killpg(builder.pid, signal.SIGKILL)
        builder.wait()
        for union, releases in whole.items():
            live = switch.live(data / "output", union)
            switches += live != before.get(union)
            if live is None:
                wrong += [f"kill {number}: {union} is gone"] if before.get(union) else []
            elif tree(data / "output/sites" / union) != releases.get(live):
                wrong.append(f"kill {number}: {union} shows neither release whole")
            else:
                seen.add((union, live))
            before[union] = live
    report = build(content, data, AS_OF)
    for site in report.sites:
        live = (data / "output/sites" / site.union).resolve()
        if site.failed or compare(live, read(data / "output", site.union, live.name)):
            wrong.append(f"at the end: {site.union} is not what its manifest says")
        drafts = [*data.glob(f"output/*/{site.union}/.*"), *data.glob(f"output/store/layers/{site.union}/.*")]
        wrong += [f"at the end: {path} is left" for path in drafts]
    told = {
        "kills": options.kills,
        "sites": len(whole),
        "switches seen": switches,
        "whole releases seen live": len(seen),
        "of": sum(map(len, whole.values())),
        "wrong": wrong,
    }
    print(json.dumps(told, ensure_ascii=False, indent=1))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
