"""我能用什么: everything a worker can use on a site, as lists that need no script, and as data for one.

`/finder/` groups by need, `/finder/audience/` and the others by what else people look for. Without a script
they are lists with anchors; with one, the form above them filters the same things out of `items.json`, whose
entries are

    {"id", "kind", "title", "href" (a path from the site's root), "summary", "type", "owner",
     "state", "later" ([[moment, code], ...]), "need", "life", "audience", "place", "time" (lists)}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from site_builder import paths
from site_builder.contexts import CardGroup, FinderPage, LinkContext, SiteContext
from site_builder.pages import structured
from site_builder.pages.beside import site_image
from site_builder.pages.site import HOME_LINK, card, state_context
from site_builder.pages.usable import BYS, KINDS, By, Usable, in_order, usable, ways
from site_builder.pages.view import View

_CODED = ("need", "life", "time")
"""What is grouped by codes, which have interface words (`need.health`)."""


def finder_pages(view: View, site: SiteContext) -> Iterator[FinderPage]:
    """A page for each thing by which something can be found; none where there is nothing to find."""
    things = usable(view.plan.items, view.plan.as_of)
    found = ways(things)
    choices: dict[str, tuple[str, ...]] = {by: in_order(by, things) for by in BYS}
    choices["kind"] = tuple(kind.value for kind in KINDS if _any(things, kind))
    english = site.language == "en"
    picture = site_image(view)
    for by in found:
        path = paths.finder_path(by)
        title = "What can I use" if english else "我能用什么"
        trail = (HOME_LINK,) if by == "need" else (HOME_LINK, LinkContext("我能用什么", paths.FINDER, title))
        canonical = view.absolute(path)
        yield FinderPage(
            template="finder.html",
            path=path,
            root=paths.root_of(path),
            title=title,
            description=view.union.name,
            canonical=canonical,
            site=site,
            trail=trail,
            og_image=picture,
            json_ld=(structured.breadcrumbs(trail, title, canonical, view),),
            by=by,
            ways=tuple(LinkContext(way, paths.finder_path(way), current=way == by) for way in found),
            groups=tuple(_groups(by, things, view)),
            total=len(things),
            choices={name: words for name, words in choices.items() if words},
            items_path=paths.FINDER_ITEMS,
            items=tuple(_entry(thing, view) for thing in things) if by == "need" else (),
        )


def _any(things: Sequence[Usable], kind: object) -> bool:
    return any(thing.item.record.kind is kind for thing in things)


def _groups(by: By, things: Sequence[Usable], view: View) -> Iterator[CardGroup]:
    """What can be used now comes first in each group."""
    ordered = sorted(things, key=lambda thing: "now" not in thing.found["time"])
    for number, word in enumerate(in_order(by, things), 1):
        coded = by in _CODED
        yield CardGroup(
            key=f"{'finder' if by == 'time' else by}.{word}" if coded else "",
            label="" if coded else word,
            anchor=f"{by}-{word}" if coded else f"{by}-{number}",
            cards=tuple(card(thing.item, view) for thing in ordered if word in thing.found[by]),
        )


def _entry(thing: Usable, view: View) -> dict[str, Any]:
    shown = card(thing.item, view)
    state = state_context(thing.item.state)
    return {
        "id": shown.id,
        "kind": shown.kind,
        "title": shown.title,
        "href": shown.href,
        "summary": shown.summary,
        "type": getattr(thing.item.record, "type", ""),
        "owner": shown.owner,
        "state": state.code if state else "",
        "later": [list(step) for step in state.later] if state else [],
        **{by: list(thing.found[by]) for by in BYS},
    }
