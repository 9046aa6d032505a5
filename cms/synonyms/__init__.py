"""The network's table of synonyms, kept by its administrators: `content/synonyms.yaml` as a screen."""
