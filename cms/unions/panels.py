"""The screen of a union: who it is, its site, its looks, its schedule, what it says of itself.

What places it among the others (level, parent, address) only the network's administrators may change:
it decides what reaches it and who answers for it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
)

from cms.unions.permissions import PLACES_UNIONS
from cms.unions.widgets import ColourInput


def placing(name: str) -> FieldPanel:
    return FieldPanel(name, permission=PLACES_UNIONS)


def group(heading: object, *panels: Panel | str, help_text: object = "") -> MultiFieldPanel:
    return MultiFieldPanel(
        [FieldPanel(panel) if isinstance(panel, str) else panel for panel in panels],
        heading=heading,
        help_text=help_text,
    )


UNION = TabbedInterface(
    [
        ObjectList(
            [
                group(_("名称"), placing("title"), "short_name", "other_names"),
                group(
                    _("在工会组织中的位置"),
                    placing("level"),
                    placing("parent_union"),
                    placing("industry_line"),
                    placing("functional_zone"),
                    "region",
                    "region_code",
                ),
                group(_("网址代号"), placing("slug")),
                MultiFieldPanel(
                    [
                        FieldRowPanel([placing("closed_how"), placing("closed_since")]),
                        placing("closed_successors"),
                        placing("closed_note"),
                    ],
                    heading=_("撤并"),
                    classname="collapsed",
                ),
            ],
            heading=_("工会"),
        ),
        ObjectList(
            [
                group(_("地址和语言"), placing("base_url"), "language"),
                group(_("导航"), "menu"),
                group(_("怎么联系本工会"), "hotline", "contacts", "wechat"),
                group(_("审核和分享"), "reviewer", "share_pictures"),
                group(
                    _("页脚"),
                    FieldRowPanel([FieldPanel("footer_organiser"), FieldPanel("footer_undertaker")]),
                    FieldRowPanel([FieldPanel("footer_address"), FieldPanel("footer_postcode")]),
                    "footer_note",
                ),
                group(
                    _("备案"),
                    FieldRowPanel([FieldPanel("icp"), FieldPanel("police_record")]),
                    "website_code",
                ),
            ],
            heading=_("网站"),
        ),
        ObjectList(
            [
                group(_("标志和口号"), "logo", "icon", "slogan"),
                group(
                    _("颜色"),
                    FieldPanel("palette_primary", widget=ColourInput),
                    FieldPanel("palette_accent", widget=ColourInput),
                ),
                group(_("样式"), "theme"),
            ],
            heading=_("外观"),
        ),
        ObjectList(
            [
                group(_("头条和公告"), "home_lead", "home_notice"),
                group(_("现在可以办"), "home_pinned"),
                group(_("当季"), "home_seasons"),
                group(_("版块"), "home_blocks"),
            ],
            heading=_("首页"),
        ),
        ObjectList(
            [
                group(_("紧急通知"), "emergency"),
                group(_("节日横幅"), "festival"),
                group(_("哀悼期"), "mourning"),
            ],
            heading=_("特殊时期"),
        ),
        ObjectList([group(_("关于工会"), "body")], heading=_("关于")),
        ObjectList(
            [
                group(_("接收上级内容"), "subscriptions"),
                group(_("转给下级"), "new_share"),
                group(
                    _("定时重建"),
                    "schedule_cron",
                    FieldRowPanel([FieldPanel("schedule_timezone"), FieldPanel("schedule_quiet_hours")]),
                ),
            ],
            heading=_("订阅和定时"),
        ),
    ]
)
