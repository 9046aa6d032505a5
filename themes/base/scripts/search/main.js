// Turns the form of /search/ into a search while typing. The page works without it: the form leads to
// /search/?q=..., and the site index holds everything.
//
// The page gives: link[as=fetch], the manifest; [data-search-form] with input[name=q]; [data-search-status], which is
// aria-live; [data-results] with data-search-union (the union's slug) and data-search-uppers (JSON: [slug, name,
// address] of each union above, the highest first); [data-search-scope], radio buttons of how far to look, the widest
// last; [data-search-help], what stands where nothing is found; and the words, as [data-search-words] [data-t=key], so
// that they follow the page's language. Nothing is written as HTML.
import { given, own } from './ahead.js';
import { Engine } from './engine.js';
import { marked } from './marks.js';

const PAUSE = 150; // ms without a key before a search starts
const PAGE = 10;
const CLOSING_DAYS = 7;
const DAY = 86400000;
const SNIPPET = 64; // characters
const CODES = /^(id|kind|union|slug|path|url|link|media|owner|state|title|summary|region|topics|audiences|keywords)$/;

const first = new Engine([own]);
let [form, results, status, words, input, scopes, helping, uppers] = []; // Once the page is there.

const FILTERS = ['topic', 'place', 'audience', 'year'];
const NARROW = ['kind', 'open', ...FILTERS, 'from', 'to'];
const SITES = 24; // of the network are asked at a time

let engine = first;
let rest = 0; // sites of the network that were not asked yet
let asked = { q: '', limit: PAGE, scope: '', sites: SITES };
let typing = true; // Whether what is being typed has a step of its own for the back button.
let filtering = false; // Whether the filters are unfolded: what they need is read only then.
let turn = 0;
let timer = 0;
let watched = null;
let list = null; // of the results on show
let narrowed = false; // Whether filters may be why nothing is found.

// --- making elements ---

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** An interface word that site.js can change to the other language, with {n} and {q} filled in. */
function word(key, values = {}) {
  const text = words.querySelector(`[data-t="${key}"]`)?.textContent ?? key;
  const made = element('span', { 'data-t': key });
  for (const [name, value] of Object.entries(values)) made.dataset[`t${name.toUpperCase()}`] = value;
  made.textContent = text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  return made;
}

function button(action, key, values) {
  const made = element('button', { type: 'button', class: 'more' }, word(key, values));
  made.addEventListener('click', action);
  return made;
}

// --- how far to look ---

/**
 * Where the site of another union is: beside this one, if addresses here are made of the slug (host/SLUG/ or
 * SLUG.host), else where its union says. Nothing is asked of another host before somebody chooses it.
 */
function rootOf(slug, address) {
  const mine = results.dataset.searchUnion;
  if (own.root.pathname.endsWith(`/${mine}/`)) return new URL(`../${slug}/`, own.root);
  const labels = own.root.host.split('.');
  return new URL(labels[0] === mine ? `//${[slug, ...labels.slice(1)].join('.')}/` : address, own.root);
}

const siteOf = ([slug, name, address]) => {
  const root = rootOf(slug, address);
  return { index: new URL('search/index.json', root).href, root, name };
};

async function look(mine) {
  const { scope, sites: count } = asked;
  const sites = scope ? [...uppers].reverse().map(siteOf) : [];
  let more = 0;
  if (scope === 'network') {
    try {
      const all = await (await fetch(new URL('search/sites.json', [own, ...sites].pop().root))).json();
      // Neighbours stand beside each other: first come those below this union, then those that follow.
      const known = [results.dataset.searchUnion, ...uppers.map(([slug]) => slug)];
      const here = all.findIndex(([slug]) => slug === known[0]);
      const others = [...all.slice(here), ...all.slice(0, here)].filter(([slug]) => !known.includes(slug));
      sites.push(...others.slice(0, count).map(siteOf));
      more = others.slice(count).length;
    } catch {
      // The highest one cannot be reached: its index neither, which is told.
    }
  }
  if (mine !== turn) return;
  rest = more;
  engine = sites.length ? new Engine([own, ...sites]) : first;
}

function widened(answer) {
  const found = [];
  if (answer.missing.length) {
    const links = answer.missing.flatMap(({ name, root }, place) => {
      const address = new URL('search/', root);
      address.searchParams.set('q', asked.q);
      return [place ? '、' : ' ', element('a', { href: address.href }, name)];
    });
    found.push(element('p', { class: 'result-help' }, word('search.missing'), ...links));
  }
  if (rest) found.push(button(() => ask({ sites: asked.sites + SITES }, 'keep'), 'search.rest', { n: rest }));
  return found;
}

