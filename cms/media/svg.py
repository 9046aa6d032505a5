"""SVG as it may be published: drawing elements only.

SVG is a document format: it may carry scripts, event handlers, foreign HTML and requests to other hosts.
What is kept is listed; everything else is dropped.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MAX_BYTES = 2_000_000

ELEMENTS = frozenset(
    [
        "svg",
        "g",
        "defs",
        "symbol",
        "use",
        "title",
        "desc",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "textPath",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "pattern",
        "marker",
        "filter",
        "feGaussianBlur",
        "feOffset",
        "feBlend",
        "feColorMatrix",
        "feComposite",
        "feFlood",
        "feMerge",
        "feMergeNode",
    ]
)
REFERENCE = re.compile(r"url\s*\(\s*['\"]?(?!#)|expression|@import|javascript:|\\", re.IGNORECASE)


def sanitised(file: Any) -> ContentFile[bytes]:
    """The SVG in `file` without anything that acts; raises ValidationError for what is no SVG."""
    file.seek(0)
    return ContentFile(sanitise(file.read()), name=getattr(file, "name", "picture.svg"))


def sanitise(source: bytes) -> bytes:
    """`source` with only drawing elements, their plain attributes and references within the file."""
    if len(source) > MAX_BYTES:
        raise ValidationError(_("SVG 不能超过 2 MB。"))
    if b"<!DOCTYPE" in source.upper() or b"<!ENTITY" in source.upper():
        raise ValidationError(_("SVG 里不能有 DOCTYPE 或 ENTITY 声明，请重新导出。"))
    try:
        root = ElementTree.fromstring(source)
    except ElementTree.ParseError as error:
        raise ValidationError(_("这不是能读的 SVG 文件。")) from error
    if root.tag != f"{{{SVG}}}svg":
        raise ValidationError(_("这不是 SVG 文件。"))
    _clean(root)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="utf-8")


def _clean(element: ElementTree.Element) -> None:
    for name, value in list(element.attrib.items()):
        if not _allowed(name, value):
            del element.attrib[name]
    for child in list(element):
        if isinstance(child.tag, str) and child.tag.removeprefix(f"{{{SVG}}}") in ELEMENTS:
            _clean(child)
        else:
            element.remove(child)


def _allowed(name: str, value: str) -> bool:
    if name in {"href", f"{{{XLINK}}}href"}:
        return value.startswith("#")
    if name.startswith("{"):
        return name == "{http://www.w3.org/XML/1998/namespace}lang"
    return not name.lower().startswith("on") and not REFERENCE.search(value)
