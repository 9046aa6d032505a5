"""axe-core on every page type, in five faces, by day, by night, large, in high contrast: all rules on each.

    python -m tests.browser.all_faces [FACE...] [--types WORD] [--jobs N] [--quick]

Prints what is wrong as it is found, where it has got to, then one line a face. Ends with 1 if anything is. CI
has a quicker one (test_accessibility.py); this takes about half an hour on two cores. Besides what a site may
be: a search that finds and one that does not, and the page of the network. With --quick, all rules by day and
in large type, where a menu more is shown; in what changes colours alone, those of style sheets.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from site_builder.records import Union
from site_builder.release.build import build_site
from site_builder.release.report import Places
from site_builder.release.status import status
from site_builder.serving import serve
from tests.browser import axe, sites
from tests.browser.conftest import launch
from tests.browser.staged import every_page_type, staged
from tests.demo_pages import AS_OF, FACES, THEMES

PHONE = {"width": 390, "height": 800}
DESK = {"width": 1280, "height": 800}
SEARCHED = "pingdu"
QUERIES = {"search/found": "夜校", "search/nothing": "火星移民申请"}
DARK_CONTRAST = {"contrast by night": ("dark", "contrast")}
WHOLE = ("day", "large")
"""The modes that show something the others do not."""


@dataclass
class Tally:
    face: str
    quick: bool
    types: int = 0
    looks: int = 0
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("faces", nargs="*", metavar="FACE", default=list(FACES), help=", ".join(FACES))
    parser.add_argument("--types", default="", help="only page types with this in their name")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="in mere colours only what colours decide")
    given = parser.parse_args()
    if unknown := set(given.faces) - set(FACES):
        parser.error(f"no such face: {', '.join(sorted(unknown))}")
    with ProcessPoolExecutor(given.jobs) as pool:
        tallies = list(pool.map(partial(looked_at, types=given.types, quick=given.quick), given.faces))
    print(f"{'face':<12}{'page types':>12}{'looked at':>12}{'violations':>12}")
    for tally in tallies:
        print(f"{tally.face:<12}{tally.types:>12}{tally.looks:>12}{len(tally.wrong):>12}")
    return 1 if any(tally.wrong for tally in tallies) else 0


def looked_at(face: str, types: str = "", quick: bool = False) -> Tally:
    """Every page type in one face."""
    tally = Tally(face, quick)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        window = browser.new_context(viewport=PHONE, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]
        served: dict[str, Any] = {}
        sites.serve(window, lambda: served)
        page = window.new_page()
        for name, shown in every_page_type().items():
            if types not in name:
                continue
            served.clear()
            served.update(sites.files_of(shown.page, face, shown.media))
            page.goto(sites.address(shown.page), wait_until="load")
            _examine(page, name, tally)
        window.close()
        if types in "search/network":
            desk = browser.new_context(viewport=PHONE, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]
            for name, found in _living(desk, face):
                _examine(found, name, tally)
        browser.close()
    return tally


def _living(window: BrowserContext, face: str) -> Iterator[tuple[str, Page]]:
    """What only a built site shows, at its addresses: searches, and the network."""
    content = staged()
    union = content.unions[SEARCHED]
    site = union.site.model_dump() | {"theme": face}
    dressed = Union.model_validate(dict(union) | {"site": site})
    with tempfile.TemporaryDirectory() as folder:
        places = Places(content.root, Path(folder, "var"), Path(folder, "out"), THEMES)
        report = build_site(
            replace(content, unions={**content.unions, SEARCHED: dressed}), SEARCHED, AS_OF, places
        )
        if report.has_errors:
            raise SystemExit(f"{SEARCHED} cannot be built: {report.problems}")
        server = serve(places.output, lambda: status(content, places, content.unions), port=0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://localhost:{server.port}/"
        page = window.new_page()
        for name, query in QUERIES.items():
            page.goto(f"{here}{SEARCHED}/search/?q={query}")
            page.wait_for_selector('[data-results][data-state="done"]', state="attached")
            yield name, page
        page.goto(here)
        yield "network", page
        server.shutdown()
        server.server_close()


def _examine(page: Page, name: str, tally: Tally) -> None:
    """All rules in each mode on a phone; on a desk, and in the device's own colours, those of style sheets.

    At a width of 320 px (a desk at 400 %) that nothing scrolls sideways.
    """
    tally.types += 1
    page.evaluate(axe.SCRIPT)
    for mode, (scheme, choice) in (axe.MODES | DARK_CONTRAST).items():
        axe.look(page, scheme, choice)
        _note(page, f"{name}, {mode}", axe.STYLED if tally.quick and mode not in WHOLE else None, tally)
    axe.look(page, *axe.MODES["day"])
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    _note(page, f"{name}, desk", axe.STYLED, tally)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(forced_colors="active")
    _note(page, f"{name}, forced colours", axe.STYLED, tally)
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 320, "height": 256})
    _note(page, f"{name}, 400 %", ["scrollable-region-focusable"], tally)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    print(f"{tally.face}: {tally.types} types seen, {name} the last", file=sys.stderr, flush=True)


def _note(page: Page, what: str, rules: list[str] | None, tally: Tally) -> None:
    tally.looks += 1
    faults = axe.broken(page, rules)
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    if wide > room:
        faults.append(f"too wide: {wide} px of {room}")
    for fault in faults:
        tally.wrong.append(f"{what}: {fault}")
        print(f"{tally.face}: {what}: {fault}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
