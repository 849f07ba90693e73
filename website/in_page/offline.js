// The service worker of the pages. It is registered by the first click on *Run*, and from then on keeps what
// was opened: a lesson opens again without a connection, and Python is loaded once for all lessons.
const CACHE = "course";
// The pieces of Python: their names change with what they hold, so what is kept is never out of date.
const PIECE = /\/_static\/in_page\/[0-9a-f]{16}\.js$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// A page names what it consists of, and the pieces there are; those of an earlier version go.
async function keep({ keep, pieces }) {
  const cache = await caches.open(CACHE);
  const ours = keep.filter((address) => new URL(address).origin === location.origin);
  const lacking = await Promise.all(ours.map(async (address) => !(await cache.match(address))));
  await Promise.allSettled(ours.filter((_, i) => lacking[i]).map((address) => cache.add(address)));
  for (const { url } of await cache.keys()) {
    if (PIECE.test(url) && !pieces.includes(url.split("/").at(-1))) await cache.delete(url);
  }
}
self.addEventListener("message", (event) => event.waitUntil(keep(event.data)));

async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept && PIECE.test(request.url)) return kept;
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone()).catch(() => {}); // full: then it is not kept
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && new URL(url).origin === location.origin) event.respondWith(answer(event.request));
});
