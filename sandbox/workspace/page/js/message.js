// One message, as an article.

import { renderBlocks } from "./blocks.js";
import { clock, fullTime, whenOf } from "./dates.js";
import { h, icon, link } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { FormState } from "./form.js";
import { mrkdwn } from "./mrkdwn.js";
import { nameOf, state, user } from "./store.js";

const forms = new Map(); // channel and ts -> FormState; inputs in messages keep their values over edits

function formOf(message) {
  const key = `${state.me}/${message.channel}/${message.ts}`;
  if (!forms.has(key)) forms.set(key, new FormState());
  return forms.get(key).adopt(message.blocks);
}

export const authorOf = (message) => message.bot?.name || nameOf(message.user);
const isBot = (message) => Boolean(message.bot || user(message.user)?.is_bot);

const initials = (name) => name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0].toUpperCase()).join("");

/** A round tile with initials; the colour is only decoration. */
export function avatar(id, name, bot = false, emoji = "") {
  const node = h("span", { class: bot ? "avatar bot" : "avatar", "aria-hidden": "true" });
  const sign = emoji ? withEmoji(emoji) : "";
  if (sign && !sign.includes(":") && !sign.includes("/")) node.append(sign);
  else node.append(bot ? icon("ramp") : initials(name || "?"));
  const color = /^#?([0-9a-f]{6})$/i.exec(user(id)?.color || "");
  if (color && !bot) {
    const [r, g, b] = [0, 2, 4].map((i) => Number.parseInt(color[1].slice(i, i + 2), 16));
    node.style.backgroundColor = `#${color[1]}`;
    node.style.color = r * 0.299 + g * 0.587 + b * 0.114 > 150 ? "#14252b" : "#ffffff";
  }
  return node;
}

export function userBadges(person) {
  if (!person) return [];
  const badges = [];
  if (person.is_bot) badges.push("App");
  if (person.is_owner) badges.push("Owner");
  else if (person.is_admin) badges.push("Admin");
  if (person.is_ultra_restricted) badges.push("Single-channel guest");
  else if (person.is_restricted) badges.push("Guest");
  if (person.is_stranger) badges.push("External");
  if (person.deleted) badges.push("Deactivated");
  return badges;
}

export const badge = (text) => h("span", { class: "badge" }, text);

function body(message, ctx) {
  if (message.deleted) return h("p", { class: "muted" }, "This message was deleted.");
  // What a person typed is its text; the rich_text block beside it only repeats it for the bot.
  const typed = !isBot(message) && message.text;
  const node = message.blocks?.length && !typed
    ? h("div", { class: "blocks" }, renderBlocks(message.blocks, ctx))
    : h("div", { class: "text", dir: "auto" }, mrkdwn(message.text));
  const extras = [(message.attachments || []).map((a) => attachment(a, ctx)), (message.files || []).map(file)].flat();
  return extras.length ? h("div", {}, node, extras) : node;
}

const attachment = (part, ctx) => h("div", { class: "attachment", dir: "auto" },
  part.title && h("strong", {}, part.title_link ? link(part.title_link, part.title) : part.title),
  part.blocks?.length ? renderBlocks(part.blocks, ctx) : h("div", { class: "text" }, mrkdwn(part.text ?? part.fallback ?? "")));

const file = (one) => h("div", { class: "attachment" },
  one.url_private ? link(one.url_private, one.title || one.name || "File") : one.title || one.name || "File");

/** "(edited)" stands at the end of the words, inside their own box. */
function withEdited(node, message) {
  if (message.edited && !message.deleted) node.append(h("span", { class: "edited" }, "(edited)"));
  return node;
}

export function renderMessage(message, { compact, inThread, onThread, onDismiss }) {
  const who = authorOf(message);
  const when = whenOf(message.ts);
  const node = h("article", {
    class: ["message", compact && "compact", message.ephemeral_to && "ephemeral"].filter(Boolean).join(" "),
    role: "article", "data-ts": message.ts, "aria-label": `${who}, ${clock(when)}`, tabindex: "-1",
  });
  const ctx = {
    container: { type: "message", channel: message.channel, ts: message.ts },
    form: formOf(message),
    root: () => document.querySelector(`article[data-ts="${CSS.escape(message.ts)}"]`),
  };
  const time = h("time", { datetime: when.toISOString(), title: fullTime(when) }, clock(when));
  const canReply = !inThread && !message.ephemeral_to && !message.deleted;
  const head = compact ? null : h("header", { class: "message-head" },
    h("bdi", { class: "author" }, who),
    (isBot(message) ? ["App"] : userBadges(user(message.user)).filter((b) => b !== "Admin" && b !== "Owner")).map(badge), time);
  node.append(
    compact ? h("span", { class: "gutter" }, time) : avatar(message.user, who, isBot(message), message.bot?.icon),
    h("div", { class: "message-main" }, [
      message.ephemeral_to ? h("p", { class: "only-you" }, icon("eye"), h("span", {}, "Only visible to you"),
        h("button", { type: "button", class: "linkish", on: { click: () => onDismiss(message) } }, "Dismiss")) : null,
      head,
      withEdited(body(message, ctx), message),
      message.reply_count && !inThread ? h("button", {
        type: "button", class: "linkish replies", on: { click: () => onThread(message) },
      }, icon("reply"), `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`) : null,
    ].filter(Boolean)));
  if (canReply) {
    node.append(h("div", { class: "message-tools" }, h("button", {
      type: "button", class: "quiet", "aria-label": `Reply in thread to ${who}`, title: "Reply in thread",
      on: { click: () => onThread(message) },
    }, icon("reply"))));
  }
  return node;
}
