"""A province and a city below it, with records of both, planned at one moment."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from site_builder.content_store import Content
from site_builder.plan import SitePlan, plan
from site_builder.records import BEIJING, Adoption, BaseRecord, Guide, Program, Story, Union

AS_OF = datetime(2025, 4, 8, 9, tzinfo=BEIJING)


def record_id(number: int) -> UUID:
    return UUID(int=number, version=4)


def union(slug: str, name: str, level: str, parent: str | None = None) -> Union:
    return Union.model_validate(
        {
            "slug": slug,
            "name": name,
            "level": level,
            "parent": parent,
            "site": {"base_url": f"https://{slug}.example"},
        }
    )


def story(number: int, **fields: Any) -> Story:
    values = {"id": record_id(number), "kind": "story", "union": "shandong", "slug": f"story-{number}",
              "published": "2025-04-01"}  # fmt: skip
    return Story.model_validate(values | fields)


def program(number: int, **fields: Any) -> Program:
    values = {"id": record_id(number), "kind": "program", "union": "shandong", "slug": f"program-{number}",
              "published": "2025-03-01"}  # fmt: skip
    return Program.model_validate(values | fields)


def guide(number: int, **fields: Any) -> Guide:
    values = {"id": record_id(number), "kind": "guide", "union": "shandong", "slug": f"guide-{number}",
              "published": "2025-02-01"}  # fmt: skip
    return Guide.model_validate(values | fields)


SHARED = {"mode": "required", "to": ["descendants"], "slots": ["contact"]}
RECORDS: tuple[BaseRecord, ...] = (
    program(1, title="职工夜校春季班", share=SHARED, window={"opens": "2025-03-01", "closes": "2025-05-01"},
            summary="下班以后学一门手艺。", eligibility=["本省在职职工"], keywords=["夜大"],
            benefits=[{"label": "学费补助", "value": "240000", "unit": "元", "qualifier": "近"}],
            steps=[{"title": "网上登记", "text": "打开**登记表**。"}], body="每周两晚上课。"),
    story(2, title="夜校走红", share={"mode": "offer", "to": ["children"]}, body="记者在课堂看到三百人。"),
    guide(3, title="困难职工帮扶办法", body="申请材料三份。"),
    story(4, title="尚未到期的预告", published="2025-06-01", body="鲸鱼计划。"),
    story(5, title="已经收回的消息", withdrawn={"at": "2025-04-02", "reason": "有误"}, body="企鹅计划。"),
    story(6, title="过期的消息", expires="2025-04-05", body="河马计划。"),
    story(7, title="青岛本地消息", union="qingdao", body="海边的夜校开班,350余个名额。"),
)  # fmt: skip
UNIONS = (union("shandong", "山东省总工会", "province"), union("qingdao", "青岛市总工会", "city", "shandong"))
FILLED = Adoption.model_validate(
    {
        "record": record_id(1),
        "action": "take",
        "slots": {"contact": {"name": "青岛夜校办公室", "phone": "0532-0000"}},
    }
)


def make_content(
    records: tuple[BaseRecord, ...] = RECORDS, adoptions: tuple[Adoption, ...] = (FILLED,)
) -> Content:
    return Content(
        root=Path("content"),
        unions={one.slug: one for one in UNIONS},
        records={one.id: one for one in records},  # type: ignore[misc]
        adoptions={"qingdao": adoptions},
        media={},
        problems=(),
    )


def make_plans(content: Content) -> list[SitePlan]:
    return [plan(content, one.slug, AS_OF) for one in UNIONS]


@dataclass(frozen=True)
class Built:
    """A planned site as its release would tell of it (`release.record_files`)."""

    version: str
    plan: SitePlan

    def rows(self) -> dict[str, str]:
        address = self.plan.union.site.base_url
        return {item.path: f"{address}{self.wording(item.path)}" for item in self.plan.items}

    def wording(self, path: str) -> str:
        [item] = (item for item in self.plan.items if item.path == path)
        state = asdict(item.state) if item.state else None
        told = (item.record.model_dump_json(exclude={"keywords"}), path, str(state))
        return sha256("".join(told).encode()).hexdigest()
