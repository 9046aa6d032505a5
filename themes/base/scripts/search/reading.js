// Reads the indexes that site_builder/search/static_index.py makes, and knows no more of a query than its terms.
import { isWord, termHash } from './analysis.js';
import { FRESH, PRIORS } from './ranking.js';

const FORMAT = 6;
const BLOCK = 3;
const SPARE_BITS = 10;
const PLAIN = 4;
// For each code of grades but the first, in which all are 0: what its numbers stand for, from 0 (0) to ? (15).
const GRADES = [0, '04<=8159>:;62?73', '127;36=>?<05:498', '0125673;4:<9>8=?'];
const FIELDS = ['id', 'path', 'title', 'date', 'lead', 'region', 'opens', 'closes'];
const HAN = /^[\u3400-\u9fff]{1,2}$/;
const PARTICLE = /[的了是在和与及到从这他们也而此些已]/;

export class Index {
  /**
   * `sites`: [{index, root, name}], URLs of a site's manifest and of its root; the first is the reader's own. Of the
   * others, those that cannot be read are left out and named in `missing`.
   */
  constructor(sites) {
    this.sites = typeof sites === 'string' ? [{ index: sites }] : sites;
    this.forget();
  }

  forget() {
    this.cache = new Map();
  }

  /** {segments, records, facts: [{kind, state, prior, fresh}] by number, hidden: a Set of numbers, groups, missing} */
  open(cache) {
    return this.once('', () => this.readManifests(cache));
  }

