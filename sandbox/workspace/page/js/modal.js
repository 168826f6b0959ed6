// The stack of modals. Only the top one is seen; the ones below keep what was entered in them.

import { post } from "./api.js";
import { TROUBLE, textOf, trapTab } from "./actions.js";
import { clearFieldError, redraw, showFieldError } from "./blocks.js";
import { fill, h, icon, spinner } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { complaints, FormState } from "./form.js";
import { on, state } from "./store.js";
import { saidInPlace } from "./toast.js";

const open = new Map(); // view id -> ModalView
let returnFocus = null;

class ModalView {
  constructor(view) {
    this.form = new FormState();
    this.ctx = {
      container: { type: "view", view_id: view.id },
      form: this.form,
      root: () => this.body,
      onChange: (blockId) => clearFieldError(this.body, blockId),
    };
    this.build();
    this.update(view);
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.focusFirst();
  }

  build() {
    this.title = h("h2", { dir: "auto" });
    this.body = h("div", { class: "modal-body" });
    this.trouble = h("div", { class: "modal-trouble" });
    this.cancel = h("button", { type: "button", on: { click: () => this.leave(false) } });
    this.submit = h("button", { type: "submit", class: "press primary" });
    const leave = h("button", {
      type: "button", class: "quiet square", "aria-label": "Dismiss dialog", on: { click: () => this.leave(state.stack.length > 1) },
    }, icon("close"));
    this.formNode = h("form", { novalidate: true, on: { submit: (event) => this.send(event) } },
      h("header", { class: "modal-head" }, this.title, leave),
      this.body, this.trouble,
      h("footer", { class: "modal-foot" }, this.cancel, this.submit));
    this.dialog = h("dialog", { class: "modal", role: "dialog" }, this.formNode);
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.leave(false);
    });
    trapTab(this.dialog);
  }

  update(view) {
    const same = this.view && JSON.stringify(this.view) === JSON.stringify(view);
    this.view = view;
    if (same) return;
    const title = withEmoji(view.title?.text ?? "");
    const hasInputs = (view.blocks || []).some((block) => block.type === "input");
    this.dialog.setAttribute("aria-label", title);
    this.dialog.dataset.viewId = view.id;
    this.dialog.dataset.callbackId = view.callback_id || "";
    fill(this.title, title);
    const canSubmit = Boolean(view.submit || hasInputs);
    fill(this.cancel, textOf(view.close ?? { text: canSubmit ? "Cancel" : "Close" }));
    fill(this.submit, textOf(view.submit ?? { text: "Submit" }), spinner());
    this.submit.hidden = !canSubmit;
    this.showTrouble(null);
    this.form.adopt(view.blocks);
    const hadFocus = this.dialog.contains(document.activeElement);
    redraw(this.body, view.blocks, this.ctx);
    // What had the focus may be gone with the update; never let it fall out of the dialog, nor move what is being read.
    if (hadFocus && !this.dialog.contains(document.activeElement)) this.focusFirst({ preventScroll: true });
  }

  focusFirst(how) {
    const wanted = [...(this.view.blocks || [])].find((block) => block.element?.focus_on_load);
    const scope = wanted ? this.body.querySelector(`[data-block-id="${CSS.escape(wanted.block_id)}"]`) : this.body;
    const field = scope?.querySelector(".block-input input, .block-input textarea, input, textarea");
    (field || (this.submit.hidden ? this.cancel : this.submit)).focus(how);
  }

  waiting(yes) {
    this.busy = yes;
    this.submit.disabled = yes;
    this.formNode.setAttribute("aria-busy", String(yes));
    if (yes) this.submit.setAttribute("aria-busy", "true");
    else this.submit.removeAttribute("aria-busy");
  }

  showTrouble(text) {
    if (text) saidInPlace(text);
    fill(this.trouble, text && h("p", { class: "problem", role: "alert" }, icon("warn"), text));
  }

  showErrors(errors) {
    const elsewhere = Object.entries(errors).filter(([blockId, text]) => !showFieldError(this.body, blockId, text));
    if (elsewhere.length) this.showTrouble(elsewhere.map(([, text]) => text).join(" "));
    this.body.querySelector("[aria-invalid]")?.focus();
  }

  async send(event) {
    event.preventDefault();
    if (this.busy || this.submit.hidden) return;
    this.showTrouble(null);
    const errors = complaints(this.view.blocks, this.form);
    for (const block of this.view.blocks || []) clearFieldError(this.body, block.block_id);
    if (Object.keys(errors).length) {
      this.showErrors(errors);
      return;
    }
    this.waiting(true);
    try {
      const answer = await post("submit", { user: state.me, view_id: this.view.id, state: this.form.collect() });
      this.waiting(false);
      if (answer.errors) this.showErrors(answer.errors);
      else if (!answer.ok) this.showTrouble(answer.problem || TROUBLE);
    } catch (error) {
      this.waiting(false);
      this.showTrouble(error.message || TROUBLE);
    }
  }

  async leave(all) {
    try {
      await post("close", { user: state.me, view_id: this.view.id, ...(all ? { all: true } : {}) });
    } catch (error) {
      if (error.status !== 404) this.showTrouble(error.message);
      else {
        // The server knows nothing of it any more, so there is nothing to wait for.
        state.stack = state.stack.filter((view) => view.id !== this.view.id);
        syncStack(state.stack);
      }
    }
  }

  remove() {
    this.dialog.close();
    this.dialog.remove();
  }
}

/** Make what is on screen agree with the stack, bottom first. */
export function syncStack(stack) {
  const ids = new Set(stack.map((view) => view.id));
  if (stack.length && !open.size) returnFocus = document.activeElement;
  for (const [id, modal] of open) {
    if (ids.has(id)) continue;
    modal.remove();
    open.delete(id);
  }
  for (const view of stack) {
    if (open.has(view.id)) open.get(view.id).update(view);
    else open.set(view.id, new ModalView(view));
  }
  stack.forEach((view, index) => open.get(view.id).dialog.classList.toggle("under", index < stack.length - 1));
  const top = stack.length && open.get(stack.at(-1).id);
  if (top && !top.dialog.contains(document.activeElement) && !document.querySelector("dialog.confirm")) top.focusFirst();
  if (stack.length) return;
  if (returnFocus?.isConnected) returnFocus.focus();
  returnFocus = null;
}

export function startModals() {
  on("views", () => syncStack(state.stack));
}
