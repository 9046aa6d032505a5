"""Contexts of every kind of page, as `pages` makes them: for the tests of the theme, and to look at.

What they show lies in samples.yaml. Two unions: a county's site in Chinese with everything filled in, and a
province's in English with hardly anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import yaml

from site_builder import contexts
from site_builder.contexts import Card, ImageContext, LinkContext, PageLink, SiteContext, StateContext
from site_builder.gaps import elements
from site_builder.plan import StateCode
from site_builder.records import BaseRecord, Figure, Guide, Program, Story

DATA: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
FIGURES = [Figure.model_validate(item).model_dump(mode="json") for item in DATA["figures"]]
BLOCKS: tuple[dict[str, Any], ...] = (
    *DATA["blocks"],
    {"type": "figures", "items": FIGURES, "caption": "一门课里的数字"},
)


def contact() -> dict[str, Any]:
    return deepcopy(DATA["contact"])


def picture(**changes: Any) -> ImageContext:
    return ImageContext(**(DATA["picture"] | {"sources": ()} | changes))


# --- sites ------------------------------------------------------------------------------------------


def site(**changes: Any) -> SiteContext:
    """A county union's site; `changes` replace fields."""
    fields: dict[str, Any] = {
        "slug": "pingdu",
        "name": "平度市总工会",
        "short_name": "平度市总",
        "level": "county",
        "language": "zh-Hans",
        "base_url": "https://pingdu.example",
        "slogan": "职工之家，就在身边",
        "primary": "#a4161a",
        "accent": "#1f4e79",
        "logo": None,
        "menu": (
            LinkContext("新闻", "/news/", "News"),
            LinkContext("项目", "/programs/", "Programs"),
            LinkContext("指南", "/guides/", "Guides"),
            LinkContext("专题", "/topics/"),
            LinkContext("关于", "/about/", "About"),
        ),
        "uppers": (
            LinkContext("中华全国总工会", "https://acftu.example/"),
            LinkContext("山东省总工会", "https://shandong.example/"),
        ),
        "dateline": "2025-04-08",
        "organiser": "平度市总工会",
        "undertaker": "平度市工人文化宫",
        "address": "山东省青岛市平度市",
        "postcode": "000000",
        "footer_note": "演示站点，内容取自公开报道的事实。",
        "icp": "鲁ICP备00000000号",
        "police_record": "鲁公网安备00000000000000号",
        "website_code": "0000000000",
        "hotline": "12351",
        "contacts": (contact(),),
        "feeds": (LinkContext("全部内容", "/feeds/all.atom.xml", "Everything"),),
    }
    return SiteContext(**(fields | changes))


def province(**changes: Any) -> SiteContext:
    """A province union's site in English, with a logo, a light colour, and little else filled in."""
    bare = "slogan accent dateline organiser undertaker address postcode footer_note icp police_record"
    fields: dict[str, Any] = dict.fromkeys([*bare.split(), "website_code", "hotline"], "")
    fields |= dict.fromkeys(("uppers", "contacts", "feeds"), ())
    fields |= {
        "slug": "neimenggu",
        "name": "内蒙古自治区总工会",
        "short_name": "内蒙古区总",
        "level": "province",
    }
    fields |= {
        "level": "province",
        "language": "en",
        "base_url": "https://example.org/neimenggu",
        "primary": "#f2b705",
    }
    fields |= {"menu": (LinkContext("新闻", "/news/", "News"),), "logo": picture()}
    return site(**(fields | changes))


# --- parts ------------------------------------------------------------------------------------------


def card(title: str = "夜校的灯，为职工亮到周末", **changes: Any) -> Card:
    fields: dict[str, Any] = {
        "id": "f33f119a-17d3-470f-a686-69d4d5e0256a",
        "kind": "story",
        "title": title,
        "href": "/news/2024/10/yexiao-zouhong/",
        "date": "2024-10-15",
        "summary": "先问卷、后设课，满10人就开班。6月以来，一堂课直播观看超5000人次。",
        "genre": "report",
        "region": "山东省青岛市平度市",
    }
    return Card(**(fields | changes))


def program_card(title: str, code: str, **changes: Any) -> Card:
    fields: dict[str, Any] = {
        "id": "55056482-44cb-466b-94f2-18a91ef7c411",
        "kind": "program",
        "href": "/programs/zhigong-yexiao/",
        "summary": "职工点课，满10人开班，多在周五晚和周末下午。",
        "genre": "",
        "region": "",
        "state": state(code),
    }
    return card(title, **(fields | changes))


