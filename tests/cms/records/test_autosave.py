"""Six editors save drafts at once on SQLite: nobody meets "database is locked", and nothing is lost."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from cms.records.models import StoryPage

EDITORS = 6
SECONDS = 4.0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_six_editors_at_once(unions, make_story, django_user_model):
    users = [django_user_model.objects.create_user(f"editor-{n}") for n in range(EDITORS)]
    reviewers = unions.qingdao.roles.get(role="reviewer").group
    for user in users:
        user.groups.add(reviewers)
    pages = [make_story(unions.qingdao, f"夜校第{n}讲", live=False).pk for n in range(EDITORS)]
    if connection.vendor == "sqlite":
        assert not connection.is_in_memory_db()
    until = time.monotonic() + SECONDS

    def write(number: int) -> int:
        saved = 0
        try:
            while time.monotonic() < until:
                page = StoryPage.objects.get(pk=pages[number]).get_latest_revision_as_object()
                page.body = [("text", f"<p>第{number}位编辑第{saved}次保存</p>")]
                revision = page.save_revision(user=users[number])
                saved += 1
                if saved % 5 == 0:
                    revision.publish(user=users[number])
        finally:
            connections.close_all()
        return saved

    with ThreadPoolExecutor(EDITORS) as pool:
        counts = list(pool.map(write, range(EDITORS)))

    assert min(counts) >= 2, counts
    for number, count in enumerate(counts):
        page = StoryPage.objects.get(pk=pages[number])
        assert page.revisions.count() >= count
        assert f"第{count - 1}次" in str(page.get_latest_revision_as_object().body)
