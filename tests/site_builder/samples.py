"""Contexts of every kind of page, as `pages.py` makes them: for the tests of the theme, and to look at.

Facts are those of the demo content. Two unions: a county's site in Chinese, and a province's in English
with other colours.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from site_builder import contexts
from site_builder.contexts import Card, ImageContext, LinkContext, PageLink, SiteContext, StateContext
from site_builder.records import BaseRecord, Guide, Program, Story


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
            LinkContext("专题", "/topics/", "Topics"),
            LinkContext("关于", "/about/", "About"),
        ),
        "uppers": (
            LinkContext("中华全国总工会", "https://acftu.example/"),
            LinkContext("山东省总工会", "https://shandong.example/"),
            LinkContext("青岛市总工会", "https://qingdao.example/"),
        ),
        "dateline": "2025-04-08",
        "organiser": "平度市总工会",
        "undertaker": "平度市工人文化宫",
        "address": "山东省青岛市平度市",
        "postcode": "266700",
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
    """A province union's site in English, in blue, with a long name and little else filled in."""
    fields: dict[str, Any] = {
        "slug": "neimenggu", "name": "内蒙古自治区总工会", "short_name": "内蒙古区总", "level": "province",
        "language": "en", "base_url": "https://example.org/neimenggu", "slogan": "", "primary": "#f2b705", "accent": "",
        "menu": (LinkContext("新闻", "/news/", "News"),), "uppers": (), "dateline": "", "organiser": "", "undertaker": "",
        "address": "", "postcode": "", "footer_note": "", "icp": "", "police_record": "", "website_code": "", "hotline": "",
        "contacts": (), "feeds": (), "logo": picture(),
    }  # fmt: skip
    return site(**(fields | changes))


def contact(**changes: Any) -> dict[str, Any]:
    return {
        "name": "平度市工人文化宫", "purpose": "课程与送课预约", "phone": "12351", "hours": "周一至周五 8:30—17:00",
        "address": "平度市工人文化宫", "email": "yexiao@pingdu.example", "url": "/about/", "note": "周末有课时也有人值班",
    } | changes  # fmt: skip


def picture(**changes: Any) -> ImageContext:
    fields: dict[str, Any] = {
        "src": "/media/pingdu/yexiao.png", "alt": "晚上的教室里，职工围着画架学画", "width": 1200, "height": 750,
        "caption": "平度市工人文化宫的油画课，多在周五晚上。", "credit": "平度市总工会", "vector": "/media/pingdu/yexiao.svg",
    }  # fmt: skip
    return ImageContext(**(fields | changes))


def card(title: str = "夜校的灯，为职工亮到周末", **changes: Any) -> Card:
    fields: dict[str, Any] = {
        "id": "f33f119a-17d3-470f-a686-69d4d5e0256a",
        "kind": "story",
        "title": title,
        "href": "/news/2024/10/yexiao-zouhong/",
        "date": "2024-10-15",
        "summary": "先问卷、后设课，满10人就开班。6月以来，平度职工夜校的一堂课直播观看超5000人次。",
        "genre": "report",
        "region": "山东省青岛市平度市",
    }
    return Card(**(fields | changes))


def program_card(title: str, code: str, **changes: Any) -> Card:
    fields: dict[str, Any] = {
        "id": "55056482-44cb-466b-94f2-18a91ef7c411", "kind": "program", "href": "/programs/zhigong-yexiao/",
        "date": "2025-04-01", "summary": "职工点课，满10人开班，多在周五晚和周末下午。", "genre": "", "region": "",
        "state": state(code),
    }  # fmt: skip
    return card(title, **(fields | changes))


def state(code: str = "closing", **changes: Any) -> StateContext:
    fields: dict[str, Any] = {"code": code}
    if code in ("open", "closing"):
        fields |= {
            "days_left": 3,
            "opens": "2025-04-01T00:00:00+08:00",
            "closes": "2025-04-12T00:00:00+08:00",
        }
    return StateContext(**(fields | changes))


