// What a page gains when scripts run; without them every page is complete and right.
//
//   1. 长辈版, 高对比 and English / 中文, remembered on this device. What was chosen stands on <html> since
//      early.js, before the first paint; here the buttons say so and change it.
//   2. The menu shows where one is.
//   3. A state whose moment has passed since the page was built is corrected.

import { choose, chosen } from "./choices.js";

const root = document.documentElement;
const said = document.querySelector("[data-said]");

for (const name of ["large", "contrast"]) {
  const button = document.querySelector(`[data-tool="${name}"]`);
  const show = () => button?.setAttribute("aria-pressed", String(name in root.dataset));
  show();
  button?.addEventListener("click", () => {
    root.toggleAttribute(`data-${name}`);
    show();
    choose(name, name in root.dataset);
    // aria-pressed is announced by the button itself; that the page around it changed is not.
    said.textContent = said.dataset[name in root.dataset ? "on" : "off"].replace("{what}", button.textContent);
  });
}

// Where a phone's menu goes on beyond the edge, the entry that one is at does not lie there.
const menu = document.querySelector(".nav-list");
const here = menu?.querySelector('[aria-current="page"]') ?? menu?.querySelector("[aria-current]");
if (here) menu.scrollLeft += Math.max(0, here.getBoundingClientRect().right + 24 - menu.getBoundingClientRect().right);

const swap = document.querySelector('[data-tool="language"]');
swap?.addEventListener("click", async () => {
  const language = root.lang === "en" ? "zh-Hans" : "en";
  const { speak } = await import("./language.js");
  await speak(language, swap);
  choose("language", language);
});
const { language } = chosen();
if (language && language !== root.dataset.language) {
  const { speak } = await import("./language.js");
  await speak(language, swap);
}
if (document.querySelector(".state[data-later]")) await import("./states.js");
(window.requestIdleCallback ?? setTimeout)(() => import("./beside.js"));
