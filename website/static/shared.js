// What the scripts of the pages share: elements, scripts loaded later, a file to take away, and what the browser keeps.
window.shared = (() => {
  function element(tag, properties = {}, ...inside) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...inside);
    return made;
  }

  function loadScript(src) {
    return new Promise((onload, onerror) => document.head.append(element("script", { src, onload, onerror })));
  }

  function download(name, text, type) {
    element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name }).click();
  }

  const isMap = (thing) => typeof thing === "object" && thing !== null && !Array.isArray(thing);

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  // ---- The second copy
  // From the disk what is kept in localStorage is kept in IndexedDB too. On a busy computer Chromium now and then loads such
  // a page anew with an empty localStorage of its own, whose content no other page ever sees: the page then takes
  // from the second copy what is younger than what it found, as if another tab had just written it.

  const STORE = "texts";
  const stamp = (key) => `${key}-kept-at`;
  let database; // once it was read

  function copy(key, text) {
    if (!database) return;
    const at = Date.now();
    localStorage.setItem(stamp(key), at);
    const writing = database.transaction(STORE, "readwrite");
    writing.objectStore(STORE).put({ text, at }, key);
    writing.commit(); // the page may be left now
  }

  if (location.protocol === "file:" && window.indexedDB) {
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
  }

  // ---- A value that the browser keeps for its reader, under a key

  class Kept {
    constructor(key, anew, isGood = isMap) {
      Object.assign(this, { key, anew, isGood });
      this.isRefused = false; // the browser forbids it, or is full: then what this page knows is more than what it has
      this.wasDamaged = false;
      this.value = anew();
      this.recall();
    }

    // Takes what the browser has by now: another tab may have written.
    recall() {
      if (this.isRefused) return;
      let text = null;
      try {
        text = localStorage.getItem(this.key);
      } catch {} // forbidden
      if (text === null) return; // then what this page knows is all there is
      const value = parsed(text);
      if (this.isGood(value)) this.value = value;
      else this.setAside(text);
    }

    // What no page of ours can have written takes nothing away: it goes elsewhere, for whoever can read it.
    setAside(text) {
      this.wasDamaged = true;
      this.value = this.anew();
      try {
        localStorage.setItem(`${this.key}-damaged`, text);
      } catch {} // full
    }

    // Changes what the browser has by now.
    change(make) {
      this.recall();
      this.value = make(this.value);
      const text = JSON.stringify(this.value);
      try {
        localStorage.setItem(this.key, text);
        this.isRefused = false;
        copy(this.key, text);
      } catch {
        this.isRefused = true;
      }
    }

    // Calls `renew` whenever another page may have changed it, or the reader comes back to this one.
    watch(renew) {
      const again = () => {
        this.recall();
        renew();
      };
      addEventListener("storage", ({ key }) => [this.key, null].includes(key) && again());
      addEventListener("pageshow", again);
      document.addEventListener("visibilitychange", () => document.hidden || again());
    }
  }

  return { element, loadScript, download, isMap, parsed, Kept };
})();
