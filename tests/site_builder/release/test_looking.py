"""Of a page made anew only what is new in it is looked at, and nothing is missed by that."""

from __future__ import annotations

from random import Random

import pytest

from site_builder.halves import Rendered
from site_builder.release import links

BASE = "https://zgh.example"
FILES = ["index.html", "news/index.html", "news/a/index.html"]
LINES = [
    "<p>困难职工</p>",
    '<li><a href="news/a/">a</a></li>',
    '<li><a href="news/gone/">b</a></li>',
    '<a href="gone.html"><b>c</b></a>',
    '<h2 id="part">部分</h2>',
    '<a href="#part">部分</a>',
    '<a href="news/#there">d</a>',
    '<a href="https://zgh.example/gone/">e</a><img src="https://other.example/x.png">',
    "<a",
    'class="x"',
    'href="open/">',
    "href=bare/>",
    "text = words",
    "1 &lt; 2",
    "<!-- <a href='hidden/'>",
    "-->",
    '<script src="gone.js">',
    "let x = '<a href=\"said/\">'",
    "</script>",
    '<script type="application/ld+json">{"url": "<a href=\\"no/\\">"}</script>',
    "",
    "结束",
]


def page(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("seed", range(400))
def test_what_is_new_is_found(seed: int) -> None:
    random = Random(seed)
    old = random.choices(LINES if seed % 2 else LINES[:8], k=random.randrange(1, 12))
    new = list(old)
    for _ in range(random.randrange(3)):
        place = random.randrange(len(new) + 1)
        new[place : place + random.randrange(2)] = random.choices(LINES, k=random.randrange(3))
    before, after = links.outline(page(old)), links.outline(page(new))
    doubts = links.Doubts(FILES, BASE)
    seen = doubts.since("index.html", Rendered(page(new)), page(old), before.anchors)
    whole = links.doubtful("index.html", after, FILES, BASE)
    assert seen.anchors == after.anchors
    assert set(seen.links) <= set(whole.links) or not isinstance(seen, links.Differing)
    assert set(whole.links) - set(before.links) <= set(seen.links)
    assert seen.whole.ids == seen.ids == after.ids


def test_of_a_changed_title_one_line_is_looked_at() -> None:
    old = page(["<h1>新闻</h1>", *(f'<li><a href="news/{n}/">第{n}条</a></li>' for n in range(30)), "<p>"])
    new = old.replace("第7条".encode(), "改过的题目".encode()).replace(b"news/7/", b"news/gone/")
    seen = links.Doubts([f"news/{n}/index.html" for n in range(30)], BASE).since(
        "index.html", Rendered(new), old, links.outline(old).anchors
    )
    assert isinstance(seen, links.Differing)
    assert seen.links == ("news/gone/",)
