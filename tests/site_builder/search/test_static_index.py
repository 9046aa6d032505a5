"""The static index, asked through `StaticIndex`, which reads the bytes as a browser does."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_builder.content_store import SynonymGroup
from site_builder.search import grades, shards
from site_builder.search.analysis import normalise, parse_query, runs, terms
from site_builder.search.documents import SearchDocument, documents
from site_builder.search.everyday import otherwise
from site_builder.search.phrases import syllables_of
from site_builder.search.segment import combined
from site_builder.search.static_index import build, build_segment
from site_builder.search.static_query import Answer, StaticIndex
from site_builder.search.terms import postings, term_hash
from tests.site_builder.search.search_sample import make_content, make_plans, record_id

WORDS = [
    "职工",
    "夜校",
    "工会",
    "春季班",
    "88元",
    "350余个",
    "App",
    "平度",
    "產改",
    "服务",
    "的",
    "上课",
    "2025年",
    "ＫＴＶ",
]
TEXTS = st.lists(st.sampled_from([*WORDS, "，", "。", " ", "\n"]), min_size=1, max_size=30).map("".join)


def document(number: int, title: str, text: str = "", **fields: str) -> SearchDocument:
    values = {"kind": "story", "date": f"2025-01-{number % 28 + 1:02d}", "owner": "shandong"} | fields
    return SearchDocument(id=f"{number:032x}", path=f"/news/{number}/", title=title, text=text, **values)


@st.composite
def collections(draw: st.DrawFn) -> list[SearchDocument]:
    texts = draw(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=25))
    kinds = ("story", "program", "guide", "story", "unheard-of")
    return [
        document(number, title, text, kind=kinds[number % 5]) for number, (title, text) in enumerate(texts)
    ]


def ids(answer: Answer) -> list[str]:
    return [hit.id for hit in answer.hits]


@settings(max_examples=60, deadline=None)
@given(collections(), st.randoms(use_true_random=False))
def test_every_record_is_found_by_its_title_and_by_pieces_of_its_text(
    found: list[SearchDocument], chance: random.Random
) -> None:
    index = StaticIndex(build(found))
    for one in found:
        if any(runs(normalise(one.title))):
            answer = index.search(f'"{one.title}"', limit=len(found))
            assert answer.full
            assert one.id in ids(answer)
        start = chance.randrange(len(one.text))
        piece = one.text[start : start + chance.randint(2, 6)]
        # Cut units (8元 of 88元) are other words, and a character that most texts have counts only in titles
        # and leads.
        units = set(terms(one.text))
        query = parse_query(piece)
        if query and all(term in units for run in query.runs for term, _, _ in run.terms):
            assert one.id in ids(index.search(piece, limit=len(found))), piece


@settings(max_examples=60, deadline=None)
@given(collections(), st.sampled_from(WORDS), st.sampled_from(WORDS))
def test_a_record_that_is_found_has_what_was_asked(
    found: list[SearchDocument], first: str, second: str
) -> None:
    texts = {one.id: f"{one.title}\n{one.text}" for one in found}
    present = {identity: {*terms(text), *normalise(text)} for identity, text in texts.items()}
    answer = StaticIndex(build(found)).search(f'{first} -"{second}"', limit=len(found))
    unwanted = {term for run in parse_query(f'"{second}"').runs for term, _, _ in run.terms}
    for identity in ids(answer):
        if unwanted:
            assert not unwanted <= present[identity]
        if answer.full:
            said = otherwise(*map(normalise, texts[identity].split("\n", 1)), "")
            assert (present[identity] | set(terms("\n".join(said)))) & set(terms(first))


@given(collections())
@settings(max_examples=20, deadline=None)
def test_arrays_and_analysis_find_the_same_terms(found: list[SearchDocument]) -> None:
    arrays = postings(found)
    for number, one in enumerate(found):
        said = otherwise(normalise(one.title), normalise(one.text), "")
        expected = {term_hash(term) for term in terms("\n".join((one.title, one.text, *said)))}
        titled = {term_hash(term) for term in terms(one.title)}
        alone = {term_hash(sign) for sign in normalise("".join((one.title, one.text, *said)))}
        chosen = arrays.record == number
        assert expected <= set(arrays.hash[chosen].tolist()) <= expected | alone
        assert titled <= set(arrays.hash[chosen & arrays.titled].tolist()) <= titled | alone


def test_the_same_records_give_the_same_bytes_in_any_order() -> None:
    found = [document(number, f"第{number}号夜校", "职工上课。" * number) for number in range(40)]
    files = build(found)
    assert build(found[::-1]) == files
    changed = build([*found[1:], document(0, "第0号夜校", "新的话。")])
    assert not (files.keys() & changed.keys()) - {"index.json"}, "another index has other names"


def test_what_time_alone_changes_changes_the_manifest_only() -> None:
    before = build(
        [document(1, "职工夜校", kind="program", state="open", closes="2025-05-01"), document(2, "新闻")]
    )
    after = build(
        [document(1, "职工夜校", kind="program", state="closing", closes="2025-05-01"), document(2, "新闻")]
    )
    assert [name for name in before if before[name] != after.get(name)] == ["index.json"]
    assert StaticIndex(after).search("夜校").hits[0].state == "closing"


def test_a_site_without_records_has_a_manifest_and_finds_nothing() -> None:
    files = build(())
    assert list(files) == ["index.json"]
    assert StaticIndex(files).search("夜校").hits == ()


@pytest.mark.parametrize("query", ["", "  ", "，。", "-夜校", '""', "的"])
def test_a_query_without_words_finds_nothing(query: str) -> None:
    assert ids(StaticIndex(build([document(1, "职工夜校")])).search(query)) == []


RANKED = [
    document(1, "职工夜校走红", "夜校。" * 30, date="2025-04-01"),
    document(2, "职工夜校", "报名。", kind="program", state="open", date="2024-01-01"),
    document(3, "职工夜校", "报名。", kind="program", state="ended", date="2025-01-01"),
    document(4, "别的消息", "职工夜校。", date="2025-05-01"),
    document(5, "夜校办学指南", "怎样办职工夜校。", kind="guide"),
    document(6, "暑托班", "也提到职工夜校。", kind="program", state="open"),
    document(7, "平度新闻", "平度的书屋。夜校。"),
]


def test_an_open_program_comes_before_an_ended_one_and_both_before_a_mention() -> None:
    answer = StaticIndex(build(RANKED)).search("职工夜校")
    assert answer.full
    order = [int(identity, 16) for identity in ids(answer)]
    assert order[0] == 2
    assert set(order[:3]) == {1, 2, 3}
    assert order.index(1) < order.index(6), "a title comes before an open program that only mentions it"
    assert answer.kinds == {"story": 2, "program": 3, "guide": 1}


def test_words_need_no_space_and_no_neighbourhood() -> None:
    index = StaticIndex(build(RANKED))
    assert ids(index.search("平度夜校")) == ids(index.search("平度 夜校")) == [f"{7:032x}"]


def test_the_nearest_are_given_where_nothing_matches_wholly() -> None:
    answer = StaticIndex(build(RANKED)).search("职工夜校走红啦啦")
    assert not answer.full
    assert ids(answer)[0] == f"{1:032x}"
    assert ids(StaticIndex(build(RANKED)).search("鲸鱼")) == []


def test_a_kind_narrows_and_the_counts_of_all_kinds_stay() -> None:
    answer = StaticIndex(build(RANKED)).search("职工夜校", kind="guide")
    assert ids(answer) == [f"{5:032x}"]
    assert answer.total == 1
    assert answer.kinds["program"] == 3


def test_of_equal_stories_the_newest_comes_first() -> None:
    found = [document(number, "工会消息", "夜校。", date=f"20{number:02d}-01-01") for number in range(10, 25)]
    assert ids(StaticIndex(build(found)).search("工会消息", limit=3)) == [f"{n:032x}" for n in (24, 23, 22)]


def test_only_what_a_site_shows_is_in_its_index() -> None:
    shandong, qingdao = (StaticIndex(build(documents(plan))) for plan in make_plans(make_content()))
    for hidden in ("鲸鱼", "企鹅", "河马"):  # Embargoed, withdrawn, expired.
        assert not shandong.search(hidden).hits
        assert not qingdao.search(hidden).hits
    assert ids(qingdao.search("青岛夜校办公室"))[0] == str(record_id(1))
    assert not shandong.search('"青岛夜校办公室"').hits
    assert qingdao.search("职工夜校春季班").hits[0].path == "/programs/shandong/program-1/"


def test_two_segments_answer_like_one() -> None:
    one = StaticIndex(build(RANKED))
    two = StaticIndex(combined([build_segment(RANKED[::2]), build_segment(RANKED[1::2])]))
    for query in ("职工夜校", "夜校", "平度夜校", '"夜校走红"', "夜校 -走红", "鲸鱼", "指南", "yexiao"):
        assert {hit.id for hit in two.search(query).hits} == {hit.id for hit in one.search(query).hits}
        assert two.search(query).kinds == one.search(query).kinds
    assert ids(two.search("职工夜校"))[0] == RANKED[1].id


def test_usual_pairs_stand_apart_and_are_found_as_if_they_did_not(monkeypatch: pytest.MonkeyPatch) -> None:
    queries = ("职工夜校", "夜校", "平度夜校", '"夜校走红"', "夜校 -走红", "鲸鱼", "指南", "yexiao", "夜笑")
    index = StaticIndex(build(RANKED))
    expected = [index.search(query).hits for query in queries]
    monkeypatch.setattr(shards, "POSTINGS_PER_USUAL", 10)
    files = build(RANKED)
    usual = [name for name in files if "/u/" in name]
    assert len(usual) > 2
    assert [StaticIndex(files).search(query).hits for query in queries] == expected
    half = {name: b"" if "/s/" in name else content for name, content in files.items()}
    assert StaticIndex(half).search("夜校").hits == expected[1], "what most titles have is in no other shard"


def test_every_grade_has_a_number_in_the_codes_that_write_one() -> None:
    first, *others = grades.CODES
    assert first == (0,)
    assert [sorted(code) for code in others] == [list(range(grades.MANY))] * 3


def test_what_a_site_shows_otherwise_is_hidden_in_the_inherited_segment() -> None:
    inherited = build_segment(RANKED)
    own = build_segment([replace(RANKED[1], text="报名电话在青岛。")])
    files = combined([own, inherited], hidden=[RANKED[1].id, RANKED[0].id], states={RANKED[1].id: "ended"})
    found = StaticIndex(files).search("职工夜校")
    assert ids(found).count(RANKED[1].id) == 1
    assert RANKED[0].id not in ids(found)
    assert next(hit for hit in found.hits if hit.id == RANKED[1].id).state == "ended"
    assert ids(StaticIndex(files).search("青岛")) == [RANKED[1].id]
    alone = StaticIndex(combined([inherited], hidden=[RANKED[0].id]))
    assert RANKED[0].id not in ids(alone.search("职工夜校")), "a site without records of its own hides too"
    shared = {name: content for name, content in files.items() if name in inherited.files}
    assert shared == dict(inherited.files), "siblings share every file"


def test_an_inherited_segment_is_the_same_whatever_the_states() -> None:
    later = [replace(one, state="") for one in RANKED]
    assert build_segment(later).files == build_segment(RANKED).files


SAME = (
    ("产改", "产业工人队伍建设改革"),
    SynonymGroup(words=("市总", "市总工会"), apart=("城市总",)),
    ("互助", "互助保障"),
)
NAMED = [
    document(1, "产改这五年", "全省推进。"),
    document(2, "改革综述", "推进产业工人队伍建设改革,市总工会部署。"),
    document(3, "别的", "产业发展,工人来了,队伍整齐,建设改革。"),
    document(4, "规划", "城市总体规划。"),
    document(5, "部署", "市总召开会议。"),
    document(6, "医疗互助", "互助保障。互助。"),
]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("产改", "产业工人队伍建设改革", {1, 2}), ("市总", "市总工会", {2, 5}), ("互助", "互助保障", {6})],
)
def test_words_of_the_same_meaning_find_the_same(first: str, second: str, expected: set[int]) -> None:
    index = StaticIndex(build(NAMED, synonyms=SAME))
    wanted = {f"{number:032x}" for number in expected}
    assert set(ids(index.search(first))) == set(ids(index.search(second))) == wanted
    assert set(ids(index.search(f'"{first}"'))) <= wanted | {f"{4:032x}"}, "in quotation marks as it stands"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("yexiao", "夜校"),
        ("zhigongyexiao", "职工夜校"),
        ("zhi gong ye xiao", "职工夜校"),
        ("zgyx", "职工夜校"),
        ("职工夜笑", "职工夜校"),
        ("夜校zouhong", "夜校走红"),
        ("shutuoban", "暑托班"),
        ("只工夜校", "职工夜校"),
    ],
)
def test_pinyin_and_slips_are_read_as_words_that_the_site_has(typed: str, meant: str) -> None:
    index = StaticIndex(build(RANKED))
    answer = index.search(typed)
    assert answer.corrected == meant
    assert ids(answer) == ids(index.search(meant))


def test_letters_and_words_that_a_record_has_are_left_as_they_are() -> None:
    index = StaticIndex(build([document(1, "App下载", "wifi 上网"), document(2, "鸭皮", "阿皮皮")]))
    for query in ("app", "wifi", "App下载", '"yapi"'):
        assert index.search(query).corrected == ""
    assert syllables_of("重庆") == "chong qing"
    assert syllables_of("重要") == "zhong yao"


def test_files_are_small_and_follow_the_size_of_the_site() -> None:
    chance = random.Random(1)
    characters = [chr(0x4E00 + number) for number in range(600)]
    found = [
        document(
            number, "".join(chance.choices(characters, k=12)), "".join(chance.choices(characters, k=700))
        )
        for number in range(150)
    ]
    files = build(found)
    shards = [len(content) for name, content in files.items() if "/s/" in name]
    assert 1200 < sum(shards) / len(shards) < 2400
    few = [len(content) for name, content in build(found[:50]).items() if "/s/" in name]
    assert 300 < sum(few) / len(few) < 900, "beside a large segment a small one costs little"
    answer = StaticIndex(files).search(found[3].title[:4])
    assert ids(answer)[0] == found[3].id
    assert answer.bytes_read < 12_000


def test_what_all_records_have_is_found_in_all() -> None:
    found = [document(number, f"消息{number}", "工会服务职工。") for number in range(400)]
    assert StaticIndex(build(found)).search("工会服务").total == 400


def test_a_character_alone_is_found_in_texts_unless_most_have_it() -> None:
    lead = "工会办事。" * 50
    found = [document(n, f"消息{n}", f"{lead}他说的。{'夜里。' if n == 7 else ''}") for n in range(60)]
    index = StaticIndex(build(found))
    assert ids(index.search("夜")) == [f"{7:032x}"]
    assert index.search("的").total == 0, "in every text: it tells nothing"
    assert index.search("消").total == 60, "in titles any counts"


def test_a_word_by_itself_comes_before_what_only_looks_like_one() -> None:
    found = [
        document(1, "庆祝中华人民共和国成立", "中华人民。", date="2025-05-01"),
        document(2, "华人社团访问", "海外华人。", date="2024-01-01"),
    ]
    assert ids(StaticIndex(build(found)).search("华人"))[0] == f"{2:032x}"


def test_a_number_is_found_where_a_word_stands_between_it_and_its_unit() -> None:
    found = [
        document(1, "补助", "最高500余万元。"),
        document(2, "奖金", "每人500万元。"),
        document(3, "别的", "五元。"),
    ]
    assert ids(StaticIndex(build(found)).search("500万元")) == [f"{2:032x}", f"{1:032x}"]


@pytest.mark.parametrize("typed", ["zigongyexiao", "zhi4gong1 ye4xiao4", "zhígōng yèxiào", "zgyexiao"])
def test_pinyin_may_have_tones_initials_and_the_slips_of_the_south(typed: str) -> None:
    assert StaticIndex(build(RANKED)).search(typed).corrected == "职工夜校"


def test_initials_of_several_words_find_all_of_them() -> None:
    found = [document(1, "职工夜校"), document(2, "中国银行"), document(3, "中外游戏")]
    answer = StaticIndex(build(found)).search("zgyx")
    assert ids(answer) == [f"{1:032x}"]
    assert set(ids(StaticIndex(build([*found, document(4, "中国艺校")])).search("zgyx"))) == {
        f"{1:032x}",
        f"{4:032x}",
    }


def test_one_of_two_places_in_a_lead_comes_before_words_far_apart() -> None:
    found = [
        document(1, "成都见闻", "街上。" * 200 + "大学。", date="2025-05-01"),
        document(2, "招生简章", "成都的三所大学公布计划。" + "别的话。" * 100, date="2024-01-01"),
    ]
    assert ids(StaticIndex(build(found)).search("成都 大学"))[0] == f"{2:032x}"


def test_texts_are_raw_deflate() -> None:
    files: Mapping[str, bytes] = build([document(1, "职工夜校")])
    texts = [content for name, content in files.items() if name.split("/")[1:2] in (["b"], ["h"], ["p"])]
    assert len(texts) > 2
    assert all(zlib.decompress(content, -15) for content in texts)


def test_a_synonym_that_is_a_word_by_itself_comes_before_a_part_of_another_word() -> None:
    found = [
        document(1, "生产改革推进", "生产改革。", date="2025-05-01"),
        document(2, "产业工人队伍建设改革推进", "各地推进。", date="2024-01-01"),
    ]
    answer = StaticIndex(build(found, synonyms=(("产改", "产业工人队伍建设改革"),))).search("产改")
    assert ids(answer)[0] == f"{2:032x}"


def test_pairs_with_a_particle_are_found_in_quotation_marks_and_beside_words() -> None:
    found = [document(1, "职工的夜校"), document(2, "职工夜校"), document(3, "夜校和书屋", "他们在上课。")]
    index = StaticIndex(build(found))
    assert ids(index.search('"工的夜"')) == [f"{1:032x}"]
    assert ids(index.search('"他们在上课"')) == [f"{3:032x}"]
    assert set(ids(index.search("职工夜校"))) == {f"{1:032x}", f"{2:032x}"}


def test_in_quotation_marks_and_after_a_minus_counts_what_a_text_has_itself() -> None:
    found = [
        document(1, "职工夜校"),
        document(2, "通知", "每周上课两次。"),
        document(3, "夜校开学", "在此上课。"),
    ]
    index = StaticIndex(build(found))
    assert set(ids(index.search("上课"))) == {f"{number:032x}" for number in (1, 2, 3)}, "people say so"
    assert set(ids(index.search('"上课"'))) == {f"{number:032x}" for number in (2, 3)}
    assert ids(index.search("夜校 -上课")) == [f"{1:032x}"]


def test_states_and_hidden_records_of_thousands_cost_a_few_bytes() -> None:
    found = [
        document(number, f"活动{number}", kind="event", state="past" if number < 900 else "planned", date="")
        for number in range(1000)
    ]
    index = StaticIndex(build(found))
    assert len(build(found)["index.json"]) < 400
    states = {hit.id: hit.state for hit in index.search("活动", limit=1000).hits}
    assert states == {one.id: one.state for one in found}
    hidden = combined([build_segment(found[:1]), build_segment(found[1:])], [one.id for one in found[400:]])
    assert StaticIndex(hidden).search("活动", limit=1000).total == 400
    assert len(hidden["index.json"]) < 700
