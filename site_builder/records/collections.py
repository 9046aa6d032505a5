"""Ordered or queried sets of records."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from site_builder.records.base import BaseRecord
from site_builder.records.values import Kind, Line, public


class Collection(BaseRecord):
    """A set: `items` come first, in their order, then what `query` finds, newest first."""

    kind: Literal[Kind.COLLECTION] = public(...)
    type: Literal["topic"] = public("topic")
    items: tuple[UUID, ...] = public(())
    query: tuple[Line, ...] = public((), description="every record with one of these topics belongs to it")
