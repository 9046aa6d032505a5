"""What is wrong with the files of a folder, told with the line of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from site_builder.content_store.files import Listing
from site_builder.content_store.formats import Parsed
from site_builder.records import Problem


class Problems:
    """All of a folder, beginning with those of its listing and of each file by itself."""

    def __init__(self, found: Listing, parsed: Mapping[str, Parsed[Any]]) -> None:
        self._parsed = parsed
        self.told = [*found.problems, *(problem for result in parsed.values() for problem in result.problems)]
        self._left_out: dict[str, str | None] = {}
        """By its id the file of a record that is there and cannot be used."""

    def tell(
        self,
        code: str,
        file: str,
        message: str,
        action: str,
        *,
        place: str | None = None,
        line: int | None = None,
        record: UUID | None = None,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        """`place` is the field, as `sessions[2].place`; unless `line` is given, that of the field is told."""
        lines = self._parsed[file].lines if file in self._parsed else None
        if line is None and place and lines:
            line = lines.get(re.split(r"[.\[]", place)[0], 1)
        self.told.append(
            Problem(
                severity=severity,
                code=code,
                file=file,
                line=line,
                field=place,
                record=None if record is None else str(record),
                message=message,
                action=action,
            )
        )

    def unknown_record(self, record: str, action: str) -> tuple[str, str]:
        """What to say of a record that is named and not there; `action` is for one that nobody wrote."""
        if file := self._left_out.get(record.lower()):
            return "The record meant is left out because of its own errors", f"Mend {file}."
        return "There is no record with this id", action

    def unknown_union(self, slug: str, action: str) -> tuple[str, str]:
        """The same of a union."""
        if f"unions/{slug}.md" in self._parsed:
            return f"The union {slug} is left out because of its own errors", f"Mend unions/{slug}.md."
        return f"There is no union {slug}", action

    def note_left_out(self) -> None:
        """To be called when records were left out, before others are told that they name one of them."""
        self._left_out = {
            found.record.lower(): found.file
            for found in self.told
            if found.severity == "error" and found.record and (found.file or "").startswith("records/")
        }
