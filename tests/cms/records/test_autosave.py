"""Six editors save drafts at once on SQLite: nobody meets "database is locked", and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from cms.records.models import StoryPage

EDITORS = 6
ROUNDS = 6
"""In each of them all save at the same moment, however fast the machine is."""
PATIENCE = 300.0
"""Seconds after which somebody is taken to have got stuck."""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_six_editors_at_once(unions, make_story, django_user_model):
    users = [django_user_model.objects.create_user(f"editor-{n}") for n in range(EDITORS)]
    reviewers = unions.qingdao.roles.get(role="reviewer").group
    for user in users:
        user.groups.add(reviewers)
    pages = [make_story(unions.qingdao, f"夜校第{n}讲", live=False).pk for n in range(EDITORS)]
    before = [StoryPage.objects.get(pk=page).revisions.count() for page in pages]
    if connection.vendor == "sqlite":
        assert not connection.is_in_memory_db()
    together = Barrier(EDITORS, timeout=PATIENCE)

    def write(number: int) -> None:
        try:
            for saved in range(ROUNDS):
                together.wait()
                page = StoryPage.objects.get(pk=pages[number]).get_latest_revision_as_object()
                page.body = [("text", f"<p>第{number}位编辑第{saved}次保存</p>")]
                revision = page.save_revision(user=users[number])
                if saved % 3 == 2:
                    revision.publish(user=users[number])
        except BaseException:
            together.abort()  # the others would wait for one who will not come
            raise
        finally:
            connections.close_all()

    with ThreadPoolExecutor(EDITORS) as pool:
        writing = [pool.submit(write, number) for number in range(EDITORS)]
    assert [each.exception() for each in writing] == [None] * EDITORS

    for number, page in enumerate(StoryPage.objects.get(pk=page) for page in pages):
        assert page.revisions.count() >= before[number] + ROUNDS
        assert page.live
        assert f"第{number}位编辑第{ROUNDS - 1}次" in str(page.get_latest_revision_as_object().body)
