// The editor of an answer: CodeMirror, which the build bundles into one plain script.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, keymap, ViewPlugin } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

// What a word processor or a chat made of code, as Python wants it.
export function asTyped(text) {
  return text
    .replaceAll("\u00a0", " ")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/^(>>>|\.\.\.) /gm, "");
}

// What is left of a line that is too long begins deeper than the line: at the margin it would look like Python's end of a block.
const hanging = ViewPlugin.fromClass(
  class {
    constructor(view) {
      this.update({ view, docChanged: true });
    }
    update({ view, docChanged, viewportChanged }) {
      if (!docChanged && !viewportChanged) return;
      const found = [];
      for (const { from, to } of view.visibleRanges) {
        for (let at = from; at <= to; ) {
          const line = view.state.doc.lineAt(at);
          const depth = line.text.match(/^ */)[0].length + 4;
          const style = `padding-left: calc(6px + ${depth}ch); text-indent: -${depth}ch`;
          found.push(Decoration.line({ attributes: { style } }).range(line.from));
          at = line.to + 1;
        }
      }
      this.lines = Decoration.set(found, true);
    }
  },
  { decorations: ({ lines }) => lines },
);

window.courseEditor = ({ parent, text, attributes, passing, onChange, onRun }) => {
  const run = () => (onRun(), true);
  // By itself CodeMirror forgets an Escape after two seconds.
  const leave = {
    focus: (event, view) => view.setTabFocusMode(passing()),
    keydown: ({ key }, view) => {
      if (key === "Escape") view.setTabFocusMode(true);
      else if (!["Tab", "Shift"].includes(key)) view.setTabFocusMode(false);
    },
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        EditorView.lineWrapping,
        hanging,
        python(),
        syntaxHighlighting(classHighlighter),
        EditorView.contentAttributes.of(attributes),
        EditorView.clipboardInputFilter.of(asTyped),
        EditorView.domEventHandlers(leave),
        keymap.of([
          { key: "Shift-Enter", run },
          { key: "Mod-Enter", run },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        EditorView.updateListener.of((update) => update.docChanged && onChange()),
      ],
    }),
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(text) {
      const changes = { from: 0, to: view.state.doc.length, insert: text };
      view.dispatch({ changes, userEvent: "input" });
    },
    type(text, back = 0) {
      const { from, to } = view.state.selection.main;
      view.dispatch({
        changes: { from, to, insert: text },
        selection: { anchor: from + text.length - back },
        scrollIntoView: true,
        userEvent: "input.type",
      });
      view.focus();
    },
    move(by) {
      const { head } = view.state.selection.main;
      view.dispatch({ selection: { anchor: Math.max(0, Math.min(view.state.doc.length, head + by)) } });
    },
    focus: () => view.focus(),
    get focused() {
      return view.hasFocus;
    },
  };
};