NEWS = (
    card("内蒙古工会送出5万份加油满减券", region="内蒙古自治区", genre="news", date="2025-04-07", kicker="智慧工会"),
    card("广西近6000个岗位送到广场", region="广西南宁市", genre="feature", date="2025-03-23", owner="广西区总",
         summary="110余家用人单位带着689个岗位走进就业服务专场，现场也能问政策、问法律、做心理咨询。"),
    card("六比六创：西北公司全部项目同日开赛", genre="photo", date="2025-03-27", region="", image=picture(credit="本报记者")),
    card("江山：四部门的数据替困难职工先跑一趟", region="浙江省江山市", genre="report", date="2025-03-20", pinned=True),
    card("昆都仑区总工会把健康小屋建进企业", region="内蒙古包头市", genre="news", date="2025-03-18",
         summary="血压、心电图、超声、口腔评估，启用当天130余名职工参加义诊。"),
    card("佛山全年预计办20场以上人工智能公益培训", region="广东省佛山市", genre="news", date="2025-03-12", summary=""),
)  # fmt: skip
USABLE = (
    program_card(
        "2025年“求学圆梦行动”学历提升补助", "closing", summary="提升学历的职工可以申请补助，按学习成果发放。"
    ),
    program_card("平度职工夜校", "standing"),
    program_card("“技能共富保”技能人才普惠保险", "open", owner="舟山市总"),
    program_card("夏季疗休养", "upcoming", summary=""),
)


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
    lead = card("夜校的灯，为职工亮到周末", kicker="先问职工想学什么，再决定开什么课——", image=picture())
    fields: dict[str, Any] = {
        "title": "平度市总工会",
        "trail": (),
        "lead": lead,
        "usable": USABLE,
        "news": NEWS,
        "programs": tuple(
            program_card(name, code) for name, code in
            (("平度职工夜校", "standing"), ("职工法律援助", "running"), ("困难职工帮扶", "unknown"), ("两癌筛查", "suspended"),
             ("金秋助学", "ended"), ("劳模疗休养", "full"))
        ),
        "guides": (card("“齐鲁工匠”怎样推荐申报", kind="guide", href="/guides/qilu-gongjiang/", genre=""),
                   card("职工医疗互助怎样报销", kind="guide", href="/guides/yiliao-huzhu/", genre="", owner="山东省总")),
        "topics": (LinkContext("职工夜校", "/topics/yexiao/"), LinkContext("产业工人队伍建设改革", "/topics/changai/")),
        "children": (LinkContext("崔家集镇总工会", "https://cuijiaji.example/"), LinkContext("明村镇总工会", "https://mingcun.example/")),
    }  # fmt: skip
    return page(contexts.HomePage, "home.html", "/", **(fields | changes))


def listing(**changes: Any) -> contexts.ListPage:
    fields: dict[str, Any] = {
        "kind": "story", "heading": "", "intro_html": "", "title": "新闻", "cards": NEWS, "total": 46, "page": 2,
        "pages": tuple(PageLink(n, "/news/" if n == 1 else f"/news/page/{n}/", n == 2) for n in (1, 2, 3)),
        "previous": "/news/", "next": "/news/page/3/", "feed": "/feeds/story.atom.xml",
    }  # fmt: skip
    return page(contexts.ListPage, "list.html", "/news/page/2/", **(fields | changes))


def programs(**changes: Any) -> contexts.ListPage:
    fields: dict[str, Any] = {
        "kind": "program", "title": "项目", "cards": (*USABLE, program_card("金秋助学", "ended")), "total": 5, "page": 1,
        "heading": "", "intro_html": "", "pages": (PageLink(1, "/programs/", True),), "previous": "", "next": "",
        "feed": "",
    }  # fmt: skip
    return page(contexts.ListPage, "list.html", "/programs/", **(fields | changes))


def topic(**changes: Any) -> contexts.ListPage:
    fields: dict[str, Any] = {
        "kind": "collection", "heading": "职工夜校", "title": "职工夜校",
        "intro_html": "<p>下班以后去哪儿学？这里有<strong>各级工会</strong>的夜校。</p>", "cards": (*NEWS[:2], USABLE[1]),
        "total": 3, "page": 1, "pages": (PageLink(1, "/topics/yexiao/", True),), "previous": "", "next": "", "feed": "",
    }  # fmt: skip
    return page(contexts.ListPage, "topic.html", "/topics/yexiao/", **(fields | changes))


