// Before the first paint, so that nothing flashes: what the reader chose on this site, as attributes of <html>.
// That is all; the buttons come to life in site/main.js.
(() => {
  const root = document.documentElement;
  root.dataset.script = "";
  let chosen = {};
  try {
    chosen = JSON.parse(localStorage.getItem(`reading:${root.dataset.site}`)) ?? {};
  } catch {
    // Private windows may forbid it, and what is there may be anything.
  }
  if (chosen.large === true) root.dataset.large = "";
  if (chosen.contrast ?? matchMedia("(prefers-contrast: more)").matches) root.dataset.contrast = "";
})();
