// Whether a place is open at this moment, by Beijing's clock. Without it the page shows the hours alone.

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

/** Whether `hours` ("mon,tue 08:00 17:00;") and `holidays` ("2025-10-01 2025-10-03 - -;") say open at `now` (ms). */
export function openAt(hours, holidays, now) {
  const beijing = new Date(now + 8 * 60 * MINUTE);
  const minute = beijing.getUTCHours() * 60 + beijing.getUTCMinutes();
  const spans = (date) => {
    const iso = date.toISOString().slice(0, 10);
    const holiday = rows(holidays).find(([first, last]) => first <= iso && iso <= last);
    if (holiday) return holiday[2] === "-" ? [] : [[holiday[2], holiday[3]]];
    return rows(hours).filter(([days]) => days.split(",").includes(DAYS[date.getUTCDay()])).map((row) => row.slice(1));
  };
  const today = spans(beijing).some(([opens, closes]) => {
    const [from, to] = [minutes(opens), minutes(closes)];
    return to > from ? from <= minute && minute < to : minute >= from;
  });
  // What opened the evening before may go on past midnight.
  return today || spans(new Date(beijing.getTime() - DAY)).some(([opens, closes]) => {
    const to = minutes(closes);
    return to <= minutes(opens) && minute < to;
  });
}

for (const element of typeof document === "undefined" ? [] : document.querySelectorAll(".open-now")) {
  const open = openAt(element.dataset.hours, element.dataset.holidays, Date.now());
  for (const state of element.querySelectorAll(".state")) state.hidden = (state.dataset.state === "open") !== open;
  element.hidden = false;
}
