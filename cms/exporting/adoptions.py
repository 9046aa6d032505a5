"""The adoptions of one union <-> `content/adoptions/<union>.yaml`."""

from __future__ import annotations

from typing import Any
from uuid import uuid5

from cms.exporting.stream import Target, prose_writer, raw
from cms.sharing.models import Adoption as Row
from site_builder.records import Adoption


def adoption_of(row: Row, links: Target) -> Adoption:
    """Raises ValueError (pydantic's) for what content cannot carry."""
    slots = {name: value for name, value in row.slots_data(prose_writer(links)).items() if value}
    return Adoption.model_validate(
        {"record": row.record, "action": row.action, "until": row.until, "slots": slots or None}
    )


def fill(row: Row, adoption: Adoption, position: int, target: Target) -> None:
    """Raises ValueError for a file that is not there."""
    row.record = adoption.record
    row.action = adoption.action
    row.until = adoption.until
    row.position = position
    said: dict[str, Any] = adoption.slots.model_dump(exclude_none=True) if adoption.slots else {}
    blocks = row.slots.stream_block.child_blocks
    row.slots = [
        {
            "type": name,
            "value": raw(blocks[name], said[name], target),
            "id": str(uuid5(adoption.record, f"{row.union_id}/{name}")),
        }
        for name in blocks
        if said.get(name)
    ]