def state(code: str = "closing", **changes: Any) -> StateContext:
    """A state; what is open closes on 11 April 2025, three days after the demo's day."""
    fields: dict[str, Any] = {"code": code}
    if code in ("open", "closing"):
        fields["days_left"] = 3
    if code in ("open", "closing", "upcoming"):
        fields |= {"opens": "2025-04-01T00:00:00+08:00", "closes": "2025-04-12T00:00:00+08:00"}
        life = [
            ("2025-04-01T00:00:00+08:00", "open"),
            ("2025-04-05T00:00:00+08:00", "closing"),
            ("2025-04-12T00:00:00+08:00", "ended"),
        ]
        # Later than the code itself.
        fields["later"] = tuple(life[("upcoming", "open", "closing").index(code) :])
    return StateContext(**(fields | changes))


NEWS = (
    card("内蒙古工会送出5万份加油满减券", genre="news", date="2025-04-07", kicker="智慧工会"),
    card("广西近6000个岗位送到广场", genre="feature", date="2025-03-23", owner="广西区总"),
    card(
        "六比六创：全部项目同日开赛",
        genre="photo",
        date="2025-03-27",
        region="",
        image=picture(credit="本站制图"),
    ),
    card("江山：四部门的数据替困难职工先跑一趟", date="2025-03-20", pinned=True),
    card("佛山全年预计办20场以上人工智能公益培训", genre="news", date="2025-03-12", summary=""),
)
USABLE = (
    program_card("2025年“求学圆梦行动”学历提升补助", "closing"),
    program_card("平度职工夜校", "standing"),
    program_card("“技能共富保”技能人才普惠保险", "open", owner="舟山市总"),
)
ALL_STATES = tuple(program_card(f"项目{number}", code) for number, code in enumerate(get_args(StateCode)))


# --- pages ------------------------------------------------------------------------------------------


def page(made: type[contexts.Page], template: str, path: str, **fields: Any) -> Any:
    """One page of a type, with what all pages have filled in."""
    depth = path.strip("/").count("/") + 1 if path.strip("/") else 0
    common: dict[str, Any] = {
        "template": template,
        "path": path,
        "root": "../" * depth,
        "title": "平度职工夜校",
        "description": "职工点课，满10人开班。",
        "canonical": f"https://pingdu.example{path}",
        "site": site(),
        "trail": (LinkContext("首页", "/", "Home"), LinkContext("项目", "/programs/", "Programs")),
        "og_image": "https://pingdu.example/media/pingdu/yexiao.png",
        "json_ld": ({"@context": "https://schema.org", "@type": "WebPage", "name": "平度职工夜校"},),
    }
    return made(**(common | fields))


def home(**changes: Any) -> contexts.HomePage:
    fields: dict[str, Any] = {
        "title": "平度市总工会",
        "trail": (),
        "lead": card(kicker="先问职工想学什么，再决定开什么课——", image=picture()),
        "usable": USABLE,
        "news": NEWS,
        "programs": ALL_STATES,
        "guides": (
            card("“齐鲁工匠”怎样推荐申报", kind="guide", href="/guides/qilu-gongjiang/", genre=""),
            card("职工医疗互助怎样报销", kind="guide", href="/guides/huzhu/", genre="", owner="山东省总"),
        ),
        "topics": (
            LinkContext("职工夜校", "/topics/yexiao/"),
            LinkContext("产业工人队伍建设改革", "/topics/changai/"),
        ),
        "children": (LinkContext("崔家集镇总工会", "https://cuijiaji.example/"),),
    }
    site = changes.get("site")
    front = (
        ("usable", "lead") if (site.level if site else "county") in ("county", "town") else ("lead", "usable")
    )
    rows = (front, ("news",), ("programs", "guides"), ("topics",), ("unions",))
    filled = {"lead": "lead", "usable": "usable", "unions": "children"}
    shown = fields | changes
    fields["rows"] = tuple(
        row for names in rows if (row := tuple(name for name in names if shown[filled.get(name, name)]))
    )
    return page(contexts.HomePage, "home.html", "/", **(fields | changes))


def listing(**changes: Any) -> contexts.ListPage:
    """The second of three pages of news."""
    fields: dict[str, Any] = {
        "kind": "story",
        "heading": "",
        "intro_html": "",
        "title": "新闻",
        "cards": NEWS,
    }
    fields |= {
        "total": 46,
        "page": 2,
        "previous": "/news/",
        "next": "/news/page/3/",
        "feed": "/feeds/story.atom.xml",
    }
    fields["pages"] = tuple(
        PageLink(n, "/news/" if n == 1 else f"/news/page/{n}/", n == 2) for n in (1, 2, 3)
    )
    return page(contexts.ListPage, "list.html", "/news/page/2/", **(fields | changes))


