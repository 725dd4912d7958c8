'use strict';

// The recorder in a page of fakes: what it writes, what it leaves out, and that the page does not notice it.

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const vm = require('node:vm');

const source = readFileSync(path.join(__dirname, '..', 'web', 'recorder.js'), 'utf8');
const token = 'a-token-that-is-long-enough-to-be-one';

/** Lets everything that was promised happen. */
const settle = () => new Promise((done) => { setImmediate(done); });

class FakeSocket extends EventTarget {
  constructor(url, protocol) { super(); Object.assign(this, { url, protocol, sent: [] }); }
  send(data) { this.sent.push(data); }
  close() { this.closed = true; }
  tell(type, fields) { this.dispatchEvent(Object.assign(new Event(type), fields)); }
}

class FakeXHR extends EventTarget {
  constructor() { super(); Object.assign(this, { readyState: 0, status: 0, responseType: '', responseText: '', responseHeaders: '' }); }
  open() {}
  setRequestHeader() {}
  send() {}
  abort() {}
  getAllResponseHeaders() { return this.responseHeaders; }
  answer(status, body, headers = '') {
    Object.assign(this, { readyState: 4, status, responseText: body, responseHeaders: headers });
    this.dispatchEvent(new Event('readystatechange'));
  }
}

class FakePeer extends EventTarget {
  constructor(config) { super(); Object.assign(this, { config, connectionState: 'new', signalingState: 'stable' }); }
  async setRemoteDescription() { this.state('signalingState', 'have-remote-offer'); }
  async createAnswer() { throw Object.assign(new Error('not now'), { name: 'InvalidStateError' }); }
  addTrack() { return { sender: true }; }
  close() {}
  state(what, value) { this[what] = value; this.dispatchEvent(new Event(`${what.toLowerCase()}change`)); }
}

class FakeTrack { constructor() { Object.assign(this, { kind: 'audio', label: "Ann's headset" }); } stop() { this.stopped = true; } }

/** An SDK that has what the recorder looks at: methods, one of which calls another, and emit. */
class FakeSDK extends EventTarget {
  static VERSION = '9.2.4';

  constructor(options) { super(); this._config = options; this.heard = []; }
  emit(...args) { this.heard.push(args); return true; }
  async initialize() { await this.addAllowedSessionType('softphone'); }
  async addAllowedSessionType() { this.added = true; }
  async endSession() { throw Object.assign(new Error('no such session'), { type: 'session' }); }
  setAccessToken(given) { this._config.accessToken = given; }
  updateAudioVolume() { return this; }
  on(event, listener) { this.listeners = { ...this.listeners, [event]: listener }; return this; }
}

/** The recorder as a function of the page that it is loaded into. */
const load = vm.compileFunction(source, ['globalThis']);

/** A page's timers. The recorder's look at them, every 250 ms, does not keep the tests from ending. */
function pageTimeout(run, ms, ...args) {
  const timer = setTimeout(run, ms, ...args);
  if (ms === 250) timer.unref();
  return timer;
}

/** A page with a recorder in it. */
function newPage(more = {}) {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible', currentScript: null });
  const devices = { getUserMedia: async () => ({ getTracks: () => [new FakeTrack()] }) };
  const page = Object.assign(new EventTarget(), {
    document, performance, URL, Headers, EventTarget, console, clearTimeout, setTimeout: pageTimeout,
    location: { href: 'https://phone.example/' }, navigator: { mediaDevices: devices, onLine: true },
    WebSocket: FakeSocket, XMLHttpRequest: FakeXHR, RTCPeerConnection: FakePeer, MediaStreamTrack: FakeTrack, ...more,
  });
  load(page);
  return page;
}

/** A page whose SDK was loaded and constructed. */
function newPhone(more, options = {}) {
  const page = newPage(more);
  page.GenesysCloudWebrtcSdk = { GenesysCloudWebrtcSdk: FakeSDK };
  const sdk = new page.GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk({ environment: 'example.com', accessToken: token, jidResource: 'desk', ...options });
  return { page, sdk, recorder: page.hookswitchRecorder };
}

