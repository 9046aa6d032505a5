// What a page gains when scripts run; without them every page is complete and right.
//
//   1. 长辈版, 高对比 and English / 中文, remembered on this device. What was chosen stands on <html> since
//      early.js, before the first paint; here the buttons say so and change it.
//   2. The menu shows where one is.
//   3. A state whose moment has passed since the page was built is corrected.

const root = document.documentElement;
// Several sites may share one host: what was chosen is remembered under the union's name.
const key = `reading:${root.dataset.site}`;

function chosen() {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function choose(name, value) {
  try {
    localStorage.setItem(key, JSON.stringify({ ...chosen(), [name]: value }));
  } catch {
    // Private windows may forbid it: then it is not remembered.
  }
}

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
function settle() {
  if (!here) return;
  menu.scrollLeft = 0;
  const edge = menu.getBoundingClientRect();
  const hidden = here.getBoundingClientRect().right + 24 - edge.right;
  const starts = [...menu.children].map((entry) => entry.getBoundingClientRect().left - edge.left);
  // So far that an entry begins at the near edge, not a part of one.
  if (hidden > 0) menu.scrollLeft = starts.find((start) => start >= hidden) ?? hidden;
  // At the far end of the menu there may be no such place: what is cut fades at that edge too.
  const fade = () => menu.toggleAttribute("data-scrolled", !starts.some((start) => Math.abs(start - menu.scrollLeft) < 4));
  menu.onscroll = fade;
  fade();
}
settle();

const swap = document.querySelector('[data-tool="language"]');
swap?.addEventListener("click", async () => {
  const language = root.lang === "en" ? "zh-Hans" : "en";
  const { speak } = await import("./language.js");
  await speak(language, swap);
  settle();
  choose("language", language);
});
const { language } = chosen();
if (language && language !== root.dataset.language) {
  const { speak } = await import("./language.js");
  await speak(language, swap);
  settle();
}
if (document.querySelector(".state[data-later]")) await import("./states.js");
(window.requestIdleCallback ?? setTimeout)(() => import("./beside.js"));
