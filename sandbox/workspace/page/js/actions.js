// Pressing things: the confirm dialog, the spinner while the bot has not answered, and the triangle when it did not.

import { post } from "./api.js";
import { h, icon, safeUrl, uid } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { withEmoji } from "./emoji.js";
import { state } from "./store.js";
import { saidInPlace, toast } from "./toast.js";

export const TROUBLE = "We had some trouble connecting. Try again?";

export const textOf = (object) => (object?.type === "mrkdwn" ? mrkdwn(object.text) : withEmoji(object?.text ?? ""));

/** Keep Tab inside a dialog; the browser's own trap lets it slip to the address bar. */
export function trapTab(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const usable = "a[href], button:not([disabled]), input:not([disabled]), select, textarea, [tabindex='0']";
    const stops = [...dialog.querySelectorAll(usable)].filter((node) => node.getClientRects().length && node.tabIndex >= 0);
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (!stops.length || document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  });
}

/** Slack's confirmation dialog; resolves to true or false. */
export function askConfirm(confirm) {
  return new Promise((resolve) => {
    const body = uid("confirm");
    const title = confirm.title?.text ? withEmoji(confirm.title.text) : "Are you sure?";
    const done = (answer) => () => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const yes = h("button", {
      type: "button", class: confirm.style === "danger" ? "danger" : "primary", on: { click: done(true) },
    }, textOf(confirm.confirm ?? { text: "Yes" }));
    const dialog = h("dialog", { class: "modal confirm", role: "dialog", "aria-label": title, "aria-describedby": body },
      h("header", { class: "modal-head" }, h("h2", {}, title)),
      h("div", { class: "modal-body", id: body, dir: "auto" }, textOf(confirm.text)),
      h("footer", { class: "modal-foot" },
        h("button", { type: "button", on: { click: done(false) } }, textOf(confirm.deny ?? { text: "Cancel" })), yes));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      done(false)();
    });
    document.body.append(dialog);
    trapTab(dialog);
    dialog.showModal();
    yes.focus();
  });
}

function showProblem(ctx, blockId, node, text) {
  const block = node?.isConnected ? node.closest(".block") : ctx.root?.()?.querySelector(`[data-block-id="${CSS.escape(blockId)}"]`);
  if (!block) {
    toast(text, "problem");
    return;
  }
  saidInPlace(text);
  clearProblem(block);
  block.append(h("p", { class: "problem", role: "alert" }, icon("warn"), text));
}

const clearProblem = (block) => block?.querySelectorAll(":scope > .problem").forEach((old) => old.remove());

function busy(node, on) {
  if (!node) return;
  const waiting = Math.max(0, Number(node.dataset.waiting || 0) + (on ? 1 : -1));
  node.dataset.waiting = waiting;
  if (waiting) node.setAttribute("aria-busy", "true");
  else node.removeAttribute("aria-busy");
}

/**
 * Send one element's action. Every press is delivered, as in Slack: telling presses apart is the bot's duty.
 * Resolves to false only when the person said no in the confirm dialog.
 */
export async function act(ctx, block, element, action, node) {
  if (element.confirm && !(await askConfirm(element.confirm))) return false;
  const url = safeUrl(element.url ?? action.selected_option?.url ?? "");
  if (url) window.open(url, "_blank", "noopener,noreferrer");
  clearProblem(node?.closest(".block"));
  busy(node, true);
  try {
    const answer = await post("action", {
      user: state.me,
      container: ctx.container,
      block_id: block.block_id,
      action_id: element.action_id,
      action: { type: element.type, ...action },
      state: ctx.form.collect(),
    });
    if (!answer.ok) showProblem(ctx, block.block_id, node, answer.problem || TROUBLE);
  } catch (error) {
    showProblem(ctx, block.block_id, node, error.message || TROUBLE);
  } finally {
    busy(node, false);
  }
  return true;
}
