"""A network in which nothing changed is told by one note; in any doubt there is no answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest

from site_builder import content_store, folder, network, network_build
from site_builder.release import at_rest, rollback, switch
from site_builder.release.inputs import Inputs
from site_builder.release.notes import hold_file, state_file
from site_builder.release.report import Places
from site_builder.release.state import Records
from tests.site_builder.conftest import Network, network_in

AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
ROOT = Path(__file__).parent.parent.parent.parent
UNIONS = ["pingdu", "shandong"]
STORY = "records/pingdu/story/yexiao-zouhong.md"


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the last change of every file lie far enough back to be trusted."""
    monkeypatch.setattr(at_rest, "FRESH", -(10**12))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Network:
    own = network_in(tmp_path_factory.mktemp("at-rest"))
    (own.places.content / "records/shandong/program/bad.md").write_text("---\nid: 1\nkind: program\n---\n")
    (own.places.content / "stray.txt").write_text("of no union")
    report = build(own.places, jobs=1)
    assert [site.union for site in report.sites if not site.failed] == UNIONS
    return own


@pytest.fixture
def places(built: Network) -> Iterator[Places]:
    """Of a network at rest; what a test changes in it, it puts back, and this notes it anew."""
    note(built.places)
    assert ask(built.places) is not None
    yield built.places
    note(built.places)
    assert ask(built.places) is not None, "a test left something behind"


def build(places: Places, *unions: str, **options: object) -> network.Report:
    return network.build(
        places.content,
        places.data,
        places.output,
        unions,
        themes=places.themes,
        **{"as_of": AS_OF, **options},  # type: ignore[arg-type]
    )


def ask(places: Places, *unions: str, as_of: datetime = AS_OF) -> at_rest.AtRest | None:
    return at_rest.unchanged(at_rest.look(places), unions, as_of, places)


def note(places: Places) -> None:
    ground = at_rest.look(places)
    content = content_store.read(places.content)
    at_rest.note(ground, content, Inputs(content, places.themes), places)


