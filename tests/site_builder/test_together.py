"""Several processes at once on one network. The long runs: `together` and `interrupted`, beside this file."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.site_builder.interrupted import SCENARIOS, prepare, run
from tests.site_builder.together import Mix, play


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("together")  # one for all: in it compiled templates are kept


def test_readers_of_live_sites_miss_nothing_while_they_are_built(work: Path) -> None:
    """Two builders, a rollback, a tidying now and then, and readers that hold no lock."""
    mix = Mix(sites=3, builders=2, seconds=2)
    found, done = play(work / "round", mix, Random(1), ("tidy", "roll_back", "read_whole", "read_anew"))
    assert found == []
    assert done["build switches"], "nothing was built: the test tested nothing"


def test_who_is_stopped_half_way_and_who_goes_on_do_no_harm(work: Path) -> None:
    """One builder stands still within the store while another one mends the folder that both share."""
    scenario = SCENARIOS["damaged"]
    prepare(scenario, work / "network")
    found, point = run(scenario, work / "network", number=52, times=1)
    assert found == []
    assert "release/" in point, "the program has fewer points than that: choose another"
