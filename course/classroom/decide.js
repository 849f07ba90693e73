"use strict";
// Gathers what is filled in as lines for by-hand.csv, and keeps it where the page is closed too soon.
const rows = [...document.querySelectorAll("fieldset")];
const lines = document.querySelector("textarea");
const quoted = text => '"' + text.replaceAll('"', '""') + '"';
const key = ({dataset: {student, exercise, version}}) => `${student} ${exercise} ${version}`;
const reason = row => row.closest("section").querySelector("[name=why]");

function keep(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name) ?? "";
    localStorage.setItem(name, value);
  } catch { /* a browser that keeps nothing: the lines are there to copy */ }
  return "";
}

function tell() {
  const decided = rows.filter(row => row.elements.points.value !== "");
  lines.value = decided.map(row => [
    row.dataset.student, row.dataset.exercise, row.elements.points.value, reason(row).value,
    row.dataset.version,
  ].map(quoted).join(",")).join("\n");
  for (const row of rows)
    for (const button of row.querySelectorAll("button"))
      button.ariaPressed = String(button.value === row.elements.points.value);
  for (const card of document.querySelectorAll("section"))
    card.classList.toggle("decided", [...card.querySelectorAll("[name=points]")].every(i => i.value !== ""));
  document.querySelector("output").textContent = `${decided.length} of ${rows.length}`;
}

for (const row of rows) {
  row.elements.points.value = keep(`points ${key(row)}`);
  reason(row).value ||= keep(`why ${key(row)}`);
}
addEventListener("click", event => {
  const {target} = event;
  if (target.id === "copy") {
    lines.select();
    navigator.clipboard?.writeText(lines.value);
  } else if (target.name === "share") {
    const {points} = target.closest("fieldset").elements;
    points.value = points.value === target.value ? "" : target.value;
    points.dispatchEvent(new Event("input", {bubbles: true}));
  }
});
addEventListener("input", () => {
  for (const row of rows) {
    keep(`points ${key(row)}`, row.elements.points.value);
    keep(`why ${key(row)}`, reason(row).value);
  }
  tell();
});
tell();
