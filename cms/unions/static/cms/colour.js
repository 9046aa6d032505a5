/* Keeps a colour's text and swatch in step, and says whether it is readable on white (WCAG 2.2, 1.4.3). */

const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);

const onWhite = (colour) => {
  const [red, green, blue] = channels(colour).map(channel);
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
};

const darkened = (colour, least) => {
  for (let percent = 100; percent >= 0; percent -= 1) {
    const shade = `#${channels(colour)
      .map((value) => Math.round(((value * percent) / 100) * 255).toString(16).padStart(2, "0"))
      .join("")}`;
    if (onWhite(shade) >= least) return shade;
  }
  return "#000000";
};

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-colour-input]");
  if (!box) return;
  const text = box.querySelector("input:not([data-colour-swatch])");
  const swatch = box.querySelector("[data-colour-swatch]");
  if (event.target === swatch) {
    text.value = swatch.value;
    text.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const colour = text.value.trim().toLowerCase();
  const verdict = box.querySelector("[data-colour-verdict]");
  if (!/^#[0-9a-f]{6}$/.test(colour)) {
    verdict.textContent = "";
    return;
  }
  swatch.value = colour;
  const least = Number(box.dataset.least);
  const ratio = onWhite(colour);
  verdict.textContent = (ratio >= least ? box.dataset.good : box.dataset.bad)
    .replace("{ratio}", ratio.toFixed(1))
    .replace("{proposal}", darkened(colour, least));
});