def programs(**changes: Any) -> contexts.ListPage:
    fields: dict[str, Any] = {
        "kind": "program",
        "title": "项目",
        "cards": ALL_STATES,
        "total": len(ALL_STATES),
    }
    fields |= {"heading": "", "intro_html": "", "page": 1, "previous": "", "next": "", "feed": ""}
    fields["pages"] = (PageLink(1, "/programs/", True),)
    return page(contexts.ListPage, "list.html", "/programs/", **(fields | changes))


def empty_list(**changes: Any) -> contexts.ListPage:
    return programs(**({"cards": (), "total": 0} | changes))


def topic(**changes: Any) -> contexts.ListPage:
    fields: dict[str, Any] = {
        "kind": "collection",
        "heading": "职工夜校",
        "title": "职工夜校",
        "page": 1,
        "total": 3,
    }
    fields |= {"previous": "", "next": "", "feed": "", "pages": (PageLink(1, "/topics/yexiao/", True),)}
    fields |= {
        "intro_html": "<p>这里有<strong>各级工会</strong>的夜校。</p>",
        "cards": (*NEWS[:2], USABLE[1]),
    }
    return page(contexts.ListPage, "topic.html", "/topics/yexiao/", **(fields | changes))


def plain(record: BaseRecord) -> dict[str, Any]:
    """A record's public fields as plain data, with what `pages` adds to them."""
    public = {
        name
        for name, field in type(record).model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("public")
    }
    data = record.model_dump(mode="json", include=public)
    data["bylines"] = [byline | {"href": ""} for byline in data.get("bylines", ())]
    data["supersedes"] = data["related"] = data["explained_by"] = data["venues"] = []
    data["form_links"] = [
        {"href": "/media/pingdu/biao.pdf", "label": "申请表"} for _ in data.get("forms", ())
    ]
    for step in data.get("steps", ()):
        step["text"] = step["text"] and f"<p>{step['text']}</p>"
    for question in data.get("questions", ()):
        question["answer"] = f"<p>{question['answer']}</p>"
    for paper in data.get("papers", ()):
        paper["template"] = paper["template"] and "/media/pingdu/biao.pdf"
    return data


def record_page(template: str, path: str, record: dict[str, Any], **changes: Any) -> contexts.RecordPage:
    fields: dict[str, Any] = {
        "title": record["title"],
        "record": record,
        "body": BLOCKS,
        "contents": tuple(
            LinkContext(block["heading"], "#" + block["anchor"])
            for block in BLOCKS
            if block["type"] == "section"
        ),
        "state": None,
        "date": "2024-10-15",
        "updated": "2024-10-18",
        "owner": LinkContext("平度市总工会", "/about/"),
        "own": True,
        "origin": None,
        "topics": (LinkContext("职工夜校", "/topics/yexiao/"),),
        "related": (NEWS[0], USABLE[0]),
        "json_path": f"{path}index.json",
        "data": {},
        "ask": {"name": "平度市总工会", "phone": "12351", "url": "/about/"},
    }
    return page(contexts.RecordPage, template, path, **(fields | changes))


_BASE: dict[str, Any] = {
    "id": "f33f119a-17d3-470f-a686-69d4d5e0256a",
    "union": "pingdu",
    "published": "2024-10-15T09:00:00+08:00",
    "topics": ["职工夜校"],
    "region": "山东省青岛市平度市",
}


def story(**changes: Any) -> contexts.RecordPage:
    data = plain(Story.model_validate(_BASE | DATA["story"]))
    data["bylines"][0]["href"] = "https://shandong.example/"
    data |= {"lead_picture": asdict(picture()), "intro": "<p>本地读者可到工人文化宫看课表。</p>"}
    data |= {"note": "<p>本篇由市总工会提供。</p>"}
    data["editor_note"] = {"label": "", "html": "<p>报名办法以项目页为准。</p>", "position": "end"}
    return record_page("story.html", "/news/2024/10/yexiao-zouhong/", data, **({"ask": None} | changes))


