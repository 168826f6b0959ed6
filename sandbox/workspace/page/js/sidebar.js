// The left column: who one is, where one can go, and what is around.

import { arrowKeys, fill, fragment, h, icon, link } from "./dom.js";
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

function whoAmI({ onUser }) {
  const me = user(state.me);
  const item = (person) => h("li", { role: "none" }, h("button", {
    type: "button", class: "person", role: "menuitemradio", "aria-checked": String(person.id === state.me),
    on: { click: () => { menu.hidePopover(); onUser(person.id); } },
  }, avatar(person.id, nameOf(person.id)),
  h("span", { class: "person-words" }, h("bdi", {}, nameOf(person.id)), h("small", {}, person.title)),
  userBadges(person).map(badge), person.id === state.me && icon("check")));
  const menu = h("ul", { id: "who-menu", class: "combo-list people", role: "menu", "aria-label": "People", popover: "auto" },
    people().map(item));
  const opener = h("button", {
    type: "button", class: "who", popovertarget: "who-menu", "aria-haspopup": "menu", "aria-label": `You are: ${nameOf(state.me)}`,
  }, avatar(state.me, nameOf(state.me)),
  h("span", { class: "person-words" }, h("small", {}, "You are ", userBadges(me).map(badge)), h("bdi", {}, nameOf(state.me)),
    h("small", {}, me?.title)), icon("down"));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    const at = opener.getBoundingClientRect();
    menu.style.top = `${at.bottom + 4}px`;
    menu.style.left = `${at.left}px`;
    menu.style.maxHeight = `${window.innerHeight - at.bottom - 16}px`;
    menu.querySelector("[aria-checked=true]")?.focus();
  });
  arrowKeys(menu);
  return [opener, menu];
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
  // An open menu would vanish under the person's hand; it is drawn again when it closes.
  const menu = document.getElementById("who-menu");
  if (menu?.matches(":popover-open")) {
    menu.addEventListener("toggle", () => redraw(handlers), { once: true });
    return;
  }
  const buttons = () => [...node.querySelectorAll(".who, .place")];
  const at = buttons().indexOf(document.activeElement);
  const scroll = node.querySelector(".places")?.scrollTop ?? 0;
  draw(handlers);
  if (at >= 0) buttons()[at]?.focus({ preventScroll: true });
  node.querySelector(".places").scrollTop = scroll;
}

export function startSidebar(handlers) {
  for (const topic of ["boot", "me", "place", "channels", "online"]) on(topic, () => redraw(handlers));
}
