"""One release to one target: what differs is sent, the target says so, and it is noted under DATA."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from site_builder.deploy.addresses import Address, shown
from site_builder.deploy.layouts import InPlace, Layout, Releases
from site_builder.deploy.lease import Deployer
from site_builder.deploy.port import Cut, DeployError, FolderPort, Port, Refused
from site_builder.deploy.travel import Release, Travel
from site_builder.records import Problem

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called as they arrive: how many bytes of a site are there, and how many are to come in all."""

TRIES = 3
"""How often a cut connection is tried before it is reported. Each try goes on where the last stopped."""
PAUSE = 1.0
"""Seconds before the second try; each further pause is twice as long."""

PORTS = {
    "file": "site_builder.deploy.local:LocalPort",
    "sftp": "site_builder.deploy.sftp:SftpPort",
    "rsync+ssh": "site_builder.deploy.rsync:RsyncPort",
    "s3": "site_builder.deploy.s3:S3Port",
}
"""By scheme: loaded when first used, so that nobody needs the libraries of what is not used."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one site on one target. `sent` and `gone` are what travelled, or would.

    After a cut connection they are what was left for the last try; `cuts`: how often it was cut.
    """

    union: str
    target: str
    release: str | None
    deployed: bool
    """Whether the target has this release now."""
    sent: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    kept: Mapping[str, datetime] = field(default_factory=dict)
    """What stays there of releases before, until when: see `release.former`."""
    bytes: int = 0
    seconds: float = 0.0
    cuts: int = 0
    problems: tuple[Problem, ...] = field(default=())

    @property
    def failed(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    def to_json(self, *, paths: bool) -> dict[str, Any]:
        """`paths`: name every file, as a dry run does."""
        fields: dict[str, Any] = {
            "union": self.union,
            "target": self.target,
            "release": self.release,
            "deployed": self.deployed,
            "sent": len(self.sent),
            "deleted": len(self.gone),
            "kept": len(self.kept),
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "cuts": self.cuts,
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
        }
        if paths:
            kept = {path: until.isoformat(timespec="seconds") for path, until in self.kept.items()}
            fields["files"] = {"send": list(self.sent), "delete": list(self.gone), "keep": kept}
        return fields


def deploy_site(
    release: Release,
    address: Address,
    deployer: Deployer,
    *,
    dry_run: bool = False,
    verify: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Bring one release to one target. Never raises for what concerns this target: that is reported.

    `verify` looks at what lies there instead of believing its notes.
    """
    started = time.monotonic()
    outcome = partial(Outcome, release.union, address.url, release.id)
    try:
        plan, cuts = _repeated(
            lambda: _once(release, address, deployer, dry_run, verify, progress or _silent)
        )
    except Exception as error:
        return outcome(
            False, seconds=time.monotonic() - started, problems=(_problem(release, address, error),)
        )
    return outcome(
        not dry_run,
        sent=tuple(file.name for file in plan.sent),
        gone=plan.gone,
        kept=plan.former,
        bytes=plan.bytes,
        seconds=time.monotonic() - started,
        cuts=cuts,
    )


def _once(
    release: Release, address: Address, deployer: Deployer, dry_run: bool, verify: bool, progress: Progress
) -> Travel:
    port, layout = open_port(address)
    with port:
        plan = layout.plan(release, verify=verify)
        if dry_run or (not plan and layout.deployed().release == release.id):
            return plan
        lease = layout.lease(deployer)
        lease.take()
        try:
            # Somebody may have deployed between the first look and the lease.
            plan = layout.plan(release, verify=verify)
            layout.carry(release, plan, lease, _counted(plan, progress))
        finally:
            _leave(lease.give_back)
        return plan


def _leave(give_back: Callable[[], None]) -> None:
    with suppress(DeployError):  # the connection is gone; the next deployment from here takes the lease over
        give_back()


def _repeated(work: Callable[[], Travel]) -> tuple[Travel, int]:
    """What the last try did, and how often a connection was cut before. Raises what the last try does."""
    pause = PAUSE
    for cuts in range(TRIES - 1):
        try:
            return work(), cuts
        except Cut:
            time.sleep(pause)
            pause *= 2
    return work(), TRIES - 1


def open_port(address: Address) -> tuple[Port, Layout]:
    """The place of an address, still to be opened, and how a site lies on it. Raises Refused.

    Release folders lie beside the site, so that a path is the site's whatever the mode: with releases it is a
    symbolic link, and the folder around it is the port's root.
    """
    module, _, name = PORTS[address.scheme].partition(":")
    try:
        kind = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "site_builder":
            raise
        raise Refused(
            f"{address.scheme}:// needs {error.name}, which is not installed",
            "Install the extra [deploy] of this package: pip install -e '.[deploy]' in its checkout",
        ) from error
    if address.scheme == "s3":
        port: Port = kind(address)
        return port, InPlace(port)
    folder, _, site = address.path.rpartition("/")
    root = address.path if address.in_place else folder or "/"
    port = kind(Path(root)) if address.scheme == "file" else kind(address, root)
    assert isinstance(port, FolderPort), "all but S3 are file systems"
    return port, InPlace(port) if address.in_place else Releases(port, site)


def _problem(release: Release, address: Address, error: Exception) -> Problem:
    if isinstance(error, DeployError):
        return Problem(code=error.code, message=f"{shown(address.url)}: {error}", action=error.action)
    if not isinstance(error, OSError):
        log.error("The deployment of %s to %s failed", release.union, address.url, exc_info=error)
        return Problem(
            code="internal-error",
            message=f"{shown(address.url)}: {type(error).__name__}: {error}",
            action="This is a fault of the program; the target has what it had, or part of the new",
        )
    return Problem(
        code="deploy-failed",
        file=str(error.filename) if error.filename else None,
        message=f"{shown(address.url)}: {error.strerror or error}",
        action=f"Run unionpress check {release.union}, then deploy again",
    )


def _counted(plan: Travel, progress: Progress) -> Callable[[int], None]:
    """Adds up what arrives."""
    arrived, total = 0, plan.bytes
    progress(0, total)

    def more(size: int) -> None:
        nonlocal arrived
        arrived += size
        progress(arrived, total)

    return more


def _silent(size: int, total: int) -> None:
    """No progress."""
