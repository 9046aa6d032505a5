"""The edit form of a record."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

NOT_FOR_READERS = frozenset(
    {"slug", "former_paths", "updated", "review_due", "keywords", "comment_notifications"}
)
"""What may change without the reader being told of an update."""


class RecordForm(WagtailAdminPageForm):
    """Asks for as little as possible: no slug (pinyin will do), and notes the time of a change itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].label = _("网址代号")
            self.fields["slug"].help_text = _("小写字母、数字和连字符，例如 qiuxue-yuanmeng")
        if "title" in self.fields:
            self.fields["title"].label = _("标题")
            self.fields["title"].help_text = ""

    def clean_slug(self) -> str:
        # Wagtail asks the database whether the slug is free: an empty one is filled in by the page.
        return self.cleaned_data.get("slug") or ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        changed = set(self.changed_data) - NOT_FOR_READERS
        if self.instance.live and changed and "updated" in self.fields and "updated" not in self.changed_data:
            cleaned["updated"] = timezone.now().replace(microsecond=0)
        return cleaned
