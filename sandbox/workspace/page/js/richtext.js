// The "rich_text" block: already a tree, so it only has to be walked.

import { fragment, h, link } from "./dom.js";
import { formatSlackDate } from "./dates.js";
import { emojiOf } from "./emoji.js";
import { emojiNode, mention } from "./mrkdwn.js";
import { channel, nameOf } from "./store.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

function styled(node, style) {
  return Object.entries(STYLES).reduce((inner, [name, tag]) => (style?.[name] ? h(tag, {}, inner) : inner), node);
}

function unicodeOf(codes) {
  try {
    return String.fromCodePoint(...codes.split("-").map((code) => Number.parseInt(code, 16)));
  } catch {
    return null;
  }
}

const LEAVES = {
  text: (el) => el.text ?? "",
  link: (el) => link(el.url, el.text || el.url),
  user: (el) => mention(`@${nameOf(el.user_id)}`),
  channel: (el) => mention(`#${channel(el.channel_id)?.name || el.channel_id}`),
  usergroup: (el) => mention(`@${el.usergroup_id}`),
  broadcast: (el) => mention(`@${el.range}`),
  emoji: (el) => {
    const sign = emojiOf(el.name || "") || (el.unicode && unicodeOf(el.unicode));
    return sign ? emojiNode(sign, el.name || "emoji") : `:${el.name}:`;
  },
  date: (el) => formatSlackDate(el.timestamp, el.format || "{date}") ?? el.fallback ?? "",
  color: (el) => el.value ?? "",
};

const leaf = (el) => (LEAVES[el.type] ? styled(LEAVES[el.type](el), el.style) : "");
const leaves = (part) => (part.elements || []).map(leaf);

function list(part) {
  const ordered = part.style === "ordered";
  const node = h(ordered ? "ol" : "ul", {
    class: `indent-${Math.min(8, Number(part.indent) || 0)}`,
    start: ordered && part.offset ? part.offset + 1 : null,
  });
  node.append(...(part.elements || []).map((section) => h("li", {}, leaves(section))));
  return node;
}

const PARTS = {
  rich_text_section: (part) => h("div", { class: "lines" }, leaves(part)),
  rich_text_list: list,
  rich_text_quote: (part) => h("blockquote", {}, leaves(part)),
  rich_text_preformatted: (part) => h("pre", { tabindex: "0" }, h("code", {}, leaves(part))),
};

export const richText = (block) => fragment((block.elements || []).map((part) => PARTS[part.type]?.(part)));
