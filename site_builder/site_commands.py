"""Commands that look at the sites there are: status, check, serve, releases, rollback, pelican.

Apart from `build`, which has to start fast: what these load takes longer than a build with nothing to do.
"""

from __future__ import annotations

import errno
import shlex
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from site_builder import choosing, proofing, record_status, serving
from site_builder.cli import (
    Folders,
    as_json,
    built_folders,
    counted,
    folders,
    moment,
    print_json,
    print_problems,
    print_table,
    read,
    reporting,
    say,
)
from site_builder.deploy.addresses import Targets, place_name, read_targets
from site_builder.deploy.delivered import noted
from site_builder.deploy.options import targets_file, targets_path
from site_builder.errors import UsageError
from site_builder.pelican_site.settings import configuration
from site_builder.records import BEIJING, Problem
from site_builder.release import rollback as rollbacks
from site_builder.release import status as statuses
from site_builder.release.orphans import left_behind
from site_builder.release.problems import problem_owner
from site_builder.release.receipts import Report
from site_builder.release.state import Deployment
from site_builder.times import minutes

# --- looking --------------------------------------------------------------------------------------


@click.command()
@click.option("--record", metavar="ID", default=None,
              help="One record on every site that should carry it: its id or union/kind/slug.")  # fmt: skip
@click.option("--as-of", type=moment, metavar="ISO8601", default=None,
              help="With --record: the moment for which sites should be right.  [default: now]")  # fmt: skip
@targets_file("The file that says where sites go beside this machine.")
@as_json
@built_folders
@reporting
def status(
    places: Folders, record: str | None, as_of: datetime | None, file: Path | None, json: bool
) -> None:
    """Per site: release, live since, pages, last build, next due, problems. 各站点状态。"""
    if as_of is not None and record is None:
        raise UsageError("--as-of goes with --record: without it status says what is live now")
    here = places.places
    targets, wrong = _targets(file, here.content)
    if record is not None:
        _print_receipts(record_status.report(here, record, as_of, targets), json)
        print_problems(wrong)
        return
    content = read(here)
    found = [
        replace(site, deployments=noted(here, targets, site.union.slug))
        for site in statuses.status(content, here, content.unions)
    ]
    behind = [*left_behind(content, here), *wrong]
    if json:
        problems = {"problems": [problem.model_dump(mode="json") for problem in behind]} if behind else {}
        print_json({"sites": [site.to_json() for site in found], **problems})
        return
    table = Table("union", "release", "live since", "pages", "last build", "next due", "problems", box=None)
    for site in found:
        errors = sum(problem.severity == "error" for problem in site.problems)
        lagging = [each for each in site.deployments if each.failures or each.release != site.release]
        notes = [
            f"{len(site.problems)} ({errors} errors)" if site.problems else "",
            "held" if site.held else "",
            f"closed: {', '.join(site.closure.successors) or site.closure.how}" if site.closure else "",
            *(_deployed(each) for each in lagging),
        ]
        table.add_row(
            site.union.slug,
            site.release[:8] if site.release else "-",
            minutes(site.live_since),
            str(site.pages),
            minutes(site.last_build) + (" failed" if site.failed else ""),
            minutes(site.next_due),
            " ".join(filter(None, notes)),
        )
    print_table(table)
    for site in found:
        print_problems(site.problems, site.union.slug)
    print_problems(behind)


def _targets(file: Path | None, content: Path) -> tuple[Targets, list[Problem]]:
    """Where sites go; a file that cannot be read hides nothing of the sites that are here."""
    try:
        return read_targets(targets_path(file, content)), []
    except UsageError as error:
        wrong = Problem(
            code="targets-unreadable",
            message=f"{error}",
            action="Correct it: until then nothing is deployed",
        )
        return Targets(), [wrong]


def _print_receipts(found: Report, json: bool) -> None:
    if json:
        print_json(found.to_json())
        return
    for line in record_status.lines(found):
        click.echo(line)
    print_table(record_status.table(found.rows))


def _deployed(site: Deployment) -> str:
    """What the list says of a target that does not have the live release."""
    host = place_name(site.target)
    has = f"has {site.release[:8]} of {minutes(site.at)}" if site.release else "has nothing yet"
    return f"{host} {has}{': ' + site.problem.message if site.problem else ''}"