# --- records -------------------------------------------------------------------------------------


def plain(record: BaseRecord, **changes: Any) -> dict[str, Any]:
    """A record's public fields as plain data; `changes` put in what `pages` resolves (pictures, HTML, links)."""
    public = {
        name for name, field in type(record).model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("public")
    }  # fmt: skip
    data = record.model_dump(mode="json", include=public)
    data["bylines"] = [byline | {"href": ""} for byline in data.get("bylines", ())]
    data["supersedes"] = data["related"] = []
    data["form_links"] = [{"href": href, "label": "申请表"} for href in data.get("forms", ())]
    return data | changes


BLOCKS: tuple[dict[str, Any], ...] = (
    {"type": "prose", "html": "<p>2024年6月，平度市总工会的职工夜校开了课。课表不是坐在办公室里排的：先发问卷，看职工想学什么，"
     "再设课；课程挂到“齐鲁惠”APP上，报满10人就开班。</p><p>问下来，需求分成两头。一头是吃饭的本事，AI办公、短视频；一头是生活的兴致，"
     '烘焙、摄影、健身。详见<a href="../../../../programs/zhigong-yexiao/">平度职工夜校</a>。</p>'},
    {"type": "section", "heading": "88元，画两幅画带回家", "level": 2, "anchor": "88yuan"},
    {"type": "prose", "html": "<p>价格是许多人迈进教室的理由。<strong>一门油画课</strong>，夜校收88元。</p><ul><li>技能类<ul><li>AI办公</li></ul></li><li>生活技艺类</li></ul>"},
    {"type": "table", "caption": "油画课一览", "header": "both",
     "rows": (("项目", "夜校的安排"), ("价格", "88元"), ("课时", "8节，每节1小时"), ("带走作品", "2幅"))},
    {"type": "table", "caption": "", "header": "column", "rows": (("入库企业", "767"), ("批次", "47"))},
    {"type": "table", "caption": "", "header": "none", "rows": (("甲", "乙"),)},
    {"type": "quote", "html": "<p>下班不再只是刷手机，学完还能带两幅画回家。</p>", "speaker": "夜校学员", "source": "问卷"},
    {"type": "image", **asdict(picture())},
    {"type": "gallery", "items": (asdict(picture()), asdict(picture(alt="烘焙课", caption="", credit=""))), "caption": "夜校的两门课。"},
    {"type": "section", "heading": "怎样报名", "level": 2, "anchor": "baoming"},
    {"type": "steps", "caption": "从点课到上课", "items": (
        {"title": "问卷调需求", "text": "<p>说想学什么。</p>", "link": None}, {"title": "APP报名", "text": "", "link": "/programs/zhigong-yexiao/"})},
    {"type": "section", "heading": "三项做法", "level": 3, "anchor": "zuofa"},
    {"type": "measures", "items": (
        {"label": "送课入企", "slogan": "人走不开，课走过来", "text": "<p>以场馆为主、流动服务为辅。</p>", "link": "/programs/zhigong-yexiao/"},
        {"label": "由训转赛", "slogan": "", "text": "<p>学员参赛并发证。</p>", "link": None}), "caption": ""},
    {"type": "contact", **contact()},
    {"type": "attachment", "href": "/media/pingdu/kebiao.pdf", "title": "2024年秋季课表", "note": "PDF"},
    {"type": "editor_note", "label": "小编说", "html": "<p>想报名的读者，请看项目页。</p>"},
)  # fmt: skip

