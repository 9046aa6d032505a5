"""The Jinja environment in which templates read data only, made for many small pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, Template, TemplateNotFound, TemplateSyntaxError, meta
from jinja2.environment import TemplateModule

_OF_PAGE = frozenset({"page", "site"})


class DataEnvironment(Environment):
    """`block.items` is the key `items`, not a method of dict: templates read data and call nothing on it.

    A file of macros that reads nothing of the templates that import it but `page` and `site` is run once for
    a page; core runs it again for each template of the page that imports it.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.template_class = _PageTemplate
        self._of_page_alone: dict[str | None, bool] = {}
        self._modules: dict[str | None, TemplateModule] = {}
        self._of: tuple[object, object] = (None, None)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict:  # nearly all mappings are, and asking for the kind takes longer than the rest
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

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

    def _reads_page_alone(self, template: str | None) -> bool:
        if template is None or self.loader is None:
            return False
        try:
            tree = self.parse(self.loader.get_source(self, template)[0])
            read = meta.find_undeclared_variables(tree)
        except (TemplateNotFound, TemplateSyntaxError):
            return False
        return read <= _OF_PAGE | self.globals.keys() and all(
            other is not None and other != template and self.of_page_alone(other)
            for other in meta.find_referenced_templates(tree)
        )


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
        modules = environment.modules_of(vars["page"], vars.get("site"))
        module = modules.get(self.name)
        if module is None:
            module = modules[self.name] = super().make_module(vars, shared, locals)
        return module
