"""The command: exit statuses, one JSON document, and no Django where none is needed."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result
from rich.table import Table

from site_builder.cli import BuildProgress, Pace, main, print_table
from site_builder.records import Problem
from site_builder.release import switch
from site_builder.release.report import UNNOTED, SiteReport
from tests import patience

if TYPE_CHECKING:
    from tests.site_builder.conftest import Network

AS_OF = "2025-04-08T09:00+08:00"


@pytest.fixture
def run(network: Network) -> object:
    places = network.places
    folders = [f"--content={places.content}", f"--data={places.data}"]

    def invoke(command: str, *arguments: str) -> Result:
        return CliRunner().invoke(main, [command, *folders, *arguments], catch_exceptions=False)

    return invoke


def arguments(network: Network) -> list[str]:
    return [f"--content={network.places.content}", f"--data={network.places.data}"]


def test_build_and_look(run, network: Network) -> None:  # type: ignore[no-untyped-def]
    built = run("build", "--as-of", AS_OF, "--json", "--explain")
    assert built.exit_code == 0
    report = json.loads(built.stdout)
    assert report.keys() == {"as_of", "seconds", "sites"}
    for site in report["sites"]:
        assert site.keys() == {
            "union", "release", "pages", "rendered", "reused", "deleted", "search_documents", "next_change",
            "problems", "reasons",
        }  # fmt: skip
        assert site["rendered"] + site["reused"] == site["pages"] == len(site["reasons"])
    assert report["as_of"] == "2025-04-08T09:00:00+08:00"
    assert "[2/2" in built.stderr

    status = json.loads(run("status", "--json").stdout)["sites"]
    assert [(site["union"], site["release"], site["pages"]) for site in status] == [
        (site["union"], site["release"], site["pages"]) for site in report["sites"]
    ]
    assert status[0]["next_due"] == "2025-04-08T12:00:00+08:00"
    assert "pingdu" in run("status").stdout

    checked = run("check", "--json")
    assert checked.exit_code == 0
    assert json.loads(checked.stdout) == {
        "sites": [{"union": "pingdu", "problems": []}, {"union": "shandong", "problems": []}]
    }

    found = json.loads(run("search", "夜校", "--union", "pingdu", "--json").stdout)
    assert found["query"] == "夜校"
    assert found["results"][0].keys() == {
        "union", "owner", "kind", "id", "title", "path", "url", "snippet", "score"
    }  # fmt: skip
    assert "https://sites.example/pingdu/programs/zhigong-yexiao/" in run("search", "夜校").stdout


def test_one_is_not_told_as_many(run) -> None:  # type: ignore[no-untyped-def]
    one, both = run("build", "pingdu", "--as-of", AS_OF), run("build", "--as-of", AS_OF)
    assert one.stdout.startswith("1 site, ")
    assert "1 site switched" in one.stdout
    assert both.stdout.startswith("2 sites, ")


@pytest.mark.parametrize(
    ("code", "said"),
    [(UNNOTED, "live, but this could not be noted"), ("disk", "failed; the live site is unchanged")],
)
def test_what_is_said_of_a_site_that_failed_is_so(
    capsys: pytest.CaptureFixture[str], code: str, said: str
) -> None:
    problem = Problem(code=code, message="No space left on device", action="Make room there")
    BuildProgress().site_done(SiteReport("pingdu", failed=True, problems=(problem,)), 1, 1)
    assert capsys.readouterr().err == f"[1/1] pingdu: {said}\n"


def test_the_pace_is_that_of_what_is_built() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    told = []
    for done, (at, rendered) in enumerate([(0.1, 0), (0.2, 0), (4.2, 5), (4.2, 5), (6.2, 5), (8.2, 5)], 1):
        now[0] = at
        told.append(pace.of(SiteReport(union="pingdu", rendered=rendered), done, 300))
    # Two were unchanged, two came together after four seconds: half a one a second, then the fifth.
    assert told == ["", "", "", "", "0.5/s, 10 min left", "0.5/s, 10 min left"]


def test_releases_and_rollback(run, network: Network) -> None:  # type: ignore[no-untyped-def]
    run("build", "--as-of", AS_OF)
    run("build", "--as-of", "2025-04-15")
    listed = json.loads(run("releases", "pingdu", "--json").stdout)["releases"]
    assert [row["live"] for row in listed] == [True, False]
    assert [row["as_of"] for row in listed] == ["2025-04-15T00:00:00+08:00", "2025-04-08T09:00:00+08:00"]

    assert run("rollback", "pingdu").exit_code == 0
    assert switch.live(network.places.output, "pingdu") == listed[1]["release"]
    held = run("build", "pingdu", "--as-of", "2025-04-15")
    assert held.exit_code == 0
    assert "held" in run("status").stdout
    assert "rolled back" in held.stderr
    assert run("build", "--full", "--as-of", "2025-04-15").exit_code == 0
    assert switch.live(network.places.output, "pingdu") == listed[0]["release"]


def test_a_site_that_was_never_built_has_no_releases(run, network: Network) -> None:  # type: ignore[no-untyped-def]
    network.places.data.mkdir(exist_ok=True)
    listed = run("releases", "pingdu")
    assert (listed.exit_code, listed.stdout) == (0, "")
    assert "Run unionpress build pingdu" in listed.stderr
    assert json.loads(run("releases", "pingdu", "--json").stdout)["releases"] == []


def test_help_has_the_whole_first_sentence_of_each_command() -> None:
    said = CliRunner().invoke(main, ["--help"]).stdout
    assert "..." not in said.partition("Commands:")[2]
    assert "It stays live" not in said


def test_a_cell_of_a_table_is_shown_as_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("title", box=None)
    table.add_row("[b]夜校[/b] :warning: [/srv/www]")
    print_table(table)
    assert "[b]夜校[/b] :warning: [/srv/www]" in capsys.readouterr().out


def test_one_bad_record_is_exit_1_and_the_rest_is_live(run, network: Network) -> None:  # type: ignore[no-untyped-def]
    network.edit(
        "records/pingdu/story/yexiao-zouhong.md",
        lambda text: text.replace("published: 2024-10-01T09:00:00+08:00", "published: 去年"),
    )
    built = run("build", "--as-of", AS_OF)
    assert built.exit_code == 1
    assert "records/pingdu/story/yexiao-zouhong.md" in built.stderr
    assert "published" in built.stderr
    assert switch.live(network.places.output, "pingdu")
    assert switch.live(network.places.output, "shandong")
    looked = run("status")
    assert "1 (1 errors)" in looked.stdout
    assert "records/pingdu/story/yexiao-zouhong.md:" in looked.stderr, "the problem, not its number alone"


def test_a_union_whose_file_is_wrong_is_named(run, network: Network) -> None:  # type: ignore[no-untyped-def]
    network.edit("unions/pingdu.md", lambda text: text.replace("level: county", "level: village"))
    asked = run("build", "pingdu")
    assert asked.exit_code == 1
    assert "unions/pingdu.md" in asked.stderr
    assert "level" in asked.stderr
    everything = run("build")
    assert everything.exit_code == 1
    assert "unions/pingdu.md" in everything.stderr
    told = json.loads(run("build", "--json").stdout)
    assert [site["union"] for site in told["sites"]] == ["shandong"]
    assert "unions/pingdu.md" in [problem["file"] for problem in told["problems"]], "a machine finds it too"
    assert switch.live(network.places.output, "shandong")


def test_runtime_data_never_lies_among_content(run, network: Network) -> None:  # type: ignore[no-untyped-def]
    for folder in (
        ["--output", str(network.places.content)],
        ["--data", str(network.places.content / "var")],
    ):
        refused = run("build", *folder)
        assert refused.exit_code == 2
        assert "content folder" in refused.stderr
    assert not (network.places.content / "sites").exists()
    for year in ("1799-12-31", "9999-12-31T23:59:59+08:00"):
        assert run("build", "--as-of", year).exit_code == 2


def test_folders_that_cannot_be_used_are_named(run, network: Network, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a-file").write_text("")
    refused = run("build", "--data", str(tmp_path / "a-file"), "--output", str(tmp_path / "out"))
    assert refused.exit_code == 1
    assert "a-file" in refused.stderr
    (tmp_path / "out").write_text("")
    refused = run("build", "--output", str(tmp_path / "out"))
    assert refused.exit_code == 1
    assert refused.stderr.count("could not be built: Not a directory") == 2


def test_check_tells_what_is_wrong_with_content(run, network: Network) -> None:  # type: ignore[no-untyped-def]
    """A union whose file is wrong has no site that could be checked: it is not left out without a word."""
    run("build")
    network.edit("unions/pingdu.md", lambda text: text.replace("cron: ", "cron: 0 0 31 2 * "))
    checked = run("check", "--json")
    assert checked.exit_code == 1
    told = {(found["file"], found["code"]) for found in json.loads(checked.stdout)["content"]}
    assert ("unions/pingdu.md", "field-value") in told
    printed = run("check")
    assert "Mend unions/pingdu.md" in printed.output
    assert "problems in " in printed.output
    assert run("check", "--texts").exit_code == 0, "of texts alone"
    assert run("check", "shandong", "--texts").exit_code == 0
    network.edit("unions/pingdu.md", lambda text: text.replace("cron: 0 0 31 2 * ", "cron: "))
    assert run("check").exit_code == 0


def test_what_check_finds_is_exit_1(run, network: Network) -> None:  # type: ignore[no-untyped-def]
    run("build", "--as-of", AS_OF)
    (network.live("pingdu") / "about/index.html").unlink()
    checked = run("check", "pingdu")
    assert checked.exit_code == 1
    assert "about/index.html" in checked.stderr
    assert run("check", "shandong").exit_code == 0


@pytest.mark.parametrize(("asked", "status"), [(["build", "nobody"], 2), (["build", "--json"], 0)])
def test_a_process_ends_with_its_status_and_all_that_it_said(
    asked: list[str], status: int, network: Network
) -> None:
    """It ends at once, without taking apart what it read."""
    command = [sys.executable, "-m", "site_builder", *asked, *arguments(network)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    if status:
        assert "there is no union 'nobody'" in done.stderr
    else:
        assert len(json.loads(done.stdout)["sites"]) == 2


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["build", "pindu"], "did you mean pingdu"),
        (["check", "pindu"], "did you mean pingdu"),
        (["releases", "pindu"], "did you mean pingdu"),
        (["rollback", "pindu"], "did you mean pingdu"),
        (["rollback", "pingdu"], "run unionpress build pingdu"),
        (["search", "夜校", "--union", "pindu"], "did you mean pingdu"),
        (["pelican", "pindu", "somewhere"], "did you mean pingdu"),
        (
            ["status", "--record", "pingdu/program/zhigong-yexia"],
            "did you mean pingdu/program/zhigong-yexiao",
        ),
        (["wechat", "pingdu", "zhigong-yexia", "somewhere"], "did you mean zhigong-yexiao"),
        (["build", "--as-of", "yesterday"], "2025-04-08T09:00"),
        (["build", "--jobs", "0"], "jobs"),
        (["build", "--nonsense"], "nonsense"),
        (["build", "--content", "no-such-folder"], "not a content folder"),
        (["status", "--content", "no-such-folder"], "not a content folder"),
        (["status", "--as-of", "2025-04-08"], "--record"),
        (["hosting", "nginx", "--content", "no-such-folder"], "not a content folder"),
        (["hosting", "nginx", "--targets", "no-such-file"], "there is no file no-such-file"),
        (["deploy", "--targets", "no-such-file"], "there is no file no-such-file"),
    ],
)
def test_wrong_usage_is_exit_2(run, network: Network, command: list[str], said: str) -> None:  # type: ignore[no-untyped-def]
    network.places.data.mkdir(exist_ok=True)
    result = run(command[0], *command[1:])
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["status", "--record", "pingdu/program/zhigong-yexiao"],
        ["check"],
        ["serve", "--port", "0"],
        ["releases", "pingdu"],
        ["rollback", "pingdu"],
        ["search", "夜校"],
        ["deploy", "--to", "file:///nowhere/{union}"],
    ],
)
def test_a_mistyped_data_folder_is_named_and_not_made(network: Network, command: list[str]) -> None:
    meant = network.places.data.with_name("vra")
    folders = [f"--content={network.places.content}", f"--data={meant}"]
    result = CliRunner().invoke(main, [command[0], *folders, *command[1:]], catch_exceptions=False)
    assert result.exit_code == 2
    assert f"{meant}, where builds keep their notes" in result.stderr
    assert not meant.exists()


@pytest.mark.parametrize(
    "command", [["gaps"], ["hosting", "nginx"], ["pelican", "pingdu", "alone"], ["visits", "/dev/null"]]
)
def test_who_only_reads_content_makes_no_data_folder(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folders = [f"--content={network.places.content}", f"--data={tmp_path / 'none'}"]
    result = CliRunner().invoke(main, [command[0], *folders, *command[1:]], catch_exceptions=False)
    assert result.exit_code == 0
    assert not (tmp_path / "none").exists()


def test_a_mistyped_content_folder_makes_nothing(network: Network, tmp_path: Path) -> None:
    folders = [f"--content={tmp_path / 'none'}", f"--data={tmp_path / 'data'}"]
    result = CliRunner().invoke(main, ["build", *folders], catch_exceptions=False)
    assert result.exit_code == 2
    assert "--content" in result.stderr
    assert not (tmp_path / "data").exists()


def test_pelican_writes_settings(run, network: Network, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("build", "--as-of", AS_OF)
    assert run("pelican", "pingdu", str(tmp_path / "alone")).exit_code == 0
    text = (tmp_path / "alone/pelicanconf.py").read_text("utf-8")
    assert "2025-04-08T09:00:00+08:00" in text, "the moment of the live release"
    assert str(network.places.content) in text


def test_what_pelican_prints_can_be_run(run, network: Network, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "一个 文件夹"
    printed = run("pelican", "pingdu", str(folder)).stdout
    assert shlex.split(printed) == ["pelican", "-s", f"{folder}/pelicanconf.py", "-o", f"{folder}/output"]


def test_a_build_needs_no_django(network: Network) -> None:
    code = (
        "import sys\nfrom site_builder.cli import main\n"
        "try:\n    main()\nfinally:\n"
        "    assert not {'django', 'wagtail', 'cms'} & {name.partition('.')[0] for name in sys.modules}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "build", "--json", *arguments(network)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["sites"]) == 2


def test_commands_of_a_missing_package_are_not_there(tmp_path: Path) -> None:
    """With Django hidden, the group lists and runs only what can run."""
    code = (
        "import sys\nfrom importlib.abc import MetaPathFinder\n"
        "class Hidden(MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('django', 'wagtail'):\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Hidden())\n"
        "from site_builder.cli import main\nmain()\n"
    )
    helped = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, encoding="utf-8", check=True
    )
    assert "rollback" in helped.stdout
    assert "worker" not in helped.stdout
    refused = subprocess.run(
        [sys.executable, "-c", code, "worker"], capture_output=True, encoding="utf-8", check=False
    )
    assert refused.returncode == 2
    assert "worker" in refused.stderr


def test_serve_tells_its_address_and_stops(run, network: Network) -> None:  # type: ignore[no-untyped-def]
    run("build", "--as-of", AS_OF)
    serving = subprocess.Popen(
        [sys.executable, "-m", "site_builder", "serve", "--port", "0", *arguments(network)],
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert serving.stderr is not None
    address = re.search(r"http://localhost:(\d+)/", serving.stderr.readline())
    assert address
    with urlopen(f"http://127.0.0.1:{address[1]}/", timeout=patience.SECONDS) as page:
        assert "平度市总工会" in page.read().decode()
    taken = run("serve", "--port", address[1])
    assert taken.exit_code == 2
    assert "--port" in taken.stderr
    elsewhere = run("serve", "--port", "0", "--host", "203.0.113.1")  # RFC 5737: nobody's
    assert elsewhere.exit_code == 2
    assert "host 203.0.113.1 cannot be used" in elsewhere.stderr
    serving.send_signal(signal.SIGINT)
    _, said = serving.communicate(timeout=patience.SECONDS)
    assert serving.returncode == 0
    assert "Stopped" in said


STOPPED_WHILE_LOADING = """
import runpy, signal, sys

