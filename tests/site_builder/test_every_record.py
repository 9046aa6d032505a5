"""Whatever a record may say, its pages can be made, and stay what they are: text."""

from __future__ import annotations

from collections import Counter
from typing import Any

import html5lib
import pytest
from html5lib import treebuilders
from hypothesis import HealthCheck, given, settings

from site_builder.contexts import Page
from site_builder.network import THEMES
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.records import Kind, Record
from site_builder.render import Bundle
from tests.builders import NOW, Network
from tests.strategies import all_records

TREES = treebuilders.getTreeBuilder("etree")
ACTING = {"iframe", "object", "embed", "base", "style"}


def pages_of(kind: Kind, fields: dict[str, Any], **site: Any) -> dict[str, Page]:
    """The pages of a record and those below it, on a site that has nothing else."""
    network = Network(tree=False)
    network.union("pingdu", site=site)
    network.record(kind, "pingdu", "ta", **fields)
    content = network.content()
    found = plan(content, "pingdu", NOW)
    return {
        page.path: page
        for page in pages(found, content)
        if any(page.path.startswith(item.path) for item in found.items) and page.path.endswith(("/", ".html"))
    }


def mistakes(html: str) -> list[str]:
    """What is wrong with a page, or acts in it."""
    parser = html5lib.HTMLParser(tree=TREES, namespaceHTMLElements=False)
    document = parser.parse(html)
    elements = [element for element in document.iter() if isinstance(element.tag, str)]
    ids = Counter(element.attrib["id"] for element in elements if "id" in element.attrib)
    return [
        *(f"{code} at {place}" for place, code, _ in parser.errors),
        *(f"{number} elements are {id}" for id, number in ids.items() if number > 1),
        *(element.tag for element in elements if element.tag in ACTING),
        *(
            f"{element.tag} {name}"
            for element in elements
            for name, value in element.attrib.items()
            if name == "style"
            or str(name).startswith("on")
            or value.strip().lower().startswith("javascript:")
        ),
        *(
            "script"
            for element in elements
            if element.tag == "script"
            and "src" not in element.attrib
            and "json" not in element.attrib["type"]
        ),
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(all_records)
def test_a_page_can_be_made_of_every_record(record: Record) -> None:
    own = {
        "id",
        "kind",
        "union",
        "slug",
        "title",
        "published",
        "expires",
        "edition_of",
        "withdrawn",
        "consents",
    }
    fields = {name: getattr(record, name) for name in type(record).model_fields if name not in own}
    bundle = Bundle.load(THEMES, "base")
    for path, page in pages_of(
        record.kind, fields, language="en" if len(record.slug) % 2 else "zh-Hans"
    ).items():
        assert mistakes(bundle.render(page).decode()) == [], path


@pytest.mark.parametrize("kind", [Kind.PROGRAM, Kind.GUIDE, Kind.EVENT, Kind.PLACE, Kind.SERVICE])
def test_whatever_costs_something_says_what(kind: Kind) -> None:
    made = pages_of(kind, {"cost": {"value": "88.50", "note": "材料费另付"}})
    html = Bundle.load(THEMES, "base").render(next(iter(made.values()))).decode()
    assert "88.50元" in html
    assert "材料费另付" in html
