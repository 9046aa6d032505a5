// Turns the form of /search/ into a search while typing. The page works without it: the form leads to
// /search/?q=..., and the site index holds everything.
//
// The page gives: [data-search-form] with input[name=q]; [data-search-status], which is aria-live;
// [data-results] with data-search-index (the manifest), data-search-root (the site's root); and the words, as
// [data-search-words] [data-t=key], so that they follow the page's language. Here nothing is written as HTML.
import { marked } from './analysis.js';
import { Engine } from './engine.js';

const PAUSE = 150; // ms without a key before a search starts
const PAGE = 10;
const CLOSING_DAYS = 7;
const DAY = 86400000;

const form = document.querySelector('[data-search-form]');
const results = document.querySelector('[data-results]');
const status = document.querySelector('[data-search-status]');
const words = document.querySelector('[data-search-words]');
const input = form.elements.namedItem('q');
const site = new URL(results.dataset.searchRoot, document.baseURI);
const engine = new Engine(results.dataset.searchIndex);

const FILTERS = ['topic', 'place', 'audience', 'year'];
const NARROW = ['kind', 'open', ...FILTERS];

let asked = { q: '', limit: PAGE };
let filtering = false; // Whether the filters are unfolded: what they need is read only then.
let turn = 0;
let timer = 0;

// --- making elements ---

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== '' && value !== null && value !== undefined) made.setAttribute(key, value);
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

function withMarks(text, terms) {
  return marked(text, terms, engine.variants).map(([part, isMarked]) => (isMarked ? element('mark', {}, part) : part));
}

