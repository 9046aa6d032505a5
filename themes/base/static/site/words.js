// The interface words of both languages; each is fetched once, when it is needed.

const root = document.documentElement;
const tables = new Map();

export async function words(language) {
  if (!tables.has(language)) {
    const address = language === "en" ? root.dataset.wordsEn : root.dataset.wordsZhHans;
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    tables.set(language, await response.json());
  }
  return tables.get(language);
}

/** `text` with its {places} filled from data-t-*. */
export function fill(text, dataset) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => dataset[`t${name[0].toUpperCase()}${name.slice(1)}`] ?? whole);
}
