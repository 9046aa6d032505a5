"""A page put together of its halves is the page rendered whole, and a theme that mixes them is noticed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from site_builder.contexts import ListPage, Page, RecordPage, TextPage
from site_builder.halves import Halves
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.release import links
from site_builder.render import Bundle
from tests.builders import NOW
from tests.site_builder.networks import network_of

THEMES = Path(__file__).parent.parent.parent / "themes"


def all_pages(seed: int) -> list[Page]:
    """The pages of all sites of a random network, in one order."""
    content = network_of(Random(seed)).content()
    return [page for union in content.unions for page in pages(plan(content, union, NOW), content)]


def whole(bundle: Bundle, page: Page, monkeypatch: pytest.MonkeyPatch) -> bytes:
    with monkeypatch.context() as patch:
        patch.setattr(Halves, "render", lambda *_: None)
        return bundle.render(page)


@pytest.mark.parametrize("seed", range(5))
def test_two_halves_are_a_whole(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = Bundle.load(THEMES, "base")
    bundle._halves._mixed.clear()  # other tests render pages that are broken, by the same bundle
    found = all_pages(seed)
    assert any(isinstance(page, RecordPage) for page in found)
    for page in found:
        halved = Halves.render(bundle._halves, page) is not None
        assert halved or not isinstance(page, RecordPage | TextPage), "or this compares nothing"
        assert bundle.render(page) == whole(bundle, page, monkeypatch), page.path


@pytest.mark.parametrize("seed", range(3))
def test_the_links_of_halves_are_those_of_the_whole_page(seed: int) -> None:
    bundle = Bundle.load(THEMES, "base")
    bundle._halves._mixed.clear()
    pages = [page for page in all_pages(seed) if page.path.endswith("/")]
    there = {f"{page.path[1:]}index.html" for page in pages if Random(page.path).random() < 0.6}
    for base_url in {page.site.base_url for page in pages}:
        doubts = links.Doubts(there, base_url)
        for page in pages:
            if page.site.base_url == base_url:
                path, made = f"{page.path[1:]}index.html", bundle.rendered(page)
                expected = links.doubtful(path, links.outline(made.data), there, base_url)
                found = doubts.of(path, made)
                assert set(found.links) - set(expected.links) <= {page.canonical, page.og_image}, page.path
                assert set(expected.links) <= set(found.links), page.path
                assert found.ids == expected.ids, page.path


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
    for page in all_pages(1) + all_pages(2):
        if page.template == "story.html":
            assert bundle.render(page) == whole(bundle, page, monkeypatch)


def test_words_that_look_like_holes_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = Bundle.load(THEMES, "base")
    words = "甲\ue000title\ue001乙\ue000丙"
    shown = []
    for page in all_pages(1):
        if isinstance(page, ListPage):
            page = replace(page, heading=words)
        elif isinstance(page, RecordPage):
            page = replace(page, record={**page.record, "summary": words})
        data = bundle.render(page)
        shown += [type(page)] * (words.encode() in data)
        assert data == whole(bundle, page, monkeypatch)
    assert {ListPage, RecordPage} <= {*shown}