class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == loading:
            signal.raise_signal(signal.SIGINT)
            print("goes on", file=sys.stderr)

loading = sys.argv.pop(1)
sys.meta_path.insert(0, Stop())
runpy.run_module("site_builder", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("loading", "command"),
    [("click", "build"), ("orjson", "build"), ("site_builder.network", "build"),
     ("site_builder.processes", "build"),
     ("site_builder.site_commands", "check"), ("site_builder.site_commands", "--help"),
     ("cms.exporting.export", "export")],
)  # fmt: skip
def test_ctrl_c_while_the_command_is_loaded_says_nothing(
    network: Network, loading: str, command: str
) -> None:
    folders = [str(network.places.content), f"--data={network.places.data}"]
    said = {"export": folders, "--help": []}.get(command, arguments(network))
    network.places.data.mkdir(exist_ok=True)
    stopped = subprocess.run(
        [sys.executable, "-c", STOPPED_WHILE_LOADING, loading, command, *said],
        capture_output=True,
        text=True,
        timeout=patience.SECONDS,
        check=False,
    )
    assert (stopped.returncode, stopped.stdout) == (130, "")
    said_then = stopped.stderr.removeprefix("goes on\n")
    assert said_then in ("", "Stopped. What is live is complete; the next build finishes the rest.\n")
    if loading == "orjson":
        assert said_then != stopped.stderr, "what is written in C is loaded to its end"


