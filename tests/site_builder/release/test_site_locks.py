"""Nothing but a command line says which DATA belongs to which OUTPUT: two may be used with one by mistake."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from site_builder import content_store, locks
from site_builder.release import site_locks, switch
from site_builder.release.report import Places
from site_builder.release.status import check
from tests import patience
from tests.site_builder.test_locks import unable_to_write

if TYPE_CHECKING:
    from tests.site_builder.conftest import Network

BUILDER = """
import fcntl, sys
from datetime import datetime
from pathlib import Path
from site_builder import content_store, locks, network
from site_builder.release import build
from site_builder.release.report import Places

flock, flush = fcntl.flock, build.flush

def patient(handle, how):
    try:
        flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        print("waits", flush=True)
        flock(handle, how)

def stopped(folder):
    print("made", flush=True)
    sys.stdin.readline()
    flush(folder)

locks.fcntl.flock = patient
if sys.argv.pop() == "stop":
    build.flush = stopped
places = Places(*map(Path, sys.argv[1:]), network.THEMES)
moment = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
report = build.build_site(content_store.read(places.content), "pingdu", moment, places)
print([str(problem) for problem in report.problems])
"""


def builder(places: Places, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUILDER, places.content, places.data, places.output, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_that_build_one_site_with_notes_of_their_own_wait_for_each_other(
    network: Network, tmp_path: Path
) -> None:
    """The second would sweep away what the first has written and not yet made live."""
    here = network.places
    there = replace(here, data=tmp_path / "other")
    with builder(here, "stop") as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "made\n"
        with builder(there, "go") as second:
            assert second.stdout is not None
            met = second.stdout.readline()
            said = [process.communicate("\n", timeout=patience.SECONDS)[0] for process in (first, second)]
    assert [met, *said] == ["waits\n", "[]\n", "[]\n"]
    assert switch.live(here.output, "pingdu")
    for places in (here, there):
        assert check(content_store.read(places.content), places, "pingdu") == []


def test_who_may_write_nowhere_looks_at_what_nobody_built_with_these_locks() -> None:
    with tempfile.TemporaryDirectory() as name:  # of pytest's own folders nobody else may see anything
        root = Path(name)
        root.chmod(0o755)
        places = Places(*(root / folder for folder in ("content", "data", "output", "themes")))
        for file in site_locks.files(places, "pingdu")[:1]:
            with locks.exclusive(file):
                pass
        places.output.mkdir()
        with unable_to_write(places.output), site_locks.shared(places, "pingdu"):
            pass
