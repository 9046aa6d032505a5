"""Entries to systems that run elsewhere: apps, hotlines, case systems. No site collects data for them."""

from __future__ import annotations

from typing import Literal, Self
from uuid import UUID

from pydantic import model_validator

from site_builder.records.base import BaseRecord
from site_builder.records.scalars import Day, Kind, Line, PartialDate, public
from site_builder.records.values import ApplyWay, Basis, Contact, Cost, Disclosure, Paper, Question, Step


class Service(BaseRecord):
    """A card for a system that runs elsewhere. `apply` holds its entries: link, QR, app, phone, counter."""

    kind: Literal[Kind.SERVICE] = public(...)
    type: Literal["platform", "app", "hotline", "case", "fund", "card", "other"] = public("platform")
    status: Literal["live", "planned", "closed"] = public("live")
    status_note: Line = public("", description="why it is closed, or when it is to come")
    since: PartialDate | None = public(None, description="when it went live")
    operator: Line = public("", description="the body that runs it")
    platform: Line = public("", description="the app or site it is part of: 北疆工惠APP")
    functions: tuple[Step, ...] = public((), description="what it does: modules, services")
    centre: Line = public(
        "",
        description="the title of that one of functions on which the others stand",
    )
    eligibility: tuple[Line, ...] = public(())
    membership_required: bool | None = public(None, description="null: not known")
    cost: Cost | None = public()
    papers: tuple[Paper, ...] = public(())
    steps: tuple[Step, ...] = public(())
    time_limit: Line = public("", description="办理时限")
    apply: tuple[ApplyWay, ...] = public((), description="the entries, best first")
    fallback: Contact | None = public(
        None, description="whom to call or where to go if the entry does not work"
    )
    collects: tuple[Line, ...] = public((), description="personal data that system will ask for")
    checked_at: Day | None = public(None, description="when its entries were last tried")
    health: Literal["", "ok", "broken"] = public(
        "", description="what that trial found; broken: the fallback first"
    )
    places: tuple[UUID, ...] = public((), description="places (records) where it can be used")
    disclosures: tuple[Disclosure, ...] = public((), description="信息公开: of a fund, the newest first")
    basis: tuple[Basis, ...] = public(())
    questions: tuple[Question, ...] = public(())

    @model_validator(mode="after")
    def _centred(self) -> Self:
        if self.centre and self.functions and self.centre not in {part.title for part in self.functions}:
            raise ValueError(f"centre {self.centre!r} is the title of none of the functions")
        return self
