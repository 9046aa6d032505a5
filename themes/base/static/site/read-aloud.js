// Reads a record aloud, sentence by sentence, and marks what is being read.
//
// Only by a voice that lives on the device: others send the text to somebody else's machine. Where there is no
// Chinese one, nothing is offered.

const SKIPPED = "nav, script, style, button, select, .pass, .tag, .read-aloud, [hidden], [aria-hidden='true'], .table, figure svg, .chart";
const BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, figcaption, summary, blockquote";
const LONGEST = 120;

/** Make the controls in `box` read `article`; the box stays unseen where there is no voice. */
export function offer(box, article) {
  const find = () => {
    const voice = chinese(speechSynthesis.getVoices());
    if (!voice || box.dataset.ready === "") return;
    box.dataset.ready = "";
    begin(box, article);
  };
  find();
  speechSynthesis.addEventListener?.("voiceschanged", find);
}

function chinese(voices) {
  const local = voices.filter((voice) => voice.localService && /^(zh|cmn)\b/i.test(voice.lang));
  return local.find((voice) => /^(zh|cmn)[-_](cn|hans)/i.test(voice.lang)) ?? local[0];
}

function begin(box, article) {
  const start = box.querySelector("[data-start]");
  const pause = box.querySelector("[data-pause]");
  const stop = box.querySelector("[data-stop]");
  const said = box.querySelector("[role=status]");
  let sentences = [];
  let at = 0;
  let round = 0;

  const show = (state) => {
    box.dataset.state = state;
    start.hidden = state === "reading";
    pause.hidden = state !== "reading";
    stop.hidden = state === "idle";
  };

  const finish = (words) => {
    round += 1;
    speechSynthesis.cancel();
    mark(null);
    at = 0;
    said.textContent = words;
    show("idle");
  };

  const next = (mine) => {
    if (mine !== round) return;
    if (at >= sentences.length) {
      finish(box.dataset.ended);
      return;
    }
    const { range, text } = sentences[at];
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = chinese(speechSynthesis.getVoices()) ?? null;
    utterance.lang = "zh-CN";
    utterance.addEventListener("start", () => mark(range));
    utterance.addEventListener("end", () => {
      if (mine !== round) return;
      at += 1;
      next(mine);
    });
    utterance.addEventListener("error", (event) => {
      if (mine === round && event.error !== "canceled" && event.error !== "interrupted") finish(box.dataset.stopped);
    });
    speechSynthesis.speak(utterance);
  };

  start.addEventListener("click", () => {
    said.textContent = "";
    if (box.dataset.state !== "paused") sentences = sentencesOf(article);
    show("reading");
    round += 1;
    next(round);
    pause.focus();
  });
  // Some devices cannot resume: what was interrupted is read again from the beginning of its sentence.
  pause.addEventListener("click", () => {
    round += 1;
    speechSynthesis.cancel();
    show("paused");
    start.focus();
  });
  stop.addEventListener("click", () => {
    finish(box.dataset.stopped);
    start.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && box.dataset.state === "reading") finish(box.dataset.stopped);
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
  show("idle");
}

/** Every sentence of an article with the range it takes on the page, in reading order. */
export function sentencesOf(article) {
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT, {
    acceptNode: (node) => node.data.trim() && !node.parentElement.closest(SKIPPED) && node.parentElement.checkVisibility()
      ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT,
  });
  const blocks = new Map();
  while (walker.nextNode()) {
    const block = walker.currentNode.parentElement.closest(BLOCKS) ?? walker.currentNode.parentElement;
    if (!blocks.has(block)) blocks.set(block, []);
    blocks.get(block).push(walker.currentNode);
  }
  return [...blocks.values()].flatMap(cut);
}

function cut(nodes) {
  const whole = nodes.map((node) => node.data).join("");
  const found = [];
  for (const match of whole.matchAll(/[^。！？；!?;]+[。！？；!?;]?[”’」』）]*/g)) {
    for (let from = 0; from < match[0].length; from += LONGEST) {
      const text = match[0].slice(from, from + LONGEST);
      const begin = match.index + from;
      if (/[\p{L}\p{N}]/u.test(text)) found.push({ text: text.trim(), range: rangeOf(nodes, begin, begin + text.length) });
    }
  }
  return found;
}

function rangeOf(nodes, begin, end) {
  const range = document.createRange();
  let passed = 0;
  for (const node of nodes) {
    const { length } = node.data;
    if (begin >= passed && begin < passed + length) range.setStart(node, begin - passed);
    if (end > passed && end <= passed + length) range.setEnd(node, end - passed);
    passed += length;
  }
  return range;
}

function mark(range) {
  document.querySelector("[data-reading]")?.removeAttribute("data-reading");
  globalThis.CSS?.highlights?.delete("reading");
  if (!range) return;
  const element = range.startContainer.parentElement;
  if (globalThis.CSS?.highlights) CSS.highlights.set("reading", new Highlight(range));
  else element.closest(BLOCKS)?.setAttribute("data-reading", "");
  const { top, bottom } = range.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) {
    element.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }
}