const kinds = (recorder) => recorder.records.map((r) => r.k);
const only = (recorder, kind) => recorder.records.filter((r) => r.k === kind);

test('the capture begins with the config, without the token', () => {
  const { recorder } = newPhone();
  const [config] = recorder.records;
  assert.equal(config.seq, 0);
  assert.equal(config.k, 'config');
  assert.equal(config.sdk, '9.2.4');
  assert.deepEqual(config.config, { environment: 'example.com', jidResource: 'desk' });
});

test('what stands under a key of a secret is no more in the config, whatever it is', () => {
  const { recorder } = newPhone({}, {
    tokens: ['aaa-secret'], password: { value: 'bbb-secret' }, turnCredential: 'ccc-secret', pins: { secret: 12345 },
    iceServers: [{ credential: { accessToken: 'ddd-secret' }, urls: ['turn:t'] }], jwt: 'short-1', remark: 'short-1', withCredentials: true,
  });
  assert.deepEqual(recorder.records[0].config, {
    environment: 'example.com', jidResource: 'desk',
    tokens: 'redacted', password: 'redacted', turnCredential: 'redacted', pins: { secret: 'redacted' },
    iceServers: [{ credential: 'redacted', urls: ['turn:t'] }], remark: 'redacted', withCredentials: true,
  });
});

