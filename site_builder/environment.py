"""The Jinja environment in which templates read data only, made for many small pages."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import orjson
from jinja2 import Environment, Template, TemplateNotFound, TemplateSyntaxError, meta, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

_OF_PAGE = frozenset({"page", "site"})

_UNSAFE = re.compile("[&<>'\"]")
_IMPORTED = re.compile(r"""{%-?\s*import\s*["']([^"']+)["']""")
Told = TypeVar("Told")
"""Plain data, as JSON has it."""


class _Printer(CodeGenerator):
    """Has `DataEnvironment.printed` print values."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.printed(")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """A field of a dataclass is read at once; `DataEnvironment.getattr` reads all else."""
        self.write(f"(_o.{node.attr} if {node.attr!r} in environment.fields(type(_o := ")
        self.visit(node.node, frame)
        self.write(f"), ()) else environment.getattr(_o, {node.attr!r}))")


class _Context(Context):
    """Core asks of whatever is called what it takes first, and copies the context for a call in a loop."""

    environment: DataEnvironment

    def call(self, called: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        if type(called) is Macro:
            first: object = self.eval_ctx
        elif called in self.environment.words:
            first = self
        else:
            return super().call(called, *arguments, **named)
        named.pop("_loop_vars", None)
        named.pop("_block_vars", None)
        return called(first, *arguments, **named)


class DataEnvironment(Environment):
    """`block.items` is the key `items`, not a method of dict: templates read data and call nothing on it.

    A file of macros that reads nothing of the templates that import it but `page` and `site` is run once,
    and reads the page that is being rendered; if it does more than define macros, it is run once for a page.
    Core runs it again for each template of each page that imports it.
    """

    code_generator_class = _Printer
    context_class = _Context
    words: frozenset[Callable[..., Any]] = frozenset()
    """What templates call that takes the context and reads `page` and `site` of it, no variable of a loop."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.template_class = _PageTemplate
        self.told = ""
        """How the files begin that keep what trees say (`told_by`), for later processes; if any."""
        self._parsed = "", nodes.Template([])
        """The source read last, and its tree: several ask of it one after another."""
        self._mappings: dict[type, bool] = {}
        self._fields: dict[type, frozenset[str]] = {}
        self.fields = self._fields.get
        """The fields of a dataclass, if it is one that was met."""
        self._of_page_alone: dict[str | None, bool] = {}
        self._modules: dict[str | None, TemplateModule] = {}
        self._of: tuple[object, object] = (None, None)
        self._defines_alone: dict[str, bool] = {}
        self._kept: dict[str, TemplateModule] = {}
        self._shown = _Shown()
        self._page, self._site = _Now(self._shown, "page"), _Now(self._shown, "site")

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One mapping for each template: core looks into two, and copies both for each rendering. What is
        global has to be there before a template is loaded."""
        return {**self.globals, **(d or {})}

    def get_ready(self, templates: Iterable[str]) -> None:
        """Compile templates, and find out of those that others import what is asked when they are.

        Whatever is wrong with one is said where a page is made of it.
        """
        imported: set[str] = set()
        for name in templates:
            with suppress(Exception):
                self.get_template(name)
                imported.update(_IMPORTED.findall(self._source(name)))
        for name in sorted(imported):
            with suppress(Exception):
                self.of_page_alone(name)
                self._defines_only(name)

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind = type(obj)
        if kind is dict:  # nearly all mappings are, and asking for the kind takes longer than the rest
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        is_mapping = self._mappings.get(kind)
        if is_mapping is None:
            is_mapping = self._mappings[kind] = issubclass(kind, Mapping)
            if not is_mapping and is_dataclass(kind):
                self._fields[kind] = frozenset(field.name for field in fields(kind))
        if is_mapping:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)

    @staticmethod
    def printed(value: Any) -> str:
        """A value as it is printed: nearly all are safe as they are, and core makes of each one a copy."""
        if type(value) is Markup or (type(value) is str and not _UNSAFE.search(value)):
            return value
        return escape(value)

    def told_by(self, template: str, sort: str, read: Callable[[nodes.Template], Told]) -> Told:
        """What `read`, named by `sort`, makes of a template's tree: to parse one takes longer than to render.

        Raises TemplateNotFound, TemplateSyntaxError.
        """
        source = self._source(template)
        name = blake2b(f"{sort}\n{template}\n{source}".encode(), digest_size=16).hexdigest()
        kept = Path(f"{self.told}{name}.json") if self.told else None
        if kept:
            with suppress(OSError, ValueError):
                found: Told = orjson.loads(kept.read_bytes())
                return found
        parsed = self._parsed
        if parsed[0] != source:
            parsed = self._parsed = source, self.parse(source)
        found = read(parsed[1])
        if kept:
            beside = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
            with suppress(OSError):  # the next process parses it again
                beside.write_bytes(orjson.dumps(found))
                beside.replace(kept)
        return found

    def _source(self, template: str) -> str:
        assert self.loader is not None, "asked for a template without a loader"
        return self.loader.get_source(self, template)[0]

    def modules_of(self, page: object, site: object) -> dict[str | None, TemplateModule]:
        """The modules made while this page is rendered, by name; empty for another page than the last."""
        if self._of[0] is not page or self._of[1] is not site:
            self._of = (page, site)
            self._modules = {}
        return self._modules

    def of_page_alone(self, template: str | None) -> bool:
        """Whether what a template says depends on `page`, `site` and what all templates have, and no more."""
        known = self._of_page_alone.get(template)
        if known is None:
            known = self._of_page_alone[template] = self._reads_page_alone(template)
        return known

    def kept_module(
        self, template: str, page: object, site: object, make: Callable[[dict[str, Any]], TemplateModule]
    ) -> TemplateModule | None:
        """The module of a file that only defines macros, which from now on read `page` and `site`: objects,
        not mappings."""
        if not self._defines_only(template) or isinstance(page, Mapping) or isinstance(site, Mapping):
            return None
        if page is not self._page:
            self._shown.page, self._shown.site = page, site
        module = self._kept.get(template)
        if module is None:
            module = self._kept[template] = make({"page": self._page, "site": self._site})
        return module

    def _defines_only(self, template: str) -> bool:
        known = self._defines_alone.get(template)
        if known is None:
            imported = self.told_by(template, "definitions", _definitions)
            known = imported is not None and all(map(self._defines_only, imported))
            self._defines_alone[template] = known
        return known

    def _reads_page_alone(self, template: str | None) -> bool:
        if template is None or self.loader is None:
            return False
        try:
            read, others = self.told_by(template, "reads", _reads)
        except (TemplateNotFound, TemplateSyntaxError):
            return False
        return _OF_PAGE.union(self.globals).issuperset(read) and all(
            other is not None and other != template and self.of_page_alone(other) for other in others
        )


