"""What all kinds of record share: `records.BaseRecord` as a Wagtail page.

Time is not Wagtail's here. `published` in the future is an embargo and `expires` an end, both read by the
plan of each site: a page is *live* in Wagtail as soon as it is approved, and stays so. Wagtail's own
`go_live_at` and `expire_at` are not used (no panel shows them), because its scheduler stops at the first
failure, and an expired record would leave `content/`, where its dates belong.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import Page, PagePermissionTester
from wagtail.search import index

from cms.blocks.body import BodyBlock
from cms.blocks.lines import LinesField
from cms.blocks.links import RecordRefField, validate_link
from cms.blocks.trust import SHOWN, ConsentBlock, ReviewedBlock
from cms.blocks.values import ChangeNoteBlock, ContactBlock, FigureBlock, PictureBlock
from cms.records import paths, searching, slugs, updates
from cms.records.fields import ChoicesField, many, one, prose, references
from cms.records.forms import NO_ALIASES, RecordCopyForm, RecordForm
from cms.records.sharing import ShareSlotsField, ShareTargetsField
from cms.unions.models import SectionPage, UnionPage
from cms.unions.rules import validate_slug
from site_builder.records import Kind

MEMBERSHIP = [(None, _("不清楚")), (True, _("是")), (False, _("否"))]
"""Whether somebody must be a member; not knowing is an answer."""

NEEDS = [
    ("join", _("加入工会")),
    ("job", _("找工作")),
    ("skill", _("学技能")),
    ("rights", _("维权讨薪")),
    ("hardship", _("困难帮扶")),
    ("health", _("看病体检")),
    ("insurance", _("互助保障")),
    ("family", _("孩子和家庭")),
    ("rest", _("歇脚、疗休养")),
    ("culture", _("文化读书")),
    ("saving", _("优惠普惠")),
    ("honour", _("评先选优")),
    ("give", _("捐助和志愿")),
    ("union_work", _("办好基层工会")),
]
LIFE_EVENTS = [
    ("new_job", _("刚入职")),
    ("lost_job", _("失业、转岗")),
    ("illness", _("生病住院")),
    ("injury", _("受工伤")),
    ("birth", _("怀孕生育")),
    ("child", _("孩子上学、放假")),
    ("dispute", _("工资、合同有争议")),
    ("hardship", _("家里有困难")),
    ("on_the_road", _("在路上跑活")),
]
"""The words of `records.Need` and `records.LifeEvent` on the editors' screens."""


class RecordPermissions(PagePermissionTester):
    """Nothing to move or to sort: a union has one section for each kind, and a record no pages below.

    Wagtail offers both, lets a section be chosen, and then says that one lacks the permission.
    """

    def can_move(self) -> bool:
        return False

    def can_reorder_children(self) -> bool:
        return False


