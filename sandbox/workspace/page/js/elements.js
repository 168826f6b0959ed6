// The interactive elements other than selects. Each renderer gets the element and its surroundings:
// env = {ctx, block, id, label, labelledby, key, dispatch, optional}.

import { act, textOf } from "./actions.js";
import { fromLocalInput, toLocalInput } from "./dates.js";
import { arrowKeys, debounce, h, icon, safeUrl, spinner, uid } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { fieldOf } from "./form.js";
import { isSelect, select } from "./selects.js";

const names = (env) => ({ id: env.id, "aria-label": env.label, "aria-labelledby": env.labelledby, "data-key": env.key });

function store(element, env, value) {
  env.ctx.form.set(env.block.block_id, element, value);
  env.ctx.onChange?.(env.block.block_id);
}

/** Store a changed value, and tell the bot when this element does so; a refused confirm puts the old value back. */
async function change(element, env, value, node, undo) {
  const before = env.ctx.form.get(env.block.block_id, element);
  store(element, env, value);
  if (!env.dispatch) return;
  if (await act(env.ctx, env.block, element, { [fieldOf(element)]: value }, node)) return;
  store(element, env, before);
  undo(before);
}

function button(element, env) {
  const external = safeUrl(element.url ?? "");
  const node = h("button", {
    type: "button",
    class: `press ${["primary", "danger"].includes(element.style) ? element.style : ""}`,
    "aria-label": element.accessibility_label,
    "data-key": env.key,
    title: external,
    on: { click: () => act(env.ctx, env.block, element, {}, node) },
  }, h("bdi", {}, textOf(element.text)), external && icon("out"), spinner());
  return node;
}

function overflow(element, env) {
  const list = h("ul", { class: "combo-list menu", role: "menu", popover: "auto", id: uid("menu") });
  const opener = h("button", {
    type: "button", class: "press square", "aria-label": env.label || "More choices", "aria-haspopup": "menu",
    "data-key": env.key, popovertarget: list.id,
  }, icon("more"), spinner());
  for (const option of element.options || []) {
    const run = () => {
      list.hidePopover();
      opener.focus();
      act(env.ctx, env.block, element, { selected_option: option }, opener);
    };
    list.append(h("li", { role: "none" }, h("button", { type: "button", role: "menuitem", class: "quiet", on: { click: run } },
      h("bdi", {}, textOf(option.text)), option.description && h("small", {}, textOf(option.description)))));
  }
  list.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    const at = opener.getBoundingClientRect();
    list.style.top = `${Math.min(at.bottom + 4, window.innerHeight - list.offsetHeight - 8)}px`;
    list.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - list.offsetWidth - 8))}px`;
    list.querySelector("button")?.focus();
  });
  arrowKeys(list);
  return h("span", { class: "overflow" }, opener, list);
}

function choices(element, env) {
  const several = element.type === "checkboxes";
  const name = uid("choice");
  const chosen = () => [].concat(env.ctx.form.get(env.block.block_id, element) ?? []);
  const inputs = (element.options || []).map((option, index) => h("input", {
    id: `${name}-${index}`, type: several ? "checkbox" : "radio", name, "data-key": `${env.key}:${index}`,
    checked: chosen().some((c) => c.value === option.value),
  }));
  const repaint = () => inputs.forEach((input, i) => {
    input.checked = chosen().some((c) => c.value === element.options[i].value);
  });
  const group = h("div", {
    class: "choices", role: several ? "group" : "radiogroup", "aria-label": env.label, "aria-labelledby": env.labelledby, id: env.id,
  }, inputs.map((input, i) => {
    const option = element.options[i];
    const about = `${input.id}-about`;
    input.addEventListener("change", () => {
      const picked = element.options.filter((_, n) => inputs[n].checked);
      change(element, env, several ? picked : picked[0] ?? null, group, repaint);
    });
    if (option.description) input.setAttribute("aria-describedby", about);
    return h("div", { class: "choice" }, input,
      h("div", {}, h("label", { for: input.id, dir: "auto" }, textOf(option.text)),
        option.description && h("small", { id: about, dir: "auto" }, textOf(option.description))));
  }));
  return group;
}

/** date, time and datetime pickers differ only in how the browser's value becomes Slack's. */
const PICKERS = {
  datepicker: { type: "date", out: (v) => v || null, in: (v) => v ?? "" },
  timepicker: { type: "time", out: (v) => v || null, in: (v) => v ?? "" },
  datetimepicker: { type: "datetime-local", out: fromLocalInput, in: (v) => (v ? toLocalInput(v) : "") },
};

function picker(element, env) {
  const kind = PICKERS[element.type];
  const node = h("input", {
    ...names(env), type: kind.type, class: "field picker", value: kind.in(env.ctx.form.get(env.block.block_id, element)),
    title: withEmoji(element.placeholder?.text ?? ""),
    on: {
      change: () => change(element, env, kind.out(node.value), node, (before) => {
        node.value = kind.in(before);
      }),
    },
  });
  return node;
}

const TEXT_TYPES = { plain_text_input: "text", email_text_input: "email", url_text_input: "url", number_input: "number" };

function textInput(element, env) {
  const value = env.ctx.form.get(env.block.block_id, element);
  const common = {
    ...names(env), class: "field", value: value ?? "", placeholder: withEmoji(element.placeholder?.text ?? ""),
    maxlength: element.max_length, dir: "auto", autocomplete: "off",
  };
  const node = element.multiline
    ? h("textarea", { ...common, rows: "4" })
    : h("input", {
      ...common, type: TEXT_TYPES[element.type], spellcheck: "false",
      step: element.type === "number_input" && element.is_decimal_allowed ? "any" : null,
      min: element.min_value, max: element.max_value,
    });
  const current = () => (node.value === "" ? null : node.value);
  const triggers = element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  const send = () => act(env.ctx, env.block, element, { value: current() }, node);
  const sendSoon = debounce(250, send);
  node.addEventListener("input", () => {
    store(element, env, current());
    if (env.dispatch && triggers.includes("on_character_entered")) sendSoon();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey || !env.dispatch || !triggers.includes("on_enter_pressed")) return;
    event.preventDefault();
    send();
  });
  return node;
}

const plainRichText = (value) => (value?.elements || [])
  .map((part) => (part.elements || []).map((leaf) => leaf.text ?? "").join("")).join("\n");

/** Formatting while typing is left out; the payload has the shape all the same. */
function richTextInput(element, env) {
  const node = h("textarea", {
    ...names(env), class: "field", rows: "4", dir: "auto", placeholder: withEmoji(element.placeholder?.text ?? ""),
    value: plainRichText(env.ctx.form.get(env.block.block_id, element)),
    on: {
      input: () => store(element, env, node.value === "" ? null : {
        type: "rich_text",
        elements: [{ type: "rich_text_section", elements: [{ type: "text", text: node.value }] }],
      }),
    },
  });
  return node;
}

const RENDERERS = {
  button,
  workflow_button: button,
  overflow,
  checkboxes: choices,
  radio_buttons: choices,
  datepicker: picker,
  timepicker: picker,
  datetimepicker: picker,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  rich_text_input: richTextInput,
};

export const keyOf = (block, element) => `${block.block_id}/${element.action_id}`;

export function renderElement(element, env) {
  const full = { ...env, key: keyOf(env.block, element) };
  if (isSelect(element.type)) return select(element, full);
  const make = RENDERERS[element.type];
  return make ? make(element, full) : h("span", { class: "unknown" }, `(“${element.type}” is not shown in the local workspace)`);
}
