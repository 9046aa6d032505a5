"""A page in two halves: what it says, of records as many sites do, and what one site says on all its pages.

The *main* of a page (the block `main`) reads the record or the list; the *shell* around it reads the site. So
the main of a shared record is rendered once for all sites on which its context is the same, and the shell
once for those pages of a site that differ in a few words only: these are left as holes, and filled.

That a template's halves keep apart is not assumed. While a half is rendered, what its key does not cover is
poison: to use it raises, and the page is rendered whole. Either way gives the same bytes.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any, TypeGuard

import orjson
from jinja2 import Environment, Undefined
from jinja2.runtime import Context
from markupsafe import Markup, escape

from site_builder import formats
from site_builder.contexts import ListPage, Page, RecordPage, SiteContext, alike

MAIN = "main"
TOP = "top"
"""The block before `main`. A base that has none works as well, and takes longer."""
_HOLES = ("title", "description", "canonical", "og_image")
"""Plain text that stands in the shell as it is; whether it is empty decides more, and is part of the key."""
_IN_SHELL = ("template", "root", "trail", "og_type", "noindex")
_in_shell = attrgetter(*_IN_SHELL)
_holes = attrgetter(*_HOLES)
_RECORD_IN_SHELL = ("genre", "type")
_PLACES = ("/", "/search/")
"""Paths that the shell may ask for, besides those of the menu."""
_NOT_IN_MAIN = frozenset(
    {"path", *_HOLES, "site", "trail", "og_type", "noindex", "json_ld", "json_path", "data"}
)
_ASKED = "ask.name"
"""Whom to ask is nearly always the local union: its name is the one hole in the main."""
_ASK = ("phone", "url")
_asked = itemgetter(*_ASK)
_JSON = "json"
_KEPT_MAINS, _KEPT_SHELLS = 1536, 512
_MARKUP = re.compile(rb"[<>&']")
_LEFT, _RIGHT = "\ue000", "\ue001"
"""Around the name of a hole. Private use: a page that has these in its own words is rendered whole."""


def tidy(text: str) -> str:
    """No indentation and no empty lines; one newline at the end."""
    return "\n".join(filter(None, map(str.strip, text.splitlines()))) + "\n"


def json_in_html(value: Any) -> bytes:
    """JSON that a script element can hold: what HTML would take for a mark is escaped, as Jinja has it."""
    data = orjson.dumps(value)
    return _MARKUP.sub(_escaped, data) if _MARKUP.search(data) else data


def _escaped(match: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(match[0])


class Mixed(Exception):
    """A half reads what it does not depend on: pages of its template have to be rendered whole."""


class Marked(Exception):
    """A page's own words have the marks of holes: this page has to be rendered whole."""


_Block = Callable[[Context], Iterator[str]]

Half = tuple[bytes | str, ...]
"""Bytes, and names of holes."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page's bytes, and the halves they were put together of: none where it was rendered whole.

    What fills holes is text that is no markup, but for `links`, the addresses among it.
    """

    data: bytes
    halves: tuple[Half, ...] = ()
    links: tuple[str, ...] = ()
    own: bool = False
    """Whether the second half is this page's alone."""


@dataclass(frozen=True, slots=True)
class _Shells:
    """What one site says on all its pages."""

    site: SiteContext
    menu: tuple[str, ...]
    """Where its links lead."""
    made: dict[Hashable, Half] = field(default_factory=dict)


