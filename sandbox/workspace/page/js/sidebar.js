// The left column: who one is, where one can go, and what is around.

import { fill, fragment, h, icon, link } from "./dom.js";
import { avatar, badge, userBadges } from "./message.js";
import { bot, botName, directMessages, nameOf, on, otherOf, people, state, titleOf, unreadOf, user, visibleChannels } from "./store.js";

const node = document.getElementById("sidebar");

const count = (n) => (n ? h("span", { class: "count" }, String(n), h("span", { class: "sr" }, " unread")) : null);

function place(isHere, go, ...content) {
  return h("li", {}, h("button", {
    type: "button", class: "place", "aria-current": isHere ? "page" : null, on: { click: go },
  }, content));
}

function group(title, items) {
  if (!items.length) return null;
  return h("nav", { "aria-label": title }, h("h2", {}, title), h("ul", {}, items));
}

const roleWords = (person) => {
  const badges = userBadges(person);
  return badges.length ? ` (${badges.join(", ").toLowerCase()})` : "";
};

function whoAmI({ onUser }) {
  const me = user(state.me);
  const select = h("select", { id: "who", on: { change: () => onUser(select.value) } },
    people().map((u) => h("option", { value: u.id, selected: u.id === state.me }, nameOf(u.id) + roleWords(u))));
  return h("div", { class: "who" },
    h("label", { for: "who" }, "You are"),
    h("div", { class: "who-row" }, select),
    me && h("p", { class: "who-about" },
      h("span", { dir: "auto" }, [me.title, me.email].filter(Boolean).join(" · ")), userBadges(me).map(badge)));
}

function channelRow(ch, { onPlace }) {
  const here = state.place.kind === "channel" && state.place.id === ch.id;
  const unread = here ? 0 : unreadOf(ch);
  return place(here, () => onPlace({ kind: "channel", id: ch.id }),
    icon(ch.kind === "private" ? "lock" : "hash"),
    h("bdi", { class: unread ? "name unread" : "name" }, ch.name), ch.archived && h("small", {}, "archived"), count(unread));
}

function directRow(ch, { onPlace }) {
  const here = state.place.kind === "channel" && state.place.id === ch.id;
  const unread = here ? 0 : unreadOf(ch);
  const other = otherOf(ch);
  return place(here, () => onPlace({ kind: "channel", id: ch.id }),
    avatar(other, titleOf(ch), user(other)?.is_bot),
    h("bdi", { class: unread ? "name unread" : "name" }, titleOf(ch)), user(other)?.is_bot && badge("App"), count(unread));
}

function draw(handlers) {
  const home = bot() && place(state.place.kind === "home", () => handlers.onPlace({ kind: "home" }),
    icon("home"), h("span", { class: "name" }, "Home"), h("small", {}, botName()));
  fill(node, fragment(
    h("div", { class: "brand" },
      h("span", { class: "logo", "aria-hidden": "true" }, icon("ramp")),
      h("div", {}, h("strong", { dir: "auto" }, state.team.name), h("span", {}, "local workspace"))),
    whoAmI(handlers),
    h("div", { class: "places" },
      group("Overview", home ? [home] : []),
      group("Channels", visibleChannels().map((ch) => channelRow(ch, handlers))),
      group("Direct messages", directMessages().map((ch) => directRow(ch, handlers)))),
    h("footer", { class: "around" },
      state.links.length ? h("nav", { "aria-label": "What is around" }, h("h2", {}, "What is around"),
        h("ul", {}, state.links.map((l) => h("li", {}, link(l.url, h("span", {}, l.label), icon("out")))))) : null,
      h("p", { class: "connection", role: "status" }, h("span", { class: state.online ? "dot on" : "dot", "aria-hidden": "true" }),
        state.online ? "Live. Nothing leaves this computer." : "Connection lost. Trying again…"))));
}

/** Redraw without losing the keyboard's place. */
function redraw(handlers) {
  const buttons = () => [...node.querySelectorAll("button, select")];
  const at = buttons().indexOf(document.activeElement);
  const scroll = node.querySelector(".places")?.scrollTop ?? 0;
  draw(handlers);
  if (at >= 0) buttons()[at]?.focus({ preventScroll: true });
  node.querySelector(".places").scrollTop = scroll;
}

export function startSidebar(handlers) {
  for (const topic of ["boot", "me", "place", "channels", "online"]) on(topic, () => redraw(handlers));
}
