// Whether a place is open at this moment, by Beijing's clock, and what holds today. Without it the page shows the hours alone.

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function minutes(clock) {
  const [hour, minute] = clock.split(":").map(Number);
  return hour * 60 + minute;
}

function rows(text) {
  return (text ?? "").split(";").filter(Boolean).map((row) => row.split(" "));
}

/** The spans of the day of `date` (its UTC fields are Beijing's), and the holiday's name where one holds. */
function dayOf(hours, holidays, date) {
  const iso = date.toISOString().slice(0, 10);
  const holiday = rows(holidays).find(([first, last]) => first <= iso && iso <= last);
  if (holiday) {
    return { spans: holiday[2] === "-" ? [] : [[holiday[2], holiday[3]]], holiday: holiday.slice(4).join(" "), special: true };
  }
  const spans = rows(hours).filter(([days]) => days.split(",").includes(DAYS[date.getUTCDay()])).map((row) => row.slice(1));
  return { spans, holiday: "", special: false };
}

/** What holds on the day of `now` (ms): {spans: [[opens, closes]...], holiday, special}. */
export function todayAt(hours, holidays, now) {
  return dayOf(hours, holidays, new Date(now + 8 * 60 * MINUTE));
}

/** Whether `hours` ("mon,tue 08:00 17:00;") and `holidays` ("2025-10-01 2025-10-03 - - 国庆节;") say open at `now` (ms). */
export function openAt(hours, holidays, now) {
  const beijing = new Date(now + 8 * 60 * MINUTE);
  const minute = beijing.getUTCHours() * 60 + beijing.getUTCMinutes();
  const today = dayOf(hours, holidays, beijing).spans.some(([opens, closes]) => {
    const [from, to] = [minutes(opens), minutes(closes)];
    return to > from ? from <= minute && minute < to : minute >= from;
  });
  // What opened the evening before may go on past midnight.
  return today || dayOf(hours, holidays, new Date(beijing.getTime() - DAY)).spans.some(([opens, closes]) => {
    const to = minutes(closes);
    return to <= minutes(opens) && minute < to;
  });
}

async function show(element) {
  const { hours, holidays } = element.dataset;
  const open = openAt(hours, holidays, Date.now());
  for (const state of element.querySelectorAll(".state")) state.hidden = (state.dataset.state === "open") !== open;
  const today = element.querySelector(".open-today");
  const { spans, holiday, special } = todayAt(hours, holidays, Date.now());
  if (today && special) {
    const { words } = await import("./words.js");
    const closed = (await words(document.documentElement.lang === "en" ? "en" : "zh-Hans"))["place.closed_today"];
    const times = spans.map((span) => span.join("–")).join("，") || closed;
    today.querySelector("[data-today]").textContent = [holiday, times].filter(Boolean).join(" ");
    today.hidden = false;
  }
  element.hidden = false;
}

for (const element of typeof document === "undefined" ? [] : document.querySelectorAll(".open-now")) await show(element);
