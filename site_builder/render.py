"""A page's context becomes bytes: Jinja, a theme, and nothing else.

`Bundle.load(themes, name)` reads a brand's theme over `base` (the layout of ordinary Pelican themes:
`templates/`, `static/`, and `strings/` for interface words) once into memory; `bundle.render(page)` is a
pure function of the bundle and the context. A template reads `page` and `site`, data only: mappings
give their keys, never their methods, and there is no clock, no setting and no other page to ask.

What a template can call:

    asset("site.css")       where a file of static/ lies, from this page
    t("nav.home")           an interface word as HTML which a script can change to the other language
    ts("nav.home")          the same as plain text, for titles
    t_attr("title", "key")  an attribute with an interface word
    href | rel              a link of the context, from this page
    iso | date, iso | moment, iso | day
    text | period           a span of partial dates in words
    item | amount           value, unit and qualifier in their printed parts
    bylines | by_role       one entry a role, in order
    phone | tel, address | map
    address | qr            its QR code: `size` and an SVG `path`
    colour | ink_on, colour | readable(background), colour | mix(other, share)
    credit is photographer  whether 摄 is to be set after it
    once(parts.card, card)  a macro of a card and no more of the page, made once for many pages
    chart(indicators, form) an SVG with the numbers on it; `alt` for who does not see it
    reading | when          the date or span of a value of an indicator
    title | headline        a headline that breaks between words, where it is set in one of class `phrased`
    title | headline(true)  the same, and better between its phrases: for what is set large, alone in its line
    path is under(section)  whether a page lies in a section

This module does not decide what a page says (pages.py) nor where its bytes go (pelican_site).
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jinja2
import yaml
from jinja2 import (
    ChoiceLoader,
    FileSystemBytecodeCache,
    FunctionLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from site_builder import assets, environment, formats, headlines, qr, template_words
from site_builder import halves as halves_module
from site_builder.assets import THEME_PARTS, Layer, digest
from site_builder.charts import words as words_of_charts
from site_builder.contexts import Card, Page
from site_builder.environment import DataEnvironment
from site_builder.errors import BuildError
from site_builder.front_matter import not_yaml
from site_builder.halves import Halves, Rendered, tidy
from site_builder.template_words import FILTERS, language_of, page_of, photographer, tojson, under

BASE = "base"
LANGUAGES = ("zh-Hans", "en")
_MODULES = (assets, environment, formats, halves_module, headlines, qr, template_words, words_of_charts)
_CODE = (
    Path(__file__),
    Path(words_of_charts.__file__).with_name("drawing.py"),
    *(Path(module.__file__ or "") for module in _MODULES),
)
_NO_PAGES = frozenset({"wechat.html", "wechat.css", "styleguide.html"})
"""Templates of what is no page of any site."""
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEPT = 50_000
"""Macro texts in memory, some 400 bytes each."""
_SHARED = 4_000
"""Cards known by what object they are, for each macro and way to the root: those of some sites."""


class Bundle:
    """A theme as one site sees it: templates, assets and interface words of a brand over those of `base`.

    Make it with `Bundle.load`. `assets` maps site paths (`/assets/site.<hash>.css`) to bytes; `hash`
    changes exactly when templates, assets, words or the code that shapes bytes change.
    """

    def __init__(self, name: str, layers: Sequence[Layer]) -> None:
        self.name = name
        self.strings = _strings(layers)
        self._asset_paths, made = assets.gather(layers, self.strings)
        self.assets: Mapping[str, bytes] = MappingProxyType(made)
        self.hash = _hash(layers)
        self._spans: dict[tuple[str, str], Markup] = {}
        self._attributes: dict[tuple[str, str, str], Markup] = {}
        self._made: dict[Hashable, Markup] = {}
        self._of_objects: dict[Hashable, dict[int, tuple[object, Markup]]] = {}
        self._compiled: Path | None = None
        self._ready = False
        self._templates = sorted({name for layer in layers for name in layer.under("templates")} - _NO_PAGES)
        self._environment = self._make_environment(layers)
        self._halves = Halves(self._environment)

    @classmethod
    def load(cls, themes: Path, name: str, compiled: Path | None = None) -> Bundle:
        """The bundle of the theme `name`; one for each process, until a file of it changes.

        `compiled`: a folder under DATA that keeps what is compiled from now on for later processes. Raises
        BuildError if there is no such theme, or if its words or assets cannot be read.
        """
        bundle = _load(name, _folders(themes, name))
        bundle._keep_compiled(compiled)
        return bundle

    @staticmethod
    def hash_of(themes: Path, name: str) -> str:
        """The hash that `load` would give it, without reading more than the files. Raises BuildError."""
        return _hash(_layers(_folders(themes, name)))

    def get_ready(self) -> None:
        """Compile all templates, before there are several processes that would each do so.

        Whatever is wrong with one is said where a page is made of it.
        """
        if not self._ready:
            self._ready = True
            self._environment.get_ready(self._templates)
            with suppress(Exception):  # likewise
                self._particular  # noqa: B018 - read once, it is known

    def render(self, page: Page) -> bytes:
        """The page's bytes: UTF-8, one newline at the end, no indentation and no empty lines.

        Raises BuildError, which names the template, its line and the page's path.
        """
        return self.rendered(page).data

    def rendered(self, page: Page) -> Rendered:
        """The same, and of which pieces the bytes were put together."""
        try:
            halves = self._halves.render(page)
            if halves is not None:
                return halves
            text = self._environment.get_template(page.template).render(page=page, site=page.site)
        except Exception as error:
            raise BuildError(
                f"{page.path}: {self._place(error, page.template)}: {type(error).__name__}: {error}",
                union=page.site.slug,
                code="template-failed",
            ) from error
        return Rendered(tidy(text).encode())

    @cached_property
    def _particular(self) -> frozenset[str]:
        """The macros of `_parts.html` that are not the same wherever a thing is shown."""
        try:
            return frozenset(self._environment.told_by("_parts.html", "particular", _particular))
        except (jinja2.TemplateNotFound, jinja2.TemplateSyntaxError):
            return frozenset()

    # --- what templates call ----------------------------------------------------------------------

    @jinja2.pass_context
    def _asset(self, context: Context, name: str) -> str:
        if name not in self._asset_paths:
            raise LookupError(f"there is no asset {name!r}: it belongs in static/{name}")
        return formats.relative(self._asset_paths[name], page_of(context).root)

    def _word(self, context: Context, key: str, values: Mapping[str, object]) -> str:
        words = self.strings[language_of(context)]
        if key not in words:
            raise LookupError(f"there is no interface word {key!r}: it belongs in strings/*.yaml")
        return words[key].format(**values) if values else words[key]

    @jinja2.pass_context
    def _t(self, context: Context, key: str, **values: object) -> Markup:
        if values:
            word = self._word(context, key, values)
            return Markup(f'<span data-t="{escape(key)}"{_kept(values)}>{escape(word)}</span>')
        cached = (language_of(context), key)
        if cached not in self._spans:
            self._spans[cached] = Markup('<span data-t="{}">{}</span>').format(
                key, self._word(context, key, {})
            )
        return self._spans[cached]

    @jinja2.pass_context
    def _ts(self, context: Context, key: str, **values: object) -> str:
        return self._word(context, key, values)

    @jinja2.pass_context
    def _t_attr(self, context: Context, name: str, key: str, **values: object) -> Markup:
        if values:
            word = self._word(context, key, values)
            name = escape(name)
            return Markup(f'{name}="{escape(word)}" data-ta-{name}="{escape(key)}"{_kept(values)}')
        cached = (language_of(context), name, key)
        if cached not in self._attributes:
            word = self._word(context, key, {})
            self._attributes[cached] = Markup('{0}="{1}" data-ta-{0}="{2}"').format(name, word, key)
        return self._attributes[cached]

    @jinja2.pass_context
    def _once(self, context: Context, macro: Macro, thing: Card, **options: Hashable) -> Markup:
        """`once(parts.card, card)`: the macro's text, made once for all pages and sites where it is the same.

        That is where card, way to the root and language are; a macro that reads more of page or site is
        called each time.
        """
        return self._of_each(context, macro, (thing,), options)[0]

    @jinja2.pass_context
    def _each(self, context: Context, macro: Macro, things: Iterable[Card], **options: Hashable) -> Markup:
        """`each(parts.line, cards)`: the same of many, a line for each."""
        return Markup("\n".join(self._of_each(context, macro, things, options)))

    def _of_each(
        self, context: Context, macro: Macro, things: Iterable[Card], options: Mapping[str, Hashable]
    ) -> list[Markup]:
        if macro.name in self._particular:
            return [Markup(macro(thing, **options)) for thing in things]
        page = page_of(context)
        beside = (macro.name, page.root, page.site.language, *sorted(options.items()))
        made = self._of_objects.setdefault(beside, {})
        if len(made) > _SHARED:
            made.clear()
        found = []
        for thing in things:
            known = made.get(id(thing))
            if known is None or known[0] is not thing:
                known = made[id(thing)] = thing, self._text(macro, thing, beside, options)
            found.append(known[1])
        return found

    def _text(
        self, macro: Macro, thing: Card, beside: tuple[Hashable, ...], options: Mapping[str, Hashable]
    ) -> Markup:
        """What the macro says of a thing; of equal ones it is asked once."""
        made = self._made.get((thing, *beside))
        if made is None:
            if len(self._made) > _KEPT:
                self._made.clear()
            made = self._made[(thing, *beside)] = Markup(macro(thing, **options))
        return made

    @jinja2.pass_context
    def _chart(
        self, context: Context, indicators: Sequence[Mapping[str, Any]], form: str, alt: str = ""
    ) -> Markup:
        """The drawing of indicators; svg.py writes it, and every word in it was escaped before."""
        words = words_of_charts.Words(
            language=language_of(context),
            planned=self._word(context, "figure.planned", {}),
            derived=self._word(context, "figure.derived", {}),
        )
        told = alt or words_of_charts.described(indicators, words)
        # svg.py has a class for each element there is: to load them takes longer than most builds draw.
        from site_builder.charts import drawing  # noqa: PLC0415

        return Markup(drawing.draw(indicators, form, words, told))

    def _keep_compiled(self, folder: Path | None) -> None:
        """In the folder asked for last, if any: that of one before may have gone."""
        if folder != self._compiled:
            self._environment.bytecode_cache, self._environment.told = _kept_in(folder)
            self._compiled = folder

    def _make_environment(self, layers: Sequence[Layer]) -> DataEnvironment:
        environment = DataEnvironment(
            loader=_loader(layers),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        environment.filters["tojson"] = tojson
        for unwanted in ("cycler", "joiner", "lipsum"):
            del environment.globals[unwanted]
        words: dict[str, Callable[..., Any]] = {
            "asset": self._asset,
            "t": self._t,
            "ts": self._ts,
            "t_attr": self._t_attr,
            "chart": self._chart,
            "once": self._once,
            "each": self._each,
        }
        environment.globals.update(words)
        environment.words = frozenset(words.values())
        del environment.filters["random"]
        environment.filters.update(FILTERS)
        environment.tests.update(under=under, photographer=photographer)
        return environment

    def _place(self, error: Exception, template: str) -> str:
        """The deepest template line of an error: Jinja rewrites tracebacks to lines of templates."""
        if isinstance(error, jinja2.TemplateSyntaxError):
            return f"{error.filename or error.name}:{error.lineno}"
        places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
                  if not frame.filename.endswith(".py")]  # fmt: skip
        return places[-1] if places else template


def _kept(values: Mapping[str, object]) -> Markup:
    """The values of a word's {places}, as attributes from which site.js fills the other language's."""
    # Markup.format does the same in ten times the time.
    found = (f' data-t-{escape(name)}="{escape(value)}"' for name, value in sorted(values.items()))
    return Markup("".join(found))


def _particular(tree: jinja2.nodes.Template) -> list[str]:
    """The macros that read more of page and site than where things lie and the language."""
    calls: dict[str, set[str]] = {}
    found: set[str] = set()
    for macro in tree.find_all(jinja2.nodes.Macro):
        harmless = {
            id(read.node)
            for read in macro.find_all(jinja2.nodes.Getattr)
            if isinstance(read.node, jinja2.nodes.Name)
            and (read.node.name, read.attr) == ("site", "language")
        }
        names = [name for name in macro.find_all(jinja2.nodes.Name) if id(name) not in harmless]
        if any(name.name in ("page", "site") for name in names):
            found.add(macro.name)
        calls[macro.name] = {name.name for name in names}
    while more := {name for name, called in calls.items() if called & found} - found:
        found |= more
    return sorted(found)


# --- loading --------------------------------------------------------------------------------------


def _files(folder: Path) -> list[Path]:
    found = (path for part in THEME_PARTS for path in (folder / part).rglob("*") if path.is_file())
    return sorted(path for path in found if not path.name.startswith("."))


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells that no file changed, without reading any."""
    return tuple((str(path), (stat := path.stat()).st_mtime_ns, stat.st_size) for path in _files(folder))


