"""The commands that need Wagtail: exit statuses, JSON, and what they leave behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import orjson
import pytest
import waitress
from click.testing import CliRunner, Result
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from cms import cli, demo
from cms.accounts.models import User
from cms.publishing import clock as clocks
from cms.records.models import StoryPage
from cms.unions.models import UnionsRoot
from site_builder.errors import UsageError
from site_builder.network import THEMES
from site_builder.release.report import Places
from site_builder.release.switch import live
from tests.builders import NOW, Network, to

pytestmark = pytest.mark.django_db


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """A network of two unions on disk, and the options that name its folders."""
    network = Network(tree=False)
    network.union("shandong", None, "province")
    network.union("pingdu", "shandong", "county")
    network.story("shandong", "bi-zhuan", title="必转的消息", share=to("descendants"))
    network.story("pingdu", "ping-du", title="平度的消息")
    network.write(tmp_path / "content")
    return ["--content", str(tmp_path / "content"), "--data", str(tmp_path / "data")]


def run(command: Any, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


def test_a_demo_of_a_mistyped_content_folder_makes_nothing(tmp_path: Path) -> None:
    refused = run(cli.demo, "--no-serve", f"--content={tmp_path / 'none'}", f"--data={tmp_path / 'data'}")
    assert refused.exit_code == 2
    assert "--content" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_load_and_export_say_what_they_did(folders: list[str]) -> None:
    first = run(cli.load, *folders, "--json")
    assert first.exit_code == 0
    assert len(orjson.loads(first.stdout)["created"]) == 4
    again = run(cli.load, *folders)
    assert (again.exit_code, again.stdout) == (0, "0 created, 0 updated, 0 deleted, 4 unchanged\n")
    exported = run(cli.export, *folders, "--json")
    assert orjson.loads(exported.stdout) == {"written": [], "removed": [], "unchanged": 4, "problems": []}


def test_a_bad_file_is_status_1_and_no_content_status_2(folders: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "content/records/pingdu/story/ping-du.md"
    bad.write_bytes(b"\xff\xfe")
    failed = run(cli.load, *folders)
    assert failed.exit_code == 1
    assert "records/pingdu/story/ping-du.md" in failed.stderr
    assert "3 created" in failed.stdout
    assert run(cli.load, str(tmp_path / "nowhere")).exit_code == 2


def test_two_content_folders_are_not_guessed_from(folders: list[str], tmp_path: Path) -> None:
    for command in (cli.load, cli.export):
        refused = run(command, str(tmp_path / "other"), *folders)
        assert refused.exit_code == 2
        assert str(tmp_path / "other") in refused.stderr
        assert str(tmp_path / "content") in refused.stderr
    assert not (tmp_path / "other").exists()
    assert run(cli.load, str(tmp_path / "content"), *folders).exit_code == 0


def test_worker_once_publishes_and_leaves(folders: list[str], tmp_path: Path) -> None:
    run(cli.load, *folders)
    done = run(cli.worker, "--once", "--jobs", "1", *folders)
    assert done.exit_code == 0
    assert "2 sites built" in done.stdout
    assert live(tmp_path / "data/output", "pingdu")


def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "content", tmp_path / "data", tmp_path / "data/output", THEMES)


def test_in_a_fresh_database_the_first_union_can_be_made(
    folders: list[str], monkeypatch: pytest.MonkeyPatch, client: Client, admin_user: User
) -> None:
    UnionsRoot.objects.all().delete()
    monkeypatch.setattr(waitress, "serve", lambda *arguments, **options: None)
    for _ in range(2):
        assert run(cli.cms, *folders).exit_code == 0
    client.force_login(admin_user)
    add = reverse("wagtailadmin_pages:add", args=["unions", "unionpage", UnionsRoot.objects.get().pk])
    assert f'href="{add}"' in client.get(reverse("wagtailadmin_home")).content.decode()
    assert client.get(add).status_code == 200
    asked = client.get(reverse("shared-inbox"), follow=True)
    assert "还没有您负责的工会" in asked.content.decode()


def test_a_database_that_refuses_is_told_and_is_no_fault_of_the_program(folders: list[str]) -> None:
    run(cli.load, *folders)

    def refuse(*arguments: Any) -> None:
        raise OperationalError("attempt to write a readonly database")

    with connection.execute_wrapper(refuse):
        failed = run(cli.worker, *folders, "--once")
    assert failed.exit_code == 1
    assert "the database refuses: attempt to write a readonly database" in failed.stderr


def test_the_demo_is_made_once_and_then_reused(folders: list[str], tmp_path: Path) -> None:
    before = sorted(path.read_bytes() for path in (tmp_path / "content").rglob("*.md"))
    prepared = demo.prepare(places(tmp_path), NOW)
    assert not prepared.failed
    assert sorted(path.read_bytes() for path in (tmp_path / "content").rglob("*.md")) == before
    assert clocks.read(tmp_path / "data").now() == NOW
    password = tmp_path / "data/demo-password"
    assert password.stat().st_mode & 0o777 == 0o600
    assert [account.name for account in prepared.accounts] == [
        "quanwang", "shandong-editor", "shandong-reviewer", "shandong-manager",
        "pingdu-editor", "pingdu-reviewer", "pingdu-manager",
    ]  # fmt: skip
    for account in prepared.accounts:
        assert User.objects.get(username=account.name).check_password(prepared.password)
    releases = [live(tmp_path / "data/output", union) for union in ("shandong", "pingdu")]
    assert all(releases)

    # An editor's work is not undone by a second run.
    StoryPage.objects.get(slug="ping-du").delete()
    again = demo.prepare(places(tmp_path), NOW)
    assert again.password == prepared.password
    assert not StoryPage.objects.filter(slug="ping-du").exists()
    assert live(tmp_path / "data/output", "shandong") == releases[0]
    assert live(tmp_path / "data/output", "pingdu") != releases[1]


def test_a_mistyped_data_folder_is_named_and_not_made(tmp_path: Path) -> None:
    data = tmp_path / "vra"
    with pytest.raises(UsageError, match=f"no folder {data}: name that of this network with --data"):
        cli.require_data(Places(tmp_path, data, data / "output", THEMES))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [(0, ["http", "127.0.0.1", "-"]), (1, ["https", "198.51.100.7", "https"])],
)
def test_what_a_proxy_says_is_believed_where_there_is_one(proxies: int, seen: list[str]) -> None:
    def told(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        names = (environ["wsgi.url_scheme"], environ["REMOTE_ADDR"], environ.get("HTTP_X_FORWARDED_PROTO"))
        return [" ".join(name or "-" for name in names).encode()]

    server = waitress.create_server(told, **cli.serving("127.0.0.1", 0, proxies))
    try:
        asked = {
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_X_FORWARDED_FOR": "192.0.2.1, 198.51.100.7",
            "HTTP_X_FORWARDED_PROTO": "https",
        }
        setup_testing_defaults(asked)
        asked["wsgi.url_scheme"] = "http"
        assert b"".join(server.application(asked, lambda *answer: None)).decode().split() == seen
    finally:
        server.close()
        server.task_dispatcher.shutdown()


def test_a_damaged_clock_is_named(folders: list[str], tmp_path: Path) -> None:
    run(cli.load, *folders)
    (tmp_path / "data/clock.json").write_text("yesterday")
    failed = run(cli.export, *folders)
    assert failed.exit_code == 2
    assert "clock.json" in failed.stderr