// --- showing ---

function withMarks(text, terms) {
  return marked(text, terms, engine.variants).map(([part, isMarked]) => (isMarked ? element('mark', {}, part) : part));
}

/** By hand where it can be: a browser takes a tenth of a second on a phone to make ready how it writes dates. */
function dateText(iso) {
  if (document.documentElement.lang === 'en') return new Date(iso).toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
  return iso.replace(/-0?/, '年').replace(/-0?/, '月') + '日';
}

/** The state by the reader's own clock: the page may be read long after the index was made. */
function stateNow({ state, opens, closes }) {
  if (!['upcoming', 'open', 'closing', 'running'].includes(state)) return state;
  const now = Date.now();
  const end = Date.parse(closes);
  if (end <= now) return 'ended';
  if (state === 'upcoming' && !(Date.parse(opens) <= now)) return state;
  if (state === 'running') return state;
  return end - now <= CLOSING_DAYS * DAY ? 'closing' : 'open';
}

/** The part of a text with the most of the terms, a few characters before it; empty where it has none. */
function bestPart(text, terms) {
  const marks = [];
  let at = 0;
  for (const [part, isMarked] of marked(text, terms, engine.variants)) {
    if (isMarked) marks.push([at, part]);
    at += part.length;
  }
  let best = 0;
  let from = 0;
  marks.forEach(([start], place) => {
    const near = marks.slice(place, place + 9).filter(([other]) => other < start + SNIPPET - 20);
    const worth = new Set(near.map(([, part]) => part)).size;
    if (worth > best) [best, from] = [worth, Math.max(0, start - 14)];
  });
  const part = text.slice(from, from + SNIPPET).trim();
  return best ? (from ? '…' : '') + part + (from + SNIPPET < text.length ? '…' : '') : '';
}

