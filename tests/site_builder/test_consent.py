"""Who agreed to be shown, and what funds owe the public: kept, asked for, told to nobody else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from site_builder import gaps, pages
from site_builder.plan import plan
from site_builder.records import BEIJING, Kind
from site_builder.render import Bundle
from site_builder.search.documents import documents
from tests.builders import NOW, Network, days, to
from tests.site_builder.conftest import THEMES

TODAY = NOW.astimezone(BEIJING).date()
QUOTE = "/// quote\n    speaker: 夜校学员\nwords said\n///"
CONSENT = {"who": "夜校学员", "covers": ["words", "picture"], "given": "2025-01-02", "kept": "secret-drawer"}


def codes(network: Network, union: str = "pingdu") -> list[str]:
    return [gap.code for gap in gaps.of_content(network.content(), NOW, [union]) if "consent" in gap.code]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"body": QUOTE}, ["consent-missing"]),
        ({"body": QUOTE, "consents": [CONSENT]}, []),
        ({"body": QUOTE, "consents": [{**CONSENT, "covers": ["picture"]}]}, ["consent-missing"]),
        ({"people": ["picture", "video"], "consents": [CONSENT]}, ["consent-missing"]),
        ({"people": ["picture"], "consents": [{**CONSENT, "until": str(TODAY)}]}, []),
        ({"people": ["picture"], "consents": [{**CONSENT, "until": str(TODAY - days(1))}]}, ["consent-over"]),
        ({"people": ["picture"], "consents": [{**CONSENT, "until": "2025-01-03"}, CONSENT]}, []),
    ],
)
def test_what_shows_somebody_asks_for_consent(fields: dict[str, Any], expected: list[str]) -> None:
    network = Network()
    network.story("pingdu", "a", **fields)
    assert codes(network) == expected


def test_a_child_is_shown_with_consent_or_not_at_all() -> None:
    with pytest.raises(ValidationError, match="child is shown without consent"):
        Network().story("pingdu", "a", people=["child"])
    consent = {**CONSENT, "who": "学员的监护人", "covers": ["child"]}
    assert Network().story("pingdu", "a", people=["child"], consents=[consent]).consents


@pytest.mark.parametrize(
    ("consent", "words"),
    [
        ({"who": "王小明"}, "person's name"),
        ({"covers": []}, "covers"),
        ({"until": "2024-12-31"}, "before given"),
        ({"ended": "2024-12-31"}, "before given"),
    ],
)
def test_a_consent_names_nobody_and_has_its_dates_in_order(consent: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Network().story("pingdu", "a", consents=[{**CONSENT, **consent}])


def test_no_file_of_a_site_says_who_agreed() -> None:
    network = Network()
    network.story("shandong", "a", share=to("descendants"), people=["picture"], consents=[CONSENT])
    for union in ("shandong", "pingdu"):
        content = network.content()
        planned = plan(content, union, NOW)
        for page in pages.pages(planned, content):
            assert "secret-drawer" not in repr(page)
            assert "consents" not in repr(page)
        assert "secret-drawer" not in repr(documents(planned))


def test_who_takes_their_consent_back_is_on_no_site_from_that_day() -> None:
    network = Network()
    ended = TODAY + days(1)
    story = network.story(
        "shandong", "a", share=to("descendants"), consents=[{**CONSENT, "ended": str(ended)}]
    )
    edition = network.edition("pingdu", story, title="本地版")
    before, after = NOW, NOW + days(1.5)
    for union, record in (("shandong", story), ("pingdu", edition)):
        planned = plan(network.content(), union, before)
        assert record.id in planned.by_id
        assert planned.next_change is not None
        assert planned.next_change.astimezone(BEIJING).date() == ended
        assert record.id not in plan(network.content(), union, after).by_id
    problems = [problem.code for problem in plan(network.content(), "shandong", after).problems]
    assert problems == ["consent-ended"]
    assert not plan(network.content(), "shandong", before).problems


# --- what funds owe the public ------------------------------------------------------------------------

REPORT = {"title": "2024年度报告", "period": "2024年度", "link": "https://fund.example/2024"}


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], ["disclosure-missing"]),
        ([REPORT], []),
        ([{**REPORT, "published": str(TODAY - days(366))}], []),
        ([{**REPORT, "published": str(TODAY - days(367))}], ["disclosure-old"]),
        ([{**REPORT, "published": "2020-01-01"}, {**REPORT, "published": str(TODAY)}], []),
    ],
)
def test_a_fund_without_a_report_for_a_year_is_flagged(
    reports: list[dict[str, Any]], expected: list[str]
) -> None:
    network = Network()
    for kind in ("fund", "platform"):
        network.record(Kind.SERVICE, "pingdu", kind, type=kind, disclosures=reports)
    found = [gap for gap in gaps.of_content(network.content(), NOW, ["pingdu"]) if "disclosure" in gap.code]
    assert [gap.code for gap in found] == expected
    assert {gap.title for gap in found} <= {"pingdu的fund"}


def test_reports_are_read_on_the_page_and_what_is_missing_is_asked_for() -> None:
    network = Network()
    report = {**REPORT, "published": date(2025, 3, 1), "note": "经审计"}
    network.record(Kind.SERVICE, "pingdu", "a", type="fund", disclosures=[report])
    network.record(Kind.SERVICE, "pingdu", "b", type="fund")
    network.program("pingdu", "c", disclosures=[report])
    network.program("pingdu", "d")
    content = network.content()
    made = {page.path: page for page in pages.pages(plan(content, "pingdu", NOW), content)}
    bundle = Bundle.load(THEMES, "base")
    said = {}
    for path in ("/services/a/", "/services/b/", "/programs/c/", "/programs/d/"):
        text = bundle.render(made[path]).decode()
        said[path] = text.partition('id="disclosures"')[2].partition("</section>")[0]
    for path in ("/services/a/", "/programs/c/"):
        for words in ('href="https://fund.example/2024"', "2024年度报告", "2025年3月1日", "经审计"):
            assert words in said[path]
    assert 'data-t="ask"' in said["/services/b/"]
    assert not said["/programs/d/"]
    found = {document.id: document.text for document in documents(plan(content, "pingdu", NOW))}
    assert sum("2024年度报告" in text for text in found.values()) == 2
