// The service worker: pages always come from the network, and a plain page stands in when there is none.
// Files whose names change with their content are kept, a bounded number of them; a font that changes gets a new name.
// It never stores a page, and never touches the API, the live socket, or anything that is not a GET.

const VERSION = "1";
const SHELL = `magentic-shell-${VERSION}`;
const ASSETS = `magentic-assets-${VERSION}`;
const OURS = "magentic-";
const MAX_ASSETS = 80;

const OFFLINE_PAGE = "/offline.html";
const PRECACHE = [OFFLINE_PAGE, "/offline.css", "/favicon.svg"];
const KEPT = ["/pkg/", "/fonts/"];
const NEVER = ["/api", "/live"];

// "name.3fJk0aQ9x_Zb7Lw2.wasm": a development build has no such names, and nothing of it is kept.
const HASHED = /\.[\w-]{16,}\.\w+$/;

const under = (path, prefix) => path === prefix || path.startsWith(`${prefix}/`);

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(PRECACHE.map((url) => new Request(url, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      const old = names.filter((name) => name.startsWith(OURS) && name !== SHELL && name !== ASSETS);
      await Promise.all(old.map((name) => caches.delete(name)));
      if (self.registration.navigationPreload) {
        await self.registration.navigationPreload.enable();
      }
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;

  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (NEVER.some((prefix) => under(url.pathname, prefix))) return;

  if (request.mode === "navigate") {
    event.respondWith(page(event));
  } else if (KEPT.some((prefix) => url.pathname.startsWith(prefix))) {
    event.respondWith(asset(event));
  } else if (PRECACHE.includes(url.pathname)) {
    event.respondWith(fetch(request).catch(() => precached(url.pathname)));
  }
});

// Pages: the network's answer whatever it says; the offline page only when there is no answer at all.
async function page(event) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return precached(OFFLINE_PAGE);
  }
}

async function precached(path) {
  const cache = await caches.open(SHELL);
  return (await cache.match(path)) || Response.error();
}

// Assets: what we have, else the network, keeping whole successful answers of the right kind.
async function asset(event) {
  const cache = await caches.open(ASSETS);
  const known = await cache.match(event.request);
  if (known) return known;

  const response = await fetch(event.request);
  if (response.status === 404) event.waitUntil(renew(event.clientId));
  if (storable(event.request, response)) {
    const copy = response.clone();
    event.waitUntil(cache.put(event.request, copy).then(() => trim(cache)));
  }
  return response;
}

// A page that was open while a new release came asks for parts that are gone: it starts afresh, at most once a minute.
let renewed = 0;
async function renew(id) {
  const client = id && (await self.clients.get(id));
  if (!client || Date.now() - renewed < 60_000) return;
  renewed = Date.now();
  await client.navigate(client.url);
}

// A server that answers a missing file with a page must not have that page kept under the file's name.
function storable(request, response) {
  const { pathname } = new URL(request.url);
  const type = response.headers.get("content-type") || "";
  const rules = response.headers.get("cache-control") || "";
  const lasting = pathname.startsWith("/fonts/") || HASHED.test(pathname) || rules.includes("immutable");
  const whole = response.status === 200 && response.type === "basic" && !type.startsWith("text/html");
  return lasting && whole && !rules.includes("no-store");
}

// The oldest leave first: a cache lists its entries in the order they came.
async function trim(cache) {
  const entries = await cache.keys();
  await Promise.all(entries.slice(0, Math.max(0, entries.length - MAX_ASSETS)).map((entry) => cache.delete(entry)));
}
