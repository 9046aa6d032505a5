"""`unionpress deploy` as a person or a script meets it, with a folder as target."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from site_builder.cli import main
from site_builder.deploy.addresses import Targets
from site_builder.deploy.lease import Lease
from site_builder.deploy.run import due
from site_builder.release import manifest as manifests
from site_builder.release import pruning, switch
from site_builder.release.state import Records
from tests.site_builder.conftest import Network, tree

UNIONS = ("pingdu", "shandong")


@pytest.fixture
def built(network: Network) -> Network:
    for union in UNIONS:
        assert not network.build(union).failed
    return network


def run(network: Network, *arguments: str) -> Result:
    places = network.places
    folders = ["--content", places.content, "--data", places.data, "--output", places.output]
    return CliRunner().invoke(main, [*arguments, *map(str, folders)])


def printed(network: Network, *arguments: str) -> dict:
    result = run(network, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_to_a_folder_and_what_status_says_of_it(built: Network, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/www/{{union}}"
    document = printed(built, "deploy", "--to", url)
    assert [site["union"] for site in document["sites"]] == list(UNIONS)
    for site in document["sites"]:
        live = tree(built.live(site["union"]))
        assert tree((tmp_path / "www" / site["union"]).resolve()) == live
        assert (site["deployed"], site["sent"], site["problems"]) == (True, len(live), [])
        assert site["bytes"] == sum(map(len, live.values()))
    status = {site["union"]: site for site in printed(built, "status")["sites"]}
    [told] = status["pingdu"]["deployed"]
    assert told["target"] == f"file://{tmp_path}/www/pingdu"
    assert told["release"] == status["pingdu"]["release"]
    assert told["at"].endswith("+08:00")


def test_a_dry_run_names_every_file(built: Network, tmp_path: Path) -> None:
    document = printed(built, "deploy", "pingdu", "--to", f"file://{tmp_path}/www", "--dry-run")
    [site] = document["sites"]
    assert set(site["files"]["send"]) == set(tree(built.live("pingdu")))
    assert document["dry_run"]
    assert not (tmp_path / "www").exists()
    assert (
        "pingdu send index.html"
        in run(built, "deploy", "pingdu", "--to", f"file://{tmp_path}/www", "--dry-run").stdout
    )


def test_the_file_of_targets_beside_the_content(built: Network, tmp_path: Path) -> None:
    (built.places.content / "deploy.yaml").write_text(f"unions: {{pingdu: 'file://{tmp_path}/www'}}\n")
    assert [site["union"] for site in printed(built, "deploy")["sites"]] == ["pingdu"]
    assert printed(built, "build").keys() == {"as_of", "seconds", "sites"}, "it is no stray file"


@pytest.mark.parametrize("mode", ["", "?mode=files"])
def test_what_sites_are_made_from_is_no_target(built: Network, mode: str) -> None:
    places = built.places
    before = tree(built.live("pingdu"))
    for folder in (places.output / "sites/pingdu", places.output / "www", places.content / "www"):
        result = run(built, "deploy", "pingdu", "--to", f"file://{folder}{mode}", "--json")
        assert result.exit_code == 1
        [site] = json.loads(result.stdout)["sites"]
        assert [problem["code"] for problem in site["problems"]] == ["target-among-sources"]
    assert tree(built.live("pingdu")) == before


def test_usage(built: Network, tmp_path: Path) -> None:
    for arguments, said in {
        ("deploy",): "there is no target",
        ("deploy", "pingdo", "--to", "file:///x"): "did you mean pingdu",
        ("deploy", "--to", f"file://{tmp_path}/www"): "would land in one place",
        ("deploy", "--targets", f"{tmp_path}/none"): "there is no file",
    }.items():
        result = run(built, *arguments)
        assert (result.exit_code, said in result.output) == (2, True), result.output


def test_status_goes_on_without_the_file_of_targets_and_says_so(built: Network, tmp_path: Path) -> None:
    document = printed(built, "status", "--targets", f"{tmp_path}/none")
    assert [site["union"] for site in document["sites"]] == list(UNIONS)
    [problem] = document["problems"]
    assert f"there is no file {tmp_path}/none" in problem["message"]


def test_one_that_fails_is_named_and_the_others_go_on(built: Network, tmp_path: Path) -> None:
    (tmp_path / "www" / "pingdu").mkdir(parents=True)
    (tmp_path / "www" / "pingdu" / "index.html").write_text("somebody's")
    result = run(built, "deploy", "--to", f"file://{tmp_path}/www/{{union}}", "--json")
    assert result.exit_code == 1
    failed, done = json.loads(result.stdout)["sites"]
    [problem] = failed["problems"]
    assert "is no link to a release" in problem["message"]
    assert "?mode=files" in problem["action"]
    assert done["deployed"]
    assert (tmp_path / "www" / "pingdu" / "index.html").read_text() == "somebody's"
    assert "has nothing yet" in " ".join(run(built, "status").stdout.split())


def test_a_site_that_was_never_built(network: Network, tmp_path: Path) -> None:
    network.places.data.mkdir()
    result = run(network, "deploy", "pingdu", "--to", f"file://{tmp_path}/www")
    assert result.exit_code == 1
    assert "unionpress build pingdu" in result.output


def test_a_union_that_is_gone_is_named(built: Network, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/www/{{union}}"
    printed(built, "deploy", "--to", url)
    (built.places.content / "unions/pingdu.md").unlink()
    document = printed(built, "deploy", "--to", url)
    [problem] = document["problems"]
    assert "pingdu" in problem["message"]
    assert f"file://{tmp_path}/www/pingdu" in problem["message"]


def test_what_is_due(built: Network, tmp_path: Path) -> None:
    targets = Targets(everywhere=(f"file://{tmp_path}/www/{{union}}",))
    places, now = built.places, datetime.now(UTC)
    assert due(places, UNIONS, targets, now) == list(UNIONS)
    printed(built, "deploy", "--to", targets.everywhere[0])
    assert due(places, UNIONS, targets, now) == []

    built.edit("unions/pingdu.md", lambda text: text.replace("name: ", "name: 新的", 1))
    built.build("pingdu")
    assert due(places, UNIONS, targets, now) == ["pingdu"]

    records = Records(places.data)
    [last] = records.deployments("pingdu")
    failed = last.model_copy(update={"failures": 3, "tried": now})
    records.save_deployments("pingdu", [failed])
    assert due(places, UNIONS, targets, now + timedelta(seconds=119)) == []
    assert due(places, UNIONS, targets, now + timedelta(seconds=120)) == ["pingdu"]
    assert due(places, UNIONS, targets, now - timedelta(hours=8)) == ["pingdu"], "the clock was set back"


def test_a_union_that_the_file_names_and_nobody_knows_is_told(built: Network, tmp_path: Path) -> None:
    """A slip of the pen would send a site that is to stay at home to where all others go."""
    (built.places.content / "deploy.yaml").write_text(
        f"targets: file://{tmp_path}/www/{{union}}\nunions:\n  pingdv: []\n"
    )
    [problem] = printed(built, "deploy")["problems"]
    assert "pingdv" in problem["message"]
    assert printed(built, "deploy", "--to", f"file://{tmp_path}/www/{{union}}")["problems"] == []


@pytest.mark.parametrize("mode", ["releases", "files"])
@pytest.mark.parametrize("where", [(manifests, "read"), (Lease, "take")])
def test_what_builds_remove_under_way_gives_way_to_what_is_live(
    mode: str, where: tuple[Any, str], built: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow line takes longer than a busy newsroom for as many releases as are kept."""
    monkeypatch.setattr(pruning, "KEEP", 1)
    monkeypatch.setattr(pruning, "MOST", 1)
    before = built.live("pingdu")
    first = getattr(*where)

    def later(*arguments: Any) -> Any:
        monkeypatch.setattr(*where, first)
        for number in range(3):
            built.edit("unions/pingdu.md", lambda text, n=number: text.replace("name: ", f"name: 第{n}", 1))
            built.build("pingdu")
        assert not before.exists()
        return first(*arguments)

    monkeypatch.setattr(*where, later)
    [site] = printed(built, "deploy", "pingdu", "--to", f"file://{tmp_path}/www?mode={mode}")["sites"]
    assert (site["deployed"], site["problems"]) == (True, [])
    assert site["release"] == switch.live(built.places.output, "pingdu")
    there = tree((tmp_path / "www").resolve())
    live = tree(built.live("pingdu"))
    assert {path: data for path, data in there.items() if not path.startswith(".unionpress")} == live
    [noted] = Records(built.places.data).deployments("pingdu")
    assert (noted.release, noted.failures) == (site["release"], 0)


def test_the_release_before_stays_on_the_target_and_older_ones_go(built: Network, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/www/{{union}}"
    seen = []
    for number in range(3):
        built.edit(
            "unions/pingdu.md", lambda text, number=number: text.replace("name: ", f"name: 第{number}", 1)
        )
        built.build("pingdu")
        printed(built, "deploy", "pingdu", "--to", url)
        seen.append(switch.live(built.places.output, "pingdu"))
    kept = {path.name for path in (tmp_path / "www/.unionpress/pingdu/releases").iterdir()}
    assert kept == set(seen[1:])
    before = tmp_path / "www/.unionpress/pingdu/releases" / str(seen[1])
    shared = [path for path in before.rglob("*.css") if path.stat().st_nlink > 1]
    assert shared, "what did not change takes no disk"
