// What a page gains when scripts run; without them every page is complete and right.
//
//   1. A state whose moment has passed since the page was built is corrected (报名中 -> 已结束).
//   2. 大字版: the page at one and a half times, remembered on this device.
//   3. English / 中文: interface words change language, remembered on this device. Content stays as written.

const root = document.documentElement;
const own = root.dataset.language;
const words = new Map();
const DAY = 24 * 60 * 60 * 1000;
const CLOSING_DAYS = 7;

const store = {
  get(key) {
    try { return localStorage.getItem(key); } catch { return null; }
  },
  set(key, value) {
    try { localStorage.setItem(key, value); } catch { /* private windows may forbid it: then it is not remembered */ }
  },
};

async function load(language) {
  if (!words.has(language)) {
    const address = language === "en" ? root.dataset.wordsEn : root.dataset.wordsZhHans;
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    words.set(language, await response.json());
  }
  return words.get(language);
}

function fill(text, dataset) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => dataset[`t${name[0].toUpperCase()}${name.slice(1)}`] ?? whole);
}

// --- 1. states -------------------------------------------------------------------------------------

/** Beijing's calendar day as a number, because days are counted there. */
function beijingDay(moment) {
  return Math.floor((moment + 8 * 60 * 60 * 1000) / DAY);
}

/** The code a state has now, or null where its dates do not decide it. */
export function codeAt(code, opens, closes, now, then = "open", after = "ended") {
  if (!["upcoming", "open", "closing", "running", "closed"].includes(code)) return null;
  if (closes && now >= closes) return after;
  if (code === "closed") return opens && now >= opens ? then : code;
  if (code === "upcoming") {
    if (!opens || now < opens) return "upcoming";
    if (then !== "open") return then;
    return closes && closes - now <= CLOSING_DAYS * DAY ? "closing" : "open";
  }
  if (code === "open" && closes && closes - now <= CLOSING_DAYS * DAY) return "closing";
  return code;
}

async function correctStates() {
  const now = Date.now();
  for (const element of document.querySelectorAll(".state[data-opens], .state[data-closes]")) {
    const opens = Date.parse(element.dataset.opens ?? "");
    const closes = Date.parse(element.dataset.closes ?? "");
    const code = codeAt(element.dataset.state, opens || 0, closes || 0, now, element.dataset.then, element.dataset.after);
    if (!code) continue;
    const days = element.nextElementSibling?.matches(".state-days") ? element.nextElementSibling : null;
    // A window that closes at midnight has its last day the day before.
    const left = closes ? beijingDay(closes - 1) - beijingDay(now) : 0;
    if (code === element.dataset.state && (!days || days.dataset.left === String(left))) continue;
    const table = await load(root.lang === "en" ? "en" : "zh-Hans");
    element.dataset.state = code;
    // What has closed is no longer among what can be used now.
    const gone = !["upcoming", "open", "closing"].includes(code);
    if (gone) element.closest(".usable .item")?.setAttribute("hidden", "");
    const word = element.querySelector("[data-t]");
    word.dataset.t = `state.${code}`;
    word.textContent = table[word.dataset.t];
    if (!days) continue;
    if (gone) {
      days.remove();
      continue;
    }
    const label = days.querySelector("[data-t]");
    label.dataset.t = left > 0 ? "state.days_left" : "state.today";
    label.dataset.tN = String(left);
    label.textContent = fill(table[label.dataset.t], label.dataset);
  }
}

// --- 2. large type -----------------------------------------------------------------------------------

function setLarge(on, button) {
  root.toggleAttribute("data-large", on);
  button?.setAttribute("aria-pressed", String(on));
}

// --- 3. language -------------------------------------------------------------------------------------

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

function englishDate(iso, format) {
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number);
  const time = /T(\d{2}:\d{2})/.exec(iso);
  const text = [day, month && MONTHS[month - 1], year].filter(Boolean).join(" ");
  if (format === "day") return `${WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]}, ${text}`;
  return time ? `${text}, ${time[1]}` : text;
}

async function setLanguage(language, button) {
  const table = await load(language);
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = fill(table[element.dataset.t] ?? element.textContent, element.dataset);
    element.lang = language;
  }
  for (const element of document.querySelectorAll("*")) {
    for (const [name, key] of Object.entries(element.dataset)) {
      if (!name.startsWith("ta") || name.length < 3 || !(key in table)) continue;
      const attribute = name.slice(2).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/^-/, "");
      element.setAttribute(attribute, fill(table[key], element.dataset));
    }
  }
  for (const element of document.querySelectorAll("[data-en]")) {
    element.textContent = language === "en" ? element.dataset.en : element.dataset.zh;
    element.lang = language;
  }
  for (const element of document.querySelectorAll("time[datetime]")) {
    element.dataset.own ??= element.textContent;
    element.textContent = language === own ? element.dataset.own
      : language === "en" ? englishDate(element.dateTime, element.dataset.format) : element.dataset.own;
  }
  root.lang = language;
  if (button) {
    button.textContent = language === "en" ? "中文" : "English";
    button.lang = language === "en" ? "zh-Hans" : "en";
  }
}

// --- start -------------------------------------------------------------------------------------------

const large = document.querySelector('[data-tool="large"]');
const swap = document.querySelector('[data-tool="language"]');

setLarge(store.get("large") === "yes", large);
for (const button of [large, swap]) if (button) button.hidden = false;
large?.addEventListener("click", () => {
  const on = !root.hasAttribute("data-large");
  setLarge(on, large);
  store.set("large", on ? "yes" : "no");
});
swap?.addEventListener("click", async () => {
  const language = root.lang === "en" ? "zh-Hans" : "en";
  await setLanguage(language, swap);
  store.set("language", language);
});
const remembered = store.get("language");
if (remembered && remembered !== own) await setLanguage(remembered, swap);
await correctStates();
