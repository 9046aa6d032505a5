// Asks for what a query in the address needs first, before the page, its style and the other scripts are there: of
// the page it needs no more than the head's first lines. What it asks for is kept; who asks again is told what went wrong.
import { isWord, parseQuery, termsOf } from './analysis.js';
import { bytes, segmentsOf, shardOf } from './files.js';

const index = document.querySelector('link[as=fetch]').href;
export const own = { index, root: new URL('../', index) };

export const given = new URLSearchParams(location.search).get('q');
if (given) document.documentElement.dataset.asked = ''; // The style keeps room for results before the page is drawn.
const terms = termsOf(parseQuery(given ?? '').runs);
const words = terms.filter(isWord); // May be pinyin: the first of them decides what else is read.
const asks = (segment) => [
  ...(segment.synonyms && terms.length ? [bytes(`${segment.base}synonyms.bin`)] : []),
  ...(words.length ? words.slice(0, 1) : terms).map((term) => shardOf(segment, term)[0]),
];
segmentsOf(index).then((segments) => Promise.all(segments.flatMap(asks))).catch(() => {});
