"""What an editor is told before a text is public: what is right is let alone, above all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from site_builder import content_store, proofing
from site_builder.proofing.hits import Around
from site_builder.proofing.parts import Part
from site_builder.proofing.privacy import is_bank_card, is_identity_number
from site_builder.proofing.records import hits
from site_builder.proofing.wording import _RIGHT, wording
from site_builder.records import Kind
from site_builder.site_commands import check
from tests.builders import Network

DEMO = Path(__file__).parents[2] / "content"
UNIONS = ("青岛市总工会", "山东省总工会", "中华全国总工会")
TUESDAY = date(2025, 4, 8)

IDENTITY = "11010519491231002X"
"""The example of GB 11643-1999 itself: nobody's."""
CARD = "6222021234567890128"
"""Counted up, with a check digit: nobody's."""


def found(text: str, way: str = "prose") -> list[tuple[str, str]]:
    part = Part(("body",), text, way)  # type: ignore[arg-type]
    return [(hit.code, text[hit.start : hit.end]) for hit in hits(part, Around(TUESDAY, UNIONS))]


# --- what is told ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (f"身份证号{IDENTITY}。", "identity-number", IDENTITY),
        ("证号 440524 18800101 0014，", "identity-number", "440524 18800101 0014"),
        ("证号130503670401001。", "identity-number-old", "130503670401001"),
        ("请汇到6222 0212 3456 7890 128", "bank-card", "6222 0212 3456 7890 128"),
        ("联系人手机13800138000，", "mobile-number", "13800138000"),
        ("他的货车鲁B·12345停在门口", "plate-number", "鲁B·12345"),
        ("家住红旗小区3号楼2单元501室", "home-address", "家住红旗小区3号楼2单元501室"),
        ("困难职工李建国激动地说", "helped-person", "李建国"),
        ("受助学生王小明表示，", "helped-person", "王小明"),
        ("工会，，组织。。", "doubled-sign", "，，"),
        ("职工,代表", "half-width-sign", ","),
        ("办法(试行)的通知", "half-width-sign", "(试行)"),
        ("学习《通知精神", "unpaired-sign", "《"),
        ("他说：“我们会努力。", "unpaired-sign", "“"),
        ("精神》的学习", "unpaired-sign", "》"),
        ("我们的的工作", "doubled-word", "的的"),
        ("山东省总工会山东省总工会举办", "doubled-word", "山东省总工会山东省总工会"),
        ("按步就班地推进", "wrong-word", "按步就班"),
        ("做为一名职工", "wrong-word", "做为"),
        ("发布征稿启示", "wrong-word", "征稿启示"),
        ("约50余人参加", "number-doubled", "约50余人"),
        ("大约100人左右", "number-doubled", "大约100人左右"),
        ("至少50人以上", "number-doubled", "至少50人以上"),
        ("五十多余人", "number-doubled", "十多余"),
        ("二O二五年", "number-mixed", "二O二五年"),
        ("事故减少了2倍", "times-fewer", "减少了2倍"),
        ("建会率达到105%", "over-whole", "建会率达到105%"),
        ("2月30日", "impossible-date", "2月30日"),
        ("2025年2月29日", "impossible-date", "2025年2月29日"),
        ("2025年4月8日（星期三）", "weekday", "2025年4月8日（星期三）"),
        ("4月8日（周三）", "weekday", "4月8日（周三）"),
        ("2025年4月8日至2025年4月1日", "dates-reversed", "2025年4月8日至2025年4月1日"),
        ("清岛市总工会", "union-name", "清岛市总工会"),
        ("青岛市市总工会", "union-name", "青岛市市总工会"),
        ("青岛市总公会", "union-name", "青岛市总公会"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(text: str, code: str, place: str) -> None:
    assert (code, place) in found(text)
    assert {one for one, _ in found(text)} == {code}


def test_alternative_text_that_only_repeats_the_caption_is_told() -> None:
    network = Network()

    def picture(caption: str) -> dict[str, str]:
        return {"media": "media:pingdu/a.jpg", "alt": "教室里坐满学员", "caption": caption}

    body = '![教室里坐满学员](media:pingdu/a.jpg)\n\n![课后](media:pingdu/a.jpg "课后。")'
    record = network.story("pingdu", "a", lead_picture=picture("教室里坐满学员。"), body=body)
    told = [(each.code, each.field, each.quote) for each in proofing.of_record(record)]
    assert told == [("alt-repeats", "lead_picture.alt", "教室里坐满学员"), ("alt-repeats", "body", "课后")]
    other = network.story("pingdu", "b", lead_picture=picture("四月二日，油画课第一讲。"))
    bare = network.story("pingdu", "c", lead_picture=picture(""))
    assert [*proofing.of_record(other), *proofing.of_record(bare)] == []


def test_every_kind_of_finding_says_what_to_do_in_both_languages() -> None:
    from site_builder.proofing.finding import SAID  # noqa: PLC0415

    assert SAID["zh-Hans"].keys() == SAID["en"].keys() == set(proofing.CODES)
    assert set(proofing.CODES) >= proofing.PRIVACY > proofing.CERTAIN
    for said in SAID.values():
        assert all(message and action for message, action in said.values())


# --- what is right --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "证号370202********1234、3702021990****1234",
        "拨打12351、400-700-1234、0532-88888888",
        f"https://example.com/{IDENTITY}",
        "统一社会信用代码91370200163562681G，公网安备37020202000001号",
        "增值电信业务经营许可证 粤B2-20090191",
        "订单号6222020000000000001",
        "困难职工代表说，困难职工张某说，困难职工李师傅表示，困难职工金秋助学的家庭",
        "困难职工李建国（化名）激动地说",
        "位于3号楼2单元501室的职工之家",
        "冲啊！！真的吗？？",
        "AI（人工智能）, 5G, 9:00—17:00",
        "1）报名；2）审核；（3）公示",
        "“这是引文的第一段。",
        "It's the workers’ day",
        "目的的确定，标的的金额，的的确确，商量商量",
        "青岛市总工会工会干部",
        "公园满意，通过份额，立即然后，支付主任津贴，毕竟赛事，既使用又，既便利又，解决窍门",
        "近20余年来，约50人，500人左右，5000元以上",
        "每户300元至500元左右",
        "完成率达到120%，是去年的150%",
        "4月8日（星期二），2024年3月1日（周五）至3月5日（周二）",
        "去年4月8日（周一）",
        "农历二月三十日、农历2月30日",
        "2024年2月29日、2月29日",
        "2024年12月10日至2025年1月5日",
        "山西省总工会、陕西省总工会、山东省总工会",
        "产业工会和青岛市总工会",
    ],
)
def test_what_is_right_is_let_alone(text: str) -> None:
    assert found(text) == []


