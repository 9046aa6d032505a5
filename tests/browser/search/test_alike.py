"""JavaScript reads, analyses and answers as Python does."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from playwright.sync_api import Page

from site_builder.search import static_index
from site_builder.search.packing import packed
from site_builder.search.static_query import StaticIndex
from site_builder.search.traditional import SIMPLIFIED, TRADITIONAL
from tests.browser.search.served import (
    PINGDU,
    REPOSITORY,
    Handler,
)

pytestmark = pytest.mark.browser


def test_browsers_read_gb_18030_as_it_was_written(page: Page, server: tuple[str, type[Handler]]) -> None:
    every = "".join(map(chr, (*range(1, 0xD800), *range(0xF900, 0x10000), *range(0x20000, 0x323B0))))
    texts = [
        one
        for one in (every[at : at + 97] for at in range(0, len(every), 97))
        if zlib.decompress(packed(one), -15)[0]
    ]
    assert len(texts) > 500
    page.goto(f"{server[0]}/pingdu/search/")
    read = page.evaluate(
        """(files) => files.map((file) => {
            const raw = Uint8Array.from(atob(file), (one) => one.charCodeAt(0));
            return new TextDecoder('gb18030').decode(raw);
        })""",
        [base64.b64encode(zlib.decompress(packed(text), -15)).decode() for text in texts],
    )
    assert read == texts


def test_javascript_answers_like_python(page: Page, server: tuple[str, type[Handler]]) -> None:
    files = static_index.build(PINGDU)
    index = StaticIndex(files)
    queries = [
        "夜校", "工会", "职工", "工会职工夜校", "怎样加入工会", "短讯第1号", "第12号", "350余个", "８８元",
        "職工", "平度夜校 走红", '"夜校走红"', '"走红夜校"', "夜校 -走红", "班", "的", "火星", "火星夜校",
        "工会 消息 服务", "", "-夜校", "工人文化宫在哪里", "yexiao", "zhigong yexiao",
        "zgyx", "职工夜笑", "夜肖走洪", "职工yexiao", "平度夜校电话", "夜校 收费标准", "工会电话是多少",
        "qwzx", '"下班以后去上课"', "他在班里", '"平度市总工会办的夜校"',
        *(document.title for document in PINGDU[:8]),
    ]  # fmt: skip
    page.goto(f"{server[0]}/pingdu/search/")
    address = f"{server[0]}/scripts/engine.js"
    answers = page.evaluate(
        """async ([address, queries]) => {
            const { Engine } = await import(address);
            const engine = new Engine('index.json');
            const answers = [];
            for (const query of queries) {
                const { full, total, counts, hits, corrected } = await engine.search(query);
                const shown = hits.map(({ id, kind, state, title }) => [id, kind, state, title]);
                answers.push([full, total, counts.kind, shown, corrected]);
            }
            return answers;
        }""",
        [address, queries],
    )
    for query, answer in zip(queries, answers, strict=True):
        expected = index.search(query)
        shown = [[hit.id, hit.kind, hit.state, hit.title] for hit in expected.hits]
        assert answer == [expected.full, expected.total, dict(expected.kinds), shown, expected.corrected], (
            query
        )


def test_javascript_analyses_like_python(page: Page, server: tuple[str, type[Handler]]) -> None:
    golden = json.loads((REPOSITORY / "tests" / "golden" / "analysis.json").read_text(encoding="utf-8"))
    page.goto(f"{server[0]}/pingdu/search/")
    address = f"{server[0]}/scripts/analysis.js"
    answers = page.evaluate(
        """async ([address, traditional, simplified, golden]) => {
            const { isSign, normalise, parseQuery, runs, termHash } = await import(address);
            const terms = (text, variants) => runs(normalise(text, variants)).flatMap((units) => (
                units.flatMap((unit, place) => [
                    ...(units.length === 1 || !isSign(unit) ? [unit] : []),
                    ...(place + 1 < units.length ? [unit + units[place + 1]] : []),
                ])
            ));
            const variants = new Map(Array.from(traditional, (from, place) => [from, simplified[place]]));
            const run = ({ units, required, exact }) => ({ units, required, exact });
            return {
                terms: golden.terms.map(([text]) => [text, terms(text, variants)]),
                queries: golden.queries.map(([text]) => {
                    const { runs, minus } = parseQuery(text, variants);
                    return [text, runs.map(run), minus.map(({ units }) => units)];
                }),
                hashes: Object.fromEntries(Object.keys(golden.hashes).map((term) => [term, termHash(term)])),
            };
        }""",
        [address, TRADITIONAL, SIMPLIFIED, golden],
    )
    assert answers == {key: golden[key] for key in ("terms", "queries", "hashes")}
