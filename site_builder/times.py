"""When the words of content are meant. Loads nothing else."""

from datetime import datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
"""The zone in which dates without a zone are meant, and in which canonical files write moments."""

FIRST_YEAR, LAST_YEAR = 1800, 2999
"""Of days and moments: beyond is a slip of the pen, or 9999 for never, where calendars cannot count on."""


def minutes(moment: datetime | None) -> str:
    """What people read of a moment: 2025-04-08 09:00, in Beijing; - for none."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}" if moment else "-"
