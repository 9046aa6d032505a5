// English / 中文: interface words and dates change language. Content stays as written.

import { fill, words } from "./words.js";

const root = document.documentElement;
const own = root.dataset.language;
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];
const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** `timed`: whether the hour is told; the Chinese of most dates leaves it out. */
function englishDate(iso, format, timed) {
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number);
  const time = /T(\d{2}:\d{2})/.exec(iso);
  const text = [day, month && MONTHS[month - 1], year].filter(Boolean).join(" ");
  if (format === "day") return `${WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]}, ${text}`;
  return time && timed ? `${text}, ${time[1]}` : text;
}

export async function speak(language, button) {
  const table = await words(language);
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
    const said = element.dataset.own;
    // A number alone (a day in the calendar) is the same in both.
    element.textContent = language === own || language !== "en" || /^\d+$/.test(said) ? said
      : englishDate(element.dateTime, element.dataset.format, said.includes(":"));
  }
  root.lang = language;
  if (button) {
    button.textContent = language === "en" ? "中文" : "English";
    button.lang = language === "en" ? "zh-Hans" : "en";
  }
}
