// What to mark in a text.
import { normalise, UNIT } from './analysis.js';

/** The text cut into [part, marked] by the terms found in it. */
export function marked(text, wanted, variants) {
  const characters = Array.from(text);
  let folded = '';
  const origin = [];
  characters.forEach((character, position) => {
    // Most of a text is Han, which needs a table at most: asking that first is a tenth of the work.
    const part = /[\u4e00-\u9fff]/.test(character) ? variants.get(character) || character : normalise(character);
    for (let index = 0; index < part.length; index += 1) origin.push(position);
    folded += part;
  });
  const marks = new Array(characters.length).fill(false);
  const mark = (start, length) => {
    for (let index = start; index < start + length; index += 1) marks[origin[index]] = true;
  };
  let before = null;
  for (const match of folded.matchAll(UNIT)) {
    if (wanted.has(match[0])) mark(match.index, match[0].length);
    if (before && before.index + before[0].length === match.index && wanted.has(before[0] + match[0])) {
      mark(before.index, before[0].length + match[0].length);
    }
    before = match;
  }
  const parts = [];
  characters.forEach((character, position) => {
    const last = parts[parts.length - 1];
    if (last && last[1] === marks[position]) last[0] += character;
    else parts.push([character, marks[position]]);
  });
  return parts;
}
