// The pages that this device can show without a connection, the last visited first.

export async function show(list, root) {
  const prefix = `unionpress ${root.pathname} `;
  const names = (await caches.keys()).filter((name) => name.startsWith(`${prefix}visited`) || name.startsWith(`${prefix}pinned`));
  const seen = new Map();
  for (const name of names.sort((one, other) => other.localeCompare(one))) {
    const cache = await caches.open(name);
    for (const request of (await cache.keys()).reverse()) {
      const path = new URL(request.url).pathname;
      if (seen.has(path) || !path.endsWith("/") || path.endsWith("/offline/") || path.endsWith("/search/")) continue;
      const response = await cache.match(request);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const heading = page.querySelector("h1")?.textContent.trim();
      if (heading) seen.set(path, heading);
    }
  }
  for (const [path, heading] of seen) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = path;
    link.textContent = heading;
    item.append(link);
    list.querySelector("ul").append(item);
  }
  list.hidden = seen.size === 0;
}
