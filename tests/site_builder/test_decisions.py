"""Decision guides hold as a whole: every way ends in an outcome, none goes round, nothing is out of reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from site_builder.records import Decision, Matrix, Publicity
from site_builder.records.decisions import mistakes

KEYS = [f"k{number}" for number in range(5)]
graphs = st.dictionaries(
    st.sampled_from(KEYS), st.lists(st.sampled_from([*KEYS, "end"]), min_size=1, max_size=3), max_size=5
)


def ways(graph: Mapping[str, Sequence[str]], key: str, taken: tuple[str, ...] = ()) -> Any:
    """Every way from a question, as far as it goes without going round."""
    taken = (*taken, key)
    if key not in graph or taken.count(key) > 1:
        yield taken
    else:
        for name in graph[key]:
            yield from ways(graph, name, taken)


@given(graphs, st.booleans())
def test_a_guide_without_mistakes_leads_everybody_to_an_outcome(
    graph: dict[str, list[str]], ends: bool
) -> None:
    outcomes = ["end"] if ends else []
    found = {mistake.code for mistake in mistakes(list(graph.items()), outcomes)}
    if not graph:
        assert found == {"no-question"}
        return
    every = list(ways(graph, next(iter(graph))))
    reached = {key for way in every for key in way} | {next(iter(graph))}
    assert ("loop" in found) == any(way.count(way[-1]) > 1 for way in every)
    names = {name for nexts in graph.values() for name in nexts}
    assert ("dangling" in found) == bool(names - graph.keys() - set(outcomes))
    assert ("unreachable" in found) == bool((graph.keys() | set(outcomes)) - reached)
    assert ("no-outcome" in found) == (not ends)


def guide(questions: dict[str, list[str]], outcomes: list[str]) -> Decision:
    return Decision.model_validate(
        {
            "questions": [
                {
                    "key": key,
                    "question": f"问{key}",
                    "options": [{"label": name, "next": name} for name in to],
                }
                for key, to in questions.items()
            ],
            "outcomes": [{"key": key, "title": key} for key in outcomes],
        }
    )


@pytest.mark.parametrize(
    ("questions", "outcomes", "message"),
    [
        ({"q1": ["q2"]}, ["yes"], "the question 'q1' leads to 'q2', which does not exist"),
        (
            {"q1": ["q2", "yes"], "q2": ["q1"]},
            ["yes"],
            "the question 'q1' leads back to itself by way of 'q2'",
        ),
        ({"q1": ["yes"], "q2": ["yes"]}, ["yes"], "no option leads to 'q2'"),
        ({"q1": ["yes"]}, ["yes", "no"], "no option leads to 'no'"),
        ({"q1": ["yes"]}, ["yes", "yes"], "have the key 'yes'"),
        ({"q1": ["q1"]}, ["yes"], "leads back to itself"),
        ({"q1": ["yes"]}, [], "there is no outcome"),
        ({}, ["yes"], "there is no question"),
    ],
)
def test_the_message_names_what_is_wrong(
    questions: dict[str, list[str]], outcomes: list[str], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        guide(questions, outcomes)


def test_two_ways_may_meet_again() -> None:
    made = guide({"q1": ["q2", "q3"], "q2": ["q4"], "q3": ["q4"], "q4": ["yes", "no"]}, ["yes", "no"])
    assert [question.key for question in made.questions] == ["q1", "q2", "q3", "q4"]


def test_a_table_has_a_cell_for_every_column() -> None:
    table = {"title": "等级", "columns": ["车险", "意外险"]}
    assert Matrix.model_validate(table | {"rows": [{"label": "中级工", "cells": ["有", ""]}]}).rows
    with pytest.raises(ValidationError, match=r"'中级工' has not a cell for each column \(1 for 2\)"):
        Matrix.model_validate(table | {"rows": [{"label": "中级工", "cells": ["有"]}]})


@pytest.mark.parametrize("window", [{"opens": "2025-04-01"}, {"closes": "2025-04-07"}, {"note": "五天"}])
def test_a_public_notice_has_a_first_and_a_last_day(window: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="the first and the last day"):
        Publicity.model_validate({"window": window})
