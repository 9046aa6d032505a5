"""When readers are told that a page was updated: when they see something else, whoever published it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cms.records.comparing import bare
from cms.records.models import StoryPage
from cms.records.updates import as_given
from site_builder.records import Kind
from tests.cms.records.test_screens import form

pytestmark = pytest.mark.django_db

TITLE = "夜校开课"


@pytest.fixture
def story(unions, make_story):
    """Readers know it; its needs stand in another order than on the screen."""
    published = timezone.now() - timedelta(days=3)
    return make_story(
        unions.qingdao, TITLE, slug="yexiao", published=published, needs=["culture", "skill"], summary="夜校"
    )


@pytest.fixture
def send(story, people, sign_in):
    """send(*actions, **fields): the form of the story, as a reviewer sends it; gives the story again."""
    client = sign_in(people.qingdao_reviewer)

    def send(*actions, **fields):
        filled = {
            "title": TITLE, "slug": "yexiao", "summary": "夜校",
            "published": f"{timezone.localtime(story.published):%Y-%m-%d %H:%M}",
            **dict.fromkeys(actions, "1"), **fields,
        }  # fmt: skip
        boxes = {"needs": ["skill", "culture"], "share_to_groups": ["children"]}
        address = reverse("wagtailadmin_pages:edit", args=[story.pk])
        answer = client.post(address, {**form(Kind.STORY, **filled), **boxes})
        assert answer.status_code == 302, answer.context["form"].errors
        return StoryPage.objects.get(pk=story.pk)

    return send


def test_a_draft_that_saved_itself_first_counts_when_it_is_published(send):
    """The form knows nothing of a time that its own draft noted: it is sent empty, again and again."""
    assert send(summary="三类课").updated is None
    published = send("action-publish", summary="三类课")
    assert timezone.now() - published.updated < timedelta(minutes=1)
    assert published.get_latest_revision_as_object().updated == published.updated, "the next draft begins so"


def test_what_somebody_approves_counts(send, story, people):
    send("action-submit", summary="三类课")
    story.refresh_from_db()
    assert story.updated is None
    story.current_workflow_task_state.approve(user=people.qingdao_manager)
    assert StoryPage.objects.get(pk=story.pk).updated


def test_going_back_to_an_earlier_version_is_an_update_of_its_own(send, story):
    first = story.latest_revision
    changed = send("action-publish", summary="三类课")
    StoryPage.objects.filter(pk=story.pk).update(updated=changed.updated - timedelta(hours=2))
    again = send("action-publish", revision=str(first.pk))
    assert again.summary == "夜校"
    assert again.updated > changed.updated - timedelta(hours=1)


def test_what_readers_do_not_see_is_no_update(send):
    """Nor is an order that only the screen gave: what nobody ticked stays as it was."""
    published = send("action-publish", keywords="夜课", share_mode="offer")
    assert (published.updated, published.needs) == (None, ["culture", "skill"])


def test_a_time_that_somebody_wrote_stays(send):
    written = timezone.localtime() - timedelta(days=1)
    published = send("action-publish", summary="三类课", updated=f"{written:%Y-%m-%d %H:%M}")
    assert published.updated == written.replace(second=0, microsecond=0)


def test_nobody_was_told_anything_else_before_it_was_out(send, story):
    later = timezone.now() + timedelta(days=1)
    StoryPage.objects.filter(pk=story.pk).update(published=later)
    assert send("action-publish", summary="三类课").updated is None


def test_a_file_says_itself_when_it_was_updated(story):
    story.summary = "三类课"
    with as_given():
        story.save_revision().publish()
    assert StoryPage.objects.get(pk=story.pk).updated is None


def test_a_list_from_a_file_is_the_same_as_from_the_screen():
    assert bare([{"type": "item", "value": {"label": "人"}, "id": "1"}]) == bare([{"label": "人"}])
