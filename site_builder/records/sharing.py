"""What an owner says of who else carries a record, and what the others say of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from site_builder.records.scalars import Day, Line, Link, Markdown, Model, Moment
from site_builder.records.values import Benefit, Contact, Paper, Quota, Window

SlotName = Literal["contact", "place", "dates", "quota", "papers", "amount", "intro", "note"]
SLOT_FIELDS: Mapping[str, str] = {
    "contact": "contact", "place": "place", "dates": "window", "quota": "quota",
    "papers": "papers", "amount": "benefits", "intro": "intro", "note": "note",
}  # fmt: skip
"""Which field of a record a slot fills."""

GroupTarget = Annotated[
    str,
    StringConstraints(
        pattern=r"^(descendants|children|level:(province|city|county|town|enterprise|industry))$"
    ),
]
"""Of the targets of a share those that name no union."""

ShareTarget = Annotated[
    str,
    StringConstraints(
        pattern=r"^(descendants|children|level:(national|province|city|county|town|enterprise|industry)"
        r"|line:[a-z0-9-]+|union:[a-z0-9-]+)$"
    ),
]


class Share(Model):
    """What the owner says of a record: for which part of the tree, how binding, what is local."""

    mode: Literal["none", "offer", "required"] = "none"
    to: tuple[ShareTarget, ...] = ()
    by: Day | None = Field(None, description="the day by which the unions below should carry it")
    slots: tuple[SlotName, ...] = ()

    @model_validator(mode="after")
    def _aimed(self) -> Self:
        if self.mode != "none" and not self.to:
            raise ValueError(f"share.mode {self.mode} needs share.to, for example [descendants]")
        return self


class Slots(Model):
    """The values one union fills into a shared record."""

    contact: Contact | None = None
    place: Line = ""
    dates: Window | None = None
    quota: Quota | None = None
    papers: tuple[Paper, ...] = ()
    amount: tuple[Benefit, ...] = ()
    intro: Markdown = ""
    note: Markdown = ""


class Adoption(Model):
    """What a union says of a record shared with it. Pin implies take, and becomes it when the pin ends."""

    record: UUID
    action: Literal["take", "hide", "pin"]
    until: Moment | None = Field(
        None, description="置顶到: when a pin ends; without it, when it is taken away"
    )
    slots: Slots | None = None

    @model_validator(mode="after")
    def _of_a_pin(self) -> Self:
        if self.until is not None and self.action != "pin":
            raise ValueError(
                f"until says when a pin ends: write action pin instead of {self.action}, or remove it"
            )
        return self

    def pins(self, as_of: datetime) -> bool:
        return self.action == "pin" and (self.until is None or as_of < self.until)


class Withdrawn(Model):
    at: Moment
    reason: Line
    redirect: Link | None = None
