"""Several editors save at once on SQLite: nobody meets "database is locked", and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Timer
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from cms.records.models import StoryPage
from site_builder.records import Kind
from tests.cms.records.test_screens import form

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


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_forms_sent_at_the_same_instant_the_second_is_asked(unions, people, make_story, monkeypatch):
    """The first stands between its question and its answer when the second one comes."""
    page = make_story(unions.qingdao, "夜校", live=False)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    going_on_from = {
        "loaded_revision_id": page.latest_revision.pk,
        "loaded_revision_created_at": page.latest_revision.created_at.isoformat(),
    }
    asked, save = Event(), StoryPage.save_revision

    def save_slowly(self: StoryPage, **named: Any) -> Any:
        if not asked.is_set():
            asked.set()
            assert both_came.wait(PATIENCE)
        return save(self, **named)

    def press(client: Client, title: str) -> int:
        try:
            if title == "后按的":
                assert asked.wait(PATIENCE)
                Timer(1, both_came.set).start()
            sent = form(Kind.STORY, title=title, slug="ye-xiao", **going_on_from)
            return client.post(edit, sent).status_code
        finally:
            connections.close_all()

    # Who logs in writes: on SQLite nobody could while the first form is being saved.
    clients = [Client(), Client()]
    for client, user in zip(clients, (people.qingdao_editor, people.qingdao_manager), strict=True):
        client.force_login(user)
    both_came = Event()
    monkeypatch.setattr(StoryPage, "save_revision", save_slowly)
    with ThreadPoolExecutor(2) as pool:
        first, second = (
            pool.submit(press, *each) for each in zip(clients, ("先按的", "后按的"), strict=True)
        )
    assert (first.result(), second.result()) == (302, 200)
    assert StoryPage.objects.get(pk=page.pk).get_latest_revision_as_object().title == "先按的"
