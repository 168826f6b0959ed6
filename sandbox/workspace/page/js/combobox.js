// One select for all of Slack's select elements: typing narrows, arrows move, Enter picks, Esc closes.
// The list is a popover, so that a modal's scrolling body cannot cut it off.

import { debounce, fill, h, icon, uid } from "./dom.js";
import { withEmoji } from "./emoji.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
export const labelOf = (option) => withEmoji(option?.text?.text ?? option?.value ?? "");
const same = (a, b) => Boolean(a && b && a.value === b.value && labelOf(a) === labelOf(b));

/** Source over options that are already here. */
export const localSource = (groups) => async (query) => {
  const wanted = fold(query);
  return groups
    .map((group) => ({ ...group, options: group.options.filter((o) => fold(labelOf(o)).includes(wanted)) }))
    .filter((group) => group.options.length);
};

export class Combobox {
  /**
   * settings: {id, label, labelledby, placeholder, multi, max, clearable, selected: [option], source, remote,
   *            minQuery, key, onChange(selected), onCommit(selected)}
   */
  constructor(settings) {
    this.s = { placeholder: "Choose…", minQuery: 0, onChange() {}, onCommit() {}, ...settings };
    this.selected = [...(settings.selected || [])];
    this.active = -1;
    this.options = [];
    this.round = 0;
    this.listId = uid("list");
    this.build();
    this.searchSoon = debounce(this.s.remote ? 160 : 0, () => this.search());
    this.paint();
  }

  build() {
    const { s } = this;
    this.input = h("input", {
      id: s.id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder: s.placeholder,
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.listId,
      "aria-label": s.label, "aria-labelledby": s.labelledby, "data-key": s.key,
      on: {
        click: () => this.open(),
        input: () => this.open(true),
        keydown: (event) => this.key(event),
        blur: () => this.close(),
      },
    });
    this.chips = h("span", { class: "chips" });
    this.clearButton = h("button", {
      type: "button", class: "quiet square combo-clear", "aria-label": "Clear choice",
      on: { click: () => { this.choose([]); this.commit(); this.input.focus(); } },
    }, icon("close"));
    this.list = h("ul", {
      id: this.listId, role: "listbox", class: "combo-list", popover: "manual", "aria-label": "Choices",
      "aria-multiselectable": s.multi ? "true" : null, on: { mousedown: (event) => event.preventDefault() },
    });
    this.field = h("div", { class: "combo-field", on: { mousedown: (event) => this.fieldPressed(event) } },
      this.chips, this.input, this.clearButton, icon("down"));
    this.node = h("div", { class: "combo" }, this.field, this.list);
    this.place = () => this.position();
  }

  fieldPressed(event) {
    if (event.target === this.input || event.target.closest("button")) return;
    event.preventDefault();
    this.input.focus();
    if (this.isOpen) this.close();
    else this.open();
  }

  get isOpen() {
    return this.input.getAttribute("aria-expanded") === "true";
  }

  /** Show what is chosen: chips for several, the option's words in the field for one. */
  paint() {
    const { multi, clearable, placeholder } = this.s;
    if (multi) {
      fill(this.chips, this.selected.map((option) => h("span", { class: "chip" }, h("bdi", {}, labelOf(option)),
        h("button", {
          type: "button", class: "quiet square", "aria-label": `Remove ${labelOf(option)}`,
          on: { click: () => { this.toggle(option); this.commit(); this.input.focus(); } },
        }, icon("close")))));
      this.input.value = "";
      this.input.placeholder = this.selected.length ? "" : placeholder;
    } else this.input.value = this.selected.length ? labelOf(this.selected[0]) : "";
    this.clearButton.hidden = !(clearable && this.selected.length && !multi);
  }

  async open(typed = false) {
    if (!this.isOpen) {
      this.input.setAttribute("aria-expanded", "true");
      this.before = [...this.selected];
      this.query = typed;
      this.list.showPopover?.();
      window.addEventListener("scroll", this.place, true);
      window.addEventListener("resize", this.place);
      if (!typed) this.input.select();
    }
    if (typed) this.query = true;
    if (typed && this.s.remote) this.searchSoon();
    else await this.search();
  }

  close() {
    if (!this.isOpen) return;
    this.round += 1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.list.hidePopover?.();
    window.removeEventListener("scroll", this.place, true);
    window.removeEventListener("resize", this.place);
    this.paint();
    if (this.s.multi) this.commit();
  }

