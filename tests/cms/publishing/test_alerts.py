"""What somebody must know: seen by the union it concerns, gone when repaired, mailed once."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cms.accounts.models import User
from cms.places import places
from cms.publishing import queue
from cms.publishing.alerts import alerts_for
from cms.publishing.clock import Clock
from cms.publishing.models import ScheduleRetry, SiteRetry, Worker
from cms.publishing.worker import Done, PublishingWorker
from cms.unions.models import UnionPage
from tests.cms.bridge import ago

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def broken(unions: SimpleNamespace, make_story: Callable[..., Any], settings: Any) -> UnionPage:
    """The site of 青岛 is live, and its theme is gone since; that of 山东 goes on."""
    settings.UNIONPRESS_MAIL_ALERTS = True
    make_story(unions.shandong, "第一篇")
    step()
    unions.qingdao.theme = "no-such-theme"
    unions.qingdao.save_revision().publish()
    return unions.qingdao


def step(at: datetime | None = None) -> Done:
    class Then(Clock):
        def real(self) -> datetime:
            return at or datetime.now(UTC)

    return PublishingWorker(places(), Then(), jobs=1).step()


def fail_again() -> SiteRetry:
    """One more try, as soon as it is due."""
    step(SiteRetry.objects.get().retry_at)
    return SiteRetry.objects.get()


def repair(union: UnionPage) -> None:
    union.theme = "base"
    union.save_revision().publish()
    step()


def codes(user: User) -> list[str]:
    return [alert.code for alert in alerts_for(user)]


def home(client: Client) -> str:
    return client.get(reverse("wagtailadmin_home")).content.decode()


def test_a_site_that_fails_is_told_to_its_own_people_until_it_is_repaired(
    broken: UnionPage, people: SimpleNamespace, sign_in: SignIn
) -> None:
    step()
    for person in (people.qingdao_editor, people.qingdao_reviewer, people.network_admin, people.superuser):
        assert codes(person) == ["site-failed"]
    assert codes(people.shandong_manager) == []
    page = home(sign_in(people.qingdao_editor))
    assert "青岛市总工会的网站没有构建成功（连续 1 次）" in page
    assert "no-such-theme" in page
    assert reverse("publishing-site", args=["qingdao"]) in page
    assert "没有构建成功" not in home(sign_in(people.shandong_manager))
    assert "没有构建成功" in sign_in(people.qingdao_editor).get(reverse("publishing-status")).content.decode()
    repair(broken)
    assert codes(people.qingdao_editor) == []
    assert "没有构建成功" not in home(sign_in(people.qingdao_editor))


def test_it_is_tried_later_and_later(broken: UnionPage) -> None:
    step()
    first = SiteRetry.objects.get()
    waits = []
    for _ in range(4):
        before = SiteRetry.objects.get()
        waits.append(before.retry_at)
        assert not step(before.retry_at - timedelta(seconds=1)).sites, "not before its time"
        fail_again()
    spans = [later - sooner for sooner, later in pairwise(waits)]
    assert spans == sorted(spans)
    assert spans[-1] > spans[0]
    last = SiteRetry.objects.get()
    assert last.failures == first.failures + 4
    assert last.first_failed_at == first.first_failed_at
    assert queue.back_off(10_000) == timedelta(hours=1)


def test_a_mail_each_to_reviewers_and_managers_once_and_once_more_when_repaired(
    broken: UnionPage, people: SimpleNamespace
) -> None:
    step()
    assert mail.outbox == [], "a first failure is tried again within seconds"
    assert fail_again().mailed_at is not None
    told = sorted(message.to for message in mail.outbox)
    assert told == [["qingdao-manager@example.org"], ["qingdao-reviewer@example.org"]]
    assert "青岛市总工会" in mail.outbox[0].subject
    assert "no-such-theme" in mail.outbox[0].body
    assert reverse("publishing-site", args=["qingdao"]) in mail.outbox[0].body
    fail_again()
    assert len(mail.outbox) == 2, "once"
    repair(broken)
    assert len(mail.outbox) == 4
    assert "已恢复" in mail.outbox[-1].subject


def test_no_mail_where_none_is_set_up(broken: UnionPage, settings: Any) -> None:
    settings.UNIONPRESS_MAIL_ALERTS = False
    step()
    fail_again()
    repair(broken)
    assert mail.outbox == []


def test_a_mail_server_that_refuses_holds_up_nothing(
    broken: UnionPage, people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("cms.publishing.alerts.send_mail", refuse)
    step()
    assert fail_again().mailed_at is None, "it is tried with the next failure"
    assert codes(people.qingdao_editor) == ["site-failed"]


def test_no_worker_is_told_until_one_runs(
    unions: SimpleNamespace, people: SimpleNamespace, sign_in: SignIn
) -> None:
    assert codes(people.qingdao_editor) == ["no-worker"]
    assert "没有正在运行的发布进程" in home(sign_in(people.qingdao_editor))
    queue.beat("host.1", datetime.now(UTC))
    assert codes(people.qingdao_editor) == []
    Worker.objects.update(beat_at=ago(minutes=10))
    (alert,) = alerts_for(people.qingdao_editor)
    assert alert.code == "no-worker"
    assert alert.since is not None, "since when it was heard of last"


def test_publishing_that_fails_is_told_to_everybody_until_it_works(
    unions: SimpleNamespace,
    people: SimpleNamespace,
    make_story: Callable[..., Any],
    sign_in: SignIn,
    settings: Any,
) -> None:
    make_story(unions.qingdao, "写好的稿件")
    settings.UNIONPRESS_CONTENT.write_bytes(b"a file where the folder is to be")
    step()
    assert codes(people.shandong_manager) == [], "it is tried again within seconds"
    step(datetime.now(UTC) + timedelta(seconds=30))
    for person in (people.qingdao_editor, people.shandong_manager):
        (alert,) = alerts_for(person)
        assert alert.code == "publish-failed"
        assert "content" in alert.detail
    assert "改动还没有上网" in home(sign_in(people.qingdao_editor))
    settings.UNIONPRESS_CONTENT.unlink()
    step(datetime.now(UTC) + timedelta(seconds=90))
    assert codes(people.qingdao_editor) == []


def test_a_file_that_cannot_be_written_is_told_to_its_own_people(
    unions: SimpleNamespace, people: SimpleNamespace, make_story: Callable[..., Any], settings: Any
) -> None:
    page = make_story(unions.qingdao, "写好的稿件")
    step()
    (file,) = settings.UNIONPRESS_CONTENT.glob(f"records/*/story/{page.slug}.md")
    file.unlink()
    file.mkdir()
    page.save_revision().publish()
    step(datetime.now(UTC) + timedelta(seconds=30))
    step(datetime.now(UTC) + timedelta(seconds=60))
    (alert,) = alerts_for(people.qingdao_editor)
    assert (alert.code, alert.problem and alert.problem.code) == ("not-written", "not-written")
    assert "写好的稿件" in alert.message
    assert codes(people.network_admin) == ["not-written"]
    assert codes(people.shandong_manager) == []
    file.rmdir()
    step(datetime.now(UTC) + timedelta(seconds=120))
    assert codes(people.qingdao_editor) == []


def test_a_scheduled_publication_that_fails_is_told_to_its_own_people(
    unions: SimpleNamespace, people: SimpleNamespace, make_story: Callable[..., Any]
) -> None:
    queue.beat("host.1", datetime.now(UTC))
    page = make_story(unions.qingdao, "定时的稿件")
    ScheduleRetry.objects.create(revision=-page.pk, retry_at=datetime.now(UTC), problem="a plug-in failed")
    (alert,) = alerts_for(people.qingdao_editor)
    assert alert.address == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert "定时的稿件" in alert.message
    assert codes(people.shandong_manager) == []
    ScheduleRetry.objects.all().delete()
    assert codes(people.qingdao_editor) == []
