"""`--targets FILE`, for every command that wants to know where sites go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from site_builder.content_store.files import DEPLOY
from site_builder.errors import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])


def targets_file(says: str) -> Callable[[Command], Command]:
    """The option, which the command takes as `file`; None where nobody names one. `says`: what it is for."""
    return click.option(
        "--targets",
        "file",
        type=click.Path(path_type=Path, dir_okay=False),
        default=None,
        envvar="UNIONPRESS_TARGETS",
        help=f"{says}  [default: CONTENT/deploy.yaml]",
    )


def targets_path(file: Path | None, content: Path) -> Path:
    """The file meant, which need not be there unless somebody named it. Raises UsageError."""
    if file is not None and not file.exists():
        raise UsageError(f"there is no file {file}: correct --targets (or UNIONPRESS_TARGETS)")
    return file or content / DEPLOY
