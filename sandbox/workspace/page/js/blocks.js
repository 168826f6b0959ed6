// Block Kit layout blocks. ctx = {container, form, root(), onChange(blockId)} says whose blocks these are.

import { textOf } from "./actions.js";
import { fragment, h, icon, link, safeUrl, uid } from "./dom.js";
import { renderElement } from "./elements.js";
import { withEmoji } from "./emoji.js";
import { markdown } from "./markdown.js";
import { richText } from "./richtext.js";

/** The page may load nothing from elsewhere, so a foreign picture is shown by its words and a link. */
export function picture(element, className) {
  const url = element.image_url || element.slack_file?.url || "";
  const alt = element.alt_text || "";
  const local = url.startsWith("data:image/") || safeUrl(url)?.startsWith(`${location.origin}/`);
  if (local) return h("img", { src: url, alt, class: className, loading: "lazy" });
  if (className === "thumb-tiny") return h("span", { class: "thumb-tiny stand-in", role: "img", "aria-label": alt, title: alt }, (alt || "?")[0]);
  return h("span", { class: `${className} stand-in` }, h("span", { dir: "auto" }, alt || "Picture"),
    safeUrl(url) && h("small", {}, link(url, `picture at ${new URL(url).host}`)));
}

function section(block, ctx) {
  const textId = uid("text");
  const accessory = block.accessory;
  const labelled = block.text ? textId : null;
  return [
    h("div", { class: accessory ? "section with-accessory" : "section" },
      h("div", { class: "section-words", dir: "auto" },
        block.text && h("div", { id: textId, class: "text" }, textOf(block.text)),
        block.fields && h("div", { class: "fields" }, block.fields.map((f) => h("div", { class: "text", dir: "auto" }, textOf(f))))),
      accessory && h("div", { class: "accessory" }, accessory.type === "image"
        ? picture(accessory, "thumb")
        : renderElement(accessory, {
          ctx, block, dispatch: true, labelledby: accessory.type === "button" ? null : labelled,
          label: labelled ? null : accessory.placeholder?.text,
        }))),
  ];
}

const actions = (block, ctx) => h("div", { class: "actions" }, (block.elements || []).map((element) =>
  renderElement(element, { ctx, block, dispatch: true, label: withEmoji(element.placeholder?.text ?? "") || null })));

const context = (block) => h("div", { class: "context" }, (block.elements || []).map((element) =>
  (element.type === "image" ? picture(element, "thumb-tiny") : h("div", { class: "text", dir: "auto" }, textOf(element)))));

const GROUPED = new Set(["checkboxes", "radio_buttons"]);

function input(block, ctx) {
  const id = uid("field");
  const labelId = `${id}-label`;
  const grouped = GROUPED.has(block.element?.type);
  const words = [withEmoji(block.label?.text ?? ""), block.optional && h("span", { class: "optional" }, " (optional)")];
  const control = renderElement(block.element, {
    ctx, block, id, dispatch: Boolean(block.dispatch_action), optional: block.optional, labelledby: grouped ? labelId : null,
  });
  const target = control.id === id ? control : control.querySelector(`#${CSS.escape(id)}`);
  const hint = block.hint && h("p", { class: "hint", id: `${id}-hint`, dir: "auto" }, textOf(block.hint));
  if (hint) target?.setAttribute("aria-describedby", hint.id);
  if (!block.optional && !grouped) target?.setAttribute("aria-required", "true");
  return [
    grouped ? h("div", { class: "label", id: labelId, dir: "auto" }, words) : h("label", { class: "label", id: labelId, for: id, dir: "auto" }, words),
    control, hint,
  ];
}

function image(block) {
  const title = block.title?.text;
  return h("figure", {}, title && h("figcaption", { dir: "auto" }, textOf(block.title)), picture(block, "wide"));
}

function cell(content) {
  if (content?.type === "rich_text") return richText(content);
  return withEmoji(String(content?.text ?? content?.value ?? ""));
}

function table(block) {
  const [head = [], ...rows] = block.rows || [];
  const settings = block.column_settings || [];
  const look = (i) => `${["center", "right"].includes(settings[i]?.align) ? settings[i].align : ""} ${settings[i]?.is_wrapped ? "wrap" : ""}`.trim();
  return h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((c, i) => h("th", { scope: "col", class: look(i), dir: "auto" }, cell(c))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((c, i) => h("td", { class: look(i), dir: "auto" }, cell(c))))))));
}

const alertBlock = (block) => h("div", { class: `note ${block.level || block.style || ""}`, role: "note" },
  icon("warn"), h("div", { dir: "auto" }, textOf(block.text)));

const RENDERERS = {
  section,
  actions,
  context,
  context_actions: actions,
  divider: () => h("hr"),
  header: (block) => h("h3", { class: "block-header", dir: "auto" }, textOf(block.text)),
  image,
  input,
  rich_text: (block) => h("div", { class: "text", dir: "auto" }, richText(block)),
  markdown: (block) => h("div", { class: "text md", dir: "auto" }, markdown(block.text)),
  table,
  alert: alertBlock,
};

function render(block, ctx) {
  const make = RENDERERS[block.type];
  if (!make) return h("p", { class: "unknown" }, `(A “${block.type}” block is not shown in the local workspace.)`);
  return make(block, ctx);
}

export function renderBlocks(blocks, ctx) {
  return fragment((blocks || []).map((block) =>
    h("div", { class: `block block-${block.type}`, "data-block-id": block.block_id }, [render(block, ctx)].flat())));
}

/** Put an error under the input block it belongs to; false when there is no such field. */
export function showFieldError(root, blockId, text) {
  const block = root.querySelector(`.block-input[data-block-id="${CSS.escape(blockId)}"]`);
  if (!block) return false;
  clearFieldError(root, blockId);
  const id = uid("error");
  const control = block.querySelector("input, textarea, select");
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-errormessage", id);
  block.classList.add("has-error");
  block.append(h("p", { class: "field-error", id, role: "alert", dir: "auto" }, icon("warn"), text));
  return true;
}

export function clearFieldError(root, blockId) {
  const block = root?.querySelector(`.block-input[data-block-id="${CSS.escape(blockId)}"]`);
  if (!block) return;
  block.classList.remove("has-error");
  block.querySelectorAll(".field-error").forEach((old) => old.remove());
  block.querySelectorAll("[aria-invalid]").forEach((node) => node.removeAttribute("aria-invalid"));
}

/** Redraw blocks in place; what had the focus keeps it, with the caret where it was. */
export function redraw(root, blocks, ctx) {
  const had = root.contains(document.activeElement) ? document.activeElement : null;
  const key = had?.dataset.key;
  const caret = had && "selectionStart" in had ? [had.selectionStart, had.selectionEnd] : null;
  const top = root.scrollTop;
  root.replaceChildren(renderBlocks(blocks, ctx));
  root.scrollTop = top;
  if (!key) return;
  const again = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
  again?.focus({ preventScroll: true });
  if (again && caret?.[0] != null && typeof again.setSelectionRange === "function") {
    try {
      again.setSelectionRange(...caret);
    } catch {
      // number and date fields have no caret to restore
    }
  }
}
