"""Where a network lies, and what one build says of one site."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_builder.errors import UsageError

if TYPE_CHECKING:
    from site_builder.records import Problem


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one network."""

    content: Path
    data: Path
    output: Path
    themes: Path

    def require_content(self) -> None:
        """Raises UsageError where CONTENT is no content folder."""
        if not (self.content / "unions").is_dir():
            raise UsageError(
                f"{self.content} is not a content folder: it has no unions/ in it. Name one with --content; "
                "a new network's has it once its first union is published, or written as unions/<slug>.md"
            )

    @property
    def content_lock(self) -> Path:
        """Held shared by whoever reads `content/`, exclusively by whoever writes it."""
        return self.data / "locks" / "content.lock"

    @property
    def pictures(self) -> Path:
        """What was made of pictures, by the hash of what it was made from."""
        return self.data / "cache" / "pictures"

    @property
    def compiled(self) -> Path:
        """Compiled templates."""
        return self.data / "cache" / "templates"

    @property
    def search_parts(self) -> Path:
        """What is known of the parts of search indexes."""
        return self.data / "cache" / "search"

    @property
    def store_lock(self) -> Path:
        """Held shared by whoever builds, exclusively by whoever removes shared folders."""
        return self.output / "locks" / "store.lock"


UNNOTED = "build-unnoted"
"""The code of the problem of a site that is live, and of which only the notes are wanting."""


def index_folder(places: Places) -> Path:
    """Where the network's search index lies."""
    return places.data / "search"


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What one build did to one site. `pages` counts HTML files; rendered + reused = pages."""

    union: str
    release: str | None = None
    pages: int = 0
    rendered: int = 0
    reused: int = 0
    deleted: int = 0
    search_documents: int = 0
    next_change: datetime | None = None
    problems: tuple[Problem, ...] = ()
    reasons: tuple[tuple[str, str], ...] | None = None
    switched: bool = False
    pruned: bool = False
    """Whether old releases went, so that what only they shared can go."""
    failed: bool = False

    @property
    def has_errors(self) -> bool:
        return self.failed or any(problem.severity == "error" for problem in self.problems)

    def explained(self, explain: bool) -> SiteReport:
        """The report with the reasons, or without any."""
        return replace(self, reasons=(self.reasons or ()) if explain else None)

    def to_json(self) -> dict[str, Any]:
        """As the Contract's `build --json` has it."""
        fields: dict[str, Any] = {
            "union": self.union,
            "release": self.release,
            "pages": self.pages,
            "rendered": self.rendered,
            "reused": self.reused,
            "deleted": self.deleted,
            "search_documents": self.search_documents,
            "next_change": self.next_change.isoformat() if self.next_change else None,
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
        }
        if self.reasons is not None:
            fields["reasons"] = [{"path": path, "reason": why} for path, why in self.reasons]
        return fields
