"""`unionpress load`, `export`, `cms`, `worker` and `demo`: the commands that need Wagtail.

Django is set up when a command runs, with the folders it was given; whatever touches models is imported
after that, by name.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import click
import django
from click.core import ParameterSource
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from cms.settings import environment
from cms.supervisor import run_together
from site_builder.cli import (
    Folders,
    Showing,
    as_json,
    counted,
    describe,
    folders,
    moment,
    print_json,
    reporting,
    say,
)
from site_builder.errors import BuildError, UsageError
from site_builder.progress import Bar
from site_builder.records import Problem
from site_builder.release.receipts import Report
from site_builder.release.report import Places

P = ParamSpec("P")
R = TypeVar("R")


def with_django(command: Callable[Concatenate[Folders, P], R]) -> Callable[..., R]:
    """`folders`, of which DATA is there, and Django set up to use them.

    In a process that has Django already, its settings stand.
    """

    @folders
    @reporting
    @wraps(command)
    def wrapped(places: Folders, *arguments: P.args, **options: P.kwargs) -> R:
        if not apps.ready:
            require_data(places.places)
            set_up(places)
        try:
            return command(places, *arguments, **options)
        except OperationalError as error:  # away, held too long, or on a disk that is full or read-only
            raise BuildError(
                f"the database refuses: {str(error).strip()}. See that it runs and can be written to, "
                "then run this again: nothing that was asked for is lost",
                code="database-failed",
            ) from error

    return wrapped


def require_data(places: Places) -> None:
    """Raises UsageError where DATA is not there, before it would be made."""
    if not places.data.is_dir():
        raise UsageError(
            f"there is no folder {places.data}: name that of this network with --data, or make its database "
            "first (`unionpress demo`, or `python -m django migrate` for production)"
        )


def set_up(places: Folders) -> None:
    """Set Django up with the folders of a command line. Raises UsageError if a setting is missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.dev")
    found = places.places
    os.environ.update(
        {
            "UNIONPRESS_DATA": str(found.data),
            "UNIONPRESS_CONTENT": str(found.content),
            "UNIONPRESS_OUTPUT": str(found.output),
            "UNIONPRESS_THEMES": str(found.themes),
        }
    )
    # WhiteNoise warns of a folder for static files that is not there.
    (found.data / "static").mkdir(parents=True, exist_ok=True)
    try:
        django.setup()
    except ImproperlyConfigured as error:  # what production needs and nobody set: no fault of the program
        raise UsageError(str(error)) from error


def _finish(document: dict[str, Any], problems: list[Problem], summary: str, json: bool) -> None:
    """Print the outcome and leave with the Contract's exit status."""
    if json:
        print_json(document)
    else:
        for problem in problems:
            say(describe(problem))
        click.echo(summary)
    sys.exit(1 if any(problem.severity == "error" for problem in problems) else 0)


def _require_database() -> None:
    """Raises UsageError where the database was never made or is of an older version."""
    if import_module("cms.demo").pending_migrations():
        raise UsageError(
            "the database was never made, or is of an older version: run `unionpress demo`, or "
            "`python -m django migrate` for production"
        )


