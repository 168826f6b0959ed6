// The current values of a view's or message's inputs, in the shape the payload wants them.
// Values live apart from the DOM, so that redrawing a view keeps what the person has entered.

const OPTION = { field: "selected_option", initial: "initial_option", empty: null };
const OPTIONS = { field: "selected_options", initial: "initial_options", empty: [] };
const TEXT = { field: "value", initial: "initial_value", empty: null };
const single = (name) => ({ field: `selected_${name}`, initial: `initial_${name}`, empty: null });
const plural = (name) => ({ field: `selected_${name}s`, initial: `initial_${name}s`, empty: [] });

export const STATEFUL = {
  plain_text_input: TEXT,
  email_text_input: TEXT,
  url_text_input: TEXT,
  number_input: TEXT,
  rich_text_input: { field: "rich_text_value", initial: "initial_value", empty: null },
  static_select: OPTION,
  external_select: OPTION,
  radio_buttons: OPTION,
  multi_static_select: OPTIONS,
  multi_external_select: OPTIONS,
  checkboxes: OPTIONS,
  users_select: single("user"),
  conversations_select: single("conversation"),
  channels_select: single("channel"),
  multi_users_select: plural("user"),
  multi_conversations_select: plural("conversation"),
  multi_channels_select: plural("channel"),
  datepicker: single("date"),
  timepicker: single("time"),
  datetimepicker: single("date_time"),
};

export const fieldOf = (element) => STATEFUL[element.type].field;

/** Every element of the blocks with the block it stands in. */
export function* elementsOf(blocks) {
  for (const block of blocks || []) {
    if (block.type === "input" && block.element) yield [block, block.element];
    if (block.type === "section" && block.accessory) yield [block, block.accessory];
    if (block.type === "actions") for (const element of block.elements || []) yield [block, element];
  }
}

const staticOptions = (element) =>
  element.options || (element.option_groups || []).flatMap((group) => group.options || []);

/** A choice that is no longer offered must not be sent back. */
function stillOffered(element, entry) {
  const listed = ["static_select", "multi_static_select", "radio_buttons", "checkboxes"].includes(element.type);
  if (!listed) return true;
  const values = new Set(staticOptions(element).map((option) => option.value));
  const chosen = entry.selected_options || (entry.selected_option ? [entry.selected_option] : []);
  return chosen.every((option) => values.has(option.value));
}

function initialOf(element) {
  const kind = STATEFUL[element.type];
  const given = element[kind.initial] ?? kind.empty;
  return { type: element.type, [kind.field]: element.type === "number_input" && given !== null ? String(given) : given };
}

export class FormState {
  values = new Map();

  static key = (blockId, actionId) => `${blockId}\u0000${actionId}`;

  /** Take over a new set of blocks; what has the same block_id, action_id and type keeps its value, as in Slack. */
  adopt(blocks) {
    const next = new Map();
    for (const [block, element] of elementsOf(blocks)) {
      if (!STATEFUL[element.type]) continue;
      const key = FormState.key(block.block_id, element.action_id);
      const before = this.values.get(key)?.entry;
      const keep = before && before.type === element.type && stillOffered(element, before);
      next.set(key, { block: block.block_id, action: element.action_id, entry: keep ? before : initialOf(element) });
    }
    this.values = next;
    return this;
  }

  get(blockId, element) {
    const entry = this.values.get(FormState.key(blockId, element.action_id))?.entry ?? initialOf(element);
    return entry[fieldOf(element)];
  }

  set(blockId, element, value) {
    const entry = { type: element.type, [fieldOf(element)]: value };
    this.values.set(FormState.key(blockId, element.action_id), { block: blockId, action: element.action_id, entry });
  }

  collect() {
    const out = {};
    for (const { block, action, entry } of this.values.values()) (out[block] ??= {})[action] = entry;
    return out;
  }
}

function complaint(element, value, optional) {
  const empty = value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
  if (empty) return optional ? null : "Please complete this required field.";
  if (element.min_length && value.length < element.min_length) return `Please write at least ${element.min_length} characters.`;
  if (element.max_length && value.length > element.max_length) return `Please write at most ${element.max_length} characters.`;
  if (element.type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(value)) return "Please enter a whole email address.";
  if (element.type === "url_text_input" && !/^https?:\/\/\S+$/i.test(value)) return "Please enter a web address that starts with http:// or https://.";
  return element.type === "number_input" ? numberComplaint(element, value) : null;
}

function numberComplaint(element, value) {
  const number = Number(value);
  if (Number.isNaN(number)) return "Please enter a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please enter a whole number.";
  if (element.min_value != null && number < Number(element.min_value)) return `Please enter ${element.min_value} or more.`;
  if (element.max_value != null && number > Number(element.max_value)) return `Please enter ${element.max_value} or less.`;
  return null;
}

/** What Slack's own client refuses before it asks the app: {block_id: sentence}. */
export function complaints(blocks, form) {
  const out = {};
  for (const block of blocks || []) {
    if (block.type !== "input" || !STATEFUL[block.element?.type]) continue;
    const text = complaint(block.element, form.get(block.block_id, block.element), block.optional);
    if (text) out[block.block_id] = text;
  }
  return out;
}
