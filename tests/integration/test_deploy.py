"""Deploying to real places: what travels, and what is never touched."""

from __future__ import annotations

import resource
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from site_builder.deploy import address
from site_builder.deploy.local import LocalPort
from site_builder.deploy.port import Refused
from site_builder.deploy.run import live_release
from site_builder.deploy.site import open_port
from site_builder.release.rollback import rollback
from site_builder.release.state import Records
from tests.integration.conftest import ObjectStore, Sshd, sshd_in
from tests.integration.places import ALL, FOLDERS, SOME, Place, everywhere
from tests.integration.sending import UNIONS, change, only, send
from tests.site_builder.conftest import Network, tree


@everywhere(ALL)
def test_readers_see_the_release_and_only_differences_travel(built: Network, place: Place) -> None:
    report = send(built, place.url)
    assert not report.has_errors, report.sites
    for union in UNIONS:
        assert place.served(union) == tree(built.live(union))
    assert not any(outcome.sent or outcome.gone for outcome in send(built, place.url).sites)

    before = tree(built.live("shandong"))
    change(built)
    after = tree(built.live("shandong"))
    assert before.keys() - after.keys()
    outcome = only(send(built, place.url, "shandong"))
    assert set(outcome.sent) == {path for path in after if before.get(path) != after[path]}
    assert set(outcome.gone) == before.keys() - after.keys()
    assert place.served("shandong") == after
    assert place.served("pingdu") == tree(built.live("pingdu"))


def restyle(network: Network, folder: Path, words: str) -> Network:
    """The network with a theme of which a style says something else, its sites built anew."""
    themes = folder / "themes"
    if not themes.exists():
        shutil.copytree(network.places.themes, themes)
    with (themes / "base/static/css/10-base.css").open("a") as style:
        style.write(f"\n.{words} {{ color: inherit; }}\n")
    network = network.with_themes(themes)
    assert not network.build("shandong").failed
    return network


def expire(place: Place, union: str) -> None:
    """Let the time be over for which a target keeps what it has of releases before."""
    port, layout = open_port(address(place.url, union))
    with port:
        state = layout.deployed()
        past = dict.fromkeys(state.former, datetime.now(UTC) - timedelta(seconds=1))
        port.write(f"{layout.notes}/state.json", replace(state, former=past).to_bytes())


@everywhere(ALL)
def test_styles_of_a_theme_before_stay_for_pages_that_somebody_has_kept(
    built: Network, place: Place, tmp_path: Path
) -> None:
    send(built, place.url, "shandong")
    before = tree(built.live("shandong"))
    built = restyle(built, tmp_path, "first")
    after = tree(built.live("shandong"))
    left = {path for path in before.keys() - after.keys() if path.startswith("assets/")}
    assert left
    told = only(send(built, place.url, "shandong", dry_run=True))
    assert told.kept.keys() == left
    assert not left & set(told.gone)
    assert set(told.to_json(paths=True)["files"]["keep"]) == left
    only(send(built, place.url, "shandong"))
    assert place.served("shandong") == after | {path: before[path] for path in left}
    assert not only(send(built, place.url, "shandong", verify=True)).sent, "and nothing is wrong with it"

    change(built)
    only(send(built, place.url, "shandong"))
    assert place.served("shandong").keys() >= left, "one release more"

    built = restyle(built, tmp_path, "second")
    expire(place, "shandong")
    outcome = only(send(built, place.url, "shandong"))
    assert left <= set(outcome.gone) or not place.in_place
    newer = {
        path for path in after.keys() - tree(built.live("shandong")).keys() if path.startswith("assets/")
    }
    assert newer == outcome.kept.keys()
    assert place.served("shandong").keys() == tree(built.live("shandong")).keys() | newer

    rollback(built.places, "shandong")
    only(send(built, place.url, "shandong"))
    assert place.served("shandong").items() >= tree(built.live("shandong")).items()


