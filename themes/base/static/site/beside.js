// What can wait until the page stands: passing it on, reading it aloud, paper, reading without a connection.
//
// Loaded by main.js when the browser has nothing else to do. What takes room on the page is there from the
// first paint wherever scripts run, so that nothing moves; every other button is hidden until it works.

const root = new URL("../../", import.meta.url);
const address = document.querySelector('link[rel="canonical"]')?.href ?? location.href;
const title = document.querySelector("h1")?.textContent ?? document.title;

// --- passing it on -----------------------------------------------------------------------------------

const pass = document.querySelector("[data-pass]");
const send = pass?.querySelector("[data-send]");
const copy = pass?.querySelector("[data-copy]");
const print = document.querySelector("[data-print]");

if (send && navigator.share) {
  send.hidden = false;
  send.addEventListener("click", () => navigator.share({ title, url: address }).catch(() => {}));
}
if (copy && navigator.clipboard) {
  const said = pass.querySelector("[data-copied]");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(address);
    said.textContent = said.dataset.copied;
  });
}
print?.addEventListener("click", () => window.print());

// A letter says which page it is about.
for (const link of document.querySelectorAll("[data-mail]")) {
  link.search = new URLSearchParams({ subject: title, body: `${address}\n\n` }).toString().replaceAll("+", "%20");
}

// --- reading it aloud ----------------------------------------------------------------------------------

const read = document.querySelector("[data-read]");
if (read && "speechSynthesis" in window) {
  const { offer } = await import("./read-aloud.js");
  offer(read, document.querySelector("article.record"));
}

// --- without a connection --------------------------------------------------------------------------------

const list = document.querySelector("[data-kept]");
if (list && "caches" in window) {
  const { show } = await import("./kept.js");
  await show(list, root);
}
if ("serviceWorker" in navigator && !location.pathname.startsWith("/preview/")) {
  // Where it cannot be had (a private window, a preview) the site works as before.
  navigator.serviceWorker.register(new URL("sw.js", root), { scope: root.pathname, updateViaCache: "none" }).catch(() => {});
}
