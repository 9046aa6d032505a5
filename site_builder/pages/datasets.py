"""What the pages of datasets read: rankings with their ranks, honours counted, tables to take along.

More fields of a dataset's page than records.py names:

    tallies    of honours: {"award", "level", "to", "category", "year", "counted", "count", "recipients"},
               by level from the top down; `total` of persons and units: `persons`, `units`
    standing   of a ranking, the latest: see pages.rankings
    dates      of rankings: {"as_of", "href", "current"}, the latest first
    csv        the link to the table as a file

`rankings` and `awards` themselves are not in the context: what a page shows of them is in these.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from site_builder import paths
from site_builder.contexts import LinkContext, RankingPage, SiteContext
from site_builder.pages.rankings import newest_first, ranked, standing
from site_builder.pages.site import HOME_LINK, section_link
from site_builder.pages.view import View
from site_builder.records import Dataset, Honour, Kind, Level

_LEVELS = tuple(Level)


def dataset_fields(record: Dataset, path: str) -> dict[str, Any]:
    """What the page at `path` reads besides the record's fields."""
    fields: dict[str, Any] = {"csv": paths.href(paths.table_path(path)), "rankings": (), "awards": ()}
    if record.awards:
        fields["tallies"] = tuple(tallies(record.awards))
        fields["persons"] = sum(one.count for one in record.awards if one.to == "person")
        fields["units"] = sum(one.count for one in record.awards if one.to == "unit")
    if record.rankings:
        latest = newest_first(record)[0]
        fields["standing"] = standing(latest)
        fields["dates"] = tuple(_dates(record, path, latest.as_of))
    return fields


# --- rankings -------------------------------------------------------------------------------------


def _dates(record: Dataset, path: str, current: str) -> Iterator[dict[str, Any]]:
    latest = newest_first(record)[0].as_of
    for ranking in newest_first(record):
        here = path if ranking.as_of == latest else paths.ranking_path(path, ranking.as_of)
        yield {"as_of": ranking.as_of, "href": paths.href(here), "current": ranking.as_of == current}


def ranking_pages(view: View, site: SiteContext) -> Iterator[RankingPage]:
    """A page for each ranking but the latest, which stands on the dataset's own."""
    for item in view.by_kind.get(Kind.DATASET, []):
        record = item.record
        if not isinstance(record, Dataset):
            continue
        home = LinkContext(record.title_short or record.title, paths.href(item.path))
        for ranking in newest_first(record)[1:]:
            path = paths.ranking_path(item.path, ranking.as_of)
            yield RankingPage(
                template="ranking.html",
                path=path,
                root=paths.root_of(path),
                title=f"{record.title}（{ranking.as_of}）",
                description=view.summary(record, 120),
                canonical=view.absolute(paths.href(path)),
                site=site,
                trail=(HOME_LINK, section_link(Kind.DATASET), home),
                heading=record.title,
                id=str(record.id),
                home=home,
                standing=standing(ranking),
                dates=tuple(_dates(record, item.path, ranking.as_of)),
                score_name=record.score_name,
                score_unit=record.score_unit,
                noindex=record.noindex,
            )


# --- honours --------------------------------------------------------------------------------------


def tallies(honours: Sequence[Honour]) -> Iterator[dict[str, Any]]:
    """How many of each award, by level from the top down, then in the order in which they were written."""

    def of(honour: Honour) -> tuple[Any, ...]:
        return honour.level, honour.award, honour.category, honour.to, honour.year, honour.period

    first: dict[tuple[Any, ...], int] = {}
    for place, honour in enumerate(honours):
        first.setdefault(of(honour), place)
    listed = sorted(honours, key=lambda honour: (_LEVELS.index(honour.level), first[of(honour)]))
    for (level, award, category, to, year, period), group in groupby(listed, of):
        held = list(group)
        yield {
            "level": level.value,
            "award": award,
            "category": category,
            "to": to,
            "year": year,
            "period": period,
            "counted": next((honour.counted for honour in held if honour.counted), ""),
            "count": sum(honour.count for honour in held),
            "recipients": tuple(
                {"name": honour.recipient, "affiliation": honour.affiliation, "note": honour.note}
                for honour in held
                if honour.recipient
            ),
            "sources": tuple(dict.fromkeys(honour.source for honour in held if honour.source)),
        }


# --- tables as files ------------------------------------------------------------------------------


def table_files(view: View) -> Mapping[str, bytes]:
    """The table of each dataset as CSV: site path -> bytes. UTF-8 with a mark, for Excel's sake."""
    return {
        paths.table_path(item.path): b"\xef\xbb\xbf" + _csv(item.record).encode()
        for item in view.by_kind.get(Kind.DATASET, [])
        if isinstance(item.record, Dataset)
    }


def _csv(record: Dataset) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in _rows(record))
    return text.getvalue()


def _cell(value: Any) -> str:
    """Plain text; what a spreadsheet would take for a formula is marked as text."""
    text = "" if value is None else str(value)
    return (
        f"'{text}"
        if text[:1] in ("=", "@", "+", "\t") or (text[:1] == "-" and not text[1:2].isdigit())
        else text
    )


def _rows(record: Dataset) -> Iterator[Sequence[Any]]:
    if record.rankings:
        yield "截至", "名次", "名称", "县区", "规模", "积分", "得分任务", "任务", "说明"
        for ranking in newest_first(record):
            for entry in ranked(ranking.entries):
                yield (
                    ranking.as_of, entry["rank"], entry["name"], entry["county"], SIZES[entry["size"]],
                    entry["score"], entry["done"], entry["tasks"], entry["note"],
                )  # fmt: skip
    elif record.awards:
        yield (
            "荣誉",
            "级别",
            "年份",
            "时段",
            "个人或集体",
            "类别",
            "获得者",
            "所在单位",
            "数",
            "计数单位",
            "出处",
            "说明",
        )
        for honour in record.awards:
            yield (
                honour.award, LEVELS[honour.level], honour.year, honour.period, TO[honour.to],
                honour.category, honour.recipient, honour.affiliation, honour.count, honour.counted,
                honour.source, honour.note,
            )  # fmt: skip
    else:
        yield (
            "指标", "数值", "单位", "修饰", "截至", "统计时段", "性质", "怎么算的", "口径", "范围",
            "占什么的比重", "谁说的", "出处", "说明",
        )  # fmt: skip
        for indicator in record.indicators:
            for reading in indicator.readings:
                yield (
                    indicator.name, reading.value, indicator.unit, "、".join(reading.qualifier),
                    reading.as_of, reading.period, STATUS[reading.status], reading.derivation,
                    SPANS[indicator.span], indicator.scope, indicator.base, indicator.attribution,
                    reading.source or indicator.source, reading.note,
                )  # fmt: skip


SIZES = {"large": "大型", "medium": "中型", "small": "小型", "micro": "微型", "": ""}
LEVELS = {
    Level.NATIONAL: "全国", Level.PROVINCE: "省级", Level.CITY: "市级", Level.COUNTY: "县级",
    Level.TOWN: "乡镇街道", Level.ENTERPRISE: "企业", Level.INDUSTRY: "行业",
}  # fmt: skip
TO = {"person": "个人", "unit": "集体"}
STATUS = {"actual": "已发生", "planned": "计划"}
SPANS = {"": "", "moment": "时点", "period": "期内", "cumulative": "累计"}
"""Words of the table: a file for offices, whose headings `unionpress import` reads again."""
