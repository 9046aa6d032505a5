// Somebody who was signed out while writing is told at once, and goes on where they were after signing in again in
// another tab: the form takes the new session's token, and saves itself.

const FORM = 'form[data-controller~="w-autosave"]';
const { signedOut, signedIn } = document.querySelector("script[data-signed-out]").dataset;
let waiting = false;

function say(text, type) {
  document.dispatchEvent(new CustomEvent("w-messages:add", { detail: { clear: true, text, type } }));
}

async function look() {
  const form = document.querySelector(FORM);
  let answer;
  try {
    answer = await fetch(form.action, { redirect: "manual" });
  } catch {
    return; // no network: Wagtail says so and tries again
  }
  if (answer.type === "opaqueredirect") {
    if (!waiting) say(signedOut, "error");
    waiting = true;
    return;
  }
  if (!answer.ok) return;
  const field = form.elements.csrfmiddlewaretoken;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector(`${FORM} [name="csrfmiddlewaretoken"]`)?.value;
  if (!token || !waiting) return;
  waiting = false;
  field.value = token;
  say(signedIn, "success");
  window.wagtail?.app?.getControllerForElementAndIdentifier(form, "w-autosave")?.save();
}

document.addEventListener("w-autosave:error", ({ detail }) => {
  if (["server_error", "network_error"].includes(detail.type)) look();
});

window.addEventListener("focus", () => {
  if (waiting) look();
});
