"""Value blocks are checked by the record types; their errors land on the field an editor must mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from unicodedata import normalize

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
CLOCK = _("请写成 08:30；一天的结束是 24:00。")


def _partial_date(text: str) -> str:
    """2024年3月1日, 2024.3.1, 2024/3 -> 2024-03-01, 2024-03."""
    parts = re.fullmatch(r"(\d{4})(?:[年./-](\d{1,2})(?:[月./-](\d{1,2}))?)?[年月日]?", text)
    return "-".join(part.zfill(2) for part in parts.groups() if part) if parts else text


def _clock(text: str) -> str:
    """8:30, 8点半, 8点 -> 08:30, 08:00."""
    parts = re.fullmatch(r"(\d{1,2})(?:[:.点时](?:(\d{1,2})分?|(半))?)", text)
    return f"{parts[1].zfill(2)}:{'30' if parts[3] else (parts[2] or '0').zfill(2)}" if parts else text


def _number(text: str) -> str:
    """1,200 -> 1200."""
    return text.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text) else text


WRITTEN = ((PARTIAL_DATE, _partial_date), (CLOCK, _clock), (NUMBER, _number))
"""What may stand in a field, and how other ways to write the same are turned into it."""


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
        cleaned = super().clean(self._as_written(value))
        if self.record is None or self.is_deferred_validation:
            return cleaned
        try:
            self.record.model_validate(self.data(cleaned))
        except RecordError as error:
            raise StructBlockValidationError(self._placed(error)) from error
        return cleaned

    def _as_written(self, value: Any) -> Any:
        """The value with dates, times and numbers as people write them made into what is expected."""
        plain = {}
        for field, expectation in self.expected.items():
            text = value.get(field)
            if isinstance(text, str) and text:
                for expected, form in WRITTEN:
                    if expectation is expected:
                        plain[field] = form(normalize("NFKC", text).strip())
        return self._to_struct_value({**value, **plain}.items()) if plain else value

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


class CountedBlock(ValueBlock):
    """A value with a unit beside it. What a keyboard for Chinese types (１２６) becomes 126."""

    def clean(self, value: Any) -> Any:
        said = str(value.get("value") or "").strip()
        unit = str(value.get("unit") or "").strip()
        plain = normalize("NFKC", said)
        amount, tail = re.fullmatch(r"([\d.,]*)(.*)", plain, re.DOTALL).groups()  # type: ignore[union-attr]
        if amount and not tail and plain != said:
            value = self._to_struct_value({**value, "value": plain}.items())
        if amount and tail and unit and unit.startswith(tail) and not self.is_deferred_validation:
            told = _("单位已写在“单位”里，这里只写数字：%(amount)s。") % {"amount": amount}
            raise StructBlockValidationError({"value": ValidationError(told)})
        return super().clean(value)
