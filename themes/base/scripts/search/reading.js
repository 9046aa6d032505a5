// Reads the indexes that site_builder/search/static_index.py makes, and knows no more of a query than its terms.
import { bytes, files, once, Reader, segmentsOf, shardOf } from './files.js';
import { FRESH, PRIORS } from './ranking.js';

const BLOCK = 3;
const PLAIN = 4;
// For each code of grades but the first, in which all are 0: what its numbers stand for, from 0 (0) to ? (15).
const GRADES = [0, '04<=8159>:;62?73', '127;36=>?<05:498', '0125673;4:<9>8=?'];
const FIELDS = ['id', 'path', 'title', 'date', 'lead', 'region', 'opens', 'closes'];

export class Index {
  /**
   * `sites`: [{index, root, name}], URLs of a site's manifest and of its root; the first is the reader's own. Of the
   * others, those that cannot be read are left out and named in `missing`.
   */
  constructor(sites) {
    this.sites = typeof sites === 'string' ? [{ index: sites }] : sites;
    this.renew();
  }

  renew() {
    this.kept = new Map();
  }

  forget() {
    files.clear();
    this.renew();
  }

  /** {segments, records, facts: [{kind, state, prior, fresh}] by number, hidden: a Set of numbers, groups, missing} */
  opened(cache) {
    return this.keep('', () => this.readManifests(cache));
  }

  async readManifests(cache) {
    const missing = [];
    const found = await Promise.all(this.sites.map(async (site, place) => {
      try {
        return (await segmentsOf(site.index, cache)).map((segment) => ({ ...segment, site }));
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
    for (const segment of found.flat()) {
      if (seen.has(segment.version)) continue; // Siblings inherit the same files.
      seen.add(segment.version);
      const first = facts.length;
      segments.push(segment);
      segment.first = first;
      for (const number of stretched(segment.hides)) hidden.add(first + number);
      const states = [];
      for (const [code, row] of Object.entries(segment.states ?? {})) for (const number of stretched(row)) states[number] = code;
      for (const [kind, count] of segment.kinds) {
        for (let place = 0; place < count; place += 1) {
          const state = states[facts.length - first] || '';
          const prior = PRIORS[state] ?? PRIORS[kind] ?? 0;
          facts.push({ kind, state, prior, fresh: kind === 'story' ? FRESH * (place + 1) / count : 0 });
        }
      }
      segment.records = facts.length - first;
    }
    if (this.sites.length > 1) {
      // Several sites show what an upper union shares: of the same record the nearest site's is found.
      const known = new Set();
      const identities = await Promise.all(segments.map((segment) => bytes(`${segment.base}i.bin`)));
      segments.forEach(({ first }, place) => {
        const { buffer } = identities[place];
        new Uint32Array(buffer).forEach((identity, number) => {
          if (hidden.has(first + number)) return;
          if (known.has(identity)) hidden.add(first + number);
          known.add(identity);
        });
      });
    }
    const tables = segments.filter((segment) => segment.synonyms).map((segment) => this.parsed(`${segment.base}synonyms.bin`));
    return { segments, records: facts.length, facts, hidden, groups: (await Promise.all(tables)).flat(), missing };
  }

  /** What records can be filtered by: {topic, place, audience, year: [[values] for each record], date: [ISO]}. */
  async columns() {
    const { segments } = await this.opened();
    const found = { topic: [], place: [], audience: [], year: [], date: [] };
    for (const column of await Promise.all(segments.map((segment) => this.parsed(`${segment.base}f.bin`)))) {
      for (const name of ['topic', 'place', 'audience']) {
        const [values, of] = column[name];
        found[name].push(...of.map((numbers) => numbers.map((number) => values[number])));
      }
      for (const date of column.date.map(String)) {
        found.year.push([date.slice(0, 4)]);
        found.date.push(date.replace(/(..)(..)$/, '-$1-$2'));
      }
    }
    return found;
  }

  keep(name, make) {
    return once(this.kept, name, make);
  }

  /** A text as packing.py writes it. */
  text(path) {
    return this.keep(path, async () => {
      const raw = await inflated(await bytes(path));
      return raw[0] ? new TextDecoder('gb18030').decode(raw) : new TextDecoder().decode(raw.subarray(1));
    });
  }

  async parsed(path) {
    return JSON.parse(await this.text(path));
  }

  /** The records that have a term: [number * 16 + grade, ...], see ranking.js. */
  postings(term) {
    return this.keep(`=${term}`, async () => {
      const { segments } = await this.opened();
      return (await Promise.all(segments.map(async (segment) => {
        const [file, from, order, head] = shardOf(segment, term);
        const reader = new Reader(await file);
        let current = from;
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
    const { segments, facts } = await this.opened();
    const segment = segments.filter((one) => one.first <= number).pop();
    const place = number - segment.first;
    const block = await this.text(`${segment.base}b/${Math.floor(place / BLOCK)}.bin`);
    const values = block.split('\n')[place % BLOCK].split('\t');
    const found = { ...facts[number], site: segment.site };
    FIELDS.forEach((field, position) => { found[field] = values[position] || ''; });
    return found;
  }
}

async function inflated(raw) {
  if (globalThis.DecompressionStream) {
    let stream;
    try {
      stream = new DecompressionStream('deflate-raw');
    } catch {
      stream = null; // Chrome before 103 has the class, but not this format.
    }
    if (stream) return new Uint8Array(await new Response(new Response(raw).body.pipeThrough(stream)).arrayBuffer());
  }
  const { inflate } = await import('./inflate.js');
  return inflate(raw);
}

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
