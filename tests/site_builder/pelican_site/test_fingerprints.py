"""Whatever a template may read of a page is in its fingerprint, or a change of it would show on no site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from site_builder import content_store
from site_builder.contexts import Page
from site_builder.pages import pages
from site_builder.pelican_site.fingerprints import Fingerprints
from site_builder.plan import plan
from tests.site_builder import samples
from tests.site_builder.conftest import AS_OF, GOLDEN

NOT_FOR_TEMPLATES = {"data", "items", "nearby_items"}
"""What files beside a page say; those are compared by their bytes."""


def every_page() -> Iterator[Page]:
    yield from (samples.home(), samples.listing(), samples.programs(), samples.topic(), samples.story())
    yield from (
        samples.program(),
        samples.guide(),
        samples.about(),
        samples.site_index(),
        samples.withdrawn(),
    )
    content = content_store.read(GOLDEN / "content")
    for union in content.unions:
        yield from pages(plan(content, union, AS_OF), content)


def other(value: Any) -> Any:
    """Something else of the same shape; the same where there is nothing to change."""
    if is_dataclass(value):
        first = next(field.name for field in fields(value) if isinstance(getattr(value, field.name), str))
        return replace(value, **{first: other(getattr(value, first))})  # type: ignore[type-var]
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}改"
        case (*first, _):
            return tuple(first)
        case {**parts} if parts:
            return dict(list(parts.items())[1:])
    return value


def changed(page: Page) -> Iterator[tuple[str, Page]]:
    for field in fields(page):
        value = getattr(page, field.name)
        found = ({"type": "prose", "html": "改"},) if field.name == "body" and not value else other(value)
        if field.name not in NOT_FOR_TEMPLATES and found != value:
            yield field.name, replace(page, **{field.name: found})


def kinds() -> dict[tuple[str, str], Page]:
    """One page of each type and template with each field that says anything."""
    return {(f"{type(page).__name__} {page.template}", name): page
            for page in every_page() for name, _ in changed(page)}  # fmt: skip


KINDS = kinds()


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in KINDS}))
def test_every_field_that_a_template_may_read_counts(kind: str) -> None:
    looked_at = 0
    for (of, name), page in KINDS.items():
        if of == kind:
            known = Fingerprints()  # it remembers what pages of several sites have in common
            before = known.of(page).key
            [after] = [known.of(other).key for found, other in changed(page) if found == name]
            assert after != before, name
            looked_at += 1
    assert looked_at > 5


def test_the_text_of_a_collection_counts() -> None:
    topic = samples.topic(body=({"type": "prose", "html": "<p>一</p>"},))
    longer = replace(topic, body=(*topic.body, {"type": "prose", "html": "<p>二</p>"}))
    assert Fingerprints().of(topic).key != Fingerprints().of(longer).key
