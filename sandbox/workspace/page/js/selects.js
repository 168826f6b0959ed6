// Slack's select elements: what they offer, and what they put into the payload.

import { post } from "./api.js";
import { act, TROUBLE } from "./actions.js";
import { Combobox, localSource } from "./combobox.js";
import { fieldOf } from "./form.js";
import { withEmoji } from "./emoji.js";
import { nameOf, people, placeTitle, state, user, visibleChannels, directMessages, channel } from "./store.js";

const groupsOf = (data) => (data.option_groups
  ? data.option_groups.map((g) => ({ label: withEmoji(g.label?.text ?? ""), options: g.options || [] }))
  : [{ options: data.options || [] }]);

const named = (value, text) => ({ value, text: { type: "plain_text", text } });
const userOption = (id) => named(id, nameOf(id));
const channelOption = (id) => named(id, channel(id) ? placeTitle(channel(id)) : id);

function conversations(element) {
  const filter = element.filter || {};
  const kinds = { channel: "public", private: "private", im: "im", mpim: "mpim" };
  return [...visibleChannels(), ...directMessages()].filter((ch) =>
    (!filter.include || filter.include.includes(kinds[ch.kind]))
    && !(filter.exclude_bot_users && ch.kind === "im" && (ch.members || []).some((id) => user(id)?.is_bot))
    && !ch.archived);
}

/** What kind of thing a select chooses from: how to list it and how to write it into the payload. */
const KINDS = {
  static_select: { source: (element) => localSource(groupsOf(element)) },
  external_select: { remote: true, source: remoteSource },
  users_select: { wrap: userOption, source: () => localSource([{ options: people().map((u) => userOption(u.id)) }]) },
  channels_select: {
    wrap: channelOption,
    source: () => localSource([{
      options: visibleChannels().filter((ch) => ch.kind === "channel" && !ch.archived).map((ch) => channelOption(ch.id)),
    }]),
  },
  conversations_select: {
    wrap: channelOption,
    source: (element) => localSource([{ options: conversations(element).map((ch) => channelOption(ch.id)) }]),
  },
};

function remoteSource(element, { ctx, block }) {
  return async (value) => {
    const answer = await post("options", {
      user: state.me, container: ctx.container, block_id: block.block_id, action_id: element.action_id, value,
    });
    if (answer.ok === false) throw new Error(answer.problem || TROUBLE);
    return groupsOf(answer);
  };
}

export const isSelect = (type) => type.replace(/^multi_/, "") in KINDS;

export function select(element, env) {
  const { ctx, block } = env;
  const multi = element.type.startsWith("multi_");
  const kind = KINDS[element.type.replace(/^multi_/, "")];
  const wrap = kind.wrap || ((option) => option);
  const unwrap = kind.wrap ? (option) => option.value : (option) => option;
  const value = ctx.form.get(block.block_id, element);
  const payload = (chosen) => (multi ? chosen.map(unwrap) : chosen.length ? unwrap(chosen[0]) : null);
  const store = (chosen) => {
    ctx.form.set(block.block_id, element, payload(chosen));
    ctx.onChange?.(block.block_id);
  };
  const box = new Combobox({
    id: env.id,
    label: env.label,
    labelledby: env.labelledby,
    key: env.key,
    placeholder: withEmoji(element.placeholder?.text ?? "") || (multi ? "Choose one or more…" : "Choose one…"),
    multi,
    max: element.max_selected_items,
    clearable: env.optional,
    selected: (multi ? value || [] : value ? [value] : []).map(wrap),
    remote: kind.remote,
    minQuery: kind.remote ? element.min_query_length ?? 3 : 0,
    source: kind.source(element, env),
    onChange: store,
    onCommit: async (chosen, before) => {
      if (!env.dispatch) return;
      const sent = await act(ctx, block, element, { [fieldOf(element)]: payload(chosen) }, box.field);
      if (sent) return;
      box.selected = before;
      box.paint();
      store(before);
    },
  });
  return box.node;
}
