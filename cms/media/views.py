"""Small versions of pictures for the editors' screens. The public sites carry their own media."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest

from cms.media.models import MediaRendition
from cms.unions import scoping


def rendition(request: HttpRequest, path: str) -> FileResponse:
    """A rendition's file, for those who may see its picture: drafts' pictures are drafts too."""
    found = MediaRendition.objects.filter(file=path).select_related("image").first()
    if found is None or not request.user.is_authenticated:
        raise Http404
    if not scoping.may_see_file(found.image, request.user):
        raise Http404
    response = FileResponse(found.file.open("rb"))
    response["Cache-Control"] = "private, max-age=3600"
    return response
