"""The edit screens, grouped as an editor thinks: what it says, when and who sees it, who passes it on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    CommentPanel,
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
)

from cms.blocks.links import SharedRecordChooser


def fields(*names: str) -> list[Panel]:
    return [FieldPanel(name) for name in names]


class LinesPanel(FieldPanel):
    """What is kept as a list, shown to read: a line each."""

    def format_value_for_display(self, value: Any) -> Any:
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in value)) or "—"


def group(heading: Any, *names: str | Panel, collapsed: bool = False, help_text: Any = "") -> MultiFieldPanel:
    children = [FieldPanel(name) if isinstance(name, str) else name for name in names]
    return MultiFieldPanel(
        children,
        heading=heading,
        help_text=help_text,
        classname="collapsed" if collapsed else "",
    )


PICTURES = group(_("配图和数字"), "lead_picture", "figures")
SORTING = group(
    _("归到哪里、怎么找到"),
    "topics",
    "audiences",
    "needs",
    "life_events",
    "region",
    "keywords",
    "related",
    collapsed=True,
)
LISTS = group(_("列表和手机上怎么显示"), "title_short", "summary", collapsed=True)

TIMES: list[Panel] = [
    HelpPanel(template="publishing/_beside.html", heading=_("上线情况")),
    group(
        _("何时上网、何时下线"),
        FieldRowPanel(fields("published", "expires")),
        FieldRowPanel(fields("updated", "review_due")),
    ),
    group(_("更正"), "change_notes"),
    group(_("审核"), "reviewed"),
    group(
        _("出现的人和同意"),
        "people",
        "consents",
        help_text=_("写了谁的话、登了谁的照片，征得同意后记在这里。网页上永远不显示。"),
        collapsed=True,
    ),
    group(
        _("撤回"),
        FieldRowPanel(fields("withdrawn_at", "withdrawn_redirect")),
        "withdrawn_reason",
        help_text=_("撤回后，连同转到下级工会网站上的，都只显示原因。写好后要点“发布”才生效。"),
        collapsed=True,
    ),
]
SHARING: list[Panel] = [
    group(
        _("转给下级工会"),
        FieldRowPanel(fields("share_mode", "share_by")),
        "share_to",
        "share_slots",
        help_text=_("内容只有这一份：改了、撤了，各级网站随之更新，不必逐级转发。"),
    ),
    group(
        _("本地版"),
        FieldPanel("edition_of", widget=SharedRecordChooser),
        "inherit_title",
        help_text=_("把上级的内容写成适合本地的：只填不同的几项。"),
    ),
]
ADDRESS: list[Panel] = [
    group(
        _("网址和编号"),
        FieldPanel("slug"),
        LinesPanel("former_paths", read_only=True),
        FieldPanel("uuid", read_only=True, heading=_("编号")),
        help_text=_("网址代号不填则取标题的拼音。发布后再改，旧地址会自动转到新地址。"),
    ),
    group(_("搜索引擎"), "noindex"),
]


def screen(writing: Sequence[Panel]) -> TabbedInterface:
    """The tabs of a record: `writing` is its own, the others are the same for all kinds."""
    return TabbedInterface(
        [
            ObjectList(list(writing), heading=_("写什么")),
            ObjectList(TIMES, heading=_("何时、谁能看到")),
            ObjectList(SHARING, heading=_("共享和本地版")),
            # Shows nothing itself: with it people can write to each other beside every field.
            ObjectList([*ADDRESS, CommentPanel()], heading=_("网址")),
        ]
    )


STORY = screen(
    [
        group(
            _("标题"),
            "genre",
            "kicker",
            "kicker_joins_title",
            "title",
            "subtitle",
            "subject_line",
        ),
        group(_("正文"), "abstract", "key_points", "intro", "body", "note", "editor_note"),
        PICTURES,
        group(_("署名和来源"), "bylines", "source", FieldRowPanel(fields("dateline", "event_date"))),
        group(_("栏目和系列"), FieldRowPanel(fields("column", "series")), collapsed=True),
        SORTING,
        group(_("联系和地点"), "contact", "place", collapsed=True),
        group(_("列表和手机上怎么显示"), "title_short", "summary", "pinned_until", collapsed=True),
        group(_("公众号"), "wechat", collapsed=True),
    ]
)
PROGRAM = screen(
    [
        group(_("这是什么"), "title", "type", "summary", "lead_picture"),
        group(
            _("现在能不能办"),
            "window",
            FieldRowPanel(fields("standing", "status")),
            "activity",
            "quota",
        ),
        group(_("谁可以"), "eligibility", "eligibility_any", "membership_required"),
        group(_("得到什么、要不要钱"), "benefits", "cost"),
        group(_("怎么办"), "apply", "papers", "steps", "forms", "place", "venues", "contact"),
        group(_("评选、征集和往年"), "stages", "publicity", "honours", "previous", collapsed=True),
        group(_("问答导引和对照表"), "decision", "matrices", collapsed=True),
        group(_("详细说明"), "intro", "body", "figures", "note"),
        group(_("谁办的、凭什么"), "organisers", "partners", "basis", collapsed=True),
        group(_("信息公开"), "disclosures", collapsed=True),
        group(_("常见问题和个人信息"), "questions", "privacy", collapsed=True),
        SORTING,
        group(_("列表和手机上怎么显示"), "title_short", collapsed=True),
    ]
)
GUIDE = screen(
    [
        group(_("说的是什么政策"), "title", "summary", "applies_to", "regions", "document", "supersedes"),
        group(_("标准和数额"), "parameters", "benefits"),
        group(_("谁可以办"), "eligibility"),
        group(
            _("怎么办"),
            "papers",
            "steps",
            "apply",
            "agencies",
            FieldRowPanel(fields("time_limit", "legal_limit")),
            "cost",
            "place",
            "contact",
        ),
        group(_("不给办怎么办、向谁反映"), "refused", "supervision"),
        group(_("办理时间和名额"), "window", "quota", collapsed=True),
        group(_("问答导引和对照表"), "decision", "matrices", collapsed=True),
        group(_("公示"), "publicity", collapsed=True),
        group(_("分部分讲解"), "intro", "body", "note", "lead_picture", "figures"),
        group(_("依据、解读和常见问题"), "basis", "explained_by", "questions"),
        group(_("以前的版本"), "keep_text", "earlier", collapsed=True),
        SORTING,
        group(_("列表和手机上怎么显示"), "title_short", collapsed=True),
    ]
)
EVENT = screen(
    [
        group(_("这是什么"), "title", FieldRowPanel(fields("type", "edition")), "summary", "lead_picture"),
        group(_("什么时候"), "sessions", "when", FieldRowPanel(fields("status", "status_note"))),
        group(_("在哪里、怎么参加"), "place", "venue", "modes", FieldRowPanel(fields("live_link", "replay"))),
        group(_("怎么报名"), "window", "apply", "seats", "contact"),
        group(_("要不要钱、要带什么"), "cost", "papers"),
        group(_("谁可以参加"), "eligibility", "eligibility_any", "membership_required", collapsed=True),
        group(
            _("课程和培训"),
            FieldRowPanel(fields("level", "certificate")),
            "teachers",
            FieldRowPanel(fields("child_care", "access")),
            collapsed=True,
        ),
        group(_("招聘会"), "employers", "zones", "desks", collapsed=True),
        group(_("竞赛和培训"), "trades", "stages", "criteria", collapsed=True),
        group(_("日程和直播板块"), "agenda", "boards", collapsed=True),
        group(_("结束之后"), "outcome", "results", collapsed=True),
        group(_("详细说明"), "intro", "body", "figures", "note"),
        group(_("谁办的、凭什么"), "organisers", "undertakers", "partners", "basis", collapsed=True),
        group(_("常见问题和个人信息"), "questions", "privacy", collapsed=True),
        SORTING,
        group(_("列表和手机上怎么显示"), "title_short", collapsed=True),
    ]
)
PLACE = screen(
    [
        group(_("这是哪里"), "title", "type", "summary", "lead_picture"),
        group(
            _("在哪里、怎么去"), "place", "position", "directions", FieldRowPanel(fields("host", "region"))
        ),
        group(_("什么时候开"), "hours", "always_open", "holiday_hours", "hours_note"),
        group(_("开着吗、谁可以进"), FieldRowPanel(fields("status", "access")), "status_note", "access_note"),
        group(
            _("有什么、能办什么"),
            "facilities",
            "equipment",
            "services",
            "counters",
            "safety",
            "accessibility",
        ),
        group(_("怎么用"), "eligibility", "apply", "cost", "contact"),
        group(_("详细说明"), "intro", "body", "figures", "note"),
        group(_("谁运营、何时核对"), "operators", "verified_at"),
        group(
            _("归到哪里、怎么找到"),
            "topics",
            "audiences",
            "needs",
            "life_events",
            "keywords",
            "related",
            collapsed=True,
        ),
        group(_("列表和手机上怎么显示"), "title_short", collapsed=True),
    ]
)
SERVICE = screen(
    [
        group(_("这是什么"), "title", "type", "summary", "lead_picture"),
        group(_("现在能不能用"), FieldRowPanel(fields("status", "since")), "status_note"),
        group(
            _("入口"),
            "apply",
            "fallback",
            FieldRowPanel(fields("checked_at", "health")),
            help_text=_("本网站只指路，不收集个人信息。"),
        ),
        group(_("能做什么、怎么用"), "functions", "centre", "steps", "papers", "time_limit", "cost"),
        group(_("谁可以用"), "eligibility", "membership_required", "collects"),
        group(_("谁运营"), FieldRowPanel(fields("operator", "platform"))),
        group(_("在哪里办"), "places", "place", "contact", collapsed=True),
        group(_("信息公开"), "disclosures", collapsed=True),
        group(_("详细说明"), "intro", "body", "figures", "note"),
        group(_("依据和常见问题"), "basis", "questions", collapsed=True),
        SORTING,
        group(_("列表和手机上怎么显示"), "title_short", collapsed=True),
    ]
)
COLLECTION = screen(
    [
        group(_("这是什么"), "title", "type", "summary", "lead_picture"),
        group(_("收哪些内容"), "query", "items", FieldRowPanel(fields("order", "source_required"))),
        group(
            _("栏目和系列"),
            FieldRowPanel(fields("label", "author_role")),
            FieldRowPanel(fields("desk", "frequency")),
            FieldRowPanel(fields("starts", "ends")),
            "logo",
            "portrait",
            help_text=_("标识和名称印在每一篇上；系列结束后不再列在导航里，各篇上的标识留着。"),
        ),
        group(_("时间轴的节点"), "milestones"),
        group(_("专题的话"), "intro", "body", "figures", "note", "contact", "place"),
        SORTING,
        group(_("列表和手机上怎么显示"), "title_short", collapsed=True),
    ]
)
DATASET = screen(
    [
        group(_("这是什么"), "title", "type", "summary", "lead_picture"),
        group(_("指标"), "indicators", "form"),
        group(_("排名"), "rankings", FieldRowPanel(fields("score_name", "score_unit")), "rule"),
        group(_("荣誉名册"), "awards"),
        group(_("口径和出处"), "source", "method"),
        group(_("详细说明"), "intro", "body", "figures", "note", "contact"),
        SORTING,
        group(_("列表和手机上怎么显示"), "title_short", "place", collapsed=True),
    ]
)
