"""The editors' screens in a real Chromium; without one, the run's last lines name what was not run."""

from __future__ import annotations

from tests.browser.conftest import pytest_collection_modifyitems

__all__ = ["pytest_collection_modifyitems"]
