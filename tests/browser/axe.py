"""axe-core in a page, and the ways in which a reader may have it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""WCAG 2.2 up to AA, and axe's best practices."""
STYLED = [
    "color-contrast",
    "link-in-text-block",
    "target-size",
    "scrollable-region-focusable",
    "css-orientation-lock",
]
"""The rules whose outcome depends on the style sheet."""
MODES = {
    "day": ("light", ""),
    "night": ("dark", ""),
    "large": ("light", "large"),
    "contrast": ("light", "contrast"),
}
"""Name -> the device's colours, and what the reader chose."""


def look(page: Page, color_scheme: str, choice: str) -> None:
    """Show an open page as somebody else would have it."""
    page.emulate_media(color_scheme=color_scheme)  # type: ignore[arg-type]
    page.evaluate(
        """choice => {
          for (const name of ["large", "contrast"])
            document.documentElement.toggleAttribute(`data-${name}`, name === choice);
        }""",
        choice,
    )


def broken(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe says is wrong, each with the first places."""
    only: dict[str, Any] = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations'], iframes: false})", only
    )
    return [
        f"{wrong['id']}: {wrong['help']}: {[node['html'][:120] for node in wrong['nodes'][:3]]}"
        for wrong in found["violations"]
    ]
