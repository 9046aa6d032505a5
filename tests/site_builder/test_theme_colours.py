"""The colours of the base theme and of unions: they can be read, and what makes none stops the page."""

from __future__ import annotations

import re

import pytest

from site_builder.errors import BuildError
from site_builder.formats import contrast
from tests.demo_pages import FACES
from tests.site_builder import samples
from tests.site_builder.test_theme import BASE, bundle, render

# --- colours ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("primary", ["#a4161a", "#f2b705", "#ffffff", "#000000", "#1f7a4d", "#0b5394"])
def test_a_union_s_colours_can_be_read_by_day_and_by_night(primary: str) -> None:
    style = render(samples.brand(site=samples.site(primary=primary)))
    names = ("day", "strong day", "night", "strong night")
    blocks = re.findall(r":root(?:\[data-contrast\])? \{(.*?)\}", style, re.DOTALL)
    colour = {
        name: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
        for name, part in zip(names, blocks, strict=True)
    }
    assert colour["day"]["brand"] == primary
    assert contrast(colour["day"]["brand-ink"], primary) >= 4.5
    assert contrast(colour["day"]["brand-text"], "#fdfcf9") >= 4.5
    assert contrast(colour["night"]["brand-text"], "#1a1714") >= 4.5
    assert contrast(colour["strong day"]["brand-text"], "#ffffff") >= 7
    assert contrast(colour["strong night"]["brand-text"], "#000000") >= 7
    for face in FACES:
        tokens = "".join(path.read_text("utf-8") for path in (BASE.parent / face).rglob("*.css"))
        for paper in re.findall(r"--paper: (#[0-9a-f]{6});", tokens):
            assert contrast(colour["day"]["brand-text"], paper) >= 4.5, face


def test_a_colour_that_is_none_stops_the_page() -> None:
    with pytest.raises(BuildError, match="no colour"):
        render(samples.brand(site=samples.site(primary="red;}*{display:none")))


def test_ink_can_be_read_on_paper() -> None:
    style = (BASE / "static" / "css" / "00-tokens.css").read_text("utf-8")
    day, night, *_contrast = style.split("@media (prefers-color-scheme: dark)")
    for part in (day, night.partition(":root[data-contrast]")[0]):
        colour = dict(re.findall(r"--(paper|ink|ink-2|brand-text): (#[0-9a-f]{6});", part))
        assert contrast(colour["ink"], colour["paper"]) >= 7
        assert contrast(colour["ink-2"], colour["paper"]) >= 4.5
        assert contrast(colour["brand-text"], colour["paper"]) >= 4.5
        assert f'"{colour["paper"]}"' in (BASE / "templates" / "brand.css").read_text("utf-8"), (
            "brand.css knows the paper"
        )


def test_style_and_script_stay_small_and_ask_nobody() -> None:
    for path, data in bundle().assets.items():
        if path.endswith((".css", ".js")):
            assert len(data) < 48_000, path
            assert not re.search(rb"https?://|@import|@font-face|//cdn", data), path