/** The texts of a record's index.json, without codes, addresses and what the result shows already. */
function* textsOf(value, key = '') {
  if (typeof value === 'string') {
    if (/[一-鿿]{2}/.test(value) && !CODES.test(key)) yield value.replace(/[*#|`>\\]+|\]\([^)]*\)|!?\[|^\/\/\/.*$|-{3,}/gm, '').replace(/\s+/g, ' ');
  } else if (value && typeof value === 'object' && !CODES.test(key)) {
    for (const [name, part] of Object.entries(value)) yield* textsOf(part, Array.isArray(value) ? key : name);
  }
}

/** Words that stand neither in title nor in lead are shown where they stand, for results in sight, once they are read. */
function showParts(terms) {
  const watch = new IntersectionObserver((entries) => entries.forEach(async ({ isIntersecting, target }) => {
    if (!isIntersecting) return;
    watch.unobserve(target);
    try {
      const data = await (await fetch(new URL('index.json', target.querySelector('a').href))).json();
      const part = bestPart([...textsOf(data)].join(' '), terms);
      if (part) target.querySelector('.result-snippet').replaceChildren(...withMarks(part, terms));
    } catch {
      // The lead stays. A record whose page cannot be read just now says so when it is opened.
    }
  }));
  for (const item of results.querySelectorAll('.result')) {
    if (item.querySelector('.result-snippet') && !item.querySelector('mark')) watch.observe(item);
  }
  watched?.disconnect();
  watched = watch;
}

function hitItem(hit, terms) {
  const state = hit.state && stateNow(hit);
  const meta = element('p', { class: 'result-meta' });
  if (state) meta.append(element('span', { class: 'state', 'data-state': state }, word(`state.${state}`)));
  meta.append(word(`list.${hit.kind}`));
  if (hit.date) meta.append(element('time', { datetime: hit.date }, dateText(hit.date)));
  for (const text of [hit.site.name, hit.region]) if (text) meta.append(element('span', {}, text));
  return element(
    'li',
    { class: 'result' },
    element(
      'h2',
      { class: 'result-title' },
      element('a', { href: new URL(hit.path.slice(1), hit.site.root).href, 'data-record': hit.id }, ...withMarks(hit.title, terms)),
    ),
    meta,
    element('p', { class: 'result-snippet' }, ...withMarks(hit.lead, terms)),
  );
}

function facet(kind, count) {
  const button = element(
    'button',
    { type: 'button', class: 'facet', 'aria-pressed': String(asked.kind === kind), 'data-kind': kind },
    word(kind ? `list.${kind}` : 'search.all'),
    element('span', { class: 'count' }, count),
  );
  button.addEventListener('click', () => {
    ask({ kind }, 'push');
    results.querySelector('.facet[aria-pressed="true"]')?.focus();
  });
  return button;
}

function facets(answer) {
  const counts = Object.entries(answer.counts.kind);
  if (counts.length < 2 && !asked.kind) return [];
  if (asked.kind && !answer.counts.kind[asked.kind]) counts.push([asked.kind, 0]);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  const group = element('div', { class: 'facets', role: 'group', 'aria-label': word('search.kinds').textContent });
  group.append(facet('', all), ...counts.map(([kind, count]) => facet(kind, count)));
  return [group];
}

/** A filter behind its label. */
function field(name, control) {
  control.id = `search-${name}`;
  control.dataset.filter = name;
  return element('p', { class: 'filter' }, element('label', { for: control.id }, word(`search.${name}`)), control);
}

function choice(name, counts) {
  const all = element('option', {}, word('search.all'));
  all.value = ''; // Else it would be the text.
  const select = element('select', {}, all);
  const values = Object.entries(counts).sort((a, b) => (name === 'year' ? b[0] - a[0] : b[1] - a[1]));
  if (asked[name] && !counts[asked[name]]) values.push([asked[name], 0]);
  for (const [value, count] of values) {
    const named = words.querySelector(`[data-t="label.${value}"]`)?.textContent ?? value;
    select.append(new Option(`${named} (${count})`, value, false, asked[name] === value));
  }
  return field(name, select);
}

const day = (name) => field(name, element('input', { type: 'date', value: asked[name] }));

function filters(answer) {
  const open = element('input', { type: 'checkbox' });
  open.checked = asked.open;
  const body = element('div', { class: 'filter-row' });
  for (const name of FILTERS) {
    const counts = answer.counts[name];
    if (counts && (asked[name] || Object.values(counts).some((count) => count < answer.total))) body.append(choice(name, counts));
  }
  if (filtering) body.append(day('from'), day('to'));
  if (asked.open || answer.counts.open['1']) {
    body.append(field('open', open));
    open.parentNode.prepend(open);
  }
  body.addEventListener('change', async ({ target }) => {
    const { id } = target;
    await ask({ [target.dataset.filter]: target.type === 'checkbox' ? (target.checked ? '1' : '') : target.value }, 'push');
    document.getElementById(id)?.focus();
  });
  const details = element('details', { class: 'filters' }, element('summary', {}, word('search.filter')), body);
  details.open = filtering;
  details.addEventListener('toggle', async () => {
    if (details.open === filtering) return;
    filtering = details.open;
    if (!filtering) return;
    await ask({}, 'keep');
    results.querySelector('.filters summary')?.focus();
  });
  return details;
}

async function more() {
  const shown = asked.limit;
  await ask({ limit: shown + PAGE }, 'keep');
  history.replaceState(asked.limit, ''); // Who comes back finds as many.
  results.querySelectorAll('[data-record]')[shown]?.focus();
}

function help() {
  return element('div', { class: 'result-help' }, ...helping.cloneNode(true).childNodes);
}

/** What this site has not, another may have. */
function wider() {
  const widest = scopes?.querySelectorAll('label:last-child input:not(:checked)') ?? [];
  return [...widest].map((radio) => button(() => {
    radio.focus(); // The button goes.
    radio.click();
  }, 'search.wider'));
}

/** Where nothing was found: what the site has that is spelled nearest. */
async function suggest(mine) {
  const words = await engine.nearest(asked.q).catch(() => []);
  if (mine !== turn || !words.length) return;
  const links = words.flatMap((one) => {
    const made = element('a', { href: `?q=${encodeURIComponent(one)}` }, one);
    made.addEventListener('click', (event) => {
      event.preventDefault();
      input.value = one;
      ask({ q: one, ...nowhere() }, 'push');
    });
    return [' ', made];
  });
  results.append(element('p', { class: 'result-help' }, word('search.try'), ...links));
}

function show(answer) {
  const values = { n: answer.total, q: (answer.total && answer.corrected) || asked.q };
  const found = answer.corrected ? 'search.corrected' : answer.full ? 'search.count' : 'search.nearest';
  narrowed = NARROW.some((name) => asked[name]);
  const key = answer.total ? found : narrowed ? 'finder.none' : 'search.nothing';
  status.replaceChildren(word(key, values));
  const children = facets(answer);
  if (answer.total || narrowed) children.push(filters(answer));
  list = element('ol', { class: 'result-list', role: 'list' });
  add(answer);
  if (answer.total) children.push(list);
  if (asked.limit < answer.total) children.push(button(more, 'search.more', { n: answer.total - asked.limit }));
  children.push(...widened(answer));
  if (!answer.total && narrowed) children.push(button(() => ask(nowhere(), 'push'), 'finder.clear'));
  else if (!answer.full || !answer.total) children.push(...wider(), help());
  results.replaceChildren(...children);
}

/** The results that are not on show yet. */
function add(answer) {
  const terms = new Set(answer.terms);
  list.append(...answer.hits.slice(list.children.length).map((hit) => hitItem(hit, terms)));
}

function finish(answer) {
  results.dataset.state = 'done';
  if (!answer.total && !narrowed) suggest(turn);
  showParts(new Set(answer.terms));
}

function showError() {
  const again = button(() => {
    engine.forget();
    ask({}, 'keep');
  }, 'search.retry');
  status.replaceChildren(word(navigator.onLine ? 'search.error' : 'search.offline'));
  results.replaceChildren(again, help());
  results.dataset.state = 'error';
}

// --- asking ---

/** `step`: push (a step for the back button), replace (while typing) or keep (the address is right). */
async function ask(change, step) {
  const { scope, sites } = asked;
  asked = { ...asked, ...change };
  turn += 1;
  const mine = turn;
  if (step !== 'keep') {
    asked.limit = PAGE;
    const query = new URLSearchParams();
    for (const name of asked.q ? ['q', ...NARROW, 'scope'] : []) if (asked[name]) query.set(name, asked[name]);
    const address = location.pathname + (asked.q && `?${query}`);
    if (address !== location.pathname + location.search) history[`${step}State`](null, '', address);
    typing = false;
  }
  if (!asked.q) {
    status.replaceChildren();
    results.replaceChildren();
    results.dataset.state = 'idle';
    return;
  }
  results.dataset.state = 'loading';
  try {
    if (asked.scope !== scope || asked.sites !== sites) await look(mine);
    const narrow = narrowBy((name) => asked[name]);
    let drawn = false;
    const soon = (answer) => {
      drawn = true;
      if (mine === turn) show(answer);
    };
    const answer = await engine.search(asked.q, { narrow, facets: filtering, limit: asked.limit, soon });
    if (mine !== turn) return;
    if (drawn) add(answer);
    else show(answer);
    finish(answer);
  } catch (error) {
    console.error(error);
    if (mine === turn) showError();
  }
}

function fromAddress() {
  const query = new URLSearchParams(location.search);
  const said = (name) => query.get(name) ?? '';
  input.value = said('q').trim();
  typing = !input.value;
  filtering = filtering || NARROW.slice(2).some(said);
  const scope = scopes ? said('scope') : '';
  for (const radio of scopes?.querySelectorAll('input') ?? []) radio.checked = radio.value === scope;
  return ask({ q: input.value, scope, limit: history.state || PAGE, ...narrowBy(said) }, 'keep');
}

const narrowBy = (value) => Object.fromEntries(NARROW.map((name) => [name, value(name)]));
const nowhere = () => narrowBy(() => '');

function typed(event) {
  clearTimeout(timer);
  if (event.isComposing) return; // Half-typed pinyin is not what is looked for.
  timer = setTimeout(() => {
    const q = input.value.trim();
    if (q === asked.q) return;
    ask(q ? { q } : { q, ...nowhere() }, typing ? 'replace' : 'push');
    typing = true;
  }, PAUSE);
}

function begin() {
  [form, results, status, words, scopes, helping] = ['form', 'union', 'status', 'words', 'scope', 'help']
    .map((name) => document.querySelector(`[data-search-${name}]`));
  input = form.elements.q;
  uppers = JSON.parse(results.dataset.searchUppers);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(timer);
    ask({ q: input.value.trim() }, 'push');
  });
  input.addEventListener('input', typed);
  input.addEventListener('compositionend', typed);
  window.addEventListener('popstate', fromAddress);
  scopes?.addEventListener('change', ({ target }) => ask({ scope: target.value, sites: SITES }, 'push'));
  if (scopes) scopes.hidden = false;
  // Arrows go from the field to the results and between them.
  document.addEventListener('keydown', (event) => {
    const stops = [input, ...results.querySelectorAll('[data-record]')];
    const at = stops.indexOf(document.activeElement);
    const next = stops[at + { ArrowDown: 1, ArrowUp: -1 }[event.key]];
    if (at < 0 || !next || event.isComposing) return;
    event.preventDefault();
    next.focus();
  });
  // On a slow line somebody may have typed before this script came.
  if (input.value.trim() && !given) ask({ q: input.value.trim() }, 'replace');
  else fromAddress();
}

// This script does not wait for the page, nor for scripts that do: the line is the slowest of all.
if (document.readyState === 'loading') document.addEventListener('readystatechange', begin, { once: true });
else begin();