FIGURES: tuple[dict[str, Any], ...] = (
    {"label": "单课直播观看", "value": 5000, "unit": "人次", "qualifier": ["超"], "period": "2024年6月至报道时"},
    {"label": "取得心肺复苏（CPR+AED）证书", "value": 80, "unit": "名", "qualifier": ["余"], "as_of": "2024-10",
     "attribution": "据平度市总工会"},
    {"label": "可惠及技能人才", "value": 240000, "unit": "名", "as_of": "2024-10", "scope": "舟山市", "source": "市总工会"},
    {"label": "全年预计覆盖", "value": 5000, "unit": "人次", "qualifier": ["预计", "余"], "as_of": "2025", "status": "planned"},
    {"label": "认可并期盼参与", "value": 95, "unit": "%", "qualifier": ["以上"], "as_of": "2023", "derived": True},
    {"label": "工匠五力", "value": 5, "unit": "项", "as_of": "2025-03", "listed": ["引领力", "实践力", "攻关力", "传承力"]},
)  # fmt: skip


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
        "topics": (
            LinkContext("职工夜校", "/topics/yexiao/"),
            LinkContext("职工文化", "/topics/zhigong-wenhua/"),
        ),
        "related": (NEWS[0], USABLE[0]),
        "json_path": f"{path}index.json",
        "data": {},
        "ask": {"name": "平度市总工会", "phone": "12351", "url": "/about/"},
    }
    return page(contexts.RecordPage, template, path, **(fields | changes))


_BASE: dict[str, Any] = {
    "id": "f33f119a-17d3-470f-a686-69d4d5e0256a", "union": "pingdu", "published": "2024-10-15T09:00:00+08:00",
    "topics": ["职工夜校"], "region": "山东省青岛市平度市",
}  # fmt: skip


def story(**changes: Any) -> contexts.RecordPage:
    record = Story.model_validate(
        _BASE | {
            "kind": "story", "slug": "yexiao-zouhong", "title": "夜校的灯，为职工亮到周末", "genre": "report",
            "kicker": "先问职工想学什么，再决定开什么课", "kicker_joins_title": True,
            "subtitle": "一间教室、一块屏幕、一辆送课的车，文化宫人流同比增长30%", "subject_line": "平度市总工会办职工夜校",
            "column": "他山之石", "series": "工会工作巡礼", "dateline": "山东平度", "event_date": "2024-10",
            "bylines": [
                {"role": "reporter", "name": "本报记者", "affiliation": "平度市总工会"}, {"role": "reporter", "name": "山东记者站"},
                {"role": "correspondent", "name": "平度市工人文化宫"}, {"role": "responsible_editor", "name": "平度市总工会宣传部"}],
            "source": {"relation": "reprint", "publication": "工人日报", "issue_date": "2024-10-11", "title": "平度职工夜校走红",
                       "original_author": "本报记者", "url": "https://example.org/yexiao"},
            "abstract": {"label": "阅读提示", "text": "职工夜校办得起来，难在对路，也难在坚持。平度的办法是把决定权交给学员：问卷选课，报满10人开班。"},
            "figures": FIGURES, "contact": contact(),
            "change_notes": [{"date": "2024-10-18", "note": "更正直播观看人次的统计时段", "major": True}],
        }
    )  # fmt: skip
    data = plain(
        record,
        lead_picture=asdict(picture()),
        editor_note={"label": "", "html": "<p>时间、价格和报名办法以项目页为准。</p>", "position": "end"},
        intro="<p>本地读者可到工人文化宫一楼看课表。</p>",
        note="<p>本篇由市总工会提供。</p>",
    )
    return record_page("story.html", "/news/2024/10/yexiao-zouhong/", data, **changes)