def group_lives(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


def test_ctrl_c_stops_cleanly(network: Network) -> None:
    """Exit status 130, nothing half-written, no process left."""
    union = (network.places.content / "unions/pingdu.md").read_text("utf-8")
    for number in range(120):
        text = union.replace("sites.example/pingdu", f"sites.example/u{number}")
        (network.places.content / f"unions/u{number}.md").write_text(text, "utf-8")
    building = subprocess.Popen(
        [sys.executable, "-m", "site_builder", "build", "--jobs", "2", *arguments(network)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    assert building.stderr is not None
    building.stderr.readline()
    os.killpg(building.pid, signal.SIGINT)
    _, said = building.communicate(timeout=patience.SECONDS)

    assert building.returncode == 130
    assert "Stopped" in said
    assert "Traceback" not in said, said
    patience.wait_for(lambda: not group_lives(building.pid), "no worker outlives the build")
    releases = network.places.output / "releases"
    assert [path for path in releases.glob("*/.*") if path.is_dir()] == []
    assert len(list((network.places.output / "sites").iterdir())) < 122


def test_who_stops_reading_is_told_nothing(network: Network) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "site_builder", "gaps", *arguments(network), "--as-of", AS_OF]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    "command", ["status", "check", "build", "search 夜校", "deploy --to file:///srv/{union}"]
)
def test_what_ends_a_command_is_its_one_document(run, network: Network, command: str) -> None:
    network.places.data.mkdir(parents=True)
    (network.places.data / "locks").write_bytes(b"a file where a folder is meant")
    done = run(*command.split(), "--json")
    assert done.exit_code == 1
    [problem] = json.loads(done.stdout)["problems"]
    assert (problem["severity"], problem["code"]) == ("error", "disk")
    assert str(network.places.data / "locks") in problem["message"]
    assert problem["action"]
    assert done.stderr.startswith("error: ")
    assert run(*command.split()).stdout == ""
