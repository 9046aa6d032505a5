// What keeps a draft from saving itself is said at once: beside each field, and by the number on the label of the
// tab on which the field lies (Wagtail's own notice at the foot says all of it in one line). It goes when the draft
// is saved again.

const MARK = "data-autosave-told";

function fieldOf(name) {
  return name && document.querySelector(`[data-contentpath="${CSS.escape(name)}"]`);
}

function recount() {
  for (const label of document.querySelectorAll('[role="tab"] [data-controller~="w-count"]')) {
    window.wagtail?.app?.getControllerForElementAndIdentifier(label, "w-count")?.count();
  }
}

function clear() {
  for (const told of document.querySelectorAll(`[${MARK}]`)) told.remove();
}

function tell({ field, message }) {
  const place = fieldOf(field)?.querySelector("[data-field-errors]");
  // Said already when the form was sent and came back.
  if (!place || [...place.children].some((said) => said.textContent.trim() === message)) return;
  const told = document.createElement("p");
  told.className = "error-message";
  told.setAttribute(MARK, "");
  told.textContent = message;
  place.append(told);
}

document.addEventListener("w-autosave:error", ({ detail }) => {
  clear();
  for (const one of detail.response?.errors ?? []) tell(one);
  recount();
});

document.addEventListener("w-autosave:success", () => {
  if (!document.querySelector(`[${MARK}]`)) return;
  clear();
  recount();
});

// What is typed before Wagtail takes down what the form held at first - two seconds after it opens, or just when a
// draft was saved - counts as a change too: otherwise it is neither saved nor warned of until something else changes.

const typedIn = new WeakSet();

for (const type of ["input", "change"]) {
  document.addEventListener(type, ({ isTrusted, target }) => {
    const form = isTrusted && target.closest?.('[data-controller~="w-autosave"]');
    if (form) typedIn.add(form);
  }, true);
}

document.addEventListener("w-autosave:save", ({ target }) => typedIn.delete(target));

document.addEventListener("w-unsaved:watch-edits", ({ target }) => {
  if (!typedIn.delete(target)) return;
  const watching = window.wagtail?.app?.getControllerForElementAndIdentifier(target, "w-unsaved");
  // Only when Wagtail is done: it takes this back at the end of what it is doing.
  setTimeout(() => {
    if (watching) watching.forceValue = true;
  });
});

// What widgets make of their own fields while they open is nobody's change: on a slow machine some open only after
// Wagtail took down what the form held, and a page that was only looked at would get a draft.

let touched = false;

for (const type of ["pointerdown", "keydown", "input", "paste", "drop"]) {
  document.addEventListener(type, ({ isTrusted }) => {
    touched ||= isTrusted;
  }, true);
}

document.addEventListener("w-unsaved:add", (event) => {
  const watching = window.wagtail?.app?.getControllerForElementAndIdentifier(event.target, "w-unsaved");
  // A form that came back with what is wrong holds changes from the start.
  if (touched || !watching || watching.forceValue) return;
  event.stopImmediatePropagation();
  setTimeout(() => watching.clear());
}, true);

// Nothing saves itself while the form is on its way.

const sent = new WeakSet();

document.addEventListener("submit", ({ defaultPrevented, target }) => {
  if (!defaultPrevented) sent.add(target);
});

document.addEventListener("w-autosave:save", (event) => {
  if (sent.has(event.target)) event.preventDefault();
});

window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.querySelectorAll('[data-controller~="w-autosave"]')) sent.delete(form);
});
