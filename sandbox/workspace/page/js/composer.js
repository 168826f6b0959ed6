// Where a person writes: drafts, the list of commands, names after @, and sending.

import { post } from "./api.js";
import { fill, h, icon, spinner, uid } from "./dom.js";
import { people, recall, remember, state, botName, bot, nameOf, visibleChannels } from "./store.js";
import { saidInPlace } from "./toast.js";

const escape = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
const everyone = () => (bot() ? [bot(), ...people()] : people());

/** What Slack's client would send: escaped, with names turned into ids. Longest names first, so "Ann" leaves "Ann Lee" alone. */
export function toWire(text) {
  const names = everyone().flatMap((u) => [[nameOf(u.id), u.id], [u.name, u.id]]).filter(([name]) => name)
    .sort((a, b) => b[0].length - a[0].length);
  let out = escape(text);
  for (const [name, id] of names) out = out.replaceAll(`@${escape(name)}`, `<@${id}>`);
  for (const ch of visibleChannels()) {
    out = out.replace(new RegExp(`(^|\\s)#${ch.name.replace(/[^\w-]/g, "\\$&")}(?![\\w-])`, "g"), `$1<#${ch.id}|${ch.name}>`);
  }
  return out;
}

export class Composer {
  /** target(): {channel, thread_ts?, label, closed?} or null */
  constructor({ id, target, onSent }) {
    this.target = target;
    this.onSent = onSent;
    this.rows = [];
    this.active = 0;
    this.listId = uid("suggest");
    this.label = h("label", { class: "sr", for: id });
    this.box = h("textarea", {
      id, rows: "1", dir: "auto", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": this.listId,
      on: {
        input: () => this.changed(),
        keydown: (event) => this.key(event),
        blur: () => this.suggest([]),
        click: () => this.lookUp(),
      },
    });
    this.list = h("ul", {
      id: this.listId, class: "suggest", role: "listbox", "aria-label": "Suggestions", hidden: true,
      on: { mousedown: (event) => event.preventDefault() },
    });
    this.problem = h("div", { class: "composer-problem" });
    this.send = h("button", { type: "submit", class: "press primary square send", "aria-label": "Send" }, icon("send"), spinner());
    this.help = h("p", { class: "composer-help" });
    this.form = h("form", {
      class: "composer", on: { submit: (event) => { event.preventDefault(); this.submit(); } },
    }, this.problem, this.list, h("div", { class: "composer-row" }, this.label, this.box, this.send), this.help);
    this.node = this.form;
  }

  get draftKey() {
    const target = this.target();
    return target && `draft:${state.me}:${target.channel}:${target.thread_ts || ""}`;
  }

  /** Another place or person: its own draft and label. */
  moved() {
    const target = this.target();
    if (!target) return;
    this.label.textContent = target.label;
    this.box.placeholder = target.label;
    this.box.disabled = Boolean(target.closed);
    this.send.disabled = Boolean(target.closed);
    this.form.classList.toggle("closed", Boolean(target.closed));
    const key = (name) => h("kbd", {}, name);
    fill(this.help, target.closed || [
      key("Enter"), " sends · ", key("Shift"), "+", key("Enter"), " new line",
      target.thread_ts ? "" : [" · ", key("/"), " commands"],
    ]);
    this.box.value = recall(this.draftKey, "");
    this.grow();
    this.suggest([]);
    fill(this.problem);
  }

  fillIn(text) {
    this.box.value = text;
    this.changed();
    this.suggest([]);
    this.box.focus();
    this.box.setSelectionRange(text.length, text.length);
  }

