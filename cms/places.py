"""The folders of this installation, from its settings, and what time it is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.conf import settings

from cms.publishing import clock as clocks
from site_builder.release.report import Places


def places(content: Path | None = None) -> Places:
    """Where content, data, sites and themes lie; `content` instead of the settings' folder if it is given."""
    found = Places(
        content=settings.UNIONPRESS_CONTENT,
        data=settings.UNIONPRESS_DATA,
        output=settings.UNIONPRESS_OUTPUT,
        themes=settings.UNIONPRESS_THEMES,
    )
    return found if content is None else replace(found, content=content)


def clock() -> clocks.Clock:
    """What time it is for this network."""
    return clocks.read(places().data)
