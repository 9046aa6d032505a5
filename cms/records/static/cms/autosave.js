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
  if (!place) return;
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
