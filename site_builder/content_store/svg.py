"""SVG files are programs unless they are checked: only drawings may reach a site."""

from __future__ import annotations

import re
from xml.parsers import expat

from site_builder.content_store.formats import Parsed
from site_builder.records import Problem

_FORBIDDEN = frozenset(
    {"script", "foreignobject", "iframe", "embed", "object", "audio", "video", "handler", "listener", "a"}
)
_XHTML = "http://www.w3.org/1999/xhtml"
"""Elements of it do in a drawing what they do in a page: send the reader on, ask for a password."""
_DATA_IMAGE = re.compile(r"^data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$")
_STYLE = re.compile(r"@import|expression\s*\(|javascript:|\\|url\(\s*(?!['\"]?#|['\"]?\s*\))", re.IGNORECASE)


def svg_file(text: str, file: str) -> Parsed[bool]:
    """Whether an SVG only draws: no script, no event handlers, no links, nothing from elsewhere.

    Follows what browsers run in an SVG that is opened as a document (SVG 2, chapter 15; the list of
    DOMPurify). A file that is refused is not changed: its writer cleans it.
    """
    found = _Finder().find(text)
    if found is None:
        return Parsed(True)
    message, line = found
    return Parsed(
        None,
        (
            Problem(
                code="media-svg",
                file=file,
                line=line,
                message=message,
                action="Save the drawing as plain SVG, without scripts, links and things from elsewhere.",
            ),
        ),
    )


class _Finder:
    def __init__(self) -> None:
        self.found: tuple[str, int] | None = None
        self.root = ""
        self.depth = 0
        self.style_depth = 0
        """Of the style that is being read; 0 outside."""
        self.style: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = lambda *_: self.report("The SVG has a document type")
        self.parser.ProcessingInstructionHandler = lambda *_: self.report(
            "The SVG has a processing instruction"
        )
        self.parser.StartElementHandler = self.element
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def find(self, text: str) -> tuple[str, int] | None:
        try:
            self.parser.Parse(text.encode("utf-8"), True)
        except expat.ExpatError as error:
            return self.found or (f"The SVG is not XML: {expat.ErrorString(error.code)}", error.lineno)
        if self.root != "svg" and self.found is None:
            return f"The root of the file is {self.root!r}, not svg", 1
        return self.found

    def report(self, message: str) -> None:
        if self.found is None:
            self.found = message, self.parser.CurrentLineNumber

    def element(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        self.root = self.root or name
        self.depth += 1
        if name == "style" and not self.style_depth:
            self.style_depth = self.depth
        if name in _FORBIDDEN:
            self.report(f"The SVG has an element {name}")
        for key, value in attributes.items():
            if (key == "xmlns" or key.startswith("xmlns:")) and value.strip() == _XHTML:
                self.report("The SVG has elements of a page")
            self.attribute(name, _local(key), value)

    def attribute(self, element: str, key: str, value: str) -> None:
        if key.startswith("on"):
            self.report(f"The SVG has an event handler {key}")
        elif key in ("href", "src"):
            inside = value.startswith("#") or (element == "image" and _DATA_IMAGE.match(value))
            if not inside:
                self.report(f"The SVG points at something elsewhere: {value[:40]}")
        elif key == "attributename" and (_local(value) == "href" or _local(value).startswith("on")):
            self.report("The SVG animates a link or an event handler")
        elif _STYLE.search(value) and ("url(" in value.lower() or key == "style"):
            self.report(f"The attribute {key} of the SVG points at something elsewhere")

    def characters(self, text: str) -> None:
        """A style comes in pieces, cut at every entity: it is judged when it is whole."""
        if self.style_depth:
            self.style.append(text)

    def end(self, tag: str) -> None:
        if self.depth == self.style_depth:
            if _STYLE.search("".join(self.style)):
                self.report("The style of the SVG points at something elsewhere")
            self.style_depth = 0
            self.style.clear()
        self.depth -= 1


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
