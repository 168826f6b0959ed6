// Everything on the page is built with these few helpers. None of them ever parses a string as HTML,
// so data from messages can only ever become text.

const SVG = "http://www.w3.org/2000/svg";
let counter = 0;

export const uid = (prefix = "u") => `${prefix}-${++counter}`;

/** h("p", {class: "x", on: {click: f}}, "text", node, [more]) */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, fn] of Object.entries(value)) node.addEventListener(event, fn);
    else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child);
  }
  return node;
}

export const fragment = (...children) => append(document.createDocumentFragment(), children);

const ICONS = {
  hash: "M6 3 4.5 17M13.5 3 12 17M3 7h13M2.5 13h13",
  lock: "M5 9V6.5a4 4 0 0 1 8 0V9M3.5 9h11v8h-11z",
  home: "M3 9.5 9 4l6 5.5V16h-4v-4H7v4H3z",
  close: "M4.5 4.5 13.5 13.5M13.5 4.5 4.5 13.5",
  menu: "M3 5h12M3 9h12M3 13h12",
  send: "M3 9h11M9.5 4 15 9l-5.5 5",
  eye: "M1.5 9S4.5 4 9 4s7.5 5 7.5 5-3 5-7.5 5-7.5-5-7.5-5zM9 11a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  reply: "M3 4h12v8H9l-4 3v-3H3z",
  warn: "M9 2.5 16.5 15.5h-15zM9 7.5v3.5M9 13v.2",
  more: "M4 9h.1M9 9h.1M14 9h.1",
  out: "M7 4H4v10h10v-3M10 3h5v5M15 3 8.5 9.5",
  down: "M4.5 7 9 11.5 13.5 7",
  check: "M3.5 9.5 7.5 13.5 14.5 5",
  ramp: "M2.5 14 15.5 6M2.5 14v-3.5M5.8 12V8.5M9 10V6.5M12.2 8V4.5M15.5 6V2.5",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name] || "");
  svg.append(path);
  return svg;
}

export const spinner = () => h("span", { class: "spinner", "aria-hidden": "true" });

/** Replace what is inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

/** Only these schemes ever become something clickable. */
export function safeUrl(raw) {
  try {
    const url = new URL(String(raw));
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function link(raw, ...children) {
  const href = safeUrl(raw);
  const label = children.length ? children : [String(raw)];
  if (!href) return h("span", {}, label);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** Up and down move between the buttons of a menu. */
export function arrowKeys(menu) {
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll("button")];
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  });
}

export const debounce = (ms, fn) => {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => fn(...args), ms);
  };
};
