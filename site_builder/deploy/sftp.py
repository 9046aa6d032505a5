"""A folder of another machine, over SFTP (draft-ietf-secsh-filexfer-02, as OpenSSH and others speak it).

The host's key must be known beforehand and is never accepted by itself; the user is known by key: from the
ssh agent, ~/.ssh or `?identity=FILE`. Many requests are under way at once: sites are small files far away.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISLNK
from typing import Any, TypeVar

import asyncssh

from site_builder.deploy.addresses import Address
from site_builder.deploy.port import (
    Cut,
    DeployError,
    FolderPort,
    Refused,
    Upload,
    in_the_way,
    partial,
    wrong_kind,
)
from site_builder.release.manifest import hasher

AT_ONCE = 48
"""Requests under way. OpenSSH's server works them off one by one; this hides the way there and back."""
LARGE = 4_000_000
"""Bytes from which a file is not read into memory."""
TIMEOUT = 30.0
"""Seconds to connect, and between signs of life."""
MODE = asyncssh.SFTPAttrs(permissions=0o644)
FOLDER_MODE = asyncssh.SFTPAttrs(permissions=0o755)
KNOWN_HOSTS = ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts")

log = logging.getLogger(__name__)

R = TypeVar("R")
T = TypeVar("T")


class SftpPort(FolderPort):
    """`root`: the folder from which paths count, absolute on that machine."""

    def __init__(self, address: Address, root: str) -> None:
        self._address = address
        self._root = root
        self._made: set[str] = set()
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    def open(self) -> None:
        self._run(self._connect())

    def close(self) -> None:
        with suppress(Exception):  # a connection that is gone cannot be ended in good order
            if self._connection is not None:
                self._connection.close()
                self._runner.run(asyncio.wait_for(self._connection.wait_closed(), 5))
        self._runner.close()

    async def _connect(self) -> None:
        # When a connection is cut, every request under way fails; the first one's error is what is told.
        asyncio.get_running_loop().set_exception_handler(lambda _, context: log.debug("%s", context))
        hosts = known_hosts(self._address)
        identity = self._address.options.get("identity")
        options: dict[str, Any] = {"client_keys": [str(Path(identity).expanduser())]} if identity else {}
        if self._address.user:
            options["username"] = self._address.user
        if self._address.port:
            options["port"] = self._address.port
        self._connection = await asyncssh.connect(
            self._address.host,
            known_hosts=hosts,
            preferred_auth="publickey",
            connect_timeout=TIMEOUT,
            login_timeout=TIMEOUT,
            keepalive_interval=TIMEOUT / 2,
            keepalive_count_max=2,
            **options,
        )
        self._client = await self._connection.start_sftp_client()

    @property
    def _sftp(self) -> asyncssh.SFTPClient:
        assert self._client is not None, "open comes first"
        return self._client

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    # --- files ---

    def read(self, path: str) -> bytes | None:
        return self._run(self._read(path))

    async def _read(self, path: str) -> bytes | None:
        try:
            async with self._sftp.open(self._at(path), "rb") as file:
                data: bytes = await file.read()
                return data
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return None

    def write(self, path: str, data: bytes) -> None:
        self._run(self._write(path, data))

    async def _write(self, path: str, data: bytes) -> None:
        await self._make([path])
        beside = self._at(partial(path))
        async with self._sftp.open(beside, "wb", MODE) as file:
            await file.write(data)
        await self._sftp.posix_rename(beside, self._at(path))

    def create(self, path: str, data: bytes) -> bool:
        return self._run(self._create(path, data))

    async def _create(self, path: str, data: bytes) -> bool:
        await self._make([path])
        try:
            file = await self._sftp.open(self._at(path), "xb", MODE)
        except (
            asyncssh.SFTPFailure,
            asyncssh.SFTPFileAlreadyExists,
        ):  # version 3 has no word for "it exists"
            if await self._sftp.exists(self._at(path)):
                return False
            raise
        async with file:
            await file.write(data)
        return True

    def put(self, files: Sequence[Upload]) -> None:
        self._run(self._put(files))

    async def _put(self, files: Sequence[Upload]) -> None:
        await self._make([file.path for file in files])
        await each(files, self._put_one)

    async def _put_one(self, file: Upload) -> None:
        try:
            await self._put_whole(file)
        except (asyncssh.SFTPFailure, asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            await self._refuse_what_is_in_the_way(file.path)  # such a server says no more than that it failed
            raise

    async def _put_whole(self, file: Upload) -> None:
        beside = self._at(partial(file.path))
        if file.entry.size < LARGE:
            data = file.source.read_bytes()
            async with self._sftp.open(beside, "wb", MODE) as target:
                await target.write(data)
        else:
            await self._sftp.put(str(file.source), beside, follow_symlinks=True)
            await self._sftp.setstat(beside, MODE)
        await self._sftp.posix_rename(beside, self._at(file.path))

    async def _refuse_what_is_in_the_way(self, path: str) -> None:
        """Raises Refused if a folder stands where the file belongs, or a file where a folder does."""
        there = self._at(path)
        if await self._sftp.isdir(there):
            raise Refused(*wrong_kind(there, "file"))
        while path := path.rpartition("/")[0]:
            if await self._sftp.isfile(self._at(path)):
                raise Refused(*wrong_kind(self._at(path), "folder"))

    def remove(self, paths: Iterable[str]) -> None:
        self._run(self._remove(list(paths)))

    async def _remove(self, paths: Sequence[str]) -> None:
        await each(paths, self._remove_one)
        by_depth: dict[int, set[str]] = {}
        for path in paths:
            while path := path.rpartition("/")[0]:
                by_depth.setdefault(path.count("/"), set()).add(path)
        for depth in sorted(by_depth, reverse=True):
            await each(sorted(by_depth[depth]), self._remove_if_empty)

    async def _remove_one(self, path: str) -> None:
        with suppress(asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            await self._sftp.remove(self._at(path))

    async def _remove_if_empty(self, folder: str) -> None:
        # Not empty is a plain failure to a server of version 3, as is most else.
        with suppress(asyncssh.SFTPFailure, asyncssh.SFTPDirNotEmpty, asyncssh.SFTPNoSuchFile):
            await self._sftp.rmdir(self._at(folder))
            self._made.discard(folder)

    def differing(self, files: Sequence[Upload]) -> list[str]:
        return self._run(self._differing(files))

    async def _differing(self, files: Sequence[Upload]) -> list[str]:
        async def differs(file: Upload) -> bool:
            there = self._at(file.path)
            try:
                if (await self._sftp.stat(there)).size != file.entry.size:
                    return True
                state = hasher()
                async with self._sftp.open(there, "rb") as opened:
                    async for piece in _pieces(opened):
                        state.update(piece)
                return state.hexdigest() != file.entry.hash
            except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPFailure):
                return True  # a folder is what cannot be read

        found = await each(files, differs)
        return [file.path for file, wrong in zip(files, found, strict=True) if wrong]

    # --- as a file system ---

    def sizes(self, folder: str) -> dict[str, int]:
        found: dict[str, int] = {}

        async def walk() -> None:
            pending = [""]
            while pending:
                pending = [below for some in await each(pending, look) for below in some]

        async def look(prefix: str) -> list[str]:
            below = []
            with suppress(asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                async for entry in self._sftp.scandir(self._at(f"{folder}/{prefix}".rstrip("/"))):
                    name = str(entry.filename)
                    if S_ISDIR(entry.attrs.permissions or 0):
                        if name not in (".", ".."):
                            below.append(f"{prefix}{name}/")
                    else:
                        found[f"{prefix}{name}"] = entry.attrs.size or 0
            return below

        self._run(walk())
        return found

    def link(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        async def link(pair: tuple[str, str]) -> str | None:
            try:
                await self._sftp.link(self._at(pair[0]), self._at(pair[1]))
            except (asyncssh.SFTPFailure, asyncssh.SFTPOpUnsupported, asyncssh.SFTPNoSuchFile):
                return pair[1]
            return None

        async def all_of_them() -> list[str]:
            await self._make([new for _, new in pairs])
            return [failed for failed in await each(pairs, link) if failed]

        return self._run(all_of_them())

    def folders(self, folder: str) -> list[str]:
        async def names() -> list[str]:
            with suppress(asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                entries = [entry async for entry in self._sftp.scandir(self._at(folder))]
                found = {str(entry.filename) for entry in entries if S_ISDIR(entry.attrs.permissions or 0)}
                return sorted(found - {".", ".."})
            return []

        return self._run(names())

    def remove_tree(self, folder: str) -> None:
        self._run(self._sftp.rmtree(self._at(folder)))

    def target_of(self, link: str) -> str | None:
        async def look() -> str | None:
            path = self._at(link)
            try:
                attributes = await self._sftp.lstat(path)
            except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                return None
            if not S_ISLNK(attributes.permissions or 0):
                raise Refused(*in_the_way(path))
            return str(await self._sftp.readlink(path))

        return self._run(look())

    def point(self, link: str, to: str) -> None:
        async def switch() -> None:
            beside = self._at(partial(link))
            with suppress(asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                await self._sftp.remove(beside)
            await self._sftp.symlink(to, beside)
            await self._sftp.posix_rename(beside, self._at(link))

        self._run(switch())

    # --- small things ---

    async def _make(self, paths: Sequence[str]) -> None:
        """Make the folders of files, the upper ones first, and before all the root."""
        if "" not in self._made:
            await self._sftp.makedirs(self._root, FOLDER_MODE, exist_ok=True)
            self._made.add("")
        by_depth: dict[int, set[str]] = {}
        for path in paths:
            while (path := path.rpartition("/")[0]) and path not in self._made:
                by_depth.setdefault(path.count("/"), set()).add(path)
        for depth in sorted(by_depth):
            await each(sorted(by_depth[depth]), self._make_one)
            self._made |= by_depth[depth]

    async def _make_one(self, folder: str) -> None:
        # "It exists" is a plain failure to a server of version 3; what really failed shows at the next step.
        with suppress(asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists):
            await self._sftp.mkdir(self._at(folder), FOLDER_MODE)

    def _run(self, work: Coroutine[Any, Any, R]) -> R:
        try:
            return self._runner.run(work)
        except BaseExceptionGroup as group:
            first = group.exceptions[0]
            raise self._explained(first) from group
        except (asyncssh.Error, OSError, TimeoutError, ValueError) as error:
            raise self._explained(error) from error

    def _explained(self, error: BaseException) -> BaseException:
        return explained(self._address, self._root, error)


async def _pieces(file: asyncssh.SFTPClientFile) -> AsyncIterator[bytes]:
    while True:
        piece: bytes = await file.read(1 << 20)
        if not piece:
            return
        yield piece


async def each(items: Iterable[T], work: Callable[[T], Awaitable[R]]) -> list[R]:
    """Do some work for many things, AT_ONCE of them at a time; the first error ends it all."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> R:
        async with gate:
            return await work(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]


def known_hosts(address: Address) -> list[str]:
    """The files in which host keys are looked up. Raises Refused if there is none: nothing would be known."""
    named = address.options.get("known_hosts")
    files = [Path(name).expanduser() for name in ([named] if named else KNOWN_HOSTS)]
    found = [str(file) for file in files if file.is_file()]
    if not found:
        raise Refused(f"there is no {files[0]}, so the host cannot be known", how_to_know(address))
    return found


def how_to_know(address: Address) -> str:
    port = f"-p {address.port} " if address.port else ""
    return (
        f"Ask the host's administrator for its key's fingerprint, compare it with that of "
        f"`ssh-keyscan {port}{address.host} | ssh-keygen -lf -`, then add the key to known_hosts"
    )


def explained(address: Address, root: str, error: BaseException) -> BaseException:
    """What asyncssh says -> what a person can do about it. What is not the connection's is left as it is."""
    where = f"{address.host}{f':{address.port}' if address.port else ''}"
    if isinstance(error, DeployError):
        return error
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return Refused(f"the host key of {where} is not the one that is known", how_to_know(address))
    if isinstance(error, asyncssh.PermissionDenied):
        return Refused(
            f"{where} lets {address.user or 'this user'} in with none of the keys",
            "Add the public key to its authorized_keys; load the key into the ssh agent or name its file: "
            "?identity=FILE",
        )
    if isinstance(error, (asyncssh.KeyImportError, asyncssh.KeyEncryptionError)):
        return Refused(f"the key cannot be used: {error}", "Load it into the ssh agent")
    if isinstance(error, asyncssh.SFTPOpUnsupported):
        return Refused(
            f"the server of {where} cannot do this: {error}",
            "Use rsync+ssh:// or another server (OpenSSH can)",
        )
    if isinstance(error, (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost)):
        return Cut(f"the connection to {where} was cut", "Run it again: it goes on where it stopped")
    if isinstance(error, asyncssh.SFTPError):
        return Refused(
            f"{where}:{root}: {error.reason or type(error).__name__}",
            f"Make room there, or give {address.user or 'the user'} the right to write",
        )
    if isinstance(error, (asyncssh.Error, OSError, TimeoutError)):
        said = str(error) or type(error).__name__
        return Cut(f"{where} cannot be reached: {said}", "Run it again: it goes on where it stopped")
    return error