_Folders = tuple[tuple[Path, tuple[tuple[str, int, int], ...]], ...]


def require_base(themes: Path) -> None:
    """Raises BuildError where no site of any theme can be made."""
    if not (themes / BASE).is_dir():
        raise BuildError(
            f"{themes} has no {BASE}/, on which every theme lies: copy the program's themes/{BASE} "
            "there, or put your theme beside that one and leave out --themes",
            code="theme-missing",
        )


def _folders(themes: Path, name: str) -> _Folders:
    require_base(themes)
    folders = [themes / BASE] if name == BASE else [themes / BASE, themes / name]
    for folder in folders:
        if not folder.is_dir():
            known = ", ".join(sorted(path.name for path in themes.glob("*") if path.is_dir())) or "none"
            raise BuildError(
                f"there is no theme {folder.name!r} in {themes}: choose one of {known}",
                code="theme-missing",
            )
    return tuple((folder.resolve(), _stamp(folder)) for folder in folders)


@lru_cache(maxsize=16)
def _load(name: str, folders: _Folders) -> Bundle:
    return Bundle(name, _layers(folders))


@lru_cache(maxsize=16)
def _layers(folders: _Folders) -> tuple[Layer, ...]:
    return tuple(Layer(folder.name, _read(folder)) for folder, _stamp in folders)


