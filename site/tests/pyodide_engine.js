// Another Python behind the same three functions: Pyodide's core, which has no NumPy.
window.pythonEngine = (() => {
  let worker;
  let waiting;
  function work() {
    let python;
    let printed = "";
    onmessage = async ({ data }) => {
      try {
        if (data.folder) {
          const { loadPyodide } = await import(`${data.folder}pyodide.mjs`);
          python = await loadPyodide({ indexURL: data.folder, stdout: (line) => (printed += `${line}\n`) });
        } else {
          printed = "";
          python.runPython(data.source);
        }
        postMessage({ printed });
      } catch (error) {
        postMessage({ error: error.message });
      }
    };
  }
  function ask(message) {
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      worker.postMessage(message);
    });
  }
  async function start({ folder, first }, tell = () => {}) {
    const code = URL.createObjectURL(new Blob([`(${work})()`], { type: "text/javascript" }));
    worker = new Worker(code, { type: "module" });
    worker.onmessage = ({ data }) => ("error" in data ? waiting.reject(new Error(data.error)) : waiting.resolve(data.printed));
    await ask({ folder });
    tell(1);
    await run(first);
  }
  function run(source) {
    return ask({ source });
  }
  function stop() {
    worker?.terminate();
    worker = undefined;
    waiting?.reject(new Error("stopped"));
  }
  return { start, run, stop };
})();
