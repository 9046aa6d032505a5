"""What a union's site holds: its own, what is required of it, what it took."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from site_builder.plan import SitePlan, plan
from tests.builders import NOW, TREE, Network, to

BELOW_SHANDONG = {"qingdao", "pingdu"}


def planned(network: Network, union: str) -> SitePlan:
    return plan(network.content(), union, NOW)


def carriers(network: Network, record: object, unions: Iterable[str] = TREE) -> set[str]:
    """The unions on whose sites a record stands."""
    content = network.content()
    return {slug for slug in unions if record.id in plan(content, slug, NOW).by_id}  # type: ignore[attr-defined]


def codes(site: SitePlan) -> list[str]:
    return [problem.code for problem in site.problems]


def test_a_record_that_is_not_shared_stays_at_home() -> None:
    network = Network()
    assert carriers(network, network.story("qingdao", "bendi")) == {"qingdao"}


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (["descendants"], BELOW_SHANDONG),
        (["children"], {"qingdao"}),
        (["level:county"], {"pingdu"}),
        (["union:pingdu"], {"pingdu"}),
        (["level:province"], set()),
        (["children", "union:pingdu"], BELOW_SHANDONG),
    ],
)
def test_a_required_record_stands_where_its_share_reaches(targets: list[str], expected: set[str]) -> None:
    network = Network()
    record = network.program("shandong", "zhuxue", share=to(*targets))
    assert carriers(network, record) == expected | {"shandong"}
    assert not any(planned(network, slug).problems for slug in TREE)


def test_a_line_reaches_its_members_across_the_tree() -> None:
    network = Network()
    network.union("xuexiao", "xuyi", "enterprise")
    network.union("jiaoyu-sd", "jiaoyu", "industry")
    record = network.story("jiaoyu", "jiaoshi", share=to("line:jiaoyu"))
    assert carriers(network, record, network.unions) == {"jiaoyu", "jiaoyu-sd", "xuyi"}


def test_the_national_union_requires_for_a_level_or_a_line() -> None:
    network = Network()
    assert carriers(network, network.story("acftu", "a", share=to("level:city"))) == {
        "acftu",
        "qingdao",
        "huaian",
    }
    assert carriers(network, network.story("acftu", "b", share=to("line:jiaoyu"))) == {"acftu", "xuyi"}


@pytest.mark.parametrize("target", ["union:huaian", "union:acftu", "level:city"])
def test_nobody_publishes_on_the_site_of_a_union_that_is_not_below(target: str) -> None:
    network = Network()
    record = network.story("qingdao", "tuiguang", share=to(target))
    assert carriers(network, record) == {"qingdao"}
    expected = ["share-not-above"] if target.startswith("union:") else []
    assert codes(planned(network, "qingdao")) == expected

    network.adopt("huaian", record)
    taken = target != "union:acftu"
    assert carriers(network, record) == ({"qingdao", "huaian"} if taken else {"qingdao"})


def test_an_offer_is_taken_pinned_or_left() -> None:
    network = Network()
    record = network.program("acftu", "qiuxue", share=to("descendants", mode="offer"))
    network.adopt("shandong", record)
    network.adopt("jiangsu", record, "pin")
    assert carriers(network, record) == {"acftu", "shandong", "jiangsu"}
    assert [item.pinned for item in planned(network, "jiangsu").items] == [True]
    assert [item.via for item in planned(network, "shandong").items] == ["taken"]


def test_taking_an_offer_does_not_pass_it_on() -> None:
    network = Network()
    record = network.story("acftu", "tuijian", share=to("children", mode="offer"))
    network.adopt("shandong", record)
    network.adopt("qingdao", record)
    assert carriers(network, record) == {"acftu", "shandong"}
    assert codes(planned(network, "qingdao")) == ["adoption-not-shared"]


def test_a_subscription_takes_what_is_offered_unless_it_is_hidden() -> None:
    network = Network()
    network.union("pingdu", "qingdao", "county", subscriptions=["职工夜校"])
    share = to("descendants", mode="offer")
    wanted = network.story("acftu", "yexiao", topics=["职工夜校", "培训"], share=share)
    hidden = network.story("shandong", "yexiao", topics=["职工夜校"], share=share)
    other = network.story("acftu", "huzhu", topics=["互助保障"], share=share)
    elsewhere = network.story("jiangsu", "yexiao", topics=["职工夜校"], share=share)
    network.adopt("pingdu", hidden, "hide")
    site = planned(network, "pingdu")
    assert set(site.by_id) == {wanted.id}
    assert not site.problems
    for record in (wanted, hidden, other, elsewhere):
        assert "xuyi" not in carriers(network, record)


def test_a_required_record_cannot_be_hidden() -> None:
    network = Network()
    record = network.guide("shandong", "falv", share=to("descendants"))
    network.adopt("pingdu", record, "hide")
    site = planned(network, "pingdu")
    assert record.id in site.by_id
    assert codes(site) == ["adoption-hides-required"]
    assert site.problems[0].file == "adoptions/pingdu.yaml"


def test_what_is_not_shared_cannot_be_taken_and_is_not_named() -> None:
    network = Network()
    secret = network.program("jiangsu", "neibu", title="内部项目")
    network.adopt("pingdu", secret)
    network.adopt("pingdu", secret.id.__class__(int=7))
    site = planned(network, "pingdu")
    assert not site.items
    assert len({(problem.code, problem.message) for problem in site.problems}) == 1
    assert "内部项目" not in "".join(map(str, site.problems))


def test_its_own_record_a_union_can_only_pin() -> None:
    network = Network()
    pinned, kept = network.story("pingdu", "a"), network.story("pingdu", "b")
    network.adopt("pingdu", pinned, "pin")
    network.adopt("pingdu", kept, "hide")
    site = planned(network, "pingdu")
    assert [item.pinned for item in site.items] == [item.record.id == pinned.id for item in site.items]
    assert codes(site) == ["adoption-own"]
    assert len(site.items) == 2


def test_only_the_first_of_two_adoptions_counts() -> None:
    network = Network()
    record = network.program("acftu", "qiuxue", share=to("descendants", mode="offer"))
    network.adopt("pingdu", record)
    network.adopt("pingdu", record, "hide")
    site = planned(network, "pingdu")
    assert record.id in site.by_id
    assert codes(site) == ["adoption-twice"]


# --- slots ----------------------------------------------------------------------------------------


def test_slots_that_the_share_names_are_filled_for_that_site_alone() -> None:
    network = Network()
    record = network.program(
        "shandong", "zhuxue", share=to("descendants", slots=("contact", "dates", "amount")),
        contact={"phone": "0531-1"}, benefits=[{"label": "助学金", "value": 3000, "unit": "元"}],
    )  # fmt: skip
    network.adopt("pingdu", record, contact={"phone": "0532-2"}, dates={"closes": "2025-04-30"})
    site = planned(network, "pingdu")
    item = site.by_id[record.id]
    assert item.filled == ("contact", "dates")
    assert item.record.contact.phone == "0532-2"  # type: ignore[union-attr]
    assert item.record.benefits == record.benefits  # type: ignore[attr-defined]
    assert item.state is not None
    assert item.state.code == "open"
    assert item.source is record
    elsewhere = planned(network, "qingdao").by_id[record.id]
    assert elsewhere.record is record
    assert elsewhere.filled == ()


def test_other_slots_are_a_problem_and_change_nothing() -> None:
    network = Network()
    program = network.program("shandong", "zhuxue", share=to("descendants", slots=("contact",)))
    story = network.story("shandong", "xinwen", share=to("descendants", slots=("dates", "intro")))
    network.adopt("pingdu", program, place="平度")
    network.adopt("pingdu", story, dates={"closes": "2025-04-30"}, intro="本地情况")
    site = planned(network, "pingdu")
    assert codes(site) == ["slot-not-offered", "slot-without-field"]
    assert [problem.field for problem in site.problems] == ["slots.place", "slots.dates"]
    assert site.by_id[program.id].record.place == ""
    assert site.by_id[story.id].record.intro == "本地情况"


def test_a_plan_of_an_unknown_union_or_a_moment_without_a_zone_is_an_error() -> None:
    network = Network()
    with pytest.raises(KeyError):
        planned(network, "nowhere")
    with pytest.raises(ValueError, match="time zone"):
        plan(network.content(), "pingdu", NOW.replace(tzinfo=None))


def test_planning_does_not_grow_with_the_records_of_other_branches() -> None:
    """The index is made once for a content; another union's records are not looked at again."""
    network = Network()
    for number in range(5):
        network.story("jiangsu", f"s{number}", share=to("descendants"))
    content = network.content()
    first = plan(content, "pingdu", NOW)
    assert plan(content, "pingdu", NOW) == first
    shared = [plan(content, slug, NOW).items[0].record for slug in ("jiangsu", "huaian", "xuyi")]
    assert shared[0] is shared[1] is shared[2]
