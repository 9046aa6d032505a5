"""Groups of words that mean the same to whoever searches, in the order of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from site_builder import content_store
from site_builder.content_store import SynonymGroup
from site_builder.search.analysis import normalise

_BETWEEN = re.compile(r"[\r\n、，,；;]+")
"""What people put between words; kept are lines."""
_LONGEST = 40
"""Characters in a word; a longer one is a sentence, and nobody types it."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a field, one a line; each once."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))


class WordGroup(models.Model):
    """One line of `content/synonyms.yaml`. The first word names the group."""

    words = models.TextField(
        _("意思相同的词"),
        help_text=_(
            "一行一个词，至少两个；第一个是这一组的名字。搜其中一个，另外几个也找得到，例如：产改、产业工人队伍建设改革"
        ),
    )
    apart = models.TextField(
        _("不算在内的词"),
        blank=True,
        help_text=_("含有上面的词而意思不同的词，一行一个，例如“城市总体”里的“市总”不是市总工会"),
    )
    position = models.PositiveIntegerField(null=True, editable=False)
    """Its place in the file."""

    class Meta:
        verbose_name = _("同义词")
        verbose_name_plural = _("同义词")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return " = ".join(words_of(self.words))

    def clean(self) -> None:
        """Raises ValidationError for a group that would do nothing, or undo another."""
        self.words, self.apart = (_BETWEEN.sub("\n", field) for field in (self.words, self.apart))
        words, apart = words_of(self.words), words_of(self.apart)
        folded = [normalise(word) for word in words]
        if len(set(folded)) < 2:
            raise ValidationError({"words": _("至少写两个不同的词（全角半角、繁体简体算同一个）。")})
        if long := [word for word in (*words, *apart) if len(word) > _LONGEST]:
            raise ValidationError(
                _("“%(word)s”超过%(count)d个字：请写人们会搜的词，不写句子。"),
                params={"word": long[0], "count": _LONGEST},
            )
        for other in WordGroup.objects.exclude(pk=self.pk):
            theirs = {normalise(word) for word in words_of(other.words)}
            if taken := [word for word in words if normalise(word) in theirs]:
                message = _("“%(word)s”已在另一组里（%(group)s）：请合并，一个词只能在一组。")
                raise ValidationError(
                    {"words": ValidationError(message, params={"word": taken[0], "group": str(other)})}
                )
        if idle := [word for word in apart if not any(each in normalise(word) for each in folded)]:
            message = _("“%(word)s”里没有上面的任何一个词，不必写。")
            raise ValidationError({"apart": ValidationError(message, params={"word": idle[0]})})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new group goes to the end."""
        if self.position is None:
            last = WordGroup.objects.aggregate(last=Max("position"))["last"]
            self.position = 0 if last is None else last + 1
        super().save(*args, **kwargs)


def table() -> tuple[SynonymGroup, ...]:
    """The whole table as `content_store` knows it."""
    return tuple(
        SynonymGroup(words=words_of(group.words), apart=words_of(group.apart))
        for group in WordGroup.objects.all()
    )


def text() -> str:
    """`content/synonyms.yaml` as an export would write it."""
    return content_store.synonyms_text(table())


def replace(groups: Iterable[SynonymGroup]) -> None:
    """Make the table say what `groups` say; what stays the same keeps its row, and its history with it."""
    rows = {(words_of(row.words), words_of(row.apart)): row for row in WordGroup.objects.all()}
    for position, group in enumerate(groups):
        row = rows.pop((group.words, group.apart), None)
        if row is None:
            row = WordGroup(words="\n".join(group.words), apart="\n".join(group.apart))
        if row.pk is None or row.position != position:
            row.position = position
            row.save()
    for row in rows.values():
        row.delete()
