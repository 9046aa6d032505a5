"""When the words of content are meant. Loads nothing else."""

from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
"""The zone in which dates without a zone are meant, and in which canonical files write moments."""

FIRST_YEAR, LAST_YEAR = 1800, 2999
"""Of days and moments: beyond is a slip of the pen, or 9999 for never, where calendars cannot count on."""
