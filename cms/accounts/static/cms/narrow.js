// Boxes of which only the first are on the screen: what is typed above them brings those it names. What is ticked
// stays, first of all. The field to type in is no part of the form: Enter does not send it.

const PAUSE = 150; // milliseconds between two letters of somebody who types

function rows(list) {
  return [...list.querySelectorAll("input")].map((box) => ({ box, row: box.closest("label").parentElement }));
}

function exchange(list, found) {
  const ticked = rows(list).filter(({ box }) => box.checked);
  const kept = new Set(ticked.map(({ box }) => box.value));
  const fresh = rows(found).filter(({ box }) => !kept.has(box.value));
  list.replaceChildren(...[...ticked, ...fresh].map(({ row }) => row));
}

function narrow(boxes) {
  const field = boxes.querySelector("[data-narrow-by]");
  const told = boxes.querySelector("[data-narrow-told]");
  const list = told.nextElementSibling;
  let due, asked;

  const look = async () => {
    asked?.abort();
    const asking = (asked = new AbortController());
    const { narrow: search, name, one, failed } = boxes.dataset;
    const address = `${search}?${new URLSearchParams({ name, one, typed: field.value })}`;
    try {
      const answer = await fetch(address, { signal: asking.signal, redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      const again = found.querySelector("[data-narrow-told]");
      exchange(list, again.nextElementSibling);
      told.textContent = again.textContent;
    } catch {
      if (asking === asked) told.textContent = failed;
    }
  };

  const soon = (event) => {
    event.stopPropagation(); // a list's filters are sent whenever one of their fields changes
    if (event.isComposing) return;
    clearTimeout(due);
    due = setTimeout(look, PAUSE);
  };
  for (const type of ["input", "compositionend"]) field.addEventListener(type, soon);
  field.addEventListener("change", (event) => event.stopPropagation());
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

// Some stand in a window that opens later.
const known = new WeakSet();

function narrowAll() {
  for (const boxes of document.querySelectorAll("[data-narrow]")) {
    if (known.has(boxes)) continue;
    known.add(boxes);
    narrow(boxes);
  }
}

new MutationObserver(narrowAll).observe(document.body, { childList: true, subtree: true });
narrowAll();
