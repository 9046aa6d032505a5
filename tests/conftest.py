from __future__ import annotations

import signal

import pytest
from hypothesis import settings

from tests.database import django_db_setup
from tests.leaving_out import LeftOut

__all__ = ["django_db_setup"]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LeftOut(), "left-out")
    # No test is timed: how long an example takes says how busy the machine is.
    settings.register_profile("untimed", deadline=None)
    settings.load_profile("untimed")
    # A shell lets what it starts beside itself ignore Ctrl-C, and so would the commands that tests start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
