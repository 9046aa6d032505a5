"""Where things lie, and how links become relative."""

from __future__ import annotations

import pytest

from site_builder import paths
from site_builder.records import Kind


@pytest.mark.parametrize(
    ("path", "root", "file"),
    [
        ("/", "", "index.html"),
        ("/programs/a/", "../../", "programs/a/index.html"),
        ("/404.html", "", "404.html"),
        ("/assets/brand.css", "../", "assets/brand.css"),
    ],
)
def test_root_and_file(path: str, root: str, file: str) -> None:
    assert paths.root_of(path) == root
    assert paths.output_file(path).as_posix() == file


@pytest.mark.parametrize(
    ("link", "root", "expected"),
    [
        ("/programs/", "../../", "../../programs/"),
        ("/", "", "./"),
        ("/", "../", "../"),
        ("/a/", "https://x.example/", "https://x.example/a/"),
        ("https://x.example/", "../", "https://x.example/"),
        ("//x.example/", "../", "//x.example/"),
        ("#a", "../", "#a"),
        ("tel:12351", "../", "tel:12351"),
    ],
)
def test_relative(link: str, root: str, expected: str) -> None:
    assert paths.relative(link, root) == expected


def test_a_link_escapes_what_a_url_may_not_carry() -> None:
    assert paths.href("/media/a/照 片?#%.png") == "/media/a/%E7%85%A7%20%E7%89%87%3F%23%25.png"
    assert paths.href("/programs/a-b/") == "/programs/a-b/"


def test_the_first_page_of_a_list_has_no_number() -> None:
    assert [paths.list_path(Kind.STORY, number) for number in (1, 2)] == ["/news/", "/news/page/2/"]
    assert paths.feed_path(Kind.PROGRAM) == "/feeds/program.atom.xml"
    assert paths.feed_path(None) == "/feeds/all.atom.xml"


@pytest.mark.parametrize(
    ("former", "there"),
    [
        ("/programs/alt/", "/programs/acftu/alt/"),
        ("/programs/alt", "/programs/acftu/alt/"),
        ("/news/2025/04/alt/", "/news/2025/04/acftu/alt/"),
        ("/news/alt/", None),
        ("/alt.html", None),
        ("/programs/a/b/", None),
    ],
)
def test_former_paths_on_anothers_site(former: str, there: str | None) -> None:
    assert paths.former_path(former, "acftu", "pingdu") == there
