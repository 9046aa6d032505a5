"""The table of synonyms: a screen for the network's administrators, a file for everything that searches."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from cms.publishing.models import PublishRequest
from cms.synonyms.models import WordGroup, table, text
from site_builder import content_store
from tests.builders import Network
from tests.cms.bridge import Bridge

pytestmark = pytest.mark.django_db

ADMIN = "/admin/synonyms/"
FILE = "- [产改, 产业工人队伍建设改革]\n- {words: [市总, 市总工会], apart: [城市总体]}\n"


def test_an_administrator_of_the_network_adds_a_group_and_every_site_is_asked_for(people, sign_in):
    client = sign_in(people.network_admin)
    data = {"words": "产改、产业工人队伍建设改革", "apart": ""}
    assert client.post(f"{ADMIN}new/", data).status_code == 302
    assert text() == "- [产改, 产业工人队伍建设改革]\n"
    asked = PublishRequest.objects.filter(action=PublishRequest.Action.REBUILD, subject="")
    assert "产改 = 产业工人队伍建设改革" in asked.values_list("title", flat=True)
    assert "产改 = 产业工人队伍建设改革" in client.get(ADMIN).content.decode()


def test_a_unions_own_people_do_not_change_the_words_of_all(people, sign_in):
    group = WordGroup.objects.create(words="产改\n产业工人队伍建设改革")
    for person in (people.qingdao_editor, people.qingdao_manager, people.shandong_manager):
        client = sign_in(person)
        for address in ("", "new/", f"edit/{group.pk}/", f"delete/{group.pk}/"):
            assert client.get(f"{ADMIN}{address}").status_code in (302, 403), (person, address)
        client.post(f"{ADMIN}delete/{group.pk}/")
        client.post(f"{ADMIN}new/", {"words": "甲\n乙", "apart": ""})
    assert list(WordGroup.objects.all()) == [group]


@pytest.mark.parametrize(
    ("words", "apart", "said"),
    [
        ("产改", "", "至少写两个"),
        ("産改\n产改", "", "至少写两个"),  # one word in two scripts
        ("市总\n市工会", "", "已在另一组里"),
        ("区总\n区总工会", "县里", "没有上面的任何一个词"),
        ("区总\n" + "很" * 41, "", "超过40个字"),
    ],
)
def test_groups_that_do_nothing_or_undo_another_are_refused(words, apart, said):
    WordGroup.objects.create(words="市总\n市总工会")
    with pytest.raises(ValidationError) as error:
        WordGroup(words=words, apart=apart).full_clean()
    assert said in str(error.value)


def test_the_order_is_that_of_the_screen():
    for words in ("甲\n乙", "丙\n丁"):
        WordGroup.objects.create(words=words)
    first, last = WordGroup.objects.all()
    first.position, last.position = last.position, first.position
    first.save()
    last.save()
    assert [group.words for group in table()] == [("丙", "丁"), ("甲", "乙")]


@pytest.fixture
def bridge(tmp_path, make_union) -> Bridge:
    network = Network(tree=False)
    network.union("shandong", None, "province")
    found = Bridge.under(tmp_path)
    network.write(found.content)
    (found.content / content_store.SYNONYMS).write_text(FILE, "utf-8")
    return found


def test_load_then_export_gives_the_same_bytes(bridge):
    assert content_store.SYNONYMS in bridge.load().created
    assert text() == FILE
    assert bridge.export().written == []
    assert (bridge.content / content_store.SYNONYMS).read_text("utf-8") == FILE
    assert content_store.SYNONYMS not in bridge.load().updated


def test_an_edit_reaches_the_file_and_a_file_edited_meanwhile_does_not_undo_it(bridge):
    bridge.load()
    WordGroup.objects.create(words="法援\n法律援助")
    (bridge.content / content_store.SYNONYMS).write_text("- [法援, 法律帮助]\n", "utf-8")
    problems = bridge.load().problems
    assert [problem.code for problem in problems] == ["edited-in-wagtail"]
    assert "法律援助" in text()
    bridge.export()
    assert "- [法援, 法律援助]\n" in (bridge.content / content_store.SYNONYMS).read_text("utf-8")


def test_a_faulty_group_is_named_and_the_table_not_taken(bridge):
    (bridge.content / content_store.SYNONYMS).write_text("- [产改]\n- [法援, 法律援助]\n", "utf-8")
    report = bridge.load()
    assert [problem.file for problem in report.problems] == [content_store.SYNONYMS]
    assert not WordGroup.objects.exists()


def test_an_emptied_table_takes_its_file_along(bridge):
    bridge.load()
    WordGroup.objects.all().delete()
    assert bridge.export().removed == [content_store.SYNONYMS]


def test_prune_follows_a_deleted_file(bridge):
    bridge.load()
    (bridge.content / content_store.SYNONYMS).unlink()
    assert content_store.SYNONYMS in bridge.load(prune=True).deleted
    assert text() == ""
