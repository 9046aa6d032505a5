"""The draft as its union's site would show it: the same plan, the same pages, the same render as a build.

`content/` as last exported, with this one record put in its place, is planned and rendered; nothing is
written there. Pictures that are not exported yet come from the CMS. What a preview page asks for (style,
pictures) and where its links lead is served under `/preview/<union>/`, to people of that union only. What is
only half written is left out, and said above the page.
"""

from __future__ import annotations

import mimetypes
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as translate
from django.views.decorators.cache import never_cache
from pydantic import ValidationError

from cms.exporting import media, unions
from cms.exporting.links import DatabaseLinks
from cms.exporting.records import record_of
from cms.exporting.stream import BlockError
from cms.media.models import MediaDocument, MediaImage
from cms.publishing import clock as clocks
from cms.records import slugs
from cms.records.models import RecordPage
from cms.records.unfinished import Unfinished, take_out, unfinished
from cms.unions import scoping
from cms.unions.models import UnionPage
from cms.unions.templatetags.unions import one_language
from site_builder import content_store, pages, paths, pictures
from site_builder.content_store import Content
from site_builder.contexts import Page
from site_builder.errors import ContentError, UnionPressError
from site_builder.plan import plan
from site_builder.records import Record
from site_builder.render import Bundle


def preview(page: RecordPage, request: HttpRequest) -> HttpResponse:
    """The rendered draft without what is half written, or a page that says what is still missing for it."""
    left_out: list[Unfinished] = []
    try:
        with drafted(page, left_out) as (shown, _):
            html = _rendered(shown, page.union)
    except (ValueError, UnionPressError) as error:
        said = {"heading": translate("还不能预览：请先补齐"), "reasons": reasons(error, page)}
        return render(request, "cms/preview_incomplete.html", said)
    return HttpResponse(_with_note(html, left_out))


@contextmanager
def drafted(page: RecordPage, left_out: list[Unfinished] | None = None) -> Iterator[tuple[Page, Content]]:
    """The draft's page on its union's site, and the content of which it is made, while its files last.

    With `left_out`, what is half written is taken out of the page in hand and noted there. Raises ValueError
    and UnionPressError for what makes no page yet; `reasons` says why in words.
    """
    union = page.union
    record = _as_if_out(page, union, left_out)
    with tempfile.TemporaryDirectory(prefix="unionpress-preview-") as folder:
        content = _content_with(record, union, Path(folder))
        yield _page_at(paths.record_path(record, union.slug), content, union), content


def reasons(error: ValueError | UnionPressError, page: RecordPage) -> list[str]:
    """What is missing for a preview, field by field as far as the blocks of the draft know it."""
    if isinstance(error, ContentError):
        return [one_language(error.problem)]
    if isinstance(error, ValidationError | BlockError) and (found := unfinished(page)):
        return _lines(found)
    if isinstance(error, ValidationError):
        return _lines(list(_of_fields(error, page)))
    return [one_language(line) for line in str(error).splitlines()]


def _of_fields(error: ValidationError, page: RecordPage) -> Iterator[Unfinished]:
    """What no block knows of, by the fields of the page."""
    called = {field.name: str(getattr(field, "verbose_name", "")) for field in page._meta.get_fields()}
    for detail in error.errors():
        name = str(detail["loc"][0]) if detail["loc"] else ""
        label = called.get(page.columns.get(name, name)) or name
        message = translate("这里的写法不对：%(detail)s") % {"detail": detail["msg"]}
        yield Unfinished(name, 0, label, message)


def _lines(found: list[Unfinished]) -> list[str]:
    said = translate("%(field)s：%(message)s")
    return [said % {"field": one.label, "message": one.message} for one in found]


def _rendered(page: Page, union: UnionPage) -> bytes:
    """Texts have their links made when they are read: those lead from where the page lies, not from here."""
    html = bundle_of(union).render(page)
    up = paths.root_of(page.path)
    return html.replace(f'href="{up}'.encode(), f'href="{page.root}'.encode()) if up else html


def _with_note(html: bytes, left_out: list[Unfinished]) -> bytes:
    if not left_out:
        return html
    note = render_to_string("cms/preview_unfinished.html", {"reasons": _lines(left_out)})
    start = html.index(b">", html.index(b"<body")) + 1
    return html[:start] + note.encode() + html[start:]


