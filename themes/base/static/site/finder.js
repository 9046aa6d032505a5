// 我能用什么: the same things as in the lists below, filtered. What was chosen stands in the address, so that it can be
// kept, shared and gone back to. Without this script the lists are there, with anchors.

import { fill, words } from "./words.js";
import { stateAt } from "./states.js";

const ENDED = ["ended", "past", "cancelled", "retired"];
const NOW = ["open", "closing", "standing", "live"];

/** What an item is at `now`: its state, and when it can be used. A page may be read long after it was built. */
export function current(item, now) {
  const steps = item.later.map(([at, code]) => [Date.parse(at), code]);
  const state = item.state && stateAt(item.state, steps, now).code;
  const time = item.time.filter((word) => !["now", "soon"].includes(word));
  if (state ? NOW.includes(state) : item.time.includes("now")) time.push("now");
  if (state === "upcoming") time.push("soon");
  return { ...item, state, time };
}

/** The items that have all that was chosen ({need: "health", ...}) and are not over. */
export function matching(items, chosen, now) {
  return items.map((item) => current(item, now)).filter((item) => !ENDED.includes(item.state)
    && Object.entries(chosen).every(([name, word]) => (name === "kind" ? [item.kind] : item[name]).includes(word)));
}

export function shownIn(form, results, groups) {
  const asked = [...form.elements].filter((element) => element.name);
  const count = form.querySelector("[data-count]");
  const clear = form.querySelector("[data-clear]");
  let items = null;

  const chosen = () => Object.fromEntries(asked.filter((element) => element.value).map((each) => [each.name, each.value]));

  function line(item, table) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = form.dataset.root + item.href.slice(1);
    link.textContent = item.title;
    const meta = document.createElement("span");
    meta.className = "line-meta";
    const say = (text, state) => {
      const part = document.createElement("span");
      part.textContent = text;
      if (state) Object.assign(part, { className: "state" }).dataset.state = state;
      meta.append(part, " ");
    };
    if (item.state && item.state !== "live" && item.state !== "unknown") say(table[`state.${item.state}`], item.state);
    say(table[`list.${item.kind}`]);
    for (const place of item.place) say(place);
    if (item.owner) say(item.owner);
    row.dataset.record = item.id;
    row.append(link, meta);
    if (item.summary) {
      const summary = document.createElement("span");
      summary.className = "line-summary";
      summary.textContent = item.summary;
      row.append(summary);
    }
    return row;
  }

  async function show() {
    const given = chosen();
    const any = Object.keys(given).length > 0;
    groups.hidden = any;
    results.hidden = clear.hidden = !any;
    if (!any) {
      count.textContent = "";
      return;
    }
    const table = await words(document.documentElement.lang === "en" ? "en" : "zh-Hans");
    try {
      items ??= (await (await fetch(form.dataset.items)).json()).items;
    } catch {
      count.textContent = table["finder.error"];
      groups.hidden = false;
      results.hidden = true;
      return;
    }
    const found = matching(items, given, Date.now());
    results.replaceChildren(...found.map((item) => line(item, table)));
    count.textContent = found.length ? fill(table["finder.found"], { tN: String(found.length) }) : table["finder.none"];
  }

  function readAddress() {
    const query = new URLSearchParams(location.search);
    for (const element of asked) element.value = query.get(element.name) ?? "";
    // A word that is no longer among the choices is none.
    for (const element of asked) if (element.selectedIndex < 0) element.value = "";
  }

  function remember() {
    const query = new URLSearchParams(chosen()).toString();
    history.pushState(null, "", query ? `?${query}` : location.pathname);
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    remember();
    return show();
  });
  clear.addEventListener("click", () => {
    form.reset();
    for (const element of asked) element.value = "";
    remember();
    asked[0]?.focus();
    return show();
  });
  addEventListener("popstate", () => {
    readAddress();
    return show();
  });
  readAddress();
  return show();
}

const form = typeof document === "undefined" ? null : document.querySelector(".page-finder .finder-form");
if (form) await shownIn(form, document.querySelector("[data-results]"), document.querySelector("[data-groups]"));