  position() {
    const field = this.field.getBoundingClientRect();
    const below = window.innerHeight - field.bottom - 12;
    const up = below < 180 && field.top > below;
    const { style } = this.list;
    style.left = `${Math.max(8, Math.min(field.left, window.innerWidth - Math.max(field.width, 220) - 8))}px`;
    style.minWidth = `${Math.max(field.width, 220)}px`;
    style.maxHeight = `${Math.min(320, up ? field.top - 12 : below)}px`;
    style.top = up ? "auto" : `${field.bottom + 4}px`;
    style.bottom = up ? `${window.innerHeight - field.top + 4}px` : "auto";
  }

  async search() {
    if (!this.isOpen) return;
    const query = this.query ? this.input.value.trim() : "";
    this.round += 1;
    const { round } = this;
    if (query.length < this.s.minQuery) {
      const n = this.s.minQuery;
      this.note(`Type ${n === 1 ? "a letter" : `at least ${n} letters`} to search`);
      return;
    }
    if (this.s.remote) this.note("Loading…", true);
    try {
      const groups = await this.s.source(query);
      if (round === this.round) this.show(groups);
    } catch (error) {
      if (round === this.round) this.note(error.message || "The choices could not be loaded.");
    }
  }

  note(text, loading = false) {
    this.options = [];
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    fill(this.list, h("li", { class: "combo-note", role: "presentation" }, loading && h("span", { class: "spinner" }), text));
    this.position();
  }

  show(groups) {
    this.options = [];
    const rows = [];
    for (const group of groups) {
      const items = group.options.map((option) => this.row(option));
      if (!group.label) rows.push(...items);
      else {
        const id = uid("group");
        rows.push(h("li", { role: "presentation" }, h("div", { class: "combo-group", id }, group.label),
          h("ul", { role: "group", "aria-labelledby": id }, items)));
      }
    }
    if (!rows.length) {
      this.note("Nothing found");
      return;
    }
    fill(this.list, rows);
    this.position();
    const chosen = this.options.findIndex(({ option }) => this.selected.some((s) => same(s, option)));
    this.move(this.query || chosen < 0 ? 0 : chosen);
  }

  row(option) {
    const index = this.options.length;
    const chosen = this.selected.some((s) => same(s, option));
    const node = h("li", {
      id: `${this.listId}-${index}`, role: "option", "aria-selected": String(chosen), dir: "auto",
      on: { click: () => this.pick(option), mousemove: () => this.active !== index && this.move(index, false) },
    }, h("span", { class: "combo-check" }, chosen && icon("check")),
    h("span", {}, labelOf(option), option.description && h("small", {}, withEmoji(option.description.text))));
    this.options.push({ option, node });
    return node;
  }

  move(index, scroll = true) {
    this.options[this.active]?.node.classList.remove("active");
    this.active = Math.max(0, Math.min(index, this.options.length - 1));
    const row = this.options[this.active]?.node;
    if (!row) return;
    row.classList.add("active");
    if (scroll) row.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", row.id);
  }

  pick(option) {
    if (this.s.multi) {
      this.toggle(option);
      this.query = false;
      this.search();
      return;
    }
    this.choose([option]);
    this.close();
    this.commit();
  }

  toggle(option) {
    const rest = this.selected.filter((s) => !same(s, option));
    if (rest.length < this.selected.length) this.choose(rest);
    else if (!this.s.max || rest.length < this.s.max) this.choose([...rest, option]);
  }

  choose(selected) {
    this.before ??= [...this.selected];
    this.selected = selected;
    this.paint();
    this.s.onChange(selected);
  }

  /** Tell the world once per visit, and only when something changed. */
  commit() {
    const { before } = this;
    this.before = undefined;
    const unchanged = before && before.length === this.selected.length && before.every((b, i) => same(b, this.selected[i]));
    if (before && !unchanged) this.s.onCommit(this.selected, before);
  }

  key(event) {
    const { key } = event;
    if (key === "Backspace" && this.s.multi && !this.input.value && this.selected.length) this.toggle(this.selected.at(-1));
    else if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) this.open();
      else this.move(this.active + (key === "ArrowDown" ? 1 : -1));
    } else if (!this.isOpen) {
      if (key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        this.open();
      }
    } else if (key === "Enter") {
      event.preventDefault();
      if (this.options[this.active]) this.pick(this.options[this.active].option);
    } else if (key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}