test('nor in what the application says, in bodies, and in addresses', () => {
  const { page, sdk, recorder } = newPhone();
  const secrets = { tokens: ['aaa-secret'], password: { value: 'bbb-secret' }, turnCredential: 'ccc-secret', pins: { secret: 12345 }, emails: [{ email: ['ann@example.com'] }] };
  sdk.endSession(secrets).catch(() => {});
  const request = new page.XMLHttpRequest();
  request.open('POST', '/api/v2/stations/?client_secret=aaa-secret#access_token=aaa-secret');
  request.send(JSON.stringify(secrets));
  assert.doesNotMatch(recorder.text(), /-secret|12345|ann@/);
  assert.match(only(recorder, 'http.req')[0].url, /client_secret=redacted#access_token=redacted$/);
  assert.deepEqual(JSON.parse(only(recorder, 'http.req')[0].body).emails, [{ email: ['Name 1'] }]);
});

test('nor anywhere in a frame, however it is spelled', () => {
  const { page, recorder } = newPhone();
  const socket = new page.WebSocket('wss://streaming.example.com/stream/channels/1', 'xmpp');
  socket.send('<auth mechanism="PLAIN"><![CDATA[aaa-secret]]></auth>');
  const json = (inside) => `<json a=">" xmlns="urn:xmpp:json:0">${inside}</json>`;
  socket.tell('message', { data: `<message>${json('{&quot;id&quot;:1}')}${json('{&quot;token&quot;:&quot;aaa-secret&quot;}')}${json('<![CDATA[{"password":{"a":"bbb-secret"},"id":"<2>"}]]>')}</message>` });
  socket.tell('message', { data: `<message>${json('{&#34;secret&#x22;:12345}')}<x xmlns="urn:xmpp:extdisco:1" password="ccc-secret"/></message>` });
  assert.doesNotMatch(recorder.text(), /-secret|12345/);
  assert.equal(only(recorder, 'ws.send')[0].xml, '<auth mechanism="PLAIN">redacted</auth>');
  assert.equal(only(recorder, 'ws.recv')[0].xml, `<message>${json('{&quot;id&quot;:1}')}${json('{&quot;token&quot;:&quot;redacted&quot;}')}${json('{&quot;password&quot;:&quot;redacted&quot;,&quot;id&quot;:&quot;&lt;2&gt;&quot;}')}</message>`);
});

test('nothing is recorded before there is an SDK', () => {
  const page = newPage();
  new page.WebSocket('wss://elsewhere.example', 'xmpp');
  page.document.dispatchEvent(new Event('visibilitychange'));
  assert.deepEqual(page.hookswitchRecorder.records, []);
});

test('a call of the application is recorded, and what the SDK calls on itself is not', async () => {
  const { sdk, recorder } = newPhone();
  await sdk.initialize();
  await assert.rejects(sdk.endSession({ conversationId: 'C1' }), /no such session/);
  sdk.updateAudioVolume(50);
  assert.deepEqual(kinds(recorder), ['config', 'api', 'api.ok', 'api', 'api.err', 'step']);
  assert.deepEqual(only(recorder, 'api').map(({ name, n }) => [name, n]), [['initialize', 1], ['endSession', 2]]);
  assert.deepEqual(only(recorder, 'api.err')[0].error, { name: 'Error', type: 'session', message: 'no such session' });
});

test('a chain of calls is recorded to its end', async () => {
  const { sdk, recorder } = newPhone();
  const listener = () => {};
  await sdk.on('ready', listener).on('connected', listener).updateAudioVolume(50).initialize();
  assert.deepEqual(Object.keys(sdk.listeners), ['ready', 'connected']);
  assert.deepEqual(kinds(recorder), ['config', 'step', 'api', 'api.ok']);
});

test('what the SDK has besides its methods is what it is', () => {
  const { sdk } = newPhone();
  class Media { static kinds = ['audio']; }
  sdk.Media = Media;
  assert.ok(new sdk.Media() instanceof Media);
  assert.equal(sdk.Media, Media);
  assert.equal(sdk.constructor, FakeSDK);
  assert.equal(sdk.initialize.name, 'initialize');
  assert.equal(sdk.initialize, sdk.initialize);
  sdk.startTimer = class {};
  assert.ok(new sdk.startTimer());
});

test('events are recorded before their listeners run, in the forms of capture/1', () => {
  const { sdk, recorder } = newPhone();
  const session = { id: 'S1', conversationId: 'C1', state: 'active', peerConnection: { connectionState: 'new' } };
  sdk.emit('sessionStarted', session);
  sdk.emit('sdkError', Object.assign(new Error('gone'), { type: 'http' }));
  sdk.emit('conversationUpdate', {
    activeConversationId: 'C1', added: [], removed: [],
    current: [{ conversationId: 'C1', session, mostRecentCallState: { state: 'connected', muted: false, id: 'leg' } }],
  });
  const [started, failed, update] = only(recorder, 'sdk.event');
  assert.equal(started.args[0].$session.id, 'S1');
  assert.equal(failed.args[0].$error.type, 'http');
  assert.deepEqual(update.args[0].current, [{ conversationId: 'C1', sessionId: 'S1', call: { state: 'connected', muted: false } }]);
  assert.equal(sdk.heard.length, 3);
});

test('frames are recorded before the SDK hears them, without the token and credentials', () => {
  const { page, recorder } = newPhone();
  const socket = new page.WebSocket('wss://streaming.example.com/stream/channels/1', 'xmpp');
  let before = 0;
  socket.addEventListener('message', () => { before = only(recorder, 'ws.recv').length; });
  socket.send(`<auth mechanism="PLAIN">${btoa(`\0ann@example.com\0authKey:${token}`)}</auth>`);
  socket.tell('message', { data: '<iq><services xmlns="urn:xmpp:extdisco:1"><service type="turn" host="h" username="u1" password=\'p1\'/></services></iq>' });
  socket.tell('message', { data: '<message><json xmlns="urn:xmpp:json:0">{&quot;name&quot;:&quot;O&apos;Brien&quot;,&quot;id&quot;:&quot;C1&quot;}</json></message>' });
  socket.tell('close', { code: 1006, reason: '', wasClean: false });
  assert.equal(before, 2);
  assert.equal(only(recorder, 'ws.send')[0].xml, '<auth mechanism="PLAIN">redacted</auth>');
  const [services, notification] = only(recorder, 'ws.recv').map((r) => r.xml);
  assert.match(services, /host="h" username="redacted" password="redacted"/);
  assert.match(notification, /\{&quot;name&quot;:&quot;Name 1&quot;,&quot;id&quot;:&quot;C1&quot;\}/);
  assert.deepEqual(only(recorder, 'ws.close')[0], { ...only(recorder, 'ws.close')[0], ws: 1, code: 1006, reason: '', clean: false });
  assert.equal(socket.sent.length, 1);
});

test('sockets of the application are left alone', () => {
  const { page, recorder } = newPhone();
  const socket = new page.WebSocket('wss://elsewhere.example', 'chat');
  socket.send('hello');
  assert.deepEqual(kinds(recorder), ['config']);
  assert.ok(socket instanceof FakeSocket);
});

test('requests are numbered as they are sent and recorded without their authorisation', () => {
  const { page, recorder } = newPhone();
  const [first, second, other] = [new page.XMLHttpRequest(), new page.XMLHttpRequest(), new page.XMLHttpRequest()];
  first.open('GET', 'https://api.example.com/api/v2/users/me?expand=station');
  first.setRequestHeader('Authorization', `Bearer ${token}`);
  second.open('post', '/api/v2/conversations/calls');
  other.open('GET', '/api/v2/outbound/campaigns');
  second.send('{"phoneNumber":"+15550100"}');
  first.send();
  other.send();
  first.answer(429, '{"authToken":"t","name":"Ann","email":"ann@example.com"}', 'content-type: json\r\nRetry-After: 3\r\n');
  first.answer(429, 'again');
  const asked = only(recorder, 'http.req');
  assert.deepEqual(asked.map((r) => [r.n, r.method, r.url]), [
    [1, 'POST', 'https://phone.example/api/v2/conversations/calls'], [2, 'GET', 'https://api.example.com/api/v2/users/me?expand=station'],
  ]);
  assert.equal(asked[1].headers.Authorization, 'redacted');
  const answers = only(recorder, 'http.res');
  assert.equal(answers.length, 1);
  assert.deepEqual([answers[0].n, answers[0].status, answers[0].body, answers[0].headers],
    [2, 429, '{"authToken":"redacted","name":"Name 1","email":"Name 2"}', { 'retry-after': '3' }]);
});

test('a request made with fetch is recorded with its answer before the SDK has it', async () => {
  const { page, recorder } = newPhone({ fetch: async () => new Response('{"id":"O1"}', { status: 200 }) });
  const response = await page.fetch('https://api.example.com/api/v2/organizations/me', { headers: { authorization: `Bearer ${token}` } });
  assert.deepEqual(only(recorder, 'http.res').map((r) => [r.n, r.status, r.body]), [[1, 200, '{"id":"O1"}']]);
  assert.equal(only(recorder, 'http.req')[0].headers.authorization, 'redacted');
  assert.deepEqual(await response.json(), { id: 'O1' });
});

test('a peer connection is recorded: its config, its states before anybody hears them, and what it refuses', async () => {
  const { page, recorder } = newPhone();
  const warmUp = new page.RTCPeerConnection({ iceServers: [{ urls: 'stun:s' }] });
  warmUp.close();
  new page.WebSocket('wss://x', 'xmpp').tell('message', { data: '{&quot;method&quot;:&quot;offer&quot;}' });
  const peer = new page.RTCPeerConnection({ iceServers: [{ urls: 'turn:t', username: 'u1', credential: 'p1' }] });
  await peer.setRemoteDescription({ type: 'offer', sdp: 'v=0' });
  await assert.rejects(peer.createAnswer(), /not now/);
  assert.deepEqual(only(recorder, 'pc.new').map((r) => r.config), [{}, { iceServers: [{ urls: 'turn:t', username: 'redacted', credential: 'redacted' }] }]);
  assert.deepEqual(kinds(recorder).slice(-4), ['pc.setRemoteDescription', 'pc.state', 'pc.createAnswer', 'pc.err']);
  assert.equal(only(recorder, 'pc.err')[0].error, 'InvalidStateError: not now');
  assert.ok(peer instanceof FakePeer);
  assert.equal(page.RTCPeerConnection.name, 'RTCPeerConnection');
});

test('the microphone is recorded without the name of its owner', async () => {
  const { page, recorder } = newPhone();
  const stream = await page.navigator.mediaDevices.getUserMedia({ audio: true });
  stream.getTracks()[0].stop();
  assert.deepEqual(kinds(recorder), ['config', 'gum', 'gum.ok']);
  assert.deepEqual(only(recorder, 'gum.ok')[0].tracks, ['audio:Name 1']);
});

test('a rejection that nobody handles is still one with a recorder', async () => {
  const refuse = async () => { throw new Error('refused'); };
  const { page, sdk, recorder } = newPhone({ navigator: { mediaDevices: { getUserMedia: refuse }, onLine: true } });
  const peer = new page.RTCPeerConnection();
  const heard = [];
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (error) => heard.push(error.message));
  try {
    sdk.endSession();
    peer.createAnswer();
    page.navigator.mediaDevices.getUserMedia({ audio: true });
    await settle();
    sdk.endSession().catch(() => {});
    await settle();
  } finally {
    process.removeAllListeners('unhandledRejection');
    others.forEach((listener) => process.on('unhandledRejection', listener));
  }
  assert.deepEqual(heard.sort(), ['no such session', 'not now', 'refused']);
  assert.deepEqual(kinds(recorder).filter((k) => /err$/.test(k)).sort(), ['api.err', 'api.err', 'gum.err', 'pc.err']);
});

