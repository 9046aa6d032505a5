"""What the records of all kinds carry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from site_builder.records.scalars import (
    Day,
    Kind,
    LifeEvent,
    Line,
    Markdown,
    Model,
    Moment,
    Need,
    SitePath,
    Slug,
    Text,
    Title,
    public,
)
from site_builder.records.sharing import Share, Withdrawn
from site_builder.records.values import ChangeNote, Consent, Contact, Figure, Picture, Reviewed, Shown

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Whatever is shown beside it would be read backwards (Unicode Standard Annex 9, 2)."""

REFERENCE_FIELDS = (
    "related", "supersedes", "items", "places", "venue", "venues", "honours", "previous", "explained_by",
)  # fmt: skip
"""The fields that name other records by their ids: several, or one. An edition's source is named apart."""
REFERENCE_KINDS: Mapping[str, Kind] = {
    "places": Kind.PLACE, "venue": Kind.PLACE, "venues": Kind.PLACE, "honours": Kind.DATASET,
}  # fmt: skip
"""Those of them that name records of one kind alone."""


class BaseRecord(Model):
    """What all eight kinds carry. Field order here is the order of canonical front matter."""

    id: UUID = public(...)
    kind: Kind = public(...)
    union: Slug = public(..., description="the owner")
    title: Title = public("", description="may be left out by an edition, which then inherits it")
    slug: Slug = public(..., description="unique for this owner and kind")
    published: Moment = public(..., description="in the future: embargoed until then")
    updated: Moment | None = public()
    expires: Moment | None = Field(None, description="from this moment it is on no site")
    former_paths: tuple[SitePath, ...] = Field((), description="on the owner's site: /programs/old-slug/")
    edition_of: UUID | None = public()
    share: Share = Share()
    withdrawn: Withdrawn | None = None
    noindex: bool = Field(
        False, description="asks search engines to leave it out; on the site itself it is found as ever"
    )

    title_short: Title = public("", description="for lists and phones")
    summary: Text = public("", description="one or two sentences: lists, search, feeds")
    topics: tuple[Line, ...] = public(())
    audiences: tuple[Line, ...] = public(())
    needs: tuple[Need, ...] = public((), description="what somebody who needs this looks for")
    life_events: tuple[LifeEvent, ...] = public((), description="what has happened to whom it helps")
    keywords: tuple[Line, ...] = Field((), description="words a reader may search for; never shown")
    region: Line = public("", description="where it applies or happened, as printed")
    lead_picture: Picture | None = public()
    figures: tuple[Figure, ...] = public(())
    contact: Contact | None = public()
    place: Line = public("", description="where to go")
    intro: Markdown = public("", description="a few words of the local union, above the text")
    note: Markdown = public("", description="a local remark, below the text")
    related: tuple[UUID, ...] = public(())
    change_notes: tuple[ChangeNote, ...] = public(())
    reviewed: Reviewed | None = public(
        None, description="who reviewed this record; empty: whoever its union says reviews everything"
    )
    review_due: Day | None = None
    people: tuple[Shown, ...] = Field(
        (), description="what of somebody it shows; for a child only with consent"
    )
    consents: tuple[Consent, ...] = Field((), description="who agreed to be shown; stays out of every site")

    NEVER_INHERITED: ClassVar[frozenset[str]] = frozenset(
        {
            "id", "kind", "union", "slug", "published", "updated", "expires", "former_paths",
            "edition_of", "share", "withdrawn", "change_notes", "reviewed", "review_due",
        }
    )  # fmt: skip
    """What an edition says for itself alone; every other field it leaves empty comes from its source."""

    body: str = public("", description="Markdown after the front matter, in the dialect of site_builder.body")

    @model_validator(mode="after")
    def _titled(self) -> Self:
        if not self.title and self.edition_of is None:
            raise ValueError("title is missing: only an edition (edition_of) may leave it out")
        if turning := _TURNING.search(self.title):
            raise ValueError(
                f"title has an invisible sign that turns the order of writing (U+{ord(turning[0]):04X}): "
                "write the title anew instead of pasting it"
            )
        if self.title and not any(sign.isprintable() and not sign.isspace() for sign in self.title):
            raise ValueError("title has no visible sign: write what readers are to see in lists")
        return self

    @model_validator(mode="after")
    def _with_consent(self) -> Self:
        agreed = any("child" in consent.covers for consent in self.consents)
        if "child" in self.people and not agreed and self.edition_of is None:
            raise ValueError(
                "a child is shown without consent: add who agreed to consents, or leave the child out"
            )
        return self
