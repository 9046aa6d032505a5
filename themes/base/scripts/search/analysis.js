// What counts as a word: the same analysis as site_builder/search/analysis.py, which explains it.
// The cases in tests/golden/analysis.json hold for both.

// Ranges of code points, as in analysis.py: \p{L} differs between browsers and from Python.
const SIGN =
  '%\u2030\u3005-\u3007\u3041-\u3096\u30A1-\u30FA\u30FC\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7A3\u{20000}-\u{323AF}';
const LETTER =
  'a-z\xDF-\xF6\xF8-\u024F\u0370-\u03FF\u0400-\u052F\u0620-\u064A\u0671-\u06D3\u0F40-\u0FBC\u1820-\u18AA';
export const UNIT = new RegExp(`[${SIGN}]|[0-9]+(?:\\.[0-9]+)*|[${LETTER}]+`, 'gu');
const ONE_SIGN = new RegExp(`^[${SIGN}]$`, 'u');

/** Fold what readers type alike. `variants` maps traditional characters to simplified ones. */
export function normalise(text, variants) {
  let folded = text.normalize('NFKC');
  if (variants?.size) folded = Array.from(folded, (character) => variants.get(character) || character).join('');
  return folded.replace(/([0-9]),(?=[0-9]{3}(?![0-9]))/g, '$1').toLowerCase();
}

/** The runs of units of a folded text: arrays of strings. */
export function runs(folded) {
  const found = [];
  let end = -1;
  for (const match of folded.matchAll(UNIT)) {
    if (match.index !== end) found.push([]);
    found[found.length - 1].push(match[0]);
    end = match.index + match[0].length;
  }
  return found;
}

export function isSign(unit) {
  return ONE_SIGN.test(unit);
}

// --- queries ---

const OPTIONAL =
  /请问|怎么[样办走去]?|怎样|如何|什么(?:时候)?|哪[里儿个家天些]?|多少钱?|多久|几[点号]|何时|为什么|为何|是否|([能算行会要])不\1|可(?:不可)?以|还能|[能行]吗|需要|有没有|[都还]有|[我想]要|我想?|[谁啥咋吗呢吧的了和与及在给对从是有到]|(电话|号码|联系|方式|地[址点方]|位置|(?:开放|营业)?时间|开课|报名|申请|办理|材料|流程|条件|标准|名额|费用|价格|[收免]费)/gu;
const WISHED = 0.25;
// Without lookbehind, for old phones: the blank before a word to leave out is a part of it.
const PART = /(-?)(?:"([^"]*)"?|“([^”]*)”?|「([^」]*)」?)|(?:^|\s)-([^\s"“「]\S*)|([^\s"“「]+)/gu;

/**
 * {runs, minus} of what a person typed. A run is {units, required, exact, terms}; a term is
 * [text, first unit, last unit].
 */
export function parseQuery(typed, variants, synonyms) {
  const wanted = [];
  const minus = [];
  for (const [, sign, straight, curly, corner, excluded, plain] of typed.replace(/＂/g, '"').replace(/－/g, '-').matchAll(PART)) {
    const exact = straight ?? curly ?? corner ?? excluded;
    if (exact === undefined) wanted.push(...plainRuns(plain, variants, synonyms));
    else (sign || excluded ? minus : wanted).push(...exactRuns(exact, variants));
  }
  const lone = ({ units }) => !units[1] && isSign(units[0]);
  const most = Math.max(...wanted.flatMap((run) => run.required));
  for (const run of wanted) {
    if (most < 1) run.required = run.required.map((needed) => +(needed === most));
    else if (lone(run) && !run.exact && wanted.some((other) => other.required.includes(1) && !lone(other))) run.required = [0];
  }
  return { runs: wanted, minus };
}

function queryRun(units, exact) {
  const pairs = units.slice(1).map((unit, position) => [units[position] + unit, position, position + 1]);
  const alone = units.map((unit, position) => [unit, position, position]).filter(([unit]) => !units[1] || !isSign(unit));
  return { units, required: units.map(() => 1), exact, terms: [...pairs, ...alone] };
}

function exactRuns(text, variants) {
  return runs(normalise(text, variants)).map((units) => queryRun(units, true));
}

function plainRuns(text, variants, synonyms) {
  const folded = normalise(text, variants);
  const found = [];
  let at = 0;
  for (const [start, end, name] of synonyms ? synonyms.find(folded) : []) {
    found.push(...wordRuns(folded.slice(at, start)), queryRun([name], false));
    at = end;
  }
  return [...found, ...wordRuns(folded.slice(at))];
}

function wordRuns(folded) {
  return runs(folded).map((units) => {
    const run = queryRun(units, false);
    // One UTF-16 unit for each unit of the run, so that positions agree.
    const line = units.map((unit) => (unit[1] ? '\0' : unit)).join('');
    for (const match of line.matchAll(OPTIONAL)) {
      run.required.fill(match[2] ? WISHED : 0, match.index, match.index + match[0].length);
    }
    return run;
  });
}

/** The terms of a run that are looked up. */
export function asked({ terms, required }) {
  const alike = ([, first, last]) => required[first] && required[first] === required[last];
  const covered = new Set(terms.filter(alike).flatMap((term) => term.slice(1)));
  const needed = (place) => required[place] && !covered.has(place);
  return terms.filter((term) => alike(term) || term.slice(1).some(needed));
}

export function termsOf(runs) {
  return [...new Set(runs.flatMap((run) => asked(run).map(([term]) => term)))];
}

// --- hashes: see site_builder/search/terms.py ---

const HAN_FIRST = 0x3400;
const HAN_LAST = 0x9fff;
const ALONE = 0x7fff;

export const isWord = (term) => /^[a-z]+$/.test(term);

export function termHash(term) {
  const codes = Array.from(term, (character) => character.codePointAt(0));
  if (codes.length <= 2 && codes.every((code) => code >= HAN_FIRST && code <= HAN_LAST)) {
    return mix(((codes[0] - HAN_FIRST) << 15) | (codes.length === 2 ? codes[1] - HAN_FIRST : ALONE));
  }
  let value = 0x811c9dc5;
  for (const code of codes) value = Math.imul(value ^ code, 0x01000193);
  return mix((value & 0x3fffffff) | (isWord(term) ? 0xc0000000 : 0x80000000));
}

function mix(value) {
  value ^= value >>> 16;
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