class Steps(Showing):
    """Progress of a long command: a bar on a terminal, a line for each tenth otherwise."""

    _bar: Bar | None = None

    def __init__(self, label: str) -> None:
        self._label = label
        self._told = -1
        if sys.stderr.isatty():
            self._bar = Bar(label)

    def step(self, done: int, total: int, what: str) -> None:
        if self._bar:
            self._bar.show(f"{self._label} {what}", done, total)
        elif total and (tenth := done * 10 // total) > self._told:
            self._told = tenth
            say(f"{self._label}: {done}/{total}")


# --- load and export ------------------------------------------------------------------------------


@click.command()
@click.argument("source", metavar="[CONTENT]", required=False, type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite pages that were edited since they were exported.")
@click.option("--prune", is_flag=True, help="Delete pages whose file is gone.")
@as_json
@with_django
def load(places: Folders, source: Path | None, force: bool, prune: bool, json: bool) -> None:
    """Bring the files of CONTENT into Wagtail; leaves alone what is the same. 把文件载入 Wagtail。"""
    _require_database()
    run, here = import_module("cms.exporting.load").load, _places(places, source)
    with Steps("load") as steps:
        report = run(here, _clock(places), force=force, prune=prune, progress=steps.step)
    summary = (
        f"{len(report.created)} created, {len(report.updated)} updated, "
        f"{len(report.deleted)} deleted, {report.unchanged} unchanged"
    )
    _finish(report.to_json(), report.problems, summary, json)


@click.command()
@click.argument("target", metavar="[CONTENT]", required=False, type=click.Path(path_type=Path))
@as_json
@with_django
def export(places: Folders, target: Path | None, json: bool) -> None:
    """Write what is published in Wagtail to CONTENT. 把 Wagtail 里已发布的内容写到 content/。"""
    _require_database()
    report = import_module("cms.exporting.export").export(_places(places, target), _clock(places))
    summary = (
        f"{counted(len(report.written), 'file')} written, {len(report.removed)} removed, "
        f"{report.unchanged} unchanged"
    )
    _finish(report.to_json(), report.problems, summary, json)


def _places(places: Folders, content: Path | None) -> Any:
    """Raises UsageError where the command line names two folders."""
    named = click.get_current_context().get_parameter_source("content") is ParameterSource.COMMANDLINE
    if content is not None and named and content.resolve() != places.content.resolve():
        raise UsageError(f"two folders are named, {content} and {places.content}: name one of them")
    return Folders(content or places.content, places.data, places.output, places.themes).places


def _clock(places: Folders) -> Any:
    return import_module("cms.publishing.clock").read(places.places.data)


# --- servers --------------------------------------------------------------------------------------


@click.command()
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535),
              help="The port to listen on.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@with_django
def cms(places: Folders, port: int, host: str) -> None:
    """Serve the editors' Wagtail. 编辑用的 Wagtail。"""
    _require_database()
    import_module("cms.unions.setup").ensure_network()
    application = import_module("cms.wsgi").application
    say(f"Wagtail: http://localhost:{port}/admin/")
    proxies = import_module("django.conf").settings.NINJA_NUM_PROXIES
    import_module("waitress").serve(application, **serving(host, port, proxies), _quiet=True)


def serving(host: str, port: int, proxies: int) -> dict[str, Any]:
    """How waitress serves; without being told that a proxy stands before it, it believes none.

    Then production, which leads everybody to https, would lead whoever comes by https there again.
    """
    options: dict[str, Any] = {"host": host, "port": port, "threads": 8}
    if proxies:
        options |= {
            "trusted_proxy": "*",  # whoever reaches this port is one: it listens on this machine alone
            "trusted_proxy_count": proxies,
            "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto",
        }
    return options


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then leave: for cron.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    help="Processes a build may use.  [default: one a core]",
)
@with_django
def worker(places: Folders, once: bool, jobs: int | None) -> None:
    """Publish what editors approve, at its time: export and build. 发布进程。"""
    _require_database()
    module = import_module("cms.publishing.worker")
    publishing = module.PublishingWorker(places.places, _clock(places), jobs=jobs)
    if once:
        done = publishing.step()
        publishing.deployer.finish()
        module.Worker.objects.filter(name=publishing.name).delete()
        for problem in done.problems:
            say(describe(problem))
        click.echo(
            f"{counted(done.requests, 'request')}, {counted(len(done.written), 'file')} written, "
            f"{len(done.removed)} removed, {counted(len(done.sites), 'site')} built"
        )
        sys.exit(1 if done.has_errors else 0)
    stop = threading.Event()

    def leave(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    say(f"worker {publishing.name} is waiting for publications")
    publishing.run(stop)


# --- receipts -------------------------------------------------------------------------------------


def receipts(places: Places, record: UUID) -> Report | None:
    """For `unionpress status --record` (entry-point group `unionpress.receipts`); None without a database."""
    if not apps.ready:
        # Looking must not make what is not there.
        if not (environment.text("DATABASE_URL") or (places.data / "unionpress.sqlite3").is_file()):
            return None
        set_up(Folders(places.content, places.data, places.output, places.themes))
    if import_module("cms.demo").pending_migrations():
        return None
    found: Report = import_module("cms.publishing.receipts").report(
        places, import_module("cms.publishing.clock").read(places.data), record
    )
    return found


# --- demo -----------------------------------------------------------------------------------------

DEMO_MOMENT = "2025-04-08T09:00+08:00"
"""The facts of the demo network are of 2019 to 2025: its sites are as they were on this day."""


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop when the sites are built.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65534),
              help="Port of the sites; Wagtail is on the next one.")  # fmt: skip
@click.option("--as-of", type=moment, metavar="ISO8601", default=DEMO_MOMENT, show_default=True,
              help="The moment at which the demo's clock stands.")  # fmt: skip
@folders
@reporting
def demo(places: Folders, no_serve: bool, port: int, as_of: datetime) -> None:
    """The demo network, from an empty folder to running sites. 演示。"""
    if not places.data.is_dir():  # a database would be made before anything is looked for in it
        places.places.require_content()
    if not apps.ready:
        set_up(places)
    module = import_module("cms.demo")
    with Steps("load") as steps:
        prepared = module.prepare(places.places, as_of, steps.step)
    for line in module.accounts_text(prepared):
        click.echo(line)
    if no_serve:
        click.echo(f"Sites: {places.places.output / 'sites'}; `unionpress demo` serves them")
        sys.exit(1 if prepared.failed else 0)
    for line in module.addresses_text(port):
        click.echo(line)
    sys.exit(run_together(module.commands(places.places, port)))


# --- tables and manuscripts -------------------------------------------------------------------------


@click.command("import")
@click.argument("table", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--union", "slug", metavar="UNION", help="Whose records they are.")
@click.option(
    "--as",
    "layout",
    metavar="LAYOUT",
    help="places, courses, services, posts, awards, honours, figures, rankings...; of a .docx: story, guide, "
    "program or event.",
)
@click.option("--into", metavar="SLUG", help="The record that posts, honours or figures go into: slug or id.")
@click.option("--sheet", default="", help="Another sheet of an .xlsx than the first.")
@click.option("--apply", is_flag=True, help="Bring it in; without this only say what it would do.")
@click.option("--publish", is_flag=True, help="Publish what is brought in, instead of leaving drafts.")
@click.option("--undo", type=int, metavar="NUMBER", help="Take an earlier import back.")
@as_json
@with_django
def import_table(
    places: Folders,
    table: Path | None,
    slug: str | None,
    layout: str | None,
    into: str | None,
    sheet: str,
    apply: bool,
    publish: bool,
    undo: int | None,
    json: bool,
) -> None:
    """Bring a table (CSV, XLSX) or a manuscript (DOCX) into Wagtail. 把表格、文稿导入 Wagtail。"""
    _require_database()
    command = import_module("cms.importing.command")
    if undo is not None:
        outcome = command.take_back(undo)
    elif table is None or slug is None or layout is None:
        raise UsageError("give TABLE, --union and --as, or --undo NUMBER")
    else:
        outcome = command.bring_in(
            table, slug, layout, into=into, sheet=sheet, apply=apply or publish, publish=publish
        )
    _finish(outcome.document, outcome.problems, outcome.summary, json)
