from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from site_builder import content_store as store
from site_builder.front_matter import dump, load
from site_builder.records import (
    BEIJING,
    Figure,
    Quota,
    Record,
    Schedule,
    Share,
    Story,
    Union,
    Window,
    check_link,
)
from site_builder.records.events import Post
from tests.strategies import adoptions, all_records, media, unions
from tests.strategies_bodies import nasty_text

slow = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@slow
@given(all_records)
def test_a_record_survives_its_file(record: Record) -> None:
    text = store.record_text(record)
    again = store.parse_record(text, store.record_path(record))
    assert again == record
    assert store.record_text(again) == text


@slow
@given(unions)
def test_a_union_survives_its_file(union: Union) -> None:
    text = store.union_text(union)
    again = store.parse_union(text, store.union_path(union.slug))
    assert again == union
    assert store.union_text(again) == text


@slow
@given(st.lists(adoptions, max_size=3, unique_by=lambda adoption: adoption.record))
def test_adoptions_survive_their_file(given_adoptions: list[Any]) -> None:
    text = store.adoptions_text(given_adoptions)
    again = store.parse_adoptions(text, store.adoptions_path("pingdu"))
    assert again == tuple(sorted(given_adoptions, key=lambda adoption: str(adoption.record)))
    assert store.adoptions_text(again) == text


@slow
@given(media)
def test_a_medium_survives_its_description(medium: Any) -> None:
    text = store.media_text(medium)
    again = store.parse_media(text, f"{store.media_path(medium.ref)}.yaml")
    assert again == medium
    assert store.media_text(again) == text


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), nasty_text | st.lists(nasty_text)))
def test_whatever_text_is_written_as_yaml_is_read_again(values: dict[str, Any]) -> None:
    kept = {key: value for key, value in values.items() if value != []}
    document = load(dump(kept)).value
    assert (document or {}) == kept
    assert dump(document or {}) == dump(kept)


@given(nasty_text)
def test_the_options_of_a_fence_have_no_empty_line(text: str) -> None:
    written = dump({"text": text}, blank_lines=False)
    assert all(line.strip() for line in written.split("\n")[:-1])
    assert load(written).value == {"text": text}


def test_a_moment_without_time_is_the_day_in_beijing() -> None:
    record = Story.model_validate(_story(published="2025-04-01"))
    assert record.published == datetime(2025, 4, 1, tzinfo=BEIJING)
    assert record.published.isoformat() == "2025-04-01T00:00:00+08:00"


def test_a_moment_is_kept_in_beijing() -> None:
    record = Story.model_validate(_story(published="2025-03-31T17:00:00.500Z"))
    assert record.published.isoformat() == "2025-04-01T01:00:00+08:00"


def test_a_window_ends_with_its_last_day() -> None:
    window = Window(opens=date(2025, 4, 1), closes=date(2025, 4, 1))
    assert window.opens_at == datetime(2025, 4, 1, tzinfo=BEIJING)
    assert window.closes_at == datetime(2025, 4, 2, tzinfo=BEIJING)


def test_a_window_tells_a_day_from_a_moment_that_begins_one() -> None:
    day = Window.model_validate({"closes": "2025-04-01"})
    midnight = Window.model_validate({"closes": "2025-04-01T00:00:00+08:00"})
    assert day.closes == date(2025, 4, 1)
    assert day.closes_at == datetime(2025, 4, 2, tzinfo=BEIJING)
    assert midnight.closes_at == datetime(2025, 4, 1, tzinfo=BEIJING)
    assert type(midnight.closes) is datetime
    for refused in ("2025-04-01T00:00:00", "2025-02-30", "bald"):
        with pytest.raises(ValidationError):
            Window.model_validate({"closes": refused})


