// What a reader wrote is kept in localStorage, and from the disk a second time in IndexedDB. On a busy computer Chromium
// now and then loads such a page anew with an empty localStorage of its own, whose content no other page ever sees:
// the page then takes from the second copy what is younger than what it found, as if another tab had just written it.
(() => {
  const STORE = "texts";
  const stamp = (key) => `${key}-kept-at`;
  let database; // once it was read

  window.keepText = (key, text) => {
    localStorage.setItem(key, text); // or an error, which is the caller's
    if (!database) return;
    const at = Date.now();
    localStorage.setItem(stamp(key), at);
    const writing = database.transaction(STORE, "readwrite");
    writing.objectStore(STORE).put({ text, at }, key);
    writing.commit(); // the page may be left now
  };

  if (location.protocol !== "file:" || !window.indexedDB) return;
  const opening = indexedDB.open("digits-from-arrays-up");
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  opening.onsuccess = () => {
    const reading = opening.result.transaction(STORE).objectStore(STORE).openCursor();
    reading.onsuccess = () => {
      const cursor = reading.result;
      if (!cursor) {
        database = opening.result;
        return;
      }
      const { text, at } = cursor.value;
      if (at > Number(localStorage.getItem(stamp(cursor.key)))) {
        localStorage.setItem(cursor.key, text);
        localStorage.setItem(stamp(cursor.key), at);
        dispatchEvent(new StorageEvent("storage", { key: cursor.key }));
      }
      cursor.continue();
    };
  };
})();
