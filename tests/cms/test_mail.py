"""Mails are sent after what they tell of was saved, and not while the database is held for it."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction

from cms.settings import environment


def test_mails_wait_for_the_end_of_a_transaction(db, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example:587")
    sent: list[EmailMessage] = []
    monkeypatch.setattr(EmailBackend, "send_messages", lambda _self, mails: sent.extend(mails))
    server = get_connection(environment.email()["EMAIL_BACKEND"])
    mail = EmailMessage("审核", to=["shenhe@example.org"], connection=server)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        assert mail.send() == 1
        assert not sent
    assert sent == [mail]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_mail_server_that_is_away_is_heard_of_where_nothing_is_saved(monkeypatch):
    def away(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    server = get_connection("cms.mail.AfterSaving")
    mail = EmailMessage("告警", to=["guanli@example.org"], connection=server)
    with pytest.raises(ConnectionRefusedError):
        mail.send()
    with transaction.atomic():
        mail.send()  # what was saved stays saved
