"""Links and references to records inside blocks and forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminPageChooser
from wagtail.blocks import CharBlock, FieldBlock
from wagtail.models import Page

from cms import asking
from cms.blocks.names import as_reference
from site_builder.records import check_link

LINK_HELP = _(
    "粘贴网址：本网络各工会网站上的一篇会自动认出（变成 record:编号），以后改了地址也不断；"
    "也可以写 tel:电话、/programs/ 这样的本站路径"
)


Reference = tuple[type[Page], str, str, str]
"""As Wagtail's index of references takes one: model, key, path to the field, path to the content."""


def references_to(record: Any) -> Iterator[Reference]:
    """The page of a record, for the index that says, before it goes, who refers to it."""
    pages = apps.get_model("records", "RecordPage").objects.filter(uuid=record)
    for number in pages.values_list("pk", flat=True):
        yield Page, str(number), "", ""


def validate_link(value: str) -> None:
    """Django's form of `records.check_link`, in the editors' language."""
    try:
        check_link(value)
    except ValueError as error:
        raise ValidationError(
            _(
                "这个链接不能用。请打开要链接的那一页，把 https:// 开头的网址粘贴过来；"
                "也可以写 mailto:邮箱、tel:电话、/programs/ 这样的本站路径。"
            ),
            code="link",
        ) from error


class LinkBlock(CharBlock):
    """An address that a site may carry. That of a record of the network is kept as a reference to it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", LINK_HELP)
        super().__init__(validators=[validate_link], **kwargs)

    def clean(self, value: Any) -> Any:
        return as_reference(super().clean(value) or "")

    def extract_references(self, value: Any) -> Iterator[Reference]:
        if record := _referred(value or ""):
            yield from references_to(record)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return "wagtail.blocks.CharBlock", (), {"required": self.field.required}

    class Meta:
        icon = "link"


def _referred(link: str) -> UUID | None:
    scheme, _colon, rest = link.partition(":")
    try:
        return UUID(rest.partition("#")[0]) if scheme == "record" else None
    except ValueError:
        return None


class RecordChooser(AdminPageChooser):
    """Wagtail's page chooser over records; its value is the record's UUID instead of the page's number."""

    choose_one_text = _("选择一篇")
    choose_another_text = _("另选一篇")
    link_to_chosen_text = _("打开这一篇")

    def __init__(self, target_models: Any = None, **kwargs: Any) -> None:
        super().__init__(target_models=target_models or ["records.RecordPage"], **kwargs)
        # Wagtail adds the model's name, in the language of whoever opens the first form.
        self.choose_one_text = type(self).choose_one_text

    def get_instance(self, value: Any) -> Any:
        if isinstance(value, UUID) or (isinstance(value, str) and "-" in value):
            page = self.model_class.objects.filter(uuid=value).first()
            return page.specific if page else None
        return super().get_instance(value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        value = super().value_from_datadict(data, files, name)
        if value is None or "-" in str(value):
            return value
        if not str(value).isdigit():
            raise ValidationError(_("请从列表里选择。"))
        found = self._offered().filter(pk=value).values_list("uuid", flat=True)
        return str(found[0]) if found else None

    @staticmethod
    def _offered() -> Any:
        """What the person who asks may choose: a number sent by hand leads to nothing else."""
        records, person = apps.get_model("records", "RecordPage").objects.all(), asking.person()
        return records if person is None else import_string("cms.records.choosing.choosable")(records, person)

    def get_display_title(self, instance: Any) -> str:
        """A draft's title is for its own union; to others a record is called what readers read."""
        person = asking.person()
        if person is None or import_string("cms.unions.scoping.may_see_page")(instance.pk, person):
            return str(super().get_display_title(instance))
        return str(instance.title if instance.live else _("另一个工会没有公开的一篇"))


class SharedRecordChooser(RecordChooser):
    """Opens at what other unions share with one's own."""

    chooser_modal_url_name = "choose-shared-record"


class RecordRefField(models.UUIDField):
    """The UUID of another record. It may name one that this CMS does not hold: content/ is wider than it."""

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", RecordChooser())
        kwargs.setdefault("form_class", RecordRefFormField)
        return super().formfield(**kwargs)

    def extract_references(self, value: Any) -> Iterator[Reference]:
        yield from references_to(value)


class RecordRefFormField(forms.UUIDField):
    def prepare_value(self, value: Any) -> Any:
        return value


class RecordChooserBlock(FieldBlock):
    """A reference to a record; the value is its UUID as text."""

    def __init__(
        self,
        required: bool = True,
        help_text: Any = None,
        target_model: str = "records.RecordPage",
        **kwargs: Any,
    ) -> None:
        self._required = required
        self._help_text = help_text
        self._target_model = target_model
        super().__init__(**kwargs)

    @cached_property
    def field(self) -> forms.Field:
        return forms.UUIDField(
            required=self._required,
            help_text=self._help_text or "",
            widget=RecordChooser(target_models=[self._target_model]),
        )

    def get_form_state(self, value: Any) -> Mapping[str, Any] | None:
        """What the page chooser's script calls the parts of a choice: without them a folded list fails."""
        widget = self.field.widget
        chosen = widget.get_value_data(value) if isinstance(widget, RecordChooser) else None
        if chosen is None:
            return None
        return {
            "id": chosen["id"],
            "parentId": chosen["parent_id"],
            "adminTitle": chosen["display_title"],
            "editUrl": chosen["edit_url"],
        }

    def clean(self, value: Any) -> str | None:
        cleaned = super().clean(value)
        return str(cleaned) if cleaned else None

    def extract_references(self, value: Any) -> Iterator[Reference]:
        if value:
            yield from references_to(value)

    def get_prep_value(self, value: Any) -> str | None:
        return str(value) if value else None

    class Meta:
        icon = "doc-empty-inverse"
        label = _("哪一篇")
