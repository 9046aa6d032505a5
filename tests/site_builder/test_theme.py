"""The base theme: every page, for two unions, in both languages, with hostile text in every field."""

from __future__ import annotations

import itertools
import re
from dataclasses import fields, is_dataclass, replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from site_builder.contexts import Page, StateContext
from site_builder.render import Bundle
from tests.site_builder import samples

BASE = Path(__file__).parent.parent.parent / "themes" / "base"
VOID = {"meta", "link", "img", "input", "br", "wbr", "hr", "area", "col", "source"}
NO_PARAGRAPH_INSIDE = {"p", "h1", "h2", "h3", "span", "a", "summary", "label"}
BLOCKS = {
    "p",
    "div",
    "section",
    "ul",
    "ol",
    "dl",
    "table",
    "figure",
    "article",
    "aside",
    "nav",
    "form",
    "h1",
    "h2",
    "h3",
}
UNIONS = {"pingdu": samples.site, "neimenggu": samples.province}
ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}</textarea></title>"


@cache
def bundle() -> Bundle:
    return Bundle.load(BASE.parent, "base")


class Document(HTMLParser):
    """A strict walk: what it finds, and what is wrong with the nesting."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.wrong: list[str] = []
        self.text = ""
        self.scripts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong.append(f"<{tag}> repeats an attribute: {names}")
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        parent = self._open[-1] if self._open else ""
        if tag in BLOCKS and parent in NO_PARAGRAPH_INSIDE:
            self.wrong.append(f"<{tag}> inside <{parent}> in line {self.getpos()[0]}")
        if tag == "li" and parent not in {"ul", "ol"}:
            self.wrong.append(f"<li> inside <{parent}>")
        if parent in {"ul", "ol"} and tag != "li":
            self.wrong.append(f"<{tag}> inside <{parent}>")
        if tag in {"dt", "dd"} and parent not in {"dl", "div"}:
            self.wrong.append(f"<{tag}> inside <{parent}>")
        if tag == "a" and "a" in self._open:
            self.wrong.append("a link inside a link")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong.append(f"<{tag}/> is not HTML")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.wrong.append(f"</{tag}> closes {self._open[-1:]} in line {self.getpos()[0]}")
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            self.scripts.append(data)
        else:
            self.text += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [
            found
            for name, found in self.elements
            if name == tag
            and all(found.get(key.replace("_", "-")) == value for key, value in attributes.items())
        ]


def render(page: Page) -> str:
    return bundle().render(page).decode()


def flat(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    words: dict[str, str] = {}
    for key, value in tree.items():
        words |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": str(value)}
    return words


def words(language: str) -> dict[str, str]:
    return flat(yaml.safe_load((BASE / "strings" / f"{language}.yaml").read_text("utf-8")))


@pytest.fixture(params=sorted(samples.HTML_PAGES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=sorted(UNIONS))
def page(name: str, request: pytest.FixtureRequest) -> Page:
    """Every kind of page on both unions' sites."""
    made = samples.HTML_PAGES[name]()
    return replace(made, site=UNIONS[request.param]())


def test_every_page_is_well_formed(page: Page) -> None:
    document = Document(render(page))
    assert document.wrong == []
    ids = [found["id"] for _, found in document.elements if "id" in found]
    assert len(ids) == len(set(ids))


def test_every_page_can_be_found_one_s_way_in(page: Page) -> None:
    document = Document(render(page))
    assert document.all("html")[0]["lang"] == page.site.language
    assert len(document.all("h1")) == 1
    assert len(document.all("main", id="content")) == 1
    assert document.all("a", href="#content", **{"class": "skip"})
    assert len(document.all("title")) == 1
    assert all("alt" in image for image in document.all("img"))
    labelled = {label.get("for") for label in document.all("label")}
    for field in document.all("input"):
        assert field["type"] == "checkbox" or "aria-label" in field or field.get("id") in labelled
    assert all(found.get("type") in {"button", "submit"} for found in document.all("button"))
    levels = [int(tag[1]) for tag, _ in document.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels) if levels[0] == 1)


