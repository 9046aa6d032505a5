"""Where sites are built: by Celery's workers if a broker is named in the settings, else on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module

from django.conf import settings

from site_builder import network
from site_builder.release.report import Places


def build(
    places: Places,
    unions: Sequence[str],
    *,
    as_of: datetime,
    jobs: int | None,
    lift_hold: bool,
    progress: network.Progress,
    beat: Callable[[], None],
) -> network.Report:
    """Build sites (none named: all) and say what became of each. `beat` is called while others build."""
    if settings.UNIONPRESS_CELERY:
        distributed = import_module("cms.publishing.distributed")  # needs Celery, which few have
        report: network.Report = distributed.build(
            places, unions, as_of=as_of, lift_hold=lift_hold, progress=progress, beat=beat
        )
        return report
    return network.build(
        places.content,
        places.data,
        places.output,
        unions,
        as_of=as_of,
        jobs=jobs,
        themes=places.themes,
        lift_hold=lift_hold,
        progress=progress,
    )