def test_the_right_words_are_no_wrong_ones() -> None:
    assert not [right for right in _RIGHT.values() if list(wording(right))]


def test_nothing_in_the_demo_is_told_of() -> None:
    """What the demo says was read again and again: a rule that speaks of it is wrong, or the text is."""
    said = [one.to_problem() for one in proofing.of_content(content_store.read(DEMO))]
    assert [str(problem) for problem in said] == []


def test_a_number_needs_its_check_digit() -> None:
    assert is_identity_number(IDENTITY)
    assert not any(is_identity_number(IDENTITY[:-1] + digit) for digit in "0123456789")
    assert not is_identity_number("010105194912310020")
    assert [digit for digit in "0123456789" if is_bank_card(CARD[:-1] + digit)] == [CARD[-1]]


# --- where it stands ------------------------------------------------------------------------------


def test_a_contact_may_give_a_mobile_number_and_a_text_may_not() -> None:
    network = Network()
    network.record(
        Kind.PROGRAM, "pingdu", "a", contact={"phone": "13800138000", "name": "办公室"},
        apply=[{"way": "phone", "label": "打电话", "value": "13800138001"}], note="请打13800138002",
        body="/// contact\n    phone: 13800138003\n///\n\n请打13800138004",
    )  # fmt: skip
    told = [one.message for one in proofing.of_content(network.content())]
    assert [message.rpartition("…")[2] for message in told] == ["02", "04"]


