"""Pelican is the engine: the same bytes from `pelican` alone, and none of its traps."""

from __future__ import annotations

import locale
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pelican import Pelican
from pelican.plugins import signals
from pelican.settings import read_settings

from site_builder import content_store
from site_builder.errors import BuildError
from site_builder.pelican_site import engine
from site_builder.pelican_site.files import PlannedPage, Site, planned
from site_builder.pelican_site.settings import configuration, settings
from site_builder.pelican_site.sink import FolderSink
from site_builder.plan import plan
from site_builder.release.manifest import Manifest
from site_builder.render import Bundle
from tests import patience

if TYPE_CHECKING:
    from tests.site_builder.conftest import Network

AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
Tree = Callable[[Path], dict[str, bytes]]


def site_of(network: Network, union: str) -> Site:
    content = content_store.read(network.places.content)
    site_plan = plan(content, union, AS_OF)
    return Site(content, site_plan, Bundle.load(network.places.themes, site_plan.union.site.theme))


def run(network: Network, union: str, output: Path) -> engine.Job:
    job = engine.Job(site_of(network, union), FolderSink(output))
    engine.run(job, content=network.places.content, themes=network.places.themes, output=output)
    return job


def test_pelican_alone_gives_the_bytes_of_the_release(network: Network, tmp_path: Path, tree: Tree) -> None:
    """In a process of its own, in another locale, time zone and folder, with another hash seed."""
    runs = {}
    for union in ("shandong", "pingdu"):
        network.build(union)
        text = configuration(
            content_store.read(network.places.content).unions[union],
            content=network.places.content,
            themes=network.places.themes,
            output=tmp_path / "unused",
            as_of=AS_OF,
        )
        (tmp_path / union).mkdir()
        (tmp_path / union / "pelicanconf.py").write_text(text, "utf-8")
        arguments = ["-s", f"{union}/pelicanconf.py", "-o", f"{union}/out", "--fatal", "warnings"]
        runs[union] = subprocess.Popen(
            [sys.executable, "-m", "pelican", *arguments],
            cwd=tmp_path,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "America/New_York", "PYTHONHASHSEED": "7"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    said = {union: process.communicate(timeout=patience.SECONDS)[0] for union, process in runs.items()}
    for union, process in runs.items():
        assert process.returncode == 0, said[union]
        assert tree(tmp_path / union / "out") == tree(network.live(union))


def test_every_planned_file_is_written_once_and_no_other(
    network: Network, tmp_path: Path, tree: Tree
) -> None:
    for union in ("shandong", "pingdu"):
        job = run(network, union, tmp_path / union)
        written = tree(tmp_path / union).keys()
        paths = list(planned(job.site).paths(Manifest(dict.fromkeys(written, "")).below))
        assert len(paths) == len(set(paths))
        assert set(paths) == written
        assert job.rendered == sum(path.endswith(".html") for path in paths)


def test_the_process_is_left_as_it_was(network: Network, tmp_path: Path) -> None:
    before = (
        locale.setlocale(locale.LC_ALL),
        logging.getLoggerClass(),
        type(logging.getLogger()),
        list(sys.path),
    )
    run(network, "pingdu", tmp_path / "out")
    after = (
        locale.setlocale(locale.LC_ALL),
        logging.getLoggerClass(),
        type(logging.getLogger()),
        list(sys.path),
    )
    assert after == before


def test_another_pelican_site_in_the_process_is_left_alone(network: Network, tmp_path: Path) -> None:
    run(network, "pingdu", tmp_path / "out")
    ordinary = read_settings(
        override={"PATH": str(tmp_path), "THEME": "simple", "PLUGINS": [], "TIMEZONE": "UTC"}
    )
    other = Pelican(ordinary)
    assert [kind for _, kind in signals.get_generators.send(other) if kind] == []
    assert [kind for _, kind in signals.get_writer.send(other) if kind] == []


def test_a_plugin_that_does_not_load_stops_the_build(network: Network, tmp_path: Path) -> None:
    """Core logs it and goes on to an empty site."""
    site = site_of(network, "pingdu")
    values = settings(
        site.plan.union,
        content=network.places.content,
        themes=network.places.themes,
        output=tmp_path / "out",
        as_of=AS_OF,
    )
    job = engine.Job(site, FolderSink(tmp_path / "out"))
    wrong = {**values, "UNIONPRESS_JOB": job, "PLUGINS": ["no.such.plugin"]}
    signals.get_generators.receivers.clear()
    signals.get_writer.receivers.clear()
    try:
        with pytest.raises(BuildError, match="did not load"):
            engine.SitePelican(read_settings(override=wrong)).run()
    finally:
        run(network, "pingdu", tmp_path / "again")
    assert (tmp_path / "again/index.html").is_file()


def test_what_a_plugin_would_write_beside_the_plan_stops_the_build(network: Network, tmp_path: Path) -> None:
    class Extra:
        def __init__(self, **options: object) -> None:
            pass

        def generate_context(self) -> None:
            pass

        def generate_output(self, writer: engine.ReleaseWriter) -> None:
            writer.write_file("extra.html", None, {})

    def extra(pelican: object) -> type[Extra]:
        return Extra

    with signals.get_generators.connected_to(extra), pytest.raises(BuildError, match=r"extra\.html"):
        run(network, "pingdu", tmp_path / "out")


def test_a_page_is_rendered_when_its_fingerprint_says_so(network: Network) -> None:
    """The same context twice has one fingerprint; each page of a site has its own."""
    first = {
        file.path: engine.Fingerprints().of(file.page).key
        for file in planned(site_of(network, "pingdu")).each()
        if isinstance(file, PlannedPage)
    }
    fingerprints = engine.Fingerprints()
    again = {
        file.path: fingerprints.of(file.page).key
        for file in planned(site_of(network, "pingdu")).each()
        if isinstance(file, PlannedPage)
    }
    assert first == again
    assert len(set(first.values())) == len(first)
