/**
 * The recorder writes down what the Genesys Cloud WebRTC SDK is told and does in a page, as capture/1 (docs/capture-format.md).
 * Put it before the SDK's script; it needs nothing else. docs/recorder.md says how to use it and what it leaves out.
 *
 * Two rules hold everywhere. An input is written down before the SDK hears of it, so that the order of the records is the
 * order in which the SDK lived through them. And whatever fails here fails silently, into `hookswitchRecorder.problems`:
 * the page must do the same with a recorder as without.
 */
(function (page) {
  'use strict';

  /** @typedef {{names?: 'hide'|'keep', limit?: number}} RecorderOptions */
  /** @typedef {{seq: number, t: number, k: string}} CaptureRecord one line of capture/1, with the fields of its kind */

  const hidden = 'redacted';
  /** What is taken from the page before it is wrapped, so that nothing of the recorder's own is recorded. */
  const native = {
    fetch: typeof page.fetch === 'function' ? page.fetch.bind(page) : undefined,
    setTimeout: page.setTimeout.bind(page),
    clearTimeout: page.clearTimeout.bind(page),
    now: () => page.performance.now(),
  };
  /** @type {Required<RecorderOptions>} */
  const settings = { names: 'hide', limit: 32e6 };
  const problems = [];

  /** Runs what only records: the page never sees it fail. */
  function guarded(work) {
    try {
      return work();
    } catch (error) {
      if (problems.length < 20) problems.push(String((error && error.stack) || error));
      return undefined;
    }
  }

  /**
   * Does something, and is told how it ended before whoever awaits it. What the page gets is the promise behind that, not the one
   * before: a branch beside it would count as somebody who handles its rejection, and the page would not hear of one that nobody does.
   */
  function followed(run, ended, failed) {
    const fails = (error) => {
      guarded(() => failed(error));
      throw error;
    };
    let result;
    try {
      result = run();
    } catch (error) {
      fails(error);
    }
    const ends = (value) => {
      guarded(() => ended(value));
      return value;
    };
    return result && typeof result.then === 'function' ? result.then(ends, fails) : ends(result);
  }

  // ---------------------------------------------------------------- the log

  /** The records as lines of JSON, within a bounded memory: the oldest go first, the config stays. */
  class Log {
    constructor() {
      this.config = '';
      this.lines = [];
      this.first = 1; // the seq of lines[0]: the config is 0 and kept apart
      this.next = 0;
      this.characters = 0;
      this.last = 0; // the time of the last record
      this.added = () => {};
    }

    get open() { return this.next > 0; }

    get dropped() { return this.first - 1; }

    /** @param {string} kind @param {object} fields what is undefined in them is left out */
    add(kind, fields) {
      this.last = Math.max(this.last, Math.round(native.now() * 10) / 10);
      const line = withoutTokens(JSON.stringify({ seq: this.next, t: this.last, k: kind, ...fields }));
      if (this.next++ === 0) {
        this.config = line;
      } else {
        this.lines.push(line);
        this.characters += line.length;
        this.shorten();
      }
      this.added();
    }

    /** Drops the oldest tenth once the limit is passed; one at a time would move the whole array each time. */
    shorten() {
      if (this.characters <= settings.limit) return;
      let drop = 0;
      while (drop < this.lines.length - 1 && this.characters > settings.limit * 0.9) this.characters -= this.lines[drop++].length;
      this.lines.splice(0, drop);
      this.first += drop;
    }

    /** The lines from a seq on, as many as one request takes. */
    since(seq, characters) {
      const lines = seq === 0 && this.open ? [this.config] : [];
      let size = 0;
      for (let i = Math.max(0, seq - this.first); i < this.lines.length && size < characters; i++) {
        lines.push(this.lines[i]);
        size += this.lines[i].length;
      }
      const from = Math.max(seq, this.first);
      return { lines, next: seq === 0 ? this.first + lines.length - 1 : from + lines.length };
    }

    text() { return this.open ? [this.config, ...this.lines, ''].join('\n') : ''; }
  }

  let log = new Log();
  /** Numbers what is counted: sockets, requests, peer connections and calls each from 1. */
  let counters = { ws: 0, http: 0, pc: 0, call: 0, offers: 0 };

  /** Writes a record, if recording has begun: it begins with the config. */
  function add(kind, fields) {
    guarded(() => {
      if (!log.open) return;
      if (decisions.test(kind)) noteStall();
      log.add(kind, fields);
    });
  }

  // ---------------------------------------------------------------- timers that come late

  /** What the SDK does of itself. Where no input came before it, a timer has caused it. */
  const decisions = /^(ws\.(send|new|closecall)|http\.req|sdk\.event|gum|pc\.(new|close)|api\.(ok|err))$/;
  const beat = 250; // ms
  let ran = 0; // timers that were due until then have run
  let stall = { from: 0, until: -Infinity }; // the last time in which timers were late

  /** Watches whether timers run: those of a busy machine, or of a hidden page, come late. due is when it was to look. */
  function watchTimers(due) {
    const now = native.now();
    if (now - due > 50) stall = { from: ran, until: now };
    ran = due;
    native.setTimeout(watchTimers, beat, now + beat);
  }

  /** Writes that time jumped, before what a late timer causes: a replay has its timers come late by as much. */
  function noteStall() {
    const now = native.now();
    const from = Math.max(now - stall.until < 20 ? stall.from : ran, log.last);
    if (now - from > beat + 50) log.add('clock', { ms: Math.round((now - from) * 10) / 10 });
  }

  // ---------------------------------------------------------------- what may not be written down

  const tokens = new Set();
  const secretKey = /token|password|secret|credential|^(authorization|cookie|set-cookie|jwt|customerdata|username|securitycode)$/i;
  const nameKey = /^(name|email|displayname|firstname|lastname|participantname|queuename|ani_name|title|department|subject|dnisname|callername|calleename|contactname)$/i;
  let aliases = new Map();

  const shortTokens = new Set();

  /** Notes an access token: wherever it stands from now on, it is taken out. One that could be a word goes where it stands alone. */
  function rememberToken(token) {
    if (typeof token !== 'string' || token === '') return;
    const word = token.length < 8 || (token.length < 16 && /^[a-z]+$/i.test(token));
    if (word) shortTokens.add(token);
    else for (const spelling of [token, JSON.stringify(token).slice(1, -1), encodeURIComponent(token)]) tokens.add(spelling);
  }

  function withoutTokens(text) {
    for (const token of tokens) if (text.includes(token)) text = text.split(token).join(hidden);
    return text;
  }

  /** Tells whether a value is all secret, by the key that it stands under. Nothing is none, nor is a yes or no. */
  const isSecret = (key, value) => secretKey.test(key) && value !== '' && value !== null && value !== undefined && typeof value !== 'boolean';

  /** The alias of a name: equal names get equal ones, so that a replay still tells them apart. */
  function alias(name) {
    if (settings.names === 'keep' || name === '') return name;
    if (!aliases.has(name)) aliases.set(name, `Name ${aliases.size + 1}`);
    return aliases.get(name);
  }

  /** A string as it may be written down, by the key that it stands under. */
  function clean(key, value) {
    if (value === '') return value;
    if (secretKey.test(key) || shortTokens.has(value)) return hidden;
    return nameKey.test(key) ? alias(value) : value;
  }

  /** Rewrites decoded JSON in place, which stands under a key itself; tells whether anything was. What is in a list stands under the list's. */
  function cleanJSON(value, under = '') {
    let changed = false;
    for (const name of Object.keys(value)) {
      const key = Array.isArray(value) ? under : name;
      const inner = value[name];
      if (isSecret(key, inner)) value[name] = hidden;
      else if (typeof inner === 'string') value[name] = clean(key, inner);
      else if (inner && typeof inner === 'object') changed = cleanJSON(inner, key) || changed;
      changed = changed || value[name] !== inner;
    }
    return changed;
  }

  /** A body without secrets and names. One that is no JSON stays, but for what looks like an authorisation. */
  function cleanBody(text) {
    if (typeof text !== 'string') return undefined;
    let decoded;
    try { decoded = JSON.parse(text); } catch (notJSON) { return text.replace(/(bearer |authkey:)[\w.\-~+/=]+/gi, `$1${hidden}`); }
    return decoded && typeof decoded === 'object' && cleanJSON(decoded) ? JSON.stringify(decoded) : text;
  }

  const entities = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&' };
  const character = (all, name) => entities[name] || guarded(() => String.fromCodePoint(Number(`0${name.slice(1)}`))) || all;
  const unescapeXML = (s) => s.replace(/&(quot|apos|lt|gt|amp|#\d+|#x[\da-fA-F]+);/g, character);
  const escapeXML = (s) => s.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[c]);

  const attributes = /(?:"[^"]*"|'[^']*'|[^>"'])*/.source;
  const saslXML = new RegExp(`^(\\s*<(?:auth|response)\\b${attributes}>)[^]+?(</(?:auth|response)\\s*>|$)`);
  const jsonXML = new RegExp(`(<(?:[\\w.-]+:)?(?:json|genesys-webrtc)\\b${attributes}>)((?:<!\\[CDATA\\[[^]*?\\]\\]>|[^<])*)(</)`, 'g');

  /** The characters of an element, some of which may stand in sections that need no escapes. */
  const textOf = (inside) => inside.split(/(<!\[CDATA\[[^]*?\]\]>)/).map((part, i) => (i % 2 ? part.slice(9, -3) : unescapeXML(part))).join('');

  /** A frame of the stream without the token, without credentials of TURN servers, and without secrets and names in its JSON. */
  function cleanFrame(xml) {
    if (saslXML.test(xml)) return xml.replace(saslXML, `$1${hidden}$2`);
    const frame = xml.includes('urn:xmpp:extdisco:') ? xml.replace(/(\s(?:username|password)\s*=\s*)("[^"]*"|'[^']*')/g, `$1"${hidden}"`) : xml;
    return frame.replace(jsonXML, (all, before, inside, after) => {
      const body = textOf(inside);
      const cleaned = cleanBody(body);
      return cleaned === body ? all : before + escapeXML(cleaned) + after;
    });
  }

  function cleanURL(url) {
    return String(url).replace(/([?&#;](?:[^=&#;\s]*(?:token|password|secret|credential)[^=&#;\s]*|key|sig|signature|jwt)=)[^&#\s"']+/gi, `$1${hidden}`);
  }

  // ---------------------------------------------------------------- values, as records show them

  const callOf = (c) => c && { state: c.state, muted: c.muted, held: c.held, confined: c.confined, direction: c.direction };
  const conversationOf = (c) => c && { conversationId: c.conversationId, sessionId: c.session && c.session.id, call: callOf(c.mostRecentCallState) };
  const isSession = (v) => Boolean(v && typeof v === 'object' && v.peerConnection);
  const isUpdate = (v) => Boolean(v && typeof v === 'object' && 'activeConversationId' in v && Array.isArray(v.current));

  /** @param {any} s a session of the SDK */
  function sessionOf(s) {
    const peer = s.peerConnection;
    return {
      id: s.id, conversationId: s.conversationId, sessionType: s.sessionType, state: s.state, connectionState: s.connectionState,
      pc: peer && peer.connectionState, pcN: peers.get(peer), fromUserId: s.fromUserId, originalRoomJid: s.originalRoomJid,
      peerID: s.peerID, reinvite: s.reinvite, privAnswerMode: s.privAnswerMode, sessionReplacedByReinvite: s.sessionReplacedByReinvite,
    };
  }

  /** An argument of an event or a call. The SDK's own sessions, errors and updates have forms of their own. */
  function shown(value) {
    if (isSession(value)) return { $session: sessionOf(value) };
    if (value instanceof Error) return { $error: { name: value.name, message: value.message, type: value.type, details: plain(value.details) } };
    if (isUpdate(value)) {
      const list = (of) => (of || []).map(conversationOf);
      return { activeConversationId: value.activeConversationId, current: list(value.current), added: list(value.added), removed: list(value.removed) };
    }
    return plain(value);
  }

  /** Fields that lead from an error into the whole of a request or of the SDK. */
  const unwanted = new Set(['config', 'request', 'response', 'stack']);

  /** A value as JSON can hold it: not deep, not long, without functions and things of the browser. */
  function plain(value, key = '', depth = 0) {
    if (isSecret(key, value)) return hidden;
    if (typeof value === 'string') return clean(key, value);
    if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
    if (value === null || typeof value !== 'object') return typeof value === 'function' ? '[function]' : value;
    if (isSession(value)) return { $session: value.id };
    if (value instanceof Error) return { name: value.name, message: value.message };
    if (depth > 3) return '[…]';
    if (Array.isArray(value)) return value.slice(0, 20).map((v) => plain(v, key, depth + 1));
    if (typeof page.EventTarget === 'function' && value instanceof page.EventTarget) return `[${value.constructor.name}]`;
    const fields = {};
    for (const name of Object.keys(value).slice(0, 40)) {
      const kind = name === 'name' && 'message' in value; // an error's name is none of a person
      if (!unwanted.has(name)) fields[name] = plain(value[name], kind ? '' : name, depth + 1);
    }
    return fields;
  }

  /** An error as `e` has it: its name, a colon and its message. */
  const named = (error) => `${(error && error.name) || 'Error'}: ${(error && error.message) || error}`;

  // ---------------------------------------------------------------- who did it

  let sdkScript = '';

  /**
   * Tells whether the SDK's own code is asking, rather than the application around it, which may have sockets, requests and
   * microphones of its own. The call stack says so where the SDK is a script of its own; elsewhere everything counts.
   */
  function fromSDK() {
    if (!sdkScript) return true;
    const { stack } = new Error();
    return !stack || stack.includes(sdkScript);
  }

  /** Tells whether what is asked now is to be recorded. */
  const wanted = () => log.open && fromSDK();

  /** Puts a class in the place of one of the page's, under its name: feature checks look at that. */
  function replace(name, Replacement) {
    Object.defineProperty(Replacement, 'name', { value: name });
    Object.defineProperty(page, name, { value: Replacement, configurable: true, writable: true });
  }

  // ---------------------------------------------------------------- the WebSocket

  const sockets = new WeakMap();

  function watchSocket(socket, url, protocol) {
    if (!wanted() || (!sdkScript && ![].concat(protocol).includes('xmpp'))) return;
    const ws = ++counters.ws;
    sockets.set(socket, ws);
    add('ws.new', { ws, url: cleanURL(url), protocol });
    socket.addEventListener('open', () => add('ws.open', { ws, protocol: socket.protocol }));
    socket.addEventListener('error', () => add('ws.error', { ws }));
    socket.addEventListener('close', (e) => add('ws.close', { ws, code: e.code, reason: e.reason, clean: e.wasClean }));
    socket.addEventListener('message', (e) => {
      if (/"method"\s*:\s*"offer"|&quot;offer&quot;|session-initiate/.test(e.data)) counters.offers++;
      guarded(() => add('ws.recv', { ws, xml: typeof e.data === 'string' ? cleanFrame(e.data) : '' }));
    });
  }

  function wrapWebSocket() {
    const Native = page.WebSocket;
    if (typeof Native !== 'function') return;
    replace('WebSocket', class extends Native {
      constructor(url, ...protocol) {
        super(url, ...protocol);
        guarded(() => watchSocket(this, url, protocol[0]));
      }

      send(data) {
        const ws = sockets.get(this);
        if (ws) guarded(() => add('ws.send', { ws, xml: cleanFrame(String(data)) }));
        return super.send(data);
      }

      close(...args) {
        const ws = sockets.get(this);
        if (ws) add('ws.closecall', { ws, args });
        return super.close(...args);
      }
    });
  }

  // ---------------------------------------------------------------- requests

  /** What the SDK asks of the platform, for pages in which the call stack does not tell who asks. */
  const sdkPath = /\/api\/v2\/(organizations\/me|users\/me\?expand=station|stations\/|notifications\/channels|conversations\/(calls|codes|[0-9a-f-]{36}$)|diagnostics\/)/;
  const isSDKRequest = (url) => wanted() && (sdkScript ? /\/api\/v2\//.test(url) : sdkPath.test(url));

  function cleanHeaders(headers) {
    const cleaned = {};
    for (const name of Object.keys(headers)) cleaned[name] = clean(name, String(headers[name]));
    return cleaned;
  }

  /** The only header of an answer that the SDK acts on. */
  function retryAfter(value) {
    return value ? { 'retry-after': value } : undefined;
  }

  const requests = new WeakMap();

  function wrapXMLHttpRequest() {
    const Native = page.XMLHttpRequest;
    if (typeof Native !== 'function') return;
    replace('XMLHttpRequest', class extends Native {
      constructor(...args) {
        super(...args);
        this.addEventListener('readystatechange', () => guarded(() => answered(this)));
      }

      open(method, url, ...rest) {
        guarded(() => {
          requests.delete(this);
          const absolute = new page.URL(url, page.location.href).href;
          if (isSDKRequest(absolute)) requests.set(this, { method: String(method).toUpperCase(), url: cleanURL(absolute), headers: {} });
        });
        return super.open(method, url, ...rest);
      }

      setRequestHeader(name, value) {
        const request = requests.get(this);
        if (request) request.headers[name] = value;
        return super.setRequestHeader(name, value);
      }

      send(body) {
        guarded(() => asked(requests.get(this), body));
        return super.send(body);
      }

      abort() {
        requests.delete(this); // nobody waits for its answer any more
        return super.abort();
      }
    });
  }

  function asked(request, body) {
    if (!request) return;
    request.n = ++counters.http;
    const { n, method, url, headers } = request;
    add('http.req', { n, method, url, headers: cleanHeaders(headers), body: cleanBody(body) });
  }

  function answered(xhr) {
    const request = requests.get(xhr);
    if (!request || xhr.readyState !== 4 || request.done) return;
    request.done = true;
    const text = xhr.responseType === '' || xhr.responseType === 'text' ? xhr.responseText : JSON.stringify(xhr.response);
    const header = /^retry-after:\s*(.*?)\s*$/im.exec(xhr.getAllResponseHeaders() || '');
    const { n, method, url } = request;
    add('http.res', { n, method, url, status: xhr.status, body: cleanBody(text), headers: retryAfter(header && header[1]) });
  }

  function wrapFetch() {
    if (!native.fetch) return;
    page.fetch = function fetch(...args) {
      const request = guarded(() => fetched(args));
      const result = native.fetch(...args);
      if (!request) return result;
      return result.then(
        (response) => readFetched(request, response).then(() => response),
        (error) => { add('http.res', { n: request.n, method: request.method, url: request.url, status: 0 }); throw error; },
      );
    };
  }

  /** Notes a request made with fetch; undefined if it is none of the SDK's. */
  function fetched([input, init = {}]) {
    const from = typeof input === 'object' && 'url' in input ? input : { url: new page.URL(input, page.location.href).href };
    if (!isSDKRequest(from.url)) return undefined;
    const headers = Object.fromEntries(new page.Headers(init.headers || from.headers));
    const request = { method: (init.method || from.method || 'GET').toUpperCase(), url: cleanURL(from.url), headers };
    asked(request, init.body);
    return request;
  }

  /** Reads an answer's body before the SDK gets the answer, so that it stands before what the SDK does with it. */
  async function readFetched({ n, method, url }, response) {
    try {
      const body = cleanBody(await response.clone().text());
      add('http.res', { n, method, url, status: response.status, body, headers: retryAfter(response.headers.get('retry-after')) });
    } catch (error) {
      guarded(() => { throw error; });
    }
  }

  // ---------------------------------------------------------------- peer connections

  const peers = new WeakMap();

  function watchPeer(peer, config) {
    if (!wanted()) return;
    const pc = ++counters.pc;
    peers.set(peer, pc);
    // The SDK feels for WebRTC, and warms it up on some systems, before any offer came: those belong to no session.
    add('pc.new', { pc, config: counters.offers ? plain(config || {}) : {} });
    for (const what of ['connectionState', 'iceConnectionState', 'signalingState', 'iceGatheringState']) {
      peer.addEventListener(`${what.toLowerCase()}change`, () => add('pc.state', { pc, what, value: peer[what] }));
    }
    peer.addEventListener('icecandidate', ({ candidate: c }) => add('pc.icecandidate', { pc, cand: c ? c.candidate : null, mid: c ? c.sdpMid : undefined }));
    peer.addEventListener('track', (e) => add('pc.track', { pc, kind: e.track.kind }));
  }

  /** Does an operation on a peer connection and writes down the order, and its rejection if there is one. */
  function ordered(peer, operation, fields, run) {
    const pc = peers.get(peer);
    if (!pc) return run();
    guarded(() => add(`pc.${operation}`, { pc, ...fields() }));
    return followed(run, () => {}, (error) => add('pc.err', { pc, error: named(error) }));
  }

  function wrapPeerConnection() {
    const Native = page.RTCPeerConnection;
    if (typeof Native !== 'function') return;
    const described = (d) => ({ type: d && d.type, sdpBytes: d && d.sdp ? d.sdp.length : undefined });
    replace('RTCPeerConnection', class extends Native {
      constructor(...args) {
        super(...args);
        guarded(() => watchPeer(this, args[0]));
      }

      setRemoteDescription(...args) {
        return ordered(this, 'setRemoteDescription', () => described(args[0]), () => super.setRemoteDescription(...args));
      }

      setLocalDescription(...args) {
        return ordered(this, 'setLocalDescription', () => ({ type: args[0] && args[0].type }), () => super.setLocalDescription(...args));
      }

      createAnswer(...args) { return ordered(this, 'createAnswer', () => ({}), () => super.createAnswer(...args)); }

      addIceCandidate(...args) {
        return ordered(this, 'addIceCandidate', () => ({ cand: args[0] ? args[0].candidate : null }), () => super.addIceCandidate(...args));
      }

      addTrack(track, ...streams) {
        return ordered(this, 'addTrack', () => ({ kind: track.kind }), () => super.addTrack(track, ...streams));
      }

      close() { return ordered(this, 'close', () => ({ was: this.connectionState }), () => super.close()); }
    });
  }

  // ---------------------------------------------------------------- the microphone

  const tracks = new WeakSet();

  function wrapMicrophone() {
    const devices = page.navigator.mediaDevices;
    if (!devices || typeof devices.getUserMedia !== 'function') return;
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = function getUserMedia(constraints) {
      const recorded = guarded(wanted);
      if (recorded) guarded(() => add('gum', { constraints: plain(constraints) }));
      if (!recorded) return ask(constraints);
      return followed(() => ask(constraints), granted, (error) => add('gum.err', { e: named(error) }));
    };
  }

  function granted(stream) {
    const list = stream.getTracks();
    list.forEach((track) => tracks.add(track));
    add('gum.ok', { tracks: list.map((track) => `${track.kind}:${alias(track.label)}`) });
  }

  function wrapTracks() {
    const prototype = page.MediaStreamTrack && page.MediaStreamTrack.prototype;
    if (!prototype || typeof prototype.stop !== 'function') return;
    const { stop } = prototype;
    prototype.stop = function () {
      if (tracks.has(this)) guarded(() => add('track.stop', { kind: this.kind, label: alias(this.label) }));
      return stop.call(this);
    };
  }

  // ---------------------------------------------------------------- the page

  const visibility = () => add('page.visibility', { value: page.document.visibilityState });

  function watchPage() {
    page.document.addEventListener('visibilitychange', visibility);
    for (const name of ['online', 'offline']) page.addEventListener(name, () => add('page.online', { value: name === 'online' }));
    page.addEventListener('unhandledrejection', ({ reason }) => guarded(() => {
      const text = (reason && (reason.message || (reason.error && JSON.stringify(reason.error)))) || reason;
      add('unhandledrejection', { reason: String(text) });
    }));
  }

  /** A replay takes a page for shown and online until it is told otherwise. */
  function startingPage() {
    if (page.document.visibilityState === 'hidden') visibility();
    if (page.navigator.onLine === false) add('page.online', { value: false });
  }

  // ---------------------------------------------------------------- the SDK

  /** The methods that a replay knows. What an application calls besides is written down as a remark. */
  const methods = new Set([
    'initialize', 'disconnect', 'destroy', 'acceptPendingSession', 'rejectPendingSession', 'acceptSession', 'endSession',
    'forceTerminateSession', 'setAudioMute', 'setVideoMute', 'setConversationHeld', 'startSoftphoneSession', 'setAccessToken',
    'addAllowedSessionType', 'removeAllowedSessionType',
  ]);
  const remarked = /^(start|update|set)[A-Z]/;

  /** Starts the capture: the config is its first record. One page records one SDK; true if it is this one. */
  function begin(version, options) {
    if (log.open) return false;
    const { accessToken, jwt, logger, logFormatters, customHeaders, ...rest } = options || {};
    [accessToken, jwt].forEach(rememberToken);
    log.add('config', { sdk: version, config: plain(rest) });
    startingPage();
    if (ran === 0) watchTimers(native.now());
    return true;
  }

  /** Does a call of the application and writes down how it ended. */
  function called(name, args, run) {
    const n = ++counters.call;
    guarded(() => {
      if (name === 'setAccessToken') rememberToken(args[0]);
      add('api', { name, args: name === 'setAccessToken' ? [hidden] : args.map((a) => plain(a)), n });
    });
    const failed = (e) => add('api.err', { name, error: { name: e && e.name, type: e && e.type, message: e && e.message }, n });
    return followed(run, (result) => add('api.ok', { name, result: plain(result), n }), failed);
  }

  function watchEvents(sdk) {
    const { emit } = sdk;
    sdk.emit = function (event, ...args) {
      if (event !== 'newListener' && event !== 'removeListener') {
        guarded(() => {
          args.filter(isSession).forEach(watchSession);
          add('sdk.event', { ev: String(event), args: args.map(shown) });
        });
      }
      return emit.call(this, event, ...args);
    };
  }

  const watched = new WeakSet();
  const unsaid = new Set(['newListener', 'removeListener', 'stats']);

  function watchSession(session) {
    if (watched.has(session) || typeof session.emit !== 'function') return;
    watched.add(session);
    const { emit } = session;
    session.emit = function (event, ...args) {
      if (!unsaid.has(event)) {
        guarded(() => add('session.event', { sid: session.id, ev: String(event), args: args.map((a) => (a && a.genesysWebrtc ? '[iq]' : plain(a))) }));
      }
      return emit.call(this, event, ...args);
    };
  }

  /**
   * The SDK as the application sees it. What goes through here is the application's call; inside, the SDK calls the same
   * methods on itself, which is a decision of its own and no input. That is why it is not the SDK's methods that are wrapped.
   * Everything else it has is what it is: a class stays the same class, and on() gives what it was called on, the facade.
   */
  function facade(sdk) {
    const wrapped = new Map();
    const face = new Proxy(sdk, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function' || !isRecorded(name)) return value;
        if (!wrapped.has(name) || wrapped.get(name).of !== value) wrapped.set(name, { of: value, call: throughFacade(name, value) });
        return wrapped.get(name).call;
      },
      set: (target, name, value) => Reflect.set(target, name, value, target),
    });
    const outside = (result) => (result === sdk ? face : result);
    const throughFacade = (name, method) => new Proxy(method, {
      apply(target, self, args) {
        if (self !== face) return target.apply(self, args);
        const run = () => outside(target.apply(sdk, args));
        if (!attached.has(sdk)) return run();
        if (methods.has(name)) return called(name, args, run);
        add('step', { s: `the application called ${name}` });
        return run();
      },
    });
    return face;
  }

  const isRecorded = (name) => typeof name === 'string' && (methods.has(name) || remarked.test(name));

  let attached = new WeakSet();
  let current; // the SDK that is recorded, for looks inside

  /** Records this SDK, if it is the page's first; gives what the application is to use in its place. */
  function join(sdk, first) {
    if (!first) {
      guarded(() => page.console.warn('hookswitch recorder: this page has more than one SDK: only the first is recorded'));
      return sdk;
    }
    attached.add(sdk);
    current = sdk;
    guarded(() => watchEvents(sdk));
    return facade(sdk);
  }

  function recordedClass(SDK) {
    const recorded = new Proxy(SDK, {
      construct(target, args, newTarget) {
        const first = guarded(() => begin(target.VERSION, args[0]));
        return join(Reflect.construct(target, args, newTarget === recorded ? target : newTarget), first);
      },
    });
    return recorded;
  }

  /** Waits for the SDK's script, and puts the recorded class in the place of its own. */
  function awaitSDK() {
    const name = 'GenesysCloudWebrtcSdk';
    let library = page[name];
    const arrived = (value) => {
      library = value;
      guarded(() => {
        const SDK = value[name] || value.default;
        if (typeof SDK !== 'function') return;
        sdkScript = (page.document.currentScript && page.document.currentScript.src) || '';
        const recorded = recordedClass(SDK);
        library = Object.assign({}, value, { [name]: recorded, default: recorded });
      });
    };
    if (library) {
      problems.push('the SDK was there before the recorder, so what it took from the page is not recorded: load recorder.js first');
      arrived(library);
    }
    Object.defineProperty(page, name, { get: () => library, set: arrived, configurable: true, enumerable: true });
  }

  // ---------------------------------------------------------------- a look inside

  /** Writes down what the SDK holds, which verify compares with the replayed cell. These are its private fields. */
  function look(label) {
    guarded(() => {
      const manager = current.sessionManager;
      const softphone = manager && manager.sessionHandlers.find((h) => h.sessionType === 'softphone');
      const pending = current._streamingConnection && current._streamingConnection._webrtcSessions.pendingSessions;
      const { station } = current;
      add('state', {
        label,
        connected: current.isInitialized && current.connected,
        station: station && { id: station.id, la: station.webRtcCallAppearances, pers: station.webRtcPersistentEnabled },
        sdkPending: manager && manager.pendingSessions.map(({ id, conversationId, accepted, autoAnswer }) => ({ id, conversationId, accepted, autoAnswer })),
        scPending: pending && Object.values(pending).map(({ id, accepted }) => ({ id, accepted })),
        sessions: manager && manager.getAllSessions().map(sessionOf),
        activeSession: softphone && softphone.activeSession ? softphone.activeSession.id : softphone && softphone.activeSession,
        conversations: softphone && Object.values(softphone.conversations).map(conversationOf),
      });
    });
  }

  // ---------------------------------------------------------------- giving it away

  /** What a refusal says. */
  async function wordsOf(response) {
    try {
      const text = await response.text();
      const { message } = /^\s*\{/.test(text) ? JSON.parse(text) : { message: text };
      return withoutTokens(String(message || text)).trim().slice(0, 300);
    } catch (none) {
      return '';
    }
  }

  /** What to do about a refusal. */
  function advice(status, lost) {
    if (lost > 0) return `the limit has cost ${lost} records before the server had them, and it takes none behind a gap; configure a higher limit, or upload from the beginning on`;
    if ([401, 403, 404].includes(status)) return 'look at the address and the token';
    return 'what was recorded since can be downloaded';
  }

  /** Posts the records to a server as JSON arrays, in order, one request at a time. */
  class Uploader {
    constructor(url, { headers = {}, every = 200 } = {}) {
      Object.assign(this, { url, headers, every, seq: 0, wait: every, busy: false, timer: 0, stopped: false, waiting: [] });
      this.schedule();
    }

    schedule() {
      if (this.timer || this.busy || this.stopped || this.seq >= log.next) return;
      this.timer = native.setTimeout(() => { this.timer = 0; this.post(); }, this.wait);
    }

    async post() {
      const { lines, next } = log.since(this.seq, 256e3);
      if (this.busy || this.stopped || lines.length === 0) return;
      const lost = Math.max(0, log.first - Math.max(this.seq, 1)); // the limit took them before the server had them
      this.busy = true;
      const { status, words } = await this.send(lines, false);
      this.busy = false;
      if (status >= 200 && status < 300) {
        this.seq = next;
        this.wait = this.every;
      } else if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
        this.stop(`the server refused the records (${[status, words].filter(Boolean).join(': ')}): ${advice(status, lost)}`);
      } else {
        this.wait = Math.min(this.wait * 2, 30e3);
      }
      this.settle();
      this.schedule();
    }

    /** The answer's status, 0 if none came, and what a refusal says. */
    async send(lines, keepalive) {
      try {
        const body = `[${lines.join(',')}]`;
        const headers = { 'Content-Type': 'application/json', ...this.headers };
        const response = await native.fetch(this.url, { method: 'POST', headers, body, keepalive });
        return { status: response.status, words: response.status < 400 ? '' : await wordsOf(response) };
      } catch (failed) {
        return { status: 0 };
      }
    }

    /** Tells those who wait whether the server has what they wait for, once it has, or will not get it. */
    settle() {
      const settled = (one) => this.stopped || this.seq >= one.until;
      const done = this.waiting.filter(settled);
      this.waiting = this.waiting.filter((one) => !settled(one));
      done.forEach((one) => one.tell(this.seq >= one.until));
    }

    /**
     * Resolves to true when the server has all that was recorded until now; to false when the upload was stopped, or when the
     * server has not taken it within some milliseconds. The upload goes on then.
     */
    flush(within = 10e3) {
      return new Promise((done) => {
        const tell = (all) => {
          native.clearTimeout(late);
          done(all);
        };
        const one = { until: log.next, tell };
        const late = native.setTimeout(() => {
          this.waiting = this.waiting.filter((other) => other !== one);
          tell(false);
        }, within);
        this.waiting.push(one);
        native.clearTimeout(this.timer);
        this.timer = 0;
        this.wait = this.every;
        if (!this.busy) this.post();
        this.settle();
      });
    }

    /** The last words of a page that is left; a browser lets no more than 64 KB through then. */
    leave() {
      const { lines } = log.since(this.seq, 50e3);
      if (!this.busy && !this.stopped && lines.length > 0 && native.fetch) this.send(lines, true);
    }

    stop(why) {
      this.stopped = true;
      if (why) problems.push(`upload: ${why}`);
      this.settle();
    }
  }

  let uploader;

  function upload(url, options) {
    if (uploader) uploader.stop();
    uploader = new Uploader(url, options);
    const mine = uploader;
    log.added = () => mine.schedule();
    return { flush: (within) => mine.flush(within), stop: () => mine.stop() };
  }

  function download(name = 'capture.jsonl') {
    const link = page.document.createElement('a');
    link.href = page.URL.createObjectURL(new page.Blob([log.text()], { type: 'application/x-ndjson' }));
    link.download = name;
    link.click();
    native.setTimeout(() => page.URL.revokeObjectURL(link.href), 10e3);
  }

  /** Forgets the capture; the next SDK that is constructed or attached begins a new one. */
  function reset() {
    if (uploader) uploader.stop();
    uploader = undefined;
    log = new Log();
    counters = { ws: 0, http: 0, pc: 0, call: 0, offers: 0 };
    aliases = new Map();
    attached = new WeakSet();
  }

  page.hookswitchRecorder = {
    /** The records so far. @returns {CaptureRecord[]} */
    get records() { return log.text().split('\n').filter(Boolean).map((line) => JSON.parse(line)); },
    /** How many records the limit has cost. */
    get dropped() { return log.dropped; },
    /** What went wrong in the recorder itself. */
    problems,
    /** The capture, as its file has it. */
    text: () => log.text(),
    /** @param {RecorderOptions} options */
    configure: (options) => { Object.assign(settings, options); },
    /** For an SDK that is no script of its own: gives what to use in its place. Attach before initialize(). */
    attach: (sdk, options) => join(sdk, guarded(() => begin(sdk.VERSION, options || sdk._config))),
    /** A remark. */
    step: (s) => add('step', { s: String(s) }),
    look,
    download,
    upload,
    reset,
  };

  [wrapWebSocket, wrapXMLHttpRequest, wrapFetch, wrapPeerConnection, wrapMicrophone, wrapTracks, watchPage, awaitSDK].forEach(guarded);
  page.addEventListener('pagehide', () => guarded(() => uploader && uploader.leave()));
}(globalThis));
