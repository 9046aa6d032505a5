// What somebody meant who typed pinyin or a character of the same sound: see site_builder/search/sounds.py.
import { termHash } from './analysis.js';

const CHARACTERS = 72 * 94;
const SYLLABLE = /^(?:[zcs]h?|[bpmfdtnlgkhjqxryw])?(?:a(?:i|o|ng?)?|o(?:u|ng?)?|e(?:i|r|ng?)?|i(?:a(?:o|ng?)?|e|u|ng?|ong?)?|u(?:a(?:i|ng?)?|o|i|n|e)?|ve?)$/;
const INITIAL = /^(?:[zcs]h?|[bpmfdtnlgkhjqxryw])$/;
const INITIAL_COST = 1.6;
const WAYS = 3;
const MOST = 2;
const WINDOW = 4;
const BREAK = 1;

const cost = (piece) => (SYLLABLE.test(piece) ? 1 : INITIAL.test(piece) ? INITIAL_COST : 0);
const fuzzy = (syllable) => syllable.replace(/^([zcs])h/, '$1').replace(/ng$/, 'n').replace('v', 'u');
const fits = (piece, syllable) => (piece.length > 1 && SYLLABLE.test(piece) ? fuzzy(piece) === fuzzy(syllable) : syllable[0] === piece[0]);
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

let table = '';

/** The place of a character in GB/T 2312; -1 if it is not in it. */
export function placeOf(character) {
  if (!table) {
    const codes = Array.from({ length: 2 * CHARACTERS }, (_, at) => (at % 2 ? 0xa1 + ((at >> 1) % 94) : 0xb0 + Math.floor(at / 188)));
    table = new TextDecoder('gb18030').decode(Uint8Array.from(codes));
  }
  return table.indexOf(character);
}

/** What is known of characters is the same in every segment: where it lies in the most files, the least is read. */
export const finest = (segments) => segments.reduce((best, one) => (one.sounds[1] > best.sounds[1] ? one : best));

export class Sounds {
  /** `read(segment, name)` gives the text of a file. */
  constructor(segments, read) {
    this.segments = segments;
    this.read = read;
    this.finest = finest(segments);
  }

  /** What letters may stand for between these characters. */
  async pinyin(letters, head, tail) {
    const [before, after] = await Promise.all([head, tail].map((part) => Promise.all([...part].map((one) => this.syllable(one)))));
    let ways = [before];
    for (const word of letters.split(' ').filter(Boolean)) {
      const found = cuts(word);
      ways = ways.flatMap((way) => found.map((cut) => [...way, ...cut])).slice(0, 2 * WAYS);
    }
    ways = ways.map((way) => [...way, ...after]).filter((way) => way.length > 1 && way.every(Boolean)).slice(0, WAYS);
    const found = new Map();
    await Promise.all(ways.map(async (way) => {
      const costs = way.reduce((sum, piece) => sum + cost(piece), 0);
      for (const [phrase, mark] of await this.candidates(way)) {
        if (phrase.startsWith(head) && phrase.endsWith(tail)) found.set(phrase, Math.max(found.get(phrase) ?? -99, mark - 2 * costs));
      }
    }));
    if (found.size) {
      const ordered = [...found].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
      const short = ways[0].every((piece) => SYLLABLE.test(piece));
      return ordered.filter(([, score]) => !short || score > ordered[0][1] - 2).slice(0, MOST).map(([phrase]) => phrase);
    }
    const rows = await Promise.all(ways.filter((way) => way.length > 2 && !(head + tail)).map((way) => this.row(way)));
    return rows.filter(Boolean).slice(0, 1);
  }

