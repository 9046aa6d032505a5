"""公众号版: the WeChat edition of a record as it stands in the editor, to look at, copy and take away.

Made from the latest draft by the same plan, page and theme as a build (`cms.preview`), so that what is pasted
into WeChat says what the site will say. Nothing is sent anywhere.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.models import Page

from cms import preview
from cms.records.models import RecordPage
from cms.unions import scoping
from site_builder.contexts import RecordPage as RecordContext
from site_builder.errors import UnionPressError
from site_builder.outputs import wechat
from site_builder.outputs.wechat import Edition, EditionImage


@dataclass(frozen=True)
class Check:
    """One of WeChat's limits, and how far this edition is from it."""

    label: str
    value: int
    limit: int
    unit: str

    @property
    def kept(self) -> bool:
        return self.value <= self.limit


def has_edition(page: Page) -> bool:
    """Whether a page is a record of a kind that is read as an article."""
    return isinstance(page, RecordPage) and page.kind in wechat.KINDS


@never_cache
@require_safe
def screen(request: HttpRequest, page_id: int) -> HttpResponse:
    """The edition with everything that WeChat's form asks for; without one, what is missing for it."""
    page = _record(page_id, request.user)
    context: dict[str, Any] = {"page": page, "page_title": _("公众号版"), "header_icon": "clipboard-list"}
    try:
        made = _edition(page)
    except (ValueError, UnionPressError) as error:
        return render(request, "wechat/edition.html", {**context, "reasons": preview.reasons(error, page)})
    context |= {
        "edition": made,
        "html": made.with_pictures_inside(),
        "checks": list(_checks(made)),
        "pictures": [_shown(image) for image in made.images],
        "covers": [_shown(image) for image in made.covers],
        "said": [_SAID[problem.code]() for problem in made.problems if problem.code in _SAID],
    }
    return render(request, "wechat/edition.html", context)


@never_cache
@require_safe
def archive(request: HttpRequest, page_id: int) -> HttpResponse:
    """The same as files: what `unionpress wechat` writes, in one archive."""
    page = _record(page_id, request.user)
    try:
        made = _edition(page)
    except (ValueError, UnionPressError) as error:
        raise Http404 from error
    packed = io.BytesIO()
    with (
        tempfile.TemporaryDirectory(prefix="unionpress-wechat-") as folder,
        zipfile.ZipFile(packed, "w") as zipped,
    ):
        wechat.write(made, Path(folder))
        for file in sorted(Path(folder).rglob("*")):
            if file.is_file():
                zipped.write(file, f"{page.slug}/{file.relative_to(folder).as_posix()}")
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{page.slug}-wechat.zip"'
    return response


def _record(page_id: int, user: Any) -> RecordPage:
    """The record's latest draft, for whoever may edit it; for everybody else there is none."""
    page = get_object_or_404(scoping.visible(Page.objects.all(), user), pk=page_id).specific
    if not has_edition(page) or not page.permissions_for_user(user).can_edit():
        raise Http404
    return cast(RecordPage, page.get_latest_revision_as_object())


def _edition(page: RecordPage) -> Edition:
    with preview.drafted(page) as (shown, content):
        assert isinstance(shown, RecordContext), "a record of these kinds has a page of its own"
        return wechat.edition(shown, content, preview.bundle_of(page.union))


def _checks(made: Edition) -> Iterator[Check]:
    yield Check(_("标题"), len(made.title), wechat.TITLE, _("字"))
    yield Check(_("作者"), len(made.author), wechat.AUTHOR, _("字"))
    yield Check(_("摘要"), len(made.digest), wechat.DIGEST, _("字"))
    yield Check(_("正文（含排版代码）"), len(made.html), wechat.TEXT - 1, _("字符"))
    largest = max((len(image.data) for image in (*made.images, *made.covers)), default=0)
    yield Check(_("最大的一张图片"), -(-largest // 1000), wechat.LIMITS["image_bytes"] // 1000, "kB")


def _shown(image: EditionImage) -> dict[str, Any]:
    return {
        "file": image.file.rpartition("/")[2],
        "width": image.width,
        "height": image.height,
        "size": -(-len(image.data) // 1000),
        "src": image.address,
    }


_SAID = {
    "title-long": lambda: _("标题超过公众号的字数：稿件请填“公众号标题”，其他内容在公众号里改短。"),
    "digest-cut": lambda: _("提要比摘要的字数多，已截短；可以改短提要，或另写“公众号摘要”。"),
    "digest-missing": lambda: _("没有摘要：请填写提要。"),
    "cover-missing": lambda: _("没有可做封面的图片：请给这篇内容加一张题图。"),
    "cover-small": lambda: _("题图小于封面的尺寸，放大会模糊：请换一张大图。"),
    "text-long": lambda: _("正文太长，公众号放不下：请删减，其余让读者点“阅读原文”。"),
    "picture-large": lambda: _("有图片超过 1 MB：请换一张小一些的。"),
    "picture-unusable": lambda: _("有图片用不了：请在公众号里手工补上。"),
}
"""What the problems of an edition say to an editor."""
