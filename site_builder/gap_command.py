"""`unionpress gaps`: what the records of unions leave open, for the people who can find out."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import click

from site_builder import choosing
from site_builder import gaps as found_gaps
from site_builder.cli import Folders, as_json, counted, folders, moment, print_json, read, reporting
from site_builder.records import BEIJING


@click.command()
@click.argument("unions", nargs=-1, metavar="[UNION]...")
@click.option("--code", type=click.Choice(found_gaps.CODES), default=None, help="Only gaps of this kind.")
@click.option("--as-of", type=moment, metavar="ISO8601", default=None, help="The moment.  [default: now]")
@as_json
@folders
@reporting
def gaps(
    places: Folders, unions: tuple[str, ...], code: str | None, as_of: datetime | None, json: bool
) -> None:
    """What is not known of the records of UNIONS: no deadline, 6 named of 10, no price. 待补内容。"""
    content = read(places.places)
    chosen = choosing.choose(content, unions)
    now = as_of or datetime.now(BEIJING)
    found = [gap for gap in found_gaps.of_content(content, now, chosen) if code in (None, gap.code)]
    if json:
        print_json({"as_of": now.isoformat(), "gaps": [gap.to_json() for gap in found]})
        return
    shown = ""
    for gap in found:
        if gap.file != shown:
            shown = gap.file
            click.echo(f"{gap.union} {gap.title}\n  {gap.file}")
        click.echo(f"    {gap.message}")
    codes = Counter(gap.code for gap in found).most_common()
    click.echo(f"{counted(len(found), 'gap')}: " + ", ".join(f"{code} {count}" for code, count in codes))
