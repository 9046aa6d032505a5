"""`unionpress styleguide`: one page with every component of a theme in its states, for who changes a face.

The examples are `themes/base/examples.yaml`, checked by the types of `site_builder.records` as content is.
The page belongs to no site: it is written where the command is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml
from pydantic import BaseModel, ValidationError

from site_builder import body, contexts, paths, records
from site_builder.cli import Folders, folders, reporting
from site_builder.contexts import LinkContext, PageLink, SiteContext
from site_builder.errors import BuildError, UsageError
from site_builder.render import BASE, Bundle

PATH = "/styleguide/"
EXAMPLES = "examples.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleguidePage(contexts.Page):
    """`styleguide.html`: {"name", "title", "note", "examples"} of each component, and what some need."""

    components: tuple[dict[str, Any], ...]
    body: tuple[dict[str, Any], ...]
    """The blocks, which `_blocks.html` reads there."""
    ask: dict[str, Any]
    pages: tuple[PageLink, ...] = tuple(PageLink(n, PATH, n == 2) for n in (1, 2, 3))
    previous: str = PATH
    next: str = PATH


@click.command()
@click.argument("theme", default=BASE)
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@folders
@reporting
def styleguide(places: Folders, theme: str, directory: Path | None) -> None:
    """Write the component page of THEME into DIRECTORY.  [default: DATA/styleguide/THEME]  组件一览。"""
    folder = directory or places.data / "styleguide" / theme
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder")
    for path, data in files(places.themes, theme).items():
        file = folder / paths.output_file(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    click.echo(f"{folder / paths.output_file(PATH)}")


def files(themes: Path, theme: str) -> dict[str, bytes]:
    """The page and what it loads, by site path. Raises BuildError for a theme that does not work."""
    bundle = Bundle.load(themes, theme)
    shown = page(themes)
    style = contexts.StylePage(
        template="brand.css", path=paths.BRAND, root=paths.root_of(paths.BRAND), title="", description="",
        canonical="", site=shown.site,
    )  # fmt: skip
    return {**bundle.assets, shown.path: bundle.render(shown), style.path: bundle.render(style)}


def page(themes: Path, **site: Any) -> StyleguidePage:
    """The page's context; `site` replaces fields of the made-up union it belongs to.

    Raises BuildError, which names the component whose example is wrong.
    """
    given = yaml.safe_load((themes / BASE / EXAMPLES).read_text("utf-8"))
    components = tuple({"note": "", **component, "examples": _examples(component)} for component in given)
    blocks = next(component for component in components if component["name"] == "blocks")
    return StyleguidePage(
        template="styleguide.html",
        path=PATH,
        root=paths.root_of(PATH),
        title="组件一览",
        description="每个组件、每种状态，一处看全。",
        canonical="",
        site=_site(**site),
        trail=(LinkContext("首页", paths.HOME, "Home"),),
        noindex=True,
        components=components,
        body=tuple(blocks["examples"][0]["items"]),
        ask={"name": "示例县总", "phone": "12351", "url": ""},
    )


def _site(**changes: Any) -> SiteContext:
    fields: dict[str, Any] = {
        "slug": "styleguide", "name": "示例县总工会", "short_name": "示例县总", "level": "county",
        "language": "zh-Hans", "base_url": "", "slogan": "写一次，处处可读",
        "primary": records.Palette().primary, "accent": "", "logo": None,
        "menu": (LinkContext("组件", PATH, "Components"),), "uppers": (), "dateline": "2025-04-08",
        "organiser": "示例县总工会", "undertaker": "", "address": "", "postcode": "", "footer_note": "",
        "icp": "", "police_record": "", "website_code": "", "hotline": "12351", "contacts": (), "feeds": (),
        "emergency": contexts.NoticeContext("台风红色预警：服务大厅今日停办", href="/about/"),
        "tasks": (LinkContext("call", "tel:12351"), LinkContext("program", "/programs/")),
    }  # fmt: skip
    return SiteContext(**(fields | changes))


def _examples(component: Mapping[str, Any]) -> list[Any]:
    """A component's examples as its macro reads them."""
    make = _MAKERS[component["name"]]
    try:
        return [make(example) for example in component["examples"]]
    except (ValidationError, TypeError, KeyError) as error:
        raise BuildError(f"{EXAMPLES}: {component['name']}: {error}", code="theme-broken") from error


def _plain(model: type[BaseModel], example: Any) -> dict[str, Any]:
    return model.model_validate(example).model_dump(mode="json")


def _many(model: type[BaseModel], *prose: str, **more: Any) -> Callable[[Any], Any]:
    """Items of one type; the fields named in `prose` are Markdown, which macros read as HTML."""

    def item(example: Any) -> dict[str, Any]:
        made = _plain(model, example) | more
        return made | {name: _html(made[name]) for name in prose if made[name]}

    return lambda example: {"items": [item(one) for one in example["items"]]}


def _html(markdown: str) -> str:
    return body.prose_html(body.parse_prose(markdown), lambda link: link)


def _state(example: Mapping[str, Any]) -> contexts.StateContext:
    return contexts.StateContext(**example)


def _card(example: Mapping[str, Any]) -> contexts.Card:
    given = {"id": "0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d01", "href": PATH, "date": "2025-04-01", **example}
    state = given.pop("state", None)
    return contexts.Card(**given, state=_state(state) if state else None)


def _notice(example: Mapping[str, Any]) -> contexts.NoticeContext:
    notice = records.Notice.model_validate(example)
    return contexts.NoticeContext(notice.text, notice.text_en, notice.link or "")


_MAKERS: Mapping[str, Callable[[Any], Any]] = {
    "state": _state,
    "figure": lambda example: _plain(records.Figure, example),
    "card": _card,
    "line": _card,
    "phone": dict,
    "contact": lambda example: _plain(records.Contact, example),
    "window": lambda example: _plain(records.Window, example),
    "notice": _notice,
    "papers": _many(records.Paper),
    "steps": _many(records.Step, "text"),
    "questions": _many(records.Question, "answer"),
    "apply": _many(records.ApplyWay),
    "basis": _many(records.Basis),
    "changes": _many(records.ChangeNote),
    "blocks": dict,
}
"""Component -> what its macro reads, from an example."""
