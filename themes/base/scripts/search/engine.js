// What a text finds in the indexes of one or more sites: see site_builder/search/static_query.py.
import { asked, isSign, normalise, parseQuery, termsOf } from './analysis.js';
import { joined, PRIORS, rank } from './ranking.js';
import { Index } from './reading.js';
import { finest, placeOf, Sounds } from './sounds.js';
import { Synonyms } from './synonyms.js';

const SURER = 0.15;
const DOUBT = 1000;
const LETTERS = /([\u3400-\u9fff]?)([a-z]+[1-5]?(?:[ ']?[a-z]+[1-5]?)*)([\u3400-\u9fff]?)/g;
const OPEN = 0.4; // The prior of a state in which one can take part.
const FIRST = 4; // Hits that are shown before the others: a browser asks six files of an HTTP/1.1 host at a time, of which
// the page's own scripts and icon may be two.
const AS_WELL = '乾著藉覆';
const USUAL = 3760; // Characters in the first half of GB/T 2312, all of them simplified or AS_WELL.

export class Engine extends Index {
  renew() {
    super.renew();
    this.variants = new Map();
    this.tried = new Set();
    this.synonyms = null;
  }

  /**
   * {full, total, counts, hits, terms, corrected, missing}. A hit has FIELDS, kind, state and site; `full` is
   * false where nothing matches the whole query and the hits are the nearest; `corrected` is what was searched instead
   * (pinyin, a slip). `narrow`: {kind, topic, place, audience, year, from, to, open}; from and to are ISO dates.
   * `counts`: by the same names, {value: records}; those of values that must be read first are there only with
   * `facets`. Throws where the index of the reader's own site cannot be read.
   */
  async search(text, options = {}) {
    try {
      return await this.answer(text, options);
    } catch (error) {
      if (!error.gone) throw error;
      // The site was built anew since the manifest was read: read it again, past every cache, because a
      // server that compares times by the second may say that it did not change.
      this.forget();
      await this.opened('reload');
      return this.answer(text, options);
    }
  }

  async answer(text, { narrow = {}, facets = false, limit = 10, soon }) {
    const { facts, missing } = await this.opened();
    const { found, corrected } = await this.keep(`?${text}`, () => this.meant(text));
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
    const chosen = found.ranked.filter(([, number]) => has(number));
    const hits = chosen.slice(0, limit).map(([, number]) => this.shown(number));
    hits.forEach((hit) => hit.catch(() => {})); // It is awaited below, maybe after another that failed.
    const counts = {};
    for (const name of ['kind', 'open', ...Object.keys(columns)]) {
      if (name === 'date') continue;
      const of = counts[name] = {};
      for (const [, number] of found.ranked) {
        if (has(number, name)) for (const value of values(name, number)) of[value] = (of[value] || 0) + 1;
      }
    }
    const answer = { full: found.full, total: chosen.length, counts, terms: found.terms, corrected, missing };
    if (soon && hits.length > FIRST) soon({ ...answer, hits: await Promise.all(hits.slice(0, FIRST)) });
    return { ...answer, hits: await Promise.all(hits) };
  }

  /** What the text finds, or what was meant by it: see static_query.py. */
  async meant(text) {
    const { records } = await this.opened();
    if (!records || text.includes('"')) return { found: await this.ranked(text), corrected: '' };
    const spelled = await this.fromPinyin(text);
    const answers = await Promise.all((spelled.length ? spelled : [text]).map((one) => this.ranked(one)));
    let corrected = spelled.find((_, place) => answers[place].ranked.length) || '';
    let found = joined(answers);
    if (spelled.length < 2) {
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
    await this.opened();
    const found = [];
    for (const run of parseQuery(text, this.variants).runs) {
      const known = await Promise.all(run.terms.map(async ([term]) => (await this.postings(term)).length > 0));
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
    const { segments, records, facts, hidden, groups } = await this.opened();
    if (groups.length) this.synonyms ??= new Synonyms(groups);
    const { synonyms } = this;
    let query = parseQuery(text, this.variants, synonyms);
    if (!query.runs.length || !records) return { full: true, ranked: [], terms: [], whole: 0 };
    let postings = await this.allOf(query);
    const known = ([term]) => postings.get(term)?.length;
    const strange = query.runs.flatMap((run) => run.units.filter((unit, place) => (
      unit > '~' && run.required[place] && !this.tried.has(unit)
      && !asked(run).some((term) => term[1] <= place && place <= term[2] && known(term))
      && (placeOf(unit) >>> 0 > USUAL || AS_WELL.includes(unit))
    )));
    if (strange.length) {
      // A character that no record has may be a traditional one: only now is the table worth its bytes.
      await this.readVariants(segments, strange);
      query = parseQuery(text, this.variants, synonyms);
      postings = await this.allOf(query);
    }
    const terms = termsOf(query.runs).flatMap((term) => (synonyms && synonyms.groups.get(term)) || [term]);
    const marks = termsOf(parseQuery(terms.join(' ')).runs);
    return { ...rank(query, postings, records, facts, hidden), terms: [...terms, ...marks] };
  }

  async heard() {
    const { segments } = await this.opened();
    return new Sounds(segments, (segment, name) => this.text(segment.base + name));
  }

  async fromPinyin(text) {
    const folded = normalise(text, this.variants).normalize('NFD').replace(/u\u0308/g, 'v').replace(/[\u0300-\u0304\u030c]/g, '');
    let found = [''];
    let at = 0;
    for (const { index, 1: before, 2: typed, 3: after } of folded.matchAll(LETTERS)) {
      let known = true; // One by one: the first word that no record has decides.
      const words = typed.split(/[ ']/);
      for (const word of words) known = known && (await this.postings(word)).length > 0;
      if (known) continue;
      const run = words.join('');
      for (const [head, tail] of [['', ''], [before, ''], ['', after], [before, after]]) {
        const meant = await (await this.heard()).pinyin(typed.replace(/[1-5']/g, ' '), head, tail);
        if (!meant.length && (await this.postings(run)).length) meant.push(head + run + tail);
        if (!meant.length) continue;
        const start = index + before.length - head.length;
        found = found.flatMap((one) => meant.map((other) => one + folded.slice(at, start) + other)).slice(0, 2);
        at = start + (head + typed + tail).length;
        break;
      }
    }
    return at ? found.map((one) => one + folded.slice(at)) : [];
  }

  async bySound(text, records) {
    const folded = normalise(text, this.variants);
    const rare = 1 + Math.floor(records / DOUBT);
    let meant = folded;
    for (const run of parseQuery(folded).runs) {
      if (run.units.length < 2 || !run.units.every(isSign)) continue;
      const known = asked(run);
      const counts = await Promise.all(run.terms.map(async (term) => (known.includes(term) ? (await this.postings(term[0])).length : rare + 1)));
      const doubtful = run.units.map((_, place) => (!place || counts[place - 1] <= rare) && (place === counts.length || counts[place] <= rare));
      if (!doubtful.includes(true) || !counts.includes(0)) continue;
      const typed = run.units.join('');
      meant = meant.split(typed).join((await (await this.heard()).homophones(run.units, doubtful)) || typed);
    }
    return meant === folded ? '' : meant;
  }

  async readVariants(segments, characters) {
    const { base, sounds } = finest(segments);
    await Promise.all(characters.map(async (character) => {
      const shard = character.codePointAt(0) % Math.max(1, sounds[1] - 16);
      const [from, to] = await this.parsed(`${base}v/${shard}.bin`);
      if (from.includes(character)) this.variants.set(character, to[from.indexOf(character)]);
      this.tried.add(character);
    }));
  }

  /** term -> its postings */
  async allOf(query) {
    const exact = [...query.runs.filter((run) => run.exact), ...query.minus];
    const terms = [...new Set([...termsOf(query.runs), ...exact.flatMap((run) => run.terms.map(([term]) => term))])];
    const found = await Promise.all(terms.map((term) => this.postings(term)));
    return new Map(terms.map((term, position) => [term, found[position]]));
  }
}
