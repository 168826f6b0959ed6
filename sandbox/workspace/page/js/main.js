// Puts the parts together: what is in view, and what an event changes.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { fill, h, icon } from "./dom.js";
import { homePane, drawHome, startHome } from "./home.js";
import { startIntro } from "./intro.js";
import { MessageList } from "./messages.js";
import { startModals, syncStack } from "./modal.js";
import * as store from "./store.js";
import { startSidebar } from "./sidebar.js";
import { ThreadPane } from "./thread.js";
import { toast } from "./toast.js";

const { state } = store;
const app = document.getElementById("app");
const main = document.getElementById("main");

let stream = null;
let round = 0; // answers to questions about a place one has left are dropped

const channelHere = () => (state.place.kind === "channel" ? store.channel(state.place.id) : null);

const composer = new Composer({ id: "composer-box", onSent: () => list.toEnd(), target: () => {
  const ch = channelHere();
  if (!ch) return null;
  const closed = ch.archived ? "This channel is archived; nobody can write here."
    : store.isMember(ch) ? null : "You are not a member of this channel; you can read it, but not write here.";
  return { channel: ch.id, label: `Message ${store.placeTitle(ch)}`, closed };
} });
const thread = new ThreadPane({ onDismiss: dismiss });
const list = new MessageList({
  label: "Messages", onThread: (message) => thread.open(message.channel, message.ts), onDismiss: dismiss,
  intro: startIntro(channelHere, (text) => composer.fillIn(text)),
});

/* ---- ephemerals that were put away stay away in this tab ---- */

const dismissed = new Set(store.recall("dismissed", []));

function dismiss(message) {
  dismissed.add(message.ts);
  store.remember("dismissed", [...dismissed].slice(-200));
  store.dropMessage(message.channel, message.ts);
  composer.box.focus();
}

/* ---- the middle ---- */

function headcount(ch) {
  const count = (ch.members || []).filter((id) => !store.user(id)?.is_bot).length;
  return `${count} ${count === 1 ? "person" : "people"}`;
}

function header() {
  const ch = channelHere();
  const isHome = state.place.kind === "home";
  const withBot = isHome || (ch && ch.id === store.botChannel()?.id);
  const title = isHome ? store.botName() : ch ? store.placeTitle(ch) : "";
  const tab = (label, here, place) => h("button", {
    type: "button", class: "tab", role: "tab", "aria-selected": String(here), on: { click: () => goTo(place) },
  }, label);
  const about = ch && !withBot ? [ch.topic, ch.kind !== "im" ? headcount(ch) : ""].filter(Boolean).join(" · ") : "";
  return h("header", { class: "main-head" },
    h("button", { type: "button", class: "quiet square menu-button", "aria-label": "Show the sidebar", on: { click: () => drawer(true) } }, icon("menu")),
    h("div", { class: "main-title" }, h("h1", { dir: "auto" }, title), about && h("p", { dir: "auto" }, about)),
    withBot ? h("div", { class: "tabs", role: "tablist", "aria-label": `${store.botName()}’s tabs` },
      tab("Messages", !isHome, { kind: "channel", id: store.botChannel()?.id }), tab("Home", isHome, { kind: "home" })) : null);
}

function drawPlace() {
  fill(main, header(), state.place.kind === "home" ? homePane : [list.node, composer.node]);
  document.title = `${store.placeTitle(channelHere() ?? { kind: "x", name: "Home" }) || "Home"} – ${state.team.name} – local workspace`;
}

const drawer = (open) => {
  app.classList.toggle("drawer", open);
  if (open) document.querySelector(".place")?.focus();
};

async function goTo(place, { keepFocus = false } = {}) {
  state.place = place;
  store.remember("place", place);
  drawer(false);
  thread.close();
  round += 1;
  const mine = round;
  drawPlace();
  store.emit("place");
  try {
    if (place.kind === "home") await openHome();
    else await openChannel(place.id, mine);
  } catch (error) {
    toast(error.message, "error");
  }
  if (!keepFocus && place.kind === "channel" && matchMedia("(hover: hover)").matches) composer.box.focus();
}

async function openHome() {
  drawHome();
  const answer = await api.post("home", { user: state.me });
  state.homeLoaded = true;
  if (answer.view) state.home = answer.view;
  drawHome();
}

const visible = (message) => !dismissed.has(message.ts) && (!message.deleted || message.reply_count);

async function openChannel(id, mine) {
  state.messages = [];
  list.reset(`Messages in ${store.placeTitle(store.channel(id))}`);
  composer.moved();
  const { messages } = await api.messages(state.me, id);
  if (mine !== round) return;
  // Events may have brought newer messages while this was under way.
  const arrived = state.messages;
  state.messages = messages.filter((m) => !store.isReply(m) && visible(m));
  arrived.forEach((m) => store.putMessage(m));
  store.emit("messages");
  markRead(id);
}

function markRead(id) {
  const ch = store.channel(id);
  if (!ch || !store.unreadOf(ch)) return;
  store.setUnread(ch, 0);
  store.emit("channels");
  api.post("read", { user: state.me, channel: id }).catch(() => {});
}