@pytest.mark.parametrize("written", ["125460.30", "0.0000001", "-5", "350"])
def test_a_number_stays_as_it_was_written(written: str) -> None:
    figure = Figure.model_validate({"label": "补助", "value": written, "unit": "元", "as_of": "2024"})
    assert str(figure.model_dump(mode="json")["value"]).replace("E-7", "e-7") in (written, "1e-7")
    quota = Quota.model_validate({"value": written})
    assert f"value: {written}\n" in dump({"value": quota.value})


@pytest.mark.parametrize(
    "refused",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "data:text/html,x",
        "vbscript:x",
        "//evil.example/x", "https://a b", "java\nscript:alert(1)", "record:1234", "file:///etc/passwd", "",
        "https://", "https:evil.example", "https://a:b@evil.example/", "https://[::1", "mailto:", "tel:",
    ],
)  # fmt: skip
def test_links_of_other_schemes_are_refused(refused: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        check_link(refused)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Figure.model_validate({"label": "人数", "value": "5", "unit": "人"}), "needs a date"),
        (
            lambda: Figure.model_validate({"label": "人数", "value": True, "unit": "人", "as_of": "2024"}),
            "number",
        ),
        *(
            (lambda day=day: Figure(label="人数", value="5", unit="人", as_of=day), says)
            for day, says in (
                ("2024-13", "month"),
                ("2024-02-30", "day"),
                ("0000", "year"),
                ("２０２４", "pattern"),
            )
        ),
        (lambda: Post(title="电工", headcount=10**20), "less than or equal"),
        (lambda: Share(mode="offer"), "needs share.to"),
        (lambda: Window(opens=date(2025, 4, 2), closes=date(2025, 4, 1)), "after opens"),
        (lambda: Schedule(cron="every day"), "five fields"),
        (lambda: Schedule(cron="0 6 * * * *"), "five fields"),
        (lambda: Schedule(cron="0 0 31 2 *"), "never comes: its months have no such day"),
        (lambda: Schedule(cron="0 0 30,31 feb *"), "never comes"),
        (lambda: Schedule(cron="61 0 31 2 *"), "no cron line"),
        (lambda: Schedule(cron="0 6 * * *", timezone="Asia"), "Asia/Shanghai"),
        (lambda: Schedule(cron="0 6 * * *", timezone="Asia/Nowhere"), "Asia/Shanghai"),
        (lambda: Story.model_validate(_story(title="")), "title is missing"),
        (lambda: Story.model_validate(_story(title="\u200b\ufeff")), "no visible sign"),
        (lambda: Story.model_validate(_story(title="夜校\u202e招生")), r"U\+202E"),
        (lambda: Story.model_validate(_story(surprise="x")), "surprise"),
        (lambda: Story.model_validate(_story(key_points=["只有一句。"])), "key_points has 1: give 2 to 5"),
        (lambda: Story.model_validate(_story(key_points=list("一二三四五六"))), "key_points has 6"),
        (lambda: Story.model_validate(_story(key_points=["一", "二" * 121])), "at most 120 characters"),
        (lambda: Story.model_validate(_story(key_points=["一", ""])), "pattern"),
    ],
)
def test_what_a_record_refuses(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        make()


def test_where_files_lie() -> None:
    record = Story.model_validate(_story())
    assert store.record_path(record) == PurePosixPath("records/pingdu/story/yexiao.md")
    assert store.union_path("pingdu") == PurePosixPath("unions/pingdu.md")
    assert store.adoptions_path("pingdu") == PurePosixPath("adoptions/pingdu.yaml")
    assert store.media_path("media:pingdu/a.png") == PurePosixPath("media/pingdu/a.png")


def _story(**changed: Any) -> dict[str, Any]:
    return {
        "id": "0196e7a4-1c5b-4d0a-9d0e-3b6f7a8c9d01",
        "kind": "story",
        "union": "pingdu",
        "title": "下班后，去夜校",
        "slug": "yexiao",
        "published": "2025-04-01T09:00:00+08:00",
        **changed,
    }
