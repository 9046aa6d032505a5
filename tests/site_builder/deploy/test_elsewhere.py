"""Of what files a site is made, told alike by machines that do not see each other."""

from __future__ import annotations

import os
from pathlib import Path

from site_builder import content_store
from site_builder.deploy.elsewhere import Made
from tests.builders import Network, to


def test_what_files_say_counts_and_not_where_they_lie_or_when_they_were_written(tmp_path: Path) -> None:
    network = Network()
    network.story("pingdu", "own", title="原题")
    network.story("shandong", "shared", share=to("descendants"))
    network.story("jiangsu", "theirs")
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        network.write(folder)
    own = there / "records/pingdu/story/own.md"
    os.utime(own, (1, 1))
    own = own.rename(own.with_name("called-otherwise.md"))

    def made(folder: Path, union: str) -> str:
        return Made(content_store.read(folder)).of(union, ())

    assert made(here, "jiangsu") == made(there, "jiangsu")
    before = made(there, "pingdu")
    own.write_text(own.read_text("utf-8").replace("原题", "新题"), "utf-8")
    assert made(there, "pingdu") != before
    assert made(there, "jiangsu") == made(here, "jiangsu")
