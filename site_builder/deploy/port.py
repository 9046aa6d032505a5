"""What a place must be able to do to carry a site, whatever it is.

DeployError            the target could not be brought up to date; what is there still works
├── Refused            the target or its settings forbid it: a person must act
├── Held               another deployer is at it
└── Cut                the connection ended: trying again goes on where it stopped
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from site_builder.errors import BuildError
from site_builder.release.manifest import Entry, digest


class DeployError(BuildError):
    """Why a target could not be brought up to date. `action`: what to do."""

    code_ = "deploy-failed"

    def __init__(self, message: str, action: str = "Try again") -> None:
        super().__init__(message, code=self.code_)
        self.action = action


class Refused(DeployError):
    """The target says no, or cannot do what is asked of it."""

    code_ = "deploy-refused"


class Held(DeployError):
    """Somebody else deploys to this target now."""

    code_ = "deploy-held"


class Cut(DeployError):
    """The connection could not be made, or ended half-way."""

    code_ = "deploy-cut"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a release: what it is, where it lies here and where it goes."""

    name: str
    """Its path from the site's root."""
    folder: Path
    """The release here. Links in it are followed."""
    entry: Entry
    below: str = ""
    """The site's root there, counted from the place's, ending in a slash; empty if they are one."""

    @property
    def path(self) -> str:
        """Where it goes, counted from the place's root."""
        return f"{self.below}{self.name}"

    @property
    def source(self) -> Path:
        return self.folder / self.name


def partial(path: str) -> str:
    """The name of a file until it is whole: always the same, so that a second try replaces it."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}.unionpress-{digest(name.encode())[:16]}"


def in_the_way(path: str) -> tuple[str, str]:
    """What to say where something that is no link of ours stands in the place of a site."""
    return (
        f"{path} is there already and is no link to a release",
        "Move it away, deploy to another folder, or add ?mode=files to replace files inside it",
    )


def wrong_kind(path: str, wanted: str) -> tuple[str, str]:
    """What to say where something stands that no file can be put over. `wanted`: what the site has there."""
    return (
        f"{path} is in the way: the site has a {wanted} of that name",
        "Somebody else put it there: move it away, then deploy again",
    )


class Port(ABC):
    """A place, while it is open. Paths count from its root and have no slash in front.

    Every method raises Cut, Refused or another DeployError. A file is replaced whole or not at all: readers
    never meet half of one.
    """

    batch_files = 400
    batch_bytes = 8_000_000
    """After so many files or bytes the target's journal is written: what a cut connection costs at most."""

    def __enter__(self) -> Self:
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @abstractmethod
    def open(self) -> None:
        """Connect. Comes before all else; `close` is called even if this raises."""

    @abstractmethod
    def close(self) -> None:
        """Never raises."""

    @abstractmethod
    def read(self, path: str) -> bytes | None:
        """A small file's bytes; None if there is none."""

    @abstractmethod
    def write(self, path: str, data: bytes) -> None:
        """Make or replace a small file, with the folders it needs."""

    @abstractmethod
    def create(self, path: str, data: bytes) -> bool:
        """Make a small file; False, and nothing done, if there is one already. Never both of two at once."""

    @abstractmethod
    def put(self, files: Sequence[Upload]) -> None:
        """Make or replace files, in any order, with the folders they need."""

    @abstractmethod
    def remove(self, paths: Iterable[str]) -> None:
        """Remove files that may be missing, and the folders that are empty after it."""

    @abstractmethod
    def differing(self, files: Sequence[Upload]) -> list[str]:
        """The paths of those files that are missing there, or other than they should be.

        It goes by every byte: a folder's are read, SFTP's fetched, rsync and S3 tell their sums.
        """


class FolderPort(Port):
    """A place that is a file system: it has links and a rename that replaces."""

    @abstractmethod
    def sizes(self, folder: str) -> dict[str, int]:
        """The sizes in bytes of all files below a folder, by path from there; empty if there is none."""

    @abstractmethod
    def link(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """Hard-link old paths to new ones, whose folders are made; returns the new paths it failed for."""

    def fill(self, changed: Sequence[Upload], same: Sequence[Upload], previous: str | None) -> None:
        """Bring files into a release's folder; the bytes of `same` lie in that of `previous` too."""
        pairs = [(f"{previous}/{file.name}", file.path) for file in same]
        failed = set(self.link(pairs)) if previous else {file.path for file in same}
        self.put([*changed, *(file for file in same if file.path in failed)])

    @abstractmethod
    def folders(self, folder: str) -> list[str]:
        """The names of the folders in a folder; empty if there is none."""

    @abstractmethod
    def remove_tree(self, folder: str) -> None:
        """Remove a folder of ours with all that is in it."""

    @abstractmethod
    def target_of(self, link: str) -> str | None:
        """Where a symbolic link leads; None if nothing is there. Raises Refused if it is no link."""

    @abstractmethod
    def point(self, link: str, to: str) -> None:
        """Make or replace a symbolic link, atomically, and durably where that can be had."""
