"""What collections show beside their items: labels on each item, milestones, archived series, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from site_builder import body, paths
from site_builder.contexts import LabelContext
from site_builder.pages.blocks import body_context
from site_builder.pages.fields import shown
from site_builder.pages.view import View, parsed
from site_builder.plan import Planned
from site_builder.records import Collection, Milestone


def archived(item: Planned, view: View) -> bool:
    """Whether a series is over: it has left the navigation, its items keep its label."""
    record = item.record
    return isinstance(record, Collection) and record.ends_at is not None and record.ends_at <= view.plan.as_of


def labels(items: Iterable[Planned], view: View) -> tuple[LabelContext, ...]:
    """The labels of the collections that an item belongs to, series first."""
    found = []
    for item in items:
        record = item.record
        if isinstance(record, Collection) and record.labels_items:
            logo = view.image(record.logo) if record.logo else None
            found.append(
                LabelContext(
                    label=record.label or record.title_short or record.title,
                    href=paths.href(item.path),
                    type=record.type,
                    logo=logo,
                )
            )
    return tuple(sorted(found, key=lambda label: label.type != "series"))


def without_labels(items: Iterable[Planned]) -> tuple[Planned, ...]:
    """The collections that are named beside an item and not above it."""
    return tuple(
        item for item in items if not (isinstance(item.record, Collection) and item.record.labels_items)
    )


def collection_fields(item: Planned, view: View, root: str) -> dict[str, Any]:
    """The public fields of a collection, ready to show, without its items.

    Besides: `archived`; `milestones` in the order of their dates, each as records.Milestone.
    """
    record = item.record
    assert isinstance(record, Collection)
    fields = shown(record, view, record.union, root)
    fields.pop("items")
    fields["archived"] = archived(item, view)
    order = {id(one): place for place, one in enumerate(in_order(record.milestones))}
    pairs = zip(record.milestones, fields["milestones"], strict=True)
    fields["milestones"] = tuple(shown for _, shown in sorted(pairs, key=lambda pair: order[id(pair[0])]))
    return fields


def in_order(milestones: Iterable[Milestone]) -> list[Milestone]:
    """By date. Of one year the one known no more exactly stands first, as does the month before its days."""
    return sorted(milestones, key=lambda milestone: (milestone.when, milestone.until or ""))


def rest_of_body(item: Planned, view: View, root: str) -> tuple[dict[str, Any], ...]:
    """The blocks of a collection's text after the paragraphs with which it opens."""
    blocks = parsed(item.record.body)
    first = next((at for at, block in enumerate(blocks) if not isinstance(block, body.Prose)), len(blocks))
    return body_context(blocks[first:], view, item.record.union, root)


def opening_html(item: Planned, view: View, root: str) -> str:
    """What the local union says, then the paragraphs with which the collection's own text opens."""
    record = item.record
    owner = view.union.slug if "intro" in item.filled else record.union
    return "\n".join(filter(None, (view.markdown(record.intro, owner, root), *_opening(item, view, root))))


def _opening(item: Planned, view: View, root: str) -> Iterator[str]:
    for block in parsed(item.record.body):
        if not isinstance(block, body.Prose):
            return
        yield view.html(block.blocks, item.record.union, root)