function dateText(iso) {
  const [year, month, day] = iso.split('-').map(Number);
  if (document.documentElement.lang !== 'en') return `${year}年${month}月${day}日`;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
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

// --- showing ---

function hitItem(hit, terms) {
  const state = hit.state && stateNow(hit);
  const meta = element('p', { class: 'result-meta' });
  if (state) meta.append(element('span', { class: 'state', 'data-state': state }, word(`state.${state}`)));
  meta.append(word(`list.${hit.kind}`));
  if (hit.date) meta.append(element('time', { datetime: hit.date }, dateText(hit.date)));
  if (hit.region) meta.append(element('span', {}, hit.region));
  const item = element(
    'li',
    { class: 'result' },
    element(
      'h2',
      { class: 'result-title' },
      element('a', { href: new URL(hit.path.slice(1), site).href, 'data-record': hit.id }, ...withMarks(hit.title, terms)),
    ),
    meta,
  );
  if (hit.lead) item.append(element('p', { class: 'result-snippet' }, ...withMarks(hit.lead, terms)));
  return item;
}

function facet(kind, count) {
  const button = element(
    'button',
    { type: 'button', class: 'facet', 'aria-pressed': String(asked.kind === kind), 'data-kind': kind || null },
    kind ? word(`list.${kind}`) : word('search.all'),
    element('span', { class: 'count' }, String(count)),
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

function choice(name, counts) {
  const id = `search-${name}`;
  const select = element('select', { id, 'data-filter': name }, element('option', { value: '' }, word('search.all')));
  const values = Object.entries(counts).sort((a, b) => (name === 'year' ? b[0] - a[0] : b[1] - a[1]));
  if (asked[name] && !counts[asked[name]]) values.push([asked[name], 0]);
  for (const [value, count] of values) {
    const named = words.querySelector(`[data-t="label.${value}"]`)?.textContent ?? value;
    const option = element('option', { value }, `${named} (${count})`);
    option.selected = asked[name] === value;
    select.append(option);
  }
  return element('p', { class: 'filter' }, element('label', { for: id }, word(`search.${name}`)), select);
}

function filters(answer) {
  const open = element('input', { type: 'checkbox', id: 'search-open', 'data-filter': 'open' });
  open.checked = Boolean(asked.open);
  const body = element('div', { class: 'filter-row' });
  for (const name of FILTERS) {
    const counts = answer.counts[name];
    if (counts && (asked[name] || Object.values(counts).some((count) => count < answer.total))) body.append(choice(name, counts));
  }
  if (asked.open || answer.counts.open['1']) {
    body.append(element('p', { class: 'filter' }, open, element('label', { for: 'search-open' }, word('search.open'))));
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
    await ask({ limit: asked.limit }, 'keep');
    results.querySelector('.filters summary')?.focus();
  });
  return details;
}

function moreButton(answer) {
  const button = element('button', { type: 'button', class: 'more' }, word('search.more', { n: answer.total - answer.hits.length }));
  button.addEventListener('click', async () => {
    const shown = answer.hits.length;
    await ask({ limit: asked.limit + PAGE }, 'keep');
    results.querySelectorAll('[data-record]')[shown]?.focus();
  });
  return button;
}

function help(key) {
  return element(
    'p',
    { class: 'result-help' },
    word(key),
    ' ',
    element('a', { href: new URL('index/', site).href }, word('nav.index')),
    ' ',
    element('a', { href: new URL('about/', site).href }, word('search.contact')),
  );
}

function show(answer) {
  const terms = new Set(answer.terms);
  const values = { n: String(answer.total), q: asked.q };
  const found = answer.corrected ? 'search.corrected' : answer.full ? 'search.count' : 'search.nearest';
  const key = answer.total === 0 ? 'search.nothing' : found;
  if (answer.corrected && answer.total) values.q = answer.corrected;
  status.replaceChildren(word(key, values));
  const children = facets(answer);
  if (answer.total || NARROW.some((name) => asked[name])) children.push(filters(answer));
  if (answer.hits.length) {
    children.push(element('ol', { class: 'result-list', role: 'list' }, ...answer.hits.map((hit) => hitItem(hit, terms))));
  }
  if (answer.hits.length < answer.total) children.push(moreButton(answer));
  if (!answer.full || !answer.total) children.push(help('search.help'));
  results.replaceChildren(...children);
  results.dataset.state = 'done';
}

function showError() {
  const again = element('button', { type: 'button', class: 'more' }, word('search.retry'));
  again.addEventListener('click', () => {
    engine.forget();
    ask({}, 'keep');
  });
  status.replaceChildren(word('search.error'));
  results.replaceChildren(again, help('search.help'));
  results.dataset.state = 'error';
}

// --- asking ---

/** `history`: push (a step for the back button), replace (while typing) or keep (the address is right). */
async function ask(change, history) {
  asked = { ...asked, limit: PAGE, ...change };
  turn += 1;
  const mine = turn;
  if (history !== 'keep') {
    const query = new URLSearchParams();
    if (asked.q) query.set('q', asked.q);
    for (const name of asked.q ? NARROW : []) if (asked[name]) query.set(name, asked[name]);
    const address = String(query) ? `${location.pathname}?${query}` : location.pathname;
    if (address !== location.pathname + location.search) window.history[`${history}State`](null, '', address);
  }
  if (!asked.q) {
    status.replaceChildren();
    results.replaceChildren();
    results.dataset.state = 'idle';
    return;
  }
  results.dataset.state = 'loading';
  try {
    const narrow = Object.fromEntries(NARROW.map((name) => [name, asked[name]]));
    const answer = await engine.search(asked.q, { narrow, facets: filtering, limit: asked.limit });
    if (mine === turn) show(answer);
  } catch (error) {
    console.error(error);
    if (mine === turn) showError();
  }
}

function fromAddress() {
  const query = new URLSearchParams(location.search);
  clearTimeout(timer);
  input.value = (query.get('q') ?? '').trim();
  filtering = filtering || FILTERS.some((name) => query.get(name));
  return ask({ q: input.value, ...Object.fromEntries(NARROW.map((name) => [name, query.get(name) ?? ''])) }, 'keep');
}

function typed(event) {
  clearTimeout(timer);
  if (event.isComposing) return; // Half-typed pinyin is not what is looked for.
  timer = setTimeout(() => {
    const q = input.value.trim();
    if (q !== asked.q) ask(q ? { q } : { q, ...Object.fromEntries(NARROW.map((name) => [name, ''])) }, 'replace');
  }, PAUSE);
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  clearTimeout(timer);
  ask({ q: input.value.trim() }, 'push');
});
input.addEventListener('input', typed);
input.addEventListener('compositionend', typed);
window.addEventListener('popstate', fromAddress);
// The manifest is fetched while the first word is typed. If that fails, the search itself says so.
input.addEventListener('focus', () => engine.open().catch(() => {}), { once: true });

// On a slow line somebody may have typed before this script came.
if (input.value.trim() && !new URLSearchParams(location.search).get('q')) ask({ q: input.value.trim() }, 'replace');
else fromAddress();
