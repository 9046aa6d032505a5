"""The texts of guides that held before: links for the guide's page, and a page of its own for each.

They are part of the guide's record, so they come and go with it: on every site that shows the guide, and on
none once it is withdrawn, has expired or was taken off.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from site_builder import paths
from site_builder.contexts import EarlierLink, EarlierPage, LinkContext, SiteContext
from site_builder.pages.blocks import body_context, contents
from site_builder.pages.fields import values
from site_builder.pages.site import HOME_LINK, section_link
from site_builder.pages.view import View, parsed
from site_builder.plan import Planned, validity
from site_builder.records import EarlierText, Guide, Kind


def earlier_links(item: Planned, now: EarlierText | None = None) -> tuple[EarlierLink, ...]:
    """The earlier texts of a guide, the latest first; `now` is the one on whose page they stand."""
    if not isinstance(item.record, Guide):
        return ()
    return tuple(_link(item, text, current=text is now) for text in item.record.earlier)


def _link(item: Planned, text: EarlierText, *, current: bool) -> EarlierLink:
    return EarlierLink(
        label=text.title or item.record.title,
        href=paths.href(paths.earlier_path(item.path, text.key)),
        since=text.since or "",
        until=text.until or "",
        changes=text.changes,
        withdrawn=text.withdrawn,
        current=current,
    )


def earlier_pages(view: View, site: SiteContext) -> Iterator[EarlierPage]:
    """A page for each earlier text of each guide of the site."""
    for item in view.by_kind.get(Kind.GUIDE, []):
        if isinstance(item.record, Guide):
            for text in item.record.earlier:
                yield _page(item, item.record, text, view, site)


def _page(item: Planned, guide: Guide, text: EarlierText, view: View, site: SiteContext) -> EarlierPage:
    path = paths.earlier_path(item.path, text.key)
    root = paths.root_of(path)
    home = LinkContext(guide.title_short or guide.title, paths.href(item.path))
    blocks = body_context(parsed(text.text), view, guide.union, root)
    span = "—".join((text.since or "", text.until or "")).strip("—") or text.key
    return EarlierPage(
        template="earlier.html",
        path=path,
        root=root,
        title=f"{text.title or guide.title}（{span}）",
        description=text.summary or view.summary(guide, 120),
        canonical=view.absolute(paths.href(path)),
        site=site,
        trail=(HOME_LINK, section_link(Kind.GUIDE), home),
        noindex=True,
        id=str(guide.id),
        heading=text.title or guide.title,
        home=home,
        text=_link(item, text, current=True),
        texts=earlier_links(item, text),
        record=_fields(text, view, guide.union, root),
        body=blocks,
        contents=contents(blocks),
        compared=tuple(_compared(text, guide, view, root)),
        owner=view.union_link(view.content.unions[guide.union]),
        own=guide.union == view.union.slug,
    )


def _fields(text: EarlierText, view: View, owner: str, root: str) -> dict[str, Any]:
    fields = values(text, view, owner, root)
    for parameter in fields["parameters"]:
        _undated(parameter)
    return {name: value for name, value in fields.items() if name != "text"}


def _undated(parameter: dict[str, Any]) -> dict[str, Any]:
    """Without whether it holds today: of what is over that is no question, and would change with the day."""
    parameter.pop("validity", None)
    parameter.pop("valid", None)
    return parameter


def _compared(text: EarlierText, guide: Guide, view: View, root: str) -> Iterator[dict[str, Any]]:
    """What was then, beside what is now under the same name and not over."""
    for parameter in text.parameters:
        now = [
            _undated(values(other, view, guide.union, root))
            for other in guide.parameters
            if other.name == parameter.name
            and validity(other, view.plan.as_of) != "past"
            and (other.value, other.unit, other.qualifier)
            != (parameter.value, parameter.unit, parameter.qualifier)
        ]
        yield {
            "name": parameter.name,
            "then": _undated(values(parameter, view, guide.union, root)),
            "now": tuple(now),
            "same": not now and any(other.name == parameter.name for other in guide.parameters),
        }
