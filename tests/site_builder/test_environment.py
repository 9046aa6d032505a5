from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import DictLoader

from site_builder.environment import DataEnvironment
from tests import patience

OUTER = '{% import "outer.html" as outer with context %}'
MACROS = '{% import "macros.html" as macros with context %}'


def rendered(files: Mapping[str, str], page: Any, **others: Any) -> str:
    return (
        DataEnvironment(loader=DictLoader(dict(files))).get_template("page.html").render(page=page, **others)
    )


class Counted:
    """A page that counts how often it is read."""

    def __init__(self) -> None:
        self.reads = 0

    @property
    def title(self) -> str:
        self.reads += 1
        return f"第{self.reads}"


def test_macros_that_read_the_page_alone_are_run_once_for_a_page() -> None:
    files = {
        "page.html": OUTER + MACROS + "{{ outer.say() }} {{ macros.say() }}",
        "outer.html": MACROS + "{% macro say() %}{{ macros.say() }}{% endmacro %}",
        "macros.html": "{% set title = page.title %}{% macro say() %}{{ title }}{% endmacro %}",
    }
    page = Counted()
    environment = DataEnvironment(loader=DictLoader(files))
    assert environment.get_template("page.html").render(page=page) == "第1 第1"
    assert environment.get_template("page.html").render(page=Counted()) == "第1 第1"
    assert page.reads == 1


@pytest.mark.parametrize(
    "macros",
    [
        "{% macro say() %}{{ record }}{% endmacro %}",
        '{% macro say() %}{% include "inner.html" %}{% endmacro %}',
    ],
)
def test_macros_that_read_more_see_what_each_template_gives_them(macros: str) -> None:
    files = {
        "page.html": '{% set record = "一" %}' + MACROS + '{{ macros.say() }}{% include "other.html" %}',
        "other.html": '{% set record = "二" %}' + MACROS + "{{ macros.say() }}",
        "macros.html": macros,
        "inner.html": "{{ record }}",
    }
    assert rendered(files, page=1) == "一二"


def test_a_mapping_gives_its_keys_and_never_its_methods() -> None:
    assert rendered({"page.html": "{{ page.items }}"}, page={"items": "三件事"}) == "三件事"
    assert rendered({"page.html": "{{ page.items }}"}, page={}) == ""


def test_macros_that_are_only_defined_are_run_once_and_read_the_page_that_is_rendered() -> None:
    files = {
        "page.html": OUTER + MACROS + "{{ outer.say() }} {{ macros.say() }} {{ macros.MARK }}",
        "outer.html": MACROS + " {% macro say() %}{{ macros.say() }}{% endmacro %}",
        "macros.html": '{% set MARK = "。" %}{% macro say() %}{{ page.title }}{{ site.name }}{% endmacro %}',
    }
    environment = DataEnvironment(loader=DictLoader(files))
    template = environment.get_template("page.html")
    pages, site = [SimpleNamespace(title=title) for title in "一二"], SimpleNamespace(name="站")
    assert [template.render(page=page, site=site) for page in pages] == ["一站 一站 。", "二站 二站 。"]
    macros = environment.get_template("macros.html")
    made = [macros.make_module({"page": page, "site": site}) for page in pages]
    assert made[0] is made[1]


def test_threads_that_render_at_the_same_time_see_their_own_page() -> None:
    turn = threading.Barrier(2, timeout=patience.SECONDS)

    class Slow:
        def __init__(self, name: str) -> None:
            self.name = name

        @property
        def title(self) -> str:
            turn.wait()  # both are in the middle of their page
            return self.name

    files = {
        "page.html": MACROS + "{{ macros.say() }}{{ macros.say() }}",
        "macros.html": "{% macro say() %}{{ page.title }}{% endmacro %}",
    }
    template = DataEnvironment(loader=DictLoader(files)).get_template("page.html")
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda name: template.render(page=Slow(name)), "甲乙"))
    assert found == ["甲甲", "乙乙"]


def test_what_templates_say_is_kept_for_later_processes_and_made_again_where_it_is_damaged(
    tmp_path: Path,
) -> None:
    files = {"page.html": MACROS + "{{ macros.say() }}", "macros.html": "{% macro say() %}一{% endmacro %}"}

    def told() -> list[str]:
        environment = DataEnvironment(loader=DictLoader(files))
        environment.told = f"{tmp_path}/v1-"
        asked: list[str] = []
        parse = environment.parse
        environment.parse = lambda source, *rest: asked.append(source) or parse(source, *rest)  # type: ignore
        assert environment.of_page_alone("macros.html")
        assert environment.get_template("page.html").render(page=Counted()) == "一"
        return [source for source in asked if source == files["macros.html"]]

    first, second = told(), told()
    assert len(first) > len(second)
    kept = sorted(tmp_path.iterdir())
    assert kept
    for file in kept:
        file.write_bytes(b"{")
    assert told() == first
    assert all(file.read_bytes() != b"{" for file in kept)
    files["macros.html"] = "{% macro say() %}{{ record }}{% endmacro %}"
    environment = DataEnvironment(loader=DictLoader(files))
    environment.told = f"{tmp_path}/v1-"
    assert not environment.of_page_alone("macros.html")


def test_what_is_compiled_ahead_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "page.html": MACROS + "{{ macros.say() }}",
        "macros.html": "{% macro say() %}{{ page.title }}{% endmacro %}",
        "broken.html": "{% if %}",
        "lost.html": '{% import "gone.html" as gone with context %}',
    }
    environment = DataEnvironment(loader=DictLoader(files))
    environment.told = f"{tmp_path}/"
    environment.get_ready([*sorted(files), "none.html"])
    monkeypatch.setattr(environment, "parse", lambda *_: pytest.fail("is known"))
    monkeypatch.setattr(environment, "compile", lambda *_: pytest.fail("is compiled"))
    assert environment.get_template("page.html").render(page=Counted()) == "第1"
    assert list(tmp_path.iterdir())
