// Reads the index that site_builder/search/static_index.py makes and ranks as static_query.py does.
import { normalise, parseQuery, runs, Synonyms, termHash } from './analysis.js';

const FORMAT = 2;
const TITLE = 0.7;
const PRIORS = {
  program: 0.15, guide: 0.4, service: 0.45, event: 0.15, place: 0.35, collection: 0.3, dataset: 0.1, story: 0,
};
const STATES = { open: 0.5, closing: 0.5, standing: 0.5, running: 0.4, upcoming: 0.4, unknown: 0.3, full: 0.2 };
const FRESH = 0.1;
const PARTIAL = 0.5;
const HEAD = 0.5;
const LONG = 6;
const NEAR = 0.65;
const DOUBT = 1;
const LETTERS = /[a-z]+(?:[ '][a-z]+)*/g;
const OPEN = new Set(['open', 'closing', 'standing', 'running']);
const WHOLE = 2 ** 32;
const FIELDS = ['id', 'path', 'title', 'date', 'lead', 'region', 'opens', 'closes'];

export class Engine {
  /** `address`: the manifest's URL. Nothing is read before the first search. */
  constructor(address) {
    this.address = new URL(address, document.baseURI);
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
   * {full, total, counts, hits, terms, corrected}. A hit has FIELDS, kind and score; `full` is false where nothing
   * matches the whole query and the hits are the nearest; `corrected` is what was searched instead (pinyin, a slip).
   * `narrow`: {kind, topic, place, audience, year, open}. `counts`: by the same names, {value: records}; those of
   * values that must be read first are there only with `facets`. Throws where the index cannot be read.
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
    const { facts } = await this.open();
    let corrected = await this.fromPinyin(text);
    let found = await this.ranked(corrected || text);
    if (!found.full) {
      const meant = await this.bySound(corrected || text, found);
      const other = meant && (await this.ranked(meant));
      if (other && other.full && other.ranked.length) {
        found = other;
        corrected = meant;
      }
    }
    const wanted = Object.entries(narrow).filter(([, value]) => value);
    const columns = facets || wanted.some(([name]) => name !== 'kind' && name !== 'open') ? await this.columns() : {};
    const values = (name, number) => {
      if (name === 'kind') return [facts[number].kind];
      if (name === 'open') return OPEN.has(facts[number].state) ? ['1'] : [];
      return columns[name][number];
    };
    const has = (number, except) => wanted.every(([name, value]) => name === except || values(name, number).includes(value));
    const counts = {};
    for (const name of ['kind', 'open', ...Object.keys(columns)]) {
      counts[name] = {};
      for (const [, number] of found.ranked) {
        if (has(number, name)) for (const value of values(name, number)) counts[name][value] = (counts[name][value] || 0) + 1;
      }
    }
    const chosen = found.ranked.filter(([, number]) => has(number));
    const hits = await Promise.all(chosen.slice(0, limit).map(([score, number]) => this.hit(number, score)));
    return { full: found.full, total: chosen.length, counts, hits, terms: found.terms, corrected };
  }

  async ranked(text) {
    const { segments, records, facts, hidden, synonyms } = await this.open();
    let query = parseQuery(text, this.variants, synonyms);
    const nothing = { full: true, ranked: [], terms: [], query, postings: new Map() };
    if (!query.runs.length || !records) return nothing;
    let postings = await this.all(query, segments);
    const known = ([term]) => postings.get(term) && postings.get(term).length;
    const strange = query.runs.flatMap((run) => run.units.filter((unit, place) => (
      unit > '~' && run.required[place] && !this.tried.has(unit)
      && !run.terms.some((term) => term[1] <= place && place <= term[2] && known(term))
    )));
    if (strange.length) {
      // A character that no record has may be a traditional one: only now is the table worth its bytes.
      await this.readVariants(segments, strange);
      query = parseQuery(text, this.variants, synonyms);
      postings = await this.all(query, segments);
    }
    const terms = termsOf(query.runs).flatMap((term) => (synonyms && synonyms.groups.get(term)) || [term]);
    const marks = terms.flatMap((term) => (term.length > 2 ? runs(term).flatMap((units) => units.slice(1).map((unit, place) => units[place] + unit)) : [term]));
    return { ...rank(query, postings, records, facts, hidden), terms: [...terms, ...marks], query, postings };
  }

  // --- what was meant: see static_query.py ---

  async heard() {
    if (!this.sounds) {
      const { segments } = await this.open();
      const { Sounds } = await import('./sounds.js');
      const read = async (segment, name) => new TextDecoder().decode(await this.bytes(segment.base + name));
      this.sounds = new Sounds(segments, read);
    }
    return this.sounds;
  }

  async fromPinyin(text) {
    const { segments, records } = await this.open();
    const folded = normalise(text, this.variants);
    if (!records || folded.includes('"')) return '';
    let spelled = '';
    let at = 0;
    for (const match of folded.matchAll(LETTERS)) {
      let known = true; // One by one: the first word that no record has decides.
      for (const word of match[0].split(/[ ']/)) known = known && (await this.postings(word, segments)).length > 0;
      if (known) continue;
      const meant = await (await this.heard()).pinyin(match[0].replace(/'/g, ' '));
      spelled += folded.slice(at, match.index) + (meant || match[0]);
      at = match.index + match[0].length;
    }
    spelled += folded.slice(at);
    return spelled === folded ? '' : spelled;
  }

  async bySound(text, { postings }) {
    if (!postings.size || text.includes('"')) return '';
    const { segments } = await this.open();
    let folded = normalise(text, this.variants);
    for (const run of parseQuery(text, this.variants).runs) {
      if (run.units.length < 2 || run.units.some((unit) => unit.length > 1)) continue;
      const rare = (await Promise.all(run.terms.map(([term]) => this.postings(term, segments)))).map((list) => list.length <= DOUBT);
      const doubtful = run.units.map((_, place) => (!place || rare[place - 1]) && (place === rare.length || rare[place]));
      if (!doubtful.includes(true)) continue;
      const typed = run.units.join('');
      folded = folded.split(typed).join((await (await this.heard()).homophones(run.units, doubtful)) || typed);
    }
    return folded === normalise(text, this.variants) ? '' : folded;
  }

  // --- reading ---

  async open(cache = 'no-cache') {
    if (!this.manifest) {
      this.manifest = this.readManifest(cache).catch((error) => {
        this.manifest = null;
        throw error;
      });
    }
    return this.manifest;
  }

  async readManifest(cache) {
    const response = await read(this.address, { cache });
    const { format, segments } = await response.json();
    if (format !== FORMAT) throw new Error(`search index of format ${format}, expected ${FORMAT}`);
    const facts = [];
    const hidden = new Set();
    for (const segment of segments) {
      segment.first = facts.length;
      segment.apart = new Set(segment.apart);
      for (const number of segment.hides || []) hidden.add(segment.first + number);
      const states = new Map();
      for (const [code, numbers] of Object.entries(segment.states)) {
        for (const number of numbers) states.set(number, code);
      }
      for (const [kind, count] of segment.kinds) {
        for (let place = 0; place < count; place += 1) {
          const state = states.get(facts.length - segment.first) || '';
          const prior = STATES[state] ?? PRIORS[kind] ?? 0;
          facts.push({ kind, state, prior, fresh: kind === 'story' ? FRESH * (1 - place / count) : 0 });
        }
      }
    }
    const groups = await Promise.all(segments.filter((one) => one.synonyms).map((one) => this.json(`${one.base}synonyms.bin`)));
    const synonyms = groups.length ? new Synonyms(groups.flat()) : null;
    return { segments, records: facts.length, facts, hidden, synonyms };
  }

  /** By name of a facet, for each record its values. */
  async columns() {
    const { segments } = await this.open();
    const found = { topic: [], place: [], audience: [], year: [] };
    for (const column of await Promise.all(segments.map((segment) => this.json(`${segment.base}f.bin`)))) {
      for (const name of ['topic', 'place', 'audience']) {
        const [values, of] = column[name];
        found[name].push(...of.map((numbers) => numbers.map((number) => values[number])));
      }
      found.year.push(...column.year.map((year) => [String(year)]));
    }
    return found;
  }

  bytes(path) {
    if (!this.cache.has(path)) {
      const promise = read(new URL(path, this.address)).then(inflated);
      this.cache.set(path, promise);
      promise.catch(() => this.cache.delete(path));
    }
    return this.cache.get(path);
  }

  async json(path) {
    return JSON.parse(new TextDecoder().decode(await this.bytes(path)));
  }

  async readVariants(segments, characters) {
    await Promise.all(segments.flatMap((segment) => characters.map(async (character) => {
      const shard = character.codePointAt(0) % segment.sounds[1];
      const [from, to] = await this.json(`${segment.base}v/${shard}.bin`);
      if (from.includes(character)) this.variants.set(character, to[from.indexOf(character)]);
      this.tried.add(character);
    })));
  }

  /** term -> [[record, factor, place: 2 title, 1 lead], ...] */
  async all(query, segments) {
    const terms = termsOf([...query.runs, ...query.minus]);
    const found = await Promise.all(terms.map((term) => this.postings(term, segments)));
    return new Map(terms.map((term, position) => [term, found[position]]));
  }

  async postings(term, segments) {
    const hash = termHash(term);
    const name = hash.toString(16).padStart(8, '0');
    const parts = await Promise.all(segments.map(async (segment) => {
      if (segment.apart.has(name)) return decode(await this.bytes(`${segment.base}t/${name}.bin`), segment.first);
      const number = Math.floor((hash * segment.shards) / WHOLE);
      return lookUp(await this.bytes(`${segment.base}s/${number}.bin`), hash, number, segment);
    }));
    return parts.flat();
  }

  async hit(number, score) {
    const { segments, facts } = await this.open();
    const segment = segments.filter((one) => one.first <= number).pop();
    const place = number - segment.first;
    const block = await this.json(`${segment.base}b/${Math.floor(place / segment.block)}.bin`);
    const shown = block[place % segment.block];
    const hit = { kind: facts[number].kind, state: facts[number].state, score };
    FIELDS.forEach((field, position) => { hit[field] = shown[position] || ''; });
    return hit;
  }
}

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

// --- postings ---

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  varint() {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at];
      this.at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }
}

function lookUp(bytes, hash, number, segment) {
  const reader = new Reader(bytes);
  const count = reader.varint();
  let current = Math.ceil((number * WHOLE) / segment.shards);
  let place = -1;
  for (let index = 0; index < count; index += 1) {
    current += reader.varint();
    if (current === hash) place = index;
  }
  let start = 0;
  let size = 0;
  for (let index = 0; index < count; index += 1) {
    const length = reader.varint();
    if (index < place) start += length;
    else if (index === place) size = length;
  }
  if (place < 0) return [];
  return decode(bytes.subarray(reader.at + start, reader.at + start + size), segment.first);
}

function decode(bytes, first) {
  const reader = new Reader(bytes);
  const found = [];
  let record = first - 1;
  while (reader.at < bytes.length) {
    const value = reader.varint();
    record += Math.floor(value / 16) + 1;
    found.push([record, (2 * ((value >> 2) & 3) + 1) / 8, value & 3]);
  }
  return found;
}

// --- ranking: see static_query.py ---

function termsOf(runs) {
  const found = new Set();
  for (const run of runs) {
    for (const [term, first, last] of run.terms) if (run.required[first] || run.required[last]) found.add(term);
  }
  return [...found];
}

function rank(query, postings, records, facts, hidden) {
  const weight = new Map();
  for (const [term, { length }] of postings) weight.set(term, Math.log(1 + (records - length + 0.5) / (length + 0.5)));
  const relevance = new Float64Array(records);
  let greatest = 0;
  for (const term of termsOf(query.runs)) {
    const found = postings.get(term);
    if (found.length) greatest += weight.get(term);
    for (const [number, factor] of found) relevance[number] += weight.get(term) * factor;
  }
  const covered = new Uint16Array(records);
  const mass = new Float64Array(records);
  const inTitle = new Uint16Array(records);
  const inHead = new Uint16Array(records);
  const best = new Int8Array(records);
  let required = 0;
  let whole = 0;
  for (const run of query.runs) {
    run.required.forEach((needed, position) => {
      if (!needed) return;
      required += 1;
      const terms = run.terms.filter(([, first, last]) => first <= position && position <= last);
      const heavy = Math.max(...terms.map(([term]) => weight.get(term)));
      whole += heavy;
      best.fill(0);
      for (const [term] of terms) {
        for (const [number, , place] of postings.get(term)) best[number] = Math.max(best[number], place + 1);
      }
      best.forEach((place, number) => {
        if (!place) return;
        covered[number] += 1;
        mass[number] += heavy;
        if (place > 1) inHead[number] += 1;
        if (place > 2) inTitle[number] += 1;
      });
    });
  }
  const allowed = admitted(query, postings);
  const full = [];
  const near = [];
  const partial = [];
  for (let number = 0; number < records; number += 1) {
    if (!covered[number] || hidden.has(number) || !allowed(number)) continue;
    const title = inTitle[number] / required;
    const head = inHead[number] / required;
    const share = mass[number] / whole;
    const { prior, fresh } = facts[number];
    const score = relevance[number] / greatest + TITLE * title * title + HEAD * head * head + prior * (0.2 + 0.8 * title * title) + fresh;
    if (covered[number] === required) full.push([score, number]);
    else if (required >= LONG && share >= NEAR) near.push([score * share * share, number]);
    else if (covered[number] >= PARTIAL * required) partial.push([score * share * share, number]);
  }
  const ranked = full.length ? full.concat(near) : near.concat(partial);
  const order = (score) => Math.round(score * 1e9); // Logarithms differ in their last bit between machines.
  ranked.sort((a, b) => order(b[0]) - order(a[0]) || a[1] - b[1]);
  return { full: full.length > 0, ranked };
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
