"""Deploying to real places: what travels, what is never touched, and what a cut costs."""

from __future__ import annotations

import fcntl
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from site_builder.deploy import address
from site_builder.deploy.addresses import Targets
from site_builder.deploy.lease import Deployer
from site_builder.deploy.local import LocalPort
from site_builder.deploy.port import Port, Refused
from site_builder.deploy.run import Report, deploy, live_release
from site_builder.deploy.site import Outcome, open_port
from site_builder.release import switch
from site_builder.release.rollback import rollback
from site_builder.release.state import Records
from tests import patience
from tests.integration.conftest import ObjectStore, Sshd, free_port, sshd_in
from tests.integration.places import ALL, FOLDERS, Place
from tests.integration.places import place as make_place
from tests.site_builder.conftest import Network, tree

UNIONS = ("shandong", "pingdu")
SOME = [kind for kind in ALL if kind.id in ("file", "sftp", "rsync-in-place", "s3")]
"""One of each library and of each layout: all seven together take long."""
GUIDE = "records/shandong/guide/falv-yuanzhu.md"
PROGRAM = "records/shandong/program/jinqiu-zhuxue.md"


@pytest.fixture
def built(network: Network) -> Network:
    for union in UNIONS:
        assert not network.build(union).failed
    return network


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return make_place(request, tmp_path, *request.param)


def everywhere(kinds) -> pytest.MarkDecorator:
    packed = [pytest.param(tuple(kind.values), id=kind.id, marks=kind.marks) for kind in kinds]
    return pytest.mark.parametrize("place", packed, indirect=True)


def send(network: Network, url: str, *unions: str, **options) -> Report:
    return deploy(network.places, unions or UNIONS, Targets(everywhere=(url,)), **options)


def only(report: Report) -> Outcome:
    [outcome] = report.sites
    assert not outcome.failed, outcome.problems
    return outcome


def change(network: Network) -> None:
    """A guide of shandong says something else, and a program is gone."""
    network.edit(GUIDE, lambda text: text.replace("title: ", "title: 改过的", 1))
    (network.places.content / PROGRAM).unlink()
    assert not network.build("shandong").failed


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


def _is_free(lock: Path) -> bool:
    """The kernel lets go of what a killed process held a moment after it is gone."""
    with lock.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


@everywhere(ALL)
def test_a_deployer_killed_at_any_moment_loses_nothing(built: Network, place: Place) -> None:
    place.write("beside.txt", b"mine")
    old = tree(built.live("shandong"))
    send(built, place.url, "shandong")
    change(built)
    new = tree(built.live("shandong"))
    command = [sys.executable, "-m", "site_builder", "deploy", "shandong", "--to", place.url]
    command += ["--content", built.places.content, "--data", built.places.data]
    chance = random.Random(7)
    for _ in range(2):
        process = subprocess.Popen(
            list(map(str, command)),
            start_new_session=True,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.3, 1.6))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        seen = {path: data for path, data in place.served("shandong").items() if ".unionpress-" not in path}
        if place.in_place:
            assert all(data in (old.get(path), new.get(path)) for path, data in seen.items())
        else:
            assert seen in (old, new)
    lock = built.places.data / "locks" / "deploy" / "shandong.lock"
    patience.wait_for(lambda: _is_free(lock), "the lock of a deployer that was killed")
    assert not only(send(built, place.url, "shandong")).failed
    assert place.served("shandong") == new


