"""The words of the base theme: the same in both languages, each used, one for every code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

import pytest

from site_builder.contexts import FinderPage
from site_builder.pages.lists import STATE_GROUPS
from site_builder.pages.usable import BYS, OTHER, TIMES
from site_builder.plan import StateCode
from site_builder.records import (
    SAFETY,
    WEEKDAYS,
    BylineRole,
    EventMode,
    EventType,
    Genre,
    Kind,
    LifeEvent,
    Need,
    Paper,
    Place,
    PlaceType,
    PolicyDocument,
    Service,
    SourceCredit,
)
from site_builder.render import LANGUAGES
from tests.site_builder import samples
from tests.site_builder.test_theme import BASE, render, words

# --- words -----------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things() -> None:
    chinese, english = (words(language) for language in LANGUAGES)
    assert sorted(chinese) == sorted(english)
    places = re.compile(r"\{\w+\}")
    for key, text in chinese.items():
        assert text.strip(), key
        assert sorted(places.findall(text)) == sorted(places.findall(english[key])), key


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    sources = "\n".join(
        path.read_text("utf-8")
        for path in BASE.rglob("*")
        if path.suffix in {".html", ".js"} and path.is_file()
    )
    exact = set(re.findall(r"""\bt(?:s|_attr)?\((?:"[\w-]+", )?"([a-z_]+(?:\.[a-z_]+)*)"[,)]""", sources))
    exact |= set(re.findall(r"""word\('([a-z_.]+)'""", sources)) | set(
        re.findall(r"""\bt\("(state\.\w+)""", sources)
    )
    exact |= set(re.findall(r"""(?:\[|[?:] )"([a-z_]+\.[a-z_]+)"(?:\]| :|;)""", sources))
    # Headings of groups are chosen where groups are made.
    exact |= {f"program.group_{name}" for name in (*STATE_GROUPS.values(), "paused")} | {"place.no_region"}
    built = set(re.findall(r"""ts?\(["']([a-z_]+\.[a-z_]*)["'] ~""", sources))
    known = set(words("zh-Hans"))
    assert exact <= known, exact - known
    unused = {key for key in known - exact if not any(key.startswith(start) for start in built)}
    row_keys = {"document." + key for key in re.findall(r'row\("(\w+)"', sources)}
    assert unused - row_keys == set()


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("state.", get_args(StateCode)),
        ("genre.", get_args(Genre)),
        ("event_type.", get_args(EventType)),
        ("event_mode.", get_args(EventMode)),
        ("place_type.", get_args(PlaceType)),
        ("place_access.", get_args(Place.model_fields["access"].annotation)),
        ("service_type.", get_args(Service.model_fields["type"].annotation)),
        ("weekday.", WEEKDAYS),
        ("byline.", get_args(BylineRole)),
        ("list.", [kind.value for kind in Kind]),
        ("need.", (*get_args(Need), OTHER)),
        ("life.", get_args(LifeEvent)),
        ("finder.", TIMES),
        ("finder.by_", BYS),
        ("safety.", SAFETY),
        ("source.", get_args(SourceCredit.model_fields["relation"].annotation)),
        ("paper.", get_args(Paper.model_fields["form"].annotation)),
        ("validity.", get_args(PolicyDocument.model_fields["validity"].annotation)),
    ],
)
def test_every_code_has_a_word(prefix: str, codes: Iterable[str]) -> None:
    assert {prefix + code for code in codes if code} <= set(words("zh-Hans"))


def test_every_state_is_among_the_samples() -> None:
    assert {card.state.code for card in samples.ALL_STATES if card.state} == set(get_args(StateCode))


def test_a_page_speaks_its_site_s_language() -> None:
    chinese = render(samples.program())
    english = render(replace(samples.program(), site=samples.province()))
    assert "现在能办吗" in chinese
    assert "Is it open" not in chinese
    assert "Is it open" in english
    assert "现在能办吗" not in english
    assert "2025年4月1日" in chinese
    assert "1 April 2025" in english


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_one_list_and_ways_of_one_finder_are_told_apart_by_their_titles(language: str) -> None:
    """A reader with many tabs open, or a list of visited pages, has nothing else to go by."""
    site = samples.site(language=language)
    shown = [samples.listing(site=site, page=number) for number in (1, 2, 3)]
    shown += [samples.topic(site=site, title="新闻", page=number) for number in (4, 5)]
    shown += [
        samples.page(
            FinderPage, "finder.html", f"/finder/{by}/", site=site, title="我能用什么", by=by, ways=(),
            groups=(), total=0, choices={}, items_path="/finder/items.json",
        )
        for by in BYS
    ]  # fmt: skip
    titles = [re.findall("<title>(.*)</title>", render(page))[0] for page in shown]
    assert len(set(titles)) == len(titles)
    assert all(title.endswith(f"_{site.name}") for title in titles)
    assert titles[0] == f"新闻_{site.name}"
