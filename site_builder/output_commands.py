"""Commands for what leaves the house beside the sites: `unionpress wechat`, `unionpress visits`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from site_builder import choosing, pages
from site_builder.cli import (
    Folders,
    as_json,
    counted,
    describe,
    folders,
    moment,
    print_json,
    print_table,
    read,
    reporting,
    say,
)
from site_builder.contexts import RecordPage
from site_builder.errors import UsageError
from site_builder.outputs import visits as visit_log
from site_builder.outputs import wechat as editions
from site_builder.plan import Planned, SitePlan, plan
from site_builder.records import BEIJING
from site_builder.render import Bundle

MOST_READ = 20


@click.command()
@click.argument("union")
@click.argument("record")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--as-of", type=moment, metavar="ISO8601", default=None, help="The moment.  [default: now]")
@as_json
@folders
@reporting
def wechat(
    places: Folders, union: str, record: str, folder: Path, as_of: datetime | None, json: bool
) -> None:
    """Write the WeChat edition of RECORD (its id, its path on the site, or its slug) into DIR. 公众号版。"""
    content = read(places.places)
    choosing.choose(content, [union])
    site = plan(content, union, as_of or datetime.now(BEIJING))
    item = _chosen(site, record)
    if item.record.kind not in editions.KINDS:
        kinds = ", ".join(sorted(editions.KINDS))
        raise UsageError(f"a {item.record.kind} has no WeChat edition: choose a {kinds}")
    page = next(page for page in pages.pages(site, content) if page.path == item.path)
    assert isinstance(page, RecordPage), "a record that is no collection has a page of its own"
    made = editions.edition(page, content, Bundle.load(places.places.themes, site.union.site.theme))
    editions.write(made, folder)
    if json:
        print_json(made.to_json())
        return
    for problem in made.problems:
        say(describe(problem))
    click.echo(
        f"{folder / 'article.html'}: {len(made.html)} characters of {editions.TEXT}, "
        f"{counted(len(made.images), 'picture')}, {counted(len(made.covers), 'cover')}, "
        f"{counted(len(made.notes), 'note')}"
    )


def _chosen(site: SitePlan, record: str) -> Planned:
    """Raises UsageError where no record of the site is meant, or more than one."""
    found = [item for item in site.items if record in _names(item)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{record} is more than one record: name {' or '.join(item.path for item in found)}")
    near = choosing.meant(record, (name for item in site.items for name in _names(item)))
    raise UsageError(
        f"there is no record {record!r} on the site of {site.union.slug}: give its path or its id{near}"
    )


def _names(item: Planned) -> tuple[str, ...]:
    """What a record may be called: as on its site, and as `unionpress status --record` takes it."""
    record = item.record
    here = (record.slug, item.path, item.path.strip("/"))
    return (*here, str(record.id), f"{record.union}/{record.kind}/{record.slug}")


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--union", "unions", multiple=True, help="Only this union's site; may be given again.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=MOST_READ, show_default=True,
    help="Records of a site to show at most.",
)  # fmt: skip
@as_json
@folders
@reporting
def visits(places: Folders, files: tuple[Path, ...], unions: tuple[str, ...], limit: int, json: bool) -> None:
    """Count page views by record in a web server's logs; nobody's address is kept. 阅读量。"""
    content = read(places.places)
    now = datetime.now(BEIJING)
    sites = {union: plan(content, union, now) for union in choosing.choose(content, unions)}
    seen = visit_log.count(visit_log.views(visit_log.read(files)), content, sites)
    shown = [seen[union] for union in sites if seen[union].first]
    by_id = {str(id): record for id, record in content.records.items()}
    if json:
        print_json(
            {
                "sites": [
                    {
                        "union": site.union,
                        "from": site.first,
                        "to": site.last,
                        "others": site.others,
                        "records": [
                            {"record": id, "kind": by_id[id].kind, "title": by_id[id].title, "views": number}
                            for id, number in site.records.most_common()
                        ],
                    }
                    for site in shown
                ]
            }
        )
        return
    for site in shown:
        total = sum(site.records.values()) + site.others
        click.echo(f"{site.union}: {counted(total, 'page')} read, {site.first} to {site.last}")
        table = Table("views", "kind", "title", box=None)
        for id, number in site.records.most_common(limit):
            table.add_row(str(number), by_id[id].kind.value, by_id[id].title)
        print_table(table)
    if not shown:
        say(
            "No page of these sites was read in these logs. Lines must begin with the host (section 8 of "
            "docs/production.md shows how nginx writes it), or be of one site, named with --union; programs "
            "are not counted"
        )
