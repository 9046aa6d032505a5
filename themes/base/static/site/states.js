// A state whose moment has passed since the page was built is corrected (报名中 -> 报名已截止 -> 已结束).
//
// `data-later` says what the plan says of the record's next moments ("2025-04-12T00:00:00+08:00 closed;..."), so that
// a page read late and a page built then say the same.

import { fill, words } from "./words.js";

const DAY = 24 * 60 * 60 * 1000;
const OPEN = ["open", "closing"];

/** Beijing's calendar day as a number, because days are counted there. */
function beijingDay(moment) {
  return Math.floor((moment + 8 * 60 * 60 * 1000) / DAY);
}

/** `later` as pairs of a moment (ms) and a code. */
export function timeline(later) {
  return (later ?? "").split(";").filter(Boolean).map((step) => {
    const [at, code] = step.split(" ");
    return [Date.parse(at), code];
  });
}

/** What a record that had `code` when its page was built is at `now`, and when that ends: {code, until}. */
export function stateAt(code, steps, now) {
  const passed = steps.filter(([at]) => at <= now);
  return { code: passed.at(-1)?.[1] ?? code, until: steps[passed.length]?.[0] ?? 0 };
}

/** Days left until a registration ends; null where it is not open or has no end. `until` is when `closing` ends. */
export function daysLeft(code, until, now) {
  // What closes at midnight has its last day the day before.
  return code === "closing" && until ? beijingDay(until - 1) - beijingDay(now) : null;
}

async function correct() {
  const now = Date.now();
  for (const element of document.querySelectorAll(".state[data-later]")) {
    const { code, until } = stateAt(element.dataset.state, timeline(element.dataset.later), now);
    const days = element.nextElementSibling?.matches(".state-days") ? element.nextElementSibling : null;
    const left = daysLeft(code, until, now);
    const label = days?.querySelector("[data-t]");
    const shown = label?.dataset.t === "state.today" ? "0" : label?.dataset.tN;
    if (code === element.dataset.state && (left === null || shown === String(left))) continue;
    const table = await words(document.documentElement.lang === "en" ? "en" : "zh-Hans");
    element.dataset.state = code;
    // What has closed is no longer among what can be used now.
    if (![...OPEN, "upcoming"].includes(code)) element.closest(".usable .item")?.setAttribute("hidden", "");
    const word = element.querySelector("[data-t]");
    word.dataset.t = `state.${code}`;
    word.textContent = table[word.dataset.t];
    if (left === null) {
      days?.remove();
      continue;
    }
    const told = label ?? element.ownerDocument.createElement("span");
    if (!label) {
      const after = element.ownerDocument.createElement("span");
      after.className = "state-days";
      after.append(told);
      element.after(" ", after);
    }
    told.dataset.t = left > 0 ? "state.days_left" : "state.today";
    told.dataset.tN = String(left);
    told.textContent = fill(table[told.dataset.t], told.dataset);
  }
}

if (typeof document !== "undefined") await correct();
