"""Every kind of page, in every face, is HTML as its standard wants it: html5lib in strict mode takes it."""

from __future__ import annotations

import re

import html5lib
import pytest

from site_builder.render import Bundle
from tests.demo_pages import FACES, THEMES, every_kind_of_page


@pytest.mark.parametrize("face", ["base", *FACES])
def test_every_page_is_valid(face: str) -> None:
    bundle = Bundle.load(THEMES, face)
    for name, each in every_kind_of_page().items():
        text = bundle.render(each.page).decode()
        try:
            tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        except html5lib.html5parser.ParseError as error:
            pytest.fail(f"{name}: {error}")
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), f"{name}: an id stands twice"
        assert len(tree.findall(".//h1")) == 1, name
        named = {element.get("id") for element in tree.iter()} | {""}
        for link in tree.iter("a"):
            href = link.get("href", "")
            assert not href.startswith("#") or href[1:] in named, f"{name}: {href} leads nowhere"
        for element in tree.iter():
            for role in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
                for id in (element.get(role) or "").split():
                    assert id in named, f"{name}: {role}={id} names nothing"


@pytest.mark.parametrize("face", FACES)
def test_a_face_changes_nothing_but_looks(face: str) -> None:
    """Faces differ in bearing, not in structure: all is the same but the addresses of what is loaded."""

    def plain(name: str) -> list[str]:
        pages = (
            Bundle.load(THEMES, name).render(each.page).decode() for each in every_kind_of_page().values()
        )
        return [re.sub(r"assets/[^\"\s]+", "assets/", text) for text in pages]

    assert plain(face) == plain("base")
