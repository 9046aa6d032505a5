"""A folder of this machine: another disk, a mounted share, the root of the web server beside."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from site_builder.deploy.port import FolderPort, Refused, Upload, in_the_way, partial, wrong_kind
from site_builder.release.manifest import digest_file
from site_builder.release.store import NO_LINKS
from site_builder.release.workspace import flush, sync_folder, write_whole

MODE = 0o644
"""A web server of another user must be able to read what is served to everybody."""


class LocalPort(FolderPort):
    """`root`: where paths count from. It is made when something is first written."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: set[Path] = set()

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def read(self, path: str) -> bytes | None:
        with _explained(self._root):
            try:
                return (self._root / path).read_bytes()
            except FileNotFoundError:
                return None

    def write(self, path: str, data: bytes) -> None:
        with _explained(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            flush(self._root)  # a note must not outlive, in a power cut, what it speaks of
            write_whole(self._root / path, data, durable=True)

    def create(self, path: str, data: bytes) -> bool:
        with _explained(self._root):
            target = self._root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            beside = _beside(target)
            beside.write_bytes(data)
            try:
                os.link(beside, target)  # whole at once, and only if there is none
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in NO_LINKS:
                    raise
                return _create_unlinked(target, data)
            finally:
                beside.unlink()
            return True

    def put(self, files: Sequence[Upload]) -> None:
        with _explained(self._root):
            for file in files:
                target = self._root / file.path
                if target.is_dir() and not target.is_symlink():
                    raise Refused(*wrong_kind(str(target), "file"))
                self._make(target.parent)
                beside = self._root / partial(file.path)
                try:
                    shutil.copyfile(file.source, beside)
                    beside.chmod(MODE)
                    beside.replace(target)
                finally:
                    beside.unlink(missing_ok=True)

    def remove(self, paths: Iterable[str]) -> None:
        with _explained(self._root):
            folders: set[Path] = set()
            for path in paths:
                target = self._root / path
                target.unlink(missing_ok=True)
                folders.update(target.relative_to(self._root).parents)
            for folder in sorted(folders - {Path()}, key=lambda folder: -len(folder.parts)):
                with suppress(OSError):  # not empty: something of somebody is in it
                    (self._root / folder).rmdir()
                    self._made.discard(self._root / folder)

    def differing(self, files: Sequence[Upload]) -> list[str]:
        with _explained(self._root):
            return [file.path for file in files if not self._same(file)]

    def _same(self, file: Upload) -> bool:
        target = self._root / file.path
        try:
            return target.stat().st_size == file.entry.size and digest_file(target) == file.entry.hash
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return False

    # --- as a file system ---

    def sizes(self, folder: str) -> dict[str, int]:
        with _explained(self._root):
            top = self._root / folder
            found = {}
            for here, _, names in os.walk(top):
                for name in names:
                    path = Path(here, name)
                    found[path.relative_to(top).as_posix()] = path.lstat().st_size
            return found

    def link(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        failed = []
        with _explained(self._root):
            for old, new in pairs:
                target = self._root / new
                self._make(target.parent)
                try:
                    os.link(self._root / old, target)
                except FileExistsError:
                    failed.append(new)
                except OSError as error:
                    if error.errno not in NO_LINKS and not isinstance(error, FileNotFoundError):
                        raise
                    failed.append(new)
        return failed

    def folders(self, folder: str) -> list[str]:
        with _explained(self._root):
            try:
                return sorted(entry.name for entry in os.scandir(self._root / folder) if entry.is_dir())
            except FileNotFoundError:
                return []

    def remove_tree(self, folder: str) -> None:
        with _explained(self._root):
            shutil.rmtree(self._root / folder)

    def target_of(self, link: str) -> str | None:
        with _explained(self._root):
            path = self._root / link
            if path.is_symlink():
                return path.readlink().as_posix()
            if path.exists():
                raise Refused(*in_the_way(str(path)))
            return None

    def point(self, link: str, to: str) -> None:
        with _explained(self._root):
            flush(self._root)
            path = self._root / link
            beside = _beside(path)
            beside.symlink_to(to, target_is_directory=True)
            try:
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
            sync_folder(path.parent)

    def _make(self, folder: Path) -> None:
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)


def _beside(path: Path) -> Path:
    return path.with_name(f".unionpress-{secrets.token_hex(8)}")


def _create_unlinked(path: Path, data: bytes) -> bool:
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError:
        return False
    return True


@contextmanager
def _explained(root: Path) -> Iterator[None]:
    """Turn what the system says into what a person can do something about."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        path = Path(error.filename or root)
        file = next((above for above in (*reversed(path.parents), path) if not above.is_dir()), path)
        raise Refused(*wrong_kind(str(file), "folder")) from error
    except OSError as error:
        raise Refused(
            f"{error.filename2 or error.filename or root}: {error.strerror or error}",
            f"Make room, or give this user the right to write to {root}",
        ) from error
