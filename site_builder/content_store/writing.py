"""Files are replaced whole, and only when their bytes change."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path, PurePath

from site_builder.errors import BuildError


def write(root: Path, relative: str | PurePath, text: str | bytes) -> bool:
    """Write one file of `root`; False if it already has these bytes.

    The new file is complete on disk before it takes the old one's name, so that whoever reads sees the old
    or the new one and nothing in between. Raises BuildError for a path that leaves `root`.
    """
    target = _inside(root, relative)
    data = text.encode("utf-8") if isinstance(text, str) else text
    try:
        if target.read_bytes() == data:
            return False
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:50]}.", suffix=".new")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(target)  # of a disk that is full the system names none
        raise
    return True


def remove(root: Path, relative: str | PurePath) -> bool:
    """Remove one file of `root` and the folders that it leaves empty; False if there is no such file."""
    target = _inside(root, relative)
    try:
        target.unlink()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return False
    for folder in target.parents:
        if folder == root or root not in folder.parents or any(folder.iterdir()):
            break
        folder.rmdir()
    return True


def _inside(root: Path, relative: str | PurePath) -> Path:
    path = PurePath(relative)
    if path.is_absolute() or not path.parts or ".." in path.parts:
        raise BuildError(f"{relative} is not a path inside the content folder", code="content-path")
    target = root / path
    if not target.parent.resolve().is_relative_to(root.resolve()):
        raise BuildError(f"{relative} leads outside the content folder", code="content-path")
    return target