def _reads(tree: nodes.Template) -> tuple[list[str], list[str | None]]:
    """The variables that a template reads, and the templates that it names; None for one not known before."""
    return sorted(meta.find_undeclared_variables(tree)), [*meta.find_referenced_templates(tree)]


def _definitions(tree: nodes.Template) -> list[str] | None:
    """What a template imports that only defines macros, if it does the same; None for any other."""
    return [*_imported(tree)] if all(map(_is_definition, tree.body)) else None


def _imported(tree: nodes.Template) -> Iterator[str]:
    for node in tree.body:
        match node:
            case nodes.Import(template=nodes.Const(value=str(name))):
                yield name


def _is_definition(node: nodes.Node) -> bool:
    """A macro, a value that depends on nothing, more such definitions, or the space between them."""
    match node:
        case nodes.Macro() | nodes.Import(template=nodes.Const(value=str())):
            return True
        case nodes.Output():
            return all(isinstance(part, nodes.TemplateData) for part in node.nodes)
        case nodes.Assign():
            return not any(node.node.find_all((nodes.Name, nodes.Call)))
        case _:
            return False


class _Shown(threading.local):
    """The page that is being rendered, in each thread its own: previews come in several."""

    page: object = None
    site: object = None


class _Now:
    """Stands for the page that is being rendered, or for its site, in what outlasts the rendering."""

    __slots__ = ("_name", "_shown")

    def __init__(self, shown: _Shown, name: str) -> None:
        self._shown, self._name = shown, name

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(self._shown, self._name), name)


class _PageTemplate(Template):
    environment: DataEnvironment

    def make_module(
        self,
        vars: dict[str, Any] | None = None,
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,
    ) -> TemplateModule:
        environment = self.environment
        if vars is None or "page" not in vars or not environment.of_page_alone(self.name):
            return super().make_module(vars, shared, locals)
        page, site = vars["page"], vars.get("site")
        if self.name is not None:
            kept = environment.kept_module(self.name, page, site, super().make_module)
            if kept is not None:
                return kept
        modules = environment.modules_of(page, site)
        module = modules.get(self.name)
        if module is None:
            module = modules[self.name] = super().make_module(vars, shared, locals)
        return module