def program(code: str = "closing", **changes: Any) -> contexts.RecordPage:
    record = Program.model_validate(
        _BASE | {
            "kind": "program", "slug": "qiuxue-yuanmeng", "title": "2025年“求学圆梦行动”学历提升补助",
            "summary": "提升学历的职工可以申请补助，按学习成果发放。", "organisers": ["山东省总工会"], "partners": ["青岛市总工会", "平度市总工会"],
            "eligibility": ["本市用人单位的在职职工", "2025年取得学历证书", "所学专业与岗位有关"],
            "eligibility_any": ["市级以上劳模、工匠", "一线产业工人"], "membership_required": True,
            "benefits": [{"label": "每人补助", "value": 1000, "unit": "元", "qualifier": ["可达"], "audience": "本科"},
                         {"label": "课程费用", "note": "以公布为准"}],
            "quota": {"value": 50, "unit": "名", "note": "先到先得"}, "cost": {"free": True, "note": "教材自备"},
            "window": {"opens": "2025-04-01", "closes": "2025-04-11"},
            "activity": {"opens": "2025-05-01T09:00:00+08:00", "closes": "2025-12-31", "note": "分两批"},
            "papers": [{"name": "身份证", "form": "either", "count": 1}, {"name": "学历证书", "form": "copy", "count": 2, "waivable": True},
                       {"name": "申请表", "note": "单位盖章", "template": "media:pingdu/biao.pdf"}],
            "steps": [{"title": "向本单位工会提出", "text": "填申请表。"}, {"title": "市总工会审核", "link": "/about/"}],
            "apply": [{"way": "app", "label": "手机申请", "value": "“齐鲁惠”APP"}, {"way": "phone", "label": "电话", "value": "12351"},
                      {"way": "link", "label": "网上", "link": "https://example.org/apply"}, {"way": "union", "label": "向本单位工会申请"}],
            "forms": ["media:pingdu/biao.pdf"], "basis": [{"title": "关于开展“求学圆梦行动”的通知", "number": "示例〔2025〕1号", "link": "/guides/qiuxue/"}],
            "questions": [{"question": "去年领过还能申请吗？", "answer": "同一学历只补一次。"}], "privacy": "材料只用于审核。",
            "place": "平度市工人文化宫", "contact": contact(), "figures": FIGURES[:2],
        }
    )  # fmt: skip
    data = plain(record, form_links=[{"href": "/media/pingdu/biao.pdf", "label": "学历提升补助申请表"}])
    data["papers"][2]["template"] = "/media/pingdu/biao.pdf"
    data["steps"][0]["text"] = "<p>填申请表。</p>"
    data["questions"][0]["answer"] = "<p>同一学历只补一次。</p>"
    fields: dict[str, Any] = {
        "state": state(code), "owner": LinkContext("山东省总工会", "https://shandong.example/programs/qiuxue-yuanmeng/"), "own": False,
        "origin": LinkContext("求学圆梦行动（全国）", "https://acftu.example/programs/qiuxue-yuanmeng/"), "body": BLOCKS[:2], "contents": (),
    }  # fmt: skip
    return record_page("program.html", "/programs/shandong/qiuxue-yuanmeng/", data, **(fields | changes))


def bare_program(**changes: Any) -> contexts.RecordPage:
    """A program of which hardly anything is known: everything else is asked."""
    record = Program.model_validate(
        _BASE | {"kind": "program", "slug": "jiankang-xiaowu", "title": "职工健康小屋"}
    )
    fields: dict[str, Any] = {
        "state": state("unknown"),
        "body": (),
        "contents": (),
        "topics": (),
        "related": (),
    }
    return record_page("program.html", "/programs/jiankang-xiaowu/", plain(record), **(fields | changes))


def guide(**changes: Any) -> contexts.RecordPage:
    record = Guide.model_validate(
        _BASE | {
            "kind": "guide", "slug": "qilu-gongjiang", "title": "“齐鲁工匠”怎样推荐申报", "summary": "高技能一线职工可以申报，名额50名。",
            "document": {"number": "示例〔2019〕1号", "index_number": "示例-2019-0001", "issuer": "山东省总工会", "title": "关于选树“齐鲁工匠”的通知",
                         "written": "2019-07", "issued": "2019-08", "effective": "2019-08-01", "ceases": "2025-12-31", "validity": "effective",
                         "subject": "工匠选树", "genre": "通知"},
            "applies_to": "山东省",
            "parameters": [{"name": "“齐鲁工匠”一次性奖励", "value": 1, "unit": "万元", "valid_from": "2019-08-01", "source": "省总通知"},
                           {"name": "住院医疗互助最高补助额", "value": 25, "unit": "万元", "valid_to": "2022-12-31", "note": "调整前"}],
            "eligibility": ["高技能一线职工", "满足5项标准"],
            "papers": [{"name": "推荐表", "form": "original", "count": 1}], "steps": [{"title": "单位推荐"}, {"title": "省总工会评审"}],
            "benefits": [{"label": "工作室创建资助", "value": 5, "unit": "万元", "audience": "齐鲁工匠"}, {"label": "其他待遇"}],
            "window": {"closes": "2025-04-30", "note": "以当年通知为准"}, "quota": {"value": 50, "unit": "名"}, "cost": {"free": None},
            "apply": [{"way": "union", "label": "由单位工会推荐"}], "time_limit": "受理后30个工作日", "place": "山东省总工会",
            "basis": [{"title": "《中华人民共和国工会法》"}], "questions": [{"question": "两档奖励能叠加吗？", "answer": "请咨询。"}],
            "change_notes": [{"date": "2025-01-02", "note": "更新奖励标准"}],
        }
    )  # fmt: skip
    data = plain(record)
    data["questions"][0]["answer"] = "<p>请咨询。</p>"
    data["parameters"][0] |= {"valid": True, "validity": "current"}
    data["parameters"][1] |= {"valid": False, "validity": "past"}
    data["supersedes"] = [{"id": _BASE["id"], "label": "2018年的申报办法", "href": "/guides/2018/"}]
    fields: dict[str, Any] = {"state": state("open"), "body": (*BLOCKS[:3], BLOCKS[9])}
    return record_page("guide.html", "/guides/qilu-gongjiang/", data, **(fields | changes))


