"""The component page: every component in its states, valid in every face; a wrong example is named."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import get_args

import html5lib
import pytest
from click.testing import CliRunner

from site_builder import styleguide
from site_builder.errors import BuildError
from site_builder.plan import StateCode
from tests.demo_pages import FACES, THEMES


@pytest.mark.parametrize("face", ["base", *FACES])
def test_every_face_shows_every_component(face: str) -> None:
    files = styleguide.files(THEMES, face)
    text = files[styleguide.PATH].decode()
    html5lib.HTMLParser(strict=True).parse(text)
    for code in get_args(StateCode):
        assert f'data-state="{code}"' in text
    for component in styleguide.page(THEMES).components:
        assert f'id="component-{component["name"]}"' in text
    loaded = re.findall(r'(?:href|src)="\.\.(/assets/[^"]+)"', text)
    assert len(loaded) >= 5
    assert set(loaded) <= set(files)
    assert 'content="noindex"' in text


def test_a_wrong_example_is_named(tmp_path: Path) -> None:
    shutil.copytree(THEMES / "base", tmp_path / "base")
    examples = tmp_path / "base" / "examples.yaml"
    text = examples.read_text("utf-8")
    examples.write_text(text.replace("qualifier: [超]", "qualifier: [大概]"), "utf-8")
    with pytest.raises(BuildError, match=r"(?s)examples\.yaml: figure: .*qualifier"):
        styleguide.page(tmp_path)


def test_the_command_writes_a_folder_that_stands_alone(tmp_path: Path) -> None:
    run = CliRunner().invoke(styleguide.styleguide, ["county", str(tmp_path / "out")])
    assert run.exit_code == 0, run.output
    written = Path(run.output.strip())
    assert written == tmp_path / "out" / "styleguide" / "index.html"
    for path in re.findall(r'(?:href|src)="\.\./(assets/[^"]+)"', written.read_text("utf-8")):
        assert (tmp_path / "out" / path).is_file()
    again = CliRunner().invoke(styleguide.styleguide, ["nothing-like-it"])
    assert again.exit_code != 0
    assert "nothing-like-it" in again.output
