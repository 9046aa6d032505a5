// Reads the indexes that site_builder/search/static_index.py makes and ranks as ranking.py does.
import { isSign, normalise, parseQuery, runs, Synonyms, termHash } from './analysis.js';

const FORMAT = 3;
const RELEVANCE = 0.8;
const EVENLY = 0.4;
const MISSED = -2;
const FLOOR = 0.4;
const STRENGTHS = [0.4, 0.85, 1];
const TITLE = 0.25;
const TITLE_WHOLE = 0.15;
const HEAD = 0.4;
const HEAD_WHOLE = 0.45;
const WHOLE = 0.6;
const PRIORS = {
  program: 0.15, guide: 0.4, service: 0.45, event: 0.15, place: 0.35, collection: 0.3, dataset: 0.1, story: 0,
  open: 0.5, closing: 0.5, standing: 0.5, running: 0.4, upcoming: 0.35, unknown: 0.3, full: 0.2, live: 0.45, planned: 0.2,
  postponed: 0.2, closed: 0.1, past: 0.05, cancelled: 0, retired: 0, superseded: -1,
}; // Of kinds and of states.
const FRESH = 0.08;
const PARTIAL = 0.4;
const LONG = 6;
const NEAR = 0.65;
const SURER = 0.15;
const DOUBT = 1000;
const FACTORS = [0.2, 0.45, 0.65, 0.85];
const GRADES = [[0, 0], [0, 1], [1, 2], [0, 2], [1, 0], [1, 3], [1, 1], [0, 3], [2, 3], [2, 0], [2, 2], [2, 1]];
const LETTERS = /[a-z]+[1-5]?(?:[ ']?[a-z]+[1-5]?)*/g;
const OPEN = 0.4; // The prior of a state in which one can take part.
const FIELDS = ['id', 'path', 'title', 'date', 'lead', 'region', 'opens', 'closes'];

export class Engine {
  /**
   * `sites`: [{index, root, name}], URLs of a site's manifest and of its root; the first is the reader's own. Of the
   * others, those that cannot be read are left out and named in `missing`. Nothing is read before the first search.
   */
  constructor(sites) {
    this.sites = typeof sites === 'string' ? [{ index: sites }] : sites;
    this.forget();
  }

  forget() {
    this.cache = new Map();
    this.manifest = null;
    this.variants = new Map();
    this.tried = new Set();
    this.sounds = null;
  }

  /**
   * {full, total, counts, hits, terms, corrected, missing}. A hit has FIELDS, kind, state, site and score; `full` is
   * false where nothing matches the whole query and the hits are the nearest; `corrected` is what was searched instead
   * (pinyin, a slip). `narrow`: {kind, topic, place, audience, year, from, to, open}; from and to are ISO dates.
   * `counts`: by the same names, {value: records}; those of values that must be read first are there only with
   * `facets`. Throws where the index of the reader's own site cannot be read.
   */
  async search(text, { narrow = {}, facets = false, limit = 10 } = {}) {
    try {
      return await this.answer(text, narrow, facets, limit);
    } catch (error) {
      if (!error.gone) throw error;
      // The site was built anew since the manifest was read: read it again, past every cache, because a
      // server that compares times by the second may say that it did not change.
      this.forget();
      await this.open('reload');
      return this.answer(text, narrow, facets, limit);
    }
  }

  async answer(text, narrow, facets, limit) {
    const { facts, missing } = await this.open();
    const { found, corrected } = await this.meant(text);
    const wanted = Object.entries(narrow).filter(([, value]) => value);
    const columns = facets || wanted.some(([name]) => name !== 'kind' && name !== 'open') ? await this.columns() : {};
    const values = (name, number) => {
      if (name === 'kind') return [facts[number].kind];
      if (name === 'open') return PRIORS[facts[number].state] >= OPEN ? ['1'] : [];
      return columns[name][number];
    };
    const fits = (name, value, number) => {
      if (name === 'from') return columns.date[number] >= value;
      if (name === 'to') return columns.date[number] <= value;
      return values(name, number).includes(value);
    };
    const has = (number, except) => wanted.every(([name, value]) => name === except || fits(name, value, number));
    const counts = {};
    for (const name of ['kind', 'open', ...Object.keys(columns)]) {
      if (name === 'date') continue;
      const of = counts[name] = {};
      for (const [, number] of found.ranked) {
        if (has(number, name)) for (const value of values(name, number)) of[value] = (of[value] || 0) + 1;
      }
    }
    const chosen = found.ranked.filter(([, number]) => has(number));
    const hits = await Promise.all(chosen.slice(0, limit).map(([score, number]) => this.hit(number, score)));
    return { full: found.full, total: chosen.length, counts, hits, terms: found.terms, corrected, missing };
  }

  /** What the text finds, or what was meant by it: see static_query.py. */
  async meant(text) {
    const { records } = await this.open();
    if (!records || text.includes('"')) return { found: await this.ranked(text), corrected: '' };
    const readings = await this.fromPinyin(text);
    const answers = await Promise.all((readings.length ? readings : [text]).map((one) => this.ranked(one)));
    let corrected = readings.find((_, place) => answers[place].ranked.length) || '';
    let found = joined(answers);
    if (readings.length < 2) {
      const meant = await this.bySound(corrected || text, records);
      const other = meant && (await this.ranked(meant));
      if (other && other.full && other.ranked.length && (!found.full || other.whole > found.whole + SURER)) {
        found = other;
        corrected = meant;
      }
    }
    return { found, corrected };
  }

  /** Words of a query that finds nothing which the site has, then topics that share a character with it. */
  async nearest(text) {
    const { segments } = await this.open();
    const found = [];
    for (const run of parseQuery(text, this.variants).runs) {
      const known = await Promise.all(run.terms.map(async ([term]) => (await this.postings(term, segments)).length > 0));
      let start = 0;
      known.concat(false).forEach((has, place) => {
        if (has) return;
        if (place > start) found.push(run.units.slice(start, run.units.length > 1 ? place + 1 : place).join(''));
        start = place + 1;
      });
    }
    const { topic } = await this.columns();
    const near = (name) => [...name].filter((character) => text.includes(character)).length;
    return [...new Set([...found, ...topic.flat().sort((a, b) => near(b) - near(a))])].slice(0, 5);
  }

  async ranked(text) {
    const { segments, records, facts, hidden, synonyms } = await this.open();
    let query = parseQuery(text, this.variants, synonyms);
    if (!query.runs.length || !records) return { full: true, ranked: [], terms: [], whole: 0 };
    let postings = await this.all(query, segments);
    const known = ([term]) => postings.get(term) && postings.get(term).length;
    const strange = query.runs.flatMap((run) => run.units.filter((unit, place) => (
      unit > '~' && run.required[place] && !this.tried.has(unit)
      && !asked(run).some((term) => term[1] <= place && place <= term[2] && known(term))
    )));
    if (strange.length) {
      // A character that no record has may be a traditional one: only now is the table worth its bytes.
      await this.readVariants(segments, strange);
      query = parseQuery(text, this.variants, synonyms);
      postings = await this.all(query, segments);
    }
    const terms = termsOf(query.runs).flatMap((term) => (synonyms && synonyms.groups.get(term)) || [term]);
    const marks = terms.flatMap((term) => (term.length > 2 ? runs(term).flatMap((units) => units.slice(1).map((unit, place) => units[place] + unit)) : [term]));
    return { ...rank(query, postings, records, facts, hidden), terms: [...terms, ...marks] };
  }

  async heard() {
    if (!this.sounds) {
      const { segments } = await this.open();
      const { Sounds } = await import('./sounds.js');
      const read = async (segment, name) => new TextDecoder().decode(await this.inflated(segment.base + name));
      this.sounds = new Sounds(segments, read);
    }
    return this.sounds;
  }

  async fromPinyin(text) {
    const { segments } = await this.open();
    const folded = normalise(text, this.variants).normalize('NFD').replace(/u\u0308/g, 'v').replace(/[\u0300-\u0304\u030c]/g, '');
    let found = [''];
    let at = 0;
    for (const match of folded.matchAll(LETTERS)) {
      let known = true; // One by one: the first word that no record has decides.
      for (const word of match[0].split(/[ ']/)) known = known && (await this.postings(word, segments)).length > 0;
      if (known) continue;
      const meant = await (await this.heard()).pinyin(match[0].replace(/[1-5']/g, ' '));
      if (!meant.length) continue;
      const before = folded.slice(at, match.index);
      found = found.flatMap((one) => meant.map((other) => one + before + other)).slice(0, 2);
      at = match.index + match[0].length;
    }
    return at ? found.map((one) => one + folded.slice(at)) : [];
  }

  async bySound(text, records) {
    const { segments } = await this.open();
    const folded = normalise(text, this.variants);
    const rare = 1 + Math.floor(records / DOUBT);
    let meant = folded;
    for (const run of parseQuery(folded).runs) {
      if (run.units.length < 2 || !run.units.every(isSign)) continue;
      const known = asked(run);
      const counts = await Promise.all(run.terms.map(async (term) => (known.includes(term) ? (await this.postings(term[0], segments)).length : rare + 1)));
      const doubtful = run.units.map((_, place) => (!place || counts[place - 1] <= rare) && (place === counts.length || counts[place] <= rare));
      if (!doubtful.includes(true) || !counts.includes(0)) continue;
      const typed = run.units.join('');
      meant = meant.split(typed).join((await (await this.heard()).homophones(run.units, doubtful)) || typed);
    }
    return meant === folded ? '' : meant;
  }

  // --- reading ---

  async open(cache = 'no-cache') {
    if (!this.manifest) {
      this.manifest = this.readManifests(cache).catch((error) => {
        this.manifest = null;
        throw error;
      });
    }
    return this.manifest;
  }

  async readManifests(cache) {
    const missing = [];
    const found = await Promise.all(this.sites.map(async (site, place) => {
      const address = new URL(site.index, document.baseURI);
      try {
        const { format, segments } = await (await read(address, { cache })).json();
        if (format !== FORMAT) throw Error(`format ${format}`);
        return segments.map((raw) => ({ ...raw, site, base: new URL(raw.base, address).href, version: raw.base }));
      } catch (error) {
        if (!place) throw error;
        missing.push(site);
        return [];
      }
    }));
    const segments = [];
    const facts = [];
    const hidden = new Set();
    const seen = new Set();
    for (const raw of found.flat()) {
      if (seen.has(raw.version)) continue; // Siblings inherit the same files.
      seen.add(raw.version);
      const first = facts.length;
      const segment = { ...raw, first };
      segments.push(segment);
      for (const number of raw.hides || []) hidden.add(first + number);
      const states = new Map(Object.entries(raw.states).flatMap(([code, numbers]) => numbers.map((number) => [number, code])));
      for (const [kind, count] of raw.kinds) {
        for (let place = 0; place < count; place += 1) {
          const state = states.get(facts.length - first) || '';
          const prior = PRIORS[state] ?? PRIORS[kind] ?? 0;
          facts.push({ kind, state, prior, fresh: kind === 'story' ? FRESH * (1 - place / count) : 0 });
        }
      }
    }
    if (this.sites.length > 1) {
      // Several sites show what an upper union shares: of the same record the nearest site's is found.
      const known = new Set();
      const files = await Promise.all(segments.map((segment) => this.bytes(`${segment.base}i.bin`)));
      segments.forEach(({ first }, place) => {
        const { buffer } = files[place];
        new Uint32Array(buffer).forEach((identity, number) => {
          if (hidden.has(first + number)) return;
          if (known.has(identity)) hidden.add(first + number);
          known.add(identity);
        });
      });
    }
    const tables = await Promise.all(segments.filter((segment) => segment.synonyms).map((segment) => this.json(`${segment.base}synonyms.bin`)));
    const synonyms = tables.length ? new Synonyms(tables.flat()) : null;
    return { segments, records: facts.length, facts, hidden, synonyms, missing };
  }

  /** What records can be filtered by: {topic, place, audience, year: [[values] for each record], date: [ISO]}. */
  async columns() {
    const { segments } = await this.open();
    const found = { topic: [], place: [], audience: [], year: [], date: [] };
    for (const column of await Promise.all(segments.map((segment) => this.json(`${segment.base}f.bin`)))) {
      for (const name of ['topic', 'place', 'audience']) {
        const [values, of] = column[name];
        found[name].push(...of.map((numbers) => numbers.map((number) => values[number])));
      }
      for (const date of column.date.map(String)) {
        found.year.push([date.slice(0, 4)]);
        found.date.push(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`);
      }
    }
    return found;
  }

  /** A file once; `unpack` makes of its response what is kept. */
  once(path, unpack) {
    if (!this.cache.has(path)) {
      const promise = read(path).then(unpack);
      this.cache.set(path, promise);
      promise.catch(() => this.cache.delete(path));
    }
    return this.cache.get(path);
  }

  bytes(path) {
    return this.once(path, async (response) => new Uint8Array(await response.arrayBuffer()));
  }

  inflated(path) {
    return this.once(path, inflated);
  }

  async json(path) {
    return JSON.parse(new TextDecoder().decode(await this.inflated(path)));
  }

  async readVariants(segments, characters) {
    await Promise.all(segments.flatMap((segment) => characters.map(async (character) => {
      const shard = character.codePointAt(0) % Math.max(1, segment.sounds[1] >> 2);
      const [from, to] = await this.json(`${segment.base}v/${shard}.bin`);
      if (from.includes(character)) this.variants.set(character, to[from.indexOf(character)]);
      this.tried.add(character);
    })));
  }

  /** term -> [[record, factor, place: 2 title, 1 lead], ...] */
  async all(query, segments) {
    const exact = [...query.runs.filter((run) => run.exact), ...query.minus];
    const terms = [...new Set([...termsOf(query.runs), ...exact.flatMap((run) => run.terms.map(([term]) => term))])];
    const found = await Promise.all(terms.map((term) => this.postings(term, segments)));
    return new Map(terms.map((term, position) => [term, found[position]]));
  }

  async postings(term, segments) {
    const hash = termHash(term);
    const lone = /^[\u3400-\u9fff]$/.test(term);
    return (await Promise.all(segments.map(async (segment) => {
      const [count, bits, order] = lone ? segment.characters : segment.terms;
      const head = hash >>> (32 - bits);
      const whole = 2 ** bits;
      const shard = Math.floor((head * count) / whole);
      const reader = new Reader(await this.bytes(`${segment.base}${lone ? 'c' : 's'}/${shard}.bin`));
      let current = Math.ceil((shard * whole) / count);
      for (let left = reader.number(6); left > 0 && current <= head; left -= 1) {
        current += reader.number(order);
        const found = list(reader, reader.number(0) + 1, segment);
        if (current === head) return found;
      }
      return [];
    }))).flat();
  }

  async hit(number, score) {
    const { segments, facts } = await this.open();
    const segment = segments.filter((one) => one.first <= number).pop();
    const place = number - segment.first;
    const block = await this.json(`${segment.base}b/${Math.floor(place / segment.block)}.bin`);
    const shown = block[place % segment.block];
    const hit = { ...facts[number], site: segment.site, score };
    FIELDS.forEach((field, position) => { hit[field] = shown[position] || ''; });
    return hit;
  }
}

/** What was read is kept for days without a line by the site's service worker: it knows files with a version. */
async function read(address, options) {
  const response = await fetch(address, options);
  if (!response.ok) {
    const error = new Error(`${response.status} ${address}`);
    error.gone = response.status === 404 || response.status === 410;
    throw error;
  }
  return response;
}

async function inflated(response) {
  if (globalThis.DecompressionStream) {
    let stream;
    try {
      stream = new DecompressionStream('deflate-raw');
    } catch {
      stream = null; // Chrome before 103 has the class, but not this format.
    }
    if (stream) return new Uint8Array(await new Response(response.body.pipeThrough(stream)).arrayBuffer());
  }
  const { inflate } = await import('./inflate.js');
  return inflate(new Uint8Array(await response.arrayBuffer()));
}

// --- rows of bits: see bits.py ---

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  zeros() {
    let count = 0;
    while (!this.bits(1)) count += 1;
    return count;
  }

  bits(count) {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      value = value * 2 + ((this.bytes[this.at >> 3] >> (7 - (this.at & 7))) & 1);
      this.at += 1;
    }
    if (this.at > this.bytes.length * 8) throw Error('cut');
    return value;
  }

  number(order) {
    const zeros = this.zeros();
    return (2 ** zeros + this.bits(zeros) - 1) * 2 ** order + this.bits(order);
  }
}

function list(reader, count, { records, first }) {
  const order = Math.max(0, 31 - Math.clz32(Math.floor(records / (count + 1))));
  const found = [];
  let record = first - 1;
  for (let left = count; left > 0; left -= 1) {
    record += reader.number(order) + 1;
    const [place, weight] = GRADES[reader.zeros()];
    found.push([record, FACTORS[weight], place]);
  }
  return found;
}

// --- ranking: see ranking.py ---

/** The terms of a run that are looked up. */
function asked({ terms, required }) {
  const covered = new Set(terms.filter(([, first, last]) => required[first] && required[last]).flatMap(([, first, last]) => [first, last]));
  const needed = (place) => required[place] && !covered.has(place);
  return terms.filter(([, first, last]) => (required[first] && required[last]) || needed(first) || needed(last));
}

function termsOf(runs) {
  return [...new Set(runs.flatMap((run) => asked(run).map(([term]) => term)))];
}

function rank(query, postings, records, facts, hidden) {
  const weight = new Map();
  for (const [term, { length }] of postings) weight.set(term, Math.log(1 + (records - length + 0.5) / (length + 0.5)));
  const row = () => new Float64Array(records);
  const [relevance, pairs, headPairs, titlePairs, units, mass, head, title, evenly] = Array.from({ length: 9 }, row);
  let known = 0;
  let every = 0;
  for (const term of termsOf(query.runs)) {
    const heavy = weight.get(term);
    every += heavy;
    if (postings.get(term).length) known += heavy;
    for (const [number, factor, place] of postings.get(term)) {
      relevance[number] += heavy * factor;
      pairs[number] += heavy;
      if (place > 0) headPairs[number] += heavy;
      if (place > 1) titlePairs[number] += heavy;
    }
  }
  let required = 0;
  let whole = 0;
  for (const run of query.runs) {
    const lookedUp = asked(run);
    run.required.forEach((needed, position) => {
      if (!needed) return;
      required += 1;
      const around = lookedUp.filter(([, first, last]) => first <= position && position <= last).map(([term]) => term);
      const there = around.filter((term) => postings.get(term).length);
      const heavy = Math.max(...(there.length ? there : around).map((term) => weight.get(term)));
      whole += heavy;
      const best = new Map();
      for (const term of around) {
        for (const [number, factor, place] of postings.get(term)) best.set(number, Math.max(best.get(number) || 0, place + factor));
      }
      for (const [number, value] of best) {
        const place = Math.floor(value);
        units[number] += 1;
        mass[number] += heavy;
        evenly[number] += heavy * Math.log(STRENGTHS[place] * (FLOOR + value - place));
        if (place > 0) head[number] += heavy;
        if (place > 1) title[number] += heavy;
      }
    });
  }
  const allowed = admitted(query, postings);
  const full = [];
  const near = [];
  const partial = [];
  const square = (value) => value * value;
  for (let number = 0; number < records; number += 1) {
    if (!units[number] || hidden.has(number) || !allowed(number)) continue;
    const named = square(title[number] / whole);
    const share = mass[number] / whole;
    const { prior, fresh } = facts[number];
    const score = (RELEVANCE * relevance[number]) / known
      + EVENLY * Math.exp((evenly[number] + (whole - mass[number]) * MISSED) / whole)
      + TITLE * named + TITLE_WHOLE * square(titlePairs[number] / known)
      + HEAD * square(head[number] / whole) + HEAD_WHOLE * square(headPairs[number] / known)
      + WHOLE * square(pairs[number] / known) + prior * (0.2 + 0.8 * named) + fresh;
    if (units[number] === required) full.push([score, number]);
    else if (required >= LONG && share >= NEAR) near.push([score * share * share, number]);
    else if (share >= PARTIAL) partial.push([score * share * share, number]);
  }
  const ranked = sorted(full.length ? full.concat(near) : near.concat(partial));
  return { full: full.length > 0, ranked, whole: ranked.length ? pairs[ranked[0][1]] / every : 0 };
}

function sorted(entries) {
  const order = (score) => Math.round(score * 1e9); // Logarithms differ in their last bit between machines.
  return entries.sort((a, b) => order(b[0]) - order(a[0]) || a[1] - b[1]);
}

/** What several readings find: a record by its best score. */
function joined(answers) {
  if (answers.length < 2) return answers[0];
  const full = answers.some((one) => one.full && one.ranked.length);
  const best = new Map();
  for (const answer of answers) {
    if (answer.full || !full) for (const [score, number] of answer.ranked) best.set(number, Math.max(best.get(number) || 0, score));
  }
  return {
    full: full || !best.size, ranked: sorted([...best].map(([number, score]) => [score, number])), whole: 0,
    terms: answers.flatMap((one) => one.terms),
  };
}

function admitted(query, postings) {
  const phrases = query.runs.filter((run) => run.exact).map((run) => withAll(run, postings));
  const unwanted = query.minus.map((run) => withAll(run, postings));
  return (number) => phrases.every((has) => has.has(number)) && !unwanted.some((has) => has.has(number));
}

function withAll(run, postings) {
  const sets = run.terms.map(([term]) => new Set(postings.get(term).map(([number]) => number)));
  return new Set([...sets[0]].filter((number) => sets.every((set) => set.has(number))));
}
