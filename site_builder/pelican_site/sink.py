"""Where the bytes of a site go."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from site_builder.errors import BuildError


class Sink(Protocol):
    """Takes every file of a site once, by its path from the site's root (`news/index.html`)."""

    def write(self, path: str, data: bytes, *, shared: bool = False) -> None:
        """Take a file. `shared`: the same bytes are likely on many sites and in many releases."""

    def copy(self, path: str, source: Path) -> None:
        """Take a file that lies on the disk already (media)."""

    def keep(self, path: str) -> bool:
        """Take the file of the previous release; False if it cannot be."""

    def keep_all(self, paths: Collection[str]) -> None:
        """Take these files of the previous release as they are. Raises BuildError where one is gone."""

    def tree(self, path: str, key: str, make: Callable[[], Mapping[str, bytes]]) -> None:
        """Take a folder that is the same on many sites or in many releases: the same key, the same files."""


@runtime_checkable
class SharedSink(Sink, Protocol):
    """One that several processes can fill together: see `shares.Shared`."""

    def part(self) -> None:
        """From now on this is a process of its own."""

    def told(self) -> Any:
        """What was taken since."""

    def add(self, told: Any) -> None:
        """Know of what another process took."""


class FolderSink:
    """A plain folder, as `pelican -o` wants it: nothing is remembered from one run to the next."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: set[str] = set()

    def write(self, path: str, data: bytes, *, shared: bool = False) -> None:
        self._target(path).write_bytes(data)

    def copy(self, path: str, source: Path) -> None:
        shutil.copyfile(source, self._target(path))

    def keep(self, path: str) -> bool:
        return False

    def keep_all(self, paths: Collection[str]) -> None:
        for path in paths:
            raise BuildError(f"{path}: there is no release before", code="page-lost")

    def tree(self, path: str, key: str, make: Callable[[], Mapping[str, bytes]]) -> None:
        for name, data in make().items():
            self.write(f"{path}/{name}", data)

    def remove(self, kept: FolderSink) -> None:
        """Take away what was written here, but for what `kept` wrote into the same folder after it."""
        for path in self._written - kept._written:
            file = self._folder / path
            file.unlink(missing_ok=True)
            for folder in file.relative_to(self._folder).parents[:-1]:
                with suppress(OSError):  # there is something else in it
                    (self._folder / folder).rmdir()

    def _target(self, path: str) -> Path:
        if path in self._written:
            raise BuildError(f"{path} is written twice", code="path-twice")
        self._written.add(path)
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target
