// The beginning of a conversation: a newcomer reads here what to type first.

import { h, icon } from "./dom.js";
import { botChannel, botName, placeTitle, state } from "./store.js";

const STEPS = [
  ["connect autotask", "Connect the stand-in PSA", "A short form. Its keys stand on the page “Autotask PSA (stand-in)”, at the left, below."],
  ["import companies", "Bring its companies on board", "A preview first. Nothing happens before you approve."],
  ["map", "Match them to a second source", "Connect IT Glue too; suggestions come with their reasons."],
];

function steps(fillIn) {
  const command = state.commands[0]?.command || "/msp";
  return h("ol", { class: "steps", "aria-label": "Three things to type first" }, STEPS.map(([verb, title, about]) => h("li", {},
    h("button", { type: "button", class: "step", "aria-label": `${command} ${verb}`, title: about, on: { click: () => fillIn(`${command} ${verb}`) } },
      h("span", { class: "step-words" }, h("strong", {}, title), h("small", {}, about)), h("code", {}, `${command} ${verb}`)))));
}

/** Once the conversation has begun the steps are one quiet line, out of the way of the bot's own buttons. */
function reminder() {
  const command = state.commands[0]?.command || "/msp";
  return h("p", { class: "muted" }, "Good first things to type: ",
    STEPS.map(([verb], index) => [index ? ", " : "", h("code", {}, `${command} ${verb}`)]), ".");
}

/** intro(messages) tells MessageList what to draw above the first message. */
export const startIntro = (channelHere, fillIn) => (messages) => {
  const ch = channelHere();
  if (!ch) return null;
  const withBot = ch.id === botChannel()?.id;
  const showSteps = !messages.length;
  return {
    signature: JSON.stringify([ch.id, ch.name, showSteps, state.me]),
    make: () => h("div", { class: "intro" },
      h("span", { class: "intro-mark", "aria-hidden": "true" }, icon(withBot ? "ramp" : "hash")),
      h("h2", { dir: "auto" }, withBot ? `Welcome aboard. This is ${botName()}.` : `This is the beginning of ${placeTitle(ch)}`),
      h("p", {}, withBot
        ? "It brings a managed service provider’s clients and their people on board. Everything here is a rehearsal: the workspace, the sources and the mailbox all run on this computer."
        : showSteps ? `${botName()} listens here too. Three things to start with:` : ch.topic || `Everyone in ${placeTitle(ch)} can read what is written here.`),
      showSteps && withBot ? h("p", { class: "muted" }, "Three things to start with. A click puts the words into the message box; Enter sends them.") : null,
      showSteps ? steps(fillIn) : withBot ? reminder() : null),
  };
};