def _read(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}


class _Compiled(FileSystemBytecodeCache):
    """Whose folder somebody may have cleared away meanwhile, or filled: the next process compiles again."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _kept_in(folder: Path | None) -> tuple[FileSystemBytecodeCache | None, str]:
    """Compiled templates of earlier processes, and how the files begin that say what is in them.

    To compile those of a page takes longer than to render it.
    """
    if folder is None:
        return None, ""
    folder.mkdir(parents=True, exist_ok=True)
    # What a template is compiled to depends on the filters it calls too, not on its text alone.
    code = digest([path.read_bytes() for path in _CODE])
    return _Compiled(str(folder), f"{code}-%s.cache"), f"{folder}/{code}-"


def _loader(layers: Sequence[Layer]) -> ChoiceLoader:
    """A brand's template hides the base's of the same name, and extends it as `!base/story.html`."""

    def of(layer: Layer) -> FunctionLoader:
        sources = layer.under("templates")

        def load(name: str) -> tuple[str, str, None] | None:
            data = sources.get(name)
            return None if data is None else (data.decode(), f"{layer.name}/templates/{name}", None)

        return FunctionLoader(load)

    return ChoiceLoader(
        [*(of(layer) for layer in reversed(layers)), PrefixLoader({f"!{BASE}": of(layers[0])})]
    )


def _strings(layers: Sequence[Layer]) -> Mapping[str, Mapping[str, str]]:
    words: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for layer in layers:
        for name, data in layer.under("strings").items():
            file, (language, _, suffix) = f"{layer.name}/strings/{name}", name.rpartition(".")
            if suffix not in ("yaml", "yml"):
                continue
            if language not in words or suffix != "yaml":
                known = " or ".join(f"{language}.yaml" for language in LANGUAGES)
                raise BuildError(f"{file} is read by nobody: name it {known}", code="theme-broken")
            try:
                tree = yaml.load(data, _YAML) or {}
            except yaml.YAMLError as error:
                wrong = not_yaml(error, data.decode(errors="replace"))
                raise BuildError(
                    f"{file}:{wrong.line}: {wrong}. {wrong.action}", code="theme-broken"
                ) from error
            if not isinstance(tree, Mapping):
                raise BuildError(f"{file} holds no words: write them as home: 首页", code="theme-broken")
            words[language].update(_flat(tree))
    return words


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat


def _hash(layers: Sequence[Layer]) -> str:
    code = [path.read_bytes() for path in _CODE]
    files = [part for layer in layers for path, data in sorted(layer.files.items())
             for part in (layer.name.encode(), path.encode(), data)]  # fmt: skip
    return digest([jinja2.__version__.encode(), *code, *files], size=16)
