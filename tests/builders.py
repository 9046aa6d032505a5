"""Networks in memory, for the tests of every room that reads a Content.

    network = Network()                             # six unions in two branches: see TREE
    story = network.story("shandong", "xin-wen", share=to("descendants"))
    network.adopt("pingdu", story, "pin")
    content = network.content()

What is not given is filled in so that the record is valid and public since the day `DAY`. Ids depend on
owner, kind and slug alone, so that two networks built alike are equal.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid5

from site_builder import content_store
from site_builder.content_store import Content
from site_builder.records import (
    BEIJING,
    RECORD_TYPES,
    Adoption,
    BaseRecord,
    Kind,
    Media,
    Record,
    Share,
    Union,
)

DAY = datetime(2025, 4, 1, 9, tzinfo=BEIJING)
"""When records are published unless they say otherwise."""
NOW = datetime(2025, 4, 8, 9, tzinfo=BEIJING)
"""A good moment for a plan."""
NAMESPACE = UUID("6f2d3b54-8a0e-4a53-9e0c-0c6a3f1d7b11")

TREE: dict[str, tuple[str | None, str]] = {
    "acftu": (None, "national"),
    "shandong": ("acftu", "province"),
    "qingdao": ("shandong", "city"),
    "pingdu": ("qingdao", "county"),
    "jiangsu": ("acftu", "province"),
    "huaian": ("jiangsu", "city"),
    "xuyi": ("huaian", "county"),
    "jiaoyu": ("acftu", "industry"),
}
"""Each union's parent and level. `xuyi` belongs to the line of `jiaoyu`."""
LINES = {"xuyi": "jiaoyu"}


def to(*targets: str, mode: Literal["offer", "required"] = "required", slots: tuple[str, ...] = ()) -> Share:
    """A share; required unless it says otherwise."""
    return Share.model_validate({"mode": mode, "to": targets, "slots": slots})


def days(number: float) -> timedelta:
    return timedelta(days=number)


def union(slug: str, parent: str | None = None, level: str = "county", **fields: Any) -> Union:
    """A union; `site` may give some of its site's fields."""
    site = {"base_url": f"https://{slug}.example"} | fields.pop("site", {})
    given = {"name": f"{slug}总工会", "short_name": slug, "level": level, "parent": parent, "site": site}
    return Union.model_validate({"slug": slug} | given | fields)


class Network:
    """What a content folder would hold. Every method returns what it made."""

    def __init__(self, *, tree: bool = True) -> None:
        self.unions: dict[str, Union] = {}
        self.records: dict[UUID, Record] = {}
        self.adoptions: dict[str, list[Adoption]] = {}
        self.media: dict[str, Media] = {}
        if tree:
            for slug, (parent, level) in TREE.items():
                self.union(slug, parent, level, industry_line=LINES.get(slug))

    def union(self, slug: str, parent: str | None = None, level: str = "county", **fields: Any) -> Union:
        """Add a union, or replace it."""
        made = self.unions[slug] = union(slug, parent, level, **fields)
        return made

    def story(self, owner: str, slug: str, **fields: Any) -> Any:
        return self.record(Kind.STORY, owner, slug, **fields)

    def program(self, owner: str, slug: str, **fields: Any) -> Any:
        return self.record(Kind.PROGRAM, owner, slug, **fields)

    def guide(self, owner: str, slug: str, **fields: Any) -> Any:
        return self.record(Kind.GUIDE, owner, slug, **fields)

    def topic(self, owner: str, slug: str, **fields: Any) -> Any:
        return self.record(Kind.COLLECTION, owner, slug, **fields)

    def edition(self, owner: str, source: BaseRecord, slug: str | None = None, **fields: Any) -> Any:
        """A record of `owner` that inherits what it does not say."""
        fields = {"edition_of": source.id, "title": ""} | fields
        return self.record(source.kind, owner, slug or f"{source.slug}-{owner}", **fields)

    def record(self, kind: Kind, owner: str, slug: str, **fields: Any) -> Any:
        """A record of any kind; values may be models or plain data."""
        given: dict[str, Any] = {
            "id": uuid5(NAMESPACE, f"{owner}/{kind}/{slug}"),
            "kind": kind,
            "union": owner,
            "slug": slug,
            "title": f"{owner}的{slug}",
            "published": DAY,
        }
        made = RECORD_TYPES[kind].model_validate(given | fields)
        self.records[made.id] = made  # type: ignore[assignment]
        return made

    def change(self, record: BaseRecord, **fields: Any) -> Any:
        """Replace a record by one that differs in these fields."""
        values = {name: getattr(record, name) for name in type(record).model_fields}
        made = self.records[record.id] = type(record).model_validate(values | fields)  # type: ignore[assignment]
        return made

    def adopt(
        self,
        who: str,
        record: BaseRecord | UUID,
        action: Literal["take", "hide", "pin"] = "take",
        until: datetime | None = None,
        **slots: Any,
    ) -> Adoption:
        """What a union says of a record, a pin until then; keywords fill slots."""
        id = record if isinstance(record, UUID) else record.id
        said = {"record": id, "action": action, "slots": slots or None}
        made = Adoption.model_validate(said | ({"until": until} if action == "pin" else {}))
        self.adoptions.setdefault(who, []).append(made)
        return made

    def content(self, root: Path = Path("no-such-folder")) -> Content:
        """The network as content. Only a test that reads media needs a root."""
        return Content(
            root=root,
            unions=dict(sorted(self.unions.items())),
            records=dict(self.records),
            adoptions={who: tuple(adoptions) for who, adoptions in self.adoptions.items()},
            media=dict(self.media),
            problems=(),
        )

    def write(self, root: Path) -> Content:
        """Write the network as a content folder below `root` and read it again."""
        for made in self.unions.values():
            content_store.write(root, content_store.union_path(made.slug), content_store.union_text(made))
        for record in self.records.values():
            content_store.write(root, content_store.record_path(record), content_store.record_text(record))
        for who, adoptions in self.adoptions.items():
            text = content_store.adoptions_text(adoptions)
            content_store.write(root, content_store.adoptions_path(who), text)
        return content_store.read(root)