test('names stay where they are to stay', () => {
  const page = newPage();
  page.hookswitchRecorder.configure({ names: 'keep' });
  page.GenesysCloudWebrtcSdk = { GenesysCloudWebrtcSdk: FakeSDK };
  const sdk = new page.GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk({ accessToken: token });
  sdk.emit('station', { action: 'Associated', station: { id: '1', name: 'Desk of Ann' } });
  assert.equal(only(page.hookswitchRecorder, 'sdk.event')[0].args[0].station.name, 'Desk of Ann');
});

test('the token stands nowhere, wherever it was', () => {
  const { sdk, recorder } = newPhone();
  const next = 'another-token-that-is-long-enough';
  sdk.setAccessToken(next);
  sdk.emit('sdkError', new Error(`the token ${token} is not ${next}`));
  assert.ok(!recorder.text().includes(token));
  assert.ok(!recorder.text().includes(next));
});

test('what a late timer causes comes after a jump of the clock, and what an input causes does not', () => {
  let time = 1000;
  let timers = [];
  const pass = (ms) => { time += ms; timers.splice(0).forEach((run) => run()); };
  const { sdk, recorder } = newPhone({ performance: { now: () => time }, setTimeout: (run, ms, ...args) => timers.push(() => run(...args)) });
  for (let i = 0; i < 4; i++) pass(250);
  sdk.emit('station', 'in time');
  pass(3000);
  sdk.emit('station', 'late');
  sdk.emit('station', 'behind it');
  timers = [];
  time += 5000;
  sdk.endSession().catch(() => {});
  sdk.emit('station', 'asked for');
  assert.deepEqual(kinds(recorder), ['config', 'sdk.event', 'clock', 'sdk.event', 'sdk.event', 'api', 'sdk.event']);
  assert.equal(only(recorder, 'clock')[0].ms, 3000);
});

