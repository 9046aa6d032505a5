"""Loading a theme and turning contexts into bytes."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from site_builder.errors import BuildError
from site_builder.render import Bundle
from tests.site_builder import samples

THEMES = Path(__file__).parent.parent.parent / "themes"


@pytest.fixture
def themes(tmp_path: Path) -> Path:
    """A copy of the base theme, with an empty brand beside it."""
    shutil.copytree(THEMES / "base", tmp_path / "themes" / "base")
    (tmp_path / "themes" / "lan" / "templates").mkdir(parents=True)
    return tmp_path / "themes"


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def site_style(bundle: Bundle) -> str:
    """The sheet that all pages load."""
    return next(
        data.decode() for path, data in bundle.assets.items() if re.match(r"/assets/site\.\w+\.css", path)
    )


def test_the_same_context_gives_the_same_bytes() -> None:
    bundle = Bundle.load(THEMES, "base")
    assert bundle.render(samples.story()) == bundle.render(samples.story())
    assert bundle.render(samples.story()) != bundle.render(replace(samples.story(), site=samples.province()))


def test_a_process_has_one_bundle_until_a_file_changes(themes: Path) -> None:
    first = Bundle.load(themes, "base")
    assert Bundle.load(themes, "base") is first
    put(themes / "base" / "static" / "css" / "99-more.css", "@layer utilities { p { color: red } }")
    second = Bundle.load(themes, "base")
    assert second.hash != first.hash
    assert sorted(second.assets) != sorted(first.assets)


def test_what_is_compiled_is_kept_where_it_was_asked_for_last(themes: Path, tmp_path: Path) -> None:
    """Installations share the bundle of their theme; the folder of one that has gone stops no other."""
    first, second = tmp_path / "first", tmp_path / "second"
    bundle = Bundle.load(themes, "base", first)
    bundle.render(samples.about())
    assert list(first.iterdir())
    shutil.rmtree(first)
    assert Bundle.load(themes, "base", second) is bundle
    bundle.render(samples.story())
    assert list(second.iterdir())
    shutil.rmtree(second)
    Bundle.load(themes, "base").render(samples.not_found())
    assert not second.exists()


def test_who_clears_the_cache_stops_nobody_who_runs_on(themes: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    bundle = Bundle.load(themes, "base", kept)
    bundle.render(samples.about())
    shutil.rmtree(kept)
    assert bundle.render(samples.story()) == Bundle.load(themes, "base").render(samples.story())


@pytest.mark.parametrize(
    "file", ["templates/about.html", "static/site/main.js", "strings/en.yaml", "static/icon.svg"]
)
def test_every_part_of_a_theme_is_in_its_hash(themes: Path, file: str) -> None:
    before = Bundle.load(themes, "base").hash
    with (themes / "base" / file).open("a", encoding="utf-8") as stream:
        stream.write("\n# \n")
    assert Bundle.load(themes, "base").hash != before


def test_the_hash_does_not_depend_on_where_the_theme_lies(themes: Path) -> None:
    assert Bundle.load(themes, "base").hash == Bundle.load(THEMES, "base").hash


def test_a_brand_lies_over_the_base(themes: Path) -> None:
    lan = themes / "lan"
    put(
        lan / "templates" / "about.html",
        '{% extends "!base/about.html" %}{% block body_class %}lan{% endblock %}',
    )
    put(lan / "static" / "css" / "brand-tokens.css", "@layer tokens { :root { --corner: 2px } }")
    put(lan / "strings" / "zh-Hans.yaml", "nav: {home: 门户}")
    base, brand = Bundle.load(themes, "base"), Bundle.load(themes, "lan")
    page = brand.render(samples.about()).decode()
    assert '<body class="lan">' in page
    assert "门户" in page
    assert "门户" not in base.render(samples.about()).decode()
    style = site_style(brand)
    assert style.index("--paper") < style.index("--corner:2px"), "the brand's style comes after the base's"
    assert brand.hash != base.hash


def test_assets_carry_the_hash_of_their_content_and_pages_name_them(themes: Path) -> None:
    bundle = Bundle.load(themes, "base")
    page = bundle.render(samples.home()).decode()
    named = [path for path in bundle.assets if f'"./{path.removeprefix("/")}"' in page]
    assert {Path(path).suffix for path in named} >= {".css", ".js", ".json", ".svg"}
    assert all(len(path.split(".")) >= 3 for path in bundle.assets)


def test_modules_of_one_folder_find_each_other(themes: Path) -> None:
    put(themes / "base" / "static" / "tool" / "main.js", "import './other.js';")
    put(themes / "base" / "static" / "tool" / "other.js", "export {};")
    folders = {path.rsplit("/", 1)[0] for path in Bundle.load(themes, "base").assets if "/tool." in path}
    assert len(folders) == 1


def test_style_sheets_find_their_pictures(themes: Path) -> None:
    put(themes / "base" / "static" / "css" / "50-seal.css", 'p { background: url("../icon.svg") }')
    bundle = Bundle.load(themes, "base")
    style = site_style(bundle)
    icon = next(path for path in bundle.assets if path.endswith(".svg"))
    assert f'url("{icon.removeprefix("/assets/")}")' in style
    put(themes / "base" / "static" / "css" / "50-seal.css", 'p { background: url("missing.svg") }')
    with pytest.raises(BuildError, match=r"missing\.svg"):
        Bundle.load(themes, "base")


def test_a_part_s_style_is_a_sheet_of_its_own(themes: Path) -> None:
    put(themes / "base" / "static" / "css" / "extra" / "10-extra.css", ".extra { color: red }")
    put(themes / "lan" / "static" / "css" / "extra" / "20-more.css", ".extra { color: blue }")
    for name, rules in (("base", b".extra{color:red}\n"), ("lan", b".extra{color:red}.extra{color:blue}\n")):
        assets = Bundle.load(themes, name).assets
        assert [data for path, data in assets.items() if path.startswith("/assets/extra.")] == [rules]
    assert ".extra" not in site_style(Bundle.load(themes, "lan"))


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("a { color: red ; }\n\n  b {}", "a{color:red}b{}"),
        ("/* a; b { */ a > b, c + d { x: y }", "a > b,c + d{x:y}"),
        ('q::before { content: "/* ; } */  " ; }', 'q::before{content:"/* ; } */  "}'),
        (
            "main :first-child { inline-size: calc(1px + 2px) }",
            "main :first-child{inline-size:calc(1px + 2px)}",
        ),
        ("@media (min-width: 1px) and (x) { a { b: c } }", "@media (min-width:1px) and (x){a{b:c}}"),
    ],
)
def test_style_sheets_lose_what_says_nothing(themes: Path, written: str, sent: str) -> None:
    put(themes / "base" / "static" / "css" / "extra" / "10-extra.css", written)
    assets = Bundle.load(themes, "base").assets
    assert [data.decode() for path, data in assets.items() if path.startswith("/assets/extra.")] == [
        sent + "\n"
    ]


def test_pages_are_compact() -> None:
    text = Bundle.load(THEMES, "base").render(samples.story()).decode()
    lines = text.split("\n")
    assert lines[0] == "<!doctype html>"
    assert lines[-1] == ""
    assert all(line and line == line.strip() for line in lines[:-1])


def test_a_theme_that_is_not_there(themes: Path) -> None:
    with pytest.raises(BuildError, match=r"no theme 'zi'.*choose one of base, lan") as error:
        Bundle.load(themes, "zi")
    assert error.value.code == "theme-missing"


def test_a_folder_of_themes_without_the_base_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "lan").mkdir()
    with pytest.raises(BuildError, match=r"has no base/.*copy the program's themes/base") as error:
        Bundle.load(tmp_path, "lan")
    assert error.value.code == "theme-missing"


@pytest.mark.parametrize(
    ("template", "line", "says"),
    [
        ("<p>\n{{ page.titel }}", 2, "titel"),
        ("\n\n{% if %}", 3, "Expected"),
        ("<p>\n\n{{ page.record.no_such_field }}", 3, "no_such_field"),
        ('{{ asset("nothing.css") }}', 1, "static/nothing.css"),
        ('{{ t("no.such") }}', 1, "no.such"),
        ('{% include "gone.html" %}', 1, "gone.html"),
    ],
)
def test_a_broken_template_is_named_with_its_line_and_page(
    themes: Path, template: str, line: int, says: str
) -> None:
    put(themes / "lan" / "templates" / "story.html", template)
    with pytest.raises(BuildError) as error:
        Bundle.load(themes, "lan").render(samples.story())
    assert str(error.value).startswith(f"/news/2024/10/yexiao-zouhong/: lan/templates/story.html:{line}: ")
    assert says in str(error.value)
    assert (error.value.union, error.value.code) == ("pingdu", "template-failed")


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "en.yaml",
            "nav:\n  [",
            r"lan/strings/en\.yaml:3: This is not YAML: .* Check indentation and quotes",
        ),
        ("en.yaml", "- Home", r"lan/strings/en\.yaml holds no words: write them as home: 首页"),
        (
            "zh.yaml",
            "nav: {home: 门户}",
            r"lan/strings/zh\.yaml is read by nobody: name it zh-Hans\.yaml or en\.",
        ),
    ],
)
def test_broken_words_are_named(themes: Path, file: str, text: str, said: str) -> None:
    put(themes / "lan" / "strings" / file, text)
    with pytest.raises(BuildError, match=said):
        Bundle.load(themes, "lan")


def test_templates_read_data_and_know_no_clock(themes: Path) -> None:
    put(
        themes / "lan" / "templates" / "about.html",
        "{{ site.contacts[0].items is defined }}|{{ site.contacts[0].name }}",
    )
    assert Bundle.load(themes, "lan").render(samples.about()) == "False|平度市工人文化宫\n".encode()
    for unwanted in ("{{ lipsum() }}", "{{ cycler('a') }}", "{{ [1] | random }}", "{{ now() }}"):
        put(themes / "lan" / "templates" / "about.html", unwanted)
        with pytest.raises(BuildError):
            Bundle.load(themes, "lan").render(samples.about())