class RecordPage(Page):
    """A record. Fields have the names of `records.BaseRecord`, except:

    title, slug     Wagtail's own; an edition that leaves its title to its source has `inherit_title`
    uuid            `id`
    withdrawn_*     `withdrawn`
    share_*         `share`
    union           the page two steps above
    and what `columns` of a kind says
    """

    kind: ClassVar[Kind]
    columns: ClassVar[dict[str, str]] = {}
    """Fields of the record that have another name here, because Wagtail's page has theirs already."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    inherit_title = models.BooleanField(
        _("标题随原文"), default=False, help_text=_("只用于本地版：网站上用原文的标题，原文改了跟着改")
    )
    published = models.DateTimeField(
        _("发布时间"),
        null=True,
        blank=True,
        help_text=_("不填：发布那一刻。填将来的时间：审核通过后到时自动上网，此前任何网站都看不到"),
    )
    updated = models.DateTimeField(
        _("更新时间"),
        null=True,
        blank=True,
        help_text=_("显示给读者。不填：读者看到的内容有改动时，记下发布改动的那一刻"),
    )
    expires = models.DateTimeField(
        _("下线时间"), null=True, blank=True, help_text=_("从这时起所有网站都不再显示")
    )
    former_paths = LinesField(
        verbose_name=_("旧地址"), help_text=_("曾用过的地址，网站自动转到新地址。改网址代号时自动记下")
    )
    edition_of = RecordRefField(
        _("是哪一篇的本地版"),
        null=True,
        blank=True,
        help_text=_("选上级的一篇：本页没有填的都随它，并在本工会网站上代替它"),
    )

    share_mode = models.CharField(
        _("转给下级"),
        max_length=8,
        choices=[
            ("none", _("只在本工会网站")),
            ("offer", _("可选用：下级自己决定")),
            ("required", _("必转：下级网站都要有")),
        ],
        default="none",
    )
    share_to = ShareTargetsField(verbose_name=_("转给谁"))
    share_by = models.DateField(
        _("最迟何日转出"), null=True, blank=True, help_text=_("下级应在这一天之前上网")
    )
    share_slots = ShareSlotsField(
        verbose_name=_("留给各地填写"), help_text=_("勾选的几项由各工会自己填，其余不能改")
    )

    noindex = models.BooleanField(
        _("不让搜索引擎收录"),
        default=False,
        help_text=_("请百度、谷歌等不收录这一页，网站地图和订阅里也不列；网页照常能看，站内搜索照常能搜到"),
    )

    withdrawn_at = models.DateTimeField(
        _("撤回时间"),
        null=True,
        blank=True,
        help_text=_("填写并发布后，所有网站只显示撤回原因，正文不再出现"),
    )
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=300, blank=True)
    withdrawn_redirect = models.CharField(
        _("改看哪里"),
        max_length=300,
        blank=True,
        validators=[validate_link],
        help_text=_("粘贴那一篇的网址，或写 /programs/ 这样的本站路径；不填：只显示撤回原因"),
    )

    title_short = models.CharField(
        _("短标题"), max_length=200, blank=True, help_text=_("列表和手机上用；不填用标题")
    )
    summary = models.TextField(
        _("摘要"), blank=True, help_text=_("一两句话：列表、搜索和订阅里显示；不填取正文开头")
    )
    topics = LinesField(verbose_name=_("专题"), help_text=_("每行一个，例如：职工夜校"))
    audiences = LinesField(verbose_name=_("面向哪些人"), help_text=_("每行一类，例如：新就业形态劳动者"))
    needs = ChoicesField(verbose_name=_("解决什么需要"), allowed=NEEDS, help_text=_("“我能用什么”里按这个找"))
    life_events = ChoicesField(verbose_name=_("遇到什么事的人"), allowed=LIFE_EVENTS)
    keywords = LinesField(
        verbose_name=_("搜索词"), help_text=_("读者可能搜的、文中没有的说法，每行一个；网页上不显示")
    )
    region = models.CharField(_("地区"), max_length=100, blank=True, help_text=_("适用或发生的地方"))
    lead_picture = one(PictureBlock(), _("主图"))
    figures = many(FigureBlock(), _("关键数字"), _("文中最要紧的数字，网页上放大显示"))
    contact = one(ContactBlock(), _("联系方式"), _("不填：网页上请读者咨询本工会"))
    place = models.CharField(_("地点"), max_length=300, blank=True, help_text=_("到哪里去"))
    intro = prose(_("前言"), _("正文之上，本工会的几句话"))
    note = prose(_("附注"), _("正文之下的说明"))
    related = references(_("相关内容"))
    change_notes = many(ChangeNoteBlock(), _("更正说明"), _("发布之后改了什么，显示给读者"))
    reviewed = one(
        ReviewedBlock(), _("由谁审核"), _("显示在网页的发布信息旁；不填：用本工会资料里写的审核部门")
    )
    review_due = models.DateField(
        _("何时复核"), null=True, blank=True, help_text=_("到这一天提醒核对内容是否仍然有效")
    )
    people = ChoicesField(
        verbose_name=_("出现了谁"),
        allowed=SHOWN,
        help_text=_("有未成年人的，要先记下监护人的同意才能发布"),
    )
    consents = many(ConsentBlock(), _("同意记录"), _("只留在后台和内容文件里，任何网页都不显示"))
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("正文"))

    is_creatable = False
    base_form_class = RecordForm
    copy_form_class = RecordCopyForm
    exclude_fields_in_copy: ClassVar[list[str]] = [
        "uuid",
        "published",
        "updated",
        "former_paths",
        "reviewed",
        "consents",
        "withdrawn_at",
        "withdrawn_reason",
        "withdrawn_redirect",
    ]
    parent_page_types: ClassVar[list[str]] = ["unions.SectionPage"]
    subpage_types: ClassVar[list[str]] = []
    search_fields = [
        *Page.search_fields,
        index.SearchField("search_words"),
        # Wagtail's lists and choosers look in these only.
        index.AutocompleteField("search_words"),
        index.FilterField("uuid"),
    ]

    class Meta:
        verbose_name = _("内容")
        verbose_name_plural = _("内容")

    # --- where it stands ----------------------------------------------------------------------------

    @property
    def union(self) -> UnionPage:
        """The owner."""
        return UnionPage.objects.ancestor_of(self).get()

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        section = parent.specific
        return (
            super().can_create_at(parent)
            and isinstance(section, SectionPage)
            and section.kind == cls.kind.value
        )

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return RecordPermissions(user, self)

    def can_move_to(self, parent: Page) -> bool:
        """Within its union only: a record's owner is part of what it is."""
        section = parent.specific
        return (
            super().can_move_to(parent)
            and isinstance(section, SectionPage)
            and section.kind == self.kind.value
            and section.union == self.union
        )

    def search_words(self) -> list[str]:
        """What the editors' search looks in beside the title: all that was typed into the record's fields."""
        return searching.words(self)

    # --- saving -------------------------------------------------------------------------------------

    _offered_slug: str | None = None
    """The slug made from the title by `full_clean`, which nobody asked for."""

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:  # type: ignore[has-type]
            self.slug = self._offered_slug = slugs.free_slug(self)
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.alias_of_id:
            raise ValidationError(NO_ALIASES)
        errors: dict[str, Any] = {}
        try:
            validate_slug(self.slug)
        except ValidationError as error:
            errors["slug"] = error
        if self.share_mode != "none" and not self.share_to:
            errors["share_to"] = _("要转给下级，请至少选一个范围。")
        if self.withdrawn_at and not self.withdrawn_reason:
            errors["withdrawn_reason"] = _("撤回要写明原因，读者会看到。")
        if self.withdrawn_reason and not self.withdrawn_at:
            errors["withdrawn_at"] = _("写了撤回原因，还要填撤回时间才会撤下；不撤回，请清空原因。")
        if self.inherit_title and not self.edition_of:
            errors["inherit_title"] = _("只有本地版才能随原文的标题。")
        if self.edition_of and self.edition_of == self.uuid:
            errors["edition_of"] = _("不能是自己的本地版。")
        if self.published and self.expires and self.expires <= self.published:
            errors["expires"] = _("下线时间须在发布时间之后。")
        agreed = any("child" in (child.value.get("covers") or ()) for child in self.consents)
        if "child" in self.people and not agreed and not self.edition_of:
            errors["people"] = _("出现了未成年人：请先在“同意记录”里记下监护人的同意，或者撤下。")
        errors |= self.mistakes()
        if errors:
            raise ValidationError(errors)

    def mistakes(self) -> dict[str, Any]:
        """What only this kind can get wrong: field -> message."""
        return {}

    def gone_by(self) -> dict[str, Any]:
        """What is over before it begins: field -> message. Asked when a person publishes; a file may say it.

        What is published without a moment is given that of now, and nobody could be told then.
        """
        begins = self.published or timezone.now()
        told: dict[str, Any] = {}
        if not self.published and self.expires and self.expires <= begins:
            told["expires"] = _("这个时间已经过去，而发布时间是空的：发布时会填上此刻。")
        if self.withdrawn_at and self.withdrawn_at <= begins:
            # What was never there leaves no notice behind: its readers would find no page.
            told["withdrawn_at"] = _("撤回时间须在发布时间之后。还没有上网的，不必撤回：取消发布就行。")
        return told

    def save(self, *args: Any, **kwargs: Any) -> None:
        # A draft is saved without full_clean; a new page is checked before it has neighbours.
        if not self.slug or (self._state.adding and self.slug == self._offered_slug):
            self.slug = slugs.free_slug(self)
        if self.live and self.published is None:
            self.published = timezone.now().replace(microsecond=0)
        if self.live and self.pk:
            before = type(self).objects.filter(pk=self.pk).first()
            paths.remember_former_path(self, before)
            updates.note(self, before)
        super().save(*args, **kwargs)

    def with_content_json(self, content: Any) -> Any:
        """A revision as a page; what the published page knows better than a draft is kept from it."""
        page = super().with_content_json(content)
        page.uuid = self.uuid
        if self.live or self.first_published_at:
            page.published = page.published or self.published
        page.former_paths = list(dict.fromkeys([*self.former_paths, *page.former_paths]))
        return page

    # --- showing ------------------------------------------------------------------------------------

    @property
    def status_string(self) -> Any:
        """What lists say of it: on no site is a record that waits for its hour, is over, or was withdrawn."""
        gone, _moment = self.off_sites() or (None, None)
        if not self.live:
            review = self.workflow_in_progress or self.approved_schedule
            return _("已下线") if self.first_published_at and not review else super().status_string
        if gone is None:
            return super().status_string
        if self.workflow_in_progress:
            return format_lazy("{}{}", gone, _("，改动在审核"))
        return format_lazy("{}{}", gone, _("，有新草稿")) if self.has_unpublished_changes else gone

    def off_sites(self) -> tuple[Any, datetime] | None:
        """Why a published record is on no site now, in a word, and from or until when; None while it is."""
        now = timezone.now()
        if self.withdrawn_at and self.withdrawn_at <= now:
            return _("已撤回"), self.withdrawn_at
        if self.expires and self.expires <= now:
            return _("已到期"), self.expires
        return (_("待上网"), self.published) if self.published and self.published > now else None

    def is_out(self) -> bool:
        """Whether the public may read it now: approved, not embargoed, not expired, not restricted."""
        now = timezone.now()
        return bool(
            self.live
            and self.published
            and self.published <= now
            and (self.expires is None or self.expires > now)
            and not self.get_view_restrictions().exists()
        )

    @property
    def live_url(self) -> str:
        """Its address on its owner's public site."""
        return f"{self.union.base_url}{paths.site_path(self)}" if self.published else ""

    def get_url_parts(self, *args: Any, **kwargs: Any) -> Any:
        """None, as of a page without an address: nobody finds it before its hour or after its end."""
        now = timezone.now()
        begun = self.published and self.published <= now
        over = self.expires and self.expires <= now
        return super().get_url_parts(*args, **kwargs) if begun and not over else None

    def get_full_url(self, request: HttpRequest | None = None) -> str | None:
        """Where mails lead: to the record on its owner's site, and not to an address of the CMS."""
        return self.live_url or super().get_full_url(request)

    full_url = property(get_full_url)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The CMS is not the public site: send readers there, and say nothing of what is not out."""
        if not self.is_out():
            raise Http404
        return HttpResponseRedirect(self.live_url)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The draft as its union's site would show it."""
        if not settings.UNIONPRESS_PREVIEW:
            return HttpResponse(_("预览还没有设置。"), content_type="text/plain; charset=utf-8")
        return import_string(settings.UNIONPRESS_PREVIEW)(self, request)
