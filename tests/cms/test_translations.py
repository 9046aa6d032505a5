"""The editors' screens in both languages: every source string has its English, and both are compiled."""

from __future__ import annotations

import ast
import gettext
import re
import string
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import gettext as translate
from django.utils.translation import ngettext, override

from cms.records.models import StoryPage

CMS = Path(settings.PROJECT) / "cms"
CALLS = {"_", "_now", "translate", "gettext", "gettext_lazy"}
PLACE = re.compile(r"%\((\w+)\)")
IN_TEMPLATE = re.compile(r'{% trans(?:late)? "([^"]+)"')
ENTRY = re.compile(r'^(?:msgctxt "(.+)"\n)?msgid "(.+)"\nmsgstr "(.+)"$', re.MULTILINE)
BLOCK = re.compile(r"{% blocktrans(?:late)?[^%]*%}(.*?){% endblocktrans", re.S)


def source_strings() -> dict[str, str]:
    """Every translatable string in `cms`, of code and templates, with the file it stands in."""
    found = {}
    for path in CMS.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "pgettext_lazy"
            ):
                context, text = (part.value for part in node.args if isinstance(part, ast.Constant))
                found[f"{context}\x04{text}"] = str(path.relative_to(CMS))
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in CALLS
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                found[node.args[0].value] = str(path.relative_to(CMS))
    for path in CMS.rglob("*.html"):
        text = path.read_text()
        blocks = [re.sub(r"{{ (\w+) }}", r"%(\1)s", block) for block in BLOCK.findall(text)]
        found |= dict.fromkeys([*IN_TEMPLATE.findall(text), *blocks], str(path.relative_to(CMS)))
    return found


def catalogue(language: str, domain: str = "django") -> dict[str, str]:
    """What was compiled, but for what has a plural: those are kept under pairs."""
    with (CMS / "locale" / language / "LC_MESSAGES" / f"{domain}.mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog
    return {key: value for key, value in catalog.items() if key and isinstance(key, str)}


def test_every_source_string_has_its_english():
    english = catalogue("en")
    missing = {text: file for text, file in source_strings().items() if not english.get(text)}
    assert missing == {}


@pytest.mark.parametrize(
    ("language", "domain"), [("en", "django"), ("zh_Hans", "django"), ("zh_Hans", "djangojs")]
)
def test_translations_name_only_what_the_source_gives(language, domain):
    for source, translation in catalogue(language, domain).items():
        assert set(PLACE.findall(translation)) <= set(PLACE.findall(source)), source
        given = (
            {name for _, name, _, _ in string.Formatter().parse(source) if name} if "{" in source else set()
        )
        used = {name for _, name, _, _ in string.Formatter().parse(translation) if name} if given else set()
        assert used <= given, source


def test_compiled_files_are_those_of_the_sources():
    """A .po changed without msgfmt would change nothing on the screens."""
    sources = sorted(CMS.glob("locale/*/LC_MESSAGES/*.po"))
    assert len(sources) >= 3
    for po in sources:
        compiled = catalogue(po.parts[-3], po.stem)
        pairs = ENTRY.findall(po.read_text())
        written = {(f"{context}\x04{key}" if context else key): value for context, key, value in pairs}
        assert {
            key.replace('\\"', '"'): value.replace('\\"', '"') for key, value in written.items()
        } == compiled


def test_screens_change_language():
    pages = [
        f'%(total)s {word} <span class="w-sr-only">created in %(site_name)s</span>'
        for word in ("Page", "Pages")
    ]
    with override("zh-hans"):
        assert ngettext(*pages, 785) == "%(total)s 页"
        assert translate("引题") == "引题"
        assert translate("Schedule to publish") == "定时发布"
        assert StoryPage._meta.verbose_name == StoryPage._meta.verbose_name_plural == "稿件"
    with override("en"):
        assert translate("引题") == "Kicker"
        assert StoryPage._meta.verbose_name == "Story"
        assert StoryPage._meta.verbose_name_plural == "Stories"
        assert translate("Schedule to publish") == "Schedule to publish"
