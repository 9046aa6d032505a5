// Somebody who was signed out while writing is told at once, and goes on where they were after signing in again in
// another tab: the form takes the new session's token, and saves itself. A form is sent only when its session lives,
// with the token of that session: otherwise an error would stand in place of what was written.

const FORM = "form[data-edit-form]";
const { session, signedOut, signedIn, unanswered } = document.querySelector("script[data-session]").dataset;
let waiting = false;

function controllerOf(element, name) {
  return window.wagtail?.app?.getControllerForElementAndIdentifier(element, name);
}

function say(text, type) {
  document.dispatchEvent(new CustomEvent("w-messages:add", { detail: { clear: true, text, type } }));
  if (type === "error") window.scrollTo({ top: 0 });
}

// What keeps a form from being sent, in words; nothing where somebody is signed in. A server that is being restarted,
// or a network that wants its own login first, answers too: only the token is an answer.
async function look() {
  let token;
  try {
    const answer = await fetch(session, { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") return signedOut;
    ({ token } = await answer.json());
  } catch {
    token = "";
  }
  if (!token) return unanswered;
  document.querySelector(FORM).elements.csrfmiddlewaretoken.value = token;
  if (window.wagtailConfig) window.wagtailConfig.CSRF_TOKEN = token;
  return "";
}

async function tell() {
  const wrong = await look();
  if (wrong === signedOut) {
    if (!waiting) say(signedOut, "error");
    waiting = true;
  }
  if (wrong || !waiting) return;
  waiting = false;
  say(signedIn, "success");
  controllerOf(document.querySelector(FORM), "w-autosave")?.save();
}

document.addEventListener("w-autosave:error", ({ detail }) => {
  if (["server_error", "network_error"].includes(detail.type)) tell();
});

window.addEventListener("focus", () => {
  if (waiting) tell();
});

// One press counts while a form waits: for the answer, then for a draft that is just saving itself. Sent at once, a new
// page would be made twice, because the form does not know yet that its page is there.

const pressed = new WeakSet();
const sure = new WeakSet();

function stopWorking(button) {
  const working = button && controllerOf(button, "w-progress");
  if (working) working.loadingValue = false;
}

document.addEventListener("submit", async (event) => {
  const { submitter, target: form } = event;
  if (!form.matches(FORM) || sure.has(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (pressed.has(form)) {
    stopWorking(submitter);
    return;
  }
  pressed.add(form);
  // The button itself may be disabled by the time the form is sent.
  const { name, value } = submitter ?? {};
  const wrong = await look();
  if (wrong) {
    waiting = wrong === signedOut;
    say(wrong, "error");
    stopWorking(submitter);
  } else {
    const saving = () => controllerOf(form, "w-autosave")?.submitPromise;
    while (saving()) await saving();
    const button = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    if (name) form.append(button);
    sure.add(form);
    form.requestSubmit();
    sure.delete(form);
    button.remove();
  }
  pressed.delete(form);
}, true);

// The server asks as well before a button overwrites what somebody else saved: it is told of which version the form goes
// on from, and of the one that was asked about.

function tellServer(form, name, value) {
  const told = form.elements[name] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
  told.value = value;
}

let newest;

document.addEventListener("w-swap:json", ({ detail }) => {
  newest = detail.data?.other_sessions?.find((other) => other.revision_id)?.revision_id;
});

document.addEventListener("w-dialog:confirmed", ({ target }) => {
  const form = target.closest(FORM);
  if (form && newest) tellServer(form, "overwrite", newest);
}, true);

document.addEventListener("w-autosave:success", ({ target, detail }) => {
  if (!detail.data?.revision_id) return;
  tellServer(target, "loaded_revision_id", detail.data.revision_id);
  tellServer(target, "loaded_revision_created_at", detail.data.revision_created_at);
});
