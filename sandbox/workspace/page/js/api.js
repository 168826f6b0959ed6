// The one place that talks to the server. The token travels in a cookie the server set, so no secret is held here.

export class ApiError extends Error {
  constructor(status, code, detail) {
    super(detail || code || `The local workspace answered ${status}.`);
    this.status = status;
    this.code = code;
  }
}

async function request(path, body) {
  const options = body === undefined
    ? {}
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch {
    throw new ApiError(0, "unreachable", "The local workspace does not answer. Is it still running?");
  }
  let data = null;
  try {
    data = await response.json();
  } catch {
    data = null;
  }
  if (!response.ok) throw new ApiError(response.status, data?.error, data?.detail);
  return data ?? {};
}

const query = (values) => new URLSearchParams(Object.entries(values).filter(([, v]) => v !== undefined)).toString();

export const boot = () => request("/client/boot");
export const messages = (user, channel, thread_ts) =>
  request(`/client/messages?${query({ user, channel, thread_ts })}`);
export const views = (user) => request(`/client/views?${query({ user })}`);
export const post = (name, body) => request(`/client/${name}`, body);

/** Live events of one person. Survives server restarts: it tries again, from the last event it saw. */
export class Stream {
  constructor(user, { onEvent, onState }) {
    this.user = user;
    this.onEvent = onEvent;
    this.onState = onState;
    this.last = undefined;
    this.delay = 500;
    this.closed = false;
    this.wasDown = false;
    this.connect();
  }

  connect() {
    const source = new EventSource(`/client/events?${query({ user: this.user, since: this.last })}`);
    this.source = source;
    source.onopen = () => {
      this.delay = 500;
      this.onState(true, this.wasDown);
      this.wasDown = false;
    };
    source.onmessage = (event) => {
      if (event.lastEventId) this.last = event.lastEventId;
      try {
        this.onEvent(JSON.parse(event.data));
      } catch (error) {
        console.error("An event could not be shown", error);
      }
    };
    source.onerror = () => {
      if (this.closed) return;
      this.wasDown = true;
      this.onState(false, false);
      // The browser's own retry would repeat an old `since`, so the connection is always made anew.
      source.close();
      this.timer = setTimeout(() => this.connect(), this.delay);
      this.delay = Math.min(this.delay * 2, 5000);
    };
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.source.close();
  }
}
