"""`unionpress search`: one site or the whole network, narrowed and counted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, get_args

import click

from site_builder import network_search
from site_builder.cli import Folders, as_json, built_folders, counted, print_json, read, reporting, say
from site_builder.plan import StateCode
from site_builder.records import BEIJING, Kind
from site_builder.search.network_index import Filters


def day(value: str) -> date:
    """An ISO 8601 day."""
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no day: write 2025-04-08") from error


@click.command()
@click.argument("query", default="")
@click.option("--union", default=None, help="Only on this union's site.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in Kind]), default=None, help="Only this kind."
)
@click.option("--topic", default=None, help="Only of this topic: 职工夜校.")
@click.option("--audience", default=None, help="Only for these people: 农民工.")
@click.option("--place", default=None, help="Words of a region: 青岛 finds 山东省青岛市平度市 too.")
@click.option(
    "--state", type=click.Choice(get_args(StateCode)), default=None, help="Where it stands in its life, now."
)
@click.option("--owner", default=None, help="Only what this union wrote.")
@click.option("--since", type=day, metavar="DAY", default=None, help="Published on this day or after.")
@click.option("--until", type=day, metavar="DAY", default=None, help="Published on this day or before.")
@click.option(
    "--in", "where", type=click.Choice(["all", "title"]), default="all", show_default=True,
    help="Where the words must stand.",
)  # fmt: skip
@click.option("--facets", is_flag=True, help="Say how many of all that match have which kind, topic, ...")
@click.option("--rebuild", is_flag=True, help="First make the network's index anew from CONTENT.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many to show at most."
)
@as_json
@built_folders
@reporting
def search(
    places: Folders, query: str, where: str, facets: bool, rebuild: bool, limit: int, json: bool, **given: Any
) -> None:
    """Search one site or the whole network. 搜索。

    Words must all be there, "quoted phrases" as they are, -words not. Without QUERY: all that the options
    leave, newest first. --json says how many there are, and what was meant, with --facets only.
    """
    content = read(places.places)
    if rebuild:
        made = network_search.update_index(content, places.places, datetime.now(BEIJING), anew=True)
        say(f"The network's index was made anew: {counted(made, 'entry', 'entries')}")
        if not (query or json or facets or any(given.values())):
            return
    filters = Filters(**given, title=where == "title")
    found = network_search.find(content, places.places, query, filters, limit=limit)
    if found["did_you_mean"]:
        say(f"Nothing has {query}; this has {found['did_you_mean']}:")
    if json:
        more = found if facets else {}
        print_json({"query": query, "results": found["results"], **more})
        return
    for hit in found["results"]:
        click.echo(f"{hit['title']}\n  {hit['url']}\n  {hit['snippet']}")
    for name, values in found["facets"].items() if facets else ():
        if values:
            click.echo(f"{name}: {', '.join('{value} {count}'.format(**each) for each in values)}")
    say(f"{found['total']} found" + (f", {len(found['results'])} shown" if found["results"] else ""))
