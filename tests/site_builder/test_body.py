from __future__ import annotations

from hypothesis import given, settings

from site_builder.body import normalise, parse, parse_prose, write, write_prose
from site_builder.body.tree import *  # noqa
from tests.strategies import bodies, prose, raw_bodies


@given(raw_bodies)
def test_what_is_written_reads_as_what_was_meant(body):
    text = write(body)
    assert parse(text) == normalise(body)
    assert write(parse(text)) == text


@given(raw_bodies)
def test_normalising_twice_changes_nothing(body):
    once = normalise(body)
    assert normalise(once) == once
