"""The Pelican plugin: `PLUGINS = ["site_builder.pelican_site.plugin"]`.

Blinker's signals are global to a process, so both receivers answer only to a Pelican whose settings have
`UNIONPRESS`: another Pelican site built in the same process is left alone.
"""

from __future__ import annotations

from pelican import Pelican
from pelican.plugins import signals

from site_builder.pelican_site.engine import PlanGenerator, ReleaseWriter


def _generators(pelican: Pelican) -> type[PlanGenerator] | None:
    return PlanGenerator if "UNIONPRESS" in pelican.settings else None


def _writer(pelican: Pelican) -> type[ReleaseWriter] | None:
    return ReleaseWriter if "UNIONPRESS" in pelican.settings else None


def register() -> None:
    """Called by Pelican; calling it again changes nothing."""
    signals.get_generators.connect(_generators)
    signals.get_writer.connect(_writer)
