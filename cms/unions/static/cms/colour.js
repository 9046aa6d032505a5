/* Keeps a colour's text and swatch in step, says how it reads by day and by night (WCAG 2.2, 1.4.3), and offers
   the nearest shade that does: the same sums as site_builder/formats.py. */

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

const luminance = (colour) => {
  const [red, green, blue] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one, other) => {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};

const mix = (colour, other, share) => {
  const ends = channels(other);
  return `#${channels(colour)
    .map((value, at) => Math.round(value + (ends[at] - value) * share).toString(16).padStart(2, "0"))
    .join("")}`;
};

const readable = (colour, paper, least) => {
  const pole = contrast("#000000", paper) >= contrast("#ffffff", paper) ? "#000000" : "#ffffff";
  for (let step = 0; step <= 20; step += 1) {
    const shade = mix(colour, pole, step / 20);
    if (contrast(shade, paper) >= least) return shade;
  }
  return pole;
};

const show = (box) => {
  const { least, day, night, nightLeast, good, bad, atNight, take } = box.dataset;
  const colour = box.querySelector("input:not([data-colour-swatch])").value.trim().toLowerCase();
  const verdict = box.querySelector("[data-colour-verdict]");
  const button = box.querySelector("[data-colour-take]");
  button.hidden = true;
  if (!/^#[0-9a-f]{6}$/.test(colour)) {
    verdict.textContent = "";
    return;
  }
  box.querySelector("[data-colour-swatch]").value = colour;
  const byDay = contrast(colour, day);
  const shade = readable(colour, night, Number(nightLeast));
  verdict.textContent = [
    (byDay >= Number(least) ? good : bad).replace("{ratio}", byDay.toFixed(1)),
    atNight.replace("{shade}", shade).replace("{ratio}", contrast(shade, night).toFixed(1)),
  ].join(" ");
  if (byDay >= Number(least)) return;
  button.dataset.proposal = readable(colour, day, Number(least));
  button.textContent = take.replace("{proposal}", button.dataset.proposal);
  button.style.borderInlineStart = `1.5em solid ${button.dataset.proposal}`;
  button.hidden = false;
};

const write = (box, colour) => {
  const text = box.querySelector("input:not([data-colour-swatch])");
  text.value = colour;
  text.dispatchEvent(new Event("change", { bubbles: true }));
  show(box);
};

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-colour-input]");
  if (!box) return;
  if (event.target.matches("[data-colour-swatch]")) write(box, event.target.value);
  else show(box);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-colour-take]");
  if (button) write(button.closest("[data-colour-input]"), button.dataset.proposal);
});

for (const box of document.querySelectorAll("[data-colour-input]")) show(box);