def program(code: str = "closing", **changes: Any) -> contexts.RecordPage:
    """A province's program on the county's site: everything is known of it."""
    fields: dict[str, Any] = {
        "state": state(code),
        "owner": LinkContext("山东省总工会", "https://shandong.example/programs/qiuxue-yuanmeng/"),
        "own": False,
        "origin": LinkContext("求学圆梦行动（全国）", "https://acftu.example/programs/qiuxue-yuanmeng/"),
        "body": BLOCKS[:2],
        "contents": (),
    }
    record = Program.model_validate(_BASE | DATA["program"])
    data = plain(record)
    data["previous"] = [{"id": _BASE["id"], "label": "2024年学历提升补助", "href": "/programs/qiuxue-2024/"}]
    fields["known"] = dict(elements(record, "12351"))
    return record_page("program.html", "/programs/shandong/qiuxue-yuanmeng/", data, **(fields | changes))


def bare_program(**changes: Any) -> contexts.RecordPage:
    """A program of which hardly anything is known: everything else is asked."""
    record = Program.model_validate(
        _BASE | {"kind": "program", "slug": "jiankang-xiaowu", "title": "职工健康小屋"}
    )
    fields: dict[str, Any] = {
        "known": dict(elements(record, "12351")),
        "state": state("unknown"),
        "body": (),
        "contents": (),
        "topics": (),
        "related": (),
    }
    return record_page("program.html", "/programs/jiankang-xiaowu/", plain(record), **(fields | changes))


def guide(**changes: Any) -> contexts.RecordPage:
    data = plain(Guide.model_validate(_BASE | DATA["guide"]))
    data["parameters"][0] |= {"valid": True, "validity": "current"}
    data["parameters"][1] |= {"valid": False, "validity": "past"}
    data["supersedes"] = [{"id": _BASE["id"], "label": "2018年的申报办法", "href": "/guides/2018/"}]
    fields: dict[str, Any] = {"state": state("open"), "body": BLOCKS[:3]}
    return record_page("guide.html", "/guides/qilu-gongjiang/", data, **(fields | changes))


def about(**changes: Any) -> contexts.TextPage:
    fields: dict[str, Any] = {"heading": "关于平度市总工会", "title": "关于平度市总工会"}
    fields |= {
        "body": ({"type": "prose", "html": "<p>统筹职工夜校、帮扶和维权服务。</p>"},),
        "children": home().children,
    }
    return page(contexts.TextPage, "about.html", "/about/", **(fields | changes))


def search(**changes: Any) -> contexts.SearchPage:
    fields: dict[str, Any] = {
        "index": "/search/index.json",
        "title": "搜索",
    }
    return page(contexts.SearchPage, "search.html", "/search/", **(fields | changes))


def site_index(**changes: Any) -> contexts.SiteIndexPage:
    groups = (
        {"kind": "story", "heading": "2025", "cards": NEWS[:3], "parts": ()},
        {"kind": "story", "heading": "2024", "cards": NEWS[3:], "parts": ()},
        {"kind": "program", "heading": "", "cards": USABLE, "parts": ()},
    )
    fields: dict[str, Any] = {"groups": groups, "title": "全部内容"}
    return page(contexts.SiteIndexPage, "site_index.html", "/index/", **(fields | changes))


_NOTICE: dict[str, Any] = {
    "title": "",
    "description": "",
    "trail": (),
    "og_image": "",
    "json_ld": (),
    "noindex": True,
}


def not_found(**changes: Any) -> contexts.NoticePage:
    fields = _NOTICE | {"root": "https://pingdu.example/", "canonical": ""}
    return page(contexts.NoticePage, "404.html", "/404.html", **(fields | changes))


def redirect(**changes: Any) -> contexts.NoticePage:
    fields = _NOTICE | {"target": "/programs/zhigong-yexiao/"}
    return page(contexts.NoticePage, "redirect.html", "/programs/yexiao/", **(fields | changes))


def withdrawn(**changes: Any) -> contexts.NoticePage:
    fields = _NOTICE | {"reason": "补助标准已调整，旧稿容易误导", "target": "/guides/qilu-gongjiang/"}
    return page(contexts.NoticePage, "withdrawn.html", "/news/2019/08/jiu/", **(fields | changes))


def brand(**changes: Any) -> contexts.StylePage:
    return page(contexts.StylePage, "brand.css", "/assets/brand.css", **changes)


HTML_PAGES: Mapping[str, Callable[..., contexts.Page]] = {
    maker.__name__: maker
    for maker in (
        home, listing, programs, empty_list, topic, story, program, bare_program, guide, about, search,
        site_index, not_found, redirect, withdrawn,
    )
}  # fmt: skip
"""A maker of each kind of page; each takes changes to the page's fields."""
