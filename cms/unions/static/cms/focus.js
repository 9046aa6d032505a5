// Where the keyboard goes on. Whoever chose something in a window comes back to the chooser it was for: the button
// that opened the window is gone by then, and without this the next Tab begins at the top of the screen.

let chooser = null;

function shown(element) {
  return element.getClientRects().length > 0;
}

document.addEventListener("click", ({ target }) => {
  chooser = target.closest?.("[data-chooser-url]") ?? chooser;
}, true);

new MutationObserver((changes) => {
  const closed = changes.some(({ removedNodes }) => [...removedNodes].some((node) => node.matches?.(".modal")));
  if (!closed || document.activeElement !== document.body || !chooser?.isConnected) return;
  [...chooser.querySelectorAll("button, a[href]")].find(shown)?.focus();
}).observe(document.body, { childList: true });

// Escape closes the list of blocks that may be added, and with it the field that had the keyboard.

document.addEventListener("keydown", ({ key, target }) => {
  const list = key === "Escape" && target.closest?.("[data-tippy-root]");
  const opener = list && list.parentElement.querySelector('[aria-expanded="true"]');
  if (opener) setTimeout(() => opener.ariaExpanded === "false" && opener.focus());
}, true);

// Writing aids that draw their own field leave it without a name: it is called what its label says.

const NAMELESS = ".public-DraftEditor-content:not([aria-labelledby]), .tagit-new input:not([aria-labelledby])";

let named = 0;

function name(field) {
  const wrapper = field.closest(".w-field__wrapper");
  const block = field.closest(".c-sf-block");
  const ofWrapper = [wrapper, wrapper?.parentElement].map((one) => one?.querySelector(":scope > .w-field__label"));
  const ofBlock = block?.querySelector(".c-sf-block__type");
  // The nearer one: a text among the blocks of the body is called 文字, not 正文.
  const labels = block && wrapper?.contains(block) ? [ofBlock, ...ofWrapper] : [...ofWrapper, ofBlock];
  const label = labels.find((one) => one?.textContent.trim());
  if (!label) return;
  label.id ||= `called-${++named}`;
  field.setAttribute("aria-labelledby", label.id);
}

function nameAll() {
  document.querySelectorAll(NAMELESS).forEach(name);
}

let due = false;
new MutationObserver(() => {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    nameAll();
  });
}).observe(document.body, { childList: true, subtree: true });
nameAll();