@everywhere(kind for kind in FOLDERS if kind.id in ("file", "sftp"))
def test_a_deployer_killed_before_its_note_forgets_no_style(
    built: Network, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(built, place.url, "shandong")
    before = tree(built.live("shandong"))
    built = restyle(built, tmp_path, "first")
    left = {
        path for path in before.keys() - tree(built.live("shandong")).keys() if path.startswith("assets/")
    }
    with monkeypatch.context() as patched:
        patched.setattr("site_builder.deploy.layouts.Releases._note", lambda *_: pytest.fail("killed here"))
        with pytest.raises(pytest.fail.Exception):
            send(built, place.url, "shandong")
    outcome = only(send(built, place.url, "shandong"))
    assert outcome.kept.keys() == left
    assert place.served("shandong").keys() >= left


@everywhere(SOME)
def test_what_a_target_has_of_others_stays(built: Network, place: Place) -> None:
    foreign = {"shandong/foreign.txt": b"mine"} if place.in_place else {}
    foreign |= {"beside/news/index.html": b"another site", "note.txt": b"note"}
    for path, data in foreign.items():
        place.write(path, data)
    send(built, place.url)
    change(built)
    outcome = only(send(built, place.url, "shandong"))
    assert not set(outcome.gone) & {"foreign.txt"}
    if place.in_place:
        assert place.served("shandong") == {**tree(built.live("shandong")), "foreign.txt": b"mine"}
    assert place.served("beside") == {"news/index.html": b"another site"}


@everywhere(SOME)
def test_a_dry_run_says_all_and_does_nothing(built: Network, place: Place) -> None:
    report = send(built, place.url, dry_run=True)
    assert {outcome.union: set(outcome.sent) for outcome in report.sites} == {
        union: set(tree(built.live(union))) for union in UNIONS
    }
    assert not any(outcome.deployed for outcome in report.sites)
    for union in UNIONS:
        assert place.served(union) == {}
        assert Records(built.places.data).deployments(union) == ()


@everywhere(SOME)
def test_verify_finds_and_mends_what_somebody_changed(built: Network, place: Place) -> None:
    send(built, place.url)
    defaced = (built.live("shandong") / "index.html").read_bytes().replace(b"<title>", b"<TITLE>", 1)
    if place.in_place:
        place.write("shandong/index.html", defaced)
    else:
        assert place.root
        (place.root / "shandong" / "index.html").resolve().write_bytes(defaced)
    assert only(send(built, place.url, "shandong")).sent == ()
    outcome = only(send(built, place.url, "shandong", verify=True))
    assert outcome.sent == ("index.html",)
    assert place.served("shandong") == tree(built.live("shandong"))


@everywhere(kind for kind in FOLDERS if kind.id != "rsync-in-place")
def test_what_stands_in_the_way_of_a_file_is_mended_or_named(built: Network, place: Place) -> None:
    send(built, place.url, "pingdu")
    assert place.root
    site = (place.root / "pingdu").resolve()
    shutil.rmtree(site / "about")
    (site / "about").write_bytes(b"a file where the site has a folder")
    (site / "robots.txt").unlink()
    (site / "robots.txt").mkdir()
    (site / "robots.txt" / "keep").write_bytes(b"mine")
    told = send(built, place.url, "pingdu", verify=True, dry_run=True).sites[0]
    assert {"about/index.html", "robots.txt"} <= set(told.sent)
    outcome = send(built, place.url, "pingdu", verify=True).sites[0]
    if place.in_place:  # a folder of somebody's is nothing to be replaced
        assert outcome.failed
        assert "in the way" in outcome.problems[0].message
        assert (site / "robots.txt" / "keep").read_bytes() == b"mine"
    else:
        assert (set(outcome.sent), set(outcome.gone)) == (set(told.sent), set(told.gone))
        assert place.served("pingdu") == tree(built.live("pingdu"))


@everywhere(kind for kind in FOLDERS if kind.id in ("file", "sftp", "rsync"))
def test_a_release_that_somebody_removed_is_sent_again(built: Network, place: Place) -> None:
    send(built, place.url, "pingdu")
    assert place.root
    shutil.rmtree((place.root / "pingdu").resolve())
    only(send(built, place.url, "pingdu"))
    assert place.served("pingdu") == tree(built.live("pingdu"))


def test_where_there_is_no_room_is_named_and_not_what_was_read(built: Network, tmp_path: Path) -> None:
    file = live_release(built.places.output, "pingdu").upload("index.html")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(Refused, match=rf"^{tmp_path}/www/.*: File too large"):
            LocalPort(tmp_path / "www").put([file])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list((tmp_path / "www").iterdir())


@everywhere(SOME)
def test_back_to_the_release_before(built: Network, place: Place) -> None:
    first = tree(built.live("shandong"))
    send(built, place.url, "shandong")
    change(built)
    send(built, place.url, "shandong")
    rollback(built.places, "shandong")
    outcome = only(send(built, place.url, "shandong"))
    assert place.served("shandong") == first
    if not place.in_place:
        assert outcome.sent == (), "the release before is still there: only the link is switched"


@pytest.mark.needs("sshd", "ssh-keygen")
def test_hosts_and_keys_are_never_taken_on_trust(built: Network, tmp_path: Path, sshd: Sshd) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with sshd_in(other) as stranger:
        wrong_host = sshd.url(
            f"{tmp_path}/a", options=f"identity={sshd.folder}/key&known_hosts={other}/known_hosts"
        )
        (other / "known_hosts").write_text(
            (other / "known_hosts").read_text().replace(str(stranger.port), str(sshd.port))
        )
        wrong_key = sshd.url(
            f"{tmp_path}/a", options=f"identity={other}/key&known_hosts={sshd.folder}/known_hosts"
        )
    nowhere = sshd.url(f"{tmp_path}/a", options=f"identity={sshd.folder}/key&known_hosts={other}/none")
    said = {}
    for name, url in {"host": wrong_host, "key": wrong_key, "file": nowhere}.items():
        [outcome] = send(built, url, "shandong").sites
        [problem] = outcome.problems
        said[name] = problem
        assert problem.code == "deploy-refused"
    assert "host key" in said["host"].message
    assert "ssh-keyscan" in said["host"].action
    assert "none of the keys" in said["key"].message
    assert "authorized_keys" in said["key"].action
    assert "known" in said["file"].message
    assert not (tmp_path / "a").exists()


def test_objects_say_what_they_are_and_how_long_they_keep(built: Network, object_store: ObjectStore) -> None:
    send(built, object_store.url("{union}"), "shandong")
    heads = {}
    for key in object_store.keys("shandong/"):
        head = object_store.client().head_object(Bucket=object_store.bucket, Key=key)
        heads[key.removeprefix("shandong/")] = (head["ContentType"], head.get("CacheControl"))
    immutable, minute = "public, max-age=31536000, immutable", "public, max-age=60"
    assert heads["index.html"] == ("text/html; charset=utf-8", minute)
    assert heads["feeds/all.atom.xml"] == ("application/atom+xml; charset=utf-8", minute)
    assert heads["search/index.json"] == ("application/json; charset=utf-8", f"{minute}, s-maxage=0")
    assert heads["assets/brand.css"] == ("text/css; charset=utf-8", "public, max-age=3600")
    hashed = {path: head for path, head in heads.items() if head[1] == immutable}
    assert any(path.startswith("assets/") and path.endswith(".css") for path in hashed)
    assert any(path.startswith("assets/") and path.endswith(".js") for path in hashed)
    assert any(path.startswith("search/") and path.endswith(".bin") for path in hashed)
    assert not [path for path in hashed if path.endswith((".html", "index.json", ".xml"))]


def test_an_object_store_without_keys_or_bucket(
    built: Network, object_store: ObjectStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    [outcome] = send(
        built, object_store.url("x").replace(object_store.bucket, "no-such-bucket"), "shandong"
    ).sites
    assert "no bucket no-such-bucket" in outcome.problems[0].message
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    [outcome] = send(built, object_store.url("x"), "shandong").sites
    assert "no keys" in outcome.problems[0].message
    assert "AWS_ACCESS_KEY_ID" in outcome.problems[0].action


def test_the_release_that_travels_is_whole(built: Network) -> None:
    release = live_release(built.places.output, "shandong")
    assert {upload.path for upload in release.uploads()} == set(tree(built.live("shandong")))
