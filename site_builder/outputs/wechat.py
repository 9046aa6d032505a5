"""The WeChat edition of a record: what an editor pastes into the editor of an official account.

    made = edition(page, content, bundle)     # a page of the union's site -> text, pictures, covers, problems
    write(made, folder)                       # article.html, article.json, images/, covers, qr.png

It is the page of a site in one column with styles of its own theme (`wechat.html`, `wechat.css`), and holds
nothing from elsewhere: its pictures are files beside it, in the sizes that WeChat takes. What WeChat would
refuse or cut is a problem that says what to do; nothing is left out silently.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from uuid import UUID

import orjson

from site_builder import qr
from site_builder.content_store import Content, media_file
from site_builder.contexts import RecordPage
from site_builder.errors import ContentError
from site_builder.outputs import wechat_html, wechat_pictures
from site_builder.outputs.wechat_html import Note
from site_builder.records import ForWechat, Kind, Problem, Story
from site_builder.render import Bundle

TITLE, AUTHOR, DIGEST = 32, 16, 120
"""Characters; of the digest, what the editor takes."""
TEXT, BYTES = 20_000, 1_000_000
"""Characters and bytes of a text, tags and styles counted."""
LIMITS: Mapping[str, int] = {
    "title": TITLE,
    "author": AUTHOR,
    "digest": DIGEST,
    "characters": TEXT,
    "bytes": BYTES,
    "image_bytes": wechat_pictures.LARGEST,
}
KINDS = frozenset({Kind.STORY, Kind.PROGRAM, Kind.GUIDE, Kind.EVENT})
"""The kinds that have an edition: those that are read as an article."""
QR = "qr.png"
_MARKS = "。！？；"
_FILE = re.compile(r"/media/(?P<union>[^/]+)/(?:\d+/(?P<large>[^/]+)\.[a-z]+|(?P<name>[^/]+))")


@dataclass(frozen=True, slots=True)
class EditionImage:
    """A picture of an edition, in the order of the text; `file` is its place in it."""

    file: str
    width: int
    height: int
    data: bytes

    @property
    def address(self) -> str:
        """The picture itself as an address (`data:`)."""
        kind = "png" if self.file.endswith(".png") else "jpeg"
        return f"data:image/{kind};base64,{b64encode(self.data).decode()}"


@dataclass(frozen=True, slots=True)
class Edition:
    """`html` is what is pasted; its pictures lie beside it. `source` is where 阅读原文 leads."""

    title: str
    author: str
    digest: str
    source: str
    html: str
    images: tuple[EditionImage, ...]
    covers: tuple[EditionImage, ...]
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]

    def with_pictures_inside(self) -> str:
        """The text with its pictures as `data:` addresses, to be copied from a page: files cannot be."""
        addresses = {image.file: image.address for image in self.images}
        pattern = "|".join(re.escape(f'src="{file}"') for file in addresses)
        if not pattern:
            return self.html
        return re.sub(pattern, lambda match: f'src="{addresses[match.group()[5:-1]]}"', self.html)

    def to_json(self) -> dict[str, object]:
        """What `article.json` says: the fields of WeChat's form, pictures and their sizes, what is wrong."""
        return {
            "title": self.title,
            "author": self.author,
            "digest": self.digest,
            "content_source_url": self.source,
            "characters": len(self.html),
            "limits": LIMITS,
            "images": [_described(image) for image in self.images],
            "covers": [_described(image) for image in self.covers],
            "notes": [asdict(note) for note in self.notes],
            "problems": [problem.model_dump(mode="json") for problem in self.problems],
        }


def edition(page: RecordPage, content: Content, bundle: Bundle) -> Edition:
    """The edition of a record as its page stands on a site. Raises BuildError where the theme fails."""
    page = replace(page, root=f"{page.site.base_url}/")  # links out of an article are whole
    said = _said(page, content)
    pictures = _Pictures(page, content)
    html = bundle.render(replace(page, template="wechat.html")).decode()
    css = bundle.render(replace(page, template="wechat.css")).decode()
    cleaned = wechat_html.clean(html, css, page.canonical, pictures.place)
    digest = said.digest or _digest(page)
    covers = tuple(pictures.covers(said.cover))
    made = Edition(
        title=said.title or page.title,
        author=page.site.short_name[:AUTHOR],
        digest=digest,
        source=page.canonical,
        html=cleaned.html,
        images=tuple(pictures.found.values()),
        covers=covers,
        notes=cleaned.notes,
        problems=(),
    )
    return replace(made, problems=(*pictures.problems, *_problems(made, page, said)))


def _said(page: RecordPage, content: Content) -> ForWechat:
    """What the record says for WeChat alone; no page has it."""
    record = content.records.get(UUID(page.record["id"]))
    return record.wechat if isinstance(record, Story) and record.wechat else ForWechat()


