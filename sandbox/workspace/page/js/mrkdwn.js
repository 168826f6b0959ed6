// Slack's mrkdwn to DOM nodes. Nothing here knows how to make markup out of data: every leaf is a text node.

import { fragment, h, link, safeUrl } from "./dom.js";
import { EMOJI_PATTERN, emojiOf } from "./emoji.js";
import { formatSlackDate } from "./dates.js";
import { channel, nameOf, user } from "./store.js";

const ENTITY = { amp: "&", lt: "<", gt: ">" };
export const unescapeText = (text) => text.replace(/&(amp|lt|gt);/g, (_, name) => ENTITY[name]);

const MARKS = { "*": "strong", _: "em", "~": "s" };
const WORD = /[^\s\u200b\p{P}\p{S}]/u; // signs that are not seen, such as a word joiner, are part of a word; a space of no width is not
const URL_PATTERN = /https?:\/\/[^\s<>|`"]+[^\s<>|`"*_~.,;:!?')\]]/y;
const FAR = 4000; // how far a closing mark is looked for, so that hostile text stays cheap

export const mention = (label, me = false) => h("span", { class: me ? "mention me" : "mention" }, label);

/** What stands between < and >; null when it is not something Slack knows. */
function token(body) {
  const bar = body.indexOf("|");
  const head = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : unescapeText(body.slice(bar + 1));
  if (/^@[UW][A-Z0-9]+$/.test(head)) return mention(`@${user(head.slice(1)) ? nameOf(head.slice(1)) : label || head.slice(1)}`);
  if (/^#[CGD][A-Z0-9]+$/.test(head)) return mention(`#${channel(head.slice(1))?.name || label || head.slice(1)}`);
  if (/^!(here|channel|everyone)$/.test(head)) return mention(`@${head.slice(1)}`);
  if (head.startsWith("!subteam^")) return mention(label || "@group");
  if (head.startsWith("!date^")) return date(head.slice(6), label);
  const url = unescapeText(head);
  return safeUrl(url) && /^(https?:|mailto:)/i.test(url) ? link(url, label || url.replace(/^mailto:/i, "")) : null;
}

function date(rest, fallback) {
  const [seconds, format, target] = rest.split("^");
  const text = formatSlackDate(Number(seconds), unescapeText(format || "{date}")) ?? fallback;
  const node = h("time", { datetime: isoOf(seconds) }, text || fallback);
  return target && safeUrl(unescapeText(target)) ? link(unescapeText(target), node) : node;
}

function isoOf(seconds) {
  const when = new Date(Number(seconds) * 1000);
  return Number.isNaN(when.getTime()) ? null : when.toISOString();
}

/** Index of the mark that closes the one at `at`, or -1. Marks inside words and around spaces do not count. */
function closing(text, at) {
  const mark = text[at];
  const before = text[at - 1];
  const after = text[at + 1];
  if ((before && WORD.test(before)) || !after || /\s/.test(after) || after === mark) return -1;
  const end = Math.min(text.length, at + FAR);
  for (let i = at + 1; i < end; i += 1) {
    const c = text[i];
    if (c === "\n") return -1;
    if (c === "`" || c === "<") {
      const skip = text.indexOf(c === "<" ? ">" : "`", i + 1);
      if (skip > 0 && skip < end) i = skip;
    } else if (c === mark && !/\s/.test(text[i - 1]) && !(text[i + 1] && WORD.test(text[i + 1]))) return i;
  }
  return -1;
}

function sticky(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** One construct starting at `at`: {node, next}, or null when the character is only a character. */
function construct(text, at) {
  const c = text[at];
  if (c === "`") {
    const end = text.indexOf("`", at + 1);
    const body = text.slice(at + 1, end);
    if (end <= at + 1 || body.includes("\n")) return null;
    return { node: h("code", {}, codeText(body)), next: end + 1 };
  }
  if (c === "<") {
    const end = text.indexOf(">", at);
    const node = end > at ? token(text.slice(at + 1, end)) : null;
    return node && { node, next: end + 1 };
  }
  if (c === ":") {
    const found = sticky(EMOJI_PATTERN, text, at);
    const sign = found && emojiOf(found[1]);
    return sign ? { node: emojiNode(sign, found[1]), next: at + found[0].length } : null;
  }
  if (MARKS[c]) {
    const end = closing(text, at);
    return end < 0 ? null : { node: h(MARKS[c], {}, inline(text.slice(at + 1, end))), next: end + 1 };
  }
  if (c === "h" && !(text[at - 1] && WORD.test(text[at - 1]))) {
    const found = sticky(URL_PATTERN, text, at);
    return found && { node: link(unescapeText(found[0])), next: at + found[0].length };
  }
  return null;
}

export const emojiNode = (sign, name) => h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, sign);

/** Inside code Slack still resolves <https://…|text> to its visible part. */
const codeText = (body) => unescapeText(body.replace(/<(?:[^<>|]*\|)?([^<>]*)>/g, "$1"));

export function inline(text) {
  const out = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const found = construct(text, at);
    if (found) {
      if (plain) out.push(unescapeText(plain));
      plain = "";
      out.push(found.node);
      at = found.next;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain) out.push(unescapeText(plain));
  return out;
}

const KINDS = [
  ["quote", /^(?:>|&gt;) ?(.*)$/],
  ["bullet", /^\s*[•◦▪-] +(.*)$/],
  ["number", /^\s*(?:\d{1,3})\. +(.*)$/],
];

function classify(line) {
  for (const [kind, pattern] of KINDS) {
    const found = pattern.exec(line);
    if (found) return { kind, body: found[1], line };
  }
  return { kind: "text", body: line, line };
}

function group(kind, rows) {
  const lines = rows.map((row) => row.body);
  if (kind === "quote") return h("blockquote", {}, inline(lines.join("\n")));
  if (kind === "bullet") return h("ul", {}, lines.map((line) => h("li", {}, inline(line))));
  if (kind === "number") {
    const start = Number.parseInt(rows[0].line.trim(), 10);
    return h("ol", { start }, lines.map((line) => h("li", {}, inline(line))));
  }
  return h("div", { class: "lines" }, inline(lines.join("\n")));
}

function lines(text) {
  const everything = /^(?:>>>|&gt;&gt;&gt;) ?([\s\S]*)$/.exec(text);
  if (everything) return [h("blockquote", {}, inline(everything[1]))];
  const out = [];
  let rows = [];
  const flush = () => {
    if (rows.length) out.push(group(rows[0].kind, rows));
    rows = [];
  };
  for (const row of text.split("\n").map(classify)) {
    if (rows.length && rows[0].kind !== row.kind) flush();
    rows.push(row);
  }
  flush();
  return out;
}

/** A whole mrkdwn text. */
export function mrkdwn(text) {
  const out = [];
  const pattern = /```\n?([\s\S]+?)\n?```/g;
  const source = String(text ?? "");
  let from = 0;
  for (const found of source.matchAll(pattern)) {
    const before = source.slice(from, found.index).replace(/\n$/, "");
    if (before) out.push(...lines(before));
    out.push(h("pre", { tabindex: "0" }, h("code", {}, codeText(found[1]))));
    from = found.index + found[0].length;
  }
  const rest = source.slice(from).replace(from ? /^\n/ : /^$/, "");
  if (rest) out.push(...lines(rest));
  return fragment(out);
}
