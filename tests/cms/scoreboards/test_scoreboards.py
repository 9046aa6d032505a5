"""积分榜: two reviews before anything scores, what is sent back, ranks; nobody in another union's board."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from wagtail.models import PageLogEntry, TaskState
from wagtail.users.models import UserProfile

from cms.accounts.models import User
from cms.exporting.links import DatabaseLinks
from cms.exporting.records import record_of
from cms.publishing.clock import Clock
from cms.records.models import DatasetPage
from cms.scoreboards.models import Enterprise, Scoreboard, ScoreTask, Submission
from cms.scoreboards.ranking import DraftRanking, entries
from cms.unions.models import UnionPage
from site_builder.pages.rankings import standing
from site_builder.records import Dataset
from tests.cms.again import again

pytestmark = pytest.mark.django_db

TODAY = datetime.now(UTC).astimezone().date()


def _make_unions(make_union: Any) -> None:
    jiangsu = make_union("jiangsu", "江苏省总工会", "province", short_name="省总")
    xuzhou = make_union("xuzhou", "徐州市总工会", "city", jiangsu, short_name="徐州")
    yunlong = make_union("yunlong", "云龙区总工会", "county", xuzhou, short_name="云龙区")
    gulou = make_union("gulou", "鼓楼区总工会", "county", xuzhou, short_name="鼓楼区")
    other = make_union("huaian", "淮安市总工会", "city", jiangsu, short_name="淮安")
    for union in (xuzhou, yunlong, gulou, other):
        for role in union.roles.select_related("group"):
            name = f"{union.slug}-{role.role}"
            User.objects.create_user(name, f"{name}@x.org", "a-long-pw").groups.set([role.group])


def _people(union: UnionPage) -> SimpleNamespace:
    return SimpleNamespace(
        **{role.role: User.objects.get(username=f"{union.slug}-{role.role}") for role in union.roles.all()}
    )


@pytest.fixture
def city(make_union: Any) -> SimpleNamespace:
    """A city with two counties, a board of three tasks and an enterprise in each county; and another city."""
    again("scoreboards", lambda: _make_unions(make_union))
    xuzhou, yunlong, gulou, other = (
        UnionPage.objects.get(slug=slug) for slug in ("xuzhou", "yunlong", "gulou", "huaian")
    )
    board = Scoreboard.objects.create(
        union=xuzhou, title="产改打卡积分排名", rule="市里评过才计分。\n\n并列。"
    )
    return SimpleNamespace(
        xuzhou=xuzhou,
        yunlong=yunlong,
        gulou=gulou,
        board=board,
        tasks=[
            ScoreTask.objects.create(board=board, title=f"任务{number}", points=points)
            for number, points in enumerate((Decimal(10), Decimal(20), Decimal("7.5")), 1)
        ],
        first=Enterprise.objects.create(board=board, county=yunlong, name="甲厂", size="large"),
        second=Enterprise.objects.create(board=board, county=gulou, name="乙厂", size="small"),
        of_city=_people(xuzhou),
        of_county=_people(yunlong),
        of_gulou=_people(gulou),
        of_other=_people(other),
    )


def hand_in(city: SimpleNamespace, enterprise: Enterprise, task: ScoreTask, by: User) -> Submission:
    submission = Submission(enterprise=enterprise, task=task, text="办了竞赛。", live=False)
    submission.save()
    submission.save_revision(user=by)
    submission.get_workflow().start(submission, by)
    return Submission.objects.get(pk=submission.pk)


def approve(submission: Submission, by: User) -> Submission:
    state = Submission.objects.get(pk=submission.pk).current_workflow_task_state
    task = state.task.specific
    assert any(action == "approve" for action, *_ in task.get_actions(submission, by))
    task.on_action(state, by, "approve")
    return Submission.objects.get(pk=submission.pk)


def scored(city: SimpleNamespace, enterprise: Enterprise, *tasks: ScoreTask) -> None:
    county = city.of_county if enterprise.county == city.yunlong else city.of_gulou
    for task in tasks:
        submission = hand_in(city, enterprise, task, county.editor)
        approve(approve(submission, county.reviewer), city.of_city.reviewer)


def scores(city: SimpleNamespace) -> dict[str, Decimal]:
    return {entry.name: entry.score for entry in entries(city.board, TODAY)}


def test_only_what_both_approved_scores(city: SimpleNamespace) -> None:
    submission = hand_in(city, city.first, city.tasks[0], city.of_county.editor)
    assert scores(city) == {"甲厂": 0, "乙厂": 0}
    submission = approve(submission, city.of_county.reviewer)
    assert scores(city) == {"甲厂": 0, "乙厂": 0}, "approved by the county, the city's review is to come"
    assert not submission.live
    submission = approve(submission, city.of_city.reviewer)
    assert submission.scores
    assert scores(city) == {"甲厂": Decimal(10), "乙厂": 0}


def test_each_step_is_its_own_unions(city: SimpleNamespace) -> None:
    submission = hand_in(city, city.first, city.tasks[0], city.of_county.editor)
    step = submission.current_workflow_task
    for person in (
        city.of_city.reviewer,
        city.of_gulou.reviewer,
        city.of_other.reviewer,
        city.of_county.editor,
    ):
        assert step.get_actions(submission, person) == []
        assert step.locked_for_user(submission, person)
    submission = approve(submission, city.of_county.reviewer)
    step = submission.current_workflow_task
    assert step.get_actions(submission, city.of_county.reviewer) == []
    assert step.get_actions(submission, city.of_city.reviewer)


@pytest.mark.parametrize("step", ["county", "city"])
def test_what_is_sent_back_comes_in_again_at_that_step_with_the_reason_kept(
    step: str, city: SimpleNamespace
) -> None:
    submission = hand_in(city, city.first, city.tasks[0], city.of_county.editor)
    reviewer = city.of_county.reviewer
    if step == "city":
        submission = approve(submission, city.of_county.reviewer)
        reviewer = city.of_city.reviewer
    state = submission.current_workflow_task_state
    before = state.task
    state.task.specific.on_action(state, reviewer, "reject", comment="缺竞赛方案")
    submission = Submission.objects.get(pk=submission.pk)
    assert submission.current_workflow_state.status == "needs_changes"
    submission.text = "补了方案。"
    submission.save_revision(user=city.of_county.editor)
    submission.current_workflow_state.resume(city.of_county.editor)
    submission = Submission.objects.get(pk=submission.pk)
    assert submission.current_workflow_task_state.task == before
    rejected = TaskState.objects.get(status=TaskState.STATUS_REJECTED)
    assert rejected.comment == "缺竞赛方案"
    if step == "county":
        submission = approve(submission, city.of_county.reviewer)
    submission = approve(submission, city.of_city.reviewer)
    assert scores(city)["甲厂"] == 10
    assert submission.text == "补了方案。"


def test_who_sends_back_says_why(city: SimpleNamespace) -> None:
    submission = hand_in(city, city.first, city.tasks[0], city.of_county.editor)
    form = submission.current_workflow_task.specific.get_form_for_action("reject")
    assert not form({"comment": " "}).is_valid()
    assert form({"comment": "缺附件"}).is_valid()
    assert submission.current_workflow_task.specific.get_form_for_action("approve")(
        {"comment": ""}
    ).is_valid()


def test_the_screens_say_where_a_submission_stands_and_why_it_came_back(
    city: SimpleNamespace, sign_in: Any
) -> None:
    submission = hand_in(city, city.first, city.tasks[0], city.of_county.editor)
    client = sign_in(city.of_county.editor)
    listing, editing = (
        reverse(f"wagtailsnippets_scoreboards_submission:{name}", args=args)
        for name, args in (("list", []), ("edit", [submission.pk]))
    )
    assert "积分审核：云龙区总工会" in client.get(listing).content.decode()
    state = submission.current_workflow_task_state
    state.task.specific.on_action(state, city.of_county.reviewer, "reject", comment="缺竞赛方案")
    assert "已退回，待修改" in client.get(listing).content.decode()
    assert "缺竞赛方案" in client.get(editing).content.decode()
    reviewing = sign_in(city.of_county.reviewer).get(editing).content.decode()
    assert "action-publish" not in reviewing, "only the reviews publish"
    assert "云龙区 → 徐州" in submission.get_workflow().name


def test_the_way_to_a_list_is_said_in_the_reader_s_language(city: SimpleNamespace, sign_in: Any) -> None:
    """Wagtail says it in the language in which the process began."""
    editor, listing = city.of_county.editor, reverse("wagtailsnippets_scoreboards_submission:list")
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": "en"})
    page = sign_in(editor).get(listing).content.decode()
    assert "首页" not in page
    assert "Submissions" in page


def test_nothing_scores_that_somebody_published_without_review(city: SimpleNamespace) -> None:
    submission = Submission(enterprise=city.first, task=city.tasks[0], text="x", live=False)
    submission.save()
    submission.save_revision().publish()
    assert Submission.objects.get(pk=submission.pk).live
    assert scores(city)["甲厂"] == 0


def test_what_scored_keeps_its_moment_when_it_is_edited(city: SimpleNamespace) -> None:
    scored(city, city.first, city.tasks[0])
    submission = Submission.objects.get()
    before = submission.scored_at
    stale = submission.latest_revision.as_object()
    assert stale.scored_at == before
    assert entries(city.board, date(2000, 1, 1))[0].score == 0, "nothing had scored by then"


def test_a_version_nobody_reviewed_does_not_score(city: SimpleNamespace) -> None:
    scored(city, city.first, city.tasks[0])
    submission = Submission.objects.get()
    submission.text = "后来改的"
    submission.save_revision()
    assert scores(city)["甲厂"] == 10, "the version that was reviewed is still the published one"
    submission.latest_revision.publish(user=city.of_county.manager)
    assert scores(city)["甲厂"] == 0


def test_the_ranking_of_a_day_is_a_draft_and_older_ones_stay(city: SimpleNamespace) -> None:
    scored(city, city.first, city.tasks[0], city.tasks[2])
    for day in (date(2000, 1, 1), TODAY, TODAY):
        DraftRanking(city.board, day, city.of_city.manager).execute()
    assert DatasetPage.objects.count() == 1
    assert not DatasetPage.objects.get().live, "it is public when somebody publishes it"
    latest: DatasetPage = DatasetPage.objects.get().get_latest_revision_as_object()
    told = PageLogEntry.objects.filter(page=latest.pk, content_changed=True).exclude(revision=None)
    assert told.count() == 3, "the history leads back to each"
    latest.published = datetime.now(UTC)
    record = record_of(latest, "xuzhou", DatabaseLinks(), Clock())
    assert isinstance(record, Dataset)
    assert [ranking.as_of for ranking in record.rankings] == [TODAY.isoformat(), "2000-01-01"]
    shown = standing(record.rankings[0])
    assert [(row["rank"], row["name"], row["score"], row["county"]) for row in shown["entries"]] == [
        (1, "甲厂", "17.5", "云龙区"), (2, "乙厂", "0", "鼓楼区"),
    ]  # fmt: skip
    assert sum(Decimal(group["total"]) for group in shown["counties"]) == Decimal(shown["total"])
    assert record.rule == "市里评过才计分。\n\n并列。"


def test_equal_scores_rank_equally(city: SimpleNamespace) -> None:
    third = Enterprise.objects.create(board=city.board, county=city.gulou, name="丙厂")
    scored(city, city.first, city.tasks[1])
    scored(city, city.second, city.tasks[1])
    scored(city, third, city.tasks[0])
    page = DraftRanking(city.board, TODAY).execute()
    page.published = datetime.now(UTC)
    record = record_of(page, "xuzhou", DatabaseLinks(), Clock())
    assert isinstance(record, Dataset)
    assert [row["rank"] for row in standing(record.rankings[0])["entries"]] == [1, 1, 3]


def test_another_union_neither_ranks_nor_sees(city: SimpleNamespace, sign_in: Any) -> None:
    submission = hand_in(city, city.first, city.tasks[0], city.of_county.editor)
    with pytest.raises(PermissionDenied):
        DraftRanking(city.board, TODAY, city.of_other.manager).execute()
    with pytest.raises(PermissionDenied):
        DraftRanking(city.board, TODAY, city.of_county.manager).execute()
    seen = {
        person: set(Submission.objects.seen_by(user))
        for person, user in {
            "city": city.of_city.editor, "county": city.of_county.editor, "gulou": city.of_gulou.manager,
            "other": city.of_other.manager,
        }.items()
    }  # fmt: skip
    assert seen == {"city": {submission}, "county": {submission}, "gulou": set(), "other": set()}


ADDRESSES = ["edit", "delete", "history", "usage", "unpublish", "workflow_history", "lock", "unlock"]


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_address_of_anothers_submission_answers(name: str, city: SimpleNamespace, sign_in: Any) -> None:
    submission = hand_in(city, city.first, city.tasks[0], city.of_county.editor)
    address = reverse(f"wagtailsnippets_scoreboards_submission:{name}", args=[submission.pk])
    for stranger in (city.of_gulou.manager, city.of_other.manager):
        assert sign_in(stranger).get(address).status_code == 404
        assert sign_in(stranger).post(address).status_code == 404
    if name == "edit":
        assert sign_in(city.of_county.reviewer).get(address).status_code == 200
        assert sign_in(city.of_city.reviewer).get(address).status_code == 200


def test_lists_and_forms_offer_only_ones_own(city: SimpleNamespace, sign_in: Any) -> None:
    hand_in(city, city.first, city.tasks[0], city.of_county.editor)
    listing = reverse("wagtailsnippets_scoreboards_submission:list")
    adding = reverse("wagtailsnippets_scoreboards_submission:add")
    boards = reverse("wagtailsnippets_scoreboards_scoreboard:list")
    assert "甲厂" in sign_in(city.of_county.editor).get(listing).content.decode()
    for stranger in (city.of_gulou.editor, city.of_other.editor):
        assert "甲厂" not in sign_in(stranger).get(listing).content.decode()
        assert "甲厂" not in sign_in(stranger).get(adding).content.decode()
    assert "乙厂" in sign_in(city.of_gulou.editor).get(adding).content.decode()
    assert "产改打卡" in sign_in(city.of_city.manager).get(boards).content.decode()
    assert "产改打卡" not in sign_in(city.of_other.manager).get(boards).content.decode()


@pytest.mark.parametrize("name", ["scoreboard", "scoretask", "enterprise", "submission"])
def test_a_form_has_a_first_heading(city: SimpleNamespace, sign_in: Any, name: str) -> None:
    adding = reverse(f"wagtailsnippets_scoreboards_{name}:add")
    assert "<h1" in sign_in(city.of_city.manager).get(adding).content.decode()


def test_a_county_cannot_hand_in_for_another(city: SimpleNamespace, sign_in: Any) -> None:
    adding = reverse("wagtailsnippets_scoreboards_submission:add")
    answer = sign_in(city.of_gulou.editor).post(
        adding, {"enterprise": city.first.pk, "task": city.tasks[0].pk, "text": "代人打卡"}
    )
    assert answer.status_code == 200
    assert not Submission.objects.exists()
    answer = sign_in(city.of_county.editor).post(
        adding, {"enterprise": city.first.pk, "task": city.tasks[0].pk, "text": "自己打卡"}
    )
    assert answer.status_code == 302
    assert Submission.objects.get().live is False


def test_the_city_drafts_a_ranking_on_its_screen(city: SimpleNamespace, sign_in: Any) -> None:
    scored(city, city.first, city.tasks[0])
    address = reverse("scoreboards_rank", args=[city.board.pk])
    page = sign_in(city.of_city.manager).get(address).content.decode()
    assert "甲厂" in page
    assert f'value="{date.today().isoformat()}"' in page, "as a browser's date field reads it"
    assert sign_in(city.of_city.manager).post(address, {"as_of": TODAY.isoformat()}).status_code == 302
    assert DatasetPage.objects.get().title == "产改打卡积分排名"
    for stranger in (city.of_other.manager, city.of_county.manager):
        assert sign_in(stranger).get(address).status_code == 404


def test_a_task_of_another_board_is_refused(city: SimpleNamespace) -> None:
    other = Scoreboard.objects.create(union=city.xuzhou, title="另一个榜")
    task = ScoreTask.objects.create(board=other, title="别的", points=5)
    with pytest.raises(Exception, match="不在这家企业所在的积分榜"):
        Submission(enterprise=city.first, task=task, text="x").full_clean()
