/**
 * The phone of one agent, on the real SDK, for use with the simulated platform. Its address says who it is and how the SDK is
 * constructed: /phone#token=…&resource=desk, and any option of the SDK by its name, such as disableAutoAnswer=true. The token
 * leaves the address at once (phone.html) and stays with the tab, so that a reload logs in again. The page does what its buttons,
 * and the orders of the platform's control API, tell it to, and uploads what it records.
 */
(function () {
  'use strict';

  /** @typedef {{id: number, do: string, args?: any[]}} Order what the control API tells a page to do */
  /** @typedef {{frequency: number, level: number}} Sound in Hz and dBFS; the level of silence is -100 */

  const { token, query } = login; // of phone.html; the query has what the address says besides
  const find = (id) => document.getElementById(id);

  // ---------------------------------------------------------------- how the SDK is constructed

  const switches = ['autoConnectSessions', 'disableAutoAnswer', 'useServerSidePings', 'optOutOfTelemetry', 'useHeadsets'];
  const words = ['environment', 'wsHost', 'eagerPersistentConnectionEstablishment', 'originAppName', 'logLevel'];

  /** The constructor's options: this server's, and then what the address says. */
  function options() {
    const chosen = {
      environment: window.location.origin,
      wsHost: window.location.origin.replace(/^http/, 'ws'),
      originAppName: 'hookswitch-phone',
      optOutOfTelemetry: true, // it would go to another address than the environment's
      allowedSessionTypes: (query.get('allowedSessionTypes') || 'softphone').split(','),
      logLevel: 'warn',
      accessToken: token,
    };
    for (const name of words) if (query.has(name)) chosen[name] = query.get(name);
    for (const name of switches) if (query.has(name)) chosen[name] = query.get(name) === 'true';
    if (query.has('resource')) chosen.jidResource = query.get('resource');
    return chosen;
  }

  // ---------------------------------------------------------------- what is heard

  const silence = { frequency: 0, level: -100 };
  let audio;

  /** Listens to one remote track. */
  class Ear {
    constructor(track) {
      audio = audio || new AudioContext();
      audio.resume(); // a browser may wait for a click first
      this.analyser = audio.createAnalyser();
      this.analyser.fftSize = 8192;
      this.analyser.smoothingTimeConstant = 0;
      this.source = audio.createMediaStreamSource(new MediaStream([track]));
      this.source.connect(this.analyser);
      this.track = track;
    }

    close() { this.source.disconnect(); }

    /** @returns {Sound} the strongest tone of the last 0.2 s */
    hear() {
      const samples = new Float32Array(this.analyser.fftSize);
      this.analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, s) => sum + s * s, 0) / samples.length;
      const level = Math.max(silence.level, 10 * Math.log10(power));
      return level > silence.level ? { frequency: this.pitch(), level } : silence;
    }

    /** The frequency of the highest peak, between its bins by a parabola through them. */
    pitch() {
      const bins = new Float32Array(this.analyser.frequencyBinCount);
      this.analyser.getFloatFrequencyData(bins);
      let top = 1;
      for (let i = 2; i < bins.length - 1; i++) if (bins[i] > bins[top]) top = i;
      const [left, peak, right] = [bins[top - 1], bins[top], bins[top + 1]];
      const shift = (left - right) / (2 * (left - 2 * peak + right)) || 0;
      return (top + shift) * audio.sampleRate / this.analyser.fftSize;
    }
  }

  // ---------------------------------------------------------------- what the phone knows

  const recorder = window.hookswitchRecorder;
  /** Session id to the session, conversation id to what rings, and conversation id to the user's leg. */
  const [sessions, ringing, calls] = [new Map(), new Map(), new Map()];
  const ears = new Map();
  let sdk;
  let status = 'starting';

  function say(text) {
    const line = document.createElement('li');
    line.textContent = `${new Date().toLocaleTimeString()}  ${text}`;
    find('log').append(line);
    while (find('log').children.length > 200) find('log').firstChild.remove();
    find('log').scrollTop = find('log').scrollHeight;
  }

  function now(text) {
    status = text;
    find('status').textContent = text;
    say(text);
  }

  function listen(session) {
    const peer = session.peerConnection;
    const hear = (track) => {
      try {
        if (!track || track.kind !== 'audio') return;
        if (ears.has(session.id)) ears.get(session.id).close();
        ears.set(session.id, new Ear(track));
      } catch (error) {
        say(`the audio of ${session.id} cannot be analysed: ${error.message}`);
      }
    };
    if (!peer) return;
    peer.getReceivers().forEach((receiver) => hear(receiver.track));
    peer.addEventListener('track', (event) => hear(event.track));
  }

  /** What each event of the SDK changes here. */
  const events = {
    connected: ({ reconnect }) => now(reconnect ? 'connected again' : 'connected'),
    disconnected: () => now('disconnected'),
    ready: () => now('ready'),
    station: ({ action, station }) => say(`station ${action.toLowerCase()}${station ? `: ${station.name}` : ''}`),
    pendingSession: (p) => ringing.set(p.conversationId, p),
    cancelPendingSession: (p) => ringing.delete(p.conversationId),
    handledPendingSession: (p) => ringing.delete(p.conversationId),
    sessionStarted(session) {
      sessions.set(session.id, session);
      ringing.delete(session.conversationId);
      if (!ears.has(session.id)) listen(session);
    },
    sessionEnded(session, reason) {
      say(`session ended: ${(reason && reason.condition) || 'no reason'}`);
      const peer = session.peerConnection;
      if (session.state !== 'ended' && peer && peer.connectionState === 'connected') return; // a call has ended that shared it
      sessions.delete(session.id);
      if (ears.has(session.id)) ears.get(session.id).close();
      ears.delete(session.id);
    },
    conversationUpdate({ current }) {
      calls.clear();
      // The SDK keeps a place without an id for a session whose conversation it has not been told of.
      for (const c of current) if (c.conversationId) calls.set(c.conversationId, c.mostRecentCallState || {});
    },
    sdkError: (error) => say(`error of type ${error.type}: ${error.message}`),
  };

  // ---------------------------------------------------------------- what it does

  /** Calls a method of the SDK; what it comes to is told below, not thrown at the button. */
  async function act(method, ...args) {
    say(`${method} ${args.map((a) => JSON.stringify(a)).join(' ')}`);
    try {
      return await sdk[method](...args);
    } catch (error) {
      say(`${method} failed: ${error.message}`);
      return undefined;
    } finally {
      draw();
    }
  }

  /** Orders that are not methods of the SDK. */
  const commands = {
    look: (label) => recorder.look(label),
    step: (text) => recorder.step(text),
    reload: () => window.location.reload(),
    /** Refuses the microphone with an error of this name and message from now on; gives it if there is none. */
    'page.microphone': (refusal) => { browser.refusal = refusal || null; },
    'page.visible': show,
  };

  /** Has the page be shown or hidden, as far as its scripts can tell. */
  function show(visible) {
    const is = (name, value) => Object.defineProperty(document, name, { configurable: true, get: () => value });
    is('visibilityState', visible ? 'visible' : 'hidden');
    is('hidden', !visible);
    document.dispatchEvent(new Event('visibilitychange'));
  }

  /** @param {Order} order */
  function obey(order) {
    const args = order.args || [];
    if (Object.hasOwn(commands, order.do)) commands[order.do](...args);
    else if (typeof sdk[order.do] === 'function') act(order.do, ...args);
    else say(`order ${order.id}: the SDK has no method ${order.do}`);
  }

  /** What the control API calls this page. One that is loaded again is another one: it begins another recording. */
  const pageName = (() => {
    const name = query.get('page') || `${query.get('resource') || 'phone'}-${Math.random().toString(36).slice(2, 6)}`;
    const loads = Number(window.sessionStorage.getItem(name)) + 1;
    window.sessionStorage.setItem(name, loads);
    return loads > 1 ? `${name}.${loads}` : name;
  })();
  const control = (what) => `/control/pages/${encodeURIComponent(pageName)}/${what}`;
  const authorized = () => ({ Authorization: `Bearer ${token}` });

  /** Waits for orders as long as the page lives. An EventSource could not say who it is, so the events are read by hand. */
  async function awaitOrders() {
    for (;;) {
      try {
        const response = await fetch(control('orders'), { headers: authorized() });
        if (!response.ok) {
          say(`this server gives no orders (${response.status})`);
          return;
        }
        await readOrders(response.body.pipeThrough(new TextDecoderStream()).getReader());
      } catch (cut) {
        // The server or the network is away: it is asked again.
      }
      await new Promise((later) => { setTimeout(later, 1000); });
    }
  }

  /** Reads server-sent events, of which each is one line of data here, until the stream ends. */
  async function readOrders(reader) {
    let rest = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (rest + part.value).split('\n');
      rest = lines.pop();
      for (const line of lines) if (line.startsWith('data:')) obey(JSON.parse(line.slice(5)));
    }
  }

  // ---------------------------------------------------------------- what it shows

  const rows = new Map();

  function button(text, kind, click) {
    const b = document.createElement('button');
    Object.assign(b, { type: 'button', textContent: text, className: kind, onclick: click });
    return b;
  }

  /** A call's line. It stays the same element as long as the call lives, so that nobody loses the button under the finger. */
  function newRow(conversationId) {
    const row = document.createElement('li');
    row.className = 'call';
    const about = { conversationId };
    const leg = () => calls.get(conversationId) || {};
    row.text = document.createElement('span');
    row.answer = button('Answer', 'yes', () => act('acceptPendingSession', about));
    row.reject = button('Reject', 'no', () => act('rejectPendingSession', about));
    row.accept = button('Connect', 'yes', () => act('acceptSession', about));
    row.hold = button('Hold', '', () => act('setConversationHeld', { ...about, held: !leg().held }));
    row.mute = button('Mute', '', () => act('setAudioMute', { ...about, mute: !leg().muted }));
    row.end = button('Hang up', 'no', () => act('endSession', about));
    row.append(row.text, row.answer, row.reject, row.accept, row.hold, row.mute, row.end);
    find('calls').append(row);
    return row;
  }

  function drawRow(conversationId) {
    if (!rows.has(conversationId)) rows.set(conversationId, newRow(conversationId));
    const row = rows.get(conversationId);
    const leg = calls.get(conversationId);
    const rings = ringing.has(conversationId);
    const session = [...sessions.values()].find((s) => s.conversationId === conversationId);
    row.classList.toggle('ringing', rings);
    const said = [rings ? 'ringing' : (leg && leg.state) || 'connecting', leg && leg.direction, leg && leg.held && 'held', leg && leg.muted && 'muted'];
    row.text.textContent = `${conversationId.slice(0, 8)}: ${said.filter(Boolean).join(', ')}`;
    for (const b of [row.answer, row.reject]) b.hidden = !rings;
    row.accept.hidden = rings || query.get('autoConnectSessions') !== 'false' || !session || session.state !== 'pending';
    for (const b of [row.hold, row.mute]) b.hidden = rings || !leg;
    row.end.hidden = rings || (!leg && !session);
    row.hold.textContent = leg && leg.held ? 'Retrieve' : 'Hold';
    row.mute.textContent = leg && leg.muted ? 'Unmute' : 'Mute';
  }

  function draw() {
    const shown = new Set([...ringing.keys(), ...calls.keys()]);
    for (const s of sessions.values()) if (s.state === 'pending' && s.conversationId) shown.add(s.conversationId);
    for (const [id, row] of rows) {
      if (shown.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    shown.forEach(drawRow);
    find('no-calls').hidden = shown.size > 0;
  }

  function trouble(...parts) {
    find('trouble').replaceChildren(...parts.map((text) => {
      const p = document.createElement('p');
      const [plain, code] = text.split('`');
      p.append(plain);
      if (code) p.append(Object.assign(document.createElement('code'), { textContent: code }));
      return p;
    }));
    find('trouble').hidden = false;
    find('status').textContent = 'not running';
  }

  // ---------------------------------------------------------------- beginning

  function watch() {
    for (const name of Object.keys(events)) {
      sdk.on(name, (...args) => {
        try {
          hear(name, args);
        } catch (error) {
          say(`the page failed at ${name}: ${error.message}`); // thrown, it would end what the SDK is at
        }
      });
    }
  }

  function hear(name, args) {
    events[name](...args);
    if (/Session$/.test(name)) say(`${name} ${args[0].conversationId}`);
    draw();
  }

  function wire() {
    find('phone').hidden = false;
    find('who').textContent = `Phone ${pageName}`;
    document.title = `Phone ${pageName}`;
    find('dial').onsubmit = (event) => {
      event.preventDefault();
      act('startSoftphoneSession', { phoneNumber: new FormData(event.target).get('number').replace(/[\s()-]/g, '') });
    };
    find('download').onclick = () => recorder.download(`${pageName}.jsonl`);
  }

  /** Asks who is phoning, and begins again with the answer: the token with the tab, the rest behind the #. */
  function askForToken() {
    find('login').hidden = false;
    find('login').onsubmit = (event) => {
      event.preventDefault();
      const { token: typed, ...rest } = Object.fromEntries(new FormData(event.target));
      window.sessionStorage.setItem('access token', typed);
      for (const [name, value] of Object.entries(rest)) if (value) query.set(name, value);
      window.history.replaceState(null, '', `${window.location.pathname}#${query}`);
      window.location.reload();
    };
  }

  /** Another token behind the # of the open page, which a browser does not load for that, is another beginning. */
  window.addEventListener('hashchange', () => {
    if (new URLSearchParams(window.location.hash.slice(1)).has('token')) window.location.reload();
  });

  /** Resolves when the phone has logged in; rejects if it cannot. */
  async function start() {
    const SDK = window.GenesysCloudWebrtcSdk && window.GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk;
    if (!SDK) {
      trouble('This page runs the Genesys Cloud WebRTC SDK, and this server was not given it.',
        'Get it: `npm install genesys-cloud-webrtc-sdk@9.2.4',
        'Serve it: `engine serve --sdk node_modules/genesys-cloud-webrtc-sdk/dist/genesys-cloud-webrtc-sdk.bundle.min.js');
      throw new Error('there is no SDK');
    }
    if (!token) {
      askForToken();
      find('status').textContent = 'not logged in';
      throw new Error('there is no token');
    }
    wire();
    sdk = new SDK(options());
    window.phone.sdk = sdk;
    watch();
    if (query.get('upload') !== 'false') window.phone.upload = recorder.upload(control('records'), { headers: authorized(), every: 20 });
    if (query.get('orders') !== 'false') awaitOrders();
    if (query.get('initialize') !== 'false') await sdk.initialize(); // else it is ordered to
    draw();
  }

  window.phone = {
    sdk: undefined,
    upload: undefined,
    recorder,
    act,
    obey,
    get status() { return status; },
    ringing: () => [...ringing.values()],
    /** The user's legs, with the ids of their conversations. */
    calls: () => [...calls].map(([conversationId, { state, held, muted, direction }]) => ({ conversationId, state, held, muted, direction })),
    sessions: () => [...sessions.values()].map((s) => ({ id: s.id, conversationId: s.conversationId, state: s.state, peer: s.peerConnection && s.peerConnection.connectionState })),
    /** What is heard in one session, or in the loudest of all. @returns {Sound} */
    heard: (sessionId) => [...ears].filter(([id]) => !sessionId || id === sessionId).map(([, ear]) => ear.hear())
      .reduce((loudest, sound) => (sound.level > loudest.level ? sound : loudest), silence),
  };
  window.phone.started = start();
  window.phone.started.catch((error) => {
    if (!sdk) return;
    now(`cannot log in: ${error.message}`);
    askForToken(); // the tab would keep one that is wrong
  });
}());
