"""The errors of a build, drawn as a tree.

UnionPressError                 everything this package raises on purpose
├── ContentError                somebody who writes can mend it: carries a records.Problem, shown in full
│   └── BodyError               the Markdown of one record: line and field within the body
├── UsageError                  the command line: an unknown union, a folder that is not there
└── BuildError                  ours or the machine's: disk, permissions, a template that fails
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from site_builder.records import Problem


class UnionPressError(Exception):
    """Base of all errors raised on purpose."""


class ContentError(UnionPressError):
    """Something in `content/` that its writer can mend."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class BodyError(ContentError):
    """A body that is not of the dialect. `problem.line` counts from the body's first line."""


class UsageError(UnionPressError):
    """The command cannot be carried out as it was given."""


class BuildError(UnionPressError):
    """A site could not be built or switched; the live site is untouched.

    `record`: the one record that stood in the way, where it is known to be one.
    """

    def __init__(
        self,
        message: str,
        *,
        union: str | None = None,
        code: str = "build-failed",
        record: UUID | None = None,
    ) -> None:
        super().__init__(message)
        self.union = union
        self.code = code
        self.record = record


class blaming:
    """What goes wrong within goes wrong with one record: it is raised as a BuildError that names it.

    What the disk, the memory or the site as a whole has to answer for is raised as it is.
    """

    __slots__ = ("_record",)

    def __init__(self, record: UUID) -> None:
        self._record = record

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Exception) or isinstance(error, OSError | MemoryError):
            return
        if not isinstance(error, BuildError):
            message = f"{type(error).__name__}: {error}"
            raise BuildError(message, code="record-failed", record=self._record) from error
        if error.record is None and error.code == "template-failed":
            error.record = self._record