class Halves:
    """Renders the pages of one bundle in halves, and keeps the halves."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._mixed: set[str] = set()
        self._mains: OrderedDict[Hashable, tuple[Half, object]] = OrderedDict()
        self._shells: _Shells | None = None

    def render(self, page: Page) -> Rendered | None:
        """The page, or None where it has to be rendered whole."""
        values = None if page.template in self._mixed else _values(page)
        if values is None:
            return None
        try:
            shell, main = self._shell(page), self._main(page)
        except Marked:
            return None
        except Exception:  # what is wrong with the page itself shows when it is rendered whole
            self._mixed.add(page.template)
            return None
        values[MAIN] = _fill(main, values)
        links = tuple(link for link in (page.canonical, page.og_image) if link)
        return Rendered(_fill(shell, values), (shell, main), links, not _shared(page))

    # --- main -------------------------------------------------------------------------------------

    def _main(self, page: Page) -> Half:
        if not _shared(page):
            return self._render_main(page, page, page.site)
        said, values = alike(page)
        key = (page.site.language, page.ask and _asked(page.ask), said)
        kept = self._mains.get(key)
        if kept is None:
            seen = _InMain(page, self._environment.undefined)
            kept = self._mains[key] = (self._render_main(page, seen, seen.site), values)
            if len(self._mains) > _KEPT_MAINS:
                self._mains.popitem(last=False)
        return kept[0]

    def _render_main(self, page: Page, shown: Page | _InMain, site: SiteContext | _SiteInMain) -> Half:
        caught: list[str] = []

        def catch(context: Context) -> Iterator[str]:
            if isinstance(shown, _InMain):
                shown.strict = True
            caught.append("".join(context.blocks[MAIN][1](context)))
            yield ""

        for _ in self._rendering(page.template, shown, site, {TOP: _nothing, MAIN: catch}):
            if caught:
                break
        if not caught or not caught[0].endswith("\n") or not caught[0].strip():
            raise Mixed
        text = tidy(caught[0])
        return tuple(_pieces(text, _ASKED)) if isinstance(shown, _InMain) else (text.encode(),)

    # --- shell ------------------------------------------------------------------------------------

    def _shell(self, page: Page) -> Half:
        shells = self._shells
        if shells is None or shells.site is not page.site:  # in a preview's thread it may be another's
            shells = self._shells = _Shells(page.site, tuple(link.href for link in page.site.menu))
        path, menu = page.path, shells.menu
        key = (
            _in_shell(page),
            _more_in_shell(page),
            *map(bool, _holes(page)),
            page.title == page.site.name,
            len(page.json_ld),
            path if path in menu or path in _PLACES else "",
            *[href for href in menu if path.startswith(href)],
        )
        kept = shells.made.get(key)
        if kept is None:
            if len(shells.made) > _KEPT_SHELLS:
                shells.made.clear()
            kept = shells.made[key] = self._render_shell(page, menu)
        return kept

    def _render_shell(self, page: Page, menu: tuple[str, ...]) -> Half:
        def leave(context: Context) -> Iterator[str]:
            yield f"{_LEFT}{MAIN}{_RIGHT}"

        seen = _InShell(page, menu, self._environment.undefined)
        text = tidy("".join(self._rendering(page.template, seen, page.site, {MAIN: leave})))
        head, mark, foot = text.partition(f"{_LEFT}{MAIN}{_RIGHT}")
        if not mark or not head.endswith("\n"):
            raise Mixed
        return (*_pieces(head, *_HOLES, _JSON), MAIN, *_pieces(foot.lstrip(), *_HOLES, _JSON))

    def _rendering(
        self, template: str, page: object, site: object, instead: Mapping[str, _Block]
    ) -> Iterator[str]:
        """The page as the template gives it, with `instead` in the place of the blocks of these names."""
        found = self._environment.get_template(template)
        context = found.new_context({"page": page, "site": site})
        for name, block in instead.items():
            context.blocks.setdefault(name, []).insert(0, block)
        return found.root_render_func(context)


def _nothing(context: Context) -> Iterator[str]:
    yield from ()


def _fill(half: Half, values: Mapping[str, bytes]) -> bytes:
    return b"".join([piece if isinstance(piece, bytes) else values[piece] for piece in half])


def _pieces(text: str, *names: str) -> Iterator[bytes | str]:
    """The text around the holes of these names; any other stands in the page's own words."""
    first, *rest = text.split(_LEFT)
    yield first.encode()
    for part in rest:
        name, _, after = part.partition(_RIGHT)
        if not name.startswith(names):
            raise Marked
        yield name
        yield after.encode()


def _shared(page: Page) -> TypeGuard[RecordPage]:
    """Whether its main is a piece of another site's page as well. One that is not may read what it likes."""
    return isinstance(page, RecordPage) and not page.own


def _more_in_shell(page: Page) -> tuple[Hashable, ...]:
    """What the shell of some pages reads besides, as `_InShell` has it."""
    if isinstance(page, ListPage):
        return page.kind, bool(page.nearby)
    record = getattr(page, "record", {})
    return tuple([record.get(name) for name in _RECORD_IN_SHELL])


