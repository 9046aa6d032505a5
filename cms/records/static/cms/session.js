// Somebody who was signed out while writing is told at once, and goes on where they were after signing in again in
// another tab: the form takes the new session's token, and saves itself. A form is sent only when its session lives,
// with the token of that session: otherwise an error would stand in place of what was written.

const FORM = 'form[data-controller~="w-autosave"]';
const { session, signedOut, signedIn, offline } = document.querySelector("script[data-session]").dataset;
let waiting = false;

function controllerOf(element, name) {
  return window.wagtail?.app?.getControllerForElementAndIdentifier(element, name);
}

function say(text, type) {
  document.dispatchEvent(new CustomEvent("w-messages:add", { detail: { clear: true, text, type } }));
  if (type === "error") window.scrollTo({ top: 0 });
}

// What keeps a form from being sent, in words; nothing where somebody is signed in.
async function look() {
  let answer;
  try {
    answer = await fetch(session, { redirect: "manual", cache: "no-store" });
  } catch {
    return offline;
  }
  if (answer.type === "opaqueredirect") return signedOut;
  if (!answer.ok) return "";
  const { token } = await answer.json();
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

const sure = new WeakSet();

document.addEventListener("submit", async (event) => {
  const { submitter, target: form } = event;
  if (!form.matches(FORM) || sure.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // The button itself may be disabled by the time the form is sent.
  const { name, value } = submitter ?? {};
  const wrong = await look();
  if (wrong) {
    waiting = wrong === signedOut;
    say(wrong, "error");
    const working = submitter && controllerOf(submitter, "w-progress");
    if (working) working.loadingValue = false;
    return;
  }
  if (name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  sure.add(form);
  form.requestSubmit();
}, true);
