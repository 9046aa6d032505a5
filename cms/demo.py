"""The demo network: make the database, load, export, build, accounts for each role. Safe to run again."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from cms.accounts.models import User
from cms.exporting.export import export
from cms.exporting.load import Progress, load
from cms.publishing import clock as clocks
from cms.publishing.models import PublishRequest
from cms.records.models import RecordPage
from cms.unions.models import UnionPage, UnionRole
from cms.unions.setup import NETWORK_ADMINS
from site_builder import network
from site_builder.cli import BuildProgress, counted, describe, say
from site_builder.records import Level, Problem
from site_builder.release.report import Places

ROLE_NAMES = {UnionRole.Role.EDITOR: "编辑", UnionRole.Role.REVIEWER: "审核", UnionRole.Role.MANAGER: "管理"}


@dataclass(frozen=True)
class Account:
    name: str
    role: str


@dataclass
class Prepared:
    """What is ready: the demo's accounts, their one password, and whether anything failed on the way."""

    accounts: list[Account] = field(default_factory=list)
    password: str = ""
    password_file: Path | None = None
    failed: bool = False


def pending_migrations() -> bool:
    """Whether the database lacks tables this version needs."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def prepare(places: Places, as_of: datetime, progress: Progress | None = None) -> Prepared:
    """Everything up to running sites, each step only as far as it is needed."""
    prepared = Prepared()
    with _step("database"):
        if pending_migrations():
            call_command("migrate", verbosity=0, interactive=False)
    clock = clocks.stop(places.data, as_of)
    if not UnionPage.objects.exists():
        with _step("load content/ into Wagtail"):
            _tell(load(places, clock, progress=progress).problems, prepared)
    with _step("accounts"):
        _accounts(places.data, prepared)
    with _step("export Wagtail to content/"):
        _tell(export(places, clock).problems, prepared)
        # What was asked for so far is in these files, and is built below.
        PublishRequest.objects.filter(claim="", finished_at=None).update(
            finished_at=timezone.now(), outcome=PublishRequest.Outcome.DONE
        )
    with _step(f"build every site as of {as_of.isoformat(timespec='minutes')}"), BuildProgress() as bar:
        report = network.build(
            places.content,
            places.data,
            places.output,
            as_of=as_of,
            themes=places.themes,
            progress=bar.site_done,
        )
    for site in report.sites:
        _tell(site.problems, prepared, site.union)
    _tell(report.problems, prepared)
    pages = sum(site.pages for site in report.sites)
    rendered = sum(site.rendered for site in report.sites)
    say(f"{counted(len(report.sites), 'site')}, {counted(pages, 'page')}, {rendered} made anew")
    return prepared


@contextmanager
def _step(name: str) -> Iterator[None]:
    say(f"… {name}")
    started = time.monotonic()
    yield
    say(f"  {name}: {time.monotonic() - started:.1f} s")


def _tell(problems: Sequence[Problem], prepared: Prepared, union: str = "") -> None:
    for problem in problems:
        say(describe(problem, union))
    prepared.failed |= any(problem.severity == "error" for problem in problems)


# --- accounts -------------------------------------------------------------------------------------


def _accounts(data: Path, prepared: Prepared) -> None:
    """One account for each role: of the network, and of one province and one county with records."""
    prepared.password_file = data / "demo-password"
    prepared.password = _password(prepared.password_file)
    # Hashing is slow on purpose: once is enough for accounts that share a password.
    encoded = make_password(prepared.password)
    _account(
        prepared,
        "quanwang",
        "全网管理员",
        Group.objects.get(name=NETWORK_ADMINS),
        encoded,
        " network administrator",
    )
    for level in (Level.PROVINCE, Level.COUNTY):
        union = _example(level)
        if union is None:
            continue
        for role in UnionRole.objects.filter(union=union).select_related("group").order_by("pk"):
            name = f"{union.slug}-{role.role}"
            _account(
                prepared, name, f"{union.title} {ROLE_NAMES[UnionRole.Role(role.role)]}", role.group, encoded
            )


def _password(path: Path) -> str:
    if path.exists():
        return path.read_text("utf-8").strip()
    password = secrets.token_urlsafe(9)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{password}\n", "utf-8")
    return password


def _example(level: Level) -> UnionPage | None:
    """The union of a level with the most records."""
    unions = UnionPage.objects.filter(level=level.value).order_by("slug")
    return max(unions, key=lambda union: RecordPage.objects.descendant_of(union).count(), default=None)


def _account(
    prepared: Prepared, name: str, called: str, group: Group, encoded: str, english: str = ""
) -> None:
    # History and comments name people by this: one union's editor and reviewer must be told apart.
    user, new = User.objects.get_or_create(username=name, defaults={"last_name": called[:150]})
    if new or not user.check_password(prepared.password):
        user.set_password(prepared.password)
        user.save()
    user.groups.add(group)
    prepared.accounts.append(Account(name, called + english))


# --- what the terminal says -----------------------------------------------------------------------


def accounts_text(prepared: Prepared) -> Iterator[str]:
    yield f"Accounts (password: {prepared.password}, kept in {prepared.password_file})"
    width = max((len(account.name) for account in prepared.accounts), default=0)
    for account in prepared.accounts:
        yield f"  {account.name:<{width}}  {account.role}"


def addresses_text(port: int) -> Iterator[str]:
    yield f"The network   http://localhost:{port}/"
    yield f"Each site     http://localhost:{port}/<union>/ and http://<union>.localhost:{port}/"
    yield f"Wagtail       http://localhost:{port + 1}/admin/"
    yield "Ctrl-C stops everything."


def commands(places: Places, port: int) -> dict[str, list[str]]:
    """The processes of a running demo."""
    program = [sys.executable, "-c", "from site_builder.cli import main; main()"]
    folders = [
        "--content", str(places.content), "--data", str(places.data),
        "--output", str(places.output), "--themes", str(places.themes),
    ]  # fmt: skip
    return {
        "sites": [*program, "serve", "--port", str(port), *folders],
        "wagtail": [*program, "cms", "--port", str(port + 1), *folders],
        "worker": [*program, "worker", "--jobs", "1", *folders],
    }
