// Times as the person's browser writes them.

export const whenOf = (ts) => new Date(Number(ts) * 1000);

const format = (options) => {
  const formatter = new Intl.DateTimeFormat(undefined, options);
  return (date) => formatter.format(date);
};

export const clock = format({ hour: "numeric", minute: "2-digit" });
const clockSeconds = format({ hour: "numeric", minute: "2-digit", second: "2-digit" });
const medium = format({ month: "long", day: "numeric", year: "numeric" });
const short = format({ month: "short", day: "numeric", year: "numeric" });
const long = format({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
export const fullTime = format({ dateStyle: "full", timeStyle: "medium" });

const pad = (n) => String(n).padStart(2, "0");
export const dayKey = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;

function relativeDay(date) {
  const today = new Date();
  const shift = (days) => dayKey(new Date(today.getFullYear(), today.getMonth(), today.getDate() + days));
  const key = dayKey(date);
  if (key === shift(0)) return "Today";
  if (key === shift(-1)) return "Yesterday";
  return key === shift(1) ? "Tomorrow" : null;
}

export const dayLabel = (date) => relativeDay(date) || long(date);

const pretty = (date, fallback) => relativeDay(date)?.toLowerCase() || fallback(date);

export function ago(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return words.format(seconds, "second");
}

const TOKENS = {
  date_num: (d) => dayKey(d),
  date: medium,
  date_short: short,
  date_long: long,
  date_pretty: (d) => pretty(d, medium),
  date_short_pretty: (d) => pretty(d, short),
  date_long_pretty: (d) => pretty(d, long),
  date_slash: (d) => dayKey(d).replaceAll("-", "/"),
  time: clock,
  time_secs: clockSeconds,
  ago,
};

/** Slack's <!date^…> formats; null when the moment makes no sense. */
export function formatSlackDate(seconds, text) {
  const when = new Date(seconds * 1000);
  if (Number.isNaN(when.getTime())) return null;
  return text.replace(/\{(\w+)\}/g, (all, name) => (TOKENS[name] ? TOKENS[name](when) : all));
}

/** A datetimepicker speaks seconds, the browser's input speaks local wall time. */
export function toLocalInput(seconds) {
  const d = new Date(seconds * 1000);
  return `${dayKey(d)}T${pad(d.getHours())}:${pad(d.getMinutes())}`;
}
export const fromLocalInput = (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null);