@everywhere(SOME)
def test_two_deployers(built: Network, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine's lease is respected until its time is over."""
    target = address(place.url, "shandong")
    port, layout = open_port(target)
    with port:
        lease = layout.lease(Deployer("another machine", "build 7"))
        lease.take()
        monkeypatch.setattr("site_builder.deploy.site.PAUSE", 0)
        [outcome] = send(built, place.url, "shandong").sites
        assert [problem.code for problem in outcome.problems] == ["deploy-held"]
        assert "may until" in outcome.problems[0].message
        assert place.served("shandong") == {}

        note = orjson.loads(port.read(f"{layout.notes}/lock.json") or b"")
        note["until"] = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
        port.write(f"{layout.notes}/lock.json", orjson.dumps(note))
        only(send(built, place.url, "shandong"))
        assert place.served("shandong") == tree(built.live("shandong"))
        with pytest.raises(Exception, match="took the target over"):
            lease.check()


def test_whoever_is_given_the_task_of_a_dead_one_goes_on_at_once(built: Network, tmp_path: Path) -> None:
    """A broker gives out a task again when its machine died: nobody waits until that one's time is over."""
    targets = Targets(everywhere=(f"file://{tmp_path}/www/{{union}}",))
    port, layout = open_port(targets.of("shandong")[0])
    with port:
        layout.lease(Deployer("the dead one", "build 7")).take()
        assert deploy(built.places, ["shandong"], targets).has_errors
        assert deploy(built.places, ["shandong"], targets, task="build 8").has_errors
        only(deploy(built.places, ["shandong"], targets, task="build 7"))


@everywhere([kind for kind in FOLDERS if kind.id in ("sftp", "sftp-in-place", "rsync", "rsync-in-place")])
def test_a_connection_cut_again_and_again(
    built: Network, place: Place, sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each connection carries a little more than the one before: deploying goes on where that one stopped."""
    monkeypatch.setattr(Port, "batch_files", 30)
    monkeypatch.setattr("site_builder.deploy.site.PAUSE", 0.01)
    monkeypatch.setattr("site_builder.deploy.site.TRIES", 60)
    with cutting(sshd.port, step=30_000) as proxy:
        known = sshd.folder / f"known_hosts.{proxy.port}"
        known.write_text((sshd.folder / "known_hosts").read_text().replace(str(sshd.port), str(proxy.port)))
        url = place.url.replace(f":{sshd.port}/", f":{proxy.port}/")
        url = url.replace(f"{sshd.folder}/known_hosts", str(known))
        outcome = only(send(built, url, "shandong"))
    assert proxy.cuts > 0
    assert outcome.deployed
    assert place.served("shandong") == tree(built.live("shandong"))


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


def test_one_target_that_fails_stops_no_other(
    built: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("site_builder.deploy.site.PAUSE", 0)
    (tmp_path / "known_hosts").write_text("x ssh-ed25519 AAAA\n")
    unreachable = f"sftp://127.0.0.1:{free_port()}/srv/shandong?known_hosts={tmp_path}/known_hosts"
    targets = Targets(
        unions={"shandong": (unreachable, f"file://{tmp_path}/a"), "pingdu": (f"file://{tmp_path}/b",)}
    )
    report = deploy(built.places, UNIONS, targets)
    assert [(site.union, site.deployed) for site in report.sites] == [
        ("shandong", False), ("shandong", True), ("pingdu", True),
    ]  # fmt: skip
    assert "cannot be reached" in report.sites[0].problems[0].message
    notes = Records(built.places.data).deployments("shandong")
    assert [(note.failures, note.release) for note in notes] == [
        (1, None),
        (0, switch.live(built.places.output, "shandong")),
    ]


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


# --- a network that cuts --------------------------------------------------------------------------


class Cutting:
    """Passes bytes on to a port; ends the n-th connection after n times `step` bytes from its client."""

    def __init__(self, to: int, step: int) -> None:
        self._to, self._step = to, step
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.cuts = 0

    def run(self) -> None:
        allowed = 0
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            allowed += self._step
            server = socket.create_connection(("127.0.0.1", self._to))
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pass, args=(client, server, allowed), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, 1 << 40), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, left: int) -> None:
        try:
            while left > 0 and (data := source.recv(16384)):
                sink.sendall(data)
                left -= len(data)
            self.cuts += left <= 0
        except OSError:
            pass
        finally:
            for each in (source, sink):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)  # wakes whoever reads from it; closing alone does not
                each.close()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@contextmanager
def cutting(to: int, step: int) -> Iterator[Cutting]:
    proxy = Cutting(to, step)
    thread = threading.Thread(target=proxy.run)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join()
