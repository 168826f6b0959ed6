// The "markdown" block: ordinary Markdown, as much of it as a bot's answer needs.

import { fragment, h, link } from "./dom.js";
import { emojiOf } from "./emoji.js";
import { emojiNode } from "./mrkdwn.js";

const INLINE = [
  [/^`([^`\n]+)`/, (m) => h("code", {}, m[1])],
  [/^!?\[([^\]\n]*)\]\((\S+?)(?:\s+"[^"]*")?\)/, (m) => link(m[2], inline(m[1]))],
  [/^<((?:https?:\/\/|mailto:)[^\s<>]+)>/, (m) => link(m[1])],
  [/^\*\*(?=\S)([\s\S]*?\S)\*\*/, (m) => h("strong", {}, inline(m[1]))],
  [/^__(?=\S)([\s\S]*?\S)__/, (m) => h("strong", {}, inline(m[1]))],
  [/^~~(?=\S)([\s\S]*?\S)~~/, (m) => h("s", {}, inline(m[1]))],
  [/^\*(?=\S)([^*\n]*?\S)\*/, (m) => h("em", {}, inline(m[1]))],
  [/^_(?=\S)([^_\n]*?\S)_(?!\w)/, (m) => h("em", {}, inline(m[1]))],
  [/^:([a-z0-9_+-]+):/i, (m) => (emojiOf(m[1]) ? emojiNode(emojiOf(m[1]), m[1]) : null)],
  [/^https?:\/\/[^\s<>)]+[^\s<>).,;:!?]/, (m) => link(m[0])],
];

export function inline(text) {
  const out = [];
  let plain = "";
  let at = 0;
  const wordBefore = () => at > 0 && /\w/.test(text[at - 1]);
  while (at < text.length) {
    if (text[at] === "\\" && /[\\`*_{}[\]()#+.!~|<>-]/.test(text[at + 1] || "")) {
      plain += text[at + 1];
      at += 2;
      continue;
    }
    const special = "`![<*_~:h".includes(text[at]) && !(wordBefore() && "_h".includes(text[at]));
    const found = special ? firstMatch(text.slice(at, at + 4000)) : null;
    if (found) {
      if (plain) out.push(plain);
      plain = "";
      out.push(found.node);
      at += found.length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain) out.push(plain);
  return out;
}

function firstMatch(rest) {
  for (const [pattern, make] of INLINE) {
    const match = pattern.exec(rest);
    const node = match && make(match);
    if (node) return { node, length: match[0].length };
  }
  return null;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

function table(rows) {
  const [head, , ...body] = rows;
  return h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", {},
    h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", { scope: "col" }, inline(cell))))),
    h("tbody", {}, body.map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, inline(cell))))))));
}

const item = (body) => {
  const task = /^\[([ xX])\] +(.*)$/.exec(body);
  return h("li", {}, task ? [task[1] === " " ? "☐ " : "☑ ", inline(task[2])] : inline(body));
};

/** Kinds of line groups: how a line is recognised, what of it is kept, and what a run of them becomes. */
const GROUPS = [
  [/^\s*[-*+] +(.*)$/, (bodies) => h("ul", {}, bodies.map(item))],
  [/^\s*\d+[.)] +(.*)$/, (bodies) => h("ol", {}, bodies.map(item))],
  [/^> ?(.*)$/, (bodies) => h("blockquote", {}, inline(bodies.join("\n")))],
];

export function markdown(source) {
  const rows = String(source ?? "").replaceAll("\r\n", "\n").split("\n");
  const out = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) out.push(h("p", { class: "lines" }, inline(paragraph.join("\n"))));
    paragraph = [];
  };
  const takeWhile = (from, keep) => {
    let end = from;
    while (end < rows.length && keep(rows[end])) end += 1;
    return rows.slice(from, end);
  };
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i];
    const heading = /^(#{1,6}) +(.*?)#*$/.exec(row);
    const kind = GROUPS.find(([pattern]) => pattern.test(row));
    if (row.startsWith("```")) {
      flush();
      const body = takeWhile(i + 1, (line) => !line.startsWith("```"));
      out.push(h("pre", { tabindex: "0" }, h("code", {}, body.join("\n"))));
      i += body.length + 1;
    } else if (heading) {
      flush();
      out.push(h(`h${Math.min(6, heading[1].length + 2)}`, {}, inline(heading[2])));
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(row)) {
      flush();
      out.push(h("hr"));
    } else if (row.includes("|") && /^\s*\|?\s*:?-{2,}/.test(rows[i + 1] || "")) {
      flush();
      const body = takeWhile(i, (line) => line.includes("|"));
      out.push(table(body));
      i += body.length - 1;
    } else if (kind) {
      flush();
      const [pattern, make] = kind;
      const body = takeWhile(i, (line) => pattern.test(line));
      out.push(make(body.map((line) => pattern.exec(line)[1])));
      i += body.length - 1;
    } else if (!row.trim()) flush();
    else paragraph.push(row);
  }
  flush();
  return fragment(out);
}
