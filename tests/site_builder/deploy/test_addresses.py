"""Targets by URL, and the file that says which union goes where."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.deploy.addresses import Targets, address, read_targets, single
from site_builder.errors import UsageError


def test_a_folder_of_this_machine() -> None:
    found = address("file:///srv/www/{union}", "pingdu")
    assert (found.scheme, found.path, found.in_place) == ("file", "/srv/www/pingdu", False)
    assert address("file:///srv/www/a?mode=files", "pingdu").in_place


def test_a_folder_of_another_machine() -> None:
    found = address("sftp://deploy@web.example:2222/srv/www/{union}/?identity=/etc/key", "pingdu")
    assert (found.host, found.port, found.user, found.path) == (
        "web.example",
        2222,
        "deploy",
        "/srv/www/pingdu",
    )
    assert found.options == {"identity": "/etc/key"}


def test_an_object_store() -> None:
    found = address("s3://sites/www/{union}?endpoint=https://s3.example&region=x", "pingdu")
    assert (found.host, found.path, found.in_place) == ("sites", "www/pingdu", True)
    assert address("s3://sites", "pingdu").path == ""


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://host/x", "starts with file://, sftp://, rsync+ssh://, s3://"),
        ("/srv/www", "starts with file://"),
        ("file://srv/www", "three slashes"),
        ("file:srv/www", "three slashes"),
        ("sftp:///srv/www", "the host is missing"),
        ("s3:///x", "the bucket is missing"),
        ("sftp://host", "name a folder"),
        ("file:///", "name a folder"),
        ("sftp://host/srv/../etc", "without .."),
        ("sftp://host/x?mode=fast", "mode is releases or files"),
        ("s3://b/x?mode=files", "has no option mode"),
        ("s3://b/{site}", "only {union}"),
        ("sftp://host:port/x", "Port"),
    ],
)
def test_what_is_wrong_is_said(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("+", r"\+")):
        address(url, "pingdu")


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="ssh agent") as caught:
        address("sftp://me:geheim@host/srv/x", "pingdu")
    assert "geheim" not in str(caught.value)


def test_several_sites_never_land_in_one_place() -> None:
    with pytest.raises(UsageError, match="2 sites would land in one place"):
        single("file:///srv/www", ["a", "b"])
    assert single("file:///srv/www", ["a"])


def test_the_file(tmp_path: Path) -> None:
    file = tmp_path / "deploy.yaml"
    assert not read_targets(file)
    file.write_text(
        "targets: sftp://deploy@web.example/srv/www/{union}\n"
        "unions:\n  pingdu: [s3://pingdu, file:///mnt/pingdu]\n  neibu: []\n"
        "former_addresses:\n  pingdu: https://old.example\n"
    )
    found = read_targets(file)
    assert [each.url for each in found.of("qingdao")] == ["sftp://deploy@web.example/srv/www/qingdao"]
    assert [each.scheme for each in found.of("pingdu")] == ["s3", "file"]
    assert found.of("neibu") == []
    assert found.former == {"pingdu": ("https://old.example",)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("targets: file:///srv/www", "write {union} into it"),
        ("target: s3://a/{union}", "nothing else"),
        ("- s3://a", "nothing else"),
        ("unions: {a: 3}", "a URL or a list"),
        ("unions: [a]", "by the slugs"),
        ("unions: {a: s3://x, b: s3://x}", "a and b would land in one place"),
        ("unions: {a: ftp://x}", "starts with"),
        ("former_addresses: {a: old.example}", "write https://old.example"),
        ("targets: [\na", r"yaml:2: This is not YAML: .*URLs stand in quotes"),
        ("a: b: c", r"yaml:1: This is not YAML: mapping values are not allowed here\."),
    ],
)
def test_what_is_wrong_in_the_file_is_said(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "deploy.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=said) as caught:
        read_targets(file)
    assert str(file) in str(caught.value)


def test_no_targets_are_none() -> None:
    assert not Targets()
    assert not Targets(unions={"a": ()})
