// Short notices in the corner. Problems stay until they are put away, the rest leaves by itself.

import { h, icon } from "./dom.js";

const box = document.getElementById("toasts");

const told = new Map(); // text -> when it was last said elsewhere on the page

/** This is already said where it happened: no notice in the corner needs to repeat it, before or after. */
export function saidInPlace(text) {
  told.set(text, Date.now());
  for (const node of box.querySelectorAll(".toast")) if (node.querySelector("p").textContent === text) node.remove();
}

export function toast(text, level = "info") {
  if (Date.now() - (told.get(text) ?? 0) < 3000) return;
  const bad = ["error", "warning", "problem"].includes(level);
  const node = h("div", { class: `toast ${bad ? "bad" : ""}`, role: bad ? "alert" : "status" },
    icon(bad ? "warn" : "check"),
    h("p", { dir: "auto" }, text),
    h("button", { type: "button", class: "quiet square", "aria-label": "Dismiss notice", on: { click: () => node.remove() } },
      icon("close")));
  box.append(node);
  while (box.children.length > 4) box.firstChild.remove();
  if (!bad) setTimeout(() => node.remove(), 8000);
}
