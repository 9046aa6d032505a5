"""导入文稿: a file from Word or WPS, or pasted text, becomes a draft that is opened at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from cms.importing import manuscripts
from cms.importing.drafts import KINDS, MakeDraft
from cms.importing.manuscripts import Manuscript, ManuscriptError
from cms.records.models import PAGE_TYPES
from cms.unions import scoping
from cms.unions.models import UnionPage
from cms.unions.templatetags.unions import one_language
from site_builder.records import Kind

LISTED = 8
"""Sentences on what was left out; the rest are counted."""


class ManuscriptForm(forms.Form):
    """A text, and what becomes of it."""

    union = forms.ModelChoiceField(UnionPage.objects.none(), label=_("哪个工会"), empty_label=None)
    kind = forms.ChoiceField(
        label=_("写成什么"), choices=[(kind.value, PAGE_TYPES[kind]._meta.verbose_name) for kind in KINDS]
    )
    file = forms.FileField(
        required=False,
        label=_("文件"),
        help_text=_(".docx：用 Word 或 WPS 另存。标题、小标题、表格和图片都带过来，字体和颜色不带"),
        widget=forms.FileInput({"accept": ".docx"}),
    )
    text = forms.CharField(
        required=False,
        label=_("或者粘贴文字"),
        help_text=_("第一行当作标题；“一、”“（一）”开头、单独成行的当作小标题"),
        widget=forms.Textarea({"rows": 12}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        union = self.fields["union"]
        assert isinstance(union, forms.ModelChoiceField)
        union.queryset = scoping.unions_of(user).order_by("path")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text")
        if file and text:
            self.add_error("text", translate("文件和文字只能用一样：请清空文字，或者不选文件。"))
        elif file and file.size > manuscripts.MAX_BYTES:
            self.add_error("file", translate("文件太大，请压缩图片后再导入。"))
        elif not self.errors:
            self._read(cleaned)
        return cleaned

    def _read(self, cleaned: dict[str, Any]) -> None:
        file = cleaned.get("file")
        try:
            cleaned["manuscript"] = (
                manuscripts.read(file.read(), file.name) if file else manuscripts.read_text(cleaned["text"])
            )
        except ManuscriptError as error:
            self.add_error("file" if file else "text", ValidationError(one_language(error)))


def start(request: HttpRequest) -> HttpResponse:
    form = ManuscriptForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        manuscript: Manuscript = said["manuscript"]
        making = MakeDraft(manuscript, said["union"], Kind(said["kind"]), request.user)
        page = making.execute()
        for sentence in making.left_out[:LISTED]:
            messages.warning(request, one_language(sentence))
        if len(making.left_out) > LISTED:
            more = translate("还有 %(count)d 处没有带过来，请对照原文。")
            messages.warning(request, more % {"count": len(making.left_out) - LISTED})
        messages.success(request, translate("已存为草稿：请核对标题和正文，写好图片说明，再发布。"))
        return redirect("wagtailadmin_pages:edit", page.pk)
    context = {"page_title": translate("导入文稿"), "header_icon": "doc-full-inverse", "form": form}
    return render(request, "importing/manuscript.html", context)
