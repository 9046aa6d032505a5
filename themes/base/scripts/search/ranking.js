// Which records answer a query, and which of them best: the same numbers as in ranking.py, which explains them.
import { asked, termsOf } from './analysis.js';

// Of a posting, which is the number of a record * 16 + a grade: the place (2 title, 1 lead) by the grade, the factor by its
// lowest two bits. From SAID on are words that people say for what the record has: see grades.py.
const PLACES = [...'0000111122220101'].map(Number);
const FACTORS = [0.2, 0.45, 0.65, 0.85];
const SAID = 12;
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
export const PRIORS = {
  program: 0.15, guide: 0.4, service: 0.45, event: 0.15, place: 0.35, collection: 0.3, dataset: 0.1, story: 0,
  open: 0.5, closing: 0.5, standing: 0.5, running: 0.4, upcoming: 0.35, unknown: 0.3, full: 0.2, live: 0.45, planned: 0.2,
  postponed: 0.2, closed: 0.1, past: 0.05, cancelled: 0, retired: 0, superseded: -1,
}; // Of kinds and of states.
export const FRESH = 0.08;
const PARTIAL = 0.4;
const LEAST = 0.5;
const LONG = 6;
const NEAR = 0.65;

export function rank(query, postings, records, facts, hidden) {
  const weight = new Map();
  for (const [term, { length }] of postings) weight.set(term, Math.log(1 + (records - length + 0.5) / (length + 0.5)));
  const row = () => new Float64Array(records);
  const [relevance, pairs, headPairs, titlePairs, units, mass, head, title, evenly, best] = Array.from({ length: 10 }, row);
  let known = 0;
  let every = 0;
  for (const term of termsOf(query.runs)) {
    const heavy = weight.get(term);
    every += heavy;
    if (postings.get(term).length) known += heavy;
    for (const posting of postings.get(term)) {
      const number = posting >> 4;
      const grade = posting & 15;
      relevance[number] += heavy * FACTORS[grade & 3];
      pairs[number] += heavy;
      if (PLACES[grade] > 0) headPairs[number] += heavy;
      if (PLACES[grade] > 1) titlePairs[number] += heavy;
    }
  }
  let required = 0;
  let whole = 0;
  for (const run of query.runs) {
    const lookedUp = asked(run);
    run.required.forEach((needed, position) => {
      if (!needed) return;
      required += Math.floor(needed);
      const around = lookedUp.filter(([, first, last]) => first <= position && position <= last).map(([term]) => term);
      const there = around.filter((term) => postings.get(term).length);
      const heavy = needed * Math.max(...(there.length ? there : around).map((term) => weight.get(term)));
      whole += heavy;
      const found = around.flatMap((term) => postings.get(term));
      for (const posting of found) {
        const number = posting >> 4;
        best[number] = Math.max(best[number], PLACES[posting & 15] + FACTORS[posting & 3]);
      }
      for (const posting of found) {
        const number = posting >> 4;
        const value = best[number];
        if (!value) continue; // It was counted for the term before.
        best[number] = 0;
        const place = Math.floor(value);
        units[number] += Math.floor(needed);
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
    else partial.push([score * share * share, number, share]);
  }
  const least = near.length ? PARTIAL : Math.min(PARTIAL, LEAST * Math.max(...partial.map(([, , share]) => share)));
  const ranked = sorted(full.concat(near, full.length ? [] : partial.filter(([, , share]) => share >= least)));
  return { full: full.length > 0, ranked, whole: ranked.length ? pairs[ranked[0][1]] / every : 0 };
}

function sorted(entries) {
  const order = (score) => Math.round(score * 1e9); // Logarithms differ in their last bit between machines.
  return entries.sort((a, b) => order(b[0]) - order(a[0]) || b[1] - a[1]);
}

/** What several readings find: a record by its best score. */
export function joined(answers) {
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
  const sets = run.terms.map(([term]) => new Set(postings.get(term).flatMap((posting) => ((posting & 15) < SAID ? posting >> 4 : []))));
  return new Set([...sets[0]].filter((number) => sets.every((set) => set.has(number))));
}