  async readManifests(cache) {
    const missing = [];
    const found = await Promise.all(this.sites.map(async (site, place) => {
      const address = new URL(site.index, document.baseURI);
      try {
        const { format, segments } = await manifest(address.href, cache);
        if (format !== FORMAT) throw Error(`format ${format}`);
        return segments.map((raw) => ({ usual: [0, 0, 0, 1, ''], ...raw, site, base: new URL(raw.base, address).href, version: raw.base }));
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
      segments.push(raw);
      raw.first = first;
      for (const number of stretched(raw.hides)) hidden.add(first + number);
      raw.heads = rising(raw.usual);
      const states = [];
      for (const [code, row] of Object.entries(raw.states ?? {})) for (const number of stretched(row)) states[number] = code;
      for (const [kind, count] of raw.kinds) {
        for (let place = 0; place < count; place += 1) {
          const state = states[facts.length - first] || '';
          const prior = PRIORS[state] ?? PRIORS[kind] ?? 0;
          facts.push({ kind, state, prior, fresh: kind === 'story' ? FRESH * (place + 1) / count : 0 });
        }
      }
      raw.records = facts.length - first;
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
    const tables = segments.filter((segment) => segment.synonyms).map((segment) => this.json(`${segment.base}synonyms.bin`));
    return { segments, records: facts.length, facts, hidden, groups: (await Promise.all(tables)).flat(), missing };
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

  /** What is made of a name, once; after an error it is made again. */
  once(name, make) {
    if (!this.cache.has(name)) {
      const promise = make();
      this.cache.set(name, promise);
      promise.catch(() => this.cache.delete(name));
    }
    return this.cache.get(name);
  }

  bytes(path) {
    return this.once(path, async () => new Uint8Array(await (await read(path)).arrayBuffer()));
  }

  /** A text as packing.py writes it. */
  text(path) {
    return this.once(path, async () => {
      const raw = await inflated(await read(path));
      return raw[0] ? new TextDecoder('gb18030').decode(raw) : new TextDecoder().decode(raw.subarray(1));
    });
  }

  async json(path) {
    return JSON.parse(await this.text(path));
  }

  /** The records that have a term: [number * 16 + grade, ...], see ranking.js. */
  postings(term) {
    return this.once(`=${term}`, async () => {
      const { segments } = await this.open();
      const hash = termHash(term);
      const family = isWord(term) ? 3 : !HAN.test(term) || (term[1] && !PARTICLE.test(term)) ? 0 : term[1] ? 1 : 2;
      return (await Promise.all(segments.map(async (segment) => {
        const named = family ? -1 : segment.heads.indexOf(hash >>> (32 - segment.usual[3]));
        const [count, bits, order] = named < 0 ? segment.shards[family] : segment.usual;
        const head = hash >>> (32 - bits);
        const whole = 2 ** bits;
        const shard = named < 0 ? Math.floor((head * count) / whole) : named;
        const reader = new Reader(await this.bytes(`${segment.base}${named < 0 ? 'stcw'[family] : 'u'}/${shard}.bin`));
        let current = named < 0 ? Math.ceil((shard * whole) / count) : 0;
        for (let left = reader.number(6); left > 0 && current <= head; left -= 1) {
          current += reader.number(order);
          const found = list(reader, segment, current === head);
          if (current === head) return found;
        }
        return [];
      }))).flat();
    });
  }

  /** What is shown of a record: FIELDS, kind, state and site. */
  async shown(number) {
    const { segments, facts } = await this.open();
    const segment = segments.filter((one) => one.first <= number).pop();
    const place = number - segment.first;
    const block = await this.text(`${segment.base}b/${Math.floor(place / BLOCK)}.bin`);
    const values = block.split('\n')[place % BLOCK].split('\t');
    const found = { ...facts[number], site: segment.site };
    FIELDS.forEach((field, position) => { found[field] = values[position] || ''; });
    return found;
  }
}

/** The page's head asks for the manifest ahead. Where a host says nothing of keeping, a browser gives what it kept. */
async function manifest(address, cache = 'no-cache') {
  const found = await (await read(address, { cache })).json();
  const ahead = performance.getEntriesByName(address).find(({ initiatorType }) => initiatorType === 'link');
  const kept = cache === 'no-cache' && ahead && !ahead.transferSize && !ahead.workerStart;
  return kept ? (await read(address, { cache })).json() : found;
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

// --- rows of numbers: see packing.py and bits.py ---

function stretched(row = []) {
  const found = [];
  for (let at = 0, number = 0; at < row.length; at += 2) {
    number += row[at];
    for (let left = row[at + 1]; left > 0; left -= 1) {
      found.push(number);
      number += 1;
    }
  }
  return found;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  /** The next 32 bits; zeros behind the end. */
  peek() {
    const { bytes, at } = this;
    const byte = at >> 3;
    const bit = at & 7;
    const word = (bytes[byte] << 24) | (bytes[byte + 1] << 16) | (bytes[byte + 2] << 8) | bytes[byte + 3];
    return (word << bit) | (bytes[byte + 4] >> (8 - bit));
  }

  bits(count) {
    const found = count && this.peek() >>> (32 - count);
    this.at += count;
    return found;
  }

  number(order, plain = 0) {
    let upper = Math.clz32(this.peek());
    this.at += upper + 1;
    if (upper >= plain) upper = plain - 1 + 2 ** (upper - plain) + this.bits(upper - plain);
    const found = upper * 2 ** order + this.bits(order);
    if (this.at > this.bytes.length * 8) throw Error('cut');
    return found;
  }
}

/** How the hashes of the usual pairs begin. */
function rising([length, , , , row]) {
  const reader = new Reader(Uint8Array.from(atob(row), (letter) => letter.charCodeAt(0)));
  let last = 0;
  return Array.from({ length }, () => last += reader.number(SPARE_BITS));
}

/** The postings of the term that the reader stands at; they are passed over if they are not `wanted`. */
function list(reader, { records, first }, wanted) {
  const found = [];
  let left = reader.number(0) + 1;
  const order = Math.max(0, 31 - Math.clz32(Math.floor(records / (left + 1))));
  const grades = GRADES[reader.number(0, PLAIN)];
  for (let record = first; left > 0; left -= 1) {
    record += reader.number(order, PLAIN);
    const grade = grades && grades.charCodeAt(reader.number(0, PLAIN)) & 15;
    if (wanted) found.push(record * 16 + grade);
    record += 1;
  }
  return found;
}
