// A list of messages that redraws only what changed, so that an edit elsewhere never disturbs what one is doing.

import { dayKey, dayLabel, whenOf } from "./dates.js";
import { h, icon } from "./dom.js";
import { renderMessage } from "./message.js";

const NEAR = 5 * 60; // messages of one author this close (in seconds) share a heading

const sameVoice = (a, b) => a && a.user === b.user && (a.bot?.name ?? "") === (b.bot?.name ?? "")
  && Boolean(a.ephemeral_to) === Boolean(b.ephemeral_to) && !b.ephemeral_to
  && Number(b.ts) - Number(a.ts) < NEAR && dayKey(whenOf(a.ts)) === dayKey(whenOf(b.ts));

export class MessageList {
  constructor({ label, inThread = false, onThread, onDismiss, intro }) {
    this.options = { inThread, onThread, onDismiss };
    this.intro = intro;
    this.drawn = new Map(); // key -> {signature, node}
    // A log tells screen readers what arrives; what is there from the start is not news, hence aria-busy until drawn.
    this.list = h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-busy": "true", "aria-label": label });
    this.scroller = h("div", { class: "scroller", tabindex: "0" }, this.list);
    this.jump = h("button", {
      type: "button", class: "jump press primary", hidden: true, on: { click: () => this.toEnd() },
    }, icon("down"), "New messages");
    this.node = h("div", { class: "message-pane" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => {
      this.atEnd = this.isAtEnd();
      if (this.atEnd) this.jump.hidden = true;
    });
    this.atEnd = true;
    // Pictures, tables and phone keyboards change heights after drawing; stay where one was.
    this.count = 0;
    const observer = new ResizeObserver(() => this.atEnd && this.toEnd());
    observer.observe(this.scroller);
    observer.observe(this.list);
  }

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < 60;
  }

  /** The end is where a reader belongs, except in an empty conversation: there the welcome is to be read. */
  toEnd() {
    this.scroller.scrollTop = this.count ? this.scroller.scrollHeight : 0;
    this.atEnd = true;
    this.jump.hidden = true;
  }

  reset(label) {
    this.drawn.clear();
    this.list.replaceChildren();
    this.list.setAttribute("aria-label", label);
    this.list.setAttribute("aria-busy", "true");
    this.count = 0;
    this.atEnd = true;
  }

  /** Draw a row again only when what it shows changed. */
  row(key, signature, make, next) {
    const before = this.drawn.get(key);
    const entry = before?.signature === signature ? before : { signature, node: make() };
    if (before && before !== entry && before.node.contains(document.activeElement)) this.keepFocus(before.node, entry.node);
    // A progress message is edited every second; reading each edit aloud would be a torture.
    if (before && before !== entry) entry.node.setAttribute("aria-live", "off");
    next.set(key, entry);
    return entry.node;
  }

  keepFocus(old, fresh) {
    const { key } = document.activeElement.dataset;
    requestAnimationFrame(() => {
      const again = key && fresh.querySelector(`[data-key="${CSS.escape(key)}"]`);
      // The pressed button is often gone with the edit; then the message itself is the place to go on from.
      (again || fresh).focus({ preventScroll: true });
    });
    old.dataset.old = "true";
  }

  draw(messages) {
    const next = new Map();
    const nodes = [];
    const intro = this.intro?.(messages);
    if (intro) nodes.push(this.row("intro", intro.signature, intro.make, next));
    let previous = null;
    for (const message of messages) {
      const day = dayKey(whenOf(message.ts));
      if (!previous || dayKey(whenOf(previous.ts)) !== day) {
        const label = dayLabel(whenOf(message.ts));
        nodes.push(this.row(`day ${day}`, label, () => h("div", { class: "day", role: "separator" }, h("span", {}, label)), next));
      }
      const compact = sameVoice(previous, message);
      const options = { ...this.options, compact };
      nodes.push(this.row(message.ts, JSON.stringify([message, compact]), () => renderMessage(message, options), next));
      previous = message;
    }
    this.place(nodes);
    this.drawn = next;
    requestAnimationFrame(() => this.list.setAttribute("aria-busy", "false"));
    const more = messages.length > this.count;
    this.count = messages.length;
    if (this.atEnd) this.toEnd();
    else if (more) this.jump.hidden = false;
  }

  /** Move as few nodes as possible: a moved node would lose focus and selection. */
  place(nodes) {
    const keep = new Set(nodes);
    for (const child of [...this.list.children]) if (!keep.has(child)) child.remove();
    nodes.forEach((node, index) => {
      const there = this.list.children[index];
      if (there !== node) this.list.insertBefore(node, there || null);
    });
  }
}