  changed() {
    remember(this.draftKey, this.box.value);
    this.grow();
    this.lookUp();
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight + 2, 200)}px`;
  }

  lookUp() {
    const before = this.box.value.slice(0, this.box.selectionStart);
    const person = /(?:^|\s)@([\p{L}\p{N}._-]*)$/u.exec(before);
    if (before.startsWith("/") && !this.target()?.thread_ts) this.suggest(this.commandRows(before));
    else if (person) this.suggest(this.personRows(person[1].toLowerCase(), before));
    else this.suggest([]);
  }

  commandRows(typed) {
    const [head] = typed.split(/\s/);
    const spaced = /\s/.test(typed);
    return state.commands
      .filter((c) => (spaced ? c.command === head : c.command.startsWith(head)))
      .map((c) => ({
        title: c.command, hint: c.usage_hint, about: c.description,
        // Once the command itself is complete the row is only a reminder of what can follow.
        insert: spaced || typed === c.command ? null : `${c.command} `,
      }));
  }

  personRows(part, before) {
    const start = before.length - part.length - 1;
    return everyone()
      .filter((u) => nameOf(u.id).toLowerCase().split(/\s+/).concat(u.name || "").some((word) => word.toLowerCase().startsWith(part)))
      .slice(0, 8)
      .map((u) => ({ title: `@${nameOf(u.id)}`, about: u.title, insert: `${before.slice(0, start)}@${nameOf(u.id)} ` }));
  }

  suggest(rows) {
    this.rows = rows;
    this.active = rows.findIndex((row) => row.insert);
    this.list.hidden = !rows.length;
    fill(this.list, rows.map((row, index) => h("li", {
      id: `${this.listId}-${index}`, role: "option", "aria-selected": String(index === this.active),
      class: row.insert ? "" : "reminder", on: { click: () => this.take(row) },
    }, h("strong", {}, row.title), row.hint && h("code", {}, row.hint), row.about && h("small", {}, row.about))));
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((node, index) => {
      node.classList.toggle("active", index === this.active);
      node.setAttribute("aria-selected", String(index === this.active));
    });
    const node = this.list.children[this.active];
    if (node) this.box.setAttribute("aria-activedescendant", node.id);
    else this.box.removeAttribute("aria-activedescendant");
    node?.scrollIntoView({ block: "nearest" });
  }

  take(row) {
    if (!row.insert) return;
    const after = this.box.value.slice(this.box.selectionStart);
    this.box.value = row.insert + after;
    this.box.setSelectionRange(row.insert.length, row.insert.length);
    this.changed();
  }

  key(event) {
    if (event.isComposing) return;
    const choosing = !this.list.hidden && this.active >= 0;
    if (choosing && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.active = (this.active + step + this.rows.length) % this.rows.length;
      this.mark();
    } else if (choosing && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey) {
      event.preventDefault();
      this.take(this.rows[this.active]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.suggest([]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  showProblem(text) {
    if (text) saidInPlace(text);
    fill(this.problem, text && h("p", { class: "problem", role: "alert" }, icon("warn"), h("span", { dir: "auto" }, text)));
  }

  async submit() {
    const target = this.target();
    const typed = this.box.value.trim();
    if (!typed || !target || target.closed) return;
    const command = /^(\/[^\s/]\S*)(?:\s+([\s\S]*))?$/.exec(typed);
    if (command && target.thread_ts) {
      this.showProblem(`Commands do not work in threads. Type it in the conversation instead, or ask ${botName()} there.`);
      return;
    }
    const key = this.draftKey;
    this.showProblem(null);
    this.box.value = "";
    this.changed();
    this.send.setAttribute("aria-busy", "true");
    const give = (problem) => {
      this.showProblem(problem);
      // Give the words back, unless the person has gone on writing or went elsewhere.
      if (this.draftKey === key && !this.box.value) this.box.value = typed;
      remember(key, recall(key, "") || typed);
      this.grow();
    };
    const base = { user: state.me, channel: target.channel };
    try {
      const answer = command
        ? await post("command", { ...base, command: command[1], text: command[2] ?? "" })
        : await post("message", { ...base, text: toWire(typed), ...(target.thread_ts ? { thread_ts: target.thread_ts } : {}) });
      if (answer.ok === false) give(answer.problem || "That did not work.");
      else this.onSent?.();
    } catch (error) {
      give(error.message);
    } finally {
      this.send.removeAttribute("aria-busy");
    }
  }
}