def test_what_readers_do_not_see_is_not_proofread_but_holds_no_numbers_either() -> None:
    network = Network()
    network.record(Kind.STORY, "pingdu", "a", keywords=["按步就班", IDENTITY])
    assert [one.code for one in proofing.of_content(network.content())] == ["identity-number"]


def test_no_message_gives_a_number_away_nor_that_beside_it() -> None:
    network = Network()
    network.record(Kind.STORY, "pingdu", "a", body=f"他的号码是{IDENTITY}，卡号{CARD}，手机13800138000。")
    for language in ("zh-Hans", "en"):
        told = list(proofing.of_content(network.content(), language=language))
        assert len(told) == 3
        said = str([(one.message, one.quote, one.action) for one in told])
        for number in (IDENTITY, CARD, "13800138000"):
            assert not any(number[at : at + 5] in said for at in range(len(number) - 4))


def test_the_same_in_several_places_is_told_once() -> None:
    network = Network()
    network.record(Kind.STORY, "pingdu", "a", body="按步就班。\n\n按步就班。\n\n再接再励。")
    told = {one.quote[:4]: one.times for one in proofing.of_content(network.content())}
    assert told == {"按步就班": 2, "再接再励": 1}


def test_a_finding_is_known_again_wherever_it_stands_and_only_in_its_record() -> None:
    network = Network()
    network.record(Kind.STORY, "pingdu", "a", body="按步就班。")
    network.record(Kind.STORY, "pingdu", "b", body="按步就班。")
    one, other = proofing.of_content(network.content())
    assert one.fingerprint != other.fingerprint
    moved = network.records[next(iter(network.records))].model_copy(
        update={"body": "", "summary": "按步就班"}
    )
    assert [again.fingerprint for again in proofing.of_record(moved)] == [one.fingerprint]


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    network = Network()
    network.record(
        Kind.PROGRAM, "pingdu", "a", title="做为", summary="平安",
        steps=[{"title": "一"}, {"title": "二", "text": "再接再励"}],
        body="第一段。\n\n第二段有**按步就班**。",
    )  # fmt: skip
    network.record(Kind.STORY, "shandong", "b", body="再接再励。")
    content = network.content()
    for record in content.records.values():
        text = content_store.record_text(record)
        content_store.write(tmp_path / "content", content_store.record_name(record), text)
    for union in content.unions.values():
        path = content_store.union_path(union.slug)
        content_store.write(tmp_path / "content", path, content_store.union_text(union))
    return tmp_path / "content"


def test_check_tells_of_texts_with_their_lines_where_nothing_was_built(folder: Path) -> None:
    asked = ["--texts", "--json", f"--content={folder}", f"--data={folder.parent / 'var'}"]
    done = CliRunner().invoke(check, [*asked, "pingdu"], catch_exceptions=False)
    assert done.exit_code == 0
    assert not (folder.parent / "var").exists()
    texts = json.loads(done.stdout)["texts"]
    lines = (folder / "records/pingdu/program/a.md").read_text("utf-8").split("\n")
    assert [text["field"] for text in texts] == ["steps[1].text", "body"]
    assert [lines[text["line"] - 1].strip() for text in texts] == ["text: 再接再励", "第二段有**按步就班**。"]
    assert {text["severity"] for text in texts} == {"warning"}
    everything = CliRunner().invoke(check, asked, catch_exceptions=False)
    assert len(json.loads(everything.stdout)["texts"]) == 3


def test_check_says_it_in_words(folder: Path) -> None:
    done = CliRunner().invoke(
        check, ["--texts", f"--content={folder}", f"--data={folder}/../var"], catch_exceptions=False
    )
    assert "3 places in texts to look at" in done.stdout
    assert "records/shandong/story/b.md" in done.stderr
    assert "It should be 再接再厉" in done.stderr
