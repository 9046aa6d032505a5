"""The union tree in Wagtail: 工会 > one page per union, side by side > one section per kind > records.

Unions lie side by side, because Wagtail's page permissions are inherited downward and the people of an
upper union must not touch a lower one's pages. The tree of unions is `UnionPage.parent_union`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.blocks import ChoiceBlock
from wagtail.fields import StreamField
from wagtail.models import Collection, Page, PagePermissionTester
from wagtail.search import index

from cms.blocks.body import BodyBlock
from cms.blocks.lines import LinesField
from cms.blocks.links import RecordChooserBlock, RecordRefField
from cms.blocks.unions import (
    FestivalBlock,
    MenuItemBlock,
    MourningBlock,
    NewShareBlock,
    NoticeBlock,
    SeasonBlock,
    WechatBlock,
)
from cms.blocks.values import ContactBlock
from cms.unions import panels, rules
from cms.unions.fields import UnionsField
from cms.unions.forms import UnionForm
from cms.unions.permissions import KeptPermissions, UnionPermissions
from site_builder.paths import LABELS, SECTIONS
from site_builder.records import RECORD_TYPES, Kind, Level


class LevelChoice(models.TextChoices):
    NATIONAL = Level.NATIONAL.value, _("全国")
    PROVINCE = Level.PROVINCE.value, _("省、自治区、直辖市")
    CITY = Level.CITY.value, _("市、地区")
    COUNTY = Level.COUNTY.value, _("县、区")
    TOWN = Level.TOWN.value, _("乡镇、街道、社区")
    ENTERPRISE = Level.ENTERPRISE.value, _("企业、单位")
    INDUSTRY = Level.INDUSTRY.value, _("产业、行业")


KIND_CHOICES = [
    (Kind.STORY.value, _("新闻")),
    (Kind.PROGRAM.value, _("项目")),
    (Kind.GUIDE.value, _("指南")),
    (Kind.EVENT.value, _("活动")),
    (Kind.PLACE.value, _("阵地")),
    (Kind.SERVICE.value, _("服务")),
    (Kind.DATASET.value, _("数据")),
    (Kind.COLLECTION.value, _("专题")),
]


HOME_BLOCKS = [
    ("lead", _("头条")),
    ("usable", _("现在可以办")),
    ("season", _("当季")),
    ("news", _("新闻")),
    ("events", _("活动")),
    ("places", _("阵地")),
    ("services", _("服务入口")),
    ("programs", _("服务项目")),
    ("guides", _("政策指南")),
    ("topics", _("专题")),
    ("unions", _("下级工会")),
]
"""The parts of a front page: records.HomeBlock."""


class UnionsRoot(Page):
    """工会: the page all unions lie under. There is one."""

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["unions.UnionPage"]
    max_count = 1

    class Meta:
        verbose_name = _("工会总览")
        verbose_name_plural = _("工会总览")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return KeptPermissions(user, self)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect("/admin/")


class UnionPage(Page):
    """A local union: its place in the tree, its site's profile, its schedule.

    Fields have the names of `records.Union` and `records.Site` but for `slug` and `title` (Wagtail's own),
    `other_names` (`aliases`, which Wagtail uses for something else), `parent_union` (`parent`), and
    `palette_*`, `footer_*`, `schedule_*`, `closed_*` for the parts of `palette`, `footer`, `schedule` and
    `closure`. Saving one
    makes what it needs: a media library, a section for each kind, and three groups (`cms.unions.setup`).
    """

    collection = models.OneToOneField(
        Collection, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="union"
    )
    """The union's media library."""

    short_name = models.CharField(_("简称"), max_length=100, blank=True, help_text=_("例如：省总工会"))
    other_names = LinesField(
        verbose_name=_("别称"), help_text=_("读者和旧稿可能用的叫法，每行一个；可以被搜到")
    )
    level = models.CharField(_("层级"), max_length=12, choices=LevelChoice.choices)
    parent_union = models.ForeignKey(
        "self",
        verbose_name=_("上级工会"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="child_unions",
        help_text=_("上级转来的必转内容会出现在本工会的网站上"),
    )
    industry_line = models.ForeignKey(
        "self",
        verbose_name=_("产业工会"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="line_unions",
        limit_choices_to={"level": Level.INDUSTRY.value},
        help_text=_("同时归哪个产业工会指导，可不填"),
    )
    region = models.CharField(_("地区"), max_length=100, blank=True, help_text=_("例如：山东省青岛市"))
    region_code = models.CharField(
        _("行政区划代码"),
        max_length=6,
        blank=True,
        validators=[rules.validate_region_code],
        help_text=_("国家标准 GB/T 2260 的六位数字，例如平度市 370283；不清楚就不填"),
    )
    functional_zone = models.BooleanField(
        _("功能区工会"), default=False, help_text=_("经开区、高新区、综合试验区等")
    )
    closed_how = models.CharField(
        _("怎么撤并的"),
        max_length=10,
        blank=True,
        choices=[
            ("replaced", _("职能划入其他工会")),
            ("split", _("拆分")),
            ("merged", _("合并")),
            ("renamed", _("更名")),
            ("dissolved", _("撤销")),
        ],
        help_text=_("不再存在的工会才填：到那一天，网站自动写明并指向接替的工会，各页留作查阅"),
    )
    closed_since = models.DateField(
        _("从哪一天起"), null=True, blank=True, help_text=_("这一天起不再请读者咨询本工会")
    )
    closed_successors = UnionsField(
        verbose_name=_("由谁接替"),
        help_text=_("每行一个，写全称、简称或网址代号。撤销而无人接替的不填：网站指向最近的上级工会"),
    )
    closed_note = models.CharField(_("撤并说明"), max_length=300, blank=True, help_text=_("读者还要知道什么"))

    base_url = models.CharField(
        _("网站地址"),
        max_length=200,
        validators=[rules.validate_base_url],
        help_text=_("https:// 开头，末尾不带斜线"),
    )
    theme = models.CharField(_("主题样式"), max_length=63, default="base", validators=[rules.validate_slug])
    language = models.CharField(
        _("网站语言"),
        max_length=10,
        choices=[("zh-Hans", _("简体中文")), ("en", _("英文"))],
        default="zh-Hans",
    )
    palette_primary = models.CharField(
        _("主色"),
        max_length=7,
        default="#a4161a",
        validators=[rules.validate_colour],
        help_text=_("标题和按钮用的颜色；与浅色底的对比度不得低于 4.5"),
    )
    palette_accent = models.CharField(
        _("辅色"), max_length=7, blank=True, validators=[rules.validate_colour], help_text=_("可不填")
    )
    logo = models.ForeignKey(
        "media.MediaImage",
        verbose_name=_("标志"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    icon = models.ForeignKey(
        "media.MediaImage",
        verbose_name=_("网站图标"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("浏览器标签页上的小图，正方形，缩到16像素也认得出；不选就用标志"),
    )
    slogan = models.CharField(_("口号"), max_length=200, blank=True)
    menu = StreamField(
        [("item", MenuItemBlock())],
        blank=True,
        verbose_name=_("导航菜单"),
        help_text=_("不填：网站有什么内容就列什么栏目"),
    )

    home_lead = RecordRefField(
        _("头条"), null=True, blank=True, help_text=_("不选：本站置顶的一篇，没有置顶就用最近有图的新闻")
    )
    home_pinned = StreamField(
        [("item", RecordChooserBlock(label=_("项目、活动或服务")))],
        blank=True,
        verbose_name=_("“现在可以办”里先列什么"),
        help_text=_("其余的按截止时间排在后面；已经结束的自动不列"),
    )
    home_notice = StreamField([("item", NoticeBlock())], blank=True, max_num=1, verbose_name=_("首页公告"))
    home_seasons = StreamField(
        [("item", SeasonBlock())],
        blank=True,
        verbose_name=_("当季"),
        help_text=_("一年几季都可以先写好：到时候自动换上，过了自动撤下；同时有几个的，显示最上面的"),
    )
    home_blocks = StreamField(
        [("item", ChoiceBlock(choices=HOME_BLOCKS, label=_("版块")))],
        blank=True,
        verbose_name=_("首页版块的次序"),
        help_text=_(
            "从上到下排；写了就只显示写出的版块，没有内容的自动不显示。不写：全部，按本级工会的习惯排"
        ),
    )
    mourning = StreamField(
        [("item", MourningBlock())],
        blank=True,
        max_num=1,
        verbose_name=_("哀悼期"),
        help_text=_("这段时间整个网站变成黑白，到时自动恢复"),
    )
    festival = StreamField(
        [("item", FestivalBlock())],
        blank=True,
        max_num=1,
        verbose_name=_("节日横幅"),
        help_text=_("只在首页"),
    )
    emergency = StreamField(
        [("item", NoticeBlock())],
        blank=True,
        max_num=1,
        verbose_name=_("紧急通知"),
        help_text=_("在每一页最上面：台风、停电、服务中断一类"),
    )

    footer_organiser = models.CharField(_("主办"), max_length=200, blank=True)
    footer_undertaker = models.CharField(_("承办"), max_length=200, blank=True)
    footer_address = models.CharField(_("地址"), max_length=300, blank=True)
    footer_postcode = models.CharField(_("邮编"), max_length=20, blank=True)
    footer_note = models.CharField(_("页脚说明"), max_length=300, blank=True)
    icp = models.CharField(_("ICP备案号"), max_length=100, blank=True)
    police_record = models.CharField(_("公安备案号"), max_length=100, blank=True)
    website_code = models.CharField(_("网站标识码"), max_length=50, blank=True)
    hotline = models.CharField(_("服务热线"), max_length=50, blank=True)
    reviewer = models.CharField(
        _("内容审核"),
        max_length=200,
        blank=True,
        help_text=_("审核网站内容的部门或岗位，例如：宣传教育部。每一页的末尾会写上"),
    )
    share_pictures = models.BooleanField(
        _("分享配图"),
        default=True,
        help_text=_("没有配图的内容被转发时，用标题自动做一张图"),
    )
    contacts = StreamField([("item", ContactBlock())], blank=True, verbose_name=_("联系方式"))
    wechat = StreamField(
        [("item", WechatBlock())],
        blank=True,
        max_num=1,
        verbose_name=_("微信公众号"),
        help_text=_("每一页的页脚写名称，“关于工会”上放二维码"),
    )

    schedule_cron = models.CharField(
        _("定时重建"),
        max_length=100,
        blank=True,
        help_text=_("五段 cron:分 时 日 月 周。例如每天六点：0 6 * * *。不填：只在有改动时重建"),
    )
    schedule_timezone = models.CharField(_("时区"), max_length=50, default="Asia/Shanghai")
    schedule_quiet_hours = models.CharField(
        _("静默时段"),
        max_length=11,
        blank=True,
        help_text=_("定时重建等到这段时间之后；发布和到时公开不等。例如 22:00-06:00"),
    )
    subscriptions = LinesField(
        verbose_name=_("订阅的专题"),
        help_text=_("每行一个专题名。上级“可选用”的内容属于这些专题的，自动采用"),
    )
    new_share = StreamField(
        [("item", NewShareBlock())],
        blank=True,
        max_num=1,
        verbose_name=_("新写的内容默认转给谁"),
        help_text=_("只是新建时替编辑先选好，编辑可以改；已有的内容不变"),
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("关于工会"))

    parent_page_types: ClassVar[list[str]] = ["unions.UnionsRoot"]
    subpage_types: ClassVar[list[str]] = ["unions.SectionPage"]
    search_fields = [
        *Page.search_fields,
        index.SearchField("short_name"),
        index.SearchField("other_names"),
        index.SearchField("region"),
        index.FilterField("level"),
    ]

    base_form_class = UnionForm
    edit_handler = panels.UNION

    class Meta:
        verbose_name = pgettext_lazy("one", "工会")
        verbose_name_plural = _("工会")
        permissions = [("place_union", _("可以新建工会、改动层级和上下级"))]

    @property
    def short(self) -> str:
        return self.short_name or self.title

    def clean(self) -> None:
        super().clean()
        errors = {
            **rules.place_in_tree(self),
            **rules.colours(self.palette_primary, self.palette_accent),
            **rules.schedule(self.schedule_cron, self.schedule_timezone, self.schedule_quiet_hours),
            **rules.slug(self.slug),
            **rules.region_code(self.region_code, self.level),
            **rules.closure(self),
            **rules.home_blocks([block.value for block in self.home_blocks]),
        }
        if errors:
            raise ValidationError(errors)

    def section(self, kind: Kind | str) -> SectionPage:
        """The page under which this union's records of one kind lie."""
        return SectionPage.objects.child_of(self).get(kind=Kind(kind).value)

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return UnionPermissions(user, self)

    def get_full_url(self, request: HttpRequest | None = None) -> str:
        """Where mails lead: to the union's site, and not to an address of the CMS."""
        return f"{self.base_url}/"

    full_url = property(get_full_url)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The CMS is not the public site: send the reader there."""
        return HttpResponseRedirect(f"{self.base_url}/")


class SectionPage(Page):
    """新闻, 项目, 指南, 活动... of one union. Made and named by the program, never by hand."""

    kind = models.CharField(max_length=12, choices=KIND_CHOICES, editable=False)

    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["unions.UnionPage"]
    subpage_types: ClassVar[list[str]] = [
        "records.StoryPage",
        "records.ProgramPage",
        "records.GuidePage",
        "records.EventPage",
        "records.PlacePage",
        "records.ServicePage",
        "records.CollectionPage",
        "records.DatasetPage",
    ]
    KINDS: ClassVar[tuple[Kind, ...]] = tuple(RECORD_TYPES)

    class Meta:
        verbose_name = _("栏目")
        verbose_name_plural = _("栏目")

    @classmethod
    def for_kind(cls, kind: Kind) -> SectionPage:
        """A section, not yet saved."""
        return cls(title=LABELS[kind][0], slug=SECTIONS[kind], kind=kind.value)

    @property
    def union(self) -> UnionPage:
        return UnionPage.objects.parent_of(self).get()

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return KeptPermissions(user, self)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(f"{self.union.base_url}/{self.slug}/")


class UnionRole(models.Model):
    """Which group is which role of which union, whatever the group is called."""

    class Role(models.TextChoices):
        EDITOR = "editor", _("编辑")
        REVIEWER = "reviewer", _("审核")
        MANAGER = "manager", _("管理")

    union = models.ForeignKey(UnionPage, on_delete=models.CASCADE, related_name="roles")
    group = models.OneToOneField("auth.Group", on_delete=models.CASCADE, related_name="union_role")
    role = models.CharField(max_length=10, choices=Role.choices)

    class Meta:
        verbose_name = _("工会角色")
        verbose_name_plural = _("工会角色")
        constraints = [models.UniqueConstraint(fields=["union", "role"], name="one_group_a_role")]

    def __str__(self) -> str:
        return f"{self.union.short} · {self.get_role_display()}"
