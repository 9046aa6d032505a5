"""The zone in which the words of content are meant. Loads nothing else."""

from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
"""The zone in which dates without a zone are meant, and in which canonical files write moments."""
