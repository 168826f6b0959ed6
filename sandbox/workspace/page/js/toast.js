// Short notices in the corner. Problems stay until they are put away, the rest leaves by itself.

import { fill, h, icon } from "./dom.js";

const box = document.getElementById("toasts");
const announcer = document.getElementById("announcer");

export function toast(text, level = "info") {
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

/** For screen readers: what just arrived. */
export function announce(text) {
  fill(announcer, text);
}
