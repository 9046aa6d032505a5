// What somebody meant who typed pinyin or a character of the same sound: see site_builder/search/sounds.py.
// Loaded only when a query needs it.
import { termHash } from './analysis.js';

const BREAK = 0.3;
const INITIALS_BREAK = 2;
const OWN = 1.5;
const MOST = 3;
const WHOLE = 2 ** 32;

export class Sounds {
  /** `read(segment, name)` gives the text of a file. */
  constructor(segments, read) {
    this.segments = segments;
    this.read = read;
  }

  async pinyin(letters) {
    const words = letters.split(' ').filter(Boolean);
    const known = new Set((await this.read(this.segments[0], 'syllables.bin')).split(' '));
    let ways = [[]];
    for (const word of words) {
      ways = ways.flatMap((way) => cuts(word, known).map((cut) => [...way, ...cut])).slice(0, MOST);
    }
    let best = [0, ''];
    for (const way of ways) {
      const found = way.length > 1 ? await this.chain(way) : best;
      if (found[0] > best[0]) best = found;
    }
    const joined = words.join('');
    if (best[1] || joined.length < 2 || joined.length > 8) return best[1];
    return (await this.chain([...joined]))[1];
  }

  async homophones(units, doubtful) {
    const sounds = await Promise.all(units.map((unit) => this.syllable(unit)));
    return sounds.every(Boolean) ? (await this.chain(sounds, units, doubtful))[1] : '';
  }

  async syllable(character) {
    const file = await this.read(this.segments[0], `h/${character.codePointAt(0) % this.segments[0].sounds[1]}.bin`);
    const line = file.split('\n').find((row) => row.split(':')[1].includes(character));
    return line ? line.split(':')[0] : '';
  }

  async candidates(key) {
    const found = new Map();
    await Promise.all(this.segments.map(async (segment) => {
      const file = await this.read(segment, `p/${Math.floor((termHash(key) * segment.sounds[0]) / WHOLE)}.bin`);
      for (const line of file.split('\n')) {
        if (!line.startsWith(`${key}:`)) continue;
        for (const [, pair, level] of line.matchAll(/([^0-9:]{2})([0-9])/g)) {
          found.set(pair, Math.max(found.get(pair) || 0, Number(level)));
        }
      }
    }));
    return found;
  }

  async chain(sounds, typed, doubtful) {
    const joint = sounds.every((sound) => sound.length === 1) ? '' : ' ';
    const fixed = (place) => typed && !doubtful[place];
    const all = await Promise.all(sounds.slice(1).map((sound, place) => (
      fixed(place) && fixed(place + 1)
        ? new Map([[typed[place] + typed[place + 1], 0]])
        : this.candidates(sounds[place] + joint + sound)
    )));
    const gap = joint ? BREAK : INITIALS_BREAK;
    const rows = sounds.map(() => new Map());
    all.forEach((pairs, place) => {
      const begin = place ? bestOf(rows[place - 1]) : NONE;
      const keep = (score, level, text) => {
        const row = { score, level, text, whole: rounded(score + Math.log(1 + level)) };
        const last = text[text.length - 1];
        const kept = rows[place + 1].get(last);
        if (!kept || row.whole > kept.whole) rows[place + 1].set(last, row);
      };
      for (const pair of [...pairs.keys()].sort()) {
        const [first, second] = pair;
        const level = pairs.get(pair) + 1;
        let own = 0;
        if (typed) {
          const same = [first === typed[place], second === typed[place + 1]];
          if ((!same[0] && fixed(place)) || (!same[1] && fixed(place + 1))) continue;
          own = (OWN * (same[0] + same[1])) / 2;
        }
        const longer = rows[place].get(first);
        if (longer) keep(longer.score + Math.log(1 + Math.max(longer.level, level)) + own, level, longer.text + second);
        if (begin.text || !place) keep(begin.whole + Math.log(1 + level) + own - (place ? gap : 0), level, begin.text + pair);
      }
    });
    const best = bestOf(rows[rows.length - 1]);
    return [best.whole, best.text];
  }
}

const NONE = { score: 0, level: 0, text: '', whole: 0 };
const rounded = (score) => Math.round(score * 1e6) / 1e6;

function bestOf(rows) {
  let best = NONE;
  for (const row of [...rows.values()].sort((a, b) => (a.text < b.text ? -1 : 1))) if (row.whole > best.whole) best = row;
  return best;
}

function cuts(word, known) {
  const ways = Array.from({ length: word.length + 1 }, () => []);
  ways[0].push([]);
  for (let end = 1; end <= word.length; end += 1) {
    for (let start = Math.max(0, end - 6); start < end; start += 1) {
      const syllable = word.slice(start, end);
      if (known.has(syllable)) ways[end].push(...ways[start].map((way) => [...way, syllable]));
    }
    const order = (a, b) => a.length - b.length || (a.join(' ') < b.join(' ') ? -1 : 1);
    ways[end] = ways[end].sort(order).slice(0, 2 * MOST);
  }
  return ways[word.length].slice(0, MOST);
}
