"""The same folder, but files travel by the program `rsync` over ssh: of a changed file only what changed.

Notes, links and deletions go over SFTP, as in `sftp`. Needs rsync >= 3.1 here and there.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from site_builder.deploy.port import Cut, Refused, Upload
from site_builder.deploy.sftp import TIMEOUT, SftpPort, known_hosts

CUT = frozenset({10, 12, 30, 35, 255})
"""Exit values that speak of the connection (rsync(1), EXIT VALUES; 255 is ssh's own)."""


class RsyncPort(SftpPort):
    batch_files = 20_000
    batch_bytes = 100_000_000
    """More at once than elsewhere: each batch is a connection, and rsync knows by itself what arrived."""

    def open(self) -> None:
        if shutil.which("rsync") is None or shutil.which("ssh") is None:
            raise Refused(
                "rsync or ssh is not installed here", "Install rsync and openssh-client, or use sftp://"
            )
        super().open()

    def put(self, files: Sequence[Upload]) -> None:
        self._rsync(files)

    def fill(self, changed: Sequence[Upload], same: Sequence[Upload], previous: str | None) -> None:
        # What lies in the previous release is found by rsync itself, by its checksum, and linked.
        self._rsync([*changed, *same], *([f"--link-dest={self._at(previous)}/"] if previous else []))

    def differing(self, files: Sequence[Upload]) -> list[str]:
        named = {file.name: file.path for file in files}
        # A folder where a file belongs differs too; nothing is forced in a dry run.
        listed = self._rsync(files, "--dry-run", "--force", "--8-bit-output", "--out-format=%n").splitlines()
        return [named[name] for name in listed if name in named]

    def _rsync(self, files: Sequence[Upload], *extra: str) -> str:
        """Send files of one release; returns what rsync printed."""
        if not files:
            return ""
        folder, below = files[0].folder, files[0].below
        self._run(self._make([f"{below}."]))
        host = f"[{self._address.host}]" if ":" in self._address.host else self._address.host
        user = f"{self._address.user}@" if self._address.user else ""
        command = [
            "rsync", "--files-from=-", "--from0", "--copy-links", "--checksum", "--protect-args",
            "--chmod=D755,F644", "--no-motd", f"--timeout={int(TIMEOUT * 2)}", f"--rsh={self._ssh()}", *extra,
            f"{folder}/", f"{user}{host}:{self._at(below)}",
        ]  # fmt: skip
        names = "\0".join(file.name for file in files).encode()
        ended = subprocess.run(command, input=names, capture_output=True, check=False)
        if ended.returncode:
            said = ended.stderr.decode(errors="replace").strip().splitlines()
            message = f"rsync to {self._address.host}: {said[0] if said else f'exit {ended.returncode}'}"
            if ended.returncode in CUT:
                raise Cut(message, "Run it again: it goes on where it stopped")
            raise Refused(message, "See what rsync says; make room, or give the user the right to write")
        return ended.stdout.decode()

    def _ssh(self) -> str:
        files = " ".join(f'"{file}"' for file in known_hosts(self._address))
        command = ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"]
        command += ["-o", f"UserKnownHostsFile={files}", "-o", f"ConnectTimeout={int(TIMEOUT)}"]
        if self._address.port:
            command += ["-p", str(self._address.port)]
        if identity := self._address.options.get("identity"):
            command += ["-i", str(Path(identity).expanduser()), "-o", "IdentitiesOnly=yes"]
        return shlex.join(command)