@click.command()
@click.argument("unions", nargs=-1, metavar="[UNION]...")
@click.option("--texts", "only_texts", is_flag=True, help="Only the texts, of sites that need not be built.")
@as_json
@folders
@reporting
def check(places: Folders, unions: tuple[str, ...], only_texts: bool, json: bool) -> None:
    """Broken internal links, missing, unplanned and changed files of live sites. 检查站点和文稿。

    Of content/: what is wrong with its files. Of texts: personal data, slips of the pen, days that do not
    exist. They are told, and are no failure.
    """
    if not only_texts:
        places.need_data()
    content = read(places.places)
    chosen = choosing.choose(content, unions)
    found = {} if only_texts else {union: statuses.check(content, places.places, union) for union in chosen}
    files = [
        problem
        for problem in content.problems
        if not only_texts and (not unions or problem_owner(problem) in chosen)
    ]
    texts = [finding.to_problem() for finding in proofing.of_content(content, chosen)]
    if json:
        sites = [{"union": union, "problems": _plain(problems)} for union, problems in found.items()]
        more = {"content": _plain(files), "texts": _plain(texts)}
        told = {part: problems for part, problems in more.items() if problems}
        print_json({**({} if only_texts else {"sites": sites}), **told})
    else:
        for union, problems in found.items():
            print_problems(problems, union)
        print_problems(files)
        print_problems(texts)
        if not only_texts:
            total = sum(map(len, found.values()))
            click.echo(f"{counted(len(found), 'site')} checked, {counted(total, 'problem')}")
        if files:
            click.echo(f"{counted(len(files), 'problem')} in {places.content}")
        click.echo(f"{counted(len(texts), 'place')} in texts to look at")
    wrong = any(problem.severity == "error" for problem in files)
    sys.exit(1 if wrong or any(found.values()) else 0)


def _plain(problems: Sequence[Problem]) -> list[dict[str, object]]:
    return [problem.model_dump(mode="json") for problem in problems]


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
              help="0: one that is free.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@built_folders
@reporting
def serve(places: Folders, port: int, host: str) -> None:
    """Every site at http://<union>.localhost:PORT/ and http://localhost:PORT/<union>/. 本机查看。"""

    def now() -> Sequence[statuses.SiteStatus]:
        content = read(places.places)
        return statuses.status(content, places.places, content.unions)

    now()
    try:
        server = serving.serve(places.places.output, lambda: list(now()), port=port, host=host)
    except OSError as error:
        where = isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL
        what, way = (f"host {host}", "--host") if where else (f"port {port}", "--port")
        raise UsageError(f"{what} cannot be used: {error.strerror}; choose another with {way}") from error
    say(f"The network: http://localhost:{server.port}/ (Ctrl-C stops)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        server.server_close()


# --- releases -------------------------------------------------------------------------------------


@click.command()
@click.argument("union")
@as_json
@built_folders
@reporting
def releases(places: Folders, union: str, json: bool) -> None:
    """The releases of a union's site, the newest first. 历史版本。"""
    choosing.require_union(places.places, union)
    found = rollbacks.releases(places.places, union)
    if json:
        print_json({"union": union, "releases": [release.to_json() for release in found]})
        return
    if not found:
        say(f"{union} has no release yet. Run unionpress build {union}")
        return
    table = Table("release", "built", "as of", "pages", "", box=None)
    for release in found:
        marks = " ".join(word for word, on in (("live", release.live), ("held", release.held)) if on)
        when = (minutes(release.built), minutes(release.as_of))
        table.add_row(release.id, *when, str(release.pages), marks)
    print_table(table)


@click.command()
@click.argument("union")
@click.argument("release", required=False)
@built_folders
@reporting
def rollback(places: Folders, union: str, release: str | None) -> None:
    """Make an earlier release live again (the previous one, or RELEASE). 回退到以前的版本。

    It stays live, whatever the schedule, until somebody publishes or runs build --full.
    """
    choosing.require_union(places.places, union)
    target = rollbacks.rollback(places.places, union, release)
    click.echo(f"{union}: release {target} is live, and held until a publication or build --full")


# --- Pelican alone --------------------------------------------------------------------------------


@click.command()
@click.argument("union")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--as-of",
    type=moment,
    metavar="ISO8601",
    default=None,
    help="The moment for which to build.  [default: the live release's, else now]",
)
@folders
@reporting
def pelican(places: Folders, union: str, folder: Path, as_of: datetime | None) -> None:
    """Write DIR/pelicanconf.py, with which Pelican alone gives the same bytes. 供 Pelican 单独使用的设置。"""
    content = read(places.places)
    choosing.choose(content, [union])
    [site] = statuses.status(content, places.places, [union])
    moment = as_of or site.as_of or datetime.now(BEIJING).replace(microsecond=0)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "pelicanconf.py"
    target.write_text(
        configuration(
            content.unions[union],
            content=places.places.content,
            themes=places.places.themes,
            output=folder.resolve() / "output",
            as_of=moment,
        ),
        encoding="utf-8",
    )
    click.echo(shlex.join(("pelican", "-s", str(target), "-o", str(folder / "output"))))