/* ---- events ---- */

function received(message) {
  if (dismissed.has(message.ts)) return;
  store.putMessage(message);
  const own = message.user === state.me && !message.bot;
  const ch = store.channel(message.channel);
  if (!ch || own) return;
  const here = state.place.kind === "channel" && state.place.id === ch.id;
  if (here && document.visibilityState === "visible") {
    api.post("read", { user: state.me, channel: ch.id }).catch(() => {});
  } else if (!here && (ch.members || []).includes(state.me) && !store.isReply(message)) {
    store.setUnread(ch, store.unreadOf(ch) + 1);
    store.emit("channels");
  }
}

const viewsChanged = (event) => {
  state.stack = event.stack ?? [];
  store.emit("views");
};

const EVENTS = {
  message: (event) => received(event.message),
  message_changed: ({ message }) => {
    if (visible(message)) store.putMessage(message, { onlyIfKnown: true });
    else store.dropMessage(message.channel, message.ts);
  },
  message_deleted: (event) => store.dropMessage(event.channel, event.ts),
  view_opened: viewsChanged,
  view_pushed: viewsChanged,
  view_updated: viewsChanged,
  view_closed: viewsChanged,
  home: (event) => {
    state.home = event.view;
    state.homeLoaded = true;
    store.emit("home");
  },
  channel: ({ channel }) => {
    const known = store.channel(channel.id);
    state.channels.set(channel.id, { ...channel, unread: known ? known.unread : channel.unread });
    store.emit("channels");
    const look = (ch) => JSON.stringify([ch?.name, ch?.topic, ch?.archived, ch?.members]);
    // Reading a channel comes back as an event too; that must not disturb a half-written message.
    if (channel.id === channelHere()?.id && look(known) !== look(channel)) {
      main.firstChild.replaceWith(header());
      composer.moved();
    }
  },
  toast: (event) => toast(event.text, event.level),
};

/** After a lost connection: the server may be a new one, so everything is asked again. */
async function refresh() {
  try {
    store.loadBoot(await api.boot());
    store.emit("boot");
    await loadViews();
    const ch = channelHere();
    if (ch) {
      const { messages } = await api.messages(state.me, ch.id);
      state.messages = messages.filter((m) => !store.isReply(m) && visible(m));
      store.emit("messages");
    } else await openHome();
  } catch {
    // The next successful connection tries again.
  }
}

async function loadViews() {
  const { stack, home } = await api.views(state.me);
  state.stack = stack || [];
  if (home) state.home = home;
  store.emit("views");
}

/* ---- people ---- */

const samePlaceFor = (before) => {
  const ch = before.kind === "channel" && store.channel(before.id);
  if (before.kind === "home") return before;
  const there = ch && (ch.kind === "channel" || ch.kind === "private") && store.visibleChannels().includes(ch);
  const mine = ch && store.directMessages().includes(ch);
  return there || mine ? before : { kind: "channel", id: (store.botChannel() ?? store.visibleChannels()[0])?.id ?? "" };
};

async function become(id, { keepFocus = false } = {}) {
  state.me = id;
  store.remember("me", id);
  Object.assign(state, { stack: [], home: null, homeLoaded: false });
  syncStack([]);
  stream?.close();
  stream = new api.Stream(id, {
    onEvent: (event) => EVENTS[event.kind]?.(event),
    onState: (online, again) => {
      const changed = state.online !== online;
      state.online = online;
      if (changed) store.emit("online");
      if (online && again) refresh();
    },
  });
  store.emit("me");
  await goTo(samePlaceFor(state.place), { keepFocus });
  await loadViews().catch((error) => toast(error.message, "error"));
}

async function start() {
  try {
    store.loadBoot(await api.boot());
  } catch (error) {
    const denied = error.status === 401 || error.status === 403;
    fill(main, h("div", { class: "refused", role: "alert" }, h("h1", {}, denied ? "This page needs its own link" : "The workspace does not answer"),
      h("p", {}, denied ? "Open the link that the sandbox printed in the terminal when it started; it carries the key to this workspace." : error.message)));
    app.dataset.ready = "refused";
    return;
  }
  if (location.search) history.replaceState(null, "", location.pathname); // the token has done its work: keep it out of sight
  startSidebar({ onUser: (id) => become(id, { keepFocus: true }), onPlace: goTo });
  startHome();
  startModals();
  thread.start(() => composer.box.focus());
  store.on("messages", () => list.draw(state.messages));
  const remembered = store.recall("me");
  const me = store.people().some((u) => u.id === remembered) ? remembered : store.people()[0]?.id;
  state.place = store.recall("place", state.place);
  document.addEventListener("keydown", (event) => event.key === "Escape" && drawer(false));
  main.addEventListener("click", (event) => !event.target.closest(".menu-button") && drawer(false));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && channelHere() && markRead(state.place.id));
  await become(me);
  app.dataset.ready = "true";
}

start();
