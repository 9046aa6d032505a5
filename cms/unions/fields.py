"""A list of unions, kept as their slugs and written by whatever they are called."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from cms.blocks.lines import LinesField, LinesFormField
from cms.blocks.names import union_called, union_named


class UnionsFormField(LinesFormField):
    def prepare_value(self, value: Any) -> Any:
        """What is stored, by the names under which it is found again; what came with a form stays."""
        return super().prepare_value(
            [union_called(slug) for slug in value] if isinstance(value, list) else value
        )

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        slugs, unknown = [], []
        for name in super().to_python(value):
            try:
                slugs.append(union_named(name))
            except ValidationError as error:
                unknown.append(error)
        if unknown:
            raise ValidationError(unknown)
        return list(dict.fromkeys(slugs))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return list(initial or []) != self.to_python(data)
        except ValidationError:
            return True


class UnionsField(LinesField):
    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{**kwargs, "form_class": UnionsFormField})
