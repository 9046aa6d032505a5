"""Value blocks are checked by the record types; their errors land on the field an editor must mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel
from pydantic import ValidationError as RecordError
from wagtail.blocks import StructBlock, StructBlockValidationError
from wagtail.blocks.list_block import ListValue
from wagtail.blocks.stream_block import StreamValue
from wagtail.rich_text import RichText

PARTIAL_DATE = _("请写成 2024、2024-10 或 2024-10-11。")
NUMBER = _("请只写数字，例如 88 或 125460.30。单位和“近”“超”等写在旁边的格子里。")


def as_data(value: Any, prose: Callable[[str], Any] = str) -> Any:
    """A block's value as plain data under the names of records.py, empty things left out.

    `prose` turns the HTML of rich text into what the reader of the data wants (Markdown for an export).
    Pictures and documents become `media:<union>/<name>`, dates stay dates.
    """
    if isinstance(value, RichText):
        return prose(value.source) if value.source.strip() else ""
    if isinstance(value, Mapping):
        block = getattr(value, "block", None)
        if isinstance(block, ValueBlock):
            return block.data(value, prose)
        data = {name: as_data(part, prose) for name, part in value.items()}
        return {name: part for name, part in data.items() if part not in (None, "", [], {}, ())}
    if isinstance(value, StreamValue):
        return [as_data(child.value, prose) for child in value]
    if isinstance(value, ListValue | list | tuple):
        return [as_data(part, prose) for part in value]
    if hasattr(value, "media_ref"):
        return value.media_ref
    if value is None or isinstance(value, str | bool | int | float | date | datetime):
        return value
    return str(value)


class ValueBlock(StructBlock):
    """A value of `site_builder.records`: `record` names its class.

    `expected` says for each field what may stand there, in the editors' language; `whole` is the field and
    the message for what only the whole value can get wrong.
    """

    record: ClassVar[type[BaseModel] | None] = None
    expected: ClassVar[Mapping[str, Any]] = {}
    whole: ClassVar[tuple[str, Any] | None] = None

    def data(self, value: Mapping[str, Any], prose: Callable[[str], Any] = str) -> dict[str, Any]:
        """The value as the record class reads it. Subclasses put together what the screen shows in parts."""
        return as_data(dict(value), prose)

    def parts(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The other way: the record class's data as the screen shows it."""
        return data

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.record is None or self.is_deferred_validation:
            return cleaned
        try:
            self.record.model_validate(self.data(cleaned))
        except RecordError as error:
            raise StructBlockValidationError(self._placed(error)) from error
        return cleaned

    def _placed(self, error: RecordError) -> dict[str, ValidationError]:
        errors: dict[str, ValidationError] = {}
        for detail in error.errors():
            field = str(detail["loc"][0]) if detail["loc"] else ""
            if not field and self.whole:
                field, message = self.whole
            elif detail["type"] == "missing":
                message = _("这一项必须填写。")
            else:
                message = self.expected.get(field) or _("这里的写法不对：%(detail)s") % {
                    "detail": detail["msg"]
                }
            if field not in self.child_blocks:
                field = next(iter(self.child_blocks))
            errors.setdefault(field, ValidationError(message))
        return errors