  async homophones(units, doubtful) {
    const sounds = await Promise.all(units.map((unit) => this.syllable(unit)));
    for (const size of [units.length, 2, 3]) {
      let best = 0;
      let chosen = '';
      const starts = [...Array(Math.max(0, units.length - size + 1)).keys()]
        .filter((start) => size <= 8 && doubtful.slice(start, start + size).includes(true) && sounds.slice(start, start + size).every(Boolean));
      const found = await Promise.all(starts.map((start) => this.candidates(sounds.slice(start, start + size))));
      starts.forEach((start, turn) => {
        const typed = units.slice(start, start + size);
        for (const [phrase, mark] of found[turn]) {
          const characters = [...phrase];
          const same = typed.filter((unit, place) => unit === characters[place]).length;
          const kept = typed.every((unit, place) => doubtful[start + place] || unit === characters[place]);
          if (same * 2 < size || same === size || !(kept || size === units.length)) continue;
          const worth = (same / size) * 99 + mark; // A mark is 10 at most, and no more than 8 characters are compared.
          if (worth > best) {
            best = worth;
            chosen = units.slice(0, start).join('') + phrase + units.slice(start + size).join('');
          }
        }
      });
      if (chosen) return chosen;
    }
    return '';
  }

  async syllable(character) {
    const place = placeOf(character);
    if (place < 0) return '';
    const count = this.finest.sounds[1];
    const shard = Math.floor((place * count) / CHARACTERS);
    let left = place - Math.ceil((shard * CHARACTERS) / count);
    for (const run of (await this.read(this.finest, `h/${shard}.bin`)).split(' ')) {
      const [, syllable, number] = /(\D*)(.*)/.exec(run);
      left -= number || 1;
      if (left < 0) return syllable;
    }
    return '';
  }

  /** Phrases that fit: [phrase, its level, and 1 more if it fits letter by letter]. */
  async candidates(pieces) {
    const key = pieces.map((piece) => piece[0]).join('');
    const found = new Map();
    await Promise.all(this.segments.map(async (segment) => {
      const file = await this.read(segment, `p/${Math.floor((termHash(key) * segment.sounds[0]) / 2 ** 32)}.bin`);
      for (const line of file.split('\n')) {
        const [syllables, row] = line.split(':');
        const parts = syllables.split(' ');
        if (parts.length !== pieces.length || !pieces.every((piece, place) => fits(piece, parts[place]))) continue;
        const exact = syllables === pieces.join(' ');
        for (const [, phrase, level] of row.matchAll(/([^0-9]+)([0-9])/g)) {
          found.set(phrase, Math.max(found.get(phrase) || 0, level * 2 + exact));
        }
      }
    }));
    return [...found].sort((a, b) => compare(a[0], b[0])).map(([phrase, mark]) => [phrase, (mark >> 1) + (mark & 1)]);
  }

  async row(pieces) {
    const best = [[0, '']];
    for (let end = 1; end <= pieces.length; end += 1) {
      let here = [-99, ''];
      for (let start = Math.max(0, end - WINDOW); start < end - 1; start += 1) {
        const [score, text] = best[start];
        if (score < -50) continue;
        for (const [phrase, mark] of await this.candidates(pieces.slice(start, end))) {
          const made = [score + mark - 10 - BREAK, text + phrase];
          if (made[0] > here[0] || (made[0] === here[0] && made[1] > here[1])) here = made;
        }
      }
      best.push(here);
    }
    return best[pieces.length][1];
  }
}

function cuts(letters) {
  const ways = Array.from({ length: letters.length + 1 }, () => []);
  ways[0].push([0, []]);
  const order = (a, b) => a[0] - b[0] || compare(a[1].join(' '), b[1].join(' '));
  for (let end = 1; end <= letters.length; end += 1) {
    for (let start = Math.max(0, end - 6); start < end; start += 1) {
      const piece = letters.slice(start, end);
      const more = cost(piece);
      if (more) ways[end].push(...ways[start].map(([known, way]) => [known + more, [...way, piece]]));
    }
    ways[end] = ways[end].sort(order).slice(0, 2 * WAYS);
  }
  return ways[letters.length].map(([, way]) => way);
}