@never_cache
def site_file(request: HttpRequest, union: str, path: str) -> HttpResponse:
    """A style sheet, script or picture that a preview page of `union` asks for."""
    owner = get_object_or_404(UnionPage, slug=union)
    if not request.user.is_authenticated or not scoping.works_for(request.user, owner):
        raise Http404
    where = f"/{path}"
    data = bundle_of(owner).assets.get(where)
    if data is None and (where == paths.BRAND or where.endswith("/")):
        data = _planned(where, owner)
    if data is None:
        data = _media(path, owner)
    if data is None:
        raise Http404
    return HttpResponse(data, content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")


def _planned(where: str, union: UnionPage) -> bytes | None:
    """A page of the site as it is now, for whoever follows a link out of a preview."""
    with tempfile.TemporaryDirectory(prefix="unionpress-preview-") as folder:
        try:
            return _rendered(_page_at(where, _content_with(None, union, Path(folder)), union), union)
        except (ValueError, UnionPressError):
            return None


def _as_if_out(page: RecordPage, union: UnionPage, left_out: list[Unfinished] | None) -> Record:
    """The draft as a record that readers can see now. Raises ValueError for one that makes no record."""
    clock = clocks.read(settings.UNIONPRESS_DATA)
    now = clock.now()
    page.slug = page.slug or slugs.free_slug(page)
    page.published = page.published or now
    try:
        record = cast(Record, record_of(page, union.slug, DatabaseLinks(), clock))
    except ValueError:
        if left_out is None or not (found := unfinished(page)):
            raise
        take_out(page, found)
        left_out += found
        record = cast(Record, record_of(page, union.slug, DatabaseLinks(), clock))
    return record.model_copy(update={"published": min(record.published, now), "expires": None})


def _content_with(record: Record | None, union: UnionPage, folder: Path) -> Content:
    """`content/` as exported, with the union's present profile and library, and the draft."""
    content = content_store.read(settings.UNIONPRESS_CONTENT, settings.UNIONPRESS_DATA / "cache" / "preview")
    profile = unions.union_of(union, DatabaseLinks())
    content = replace(content, unions={**content.unions, union.slug: profile})
    if record is None:
        return content
    return replace(
        content,
        root=folder,
        records={**content.records, record.id: record},
        media={**content.media, **_library(content.root, union, folder)},
    )


def _library(root: Path, union: UnionPage, folder: Path) -> Mapping[str, Any]:
    """The union's pictures and documents as they are in the CMS now; other unions' as exported."""
    (folder / "media").mkdir()
    exported = root / "media"
    for other in exported.iterdir() if exported.is_dir() else ():
        if other.name != union.slug:
            (folder / "media" / other.name).symlink_to(other.resolve())
    own = folder / "media" / union.slug
    own.mkdir()
    found = {}
    for model in (MediaDocument, MediaImage):
        for row in model.objects.filter(collection=union.collection).select_related("collection__union"):
            found[media.ref_of(row)] = media.media_of(row)
            _link(own / row.media_name, row.file)
            if isinstance(row, MediaImage) and row.vector:
                _link(own / row.vector_name, row.vector)
    return found


def _link(place: Path, file: Any) -> None:
    if not place.exists() and Path(file.path).is_file():
        place.symlink_to(file.path)


def _page_at(where: str, content: Content, union: UnionPage) -> Page:
    """One page of the site as it would be, its links leading to `/preview/<union>/`."""
    site = plan(content, union.slug, clocks.read(settings.UNIONPRESS_DATA).now())
    for page in pages.pages(site, content):
        if page.path == where:
            return replace(page, root=f"/preview/{union.slug}/") if where != paths.BRAND else page
    raise ValueError(translate("本工会的网站上没有这一页：它已撤回、被另一篇代替，或者专题里还没有内容。"))


def _media(path: str, union: UnionPage) -> bytes | None:
    """A picture of this union's library, or one that another union has published; made smaller on demand."""
    parts = path.split("/")
    if len(parts) == 3 and parts[0] == "media":
        file = _media_file(parts[1], parts[2], union)
        return file.read_bytes() if file else None
    if len(parts) != 4 or parts[0] != "media" or not parts[2].isdecimal():
        return None
    name, _, kind = parts[3].rpartition(".")
    file = _media_file(parts[1], name, union)
    known = pictures.facts(file) if file else None
    if file is None or known is None:
        return None
    width = int(parts[2])
    if (width, kind) != known.plain and not (width in known.widths and kind in pictures.FORMATS):
        return None
    return pictures.encoded(file, width, kind, settings.UNIONPRESS_DATA / "cache" / "pictures")


def _media_file(owner: str, name: str, union: UnionPage) -> Path | None:
    if owner != union.slug:
        exported = (settings.UNIONPRESS_CONTENT / "media" / owner / name).resolve()
        inside = exported.is_relative_to((settings.UNIONPRESS_CONTENT / "media").resolve())
        return exported if inside and exported.is_file() else None
    library = MediaImage.objects.filter(collection=union.collection)
    image = library.filter(media_name=name).first()
    drawing = library.filter(vector_name=name).exclude(vector="").first() if image is None else None
    file = image.file if image else drawing.vector if drawing else None
    return Path(file.path) if file and Path(file.path).is_file() else None


def bundle_of(union: UnionPage) -> Bundle:
    return Bundle.load(settings.UNIONPRESS_THEMES, union.theme)
