"""Make a network of any size to measure with: a `content/` folder of unions and records.

    python benchmarks/networks.py DIR --unions 200 --records 300 --shared 250

The tree has one national union, provinces of about thirty cities and counties, and the rest below them.
`--shared` records are owned by the national union and required of all its descendants; the others are
each union's own. Text is Chinese, made of sentences over the field's vocabulary, the same for the same seed.
"""

from __future__ import annotations

import argparse
import random
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from site_builder import content_store
from site_builder.records import BEIJING, BaseRecord, Guide, Program, Story, Union

SUBJECTS = [
    "市总工会",
    "县总工会",
    "基层工会",
    "职工服务中心",
    "工人文化宫",
    "劳模工匠",
    "一线职工",
    "农民工",
    "快递员",
    "货车司机",
    "女职工",
    "困难职工",
    "产业工会",
    "企业工会",
    "社区工会联合会",
    "职工书屋",
    "法律援助站",
    "职工夜校",
    "工匠学院",
    "竞赛组委会",
]
ACTS = [
    "举办",
    "开展",
    "推出",
    "组织",
    "走进",
    "联合推进",
    "总结",
    "部署",
    "启动",
    "完善",
    "延伸",
    "升级",
    "探索",
    "建立",
    "落实",
    "宣传",
    "评选",
    "慰问",
    "培训",
    "调研",
]
OBJECTS = [
    "技能竞赛",
    "求学圆梦行动",
    "金秋助学",
    "送温暖活动",
    "医疗互助保障",
    "集体协商",
    "普法宣传",
    "心理关爱",
    "暑期托管班",
    "疗休养",
    "读书分享会",
    "招聘专场",
    "安全生产月",
    "急救培训",
    "创新工作室",
    "工资协商要约",
    "建会入会",
    "普惠服务",
    "公益课堂",
    "读书沙龙",
]
PLACES = [
    "车间",
    "园区",
    "工地",
    "社区",
    "码头",
    "医院",
    "学校",
    "商圈",
    "驿站",
    "矿区",
    "乡镇",
    "景区",
    "机场",
    "高新区",
    "开发区",
    "港口",
]
MANNERS = [
    "面向一线",
    "按需设课",
    "送教上门",
    "线上线下同步",
    "分批推进",
    "免费开放",
    "错时服务",
    "就近就便",
    "按月更新",
    "全程跟踪",
]
TOPICS = [
    "职工夜校",
    "困难帮扶",
    "产业工人队伍建设改革",
    "劳动竞赛",
    "新就业形态",
    "法律维权",
    "职工文化",
    "医疗互助",
]
LEVELS = ("national", "province", "city", "county")


def sentence(rng: random.Random) -> str:
    form = rng.randrange(4)
    subject, act, thing, place, manner = map(rng.choice, (SUBJECTS, ACTS, OBJECTS, PLACES, MANNERS))
    if form == 0:
        return f"{subject}{act}{thing},{manner},把服务送到{place}。"
    if form == 1:
        return f"在{place},{subject}{manner}地{act}{thing},{rng.randint(12, 980)}名职工参加。"
    if form == 2:
        return f"据统计,{thing}覆盖{place}{rng.randint(2, 90)}个,{subject}{act}后续安排。"
    return f"{act}{thing}以来,{subject}{manner},{rng.choice(PLACES)}的职工反映良好。"


def body(rng: random.Random, characters: int) -> str:
    parts: list[str] = []
    size = 0
    while size < characters:
        if parts and rng.random() < 0.2:
            parts.append(f"## {rng.choice(ACTS)}{rng.choice(OBJECTS)}")
        text = "".join(sentence(rng) for _ in range(rng.randint(2, 5)))
        parts.append(text)
        size += len(text)
    return "\n\n".join(parts) + "\n"


def record(rng: random.Random, owner: str, number: int, *, shared: bool, characters: int) -> BaseRecord:
    published = datetime(2025, 1, 1, 9, tzinfo=BEIJING) - timedelta(hours=7 * number + rng.randrange(5))
    place, thing = rng.choice(PLACES), rng.choice(OBJECTS)
    common = {
        "id": UUID(int=rng.getrandbits(128), version=4),
        "union": owner,
        "title": f"{rng.choice(SUBJECTS)}{rng.choice(ACTS)}{place}{thing}({number})",
        "slug": f"r{number}",
        "published": published,
        "summary": sentence(rng),
        "topics": tuple(rng.sample(TOPICS, 2)),
        "share": {"mode": "required", "to": ("descendants",)} if shared else {},
        "body": body(rng, characters),
    }
    if number % 10 == 8:
        return Program(
            kind="program",
            eligibility=("本市在职职工", "工会会员"),
            window={"opens": "2025-03-01", "closes": "2025-06-30"},
            steps=({"title": "报名"}, {"title": "审核"}, {"title": "参加"}),
            **common,
        )
    if number % 10 == 9:
        return Guide(kind="guide", parameters=({"name": "补助标准", "value": 500, "unit": "元"},), **common)
    return Story(kind="story", bylines=({"role": "correspondent", "name": f"{owner}通讯员"},), **common)


def unions(count: int) -> list[Union]:
    """A tree: one national union, then about one province in 31, one city in ten, counties below."""
    made: list[Union] = []
    above: dict[str, str] = {}
    for number in range(count):
        level = (
            "national"
            if number == 0
            else "province"
            if number % 31 == 1
            else "city"
            if number % 10 == 2
            else "county"
        )
        upper = LEVELS[LEVELS.index(level) - 1] if number else ""
        while upper and upper not in above:
            upper = LEVELS[LEVELS.index(upper) - 1]
        slug = f"u{number:04d}"
        made.append(
            Union(
                slug=slug,
                name=f"第{number}总工会",
                level=level,
                parent=above.get(upper),
                site={"base_url": f"https://{slug}.example"},
                body="",
            )
        )
        above[level] = slug
    return made


def make(
    root: Path, *, union_count: int, records: int, shared: int, characters: int = 700, seed: int = 1
) -> None:
    """Write the network under `root`: `records` on each site, `shared` of them the national union's."""
    rng = random.Random(seed)
    tree = unions(union_count)
    for union in tree:
        content_store.write(root, f"unions/{union.slug}.md", content_store.union_text(union))
    own = {tree[0].slug: shared} | {union.slug: records - shared for union in tree[1:]}
    for slug, count in own.items():
        for number in range(count):
            made = record(rng, slug, number, shared=slug == tree[0].slug, characters=characters)
            content_store.write(root, content_store.record_path(made), content_store.record_text(made))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("--unions", type=int, default=200)
    parser.add_argument("--records", type=int, default=300, help="on each site")
    parser.add_argument("--shared", type=int, default=250, help="of which the national union's")
    parser.add_argument("--characters", type=int, default=700)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    make(
        options.root,
        union_count=options.unions,
        records=options.records,
        shared=options.shared,
        characters=options.characters,
        seed=options.seed,
    )


if __name__ == "__main__":
    main()
