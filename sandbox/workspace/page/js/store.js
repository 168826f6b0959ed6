// What the page knows, and who wants to hear when it changes. Views subscribe to topics and draw themselves.

export const state = {
  team: { id: "", domain: "", name: "" },
  users: new Map(),
  channels: new Map(),
  commands: [],
  links: [],
  me: "",
  place: { kind: "channel", id: "" }, // or {kind: "home"}
  messages: [], // of the channel in view, oldest first
  loading: true,
  thread: null, // {channel, ts, messages}
  home: null,
  homeLoaded: false,
  stack: [],
  online: true,
};

const listeners = new Map();

export function on(topic, fn) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(fn);
}

export const emit = (topic, detail) => (listeners.get(topic) || []).forEach((fn) => fn(detail));

/* ---- what survives a reload of this tab ---- */

const PREFIX = "gangway-workspace:";

export function remember(key, value) {
  try {
    if (value === null || value === "") sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // A full or forbidden storage only costs the convenience.
  }
}

export function recall(key, fallback = null) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + key)) ?? fallback;
  } catch {
    return fallback;
  }
}

/* ---- people and channels ---- */

export function loadBoot(data) {
  state.team = data.team;
  state.users = new Map(data.users.map((user) => [user.id, user]));
  state.channels = new Map(data.channels.map((channel) => [channel.id, channel]));
  state.commands = data.commands || [];
  state.links = data.links || [];
}

export const user = (id) => state.users.get(id);
export const channel = (id) => state.channels.get(id);
export const people = () => [...state.users.values()].filter((u) => !u.is_bot && !u.deleted);
export const nameOf = (id) => {
  const found = user(id);
  return found ? found.real_name || found.name : id;
};
export const bot = () => [...state.users.values()].find((u) => u.is_bot && !u.deleted);
export const botName = () => {
  const found = bot();
  return found ? found.real_name || found.name : "the bot";
};

export const isMember = (ch) => (ch.members || []).includes(state.me);

/** Guests see only the channels they are in, as in Slack. */
export function visibleChannels() {
  const me = user(state.me) || {};
  const guest = me.is_restricted || me.is_ultra_restricted || me.is_stranger;
  return [...state.channels.values()]
    .filter((ch) => (ch.kind === "channel" && !guest ? true : isMember(ch)))
    .filter((ch) => ch.kind === "channel" || ch.kind === "private")
    .sort((a, b) => Number(a.archived) - Number(b.archived) || a.name.localeCompare(b.name));
}

export const otherOf = (ch) => (ch.members || []).find((id) => id !== state.me) || ch.im_with;

export function directMessages() {
  const isBot = (ch) => (ch.kind === "im" && user(otherOf(ch))?.is_bot ? 0 : 1);
  return [...state.channels.values()]
    .filter((ch) => (ch.kind === "im" || ch.kind === "mpim") && isMember(ch))
    .sort((a, b) => isBot(a) - isBot(b) || titleOf(a).localeCompare(titleOf(b)));
}

export const botChannel = () => directMessages().find((ch) => user(otherOf(ch))?.is_bot);

export function titleOf(ch) {
  if (ch.kind === "im") return nameOf(otherOf(ch));
  if (ch.kind === "mpim") return (ch.members || []).filter((id) => id !== state.me).map(nameOf).join(", ");
  return ch.name;
}

export const placeTitle = (ch) => (ch.kind === "channel" || ch.kind === "private" ? `#${ch.name}` : titleOf(ch));
export const unreadOf = (ch) => ch.unread?.[state.me] || 0;
export const setUnread = (ch, count) => {
  ch.unread = { ...ch.unread, [state.me]: count };
};

/* ---- messages ---- */

export const isReply = (message) => Boolean(message.thread_ts && message.thread_ts !== message.ts);

function upsert(list, message) {
  const at = list.findIndex((m) => m.ts === message.ts);
  if (at >= 0) list[at] = message;
  else {
    list.push(message);
    list.sort((a, b) => Number(a.ts) - Number(b.ts));
  }
}

/** Put a new or changed message where it belongs, if that is on screen. */
export function putMessage(message, { onlyIfKnown = false } = {}) {
  const known = (list) => list.some((m) => m.ts === message.ts);
  if (state.place.kind === "channel" && state.place.id === message.channel && !isReply(message)
    && (!onlyIfKnown || known(state.messages))) {
    upsert(state.messages, message);
    emit("messages");
  }
  const thread = state.thread;
  if (thread && thread.channel === message.channel && (message.ts === thread.ts || message.thread_ts === thread.ts)
    && (!onlyIfKnown || known(thread.messages))) {
    upsert(thread.messages, message);
    emit("thread");
  }
}

export function dropMessage(channelId, ts) {
  if (state.place.kind === "channel" && state.place.id === channelId) {
    state.messages = state.messages.filter((m) => m.ts !== ts);
    emit("messages");
  }
  if (state.thread?.channel === channelId) {
    state.thread.messages = state.thread.messages.filter((m) => m.ts !== ts);
    emit("thread");
  }
}
