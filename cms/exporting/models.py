"""What Wagtail and `content/` last agreed on, file by file."""

from __future__ import annotations

import hashlib

from django.db import models

SYNONYMS_KEY = "synonyms"


def digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class Exported(models.Model):
    """One file of `content/` that this CMS knows: written by `export`, or read by `load`.

    `digest` is of the canonical text both sides had then. So `load` can tell a page that somebody edited
    since from one whose file was edited, and `export` knows which files are its own to remove.
    """

    key = models.CharField(max_length=200, primary_key=True)
    """`record:<uuid>`, `union:<slug>`, `adoptions:<slug>`, `media:<union>/<name>` or `synonyms`."""
    path = models.CharField(max_length=300)
    """From the folder `content/`."""
    digest = models.CharField(max_length=32)
    revision = models.BigIntegerField(null=True)
    """The newest revision of the page at that time; a newer one is somebody's work in progress."""
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.key
