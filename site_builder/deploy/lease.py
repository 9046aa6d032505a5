"""One deployer at a time. On one machine the operating system sees to it; between machines, a file there.

The file says who deploys and until when it may be believed. A deployer that was killed leaves it behind: the
same machine takes it back at once (it holds the machine's own lock, so the other is dead), and so does one
that was given the dead one's task (`Deployer.task`); others when the time is over. Clocks of deployers must
agree within a minute. One that was only slow sees at its next check that the lease is another's, and stops.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from site_builder.deploy.port import DeployError, Held, Port
from site_builder.release.workspace import write_whole

LASTS = timedelta(minutes=5)
RENEW = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Deployer:
    """Who deploys. Two are one if either of these is the same, and then one of them is dead."""

    id: str
    """Of the DATA folder: see `deployer_id`."""
    task: str = ""
    """What a broker gave out once, and again when nobody finished it."""

    def same(self, note: Mapping[str, str]) -> bool:
        return note.get("deployer") == self.id or (self.task != "" and note.get("task") == self.task)


def deployer_id(data: Path) -> str:
    """A name for this DATA folder, made once. Whoever holds its local locks speaks for it."""
    path = data / "deploy" / "id"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        write_whole(path, f"{secrets.token_hex(8)}\n".encode())
        return path.read_text("ascii").strip()


class Lease:
    """The file on the target. `take`, then `check` now and then, at last `give_back`."""

    def __init__(self, port: Port, path: str, deployer: Deployer) -> None:
        self._port = port
        self._path = path
        self._deployer = deployer
        self._token = secrets.token_hex(8)
        self._renew_at = datetime.min.replace(tzinfo=UTC)

    def take(self) -> None:
        """Raises Held, which says by whom and how long."""
        for _ in range(3):
            if self._port.create(self._path, self._note()):
                return
            other = self._read()
            if other is None:  # given back this instant
                continue
            until = _moment(other.get("until"))
            if not self._deployer.same(other) and until > datetime.now(UTC):
                raise Held(
                    f"{other.get('host', 'another machine')} deploys to it, and may until {_clock(until)}",
                    "Wait; what was killed is taken over then",
                )
            self._port.remove([self._path])
        raise Held("another deployer was faster", "Try again")

    def check(self) -> None:
        """Renew it when it is time. Raises DeployError if somebody else holds it meanwhile."""
        found = self._read()
        if found is None or found.get("token") != self._token:
            raise DeployError("another deployer took the target over", "Run unionpress deploy again")
        if datetime.now(UTC) >= self._renew_at:
            self._port.write(self._path, self._note())

    def give_back(self) -> None:
        found = self._read()
        if found is not None and found.get("token") == self._token:
            self._port.remove([self._path])

    def _note(self) -> bytes:
        now = datetime.now(UTC)
        self._renew_at = now + RENEW
        return orjson.dumps(
            {
                "token": self._token,
                "deployer": self._deployer.id,
                "task": self._deployer.task,
                "host": socket.gethostname(),
                "since": now.isoformat(timespec="seconds"),
                "until": (now + LASTS).isoformat(timespec="seconds"),
            }
        )

    def _read(self) -> dict[str, str] | None:
        data = self._port.read(self._path)
        if data is None:
            return None
        try:
            found = orjson.loads(data)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}


def _moment(text: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text or "").astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M:%S UTC")
