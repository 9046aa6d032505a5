from __future__ import annotations

import pytest

from tests.leaving_out import LeftOut


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LeftOut(), "left-out")