def about(**changes: Any) -> contexts.TextPage:
    fields: dict[str, Any] = {
        "heading": "关于平度市总工会", "html": "<p>平度市总工会是青岛市总工会的下级工会，统筹职工夜校、帮扶和维权服务。</p>",
        "children": (LinkContext("崔家集镇总工会", "https://cuijiaji.example/"),), "title": "关于平度市总工会",
    }  # fmt: skip
    return page(contexts.TextPage, "about.html", "/about/", **(fields | changes))


def search(**changes: Any) -> contexts.SearchPage:
    fields: dict[str, Any] = {
        "index": "/search/index.json",
        "kinds": ("story", "program", "guide"),
        "title": "搜索",
    }
    return page(contexts.SearchPage, "search.html", "/search/", **(fields | changes))


def site_index(**changes: Any) -> contexts.SiteIndexPage:
    fields: dict[str, Any] = {
        "groups": ({"kind": "story", "heading": "2025", "cards": NEWS[:3]}, {"kind": "story", "heading": "2024", "cards": NEWS[3:]},
                   {"kind": "program", "heading": "", "cards": USABLE}), "title": "全部内容",
    }  # fmt: skip
    return page(contexts.SiteIndexPage, "site_index.html", "/index/", **(fields | changes))


def not_found(**changes: Any) -> contexts.NoticePage:
    fields: dict[str, Any] = {
        "root": "https://pingdu.example/",
        "title": "",
        "trail": (),
        "canonical": "",
        "json_ld": (),
    }
    return page(contexts.NoticePage, "404.html", "/404.html", **(fields | changes))


def redirect(**changes: Any) -> contexts.NoticePage:
    fields: dict[str, Any] = {
        "target": "/programs/zhigong-yexiao/",
        "noindex": True,
        "title": "",
        "description": "",
    }
    return page(contexts.NoticePage, "redirect.html", "/programs/yexiao/", **(fields | changes))


def withdrawn(**changes: Any) -> contexts.NoticePage:
    fields: dict[str, Any] = {
        "reason": "补助标准已调整，旧稿容易误导",
        "target": "/guides/qilu-gongjiang/",
        "noindex": True,
        "title": "",
        "description": "",
    }
    return page(contexts.NoticePage, "withdrawn.html", "/news/2019/08/jiu/", **(fields | changes))


def brand(**changes: Any) -> contexts.StylePage:
    return page(contexts.StylePage, "brand.css", "/assets/brand.css", **changes)


HTML_PAGES = {
    "home": home, "list": listing, "programs": programs, "topic": topic, "story": story, "program": program, "bare_program": bare_program,
    "guide": guide, "about": about, "search": search, "site_index": site_index, "404": not_found, "redirect": redirect,
    "withdrawn": withdrawn,
}  # fmt: skip
"""A maker of each kind of page; each takes changes to the page's fields."""
