// Before the first paint, so that nothing flashes: what the reader chose on this site, as attributes of <html>.
// That is all; the buttons come to life in site/main.js.
(() => {
  const root = document.documentElement;
  root.dataset.script = "";
  // Built-in browsers of some apps have no voice at all: no line is kept for one.
  if (!("speechSynthesis" in window)) root.dataset.mute = "";
  let chosen = {};
  try {
    chosen = JSON.parse(localStorage.getItem(`reading:${root.dataset.site}`)) ?? {};
  } catch {
    // Private windows may forbid it, and what is there may be anything.
  }
  if (chosen.large === true) root.dataset.large = "";
  if (chosen.contrast ?? matchMedia("(prefers-contrast: more)").matches) root.dataset.contrast = "";
})();
