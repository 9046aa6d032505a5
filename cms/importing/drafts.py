"""A manuscript becomes a draft: for the screen and the command line alike. Readers see nothing of it yet."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image
from wagtail.images.forms import get_image_form

from cms.exporting.links import DatabaseLinks
from cms.exporting.stream import body_raw
from cms.importing.manuscripts import Drawing, Manuscript, paragraph
from cms.importing.words import both
from cms.media.models import MediaImage
from cms.records.models import PAGE_TYPES, RecordPage
from cms.unions.models import UnionPage
from site_builder import body
from site_builder.records import Kind, Picture

KINDS = (Kind.STORY, Kind.GUIDE, Kind.PROGRAM, Kind.EVENT)
"""What is written as a text first."""
_ENDINGS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
_REDRAWN = ("BMP", "TIFF")
"""Pictures that sites do not show, of which Pillow makes a PNG."""
_TITLE = 200


class MakeDraft:
    """`user` None stands for the command line, which may do everything."""

    def __init__(self, manuscript: Manuscript, union: UnionPage, kind: Kind, user: Any = None) -> None:
        self.manuscript = manuscript
        self.union = union
        self.kind = kind
        self.user = user
        self.left_out = list(manuscript.left_out)
        """What does not come along, a sentence each in both languages; more after `execute`."""

    def check(self) -> None:
        """Raises PermissionDenied."""
        section = self.union.section(self.kind)
        if self.user is not None and not section.permissions_for_user(self.user).can_add_subpage():
            raise PermissionDenied(f"{self.user} may not write for {self.union.slug}")

    def execute(self) -> RecordPage:
        """The draft. Raises PermissionDenied."""
        self.check()
        with transaction.atomic():
            found = [self._placed(number, part) for number, part in enumerate(self.manuscript.parts, 1)]
            tree = body.normalise(part for part in found if part is not None)
            title = self.manuscript.title
            if len(title) > _TITLE:
                self.left_out.append(
                    both("标题太长，只留了前面的字", "the title is too long: its end is left out")
                )
            page = PAGE_TYPES[self.kind](title=title[:_TITLE], live=False, owner=self.user)
            if hasattr(page, "subtitle"):
                page.subtitle = self.manuscript.subtitle[:_TITLE]
            elif self.manuscript.subtitle:
                tree = body.normalise((paragraph(self.manuscript.subtitle), *tree))
            page.body = body_raw(tree, page.uuid, page.body.stream_block.child_blocks, DatabaseLinks())
            self.union.section(self.kind).add_child(instance=page)
            page.save_revision(user=self.user, log_action=True)
        return page

    # --- pictures -----------------------------------------------------------------------------------

    def _placed(self, number: int, part: body.Block | Drawing) -> body.Block | None:
        """The part, a picture in the union's library; None where it cannot be."""
        if not isinstance(part, Drawing):
            return part
        count = sum(isinstance(other, Drawing) for other in self.manuscript.parts[:number])
        data, ending = _shown(part.data)
        image = self._known(data) or self._uploaded(count, part, data, ending)
        if image is None:
            return None
        return body.Image(Picture(media=image.media_ref, alt=part.alt, caption=part.caption))

    def _known(self, data: bytes) -> MediaImage | None:
        """The same picture, where the library has it from an earlier import or upload."""
        same = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        found: MediaImage | None = MediaImage.objects.filter(
            collection=self.union.collection, file_hash=same
        ).first()
        return found

    def _uploaded(self, count: int, drawing: Drawing, data: bytes, ending: str) -> MediaImage | None:
        called = self.manuscript.title
        form = get_image_form(MediaImage)(
            {
                "title": (drawing.alt or drawing.caption or f"{called} {count}")[:255],
                "collection": self.union.collection_id,
            },
            {"file": SimpleUploadedFile(f"{called[:30]}-{count}.{ending}", data, f"image/{ending}")},
            instance=MediaImage(uploaded_by_user=self.user, collection=self.union.collection),
            user=self.user,
        )
        if ending and form.is_valid():
            image: MediaImage = form.save()
            return image
        said = " ".join(str(error) for errors in form.errors.values() for error in errors) if ending else ""
        self.left_out.append(
            both(
                f"第 {count} 张图片没有带过来：请另存为 PNG 或 JPG 后插入。{said}",
                f"picture {count} was left out: save it as PNG or JPG and insert it. {said}".strip(),
            )
        )
        return None


def _shown(data: bytes) -> tuple[bytes, str]:
    """The bytes as a site may show them, and how their name ends; "" for drawings of Office (EMF, WMF).

    Files call their pictures what they like: what they are is in their bytes.
    """
    made = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data), formats=(*_ENDINGS, *_REDRAWN)) as picture:
            if picture.format in _ENDINGS:
                return data, _ENDINGS[picture.format]
            picture.convert("RGB").save(made, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return data, ""
    return made.getvalue(), "png"
