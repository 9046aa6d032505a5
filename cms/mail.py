"""Mails leave once what they tell of is saved: the database is not held while a mail server answers."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, transaction


class AfterSaving(EmailBackend):
    """Outside of a transaction a mail leaves at once, and whoever sent it hears of an error."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        send = super().send_messages
        if not connection.in_atomic_block:
            return send(email_messages)
        transaction.on_commit(lambda: send(email_messages), robust=True)
        return len(email_messages)
