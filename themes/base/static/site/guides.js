// What guides and calls gain when scripts run; without them every question, row and value is on the page.
//
//   1. A decision guide shows one question at a time; the way taken stands in the address (#q-...), so that "back" works.
//   2. A table of who gets what marks one's own row.
//   3. Values with dates: those that hold on a chosen day.
//   4. 公示: read after its last day, the page no longer shows the list.

import { words } from "./words.js";

const language = () => (document.documentElement.lang === "en" ? "en" : "zh-Hans");

// --- 1. questions ------------------------------------------------------------------------------------

function walk(guide) {
  const steps = new Map([...guide.querySelectorAll(".decision-step")].map((step) => [step.id, step]));
  const first = steps.keys().next().value;
  const way = guide.querySelector("[data-way]");
  const tools = guide.querySelector(".decision-tools");
  let taken = [first];

  function show(focus) {
    const id = taken.at(-1);
    for (const [name, step] of steps) step.toggleAttribute("data-shown", name === id);
    const answers = taken.slice(1).map((next, place) =>
      steps.get(taken[place]).querySelector(`a[href="#${next}"]`)?.textContent ?? "");
    way.parentElement.hidden = answers.length === 0;
    way.textContent = answers.join(" → ");
    tools.hidden = answers.length === 0;
    if (focus) steps.get(id).focus();
  }

  /** Where the address leads: on, back to a question answered before, or straight to a place someone linked to. */
  function follow() {
    const id = decodeURIComponent(location.hash.slice(1));
    if (!steps.has(id)) return;
    const before = taken.indexOf(id);
    const last = steps.get(taken.at(-1));
    if (before >= 0) taken = taken.slice(0, before + 1);
    else if (last.querySelector(`a[href="#${id}"]`)) taken.push(id);
    else taken = [first, id].filter((step, place, all) => all.indexOf(step) === place);
    show(true);
  }

  guide.dataset.walking = "";
  show(false);
  follow();
  addEventListener("hashchange", follow);
  guide.querySelector("[data-back]").addEventListener("click", () => {
    location.hash = taken.at(-2) ?? first;
  });
  guide.querySelector("[data-restart]").addEventListener("click", () => {
    location.hash = first;
  });
}

// --- 2. rows -----------------------------------------------------------------------------------------

function pickable(table) {
  for (const head of table.querySelectorAll("tbody th")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "plain" });
    button.append(...head.childNodes);
    button.setAttribute("aria-pressed", "false");
    head.append(button);
    button.addEventListener("click", () => {
      for (const row of table.querySelectorAll("tbody tr")) {
        const on = row === head.parentElement && !row.hasAttribute("data-chosen");
        row.toggleAttribute("data-chosen", on);
        row.querySelector("button").setAttribute("aria-pressed", String(on));
      }
    });
  }
}

// --- 3. values on a day --------------------------------------------------------------------------------

/** Whether a value holds on `day` (ISO); one without dates holds on none that could be named. */
export function holds(from, to, day) {
  return Boolean(from || to) && (!from || from <= day) && (!to || day <= to);
}

function onDay(form) {
  const rows = [...form.parentElement.querySelectorAll("tr[data-from], tr[data-to]")];
  const said = form.querySelector("[role=status]");
  const input = form.querySelector("input");
  if (rows.length === 0) return;
  form.hidden = false;
  input.addEventListener("input", async () => {
    const day = input.value;
    for (const row of rows) row.hidden = Boolean(day) && !holds(row.dataset.from, row.dataset.to, day);
    const none = Boolean(day) && rows.every((row) => row.hidden);
    said.textContent = none ? (await words(language()))["guide.none_on_day"] : "";
  });
}

// --- 4. public notice ------------------------------------------------------------------------------------

/** upcoming, open or closed. */
export function noticeAt(opens, closes, now) {
  return now < opens ? "upcoming" : now < closes ? "open" : "closed";
}

async function correct(notice) {
  const state = notice.querySelector("[data-publicity]");
  const now = noticeAt(Date.parse(notice.dataset.opens), Date.parse(notice.dataset.closes), Date.now());
  if (now !== "open") notice.querySelector(".publicity-list")?.remove();
  if (now === state.dataset.publicity) return;
  const word = state.querySelector("[data-t]");
  state.dataset.publicity = now;
  state.dataset.state = { upcoming: "upcoming", open: "open", closed: "ended" }[now];
  word.dataset.t = `call.publicity_${now}`;
  word.textContent = (await words(language()))[word.dataset.t];
}

if (typeof document !== "undefined") {
  for (const notice of document.querySelectorAll(".publicity[data-closes]")) await correct(notice);
  for (const guide of document.querySelectorAll("[data-decision]")) walk(guide);
  for (const table of document.querySelectorAll("[data-matrix]")) pickable(table);
  for (const form of document.querySelectorAll(".on-day")) onDay(form);
}
