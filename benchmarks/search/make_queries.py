"""Writes queries.json: what the relevance suite asks, in ten classes, and what each query means.

    python benchmarks/search/make_queries.py

A query has `need`, a list of groups of words of which one each must stand in a good answer (judge.py
grades by it), and, where a reader looks for one article he knows, `target`, that article's number.
Paraphrases and synonyms were written by hand; the other classes are drawn from the corpus by the rules
below, with a fixed seed, never by what an engine finds. No name of a person is asked for.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

from corpus import Article, articles
from judge import Shelf
from pypinyin import Style, lazy_pinyin

from site_builder.search.traditional import SIMPLIFIED, TRADITIONAL

HERE = Path(__file__).parent
EACH = 44
# Part of the title -> the query of somebody who remembers the article, and the words that carry it.
PARAPHRASES = [
    ("中华书局恢复出版", "活页文选恢复出版", "活页 文选 恢复 出版"),
    ("俄罗斯新卢布开始流通", "俄罗斯流通新卢布", "俄罗斯 卢布 流通"),
    ("越过温饱线", "贵州多少人越过温饱线", "贵州 温饱线"),
    ("天津大学博导不再终身制", "天津大学博士生导师终身制", "天津大学 博导|博士生 终身制"),
    ("漳平发现桫椤树群落", "漳平的桫椤树", "漳平 桫椤"),
    ("长城将竖立倒计时钟", "长城倒计时钟什么时候竖立", "长城 倒计时"),
    ("云南省举办百对新人集体婚礼", "云南百对新人集体婚礼", "云南|云南省 新人 集体 婚礼"),
    ("中行授信海南航空", "中国银行给海南航空授信", "中行|中国银行 海南航空|海南 授信"),
    ("110宣传日", "110宣传日在哪里咨询", "110 宣传 咨询"),
    ("新数字视盘容量增两倍", "数字视盘容量增加", "数字 视盘 容量"),
    ("民生银行总资产", "民生银行总资产有多少", "民生银行|民生 资产|总资产"),
    ("菜花西红柿橙子可抗癌", "西红柿橙子抗癌", "西红柿 橙子 抗癌"),
    ("合肥四万下岗职工再就业", "合肥下岗职工再就业", "合肥 下岗 职工 再就业"),
    ("邢台读书广告走上大屏幕", "邢台大屏幕读书广告", "邢台 读书 广告 屏幕|大屏幕"),
    ("财政部颁布《行政单位财务规则》", "行政单位财务规则颁布", "行政 单位 财务 规则"),
    ("首都劳模联欢", "北京劳模迎春联欢", "北京|首都 劳模 迎春|联欢"),
    ("牡丹江计生农户受优惠", "牡丹江计划生育优惠农户", "牡丹江 计生|计划生育 优惠"),
    ("广深铁路广州段恢复单线通车", "广深铁路恢复通车", "广深 铁路 恢复 通车"),
    ("湖南组织特困矿工共同脱贫", "湖南矿工脱贫", "湖南 矿工 脱贫"),
    ("石家庄公布七十项便民措施", "石家庄便民措施", "石家庄 便民 措施"),
    ("江西灾民迁入新居", "江西灾民住进新居", "江西 灾民 新居|新房"),
    ("澳用亚硝化螺处理污水", "澳大利亚污水处理新办法", "澳大利亚|澳 污水 处理"),
    ("法律硕士学位教育指导委员会成立", "法律硕士教育指导委员会", "法律 硕士 教育 指导 委员会"),
    ("栀子丰收栀农犯愁", "长阳栀子丰收卖不掉", "长阳 栀子 丰收"),
    ("国际象棋最新等级分", "国际象棋等级分最新排名", "国际象棋 等级分"),
    ("中亚五国首脑会晤", "中亚国家首脑会晤", "中亚 首脑 会晤"),
    ("安徽:开会静下心来", "安徽开会不准请客", "安徽 会 请客"),
    ("长沙市着手整治所谓美容美发店", "长沙整顿美容美发店", "长沙|长沙市 整治|整顿 美容"),
    ("上海暖冬已十年", "上海十年暖冬", "上海 暖冬"),
    ("大批藏文古代经典", "藏文古代经典怎样保护", "藏文 经典 保护"),
]  # fmt: skip
SYNONYMS = [
    ["全总", "中华全国总工会", "全国总工会"],
    ["人大", "人民代表大会"],
    ["政协", "人民政治协商会议", "政治协商会议"],
    ["中行", "中国银行"],
    ["建行", "中国建设银行", "建设银行"],
    ["工行", "中国工商银行", "工商银行"],
    ["计生", "计划生育"],
    ["社科院", "社会科学院"],
    ["奥委会", "奥林匹克委员会"],
    ["冬奥会", "冬季奥林匹克运动会", "冬季奥运会"],
    ["国企", "国有企业"],
    ["北约", "北大西洋公约组织"],
    ["欧盟", "欧洲联盟"],
    ["世贸组织", "世界贸易组织"],
    ["中科院", "中国科学院"],
    ["三讲", "讲学习、讲政治、讲正气"],
    ["省委", "中共省委"],
    ["劳模", "劳动模范"],
    ["博导", "博士生导师"],
    ["房改", "住房制度改革"],
    ["医改", "医疗制度改革", "医疗保险制度改革"],
    ["春运", "春节运输"],
    ["环保", "环境保护"],
    ["外贸", "对外贸易"],
    ["彩电", "彩色电视机"],
    ["香港特区", "香港特别行政区"],
    ["特困", "特别困难"],
    ["产改", "产业工人队伍建设改革"],
    ["市总", "市总工会"],
    ["互助", "互助保障"],
    ["新业态", "新就业形态"],
]
ASKED_SYNONYMS = [
    ("国企 解困", "国企|国有企业 解困|脱困"),
    ("国有企业改革攻坚", "国企|国有企业 改革 攻坚"),
    ("冬季奥林匹克运动会", "冬奥会|冬季奥林匹克运动会|冬季奥运会"),
    ("冬奥会 开幕", "冬奥会|冬季奥林匹克运动会|冬季奥运会 开幕|开幕式"),
    ("计划生育 农村", "计生|计划生育 农村|农户"),
    ("住房制度改革", "房改|住房制度改革"),
    ("房改 货币化", "房改|住房制度改革 货币化"),
    ("全国总工会 送温暖", "全总|中华全国总工会|全国总工会 送温暖"),
    ("全总", "全总|中华全国总工会|全国总工会"),
    ("欧洲联盟 首脑", "欧盟|欧洲联盟 首脑"),
    ("北大西洋公约组织", "北约|北大西洋公约组织"),
    ("建设银行 行长", "建行|中国建设银行|建设银行 行长"),
    ("中国科学院 改革", "中科院|中国科学院 改革"),
    ("劳动模范 春节", "劳模|劳动模范 春节|迎春"),
    ("彩色电视机 国产", "彩电|彩色电视机 国产"),
    ("外贸 出口", "外贸|对外贸易 出口"),
    ("世界贸易组织", "世贸组织|世界贸易组织"),
    ("环境保护 污染", "环保|环境保护 污染"),
]
THINGS = [
    "扶贫",
    "春运",
    "下岗",
    "再就业",
    "房改",
    "地震",
    "救灾",
    "足球",
    "污水",
    "教育",
    "脱贫",
    "文物",
    "旅游",
    "票价",
    "农民",
    "电价",
    "捐款",
    "送温暖",
    "医院",
    "铁路",
    "图书",
    "市场",
    "劳模",
    "大学",
    "纳税",
    "交警",
    "假冒",
    "粮食",
    "蔬菜",
    "住房",
    "法律",
    "电话",
    "环保",
    "养老",
]


def number_queries(found: list[Article], chance: random.Random) -> list[dict[str, object]]:
    """A number with its unit from a title or lead, and a word of the title beside it."""
    seen: dict[str, list[Article]] = defaultdict(list)
    for article in found:
        words = [*article.title, *article.paragraphs[0][:60]]
        for first, second in pairwise(words):
            if (
                re.fullmatch(r"[0-9]+(\.[0-9]+)?[万亿]?", first)
                and len(second) in (1, 2)
                and re.fullmatch(r"[^\W\d]+", second)
                and len(first) > 2
                and second not in ("年", "月", "日", "电", "时", "多", "对于")
            ):
                seen[first + second].append(article)
    chosen = sorted(number for number, of in seen.items() if len(of) == 1)
    chance.shuffle(chosen)
    queries = []
    for number in chosen[: EACH - 6]:
        queries.append({"text": number, "need": [[number]], "target": seen[number][0].id})
    for number in chosen[EACH - 6 :]:
        article = seen[number][0]
        beside = [
            w
            for w, tag in zip(article.title, article.tags, strict=True)
            if tag in ("n", "vn", "ns") and len(w) > 1
        ]
        if beside and len(queries) < EACH:
            queries.append(
                {"text": f"{number} {beside[0]}", "need": [[number], [beside[0]]], "target": article.id}
            )
    return queries


def main() -> None:
    chance = random.Random(1998)
    found = articles()
    shelf = Shelf(found)
    classes: dict[str, list[dict[str, object]]] = {}

    paraphrases = []
    for part, text, need in PARAPHRASES:
        target = next(a for a in found if part in a.title_text or part in a.lead_text[:40])
        paraphrases.append({"text": text, "need": [w.split("|") for w in need.split()], "target": target.id})
    classes["paraphrase"] = paraphrases

    places = Counter(
        w for a in found for w, tag in zip(a.title, a.tags, strict=True) if tag == "ns" and 2 <= len(w) <= 3
    )
    pairs = []
    everything = "\n".join(a.title_text + a.lead_text for a in found)
    for place in chance.sample(sorted(places), 60):
        for thing in THINGS:
            if place + thing not in everything and 1 <= shelf.count([[place], [thing]], grade=2) <= 12:
                pairs.append((place, thing))
    chance.shuffle(pairs)
    classes["place and program"] = [
        {"text": f"{p}{' ' if number % 2 else ''}{t}", "need": [[p], [t]]}
        for number, (p, t) in enumerate(pairs[: EACH + 6])
    ]

    bodies = Counter(
        "".join(words[at - size : at + 1])
        for article in found
        for words in (article.title, article.paragraphs[0][:60])
        for at in range(3, len(words))
        for size in (1, 2, 3)
        if re.search(
            r"^(银行|大学|委员会|工会|总工会|学院|公司|协会|出版社|医院|基金会|研究所|海关|铁路局)$",
            words[at],
        )
        and all(re.fullmatch("[一-鿿]{2,4}", word) for word in words[at - size : at])
        and re.match(
            "(中|北京|上海|全国|国家|天津|广州|武汉|美国|国际|山东|四川|湖|清华|人民|世界)", words[at - size]
        )
    )
    names = chance.sample(sorted(bodies), len(bodies))
    names = [name for name in names[: 4 * EACH] if 1 <= shelf.count([[name]], grade=2) <= 15]
    classes["names of bodies"] = [{"text": name, "need": [[name]]} for name in names[:EACH]]
    classes["numbers"] = number_queries(found, chance)

    nouns = sorted(
        {
            w
            for a in found
            for w, tag in zip(a.title, a.tags, strict=True)
            if tag in ("n", "vn") and len(w) == 2
        }
    )
    chance.shuffle(nouns)
    short = [w for w in nouns[: 6 * EACH] if 2 <= shelf.count([[w]], grade=3) <= 12]
    classes["short words"] = [{"text": w, "need": [[w]]} for w in short[:EACH]]

    phrases = []
    for article in chance.sample(found, len(found)):
        words = [w for w, tag in zip(article.title, article.tags, strict=True)]
        start = chance.randrange(max(1, len(words) - 3))
        phrase = "".join(words[start : start + 3])
        named = any(tag in ("w", "nr") for tag in article.tags[start : start + 3])
        if not named and re.fullmatch(r"[一-鿿]{5,9}", phrase):
            phrases.append({"text": f'"{phrase}"', "need": [[phrase]], "target": article.id})
        if len(phrases) == EACH:
            break
    classes["phrases"] = phrases

    classes["synonyms"] = [{"text": t, "need": [w.split("|") for w in n.split()]} for t, n in ASKED_SYNONYMS]

    fold = {to: source for source, to in zip(TRADITIONAL, SIMPLIFIED, strict=True)}
    fold |= {
        "家": "家",
        "团": "團",
        "台": "臺",
        "里": "裡",
        "棋": "棋",
        "教": "教",
    }  # The usual ones of several.
    pool = [
        q
        for name in ("paraphrase", "place and program", "names of bodies", "short words")
        for q in classes[name]
    ]
    chance.shuffle(pool)
    traditional = []
    for query in pool:
        text = "".join(fold.get(c, c) for c in str(query["text"]))
        if text != query["text"] and len(traditional) < EACH:
            traditional.append({**query, "text": text})
    classes["traditional"] = traditional

    # Words of titles that a reader would type by sound: two to four words that stand together.
    groups = []
    for article in chance.sample(found, len(found)):
        words = [(w, t) for w, t in zip(article.title, article.tags, strict=True)]
        for at in range(len(words) - 1):
            both = words[at : at + 2]
            if all(t in ("n", "vn", "ns", "v", "nt") and re.fullmatch("[一-鿿]{2,4}", w) for w, t in both):
                groups.append(([[both[0][0]], [both[1][0]]], article))
                break
    pinyin = []
    for place, (need, article) in enumerate(groups[: EACH + 2]):
        word = "".join(w[0] for w in need)
        syllables = lazy_pinyin(word, v_to_u=False)
        initials = "".join(s[0] for s in lazy_pinyin(word, style=Style.NORMAL))
        text = ("".join(syllables), " ".join(syllables), initials, "".join(syllables))[place % 4]
        if place % 4 == 2 and len(word) < 4:
            text = "".join(syllables)
        pinyin.append({"text": text, "need": need, "target": article.id})
    classes["pinyin"] = pinyin

    common = Counter(c for a in found for c in a.text)
    by_sound: dict[str, list[str]] = defaultdict(list)
    for character, _ in common.most_common(2500):
        if "一" <= character <= "鿿":
            by_sound[lazy_pinyin(character)[0]].append(character)
    slips = []
    for need, article in groups[EACH + 2 :]:
        word = "".join(w[0] for w in need)
        at = chance.randrange(len(word))
        others = [c for c in by_sound[lazy_pinyin(word)[at]][:6] if c != word[at]]
        if len(word) == len(lazy_pinyin(word)) and others and len(slips) < EACH:
            slips.append(
                {
                    "text": word[:at] + chance.choice(others) + word[at + 1 :],
                    "need": need,
                    "target": article.id,
                }
            )
    classes["homophones"] = slips

    queries = [{"class": name, **query} for name, of in classes.items() for query in of]
    lines = ",\n".join(json.dumps(query, ensure_ascii=False) for query in queries)
    synonyms = json.dumps(SYNONYMS, ensure_ascii=False)
    (HERE / "queries.json").write_text(
        f'{{"synonyms": {synonyms},\n"queries": [\n{lines}\n]}}\n', encoding="utf-8"
    )
    print(len(queries), {name: len(of) for name, of in classes.items()})


if __name__ == "__main__":
    main()
