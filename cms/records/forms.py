"""The forms on which a record is edited and copied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid5

from django import forms
from django.forms import MultipleChoiceField
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms.pages import CopyForm

from cms.blocks.names import as_reference
from cms.records import slugs
from cms.unions.forms import PageForm
from cms.unions.rules import validate_slug

NO_ALIASES = _(
    "这里不用“别名页”：同一篇内容要在几个网站上，请在原文的“共享和本地版”里选转给谁；要单独的一篇，请直接复制。"
)


FORMS_OWN = frozenset({"action", "method", "submit"})
"""What scripts ask of the form itself: an input of that name answers instead, and no draft saves itself."""


class RecordForm(PageForm):
    """Asks for as little as possible: no slug (pinyin will do), and notes the time of a change itself."""

    def add_prefix(self, field_name: str) -> str:
        name: str = super().add_prefix(field_name)
        return f"the-{name}" if name in FORMS_OWN else name

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].label = _("网址代号")
            self.fields["slug"].help_text = _("小写字母、数字和连字符，例如 qiuxue-yuanmeng")
        if "title" in self.fields:
            self.fields["title"].label = _("标题")
            self.fields["title"].help_text = ""
        if "share_to" in self.fields:
            self.fields["share_to"].help_text = _(
                "按层级、按产业选的，也包括不归本工会管的：对它们只是可选用，不是必转"
            )
            self._propose_share()
            self.fields["share_to"].offer(self._targets, self.initial.get("share_to") or ())

    def _propose_share(self) -> None:
        """A new record is shared as its union says that new ones are; who writes it may say otherwise."""
        if self.instance.pk is not None or self.parent_page is None:
            return
        for item in self.parent_page.specific.union.new_share:
            self.initial |= {f"share_{name}": item.value[name] for name in ("mode", "to", "slots")}

    def _targets(self) -> frozenset[str]:
        section = self.parent_page or self.instance.get_parent()
        owner: str = section.specific.union.slug
        return frozenset().union(*(reached(owner) for reached in hooks.get_hooks("record_share_targets")))

    def clean_slug(self) -> str:
        # Wagtail asks the database whether the slug is free: an empty one is filled in by the page.
        slug = self.cleaned_data.get("slug") or ""
        return "" if self._made_from_the_title_before(slug) else slug

    def _made_from_the_title_before(self, slug: str) -> bool:
        """A draft saves itself while its title is still 标题待定: the address that came of it follows the
        title until somebody writes another, or readers know it.
        """
        page = self.instance
        kept = bool(page.pk) and slug == page.slug and not page.first_published_at
        return kept and "title" in self.changed_data and slugs.is_of_title(page)

    def _post_clean(self) -> None:
        super()._post_clean()
        if "published" not in self.errors and (self.instance.published or not self.is_deferred_validation):
            for name, told in self.instance.gone_by().items():
                if name in self.fields and name not in self.errors:
                    self.add_error(name, told)
        borrowed = import_string("cms.records.borrowing.borrowed")
        if self.for_user is not None and not self.errors and borrowed(self.instance, self.for_user):
            told = _("用了别的工会没有公开的图片、附件或内容：请换成本工会的，或别的工会已经公开并共享的。")
            self.add_error(None, told)

    def clean_published(self) -> datetime | None:
        """Emptied where readers know it, it stays: a moment of publication does not change by itself."""
        at: datetime | None = self.cleaned_data.get("published")
        page = self.instance
        if at or not (page.live or page.first_published_at):
            return at
        return type(page).objects.filter(pk=page.pk).values_list("published", flat=True).first()

    def clean_withdrawn_redirect(self) -> str:
        return as_reference(self.cleaned_data.get("withdrawn_redirect") or "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, field in self.fields.items():
            # Boxes come in the order of the screen; a list in which nothing was ticked keeps its own.
            if isinstance(field, MultipleChoiceField) and name in cleaned and name not in self.changed_data:
                cleaned[name] = self.get_initial_for_field(field, name)
        return cleaned


_TEXT = (
    "summary", "document", "applies_to", "parameters", "eligibility", "benefits", "papers", "steps",
    "time_limit", "legal_limit",
)  # fmt: skip
"""What an earlier text keeps of a guide, beside its title and body, under the same names."""


class GuideForm(RecordForm):
    """Keeps the text that readers see today when another takes its place, so that nobody has to copy it."""

    keep_text = forms.BooleanField(
        required=False,
        label=_("规定变了：把现在网上的文字留作以前的版本"),
        help_text=_("改了规定才勾选，改错别字不用。保存后在下面补上适用的起止日期和改了什么。"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("keep_text") and self.instance.live and "earlier" in cleaned:
            cleaned["earlier"] = _with_kept(cleaned["earlier"], self.instance)
        return cleaned


def _with_kept(earlier: Any, instance: Any) -> Any:
    """The earlier texts with the one that is published now as the latest, once however often it is saved."""
    published = type(instance)._default_manager.get(pk=instance.pk)
    block = earlier.stream_block
    rows = [dict(row) for row in block.get_prep_value(earlier)]
    key = timezone.localdate(published.updated or published.published).isoformat()
    if any(row["value"].get("key") == key for row in rows):
        return earlier
    kept = {
        "type": "item",
        "value": _text_of(published, key),
        "id": str(uuid5(published.uuid, f"kept/{key}")),
    }
    return block.to_python([kept, *rows])


def _text_of(page: Any, key: str) -> Mapping[str, Any]:
    """A guide's page as the raw data of an `EarlierTextBlock`; its fields have the same blocks."""
    value: dict[str, Any] = {
        "key": key,
        "title": "" if page.inherit_title else page.title,
        "text": page.body.stream_block.get_prep_value(page.body),
    }
    for name in _TEXT:
        part = getattr(page, name)
        if hasattr(part, "stream_block"):
            items = [row["value"] for row in part.stream_block.get_prep_value(part)]
            part = next(iter(items), {}) if name == "document" else items
        value[name] = part
    return value


class RecordCopyForm(CopyForm):
    """A copy is a record of its own. Wagtail's aliases are none: two pages would be one record that
    publishes what waits for its hour (wagtail#11344), and sharing does what they are for.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
        self.fields["new_title"].help_text = _(
            "复制出来的是单独的一篇，原文以后的改动不会跟着来。要让几个网站一直同一篇，不用复制："
            "在原文的“共享和本地版”里选转给谁，下级只改几项的新建本地版。"
        )
        self.fields["new_slug"].label = _("网址代号")
        self.fields["new_slug"].initial = slugs.slug_of_copy(self.page.specific)
        self.fields["new_slug"].validators.append(validate_slug)
        self.fields["new_slug"].help_text = _("小写字母、数字和连字符，例如 qiuxue-yuanmeng")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.data.get("alias"):
            self.add_error("new_title", NO_ALIASES)
        return cleaned
