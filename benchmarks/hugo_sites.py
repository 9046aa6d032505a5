"""Give Hugo the same sites: a project for each union, from the plans that UnionPress makes.

    python benchmarks/hugo_sites.py CONTENT DIR [--json]

DIR/shared/ holds the records that all unions but their owner show, once, as Hugo mounts them; DIR/<union>/
a project with the union's own. Layouts are those of benchmarks/hugo. With `--json` Hugo also writes
index.json beside each record, and feeds.
"""

from __future__ import annotations

import argparse
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from site_builder import content_store, formats, paths
from site_builder.network import THEMES
from site_builder.pages.index_parts import Part
from site_builder.pages.view import view_of
from site_builder.plan import Planned, SitePlan, plan
from site_builder.plan.tree import Tree
from site_builder.records import BEIJING
from site_builder.render import Bundle

AS_OF = datetime.fromisoformat("2025-04-08T09:00+08:00")
LAYOUTS = Path(__file__).parent / "hugo" / "layouts"
FEEDS = ("all", "story", "program", "guide")


def front_matter(item: Planned, owner: Any) -> dict[str, Any]:
    """What the layouts read of a record, resolved as far as a Hugo site would have it in its front matter."""
    record = item.record
    day = record.published.astimezone(BEIJING).date().isoformat()
    dumped = record.model_dump(mode="json")
    kept = ("bylines", "eligibility", "window", "steps", "parameters", "slug")
    section = paths.SECTIONS[record.kind]
    state = item.state
    return {
        "title": record.title,
        "description": record.summary,
        "date": record.published.isoformat(),
        "url": item.path,
        "type": record.kind.value,
        "id": str(record.id),
        "published": record.published.isoformat(),
        "day": day,
        "day_text": formats.date_text(day, "zh-Hans"),
        "themes": list(record.topics),
        "owner": owner.slug,
        "owner_name": owner.short,
        "owner_url": f"{owner.site.base_url}/",
        "section_label": paths.LABELS[record.kind][0],
        "section": section,
        **({"state": {"code": state.code, "opens": state.opens and state.opens.isoformat(),
                      "closes": state.closes and state.closes.isoformat()}} if state else {}),
        **{name: dumped[name] for name in kept if name in dumped},
    }  # fmt: skip


def write(path: Path, head: dict[str, Any], text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(head, ensure_ascii=False, indent=1) + "\n\n" + text, "utf-8")


def record(folder: Path, item: Planned, owner: Any) -> None:
    section = paths.SECTIONS[item.record.kind]
    write(
        folder / section / f"{item.record.union}-{item.record.slug}.md",
        front_matter(item, owner),
        item.record.body,
    )


def plain(folder: Path, title: str, url: str, **more: Any) -> None:
    """A page that is no record's."""
    head = {"title": title, "url": url, "type": "plain", "outputs": ["html"], **more}
    write(folder / "content" / f"plain-{url.strip('/').replace('/', '-')}.md", head)


def heading_of(part: Part) -> str:
    return part.heading("zh-Hans")


def configuration(
    site: SitePlan, content: content_store.Content, tree: Tree, *, with_json: bool
) -> dict[str, Any]:
    union = site.union

    def link(slug: str) -> dict[str, str]:
        other = content.unions[slug]
        return {"label": other.short, "href": f"{other.site.base_url}/"}

    kinds = [kind for kind in paths.FED if any(item.record.kind is kind for item in site.items)]
    labels = {kind: paths.LABELS[kind] for kind in kinds}
    newest = max(item.record.published for item in site.items)
    feeds = [{"label": "全部内容", "href": paths.FEED.lstrip("/")}]
    feeds += [{"label": labels[kind][0], "href": paths.feed_path(kind).lstrip("/")} for kind in kinds]
    return {
        "baseURL": f"{union.site.base_url}/",
        "locale": "zh-Hans",
        "title": union.name,
        "relativeURLs": False,
        "enableRobotsTXT": True,
        "disableKinds": ["taxonomy", "term", "rss"],
        "pagination": {"disableAliases": True},
        "mediaTypes": {"application/atom+xml": {"suffixes": ["xml"]}},
        "outputFormats": {
            f"atom{name}": {
                "mediaType": "application/atom+xml", "path": "feeds", "baseName": f"{name}.atom",
                "noUgly": True,
            }
            for name in FEEDS
        },
        "outputs": {
            "home": ["html", *(f"atom{name}" for name in FEEDS if with_json)],
            "section": ["html"],
            "page": ["html", *(["json"] if with_json else [])],
        },
        "module": {"mounts": [
            {"source": "content", "target": "content"},
            *([{"source": "../shared", "target": "content"}] if union.parent else []),
            {"source": "../layouts", "target": "layouts"},
            {"source": "../static", "target": "static"},
            {"source": "static", "target": "static"},
        ]},
        "params": {
            "slug": union.slug,
            "level": union.level.value,
            "dateline": newest.astimezone(BEIJING).date().isoformat(),
            "menu": [{"label": label, "label_en": english, "href": paths.list_path(kind)}
                     for kind, (label, english) in labels.items()],
            "feeds": feeds,
            "uppers": [link(slug) for slug in reversed(tree.ancestors(union.slug))],
            "children": [link(slug) for slug in tree.children(union.slug)],
        },
    }  # fmt: skip


def make(source: Path, target: Path, *, with_json: bool) -> None:
    content = content_store.read(source)
    tree = Tree(content.unions)
    bundle = Bundle.load(THEMES, "base")
    shutil.copytree(LAYOUTS, target / "layouts")
    for path, data in bundle.assets.items():
        file = target / "static" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    shared: set[Any] = set()
    for slug in content.unions:
        site = plan(content, slug, AS_OF)
        folder = target / slug
        for item in site.items:
            owner = content.unions[item.record.union]
            if item.via != "required":
                record(folder / "content", item, owner)
            elif item.record.id not in shared:
                shared.add(item.record.id)
                record(target / "shared", item, owner)
        for kind in paths.FED:
            if any(item.record.kind is kind for item in site.items):
                label = paths.LABELS[kind][0]
                write(
                    folder / "content" / paths.SECTIONS[kind] / "_index.md",
                    {"title": label, "kind": kind.value},
                )
        for name, title in (("about", "关于"), ("search", "搜索")):
            plain(folder, title, f"/{name}/", what=name)
        parts = view_of(site, content, None).index_parts
        links = [{"heading": heading_of(part), "href": part.path, "count": len(part.items)} for part in parts]
        plain(folder, "全部内容", paths.SITE_INDEX, what="index", layout="everything", parts=links)
        for part in parts:
            where = {"of": part.kind.value, "when": part.when, "first": part.first, "count": len(part.items)}
            plain(
                folder,
                f"全部内容：{paths.LABELS[part.kind][0]} {heading_of(part)}",
                part.path,
                what="index",
                layout="part",
                heading=heading_of(part),
                **where,
            )
        (folder / "static/assets").mkdir(parents=True)
        (folder / "static/assets/brand.css").write_text(":root{--primary:#b0281a}\n")
        settings = configuration(site, content, tree, with_json=with_json)
        (folder / "hugo.json").write_text(json.dumps(settings, ensure_ascii=False, indent=1), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("content", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--json", action="store_true", help="index.json beside each record, and feeds")
    options = parser.parse_args()
    make(options.content, options.target, with_json=options.json)


if __name__ == "__main__":
    main()
