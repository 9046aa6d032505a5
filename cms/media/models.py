"""Pictures and documents, each with the name it has under `content/media/<union>/`.

The union of a file is the union whose media library (a Wagtail collection) it lies in: one library a
union, made together with the union. Credit and rights belong to the file; alternative text and caption
to each use of it (`cms.blocks.values.PictureBlock`).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from pypinyin import lazy_pinyin
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.search import index

from cms.media.svg import sanitised
from site_builder.content_store import is_media_name

MEDIA_NAME = RegexValidator(r"^[^/\s\\]+$", _("文件名里不能有空格和斜线。"))
PARTIAL_DATE = RegexValidator(r"^\d{4}(-\d{2}(-\d{2})?)?$", _("请写成 2024、2024-10 或 2024-10-11。"))


def ascii_name(name: str) -> str:
    """A file name for `content/media/`: pinyin, lower case, hyphens; the suffix is kept."""
    path = PurePosixPath(name)
    stem = "-".join(lazy_pinyin(path.stem))
    stem = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:80].strip("-") or "file"
    return f"{stem}{path.suffix.lower()}"


class MediaFile(models.Model):
    """What pictures and documents share, under the names of `site_builder.records.Media`."""

    media_name = models.CharField(
        _("文件名"),
        max_length=120,
        blank=True,
        validators=[MEDIA_NAME],
        help_text=_("在网站和 content/ 里的名字，本工会内不重复。不填则由上传的文件名取拼音"),
    )
    credit = models.CharField(
        _("作者"), max_length=200, blank=True, help_text=_("摄影、制图：机构或岗位，例如：市总工会宣传部")
    )
    rights = models.CharField(_("版权和许可"), max_length=300, blank=True)
    taken = models.CharField(
        _("拍摄或制作日期"),
        max_length=10,
        blank=True,
        validators=[PARTIAL_DATE],
        help_text=_("2024、2024-10 或 2024-10-11"),
    )
    place = models.CharField(_("地点"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def union_slug(self) -> str:
        """The slug of the union that owns the file; empty for a file outside every library."""
        union = getattr(self.collection, "union", None)  # type: ignore[attr-defined]
        return union.slug if union else ""

    @property
    def media_ref(self) -> str:
        """`media:<union>/<name>`, as records refer to the file."""
        return f"media:{self.union_slug}/{self.media_name}"

    def fill_media_name(self) -> None:
        """Give the file a name of its own in its library, if it has none."""
        if self.media_name:
            return
        wanted = PurePosixPath(ascii_name(PurePosixPath(self.file.name).name))  # type: ignore[attr-defined]
        taken = set(
            type(self)
            ._default_manager.filter(collection=self.collection)  # type: ignore[attr-defined,misc]
            .exclude(pk=self.pk)
            .values_list("media_name", flat=True)
        )
        name, number = str(wanted), 2
        while name in taken:
            name, number = f"{wanted.stem}-{number}{wanted.suffix}", number + 1
        self.media_name = name

    def clean(self) -> None:
        super().clean()
        if self.collection_id and not hasattr(self.collection, "union"):  # type: ignore[attr-defined]
            raise ValidationError({"collection": _("请选择一个工会的媒体库。")})
        if self.media_name and not is_media_name(self.media_name):
            unusable = _(
                "网站不能用这个文件名：不要以点开头，不要有 # ? %，不要用网页、程序或 .yaml 的扩展名。"
            )
            raise ValidationError({"media_name": unusable})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_media_name()
        super().save(*args, **kwargs)


class MediaImage(MediaFile, AbstractImage):
    """A picture: always a raster file, and beside it perhaps an SVG of the same, which sites prefer."""

    vector = models.FileField(
        _("矢量图"),
        upload_to="vectors",
        blank=True,
        validators=[FileExtensionValidator(["svg"])],
        help_text=_("同一张图的 SVG，网站优先使用；脚本等危险内容在上传时去掉"),
    )
    vector_name = models.CharField(max_length=120, blank=True, editable=False)
    focal_point = models.JSONField(null=True, blank=True, editable=False)
    """[x, y] from 0 to 1 from the top left, exactly as content/ says; `save` keeps Wagtail's in step."""

    admin_form_fields = (
        "title",
        "file",
        "collection",
        "credit",
        "rights",
        "taken",
        "place",
        "media_name",
        "vector",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )
    search_fields = [
        *AbstractImage.search_fields,
        index.SearchField("media_name"),
        index.SearchField("credit"),
        index.SearchField("place"),
    ]

    class Meta(AbstractImage.Meta):
        verbose_name = _("图片")
        verbose_name_plural = _("图片")
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "media_name"],
                name="one_image_name_a_union",
                violation_error_message=_("本工会已有同名的图片，请换一个文件名。"),
            )
        ]

    def generate_rendition_file(self, filter: Any, *, source: Any = None) -> ContentFile[bytes]:
        """As Wagtail's, with the temporary file closed instead of left to the garbage collector."""
        made = super().generate_rendition_file(filter, source=source)
        with made:
            made.seek(0)
            return ContentFile(made.read(), name=made.name)

    def set_relative_focal_point(self, point: tuple[float, float] | None) -> None:
        """Set the focal point from shares of width and height; None takes it away."""
        self.focal_point = list(point) if point else None
        self.focal_point_width = self.focal_point_height = None
        self.focal_point_x, self.focal_point_y = self._pixels(self.focal_point)

    def _pixels(self, point: list[float] | None) -> tuple[int | None, int | None]:
        if not point or not self.width or not self.height:
            return None, None
        return round(point[0] * self.width), round(point[1] * self.height)

    def save(self, *args: Any, **kwargs: Any) -> None:
        pixels = (self.focal_point_x, self.focal_point_y)
        if pixels != self._pixels(self.focal_point):
            # An editor moved it on the screen; what content/ said is kept to the digit otherwise.
            x, y = pixels
            self.focal_point = (
                None if x is None or y is None else [round(x / self.width, 3), round(y / self.height, 3)]
            )
        self.fill_media_name()
        if self.vector and not self.vector._committed:  # type: ignore[attr-defined]
            self.vector.file = sanitised(self.vector.file)
        if self.vector and not self.vector_name:
            self.vector_name = f"{PurePosixPath(self.media_name).stem}.svg"
        elif not self.vector:
            self.vector_name = ""
        super().save(*args, **kwargs)


class MediaRendition(AbstractRendition):
    image = models.ForeignKey(MediaImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class MediaDocument(MediaFile, AbstractDocument):
    """A file to download: a form, the text of a policy."""

    admin_form_fields = (
        "title",
        "file",
        "collection",
        "credit",
        "rights",
        "taken",
        "place",
        "media_name",
        "tags",
    )
    search_fields = [
        *AbstractDocument.search_fields,
        index.SearchField("media_name"),
        index.SearchField("credit"),
    ]

    class Meta(AbstractDocument.Meta):
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "media_name"],
                name="one_document_name_a_union",
                violation_error_message=_("本工会已有同名的附件，请换一个文件名。"),
            )
        ]