def _values(page: Page) -> dict[str, bytes] | None:
    """What fills the holes; None where a text would not stay as it is where text is tidied or links are
    written."""
    found = {name: _filling(text) for name, text in zip(_HOLES, _holes(page), strict=True)}
    if ask := getattr(page, "ask", None):
        found[_ASKED] = _filling(ask["name"])
    values = {name: text for name, text in found.items() if text is not None}
    links = (page.canonical, page.og_image)
    if len(values) < len(found) or any(link and formats.relative(link, page.root) != link for link in links):
        return None
    for number, thing in enumerate(page.json_ld):
        values[f"{_JSON}{number}"] = json_in_html(thing)
    return values


@lru_cache(maxsize=2048)
def _filling(text: str) -> bytes | None:
    """The text as it is written into a page, if it is one line and no hole."""
    fits = text == text.strip() and len(text.splitlines()) <= 1 and _LEFT not in text
    return str(escape(text)).encode() if fits else None


# --- what templates see of a page while a half is rendered ------------------------------------------


class _InMain:
    """A page whose shell's part is poison as soon as `strict` is set: the shell's beginning comes first."""

    def __init__(self, page: RecordPage, undefined: type[Undefined]) -> None:
        self._page = page
        self._undefined = undefined
        self.strict = False
        self.root = page.root
        self.site = _SiteInMain(self, page.site)
        self.ask = page.ask and {
            "name": Hole(_ASKED, page.ask["name"], "") if page.ask["name"] else "",
            **{name: page.ask[name] for name in _ASK},
        }

    def __getattr__(self, name: str) -> Any:
        if self.strict and name in _NOT_IN_MAIN:
            raise Mixed
        return getattr(self._page, name)


class _SiteInMain:
    def __init__(self, seen: _InMain, site: SiteContext) -> None:
        self._seen = seen
        self._site = site
        self.language = site.language

    def __getattr__(self, name: str) -> Any:
        if self._seen.strict:
            raise Mixed
        return getattr(self._site, name)


class _InShell:
    """A page of which only what the shell's key covers can be used; its words are holes."""

    def __init__(self, page: Page, menu: tuple[str, ...], undefined: type[Undefined]) -> None:
        self._undefined = undefined
        self.site = page.site
        for name in _IN_SHELL:
            setattr(self, name, getattr(page, name))
        for name in _HOLES:
            text = getattr(page, name)
            setattr(self, name, Hole(name, text, page.site.name) if text else text)
        self.path = _Path(page.path, menu)
        if isinstance(page, ListPage):
            self.kind, self.nearby = page.kind, bool(page.nearby)
        elif (record := getattr(page, "record", None)) is not None:
            self.record = {name: record[name] for name in _RECORD_IN_SHELL if name in record}
        self.json_ld = tuple(Hole(f"{_JSON}{number}", "", "") for number in range(len(page.json_ld)))

    def __getattr__(self, name: str) -> Undefined:
        return self._undefined(name=name)


class Hole:
    """Text that can be printed, and compared with the name of the site; anything else raises."""

    def __init__(self, name: str, text: str, site_name: str) -> None:
        self._name, self._text, self._site_name = name, text, site_name

    def __html__(self) -> Markup:
        return Markup(f"{_LEFT}{self._name}{_RIGHT}")

    def __eq__(self, other: object) -> bool:
        if other != self._site_name:
            raise Mixed
        return self._text == other

    def __hash__(self) -> int:
        raise Mixed

    def __str__(self) -> str:
        raise Mixed

    def __len__(self) -> int:
        raise Mixed

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        raise Mixed if not name.startswith("__") else AttributeError(name)


class _Path(str):
    """A path that can be compared with the links of the menu and with the paths no record has."""

    __slots__ = ("_menu",)

    def __new__(cls, path: str, menu: tuple[str, ...]) -> _Path:
        made = super().__new__(cls, path)
        made._menu = (*menu, *_PLACES)  # type: ignore[attr-defined]
        return made

    def __eq__(self, other: object) -> bool:
        if other not in self._menu:  # type: ignore[attr-defined]
            raise Mixed
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        raise Mixed

    def startswith(self, start: Any, *rest: Any) -> bool:
        if start not in self._menu:  # type: ignore[attr-defined]
            raise Mixed
        return str.startswith(self, start, *rest)

    def __html__(self) -> str:
        raise Mixed

    def __str__(self) -> str:
        raise Mixed
