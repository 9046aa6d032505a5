// What a worker is about to change is asked for again until it is done; the server says whether anything is under way.
// Only what differs is put in, so that the keyboard, what was typed and what was unfolded stay as they are.

const SOON = 2000;
const LATE = 20000;
const REST = 4; // times as long as an answer took: a server with thousands of sites has other work than to be watched
const KEPT = ["open", "tabindex"];

const region = document.querySelector("[data-refresh]");
let wait = SOON;
let took = 0;
let timer;

const keyOf = (node) => node.dataset?.key;

function alike(old, fresh) {
  return old && old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);
}

function put(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !KEPT.includes(name)) old.removeAttribute(name);
  const rows = new Map([...old.children].filter(keyOf).map((row) => [keyOf(row), row]));
  const children = [...fresh.childNodes];
  children.forEach((child, place) => {
    const there = old.childNodes[place];
    const known = keyOf(child) ? rows.get(keyOf(child)) : there;
    const same = alike(known, child) && known;
    if (same) put(same, child);
    if (!same || same !== there) old.insertBefore(same || child, there ?? null);
  });
  while (old.childNodes.length > children.length) old.lastChild.remove();
}

// A row that moved has lost the keyboard; where it was on something that is gone, it goes on from what held that.
function keeping(change) {
  const way = [];
  for (let node = document.activeElement; node && node !== region.parentNode; node = node.parentNode) way.push(node);
  change();
  const left = way.includes(region) && way.find((node) => region.contains(node));
  if (!left || document.activeElement === left) return;
  if (left !== way[0]) left.tabIndex = -1;
  left.focus({ preventScroll: true });
}

function later() {
  clearTimeout(timer);
  if ("underWay" in region.dataset && !document.hidden) timer = setTimeout(look, Math.max(wait, REST * took));
}

// Nothing where the network failed or a server is being restarted: it is asked again, at longer intervals.
async function ask() {
  try {
    return await fetch(window.location.href, { headers: { "X-Requested-With": "XMLHttpRequest" }, cache: "no-store" });
  } catch {
    return null;
  }
}

async function look() {
  wait = Math.min(wait * 1.5, LATE);
  const began = performance.now();
  const answer = await ask();
  if (answer?.status >= 400 && answer.status < 500) return; // signed out, or it is no more
  const text = answer?.ok ? await answer.text() : "";
  took = performance.now() - began;
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-refresh]");
  const before = region.textContent;
  if (fresh) keeping(() => put(region, fresh));
  if (region.textContent !== before) wait = SOON;
  later();
}

document.addEventListener("visibilitychange", later);
later();
