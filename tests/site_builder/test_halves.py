"""A page put together of its halves is the page rendered whole, and a theme that mixes them is noticed."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from site_builder.contexts import RecordPage
from site_builder.halves import Halves
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.render import Bundle
from tests.builders import NOW
from tests.site_builder.networks import network_of

THEMES = Path(__file__).parent.parent.parent / "themes"


def record_pages(seed: int) -> list[RecordPage]:
    """The record pages of all sites of a random network, in one order."""
    content = network_of(Random(seed)).content()
    return [
        page
        for union in content.unions
        for page in pages(plan(content, union, NOW), content)
        if isinstance(page, RecordPage)
    ]


def whole(bundle: Bundle, page: RecordPage, monkeypatch: pytest.MonkeyPatch) -> bytes:
    with monkeypatch.context() as patch:
        patch.setattr(Halves, "render", lambda *_: None)
        return bundle.render(page)


@pytest.mark.parametrize("seed", range(5))
def test_two_halves_are_a_whole(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = Bundle.load(THEMES, "base")
    found = record_pages(seed)
    assert found
    for page in found:
        assert Halves.render(bundle._halves, page) is not None, "or this compares nothing"
        assert bundle.render(page) == whole(bundle, page, monkeypatch), page.path


@pytest.mark.parametrize(
    ("template", "before", "after"),
    [
        ("story.html", "<h1", "<p>{{ site.name }}</p><h1"),
        ("story.html", "<h1", "<p>{{ page.canonical }}</p><h1"),
        ("base.html", "</head>", '<meta name="x" content="{{ page.title | upper }}"></head>'),
        ("base.html", "</head>", '<meta name="x" content="{{ page.title | length }}"></head>'),
        ("base.html", "</head>", '<meta name="x" content="{{ page.path }}"></head>'),
        ("_footer.html", "</footer>", "{{ page.record.id }}</footer>"),
        ("_footer.html", "</footer>", "{% if page.owner.label == 'x' %}y{% endif %}</footer>"),
        ("_footer.html", "</footer>", "{{ 'y' if page.path == '/x/' else 'n' }}</footer>"),
    ],
)
def test_a_theme_that_mixes_the_halves_is_rendered_whole(
    template: str, before: str, after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(THEMES / "base", tmp_path / "base")
    file = tmp_path / "base/templates" / template
    file.write_text(file.read_text("utf-8").replace(before, after, 1), "utf-8")
    bundle = Bundle.load(tmp_path, "base")
    for page in record_pages(1) + record_pages(2):
        if page.template == "story.html":
            assert bundle.render(page) == whole(bundle, page, monkeypatch)
