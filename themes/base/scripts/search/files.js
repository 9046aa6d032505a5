// The files of an index that are asked for first: its manifest, and the shard that a term would be in.
import { isWord, termHash } from './analysis.js';

const FORMAT = 6;
const SPARE_BITS = 10;
const HAN = /^[\u3400-\u9fff]{1,2}$/;
const PARTICLE = /[的了是在和与及到从这他们也而此些已]/;

/** What was read of any site. */
export const files = new Map();

/** What is made of a name, once; after an error it is made again. */
export function once(kept, name, make) {
  if (!kept.has(name)) {
    const promise = make();
    kept.set(name, promise);
    promise.catch(() => kept.delete(name));
  }
  return kept.get(name);
}

/** The segments of a site, as its manifest says; `base` is the address of a segment's files, `version` what tells it apart. */
export function segmentsOf(index, cache) {
  return once(files, index, async () => {
    const { href } = new URL(index, document.baseURI);
    const { format, segments } = await manifest(href, cache);
    if (format !== FORMAT) throw Error(`format ${format}`);
    return segments.map((raw) => {
      const found = { usual: [0, 0, 0, 1, ''], ...raw, base: new URL(raw.base, href).href, version: raw.base };
      return { ...found, heads: rising(found.usual) };
    });
  });
}

/**
 * Asks for the shard that a term is in if the segment has it: [the shard, how the hashes of its terms begin
 * at the least, how far one is from the next, how the term's own begins].
 */
export function shardOf({ base, shards, usual, heads }, term) {
  const hash = termHash(term);
  const family = isWord(term) ? 3 : !HAN.test(term) || (term[1] && !PARTICLE.test(term)) ? 0 : term[1] ? 1 : 2;
  const named = family ? -1 : heads.indexOf(hash >>> (32 - usual[3]));
  const [count, bits, order] = named < 0 ? shards[family] : usual;
  const head = hash >>> (32 - bits);
  const whole = 2 ** bits;
  const place = named < 0 ? Math.floor((head * count) / whole) : named;
  const file = bytes(`${base}${named < 0 ? 'stcw'[family] : 'u'}/${place}.bin`);
  return [file, named < 0 ? Math.ceil((place * whole) / count) : 0, order, head];
}

export function bytes(path) {
  return once(files, path, async () => new Uint8Array(await (await read(path)).arrayBuffer()));
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

// --- rows of numbers: see packing.py and bits.py ---

export class Reader {
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
