"""Internal links are followed as a browser would, under a host of its own and under a sub-path."""

from __future__ import annotations

import pytest

from site_builder.release import links

BASE = "https://zgh.example/sites/zgh"
PAGES = {
    "index.html": b'<a href="./">x</a><a href="news/">x</a><img srcset="media/a.png 1x, media/b.png 2x">',
    "news/index.html": b'<h2 id="top">x</h2><a href="../">x</a><a href="..">x</a><a href="#top">x</a>',
    "404.html": b'<a href="https://zgh.example/sites/zgh/news/#top">x</a><a href="https://b.example/x">x</a>',
}
FILES = [*PAGES, "media/a.png", "media/b.png"]


def broken(page: str, html: str, base: str = BASE) -> list[tuple[str, str]]:
    pages = {**PAGES, page: html.encode()}
    outlines = {path: links.outline(data) for path, data in pages.items()}
    return [(link.link, link.why) for link in links.broken(outlines, {*FILES, page}, base)]


def test_a_sound_site_has_none() -> None:
    assert broken("x.html", "<p>href=../nowhere/ in text is no link</p><!-- <a href='nowhere'> -->") == []


@pytest.mark.parametrize(
    "link",
    [
        "gone/",
        "../gone.html",
        "../news",
        "../news/#gone",
        "#gone",
        "../../outside/",
        "/news/",
        "../media/c.png",
        "https://zgh.example/sites/zgh/gone/",
        "http://[broken",
    ],
)
def test_what_leads_nowhere(link: str) -> None:
    assert [found for found, _ in broken("x/index.html", f'<a href="{link}">x</a>')] == [link]


@pytest.mark.parametrize(
    "link",
    [
        "../news/", "../news/#top", "../news/?q=1", "../", "", "?q=1", "#", "tel:12351", "mailto:a@b.example",
        "https://zgh.example/other/", "//cdn.example/x", "data:,", "https://zgh.example/sites/zgh",
    ],
)  # fmt: skip
def test_what_leads_somewhere_or_elsewhere(link: str) -> None:
    assert broken("x/index.html", f'<a href="{link}">x</a>') == []


def test_a_redirect_page_is_followed_too() -> None:
    html = '<meta http-equiv="refresh" content="0; url=../gone/">'
    assert broken("x/index.html", html) == [("../gone/", "leads to nothing on this site")]


def test_chinese_file_names_are_compared_unescaped() -> None:
    outlines = {"index.html": links.outline(b'<img src="media/%E7%85%A7.png">')}
    assert links.broken(outlines, ["index.html", "media/照.png"], BASE) == []


def test_who_may_point_at_a_file_is_told_by_its_address() -> None:
    pages = {
        "index.html": b'<a href="./news/a/">x</a>',
        "news/index.html": b'<a href="../news/a/index.html#part">x</a>',
        "404.html": b'<a href="https://zgh.example/sites/zgh/news/a">x</a>',
        "about/index.html": b'<img src="../media/x/%E5%9B%BE.png">',
        "other/index.html": '<img src="../media/x/图.png">'.encode(),
        "last/index.html": b'<a href="../news/b/">x</a>',
    }

    def naming(*files: str) -> set[str]:
        return links.naming(files, pages, pages.__getitem__)

    assert naming("news/a/index.html", "news/a/qr.svg") == {"index.html", "news/index.html", "404.html"}
    assert naming("media/x/图.png") == {"about/index.html", "other/index.html"}
    assert naming("news/b/index.json") == set()
    assert naming("index.html") == pages.keys(), "each page names it somehow"
    assert naming(*(f"n{number:03}/index.html" for number in range(999))) == pages.keys()
