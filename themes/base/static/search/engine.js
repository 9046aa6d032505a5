// Reads the index that site_builder/search/static_index.py makes and ranks as static_query.py does.
import { parseQuery, termHash } from './analysis.js';

const FORMAT = 1;
const TITLE = 0.8;
const PRIORS = {
  program: 0.15, guide: 0.4, service: 0.45, event: 0.15, place: 0.35, collection: 0.3, dataset: 0.1, story: 0,
};
const STATES = { open: 0.5, closing: 0.5, standing: 0.5, running: 0.4, upcoming: 0.4, unknown: 0.3, full: 0.2 };
const FRESH = 0.1;
const PARTIAL = 0.5;
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
    this.variants = null;
  }

  /**
   * {full, total, kinds, hits, terms}. A hit has FIELDS, kind and score; `full` is false where nothing
   * matches the whole query and the hits are the nearest. Throws where the index cannot be read.
   */
  async search(text, { kind = '', limit = 10 } = {}) {
    try {
      return await this.answer(text, kind, limit);
    } catch (error) {
      if (!error.gone) throw error;
      // The site was built anew since the manifest was read: read it again, past every cache, because a
      // server that compares times by the second may say that it did not change.
      this.forget();
      await this.open('reload');
      return this.answer(text, kind, limit);
    }
  }

  async answer(text, kind, limit) {
    const { segments, records, facts } = await this.open();
    let query = parseQuery(text, this.variants);
    const nothing = { full: true, total: 0, kinds: {}, hits: [], terms: [] };
    if (!query.runs.length || !records) return nothing;
    let postings = await this.all(query, segments);
    if (!this.variants && [...postings.values()].some((found) => !found.length)) {
      // A term that no record has may be written in traditional characters: only now is the table worth its bytes.
      this.variants = await this.readVariants(segments);
      query = parseQuery(text, this.variants);
      postings = await this.all(query, segments);
    }
    const { full, ranked } = rank(query, postings, records, facts);
    const kinds = {};
    for (const [, number] of ranked) kinds[facts[number].kind] = (kinds[facts[number].kind] || 0) + 1;
    const chosen = kind ? ranked.filter(([, number]) => facts[number].kind === kind) : ranked;
    const hits = await Promise.all(chosen.slice(0, limit).map(([score, number]) => this.hit(number, score)));
    return { full, total: chosen.length, kinds, hits, terms: termsOf(query.runs) };
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
    for (const segment of segments) {
      segment.first = facts.length;
      segment.apart = new Set(segment.apart);
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
    return { segments, records: facts.length, facts };
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

  async readVariants(segments) {
    const variants = new Map();
    for (const [from, to] of await Promise.all(segments.map((segment) => this.json(`${segment.base}variants.bin`)))) {
      Array.from(from).forEach((character, position) => variants.set(character, to[position]));
    }
    return variants;
  }

  /** term -> [[record, factor, in a title], ...] */
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
    found.push([record, (((value >> 1) & 7) + 1) / 8, (value & 1) === 1]);
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

function rank(query, postings, records, facts) {
  const relevance = new Float64Array(records);
  let greatest = 0;
  for (const term of termsOf(query.runs)) {
    const found = postings.get(term);
    const idf = Math.log(1 + (records - found.length + 0.5) / (found.length + 0.5));
    if (found.length) greatest += idf;
    for (const [number, factor] of found) relevance[number] += idf * factor;
  }
  const covered = new Uint16Array(records);
  const inTitle = new Uint16Array(records);
  const seen = new Int32Array(records);
  const seenInTitle = new Int32Array(records);
  let required = 0;
  for (const run of query.runs) {
    run.required.forEach((needed, position) => {
      if (!needed) return;
      required += 1;
      for (const [term, first, last] of run.terms) {
        if (position < first || position > last) continue;
        for (const [number, , titled] of postings.get(term)) {
          if (seen[number] !== required) covered[number] += 1;
          seen[number] = required;
          if (!titled) continue;
          if (seenInTitle[number] !== required) inTitle[number] += 1;
          seenInTitle[number] = required;
        }
      }
    });
  }
  const allowed = admitted(query, postings);
  const full = [];
  const partial = [];
  for (let number = 0; number < records; number += 1) {
    if (!covered[number] || !allowed(number)) continue;
    const title = inTitle[number] / required;
    const { prior, fresh } = facts[number];
    const score = relevance[number] / greatest + TITLE * title * title + prior * (0.2 + 0.8 * title * title) + fresh;
    if (covered[number] === required) full.push([score, number]);
    else if (covered[number] >= PARTIAL * required) partial.push([score * (covered[number] / required) ** 2, number]);
  }
  const ranked = full.length ? full : partial;
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
