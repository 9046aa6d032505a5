// 复制: the text with its styles and pictures, as a person would copy it; or one line of WeChat's form.

const said = document.querySelector("[data-wechat-said]");
const frame = document.querySelector(".wechat-preview");

for (const button of document.querySelectorAll("[data-wechat-copy]")) {
  button.addEventListener("click", async () => {
    const done = button.dataset.wechatCopy === "rich" ? await copyRich() : await copyText(button.dataset.wechatCopy);
    said.textContent = done ? said.dataset.done : said.dataset.failed;
  });
}

async function copyRich() {
  const body = frame.contentDocument.body;
  const html = body.innerHTML;
  try {
    await navigator.clipboard.write([
      new ClipboardItem({
        "text/html": new Blob([html], { type: "text/html" }),
        "text/plain": new Blob([body.innerText], { type: "text/plain" }),
      }),
    ]);
    return true;
  } catch {
    return copySelected(body);
  }
}

// Without a secure connection browsers copy only what is selected.
function copySelected(body) {
  const selection = frame.contentWindow.getSelection();
  selection.selectAllChildren(body);
  const done = frame.contentDocument.execCommand("copy");
  selection.removeAllRanges();
  return done;
}

async function copyText(id) {
  try {
    await navigator.clipboard.writeText(document.getElementById(id).textContent);
    return true;
  } catch {
    return false;
  }
}