def test_nothing_is_read_or_loaded_and_the_report_is_the_same(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    (places.data / "cache" / "at-rest.json").unlink()
    read = build(places)
    records = Records(places.data)
    before = {union: records.state(union) for union in UNIONS}

    def loaded(*_: object, **__: object) -> None:
        raise AssertionError("there is nothing to build")

    monkeypatch.setattr(network_build, "build", loaded)
    told: list[tuple[str, int, int]] = []
    later = AS_OF + timedelta(minutes=1)
    rested = build(places, progress=lambda site, *numbers: told.append((site.union, *numbers)))
    assert replace(rested, seconds=0) == replace(read, seconds=0)
    assert {problem.file for problem in rested.sites[1].problems} >= {"records/shandong/program/bad.md"}
    assert [problem.code for problem in rested.problems] == ["file-stray"]
    assert told == [("pingdu", 1, 2), ("shandong", 2, 2)]
    assert build(places, "shandong", explain=True).to_json()["sites"][0]["reasons"] == []
    only = build(places, "pingdu")
    assert [problem.file for problem in only.problems] == [
        problem.file for problem in (*rested.sites[1].problems, *rested.problems)
    ], "what is wrong with a site that nobody asked for"

    rested = build(places, "pingdu", as_of=later)
    state, shandong = records.state("pingdu"), records.state("shandong")
    assert state
    assert shandong
    assert before["pingdu"]
    assert state.as_of == later == state.releases[state.release or ""].as_of
    assert state.built > before["pingdu"].built
    assert shandong.as_of == AS_OF
    same = ("inputs", "foreign", "release", "pages", "problems", "search_documents", "next_change", "records")
    assert [getattr(state, name) for name in same] == [getattr(before["pingdu"], name) for name in same]
    assert ask(places, "pingdu") is None, "a moment before the last one is built anew"
    records.save_state(before["pingdu"])


def test_one_byte_is_found(places: Places) -> None:
    """Also of the same size, with the time of change put back."""
    for file in (STORY, "unions/pingdu.md", "adoptions/pingdu.yaml"):
        path = places.content / file
        stat, text = path.stat(), path.read_bytes()
        path.write_bytes(text[:-2] + b"x\n")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        assert path.stat().st_size == stat.st_size
        assert ask(places) is None, file
        path.write_bytes(text)
        note(places)
        assert ask(places), file


def test_what_comes_goes_or_is_odd_is_found(places: Places) -> None:
    content = places.content
    story = content / STORY
    aside = content.parent / "aside.md"
    story.rename(aside)
    assert ask(places) is None, "gone"
    story.symlink_to(aside)
    assert ask(places) is None, "a link out of the folder"
    story.unlink()
    aside.rename(story)
    note(places)
    for name in ("records/pingdu/story/new.md", "synonyms.yaml", "media/pingdu/new.png"):
        assert not (content / name).exists()
        (content / name).write_text("new")
        assert ask(places) is None, name
        (content / name).unlink()
        assert ask(places), name
    inside = content / "records" / "pingdu" / "story" / "link.md"
    inside.symlink_to(story)
    note(places)
    assert ask(places) is None, "where a link leads may change without it"
    inside.unlink()
    os.mkfifo(inside)
    assert ask(places) is None, "a pipe"
    inside.unlink()


def test_themes_program_and_libraries_count(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(at_rest, "_installed", lambda: ["pelican-0.dist-info"])
        assert ask(places) is None, "another version of a library"
    assert any(name.startswith("pydantic-") for name in at_rest._installed())
    program = places.data / "program"
    program.mkdir()
    (program / "code.py").write_text("1")
    with monkeypatch.context() as patch:
        patch.setattr(at_rest, "_PACKAGE", program)
        assert ask(places) is None
        note(places)
        assert ask(places)
        (program / "note.txt").write_text("no code")
        assert ask(places)
        (program / "code.py").write_text("2")
        assert ask(places) is None, "another line of code"
    themes = places.data / "themes"
    themes.mkdir()
    elsewhere = replace(places, themes=themes)
    assert ask(elsewhere) is None, "other themes"
    empty = at_rest.look(elsewhere).digest
    hidden = themes / "brand" / "static" / ".well-known" / "security.txt"
    hidden.parent.mkdir(parents=True)
    hidden.write_text("1")
    first = at_rest.look(elsewhere).digest
    hidden.write_text("2")
    assert len({empty, first, at_rest.look(elsewhere).digest}) == 3, "hidden folders are part of a theme too"


def test_each_site_is_asked(places: Places) -> None:
    state = state_file(places.data, "pingdu")
    kept = state.read_bytes()
    found = orjson.loads(kept)
    for change in (
        {"failed": True},
        {"inputs": "another"},
        {"inputs": ""},
        {"release": None},
        {"release": "another"},
        {"as_of": (AS_OF + timedelta(seconds=1)).isoformat()},
        {"next_change": AS_OF.isoformat()},
        {"next_change": "some day"},
    ):
        state.write_bytes(orjson.dumps({**found, **change}))
        assert ask(places) is None, change
    for damaged in (b"", b"{", b"[]", b"{}"):
        state.write_bytes(damaged)
        assert ask(places) is None, damaged
    state.unlink()
    assert ask(places) is None, "never built"
    assert ask(places, "shandong"), "of the other all is known"
    state.write_bytes(kept)
    assert ask(places, "pingdu", as_of=datetime.fromisoformat(found["next_change"]) - timedelta(seconds=1))
    state.write_bytes(kept)
    assert ask(places, "pingdu", "no-such-union") is None


def test_a_rollback_and_what_is_live_count(places: Places) -> None:
    live = switch.live(places.output, "pingdu")
    rollback.rollback(places, "pingdu", live)
    assert hold_file(places.data, "pingdu").exists()
    assert ask(places) is None
    Records(places.data).lift_hold("pingdu")
    assert ask(places)
    switch.take_down(places.output, "pingdu")
    assert ask(places) is None
    switch.switch(places.output, "pingdu", live or "")
    other = places.output / "sites" / "gone"
    other.symlink_to(switch.link_path(places.output, "pingdu").readlink())
    assert ask(places) is None, "a site without a union is for the build to take down"
    other.unlink()
    index = places.data / "search"
    index.rename(places.data / "aside")
    assert ask(places) is None, "the network's index is to be made"
    (places.data / "aside").rename(index)


def test_another_build_may_be_faster(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    state = state_file(places.data, "shandong")
    kept = state.read_bytes()
    sweep: Callable[[Path, str], None] = switch.sweep

    def meanwhile(output: Path, union: str) -> None:
        sweep(output, union)
        state.write_bytes(orjson.dumps(orjson.loads(kept)))

    monkeypatch.setattr(switch, "sweep", meanwhile)
    assert ask(places) is None
    monkeypatch.undo()
    monkeypatch.setattr(at_rest, "FRESH", -(10**12))
    state.write_bytes(kept)


@pytest.mark.parametrize("harm", [b"", b"{", b"[]", b"null", b'{"ground": "x"}'])
def test_a_damaged_note_is_none(places: Places, harm: bytes) -> None:
    (places.data / "cache" / "at-rest.json").write_bytes(harm)
    assert ask(places) is None


def test_what_a_site_is_not_made_from_is_not_noted(places: Places) -> None:
    """A state that could not be written, or one that a rollback kept from being written."""
    records = Records(places.data)
    kept = records.state("pingdu")
    assert kept
    (places.data / "cache" / "at-rest.json").unlink()
    records.save_state(kept.model_copy(update={"inputs": "of other content"}))
    note(places)
    assert ask(places) is None
    records.save_state(kept)
    assert ask(places) is None
    (places.data / "cache" / "at-rest.json").unlink()


def test_a_file_changed_just_now_is_not_trusted(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_rest, "FRESH", folder.FRESH)
    (places.content / STORY).touch()
    (places.data / "cache" / "at-rest.json").unlink()
    assert at_rest.look(places).digest == ""
    note(places)
    assert not (places.data / "cache" / "at-rest.json").exists()
    monkeypatch.setattr(at_rest, "FRESH", -(10**12))


def test_to_find_nothing_to_do_loads_neither_records_nor_engine() -> None:
    code = (
        "import sys\nfrom site_builder.cli import main\nfrom site_builder import network\n"
        "heavy = {'pydantic', 'jinja2', 'yaml', 'rich', 'pelican', 'numpy', 'markdown', 'PIL', 'whoosh'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n", done.stderr


def test_what_lies_beside_themes_is_not_looked_at(places: Places, tmp_path: Path) -> None:
    beside = replace(places, themes=tmp_path)
    (tmp_path / "base/templates").mkdir(parents=True)
    (tmp_path / "base/templates/x.html").write_text("x")
    before = at_rest.look(beside).digest

    (tmp_path / "else/deep").mkdir(parents=True)
    (tmp_path / "else/deep/file").write_text("y")
    assert at_rest.look(beside).digest == before

    (tmp_path / "base/templates/y.html").write_text("y")
    assert at_rest.look(beside).digest != before
