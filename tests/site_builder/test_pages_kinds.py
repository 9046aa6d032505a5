"""Pages of events, places and services: lists, months, calendar files, and what templates are given."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from dateutil import rrule

from site_builder import paths
from site_builder.contexts import CalendarPage, HomePage, ListPage, Page, RecordPage
from site_builder.pages import calendars, pages
from site_builder.plan import occurrences, plan
from site_builder.records import BEIJING, Event, Kind
from tests.builders import NOW, Network, days, to


def evening(day: str, **fields: Any) -> dict[str, Any]:
    return {"starts": f"{day}T19:00:00+08:00", "ends": f"{day}T20:30:00+08:00", **fields}


def made(network: Network, union: str = "pingdu", as_of: datetime = NOW) -> dict[str, Page]:
    content = network.content()
    return {page.path: page for page in pages(plan(content, union, as_of), content)}


def events() -> Network:
    network = Network()
    weekly = evening("2025-04-11", repeats={"on": ["fri"], "count": 5, "skips": ["2025-05-02"]})
    network.record(Kind.EVENT, "pingdu", "ke", title="油画课", sessions=[weekly], summary="周五")
    network.record(
        Kind.EVENT, "pingdu", "hui", title="招聘会", sessions=[evening("2025-04-09")], type="jobfair"
    )
    network.record(Kind.EVENT, "pingdu", "jiu", title="旧赛", sessions=[evening("2025-03-05")])
    network.record(Kind.EVENT, "pingdu", "when", title="直播", when="每周二、周四")
    network.record(
        Kind.EVENT, "pingdu", "off", title="停办", sessions=[evening("2025-04-20")], status="cancelled",
        status_note="场地停用",
    )  # fmt: skip
    return network


def test_what_is_to_come_is_listed_next_first_and_what_is_over_apart() -> None:
    found = made(events())
    coming, past = found["/events/"], found["/events/past/"]
    assert isinstance(coming, ListPage)
    assert isinstance(past, ListPage)
    assert [card.title for card in coming.cards] == ["招聘会", "油画课", "停办", "直播"]
    assert [card.title for card in past.cards] == ["旧赛"]
    assert (coming.past, coming.calendar) == ("/events/past/", "/events/calendar.ics")
    assert [link.label for link in coming.months] == ["2025-03", "2025-04", "2025-05"]
    home = found["/"]
    assert isinstance(home, HomePage)
    assert "旧赛" not in {card.title for card in home.events}


def test_a_cancelled_event_leaves_the_list_when_its_day_is_over() -> None:
    found = made(events(), as_of=NOW + days(20))
    past = found["/events/past/"]
    assert isinstance(past, ListPage)
    assert [card.title for card in past.cards] == ["停办", "招聘会", "旧赛"]


def test_a_month_has_every_day_and_each_date_once() -> None:
    april, may = (made(events())[path] for path in ("/events/2025/04/", "/events/2025/05/"))
    assert isinstance(april, CalendarPage)
    assert isinstance(may, CalendarPage)
    assert (len(april.days), len(may.days)) == (30, 31)
    entries = {
        day["date"]: [entry["title"] for entry in day["entries"]] for day in april.days if day["entries"]
    }
    assert entries == {
        "2025-04-09": ["招聘会"], "2025-04-11": ["油画课"], "2025-04-18": ["油画课"], "2025-04-20": ["停办"],
        "2025-04-25": ["油画课"],
    }  # fmt: skip
    assert not any(day["entries"] for day in may.days if day["date"] == "2025-05-02"), "left out"
    cancelled = next(day for day in april.days if day["date"] == "2025-04-20")["entries"][0]
    assert cancelled["status"] == "cancelled"
    assert (april.previous, april.next) == ("/events/2025/03/", "/events/2025/05/")


def test_no_record_takes_the_place_of_a_month_or_of_the_past() -> None:
    network = events()
    network.record(Kind.EVENT, "pingdu", "past", title="叫往期的活动")
    found = made(network)
    assert found["/events/past/"].title == "往期活动"
    assert "叫往期的活动" not in {page.title for page in found.values()}


def test_results_are_told_when_it_is_over_and_not_a_moment_before() -> None:
    network = Network()
    outcome = [{"label": "达成意向", "value": 230, "unit": "人", "as_of": "2025-04-09"}]
    network.record(
        Kind.EVENT, "shandong", "hui", title="招聘会", sessions=[evening("2025-04-09")], outcome=outcome,
        results=[{"name": "优胜单位"}], share=to("descendants"),
    )  # fmt: skip
    over = datetime(2025, 4, 9, 20, 30, tzinfo=BEIJING)
    for union, path in (("shandong", "/events/hui/"), ("pingdu", "/events/shandong/hui/")):
        before = made(network, union, over - timedelta(seconds=1))[path]
        after = made(network, union, over)[path]
        assert isinstance(before, RecordPage)
        assert isinstance(after, RecordPage)
        assert "优胜单位" not in repr(before)
        assert "230" not in repr(before)
        assert after.record["results"][0]["name"] == after.data["results"][0]["name"] == "优胜单位"
        assert after.state is not None
        assert after.state.code == "past"


def test_calendar_files_say_what_the_pages_say() -> None:
    network = events()
    network.program("pingdu", "xm", title="助学", window={"closes": "2025-05-01"})
    content = network.content()
    site = plan(content, "pingdu", NOW)
    files = {path: calendar.data() for path, calendar in calendars(site, content).items()}
    assert set(files) == {
        "/events/calendar.ics", "/programs/xm/calendar.ics",
        *(f"/events/{slug}/calendar.ics" for slug in ("ke", "hui", "jiu", "off")),
    }  # fmt: skip
    assert b"DTSTART;VALUE=DATE:20250501\r\nDTEND;VALUE=DATE:20250502" in files["/programs/xm/calendar.ics"]
    assert b"STATUS:CANCELLED" in files["/events/off/calendar.ics"]
    course = next(item.record for item in site.items if item.record.slug == "ke")
    assert isinstance(course, Event)
    lines = files["/events/ke/calendar.ics"].decode().replace("\r\n ", "").split("\r\n")
    rules = [line.replace("TZID=Asia/Shanghai", "") for line in lines if line.startswith(("RRULE", "EXDATE"))]
    start = next(line for line in lines if line.startswith("DTSTART;TZID")).rpartition(":")[2]
    text = "\n".join([f"DTSTART:{start}", *(rule.replace(";:", ":") for rule in rules)])
    expected = [moment.replace(tzinfo=BEIJING) for moment in rrule.rrulestr(text)]
    assert [one.starts for one in occurrences(course, NOW)] == expected
    everything = files["/events/calendar.ics"]
    assert everything.count(b"BEGIN:VEVENT") == 4
    assert all(len(line) <= 75 for line in everything.split(b"\r\n"))


def test_a_calendar_file_folds_between_characters_and_escapes_text() -> None:
    network = Network()
    title = "课,堂;一\\二" + "长" * 60
    network.record(Kind.EVENT, "pingdu", "ke", title=title, sessions=[evening("2025-04-11")])
    content = network.content()
    data = calendars(plan(content, "pingdu", NOW), content)["/events/ke/calendar.ics"].data()
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    text = data.decode().replace("\r\n ", "")
    assert "SUMMARY:课\\,堂\\;一\\\\二" + "长" * 60 + "\r\n" in text


def test_places_and_services_name_each_other_only_where_both_are_seen() -> None:
    network = Network()
    place = network.record(Kind.PLACE, "pingdu", "gong", title="文化宫", hours=[
        {"days": ["mon", "tue", "wed", "fri"], "opens": "08:00", "closes": "11:00"},
        {"days": ["mon", "tue", "wed"], "opens": "14:00", "closes": "18:00"},
    ])  # fmt: skip
    network.record(Kind.SERVICE, "shandong", "app", title="应用", places=[place.id], share=to("descendants"))
    network.record(Kind.EVENT, "pingdu", "ke", title="课", venue=place.id)
    here, above = made(network), made(network, "shandong")
    service, event, shown = here["/services/shandong/app/"], here["/events/ke/"], here["/places/gong/"]
    assert isinstance(service, RecordPage)
    assert isinstance(event, RecordPage)
    assert isinstance(shown, RecordPage)
    link = {"id": str(place.id), "label": "文化宫", "href": "/places/gong/"}
    assert service.record["places"] == (link,)
    assert event.record["venue"] == link
    upper = above["/services/app/"]
    assert isinstance(upper, RecordPage)
    assert upper.record["places"] == ()
    rows = [(row.days, row.first, row.last, row.times) for row in shown.record["hour_rows"]]
    assert rows == [
        (("mon", "tue", "wed"), "mon", "wed", ("08:00–11:00", "14:00–18:00")),
        (("fri",), "", "", ("08:00–11:00",)),
    ]


def test_structured_data_of_the_new_kinds() -> None:
    network = Network()
    network.record(Kind.EVENT, "pingdu", "ke", title="课", sessions=[evening("2025-04-11")], modes=["live"])
    network.record(Kind.EVENT, "pingdu", "no", title="没有日期")
    position = {"latitude": 36.1, "longitude": 117.2}
    network.record(Kind.PLACE, "pingdu", "a", title="甲", position=position)
    network.record(Kind.PLACE, "pingdu", "b", title="乙", position={**position, "datum": "wgs84"})
    network.record(Kind.SERVICE, "pingdu", "s", title="服务", operator="市总工会")
    found = made(network)
    types = {
        path: found[path].json_ld[0]["@type"]
        for path in ("/events/ke/", "/events/no/", "/places/a/", "/services/s/")
    }
    assert list(types.values()) == ["Event", "CreativeWork", "Place", "GovernmentService"]
    event = found["/events/ke/"].json_ld[0]
    assert event["startDate"] == "2025-04-11T19:00:00+08:00"
    assert event["eventAttendanceMode"].endswith("/OnlineEventAttendanceMode")
    assert "geo" not in found["/places/a/"].json_ld[0], "GCJ-02 is not what schema.org means"
    assert found["/places/b/"].json_ld[0]["geo"]["latitude"] == "36.1"


def test_the_site_knows_which_pages_it_has() -> None:
    network = events()
    network.story("pingdu", "s", body="[四月](/events/2025/04/)[九月](/events/2025/09/)[往期](/events/past/)")
    story = next(page for page in made(network).values() if page.path.endswith("/s/"))
    assert isinstance(story, RecordPage)
    html = story.body[0]["html"]
    assert "events/2025/04/" in html
    assert "events/past/" in html
    assert "2025/09" not in html


def test_paths_of_events_are_reserved() -> None:
    for path in ("/events/past/", "/events/2025/04/", "/events/calendar.ics", "/events/past/page/2/"):
        assert paths.is_fixed(path), path
    assert not paths.is_fixed("/events/ke/")
