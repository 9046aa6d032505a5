// Looks up what stands in the address before the page and its style are there: it needs no more of it than its head.
import { Engine } from './engine.js';

const index = document.querySelector('link[as=fetch]').href;
export const own = { index, root: new URL('../', index) };
export const engine = new Engine([own]);

const query = new URLSearchParams(location.search);
const asked = (query.get('q') ?? '').trim();
// What is read is kept: main.js asks the same again, and says what went wrong.
(asked && [...query].length === 1 ? engine.search(asked) : engine.open()).catch(() => {});
