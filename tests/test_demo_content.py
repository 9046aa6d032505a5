"""The demo network: whole, canonical, true to its facts, and an example of everything content/ may say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from PIL import Image

from site_builder import body, content_store
from site_builder.content_store import Content
from site_builder.plan import SitePlan, plan
from site_builder.records import (
    BEIJING,
    RECORD_TYPES,
    BaseRecord,
    Event,
    Figure,
    Kind,
    Place,
    Program,
    Qualifier,
    Service,
    Share,
    Story,
)

ROOT = Path(__file__).parents[1] / "content"
DEMO = datetime(2025, 4, 8, 9, tzinfo=BEIJING)
"""The moment as of which the demo is built: its facts are of 2019-2025."""
CHECKED = Path(__file__).with_name("demo_figures.txt")


@pytest.fixture(scope="module")
def content() -> Content:
    return content_store.read(ROOT)


@pytest.fixture(scope="module")
def plans(content: Content) -> Mapping[str, SitePlan]:
    return {union: plan(content, union, DEMO) for union in content.unions}


@pytest.fixture(scope="module")
def bodies(content: Content) -> Mapping[str, body.Body]:
    return {named(record): body.parse(record.body) for record in content.records.values()}


def named(record: BaseRecord) -> str:
    return f"{record.union}/{record.kind.value}/{record.slug}"


def record(content: Content, name: str) -> BaseRecord:
    return next(record for record in content.records.values() if named(record) == name)


# --- the files ------------------------------------------------------------------------------------


def test_there_is_nothing_to_mend(content: Content) -> None:
    assert content.problems == ()


def test_no_site_has_anything_to_mend(plans: Mapping[str, SitePlan]) -> None:
    assert {union: made.problems for union, made in plans.items() if made.problems} == {}


def test_every_file_is_canonical(content: Content) -> None:
    written: dict[str, str] = {}
    for union in content.unions.values():
        written[str(content_store.union_path(union.slug))] = content_store.union_text(union)
    for each in content.records.values():
        written[str(content_store.record_path(each))] = content_store.record_text(each)
    for slug, adoptions in content.adoptions.items():
        written[str(content_store.adoptions_path(slug))] = content_store.adoptions_text(adoptions)
    for ref, media in content.media.items():
        written[f"{content_store.media_path(ref)}.yaml"] = content_store.media_text(media)
    there = {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for folder, pattern in (
            ("unions", "*.md"), ("records", "**/*.md"), ("adoptions", "*.yaml"), ("media", "**/*.yaml"),
        )
        for path in (ROOT / folder).glob(pattern)
    }  # fmt: skip
    assert written.keys() == there.keys()
    assert [name for name in written if written[name] != there[name]] == []


def test_content_holds_no_code() -> None:
    suffixes = {path.suffix for path in ROOT.rglob("*") if path.is_file()}
    assert suffixes <= {".md", ".yaml", ".png", ".svg"}


# --- the network ----------------------------------------------------------------------------------


def test_the_tree_is_the_whole_network(content: Content) -> None:
    levels = Counter(union.level.value for union in content.unions.values())
    assert levels == {
        "national": 1, "province": 17, "city": 28, "county": 13, "town": 3, "enterprise": 4, "industry": 3,
    }  # fmt: skip
    assert [union.slug for union in content.unions.values() if union.parent is None] == ["acftu"]


def test_white_is_readable_on_every_palette(content: Content) -> None:
    def luminance(colour: str) -> float:
        # WCAG 2.2, relative luminance
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for union in content.unions.values():
        assert 1.05 / (luminance(union.site.palette.primary) + 0.05) >= 4.5, union.slug


def test_nobody_is_given_an_address_or_number_that_is_not_known(content: Content) -> None:
    for union in content.unions.values():
        site = union.site
        assert (site.icp, site.police_record, site.website_code, site.hotline) == ("", "", "", ""), union.slug
        assert site.base_url == f"https://{union.slug}.example"
    files = [path for path in ROOT.rglob("*/*") if path.suffix in {".md", ".yaml"}]
    text = "\n".join(path.read_text("utf-8") for path in files)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", text)
    numbers = r"12351|\b1[3-9]\d{9}\b|\(?0\d{2,3}\)?-?\d{7,8}"
    assert re.findall(rf"{numbers}|\w@[a-z0-9]+\.[a-z]+|phone:|email:", text) == []
    assert set(re.findall(r"https?://\S+", text)) == {
        union.site.base_url for union in content.unions.values()
    }


def test_no_person_signs(content: Content) -> None:
    bodies_and_roles = re.compile(r"^原报\w+(?:（两名）)?$|^本站\w*$|工会|主席|周刊")
    names = [
        (named(each), byline.name)
        for each in content.records.values()
        if isinstance(each, Story)
        for byline in each.bylines
    ]
    assert len(names) > 20
    assert [name for name in names if not bodies_and_roles.search(name[1])] == []


# --- what it shows --------------------------------------------------------------------------------


def test_every_kind_that_can_be_written_is_there(content: Content) -> None:
    kinds = Counter(each.kind for each in content.records.values())
    assert kinds.keys() == RECORD_TYPES.keys()
    assert kinds.total() >= 150
    for kind in (Kind.STORY, Kind.PROGRAM, Kind.GUIDE, Kind.EVENT, Kind.PLACE, Kind.SERVICE, Kind.COLLECTION):
        assert kinds[kind] >= 10, kind


def test_every_way_of_sharing_occurs(content: Content) -> None:
    shares = [each.share for each in content.records.values()]

    def to(share: Share) -> set[str]:
        return {target.partition(":")[0] for target in share.to}

    assert {share.mode for share in shares} == {"none", "offer", "required"}
    assert {target for share in shares for target in to(share)} == {
        "descendants", "children", "level", "line", "union",
    }  # fmt: skip
    assert {target for share in shares if share.mode == "required" for target in to(share)} >= {
        "descendants", "children", "level",
    }  # fmt: skip


def test_every_adoption_occurs_and_is_heard(content: Content, plans: Mapping[str, SitePlan]) -> None:
    adoptions = [each for all_of in content.adoptions.values() for each in all_of]
    assert {each.action for each in adoptions} == {"take", "hide", "pin"}
    filled = {slot for made in plans.values() for item in made.items for slot in item.filled}
    assert filled >= {"contact", "place", "dates", "intro", "note"}
    assert {item.via for made in plans.values() for item in made.items} == {
        "own", "edition", "required", "taken",
    }  # fmt: skip


def test_a_hidden_offer_stays_away_where_a_subscription_would_take_it(
    content: Content, plans: Mapping[str, SitePlan]
) -> None:
    offer = record(content, "jiangsu/story/lixiang-gonghui")
    for union in ("xuzhou", "jiangyin"):
        assert set(content.unions[union].subscriptions) & set(offer.topics)
    assert offer.id in plans["jiangyin"].by_id
    assert offer.id not in plans["xuzhou"].by_id


def test_an_edition_stands_for_its_source_and_inherits_its_title(
    content: Content, plans: Mapping[str, SitePlan]
) -> None:
    source = record(content, "acftu/program/qiuxue-yuanmeng")
    edition = record(content, "xuyi/program/qiuxue-yuanmeng")
    assert edition.title == ""
    planned = plans["xuyi"].by_id[edition.id]
    assert planned.via == "edition"
    assert planned.record.title == source.title
    assert plans["neimenggu"].by_source[source.id].record.title != source.title


def test_a_withdrawn_guide_says_why_and_leads_on(content: Content, plans: Mapping[str, SitePlan]) -> None:
    old = record(content, "neimenggu/guide/yiliao-huzhu-25wan")
    new = record(content, "neimenggu/guide/yiliao-huzhu")
    assert old.withdrawn is not None
    assert old.body == ""
    for union in ("neimenggu", "kundulun"):
        made = plans[union]
        (stone,) = (each for each in made.tombstones if each.record == old.id)
        assert stone.reason == old.withdrawn.reason
        assert stone.target == made.by_id[new.id].path
        assert old.id not in made.by_id


def test_an_embargo_and_an_expiry_lie_ahead_of_the_demo(content: Content) -> None:
    embargoed = record(content, "chengdu/story/gongjiang-jingjiren")
    expiring = record(content, "guangxi/story/chunfeng-songgang")
    assert embargoed.published > DEMO
    assert plan(content, "chengdu", DEMO).next_change == embargoed.published
    assert embargoed.id not in plan(content, "chengdu", DEMO).by_id
    assert embargoed.id in plan(content, "chengdu", embargoed.published).by_id
    assert expiring.expires is not None
    for union in ("guangxi", "hechi"):
        assert expiring.id in plan(content, union, DEMO).by_id
        assert expiring.id not in plan(content, union, expiring.expires).by_id


@pytest.mark.parametrize("year", [2019, 2020, 2023, 2025])
def test_what_has_no_dates_is_never_called_open(content: Content, year: int) -> None:
    call = record(content, "shandong/program/qilu-gongjiang")
    assert isinstance(call, Program)
    assert call.type == "call"
    planned = plan(content, "shandong", datetime(year, 9, 1, tzinfo=BEIJING)).by_id[call.id]
    assert planned.state is not None
    assert planned.state.code not in {"open", "closing", "standing", "running"}


def test_what_the_sources_do_not_give_stays_empty(content: Content) -> None:
    """No source names the address of an entry, a telephone number, coordinates, or free seats."""
    for each in content.records.values():
        contacts = [each.contact]
        if isinstance(each, Service):
            contacts.append(each.fallback)
            assert each.health == "", named(each)
        if isinstance(each, Place):
            contacts += [counter.contact for counter in each.counters]
            assert each.position is None, named(each)
        if isinstance(each, Event):
            assert each.seats is None, named(each)
            assert each.live is None, named(each)
            assert each.replay is None, named(each)
        for contact in contacts:
            assert contact is None or not (contact.phone or contact.url or contact.email), named(each)
        for way in getattr(each, "apply", ()):
            assert way.link is None, named(each)
            assert not re.search(r"\d{5}", way.value), named(each)


def test_what_is_planned_is_not_told_as_usable(content: Content) -> None:
    planned = [
        each for each in content.records.values() if isinstance(each, Service) and each.status == "planned"
    ]
    assert {named(each) for each in planned} == {
        "jixie-yejin-jiancai/service/shuzhihua-puhui", "foshan/service/ai-laomo-zhuanjiaku",
    }  # fmt: skip
    assert all(each.status_note for each in planned)


def test_every_topic_shown_gathers_something(plans: Mapping[str, SitePlan]) -> None:
    shown = {item.record.slug for item in plans["pingdu"].items if item.record.kind == Kind.COLLECTION}
    assert {"zhigong-yexiao-peixun", "kunnan-bangfu"} <= shown


def test_stories_use_the_forms_of_a_newspaper(content: Content) -> None:
    stories = [each for each in content.records.values() if isinstance(each, Story)]
    assert {story.genre for story in stories} == {
        "news", "feature", "report", "roundup", "photo", "infographic", "digest", "signed",
    }  # fmt: skip
    assert {story.source.relation for story in stories if story.source} == {"reprint", "excerpt", "based_on"}
    assert {"主席之声", "他山之石", "图说工会", "基层办公室"} <= {story.column for story in stories}
    assert any(story.kicker and story.kicker_joins_title and story.subtitle for story in stories)
    assert any(story.abstract and story.abstract.label == "阅读提示" for story in stories)
    assert any(story.subject_line for story in stories)
    for story in stories:
        if story.genre == "photo":
            assert story.lead_picture, story.slug
            assert any(byline.role == "photographer" for byline in story.bylines), story.slug
        if story.genre == "signed":
            assert story.editor_note, story.slug
            assert story.bylines[0].role == "author", story.slug


def test_bodies_use_the_blocks_and_long_ones_have_sections(bodies: Mapping[str, body.Body]) -> None:
    used = {type(block) for each in bodies.values() for block in each}
    assert used >= {
        body.Prose, body.Section, body.Figures, body.Table, body.Steps, body.Measures, body.Gallery,
        body.ContactCard, body.Attachment,
    }  # fmt: skip
    sections = {name: sum(isinstance(block, body.Section) for block in each) for name, each in bodies.items()}
    assert sum(count >= 3 for count in sections.values()) >= 8
    # Nothing is put into anybody's mouth: the facts hold no quotations.
    assert body.Quote not in used


def test_the_records_lead_to_one_another(bodies: Mapping[str, body.Body]) -> None:
    links = {link for each in bodies.values() for link in body.links(each) if link.startswith("record:")}
    assert len(links) >= 3


# --- figures --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    value: str
    unit: str
    qualifiers: tuple[str, ...]


def figures(content: Content, bodies: Mapping[str, body.Body]) -> Iterator[tuple[str, Figure]]:
    for each in content.records.values():
        for figure in (*each.figures, *(each.outcome if isinstance(each, Event) else ())):
            yield named(each), figure
        for block in bodies[named(each)]:
            if isinstance(block, body.Figures):
                for figure in block.items:
                    yield named(each), figure


def test_every_figure_is_one_that_was_checked(content: Content, bodies: Mapping[str, body.Body]) -> None:
    """demo_figures.txt lists value, unit and qualifiers as the sources give them; derived ones are ours."""
    checked: set[Checked] = set()
    for line in CHECKED.read_text("utf-8").splitlines():
        value, unit, *qualifiers = line.split()
        checked.add(Checked(value, unit, tuple(qualifiers)))
    used = {
        Checked(str(figure.value), figure.unit, figure.qualifier)
        for _, figure in figures(content, bodies)
        if not figure.derived
    }
    assert used == checked


def test_every_qualifier_occurs(content: Content, bodies: Mapping[str, body.Body]) -> None:
    used = {qualifier for _, figure in figures(content, bodies) for qualifier in figure.qualifier}
    assert used == set(get_args(Qualifier))


def test_what_is_expected_is_not_told_as_done(content: Content, bodies: Mapping[str, body.Body]) -> None:
    expected = [
        (name, figure)
        for name, figure in figures(content, bodies)
        if {"预计", "计划"} & set(figure.qualifier)
    ]
    assert expected
    assert [name for name, figure in expected if figure.status != "planned"] == []


def test_the_derived_drop_is_what_the_two_counts_give(
    content: Content, bodies: Mapping[str, body.Body]
) -> None:
    story = [figure for name, figure in figures(content, bodies) if name == "acftu/story/tushuo-jiekun"]
    counts: dict[str, list[Decimal]] = {}
    for figure in story:
        if figure.unit == "万户":
            counts.setdefault(figure.label, []).append(Decimal(figure.value))
    drops = {figure.label.removesuffix("户数降幅"): figure.value for figure in story if figure.derived}
    assert {label: round((1 - new / old) * 100, 1) for label, (old, new) in counts.items()} == drops


def test_a_total_with_a_few_named_keeps_its_total(content: Content, bodies: Mapping[str, body.Body]) -> None:
    partial = [
        (figure.value, len(figure.listed))
        for _, figure in figures(content, bodies)
        if figure.listed and isinstance(figure.value, Decimal) and len(figure.listed) < figure.value
    ]
    assert (Decimal(10), 6) in partial
    assert (Decimal(25), 2) in partial


# --- pictures -------------------------------------------------------------------------------------


def test_pictures_are_light_drawn_twice_and_used(content: Content, bodies: Mapping[str, body.Body]) -> None:
    used: dict[str, list[tuple[str, str]]] = {}
    for each in content.records.values():
        pictures = [each.lead_picture] if each.lead_picture else []
        for block in bodies[named(each)]:
            pictures += block.items if isinstance(block, body.Gallery) else ()
        for picture in pictures:
            used.setdefault(picture.media.removeprefix("media:"), []).append((picture.alt, picture.caption))
    assert used.keys() == content.media.keys()
    for ref, media in content.media.items():
        file = content_store.media_file(content, ref)
        assert file.stat().st_size < 150_000, ref
        with Image.open(file) as raster:
            assert raster.size == (1600, 900), ref
        assert media.credit, ref
        assert media.rights, ref
        svg = file.with_name(media.vector).read_text("utf-8")
        assert not re.search(r"<script|<foreignObject|\son\w+=|href=|url\(http|<image", svg), ref
        for alt, caption in used[ref]:
            assert alt, ref
            assert caption, ref
            assert alt != caption, ref
