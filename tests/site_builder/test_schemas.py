from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from site_builder import records, schemas
from site_builder.content_store import read
from tests.examples import README, examples, write_examples

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("name", sorted(schemas.schemas()))
def test_the_committed_schema_is_current(name: str) -> None:
    written = (schemas.FOLDER / name).read_text(encoding="utf-8")
    assert written == schemas.schemas()[name], "run python -m site_builder.schemas"


def test_no_schema_is_left_over() -> None:
    assert {path.name for path in schemas.FOLDER.glob("*.json")} == set(schemas.schemas())


def test_the_readmes_tables_are_current() -> None:
    text = README.read_text(encoding="utf-8")
    assert schemas.readme(text) == text, "run python -m site_builder.schemas"


@pytest.mark.parametrize("kind", sorted(records.RECORD_TYPES))
def test_a_schema_marks_exactly_the_public_fields(kind: records.Kind) -> None:
    schema = json.loads(schemas.schemas()[f"{kind}.json"])
    public = {name for name, field in schema["properties"].items() if field.get("public")}
    model = records.RECORD_TYPES[kind]
    expected = {
        name
        for name, info in model.model_fields.items()
        if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("public")
    }
    assert public == expected - {"body"}
    assert not public & {"share", "withdrawn", "former_paths", "expires", "keywords", "review_due"}


def test_fields_that_do_not_stand_in_the_file_are_not_in_its_schema() -> None:
    union = json.loads(schemas.schemas()["union.json"])
    media = json.loads(schemas.schemas()["media.json"])
    assert "slug" not in union["properties"]
    assert "slug" not in union["required"]
    assert "ref" not in media["properties"]
    assert union["additionalProperties"] is False


def test_the_readme_names_every_problem_that_reading_content_may_report() -> None:
    sources = [
        *(ROOT / "site_builder" / "content_store").glob("*.py"),
        *(ROOT / "site_builder" / "body").glob("*.py"),
    ]
    calls = re.compile(
        r"(?:code=|code, message(?:, action)? = |_fail\(|problem\(|_unknown\([\w, ]+, |= \(\n)\s*"
        r"\"([a-z]+(?:-[a-z]+)+|yaml)\""
    )
    codes = {code for source in sources for code in calls.findall(source.read_text(encoding="utf-8"))}
    documented = set(re.findall(r"`([a-z-]+)`", README.read_text(encoding="utf-8").split("## Problems")[1]))
    assert len(codes) > 50
    assert codes - documented - {"content-path"} == set()


def test_the_readmes_examples_are_a_content_folder_without_problems(tmp_path: Path) -> None:
    content = read(write_examples(tmp_path))
    assert content.problems == ()
    assert set(content.unions) == {"shili", "shili-xian"}
    assert {record.kind for record in content.records.values()} == set(records.RECORD_TYPES)
    assert len(content.records) == 10
    assert len(examples()) == 14
