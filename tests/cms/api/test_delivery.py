"""The delivery API: what is live, to whoever holds a token, and nothing else."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cms.api.models import ApiToken
from site_builder import content_store, network_search
from site_builder import network as networks
from site_builder.network import THEMES
from site_builder.release.report import Places
from site_builder.search.network_index import Filters, NetworkIndex
from tests.builders import NOW, Network, to

pytestmark = pytest.mark.django_db

PRIVATE = {"share", "keywords", "former_paths", "expires", "withdrawn", "review_due"}


@pytest.fixture
def network() -> Network:
    network = Network(tree=False)
    network.union("shandong", None, "province")
    network.union("qingdao", "shandong", "city")
    network.story("shandong", "bi-zhuan", title="职工夜校必转", share=to("descendants"), keywords=("暗语",))
    network.program(
        "shandong",
        "xiang-mu",
        title="夜校项目",
        published="2025-03-01",
        share=to("children", slots=("contact",)),
    )
    network.story("shandong", "jin-fa", title="禁发的消息", published="2025-06-01")
    network.story("shandong", "che-hui", title="撤回的消息", withdrawn={"at": "2025-04-02", "reason": "有误"})
    network.story("qingdao", "qing-dao", title="青岛的消息", published="2025-04-02")
    network.adopt("qingdao", next(iter(r for r in network.records.values() if r.slug == "xiang-mu")), "take",
                  contact={"phone": "12351"})  # fmt: skip
    return network


@pytest.fixture
def live(network: Network, tmp_path: Path) -> Path:
    network.write(tmp_path / "content")
    networks.build(
        tmp_path / "content", tmp_path / "data", tmp_path / "data/output", as_of=NOW, jobs=1, themes=THEMES
    )
    return tmp_path


class Api:
    def __init__(self, secret: str = "") -> None:
        self.client = Client(headers={"Authorization": f"Bearer {secret}"} if secret else {})

    def get(self, path: str, status: int = 200, **query: object) -> dict:
        response = self.client.get(f"/api/v1/{path}", query)
        assert response.status_code == status, response.content
        assert response["Content-Type"].startswith("application/json")
        return orjson.loads(response.content)

    def titles(self, **query: object) -> list[str]:
        return [record["title"] for record in self.get("records/", **query)["results"]]


@pytest.fixture
def api(live: Path) -> Api:
    return Api(ApiToken.objects.issue("屏幕")[1])


def test_nothing_without_a_token(live: Path) -> None:
    assert "detail" in Api().get("records/", 401)
    assert "detail" in Api("up_guessed").get(f"records/{uuid4()}/", 401)


def test_the_network_lists_each_record_once_newest_first(api: Api) -> None:
    found = api.get("records/")
    assert [(record["union"], record["title"]) for record in found["results"]] == [
        ("qingdao", "青岛的消息"),
        ("shandong", "职工夜校必转"),
        ("shandong", "夜校项目"),
    ]
    assert found["count"] == 3


def test_a_site_lists_what_it_shows_with_its_own_slots(api: Api) -> None:
    assert api.titles(union="qingdao") == ["青岛的消息", "职工夜校必转", "夜校项目"]
    assert api.titles(union="shandong") == ["职工夜校必转", "夜校项目"]
    (program,) = api.get("records/", union="qingdao", kind="program")["results"]
    assert program["contact"]["phone"] == "12351"
    assert not api.get("records/", union="shandong", kind="program")["results"][0]["contact"]


def test_a_record_is_the_file_beside_its_page(api: Api, live: Path) -> None:
    found = api.get("records/", union="qingdao", kind="program")["results"][0]
    beside = live / "data/output/sites/qingdao/programs/shandong/xiang-mu/index.json"
    assert found == orjson.loads(beside.read_bytes())
    assert api.get(f"records/{found['id']}/", union="qingdao") == found
    assert not api.get(f"records/{found['id']}/")["contact"], "without a site: as its owner shows it"


def test_only_what_is_public_is_delivered(api: Api, network: Network) -> None:
    everything = orjson.dumps([api.get("records/"), api.get("records/", union="qingdao")]).decode()
    for hidden in ("禁发的消息", "撤回的消息", "暗语"):
        assert hidden not in everything
    for record in api.get("records/")["results"]:
        assert not PRIVATE & record.keys()
    for record in network.records.values():
        if record.slug in ("jin-fa", "che-hui"):
            api.get(f"records/{record.id}/", 404)


def test_dates_words_and_pages_narrow_the_list(api: Api) -> None:
    assert api.titles(since="2025-04-01") == ["青岛的消息", "职工夜校必转"]
    assert api.titles(until="2025-04-01") == ["职工夜校必转", "夜校项目"]
    assert api.titles(since="2025-04-01T09:00:01") == ["青岛的消息"]
    assert sorted(api.titles(q="夜校")) == sorted(["职工夜校必转", "夜校项目"])
    assert api.titles(q="夜校", kind="program", union="qingdao") == ["夜校项目"]
    second = api.get("records/", limit=2, page=2)
    assert [record["title"] for record in second["results"]] == ["夜校项目"]
    assert second["previous"].endswith("page=1")
    assert second["next"] is None
    assert api.get("records/", 422, limit=1000)
    assert api.get("records/", 422, kind="gossip")
    assert api.get("records/", 404, union="../../etc")


def test_a_search_is_narrowed_and_counted(api: Api, live: Path) -> None:
    found = api.get("records/", q="夜校", union="qingdao")
    assert found["facets"]["kind"] == [{"value": "program", "count": 1}, {"value": "story", "count": 1}]
    assert found["facets"]["owner"] == [{"value": "shandong", "count": 2}]
    assert found["did_you_mean"] == ""
    assert api.titles(q="夜校", until="2025-03-31", **{"in": "title"}) == ["夜校项目"]
    assert api.titles(q="夜校", owner="qingdao") == []
    assert api.titles(owner="qingdao") == ["青岛的消息"]
    assert api.get("records/")["facets"] is None
    states = api.get("records/", kind="program", q="夜校")["facets"]["state"]
    assert [api.titles(state=each["value"]) for each in states] == [["夜校项目"]]
    for narrowing in ({"topic": "没有"}, {"audience": "没有"}, {"place": "没有"}):
        assert api.titles(**narrowing) == api.titles(q="夜校", **narrowing) == []
    assert api.get("records/", q="夜笑项目")["did_you_mean"] == "夜校项目"
    api.get("records/", 422, state="gossip")


def test_an_answer_is_the_command_line_s_a_page_at_a_time(api: Api, live: Path) -> None:
    content = content_store.read(live / "content")
    places = Places(live / "content", live / "data", live / "data/output", THEMES)
    for query in ("夜校", "夜校 -必转", '"夜校必转"', "zhigongyexiao", "暗语"):
        for union in (None, "qingdao"):
            asked = network_search.find(content, places, query, Filters(union=union))
            given = api.get("records/", q=query, **({"union": union} if union else {}))
            assert [one["id"] for one in given["results"]] == [one["id"] for one in asked["results"]]
            assert (given["count"], given["did_you_mean"]) == (asked["total"], asked["did_you_mean"])
            assert given["facets"] == asked["facets"]
    whole = api.titles(q="夜校")
    first = api.get("records/", q="夜校", limit=1)
    second = api.get("records/", q="夜校", limit=1, page=2)
    assert [one["title"] for page in (first, second) for one in page["results"]] == whole
    assert (first["count"], first["previous"], second["next"]) == (2, None, None)
    followed = api.client.get(first["next"])
    assert orjson.loads(followed.content)["results"] == second["results"]
    assert api.get("records/", q="夜校", page=9)["results"] == []


def test_a_search_stays_within_what_a_token_reads(live: Path) -> None:
    mine = Api(ApiToken.objects.issue("青岛", union="qingdao")[1])
    below = Api(ApiToken.objects.issue("省", union="shandong")[1])
    assert mine.titles(q="青岛的消息") == ["青岛的消息"]
    assert "青岛的消息" not in below.titles(q="青岛的消息")
    assert "facets" in mine.get("records/", q="夜校", union="qingdao")
    assert "detail" in mine.get("records/", 403, q="夜校", union="shandong")
    for hidden in ("禁发的消息", "撤回的消息"):
        assert hidden not in mine.titles(q=hidden)
        assert hidden not in below.titles(q=hidden)


def test_an_answer_made_before_the_index_followed_is_not_kept(api: Api, live: Path) -> None:
    asked = {"q": "夜校"}
    before = api.client.get("/api/v1/records/", asked)
    index = NetworkIndex(live / "data/search")
    content = content_store.read(live / "content")
    index.update(content, ())  # As if the index had not known these sites yet.
    empty = api.client.get("/api/v1/records/", asked, headers={"If-None-Match": before["ETag"]})
    assert orjson.loads(empty.content)["count"] == 0
    network_search.update_index(
        content, Places(live / "content", live / "data", live / "data/output", THEMES), NOW
    )
    again = api.client.get("/api/v1/records/", asked, headers={"If-None-Match": empty["ETag"]})
    assert orjson.loads(again.content)["results"] == orjson.loads(before.content)["results"]


def test_without_an_index_the_api_says_what_to_do(api: Api, live: Path) -> None:
    shutil.rmtree(live / "data" / "search")
    assert "--rebuild" in api.get("records/", 503, q="夜校")["detail"]
    assert api.titles()


def test_a_token_of_one_union_reads_its_site_only(live: Path, network: Network) -> None:
    api = Api(ApiToken.objects.issue("青岛", union="qingdao")[1])
    assert api.titles() == api.titles(union="qingdao") == ["青岛的消息", "职工夜校必转", "夜校项目"]
    api.get("records/", 403, union="shandong")
    shared = next(record for record in network.records.values() if record.slug == "bi-zhuan")
    api.get(f"records/{shared.id}/", 403, union="shandong")
    assert api.get(f"records/{shared.id}/")["title"] == "职工夜校必转"


def test_revoked_and_expired_tokens_are_refused(live: Path) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    token, secret = ApiToken.objects.issue("旧", expires_at=past)
    Api(secret).get("records/", 401)
    token, secret = ApiToken.objects.issue("撤")
    Api(secret).get("records/")
    call_command("apitoken", "revoke", token.prefix)
    Api(secret).get("records/", 401)
    with pytest.raises(CommandError):
        call_command("apitoken", "revoke", "up_nothing")


def test_the_secret_is_kept_nowhere(live: Path) -> None:
    token, secret = ApiToken.objects.issue("屏幕")
    stored = ApiToken.objects.filter(pk=token.pk).values().get()
    assert secret not in str(stored)
    Api(secret).get("records/")
    token.refresh_from_db()
    assert token.used_on is not None


def test_an_unchanged_answer_is_not_sent_again(api: Api, live: Path, network: Network) -> None:
    first = api.client.get("/api/v1/records/")
    asked = f'"elsewhere", W/{first["ETag"]}'  # as a proxy that compresses hands it on
    again = api.client.get("/api/v1/records/", headers={"If-None-Match": asked})
    assert (again.status_code, again.content) == (304, b"")
    other = api.client.get("/api/v1/records/?page=2", headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200
    network.story("qingdao", "xin", title="新的消息")
    network.write(live / "content")
    networks.build(live / "content", live / "data", live / "data/output", ["qingdao"], as_of=NOW, jobs=1)
    changed = api.client.get("/api/v1/records/", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert "新的消息".encode() in changed.content


def test_the_documentation_needs_no_other_host(live: Path) -> None:
    page = Client().get("/api/v1/docs").content.decode()
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page
    schema = Client().get("/api/v1/openapi.json").json()
    asked = {each["name"] for each in schema["paths"]["/api/v1/records/"]["get"]["parameters"]}
    assert {"q", "in", "topic", "audience", "place", "owner", "state", "since", "until"} <= asked
    assert {"facets", "did_you_mean"} <= schema["components"]["schemas"]["RecordList"]["properties"].keys()
    assert set(schema["paths"]) == {
        "/api/v1/records/",
        "/api/v1/records/{record}/",
        "/api/v1/records/{record}/receipts/",
    }
    assert schema["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"


def test_tokens_are_made_by_administrators_and_shown_once(people: Any, sign_in: Any) -> None:
    given = {"name": "大屏", "union": "qingdao", "active": "on"}
    address = "/admin/api-tokens/new/"
    sign_in(people.qingdao_manager).post(address, given)
    assert not ApiToken.objects.exists()
    client = sign_in(people.superuser)
    page = client.post(address, given, follow=True).content.decode()
    token = ApiToken.objects.get()
    assert (token.union, token.created_by) == ("qingdao", people.superuser)
    (secret,) = re.findall(r"请立即抄下：(up_[\w-]+)", page)
    assert ApiToken.objects.living(secret) == token
    assert "copy it now" not in client.get("/admin/api-tokens/").content.decode()