def test_no_page_asks_another_host_or_carries_script_or_style(page: Page) -> None:
    document = Document(render(page))
    root = page.root if page.root.startswith("http") else None
    for tag, found in document.elements:
        assert tag not in {"style", "iframe", "object", "embed", "base"}
        assert not [key for key in found if key.startswith("on") or key == "style"]
        asked = [found[key] for key in ("src", "srcset", "poster") if key in found]
        if tag == "link" and found["rel"] != "canonical":
            asked.append(found["href"])
        for address in asked:
            assert address.startswith(root) if root else not re.match(r"[a-z]+:|/", address), (tag, address)
    for script in document.all("script"):
        assert script.get("src") or script["type"] == "application/ld+json"


def test_links_work_under_any_sub_path(page: Page) -> None:
    for tag, found in Document(render(page)).elements:
        for key in ("href", "action", "src"):
            assert not found.get(key, "").startswith("/"), (tag, found)


CODES = {
    *("template", "path", "root", "language", "level", "slug", "primary", "accent", "og_type", "data"),
    *("code", "kind", "kinds", "genre", "role", "relation", "type", "header", "form", "way", "validity"),
    *("position", "status", "value"),
}


def attacked(value: Any, text: str, key: str = "") -> Any:
    """The same context with `text` in every field that holds text of somebody; codes and safe HTML stay."""
    if isinstance(value, str):
        return value if key in CODES or value.startswith("<") or not value else text
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{f.name: attacked(getattr(value, f.name), text, f.name) for f in fields(value)}
        )
    if isinstance(value, dict):
        return {name: attacked(inner, text, name) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(attacked(inner, text, key) for inner in value)
    return value


def test_text_never_becomes_markup(page: Page) -> None:
    plain = Document(render(page))
    document = Document(render(attacked(page, ATTACK)))
    assert document.wrong == []
    assert {tag for tag, _ in document.elements} <= {tag for tag, _ in plain.elements} | {"span", "wbr"}
    assert len(document.all("script")) == len(plain.all("script"))
    assert not [key for _, found in document.elements for key in found if key.startswith("on")]
    assert "49" not in document.text, "a text is no template"
    assert "</script" not in "".join(document.scripts)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
    ],
)
def test_links_never_become_script(page: Page, link: str) -> None:
    document = Document(render(attacked(page, link)))
    for tag, found in document.elements:
        for key in ("href", "src", "action"):
            assert not re.match(r"\s*(javascript|data|vbscript):|\s*[/\\]", found.get(key, ""), re.I), (
                tag,
                found,
            )
    for refresh in document.all("meta", http_equiv="refresh"):
        assert refresh["content"] == "0; url=#"


# --- what pages say --------------------------------------------------------------------------------


def position(text: str, *parts: str) -> list[int]:
    return [text.index(part) for part in parts]


def test_a_program_answers_in_order() -> None:
    text = Document(render(samples.program())).text
    order = position(
        text, "现在能办吗", "谁可以", "能得到什么", "什么时候", "怎么办", "带什么材料", "怎么办理", "常见问题"
    )
    assert order == sorted(order)
    assert "即将截止" in text
    assert "还有 3 天" in text
    assert "2025年4月1日 至 4月11日" in text


def test_what_is_not_known_is_asked() -> None:
    document = Document(render(samples.bare_program()))
    assert document.text.count("请咨询平度市总工会") >= 5
    assert document.all("a", href="tel:12351", **{"class": "phone"})
    assert "报名中" not in document.text


def test_a_state_is_a_word_and_carries_its_moments() -> None:
    document = Document(render(samples.programs()))
    states = [found for _, found in document.elements if found.get("class") == "state"]
    assert [found["data-state"] for found in states] == [
        card.state.code for card in samples.ALL_STATES if card.state
    ]
    closing = next(found for found in states if found["data-state"] == "closing")
    assert closing["data-closes"] == "2025-04-12T00:00:00+08:00"
    style = "".join(path.read_text("utf-8") for path in (BASE / "static" / "css").rglob("*.css"))
    for found in states:
        assert f'[data-state="{found["data-state"]}"]::before' in style, "each state has a shape of its own"


def test_a_story_shows_what_a_newspaper_shows() -> None:
    text = Document(render(samples.story())).text
    assert "先问职工想学什么，再决定开什么课——" in text
    assert "阅读提示" in text
    assert re.search(r"来源：\s*《工人日报》", text)
    assert re.search(r"平度市总工会 摄", text)
    assert text.count("记者 ") >= 1
    assert "责任编辑 " in text
    assert "共5项，文中列出4个：引领力、实践力、攻关力、传承力" in text
    assert "预计5000余人次" in text
    assert "24万名" in text


