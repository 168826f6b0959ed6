// The right pane: one thread.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { fill, h, icon } from "./dom.js";
import { MessageList } from "./messages.js";
import { channel, emit, on, placeTitle, putMessage, recall, remember, state } from "./store.js";
import { toast } from "./toast.js";

const node = document.getElementById("thread");
const app = document.getElementById("app");

export class ThreadPane {
  constructor({ onDismiss }) {
    this.list = new MessageList({ label: "Thread", inThread: true, onDismiss });
    this.composer = new Composer({
      id: "thread-box",
      onSent: () => this.list.toEnd(),
      target: () => state.thread && { channel: state.thread.channel, thread_ts: state.thread.ts, label: "Reply in thread" },
    });
  }

  start(onClosed) {
    this.onClosed = onClosed;
    on("thread", () => state.thread && this.list.draw(state.thread.messages));
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      this.close();
      this.onClosed();
    });
    const before = recall("thread");
    // The pane is opened again after a reload, once its channel is in view.
    if (before) on("place", () => state.place.id === before.channel && !this.restored && this.restore(before));
  }

  restore({ channel: id, ts }) {
    this.restored = true;
    this.open(id, ts, { focus: false });
  }

  async open(channelId, ts, { focus = true } = {}) {
    this.restored = true;
    state.thread = { channel: channelId, ts, messages: [] };
    remember("thread", { channel: channelId, ts });
    const ch = channel(channelId);
    fill(node,
      h("header", { class: "main-head" },
        h("div", { class: "main-title" }, h("h2", {}, "Thread"), ch && h("p", { dir: "auto" }, placeTitle(ch))),
        h("button", {
          type: "button", class: "quiet square", "aria-label": "Close thread",
          on: { click: () => { this.close(); this.onClosed(); } },
        }, icon("close"))),
      this.list.node, this.composer.node);
    node.hidden = false;
    app.classList.add("with-thread");
    this.list.reset("Messages in the thread");
    this.composer.moved();
    if (focus) this.composer.box.focus();
    try {
      const { messages } = await api.messages(state.me, channelId, ts);
      if (state.thread?.ts !== ts) return;
      const arrived = state.thread.messages;
      state.thread.messages = messages;
      arrived.forEach((message) => putMessage(message));
      emit("thread");
    } catch (error) {
      toast(error.message, "error");
    }
  }

  close() {
    if (!state.thread) return;
    state.thread = null;
    remember("thread", null);
    node.hidden = true;
    node.replaceChildren();
    app.classList.remove("with-thread");
  }
}
