// Words that stand for each other: see site_builder/search/synonyms.py.

/** The table of synonyms: see site_builder/search/synonyms.py. `groups`: [[words, words apart], ...]. */
export class Synonyms {
  constructor(groups) {
    this.names = new Map();
    this.groups = new Map();
    for (const [words, apart] of groups) {
      for (const word of apart) this.names.set(word, '');
      for (const word of words) this.names.set(word, `=${words[0]}`);
      this.groups.set(`=${words[0]}`, words);
    }
    const longest = [...this.names.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    this.pattern = longest.length && new RegExp(longest.map(escaped).join('|'), 'gu');
  }

  find(folded) {
    const inner = (place) => /^[a-z0-9]{2}$/.test(folded.slice(place - 1, place + 1));
    return (this.pattern ? [...folded.matchAll(this.pattern)] : [])
      .map((match) => [match.index, match.index + match[0].length, this.names.get(match[0])])
      .filter(([start, end, name]) => name && !(start && inner(start)) && !inner(end));
  }
}

const escaped = (word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