def test_a_title_set_large_breaks_between_its_phrases_then_between_its_words() -> None:
    def heading(title: str) -> str:
        page = samples.story()
        html = render(replace(page, record=page.record | {"title": title}))
        return html.split('<h1 class="phrased">')[1].split("</h1>")[0]

    two = '<span class="phrase">夜校的灯，</span><wbr><span class="phrase">为职工亮<wbr>到周末</span>'
    assert heading("夜校的灯，为职工亮到周末") == two
    assert heading("广西壮族自治区总工会") == "广西壮族自治区<wbr>总工会"
    assert heading("盱眙县职工可以参评的荣誉：怎么评选").startswith('<span class="phrase long">盱眙')
    assert "<b>" not in heading("夜校的灯，<b>为职工亮到周末</b>")


def test_a_headline_in_a_list_breaks_at_its_marks_or_between_its_words() -> None:
    def headline(title: str) -> str:
        page = samples.listing()
        html = render(replace(page, cards=(replace(page.cards[0], title=title),)))
        return re.search(r'class="item-title"><a href="[^"]*">(.*?)</a>', html)[1]  # type: ignore[index]

    assert headline("夜校的灯，为职工亮到周末") == "夜校的灯，为职工亮到周末"
    assert headline("“齐鲁工匠”“齐鲁大工匠”选树") == "“齐鲁工匠”<wbr>“齐鲁大工匠”<wbr>选树"


def test_a_list_says_a_known_state_above_the_title_and_an_unknown_one_below() -> None:
    def parts(code: str) -> list[str]:
        page = samples.listing()
        state = StateContext(code=code, days_left=None, opens="", closes="", later=())
        card = replace(page.cards[0], state=state)
        return re.findall(r'class="(item-state|item-title|item-meta)"', render(replace(page, cards=(card,))))

    assert parts("standing")[:2] == ["item-state", "item-title"]
    assert parts("unknown") == ["item-title", "item-meta"]


def test_a_graphic_is_not_photographed() -> None:
    text = Document(render(samples.listing())).text
    assert "本站制图" in text
    assert "本站制图 摄" not in text


def test_a_guide_says_which_value_holds_today() -> None:
    page_text = render(samples.guide())
    assert re.search(r'<tr[^>]* data-validity="current">.*?现行', page_text, re.S)
    assert re.search(r'<tr[^>]* data-validity="past">.*?已过期', page_text, re.S)
    assert "发文字号" in page_text
    assert "示例〔2019〕1号" in page_text


def test_a_withdrawn_page_gives_reason_and_way_on() -> None:
    document = Document(render(samples.withdrawn()))
    assert "补助标准已调整，旧稿容易误导" in document.text
    assert document.all("a", href="../../../../guides/qilu-gongjiang/")
    assert document.all("meta", name="robots", content="noindex")


def test_a_redirect_needs_no_script() -> None:
    document = Document(render(samples.redirect()))
    assert document.all("meta", http_equiv="refresh", content="0; url=../../programs/zhigong-yexiao/")
    assert document.all("a", href="../../programs/zhigong-yexiao/")


def test_search_works_as_a_form_and_leads_to_the_index_without_script() -> None:
    document = Document(render(samples.search()))
    assert document.all("form", action="../search/", method="get")
    (results,) = [found for _, found in document.elements if "data-results" in found]
    assert results["data-state"] == "idle"
    assert document.all("link", rel="preload", href="../search/index.json")
    assert len(document.all("noscript")) == 1
    assert document.all("a", href="../index/")


def test_the_services_come_first_near_the_workplace() -> None:
    county = render(samples.home())
    province = render(samples.home(site=samples.site(level="province")))
    assert county.index('class="usable"') < county.index('class="lead"')
    assert province.index('class="lead"') < province.index('class="usable"')


def test_a_bare_site_shows_no_empty_labels() -> None:
    empty = dict.fromkeys(("usable", "news", "programs", "guides", "topics", "children"), ())
    text = Document(render(samples.home(site=samples.province(), lead=None, **empty))).text
    said = words("en")
    for key in (
        "footer.organiser",
        "footer.postcode",
        "footer.hotline",
        "footer.uppers",
        "footer.help",
        "footer.address",
    ):
        assert said[key].strip() not in text
    for key in (
        "home.usable",
        "home.all_news",
        "home.programs",
        "home.guides",
        "home.children",
        "topics.heading",
    ):
        assert said[key] not in text
