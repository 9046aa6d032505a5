"""The YAML of content files: read with exact places, explained where it is wrong, written in one form."""

from site_builder.front_matter.explaining import explained
from site_builder.front_matter.reading import Document, YamlError, load, not_yaml
from site_builder.front_matter.writing import dump, plain, quoted, scalar

__all__ = ["Document", "YamlError", "dump", "explained", "load", "not_yaml", "plain", "quoted", "scalar"]
