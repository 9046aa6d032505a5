"""What travels, in which order, and what each file says of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from site_builder.deploy.headers import A_MINUTE, AN_HOUR, IMMUTABLE, NOT_BETWEEN, caching, typed
from site_builder.deploy.local import LocalPort
from site_builder.deploy.travel import LISTS, NEEDED, PAGES, Release, batches, stage, travel
from site_builder.release.former import LASTS
from site_builder.release.manifest import Manifest

STAGES = {
    "assets/site.0123456789ab.css": NEEDED,
    "assets/brand.css": NEEDED,
    "media/pingdu/yexiao.png": NEEDED,
    "search/0123456789ab/b/0.bin": NEEDED,
    "news/2025/04/x/index.html": PAGES,
    "programs/acftu/x/index.html": PAGES,
    "programs/acftu/x/index.json": PAGES,
    "events/x/calendar.ics": PAGES,
    "topics/x/index.html": LISTS,
    "news/index.html": LISTS,
    "news/page/2/index.html": LISTS,
    "index.html": LISTS,
    "search/index.html": LISTS,
    "search/index.json": LISTS,
    "feeds/all.atom.xml": LISTS,
    "events/calendar.ics": LISTS,
    "sitemap.xml": LISTS,
    "404.html": LISTS,
    "robots.txt": LISTS,
}


@pytest.mark.parametrize(("path", "expected"), STAGES.items())
def test_a_page_comes_after_what_it_needs_and_before_what_names_it(path: str, expected: int) -> None:
    assert stage(path) == expected


def release(*paths: str) -> Release:
    return Release("pingdu", "r", Manifest({path: f"new:{path} 10" for path in paths}), Path("/x"))


def test_only_what_differs_travels_and_what_is_gone_goes_last() -> None:
    held: dict[str, str | None] = {path: f"new:{path}" for path in STAGES}
    held |= {"index.html": "old", "news/2025/04/x/index.html": None}
    held |= {"programs/gone/index.html": "h", "assets/gone.css": "h", "topics/gone/index.html": "h"}
    found = travel(release(*STAGES, "media/a/new.png"), held)
    assert [file.path for file in found.sent] == [
        "media/a/new.png", "news/2025/04/x/index.html", "index.html",
    ]  # fmt: skip
    assert found.gone == ("topics/gone/index.html", "programs/gone/index.html", "assets/gone.css")
    assert found.bytes == 30
    assert not travel(release("a.txt"), {"a.txt": "new:a.txt"})


def test_styles_and_scripts_of_a_theme_before_stay_until_their_time_is_over() -> None:
    now = datetime.now(UTC)
    style, script = "assets/site.0123456789ab.css", "assets/site.0123456789ab/words.js"
    held: dict[str, str | None] = dict.fromkeys(
        [style, script, "assets/old.css", "search/0123456789ab/b/0.bin"]
    )
    found = travel(release("index.html"), held)
    assert found.gone == ("assets/old.css", "search/0123456789ab/b/0.bin")
    assert found.former.keys() == {style, script}
    assert all(now + LASTS <= until <= now + LASTS + timedelta(minutes=1) for until in found.former.values())

    noted = {style: now + timedelta(days=1), script: now - timedelta(seconds=1)}
    found = travel(release("index.html"), {style: None, script: None}, noted)
    assert (found.gone, found.former) == ((script,), {style: noted[style]})
    assert travel(release(style), {style: f"new:{style}"}, noted).former == {}, "it is part of the site again"


def test_batches_are_small_by_number_and_by_size() -> None:
    files = release(*(f"{number}.txt" for number in range(1000))).uploads()
    assert [len(batch) for batch in batches(files, LocalPort(Path("/x")))] == [400, 400, 200]
    large = Release("x", "r", Manifest({f"{n}": "h 5000000" for n in range(3)}), Path("/x"))
    assert [len(batch) for batch in batches(large.uploads(), LocalPort(Path("/x")))] == [1, 1, 1]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("index.html", A_MINUTE),
        ("news/2025/04/x/index.json", A_MINUTE),
        ("search/index.json", NOT_BETWEEN),
        ("search/sites.json", NOT_BETWEEN),
        ("search/index.html", A_MINUTE),
        ("sitemap.xml", A_MINUTE),
        ("assets/brand.css", AN_HOUR),
        ("media/pingdu/yexiao.png", AN_HOUR),
        ("assets/site.0123456789ab.css", IMMUTABLE),
        ("assets/strings.zh-Hans.0123456789ab.json", IMMUTABLE),
        ("assets/search.0123456789ab/main.js", IMMUTABLE),
        ("search/0123456789ab/b/0.bin", IMMUTABLE),
        ("search/0123456789abc/b/0.bin", A_MINUTE),
        ("news/assets/site.0123456789ab.css", A_MINUTE),
    ],
)
def test_only_what_is_named_after_its_content_is_kept_for_ever(path: str, kept: str) -> None:
    assert caching(path) == kept


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("index.json", "application/json; charset=utf-8"),
        ("feeds/all.atom.xml", "application/atom+xml; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("events/calendar.ics", "text/calendar; charset=utf-8"),
        ("assets/icon.svg", "image/svg+xml; charset=utf-8"),
        ("media/x/a.png", "image/png"),
        ("search/x/0.bin", "application/octet-stream"),
    ],
)
def test_text_says_that_it_is_utf8(path: str, kind: str) -> None:
    assert typed(path) == kind