test('a second SDK of the page works and is not recorded', async () => {
  const { page, recorder } = newPhone({ console: { warn() {} } });
  const second = new page.GenesysCloudWebrtcSdk.GenesysCloudWebrtcSdk({ accessToken: token });
  await second.initialize();
  assert.ok(second.added);
  assert.ok(second instanceof FakeSDK);
  assert.deepEqual(kinds(recorder), ['config']);
});

test('an SDK that the page has bundled is attached by hand', async () => {
  const page = newPage();
  const sdk = page.hookswitchRecorder.attach(new FakeSDK({ environment: 'example.com', accessToken: token }));
  await sdk.initialize();
  assert.deepEqual(kinds(page.hookswitchRecorder), ['config', 'api', 'api.ok']);
});

test('the memory is bounded: the oldest records go, the config stays', () => {
  const { sdk, recorder } = newPhone();
  recorder.configure({ limit: 2000 });
  for (let i = 0; i < 100; i++) sdk.emit('station', { i });
  const { records } = recorder;
  assert.equal(records[0].k, 'config');
  assert.equal(records.at(-1).args[0].i, 99);
  assert.equal(records[1].seq, recorder.dropped + 1);
  assert.ok(recorder.dropped > 0 && recorder.text().length < 2500);
});

test('the upload posts everything once and in order, one request at a time', async () => {
  const got = [];
  let under = 0;
  let most = 0;
  const replies = [503, 200, 200, 200, 200];
  const fetch = async (url, { body }) => {
    most = Math.max(most, ++under);
    await settle();
    under--;
    const status = replies.shift() ?? 200;
    if (status === 200) got.push(...JSON.parse(body));
    return { status };
  };
  const { sdk, recorder } = newPhone({ fetch });
  const upload = recorder.upload('/control/pages/ann/records', { every: 1 });
  for (let i = 0; i < 5; i++) {
    sdk.emit('station', { i });
    await settle();
  }
  await upload.flush();
  assert.deepEqual(got.map((r) => r.seq), [0, 1, 2, 3, 4, 5]);
  assert.equal(most, 1);
});

