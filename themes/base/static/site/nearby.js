// The pages of places and of events: by kind, facility, district, open now, and the nearest to a point. The point is chosen on the sketch
// map, by coordinates, or by the device, which is asked only when the reader clicks; nothing of it is sent anywhere, and it
// does not stand in the address. Without this script the list and the map are there.

import { openAt } from "./hours.js";
import { fill, words } from "./words.js";

const NEAREST = 10;
const EARTH = 6_371_000;
const FILTERS = ["region", "type", "facility"];

/** Metres between two points [latitude, longitude] in degrees, as the crow flies. */
export function metres([south, west], [north, east]) {
  const radians = Math.PI / 180;
  const half = Math.sin(((north - south) * radians) / 2) ** 2
    + Math.cos(south * radians) * Math.cos(north * radians) * Math.sin(((east - west) * radians) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(half));
}

/** The places that have all that was chosen, and the events that are not over; from a point, the nearest ten with their
 * distance, or all within the metres that were chosen. */
export function choose(places, chosen, point, now) {
  const found = places.filter((place) =>
    (!place.until || now < Date.parse(place.until))
    && (!chosen.region || place.region === chosen.region)
    && (!chosen.type || place.type === chosen.type)
    && (!chosen.facility || place.facilities.includes(chosen.facility))
    && (!chosen.open || (!place.state && place.hours && openAt(place.hours, place.holidays, now))));
  if (!point) return found;
  const within = Number(chosen.within) || Infinity;
  return found.filter((place) => place.position)
    .map((place) => ({ ...place, distance: metres(point, place.position) }))
    .filter((place) => place.distance <= within)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, chosen.within ? undefined : NEAREST);
}

/** "36.0671, 120.3826" as [latitude, longitude]; null for anything else. */
export function pointOf(text) {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text ?? "");
  const point = found && [Number(found[1]), Number(found[2])];
  return point && Math.abs(point[0]) <= 90 && Math.abs(point[1]) <= 180 ? point : null;
}

function start(form) {
  const results = document.querySelector("[data-results]");
  const groups = document.querySelector("[data-groups]");
  const count = form.querySelector("[data-count]");
  const clear = form.querySelector("[data-clear]");
  const map = document.querySelector(".sketch svg");
  const mark = map?.querySelector("[data-chosen]");
  const [latitude, longitude] = (map?.dataset.origin ?? "0 0").split(" ").map(Number);
  const [up, right] = (map?.dataset.degrees ?? "1 1").split(" ").map(Number);
  const filters = FILTERS.map((name) => form.elements[name]).filter(Boolean);
  const { open, from, within } = form.elements;
  let places = null;
  let point = null;
  let table = {};

  function chosen() {
    return { ...Object.fromEntries(filters.map((each) => [each.name, each.value])), open: open?.checked ?? false, within: within?.value ?? "" };
  }

  function line(place) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = form.dataset.root + place.href.slice(1);
    link.textContent = place.title;
    const meta = document.createElement("span");
    meta.className = "line-meta";
    const far = place.distance;
    const said = [
      far === undefined ? "" : far < 1000 ? fill(table["place.m"], { tN: String(Math.round(far / 10) * 10) })
        : fill(table["place.km"], { tN: (far / 1000).toFixed(1) }),
      table[`${form.dataset.words}.${place.type}`],
      place.state ? table[`state.${place.state}`] : "",
      place.place || place.region,
    ];
    for (const text of said.filter(Boolean)) meta.append(Object.assign(document.createElement("span"), { textContent: text }), " ");
    row.dataset.record = place.id;
    row.append(link, meta);
    return row;
  }

  async function show() {
    const given = chosen();
    const any = Boolean(point || filters.some((each) => each.value) || given.open);
    groups.hidden = any;
    results.hidden = clear.hidden = !any;
    if (mark) {
      mark.toggleAttribute("hidden", !point);
      if (point) {
        mark.setAttribute("cx", String((point[1] - longitude) / right));
        mark.setAttribute("cy", String((latitude - point[0]) / up));
      }
    }
    if (!any) {
      count.textContent = "";
      return;
    }
    table = await words(document.documentElement.lang === "en" ? "en" : "zh-Hans");
    try {
      places ??= (await (await fetch(form.dataset.items)).json()).items;
    } catch {
      count.textContent = table["finder.error"];
      groups.hidden = false;
      results.hidden = true;
      return;
    }
    const found = choose(places, given, point, Date.now());
    results.replaceChildren(...found.map(line));
    const key = point ? "place.nearest" : "finder.found";
    count.textContent = found.length ? fill(table[key], { tN: String(found.length) }) : table["finder.none"];
  }

  function go(to, text = "") {
    point = to;
    if (from && from.value !== text) from.value = text;
    return show();
  }

  form.hidden = false;
  const query = new URLSearchParams(location.search);
  for (const element of filters) {
    element.value = query.get(element.name) ?? "";
    if (element.selectedIndex < 0) element.value = "";
  }
  if (open) open.checked = query.get("open") === "yes";
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    if (event.target === from) return go(pointOf(from.value), from.value);
    const said = { ...Object.fromEntries(filters.filter((each) => each.value).map((each) => [each.name, each.value])) };
    if (open?.checked) said.open = "yes";
    const address = new URLSearchParams(said).toString();
    history.replaceState(null, "", address ? `?${address}` : location.pathname);
    return show();
  });
  clear.addEventListener("click", () => {
    form.reset();
    for (const element of filters) element.value = "";
    history.replaceState(null, "", location.pathname);
    return go(null);
  });
  form.querySelector("[data-here]")?.addEventListener("click", async () => {
    const failed = async () => {
      table = await words(document.documentElement.lang === "en" ? "en" : "zh-Hans");
      count.textContent = table["place.here_failed"];
    };
    if (!navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => go([coords.latitude, coords.longitude]),
      failed,
      { maximumAge: 60_000, timeout: 15_000 },
    );
  });
  map?.addEventListener("click", (event) => {
    if (event.target.closest("a")) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    const to = [latitude - at.y * up, longitude + at.x * right];
    go(to, to.map((degrees) => degrees.toFixed(5)).join(", "));
  });
  return show();
}

const form = typeof document === "undefined" ? null : document.querySelector(".nearby");
if (form) await start(form);
