from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.database import django_db_setup
from tests.leaving_out import LeftOut

__all__ = ["django_db_setup"]

LONGEST = (
    "browser/test_accessibility.py",
    "integration/test_deploy.py",
    "integration/test_deploy_cut.py",
    "integration/test_machines.py",
    "integration/test_benchmarks.py",
    "browser/test_reading.py",
    "cms/publishing/test_workers.py",
    "browser/search/test_search.py",
    "browser/test_finding.py",
    "cms/exporting/test_round_trip.py",
    "browser/test_site_script.py",
    "cms/unions/test_isolation.py",
    "cms/records/test_screens.py",
    "browser/test_beside.py",
    "cms/importing/test_import.py",
    "cms/publishing/test_screens.py",
    "site_builder/test_cli.py",
)
"""Files that take some ten seconds and more, the longest first."""


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LeftOut(), "left-out")
    # No test is timed: how long an example takes says how busy the machine is.
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")
    # A shell lets what it starts beside itself ignore Ctrl-C, and so would the commands that tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others as they were drawn: none is left alone with one at the end."""
    places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    assert all(path.is_file() for path in places), f"{__file__}: LONGEST names a file that is not there"
    items.sort(key=lambda item: places.get(item.path, len(places)))
