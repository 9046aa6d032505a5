"""What a person can mend."""

from __future__ import annotations

from typing import Literal

from site_builder.records.scalars import Model


class Problem(Model):
    """Something a person can mend: where it is, what is wrong, what to do."""

    severity: Literal["error", "warning"] = "error"
    code: str
    file: str | None = None
    line: int | None = None
    field: str | None = None
    record: str | None = None
    message: str
    action: str = ""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return ": ".join(filter(None, (place, self.field, f"{self.message}. {self.action}".strip())))
