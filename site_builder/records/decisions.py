"""Decision guides, which lead by questions to an outcome, and tables of who gets what.

A guide is a graph: each option of a question leads to a question or an outcome by its key, and the first
question is where everybody begins. It holds as a whole: every way ends in an outcome, no way comes back to
where it was, and nothing is written that no way reaches (`mistakes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from site_builder.records.scalars import Line, Link, Markdown, Model
from site_builder.records.values import Contact

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")]
"""A short name inside one guide, by which options lead on; part of the page's addresses (`#q-...`)."""


class DecisionOption(Model):
    label: Line = Field(min_length=1, description="the answer, as a reader would give it")
    next: Key = Field(description="the key of the question or outcome it leads to")


class DecisionQuestion(Model):
    key: Key
    question: Line = Field(min_length=1)
    help: Markdown = Field("", description="what the words mean, where one finds out")
    options: tuple[DecisionOption, ...] = Field(min_length=1)


class DecisionOutcome(Model):
    key: Key
    title: Line = Field(min_length=1, description="the answer in a few words")
    verdict: Literal["yes", "no", "ask"] = Field(
        "yes", description="yes: one can; no; ask: somebody has to look"
    )
    text: Markdown = ""
    links: tuple[Link, ...] = Field(
        (), description="where to go on: record:<id> of a program, a place, a service"
    )
    contact: Contact | None = Field(None, description="whom to ask; empty: the union")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong with a guide. `name` is the key (or the question's words) it is about."""

    code: Literal["repeated", "dangling", "loop", "unreachable", "no-question", "no-outcome"]
    name: str
    at: str = ""
    """The question in which it stands."""

    def __str__(self) -> str:
        return _MISTAKES[self.code].format(name=self.name, at=self.at)


_MISTAKES = {
    "repeated": "two questions or outcomes have the key {name!r}: give one of them another",
    "dangling": "an option of the question {at!r} leads to {name!r}, which does not exist: "
    "write that question or outcome, or correct next",
    "loop": "the question {name!r} leads back to itself by way of {at!r}: no way may go round in circles",
    "unreachable": "no option leads to {name!r}: remove it, or let an option lead there",
    "no-question": "there is no question: write the first one",
    "no-outcome": "there is no outcome: every way must end in one",
}


def mistakes(questions: Sequence[tuple[str, Sequence[str]]], outcomes: Sequence[str]) -> Iterator[Mistake]:
    """What is wrong with a guide of these questions (key, where its options lead) and outcomes (keys)."""
    if not questions:
        yield Mistake("no-question", "")
        return
    if not outcomes:
        yield Mistake("no-outcome", "")
    keys = [key for key, _ in questions] + list(outcomes)
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        yield Mistake("repeated", key)
    leads = dict(questions)
    for key, nexts in questions:
        for name in dict.fromkeys(nexts):
            if name not in keys:
                yield Mistake("dangling", name, key)
    reached: set[str] = set()
    # Depth first without recursion: what is still open is on the way from the first question.
    way: list[tuple[str, Iterator[str]]] = [(questions[0][0], iter(leads[questions[0][0]]))]
    reached.add(questions[0][0])
    open_keys = [questions[0][0]]
    while way:
        key, rest = way[-1]
        ahead = next(rest, None)
        if ahead is None:
            way.pop()
            open_keys.pop()
        elif ahead in open_keys:
            yield Mistake("loop", ahead, key)
        elif ahead not in reached:
            reached.add(ahead)
            if ahead in leads:
                way.append((ahead, iter(leads[ahead])))
                open_keys.append(ahead)
    for key in dict.fromkeys(keys):
        if key not in reached:
            yield Mistake("unreachable", key)


class Decision(Model):
    """Questions and the outcomes they lead to."""

    title: Line = Field("", description="empty: 我该怎么办")
    intro: Markdown = ""
    questions: tuple[DecisionQuestion, ...] = Field(description="the first one is where everybody begins")
    outcomes: tuple[DecisionOutcome, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        found = [str(mistake) for mistake in mistakes(*self.graph())]
        if found:
            raise ValueError("; ".join(found))
        return self

    def graph(self) -> tuple[list[tuple[str, list[str]]], list[str]]:
        """What `mistakes` reads."""
        questions = [(item.key, [option.next for option in item.options]) for item in self.questions]
        return questions, [outcome.key for outcome in self.outcomes]


class MatrixRow(Model):
    label: Line = Field(min_length=1)
    cells: tuple[Line, ...] = Field(description="one a column, as printed; empty: not known, shown as 请咨询")


class Matrix(Model):
    """Who gets what: audiences or grades down, products across (等级 × 险种)."""

    title: Line = Field(min_length=1)
    corner: Line = Field("", description="what the rows are: 技能等级")
    columns: tuple[Line, ...] = Field(min_length=1)
    rows: tuple[MatrixRow, ...] = Field(min_length=1)
    note: Line = ""

    @model_validator(mode="after")
    def _even(self) -> Self:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(
                    f"the row {row.label!r} has not a cell for each column "
                    f"({len(row.cells)} for {len(self.columns)}): "
                    "give every row one cell a column, an empty one where nothing is known"
                )
        return self
