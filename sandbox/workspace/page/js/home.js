// The bot's Home tab.

import { redraw } from "./blocks.js";
import { fill, h } from "./dom.js";
import { FormState } from "./form.js";
import { botName, on, state } from "./store.js";

const inner = h("div", { class: "home-blocks" });
export const homePane = h("section", { class: "home scroller", "aria-label": "Home tab", tabindex: "0" }, inner);

let form = new FormState();
let owner = "";

export function drawHome() {
  if (owner !== state.me) {
    form = new FormState();
    owner = state.me;
  }
  const view = state.home;
  if (!view) {
    const words = state.homeLoaded
      ? `${botName()} has not put anything here yet. Once it does, it appears by itself.`
      : "Opening…";
    fill(inner, h("p", { class: "empty" }, words));
    return;
  }
  form.adopt(view.blocks);
  redraw(inner, view.blocks, { container: { type: "view", view_id: view.id }, form, root: () => inner });
}

export const startHome = () => on("home", drawHome);
