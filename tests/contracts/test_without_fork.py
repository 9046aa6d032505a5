"""Where a system cannot fork (macOS), processes start empty and are sent their work: the same bytes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from site_builder import network, processes
from tests.contracts.handmade import AS_OF, REQUIRED, Handmade


def test_processes_that_start_empty_build_the_same_sites(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Handmade(tmp_path)
    made.record("allen", "sheng", fields=REQUIRED)
    made.record("eigen", "jia", "program")
    expected = made.releases()
    assert all(expected.values())
    monkeypatch.setattr(processes, "sys", SimpleNamespace(platform="darwin"))
    report = network.build(made.content, tmp_path / "other", tmp_path / "elsewhere", (), as_of=AS_OF, jobs=2)
    assert {site.union: site.release for site in report.sites} == expected
    assert [problem for site in report.sites for problem in site.problems] == []
    assert sum(site.rendered for site in report.sites) == sum(site.pages for site in report.sites) > 0
