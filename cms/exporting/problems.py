"""What stopped a page or a file on its way, in words for whoever can mend it."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError as InvalidForm
from django.urls import reverse
from pydantic import ValidationError
from wagtail.models import Page

from cms.exporting.stream import BlockError
from cms.records.models import RecordPage
from site_builder.records import Problem

NOT_WRITTEN = "not-written"
"""One file of content/ could not be written or removed: nobody's edit mends it, another try may."""


def edit_address(page: Page) -> str:
    """Where an editor mends the page."""
    return settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_pages:edit", args=[page.pk])


def page_problems(page: Page, error: ValueError) -> list[Problem]:
    """What is wrong on a page, field by field, each with the address of the screen on which it is mended."""
    action = f"打开 {edit_address(page)} 修改后重新发布 (open it, correct it, publish again)"
    record = str(page.uuid) if isinstance(page, RecordPage) else None
    label = f"《{page.title}》没有导出 (not exported)"
    if isinstance(error, ValidationError):
        return [
            Problem(
                code="page-invalid",
                field=".".join(map(str, detail["loc"])) or None,
                record=record,
                message=f"{label}: {detail['msg']}",
                action=action,
            )
            for detail in error.errors()
        ]
    place = f"body[{error.number}]" if isinstance(error, BlockError) else None
    return [
        Problem(code="page-invalid", field=place, record=record, message=f"{label}: {error}", action=action)
    ]


def not_exported(file: str, what: str, error: Exception) -> Problem:
    return Problem(
        code="not-exported",
        file=file,
        message=f"{what}: {error}",
        action="在 Wagtail 里更正 (correct it in Wagtail)",
    )


def not_written(file: str, error: OSError) -> Problem:
    """`error`: what the system says of a file of content/ that is to be written or removed."""
    taken = isinstance(error, IsADirectoryError | NotADirectoryError | FileExistsError)
    action = (
        "移开占了这个名字的文件夹或文件,再导出;发布进程会自动再试 "
        "(move away what has its name, then export again; the worker does by itself)"
        if taken
        else "让运行的用户能写这个文件和文件夹,再导出;发布进程会自动再试 "
        "(give the user who runs it the right to write there, then export again; the worker does by itself)"
    )
    return Problem(
        code=NOT_WRITTEN,
        file=file,
        message=f"这个文件没有写成,别的照常 (not written, all others are): {error.strerror or error}",
        action=action,
    )


def edited(file: str, page: Page | None, why: str) -> Problem:
    """`why`: what became of the file, where Wagtail alone was edited; empty where both sides were."""
    address = f" {edit_address(page)}" if page is not None else ""
    since = f"edited in Wagtail since the last export, {why}" if why else "edited on both sides"
    return Problem(
        severity="warning" if why else "error",
        code="edited-in-wagtail",
        file=file,
        message=f"Wagtail 里改过,没有覆盖 ({since})",
        action=f"先运行 unionpress export,或用 --force 以文件为准 (export first, or load --force).{address}",
    )


def not_loaded(root: Path, path: PurePosixPath, error: InvalidForm) -> list[Problem]:
    """What Wagtail's own checks say of a file, field by field."""
    fields = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return [
        Problem(
            code="not-loaded",
            file=str(path),
            line=_line_of(root / path, name),
            field=name if name != "__all__" else None,
            message=f"没有载入 (not loaded): {' '.join(map(str, messages))}",
            action="更正文件后重新运行 unionpress load (correct the file and load again)",
        )
        for name, messages in fields.items()
    ]


def _line_of(file: Path, name: str) -> int | None:
    """The line, from 1, on which a field of front matter begins."""
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    top = re.split(r"[._]", name)[0] if name else ""
    found = (
        number
        for wanted in (name, top)
        for number, line in enumerate(lines, 1)
        if wanted and line.lstrip().startswith(f"{wanted}:")
    )
    return next(found, None)
