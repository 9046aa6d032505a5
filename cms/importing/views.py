"""导入表格: choose a file, see what it would do, bring it in, take it back; each union has its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages as admin_messages
from wagtail.models import Page

from cms.accounts.models import User
from cms.blocks.links import RecordChooser
from cms.importing import tables
from cms.importing.actions import BringIn, TakeBack, look
from cms.importing.layouts import LAYOUTS
from cms.importing.models import TableImport
from cms.importing.rows import Preview, page_named
from cms.publishing.actions import may_publish
from cms.records.models import PAGE_TYPES
from cms.unions import scoping
from cms.unions.models import UnionPage
from cms.unions.templatetags.unions import one_language

RECENT = 20
KEPT = timedelta(days=1)
LISTED = 20
"""Pages and failures named one by one."""
SHOWN = 500
"""Rows and problems listed on a preview; the counts are of all."""


class IntoChooser(RecordChooser):
    """What was not chosen from the list is taken for nothing chosen: the form says what to choose."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        try:
            return str(UUID(super().value_from_datadict(data, files, name) or ""))
        except (ValueError, ValidationError):
            return None


class ImportForm(forms.Form):
    """A table, and what it is."""

    union = forms.ModelChoiceField(UnionPage.objects.none(), label=_("哪个工会"), empty_label=None)
    layout = forms.ChoiceField(
        label=_("这是什么表"), choices=[(layout.name, layout.label) for layout in LAYOUTS.values()]
    )
    into = forms.UUIDField(
        required=False,
        label=_("导入到哪一篇"),
        help_text=_("阵地、课程和活动、服务不用选：每行自成一篇。其他的表是一篇里的内容，选那一篇"),
        widget=IntoChooser,
    )
    file = forms.FileField(label=_("文件"), help_text=_(".xlsx 或 .csv，第一行是表头"))
    sheet = forms.CharField(required=False, label=_("工作表"), help_text=_("不填：第一张"))
    publish = forms.BooleanField(
        required=False, label=_("导入后直接发布"), help_text=_("不勾选：存为草稿，审核后再发布")
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        union = self.fields["union"]
        assert isinstance(union, forms.ModelChoiceField)
        union.queryset = scoping.unions_of(user).order_by("path")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        union, layout = cleaned.get("union"), LAYOUTS.get(cleaned.get("layout", ""))
        file = cleaned.get("file")
        if union is None or layout is None or file is None:
            return cleaned
        if file.size > tables.MAX_BYTES:
            self.add_error("file", translate("文件太大，请分成几个。"))
            return cleaned
        into = str(cleaned.get("into") or "")
        cleaned["page"] = page_named(into, union, layout.kinds) if layout.within else None
        if layout.within and cleaned["page"] is None:
            kinds = "、".join(str(PAGE_TYPES[kind]._meta.verbose_name) for kind in layout.kinds)
            told = {"table": layout.label, "union": union.short, "kinds": kinds}
            said = translate("“%(table)s”要导入到一篇里：请选%(union)s自己的一篇（%(kinds)s）。")
            self.add_error("into", said % told)
        if cleaned.get("publish") and not may_publish(self.user, union):
            self.add_error("publish", translate("你还不能发布，请存为草稿，由审核的人发布。"))
        return cleaned


def own(user: Any) -> QuerySet[TableImport]:
    """The imports somebody may see: of their own unions."""
    return scoping.visible(TableImport.objects.select_related("union", "user"), user)


def start(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        run = TableImport(
            union=said["union"],
            layout=said["layout"],
            into=said["page"].uuid if said["page"] else None,
            file_name=said["file"].name[-200:],
            sheet=said["sheet"],
            data=said["file"].read(),
            publish=said["publish"],
            user=cast(User, request.user),
        )
        # A table may name people: one that nobody confirmed is not kept.
        TableImport.objects.filter(
            state=TableImport.State.PREVIEW, created_at__lt=timezone.now() - KEPT
        ).delete()
        try:
            look(run)
        except ValueError as error:
            form.add_error("file", ValidationError(one_language(error)))
        else:
            run.save()
            return redirect("table-import-preview", run.pk)
    context = {
        "page_title": translate("导入表格"),
        "header_icon": "table",
        "form": form,
        "layouts": LAYOUTS.values(),
        "recent": _with_pages(own(request.user).exclude(state=TableImport.State.PREVIEW)[:RECENT]),
    }
    return render(request, "importing/start.html", context)


def _with_pages(runs: Iterable[TableImport]) -> list[tuple[TableImport, list[Page]]]:
    """Imports with those of their pages that are still there: of the same union as the import."""
    listed = [(run, [entry["page"] for entry in run.entries[:LISTED]]) for run in runs]
    found = Page.objects.in_bulk([pk for _, pages in listed for pk in pages])
    return [(run, [found[pk] for pk in pages if pk in found]) for run, pages in listed]


def template(request: HttpRequest, layout: str) -> HttpResponse:
    """An empty table to fill in, as Excel opens it (with the mark that says UTF-8)."""
    if layout not in LAYOUTS:
        raise Http404
    heading = ",".join(LAYOUTS[layout].headings())
    response = HttpResponse(f"\ufeff{heading}\r\n", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{layout}.csv"'
    return response


def confirm(request: HttpRequest, number: int) -> HttpResponse:
    run = get_object_or_404(own(request.user), pk=number)
    if run.state != TableImport.State.PREVIEW:
        return _done_already(request, run)
    found = look(run)
    errors = sum(problem.severity == "error" for problem in found.problems)
    context = {
        "page_title": translate("导入前看一看"),
        "header_icon": "table",
        "run": run,
        "layout": LAYOUTS[run.layout],
        "counts": {action: found.count(action) for action in ("create", "update", "same")},
        "errors": errors,
        "warnings": len(found.problems) - errors,
        "changes": found.changes[:SHOWN],
        "problems": found.problems[:SHOWN],
    }
    return render(request, "importing/preview.html", context)


def _done_already(request: HttpRequest, run: TableImport) -> HttpResponse:
    """For the back button and a second click."""
    said = translate("%(file)s：%(state)s，没有再做一次。")
    messages.info(request, said % {"file": run.file_name, "state": run.get_state_display()})
    return redirect("table-import")


@require_POST
def apply(request: HttpRequest, number: int) -> HttpResponse:
    run = get_object_or_404(own(request.user), pk=number)
    if run.state != TableImport.State.PREVIEW:
        return _done_already(request, run)
    found = BringIn(run, request.user).execute()
    failed = [problem for problem in found.problems if problem.code == "row-not-imported"]
    for problem in failed[:LISTED]:
        messages.warning(request, f"{one_language(problem.message)} {one_language(problem.action)}")
    left = len({problem.line for problem in found.problems if problem.severity == "error"} - {None})
    if left > len(failed):
        said = translate("%(count)d 行有错，没有导入：在表里改好再导入一次，已经导入的不会重复。")
        messages.warning(request, said % {"count": left - len(failed)})
    _say_what_was_done(request, run, found)
    return redirect("table-import")


def _say_what_was_done(request: HttpRequest, run: TableImport, found: Preview) -> None:
    """Rows and pages, whether readers see them, and a way to the page where there is one."""
    failed = {problem.line for problem in found.problems if problem.code == "row-not-imported"}
    done = [change for change in found.changes if change.action != "same" and change.numbers[0] not in failed]
    if not run.entries:
        messages.info(request, translate("没有改动。"))
        return
    said = (
        translate("导入了 %(rows)d 行，写进 %(pages)d 篇，已经发布，几秒后到网站。")
        if run.publish
        else translate("导入了 %(rows)d 行，写进 %(pages)d 篇，存为草稿：发布以后才到网站。")
    )
    told = {"rows": sum(len(change.numbers) for change in done), "pages": len(run.entries)}
    address = reverse("wagtailadmin_pages:edit", args=[run.entries[0]["page"]])
    buttons = [admin_messages.button(address, translate("打开这一篇"))] if len(run.entries) == 1 else []
    admin_messages.success(request, said % told, buttons=buttons)


def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Asks first: what an import made and published is on the sites, and goes from them."""
    run = get_object_or_404(own(request.user), pk=number)
    if run.state != TableImport.State.APPLIED:
        return _done_already(request, run)
    if request.method != "POST":
        return render(request, "importing/undo.html", _would_undo(run))
    for problem in TakeBack(run, request.user).execute():
        messages.warning(request, f"{one_language(problem.message)} {one_language(problem.action)}")
    messages.success(request, translate("已撤销。"))
    return redirect("table-import")


def _would_undo(run: TableImport) -> dict[str, Any]:
    """What taking an import back does to each page: those it made, those it changed, those that stay."""
    found = Page.objects.in_bulk([entry["page"] for entry in run.entries])
    pages: dict[str, list[Page]] = {"made": [], "changed": [], "stays": []}
    for entry in run.entries:
        page = found.get(entry["page"])
        if page is None:
            continue
        edited = page.latest_revision_id != entry["after"]
        pages["stays" if edited else "changed" if entry["before"] else "made"].append(page)
    return {
        "page_title": translate("撤销导入"),
        "header_icon": "table",
        "run": run,
        "live": sum(page.live for page in pages["made"]),
        "counts": {what: len(listed) for what, listed in pages.items()},
        "pages": {what: listed[:LISTED] for what, listed in pages.items()},
    }