def write(made: Edition, folder: Path) -> None:
    """Write an edition into `folder`, which is made if need be."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for image in (*made.images, *made.covers):
        (folder / image.file).write_bytes(image.data)
    title = f"<title>{_escaped(made.title)}</title>"
    head = f'<!doctype html>\n<html lang="zh-Hans">\n<meta charset="utf-8">\n{title}\n'
    (folder / "article.html").write_text(head + made.html, "utf-8")
    (folder / "article.json").write_bytes(
        orjson.dumps(made.to_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )


class _Pictures:
    """The pictures that a text uses, each once, in the order in which it first does."""

    def __init__(self, page: RecordPage, content: Content) -> None:
        self._page = page
        self._content = content
        self.found: dict[str, EditionImage] = {}
        self.problems: list[Problem] = []

    def place(self, src: str) -> str | None:
        if src in self.found:
            return self.found[src].file
        if src == QR:
            code = qr.png(self._page.canonical)
            image = EditionImage(QR, code.size, code.size, code.data)
        else:
            made = self._made(src)
            if made is None:
                return None
            image = made
        self.found[src] = image
        return image.file

    def _made(self, src: str) -> EditionImage | None:
        file = self._file(src)
        try:
            made = wechat_pictures.picture(file) if file else None
        except OSError:
            made = None
        if file is None or made is None:
            message = f"the picture {src} cannot be used"
            self.problems.append(
                _problem("picture-unusable", message, "Put it into the article by hand", self._page)
            )
            return None
        name = f"images/{len(self.found) + 1:02d}-{_plain(file.stem)}.{made.suffix}"
        return EditionImage(name, made.width, made.height, made.data)

    def covers(self, chosen: str | None) -> Iterator[EditionImage]:
        """What to choose as cover, cut from the one chosen for it, else from the lead picture, else from the
        first of the text."""
        lead = self._page.record.get("lead_picture")
        sources = [lead["src"]] if lead else []
        sources += [block["src"] for block in self._page.body if block["type"] == "image"]
        files = (self._file(src) for src in sources)
        for file in (self._media(chosen) if chosen else None, *files):
            if file is None:
                continue
            media = self._content.media.get(f"{file.parent.name}/{file.name}")
            for name, size in wechat_pictures.COVERS.items():
                made = wechat_pictures.cover(file, size, media.focal_point if media else None)
                if (made.width, made.height) != size:
                    message = (
                        f"{file.name} is too small for the cover: {made.width}x{made.height} "
                        f"of {size[0]}x{size[1]} pixels"
                    )
                    action = "Choose a larger lead picture, or make a cover by hand"
                    self.problems.append(_problem("cover-small", message, action, self._page))
                yield EditionImage(name, made.width, made.height, made.data)
            return

    def _file(self, src: str) -> Path | None:
        """The file of a picture by its address on the page, where it may be a smaller one."""
        path = unquote(urlsplit(urljoin(self._page.canonical, src)).path)
        match = _FILE.search(path)
        if match is None:
            return None
        return self._media(f"media:{match['union']}/{match['large'] or match['name']}")

    def _media(self, ref: str) -> Path | None:
        try:
            file = media_file(self._content, ref)
        except ContentError:
            return None
        return file if file.is_file() else None


def _digest(page: RecordPage) -> str:
    """The record's summary, else how it begins; cut behind a whole sentence where it is too long."""
    text = page.record.get("summary") or page.description
    if len(text) <= DIGEST:
        return str(text)
    cut = max(text.rfind(mark, 0, DIGEST) for mark in _MARKS)
    return str(text[: cut + 1] if cut > DIGEST // 3 else text[: DIGEST - 1] + "…")


def _problems(made: Edition, page: RecordPage, said: ForWechat) -> Iterator[Problem]:
    if len(made.title) > TITLE:
        yield _problem(
            "title-long",
            f"the title has {len(made.title)} characters, WeChat takes {TITLE}",
            f"Shorten it: {page.record['title_short']}"
            if page.record.get("title_short")
            else "Shorten it there",
            page,
        )
    summary = page.record.get("summary") or ""
    if len(summary) > DIGEST and not said.digest:
        yield _problem(
            "digest-cut",
            f"the summary has {len(summary)} characters, a digest {DIGEST}: it was cut",
            "Shorten the summary of the record, or write a digest by hand",
            page,
        )
    if not made.digest:
        yield _problem("digest-missing", "there is no digest", "Write a summary for the record", page)
    if not made.covers:
        yield _problem(
            "cover-missing", "there is no picture for the cover", "Give the record a lead picture", page
        )
    size = len(made.html.encode())
    if len(made.html) >= TEXT or size >= BYTES:
        yield _problem(
            "text-long",
            f"the text has {len(made.html)} characters with its tags ({size} bytes); WeChat takes {TEXT}",
            "Leave out a part and let 阅读原文 lead to the whole",
            page,
        )
    for image in (*made.images, *made.covers):
        if len(image.data) >= wechat_pictures.LARGEST:
            yield _problem(
                "picture-large",
                f"{image.file} has {len(image.data)} bytes, WeChat takes {wechat_pictures.LARGEST}",
                "Choose a smaller picture",
                page,
            )


def _problem(code: str, message: str, action: str, page: RecordPage) -> Problem:
    return Problem(severity="warning", code=code, record=page.record["id"], message=message, action=action)


def _described(image: EditionImage) -> Mapping[str, object]:
    return {"file": image.file, "width": image.width, "height": image.height, "bytes": len(image.data)}


def _plain(stem: str) -> str:
    return re.sub(r"[^\w-]+", "-", stem).strip("-") or "picture"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