test('a flush waits for what was recorded before it, and not for what comes meanwhile', async () => {
  const { page, sdk, recorder } = newPhone({ fetch: async () => {
    await new Promise((later) => { setTimeout(later, 2); });
    sdk.emit('station', 'meanwhile');
    return { status: 204 };
  } });
  const upload = recorder.upload('/records', { every: 1 });
  const late = new Promise((done) => { page.setTimeout(done, 500, 'late').unref(); });
  assert.equal(await Promise.race([upload.flush(), late]), true);
  upload.stop();
});

test('a flush ends when the server is away, and the upload goes on', async () => {
  let status = 0;
  const { recorder } = newPhone({ fetch: async () => { if (status) return { status }; throw new Error('away'); } });
  const upload = recorder.upload('/records', { every: 1 });
  const never = new Promise((done) => { setTimeout(done, 1000, 'never').unref(); });
  assert.equal(await Promise.race([upload.flush(20), never]), false);
  status = 204;
  assert.equal(await Promise.race([upload.flush(), never]), true);
  upload.stop();
  assert.deepEqual(recorder.problems, []);
});

test('an upload that ends because records were lost says that, and what the server said', async () => {
  const away = { status: 503 };
  const gap = { status: 409, text: async () => `{"message":"record 1 is missing, ${token}"}` };
  let answer = away;
  const { sdk, recorder } = newPhone({ fetch: async () => answer });
  recorder.configure({ limit: 2000 });
  const upload = recorder.upload('/records', { every: 1 });
  for (let i = 0; i < 100; i++) sdk.emit('station', { i });
  assert.equal(await upload.flush(10), false);
  answer = gap;
  assert.equal(await upload.flush(), false);
  assert.equal(recorder.problems.at(-1), `upload: the server refused the records (409: record 1 is missing, redacted): the limit has cost ${recorder.dropped} `
    + 'records before the server had them, and it takes none behind a gap; configure a higher limit, or upload from the beginning on');
});

test('an upload that is refused stops, and says so', async () => {
  let posts = 0;
  const { recorder } = newPhone({ fetch: async () => { posts++; return { status: 401 }; } });
  await recorder.upload('/records', { every: 1 }).flush();
  await settle();
  assert.equal(posts, 1);
  assert.match(recorder.problems.at(-1), /refused the records \(401\)/);
});

test('what fails in the recorder does not reach the page', () => {
  const { sdk, recorder } = newPhone();
  const strange = { get peerConnection() { throw new Error('no'); } };
  assert.equal(sdk.emit('sessionStarted', strange), true);
  assert.equal(recorder.problems.length, 1);
});
