"""`unionpress deploy`."""

from __future__ import annotations

import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click

from site_builder import choosing
from site_builder.cli import Folders, as_json, built_folders, counted, describe, print_json, reporting, say
from site_builder.deploy.addresses import Targets, read_targets, single
from site_builder.deploy.options import targets_file, targets_path
from site_builder.deploy.progress import DeployProgress
from site_builder.deploy.run import JOBS, Report, due
from site_builder.deploy.run import deploy as run
from site_builder.errors import UsageError
from site_builder.release.report import Places


@click.command()
@click.argument("unions", nargs=-1, metavar="[UNION]...")
@click.option(
    "--to", metavar="URL", default=None, help="The target, with {union} in it for more than one site."
)
@targets_file("The file that says which union goes where.")
@click.option(
    "--due", "only_due", is_flag=True, help="Only sites of which a target is behind; failed ones later."
)
@click.option("--verify", is_flag=True, help="Look at what lies there instead of believing its notes.")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent and deleted.")
@click.option("--jobs", type=click.IntRange(min=1), default=JOBS, show_default=True, help="Sites at once.")
@as_json
@built_folders
@reporting
def deploy(
    places: Folders,
    unions: tuple[str, ...],
    to: str | None,
    file: Path | None,
    only_due: bool,
    verify: bool,
    dry_run: bool,
    jobs: int,
    json: bool,
) -> None:
    """Bring the live sites of UNIONs (none named: of all) to where readers find them. 部署到服务器。

    Targets are file:///folder, sftp://user@host/folder, rsync+ssh://user@host/folder or s3://bucket/prefix.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    here = places.places
    chosen = known_unions(here, unions)
    targets = chosen_targets(here, chosen, to, file)
    if only_due:
        chosen = due(here, chosen, targets, datetime.now(UTC))
    try:
        with DeployProgress(dry_run=dry_run, silent=json) as progress:
            report = run(
                here,
                chosen,
                targets,
                dry_run=dry_run,
                verify=verify,
                jobs=jobs,
                done=progress.site_done,
                arrived=progress.arrived,
            )
    except KeyboardInterrupt:
        say("Stopped. Run it again: it goes on where it stopped.")
        sys.exit(130)
    if json:
        print_json(report.to_json())
    else:
        _print(report)
    sys.exit(1 if report.has_errors else 0)


def known_unions(places: Places, unions: tuple[str, ...]) -> list[str]:
    """The unions meant, by the names of their files. Raises UsageError for one that is not known."""
    for union in unions:
        choosing.require_union(places, union)
    places.require_content()
    return sorted({*unions} or {file.stem for file in (places.content / "unions").glob("*.md")})


def chosen_targets(places: Places, unions: list[str], to: str | None, file: Path | None) -> Targets:
    if to is not None:
        return single(to, unions)
    path = targets_path(file, places.content)
    targets = read_targets(path)
    if not targets:
        raise UsageError(f"there is no target: give --to URL, or write {path} (docs/production.md shows one)")
    return targets


def _print(report: Report) -> None:
    for site in report.sites if report.dry_run else ():
        for path in site.sent:
            click.echo(f"{site.union} send {path}")
        for path in site.gone:
            click.echo(f"{site.union} delete {path}")
        for path, until in site.kept.items():
            click.echo(f"{site.union} keep {path} until {until:%Y-%m-%d}")
    for site in report.sites:
        for problem in site.problems:
            say(describe(problem, site.union))
    for problem in report.problems:
        say(describe(problem))
    sent = sum(len(site.sent) for site in report.sites)
    size = sum(site.bytes for site in report.sites)
    gone = sum(len(site.gone) for site in report.sites)
    failed = sum(site.failed for site in report.sites)
    sites, places = len({site.union for site in report.sites}), len(report.sites)
    count = counted(sites, "site") + (f" on {counted(places, 'target')}" if places != sites else "")
    verb = "would be sent" if report.dry_run else "sent"
    click.echo(
        f"{count}, {counted(sent, 'file')} ({size / 1_000_000:.1f} MB) {verb}, {gone} deleted, "
        f"{failed} failed, in {report.seconds:.1f} s"
    )


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
