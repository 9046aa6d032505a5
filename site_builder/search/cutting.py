"""The words that search ranks by: those of `site_builder.cutting`, which headlines break between too."""

from site_builder.cutting import cut

__all__ = ["cut"]
