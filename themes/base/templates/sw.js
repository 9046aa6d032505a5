{# The service worker of one site. A page, so that it is made anew exactly when what it keeps changes. #}
// A connection comes first: what is kept is shown only where there is none, or where it does not answer in
// time. Sites may share a host under paths of their own, so that every name carries the path.
const VERSION = {{ page.version | tojson }};
const SHELL = [{% for href in page.shell %}{{ (href | rel) | tojson }}, {% endfor %}{% for name in ("site.css", "early.js", "site/main.js", "site/beside.js", "site/kept.js") %}{{ asset(name) | tojson }}{% if not loop.last %}, {% endif %}{% endfor %}];
const PINNED = [{% for href in page.pinned %}{{ (href | rel) | tojson }}{% if not loop.last %}, {% endif %}{% endfor %}];
const OFFLINE = SHELL[0];
const PATIENCE = 4000;
const KEPT = { visited: 40, parts: 160, pictures: 40 };

const root = new URL("./", self.location.href);
const prefix = `unionpress ${root.pathname} `;
const pinnedName = `${prefix}pinned ${VERSION}`;
const local = (path) => new URL(path, root).href;

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

async function install() {
  const cache = await caches.open(pinnedName);
  await cache.addAll(SHELL.map((path) => new Request(local(path), { cache: "no-cache" })));
  await self.skipWaiting();
}

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(`${prefix}pinned `) && name !== pinnedName) await caches.delete(name);
  }
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
  if (!navigator.connection?.saveData) await pin();
}

// One after the other, and what cannot be had now is had when somebody reads it.
async function pin() {
  const cache = await caches.open(pinnedName);
  for (const path of PINNED) {
    try {
      const response = await fetch(local(path), { cache: "no-cache", priority: "low" });
      if (whole(response)) await cache.put(local(path), response);
    } catch {
      return;
    }
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== root.origin || !url.pathname.startsWith(root.pathname)) return;
  const path = url.pathname.slice(root.pathname.length);
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (/^assets\/.*\.[0-9a-f]{12}[./]/.test(path) || /^search\/[0-9a-f]{12}\//.test(path)) event.respondWith(kept(event, "parts"));
  else if (/^search\/\w+\.json$/.test(path) || path === "assets/brand.css") event.respondWith(fresh(event, "parts"));
  else if (path.startsWith("media/")) event.respondWith(renewed(event, "pictures"));
});

const whole = (response) => response.status === 200 && response.type === "basic" && !response.redirected;

// Without its query: a search is answered by the page itself.
const plain = (request) => {
  const url = new URL(request.url);
  url.search = "";
  url.hash = "";
  return url.href;
};

async function page(event) {
  const { request } = event;
  const old = (await match(plain(request), "visited")) ?? (await (await caches.open(pinnedName)).match(plain(request)));
  try {
    const response = await timely(load(event), old);
    if (whole(response)) event.waitUntil(put("visited", plain(request), response.clone()));
    else if (response.status === 404 || response.status === 410) event.waitUntil(drop("visited", plain(request)));
    return response;
  } catch {
    return old ?? (await offline()) ?? Response.error();
  }
}

// It stands at the address that was asked for, so that its links cannot be relative to its own.
async function offline() {
  const kept = await (await caches.open(pinnedName)).match(local(OFFLINE));
  const text = (await kept?.text())?.replaceAll('"../', `"${root.pathname}`);
  return text && new Response(text, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

async function load(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

// Nobody waits longer than this for a page that is at hand.
function timely(answer, old) {
  if (!old) return answer;
  return Promise.race([answer, new Promise((_, fail) => setTimeout(() => fail(new Error("too late")), PATIENCE))]);
}

// What carries the hash of its bytes in its name never changes.
async function kept(event, name) {
  const { request } = event;
  const old = await match(request.url, name) ?? await (await caches.open(pinnedName)).match(request.url);
  if (old) return old;
  const response = await fetch(request);
  if (whole(response)) event.waitUntil(put(name, request.url, response.clone()));
  return response;
}

async function fresh(event, name) {
  const { request } = event;
  const old = await match(request.url, name) ?? await (await caches.open(pinnedName)).match(request.url);
  try {
    // Else a browser gives what it kept itself; whoever asks past every cache is taken at their word.
    const response = await fetch(request, { cache: request.cache === "reload" ? "reload" : "no-cache" });
    if (whole(response)) event.waitUntil(put(name, request.url, response.clone()));
    return response;
  } catch {
    return old ?? Response.error();
  }
}

// A picture that is at hand is shown at once, and asked for anew behind it.
async function renewed(event, name) {
  const old = await match(event.request.url, name);
  const answer = fetch(event.request).then((response) => {
    if (whole(response)) event.waitUntil(put(name, event.request.url, response.clone()));
    return response;
  });
  if (!old) return answer;
  event.waitUntil(answer.catch(() => {}));
  return old;
}

async function match(address, name) {
  return (await caches.open(prefix + name)).match(address);
}

// The last visited come last; what was not visited for long goes.
async function put(name, address, response) {
  const cache = await caches.open(prefix + name);
  await cache.delete(address);
  await cache.put(address, response);
  const requests = await cache.keys();
  for (const request of requests.slice(0, Math.max(0, requests.length - KEPT[name]))) await cache.delete(request);
}

async function drop(name, address) {
  await (await caches.open(prefix + name)).delete(address);
}
