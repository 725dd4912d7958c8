'use strict';

// The phone page's first script, in a browser of fakes: what it leaves of its address, and what it keeps.

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const vm = require('node:vm');

const html = readFileSync(path.join(__dirname, '..', 'web', 'phone.html'), 'utf8');
const [, source] = /<script>([^]*?)<\/script>/.exec(html);

/** Opens the page at an address, in a tab; gives the address as it is then and what the phone knows by it. */
function open(at, tab = new Map()) {
  let shown = new URL(at, 'https://api.example');
  const window = {
    location: shown,
    history: { replaceState: (state, title, to) => { shown = new URL(to, shown); } },
    sessionStorage: { getItem: (name) => tab.get(name) ?? null, setItem: (name, value) => tab.set(name, value) },
  };
  const login = vm.runInNewContext(`${source}; login`, { window, navigator: {}, URLSearchParams });
  return { shown: shown.href, token: login.token, address: `${login.query}`, tab };
}

test('the token leaves the address before any other script runs, and stays with the tab', () => {
  const { tab, ...opened } = open('/phone#resource=desk&token=t1&disableAutoAnswer=true');
  assert.deepEqual(opened, { shown: 'https://api.example/phone#resource=desk&disableAutoAnswer=true', token: 't1', address: 'resource=desk&disableAutoAnswer=true' });
  assert.equal(open(opened.shown, tab).token, 't1');
  assert.equal(open('/phone#token=t2', tab).token, 't2');
  assert.ok(html.indexOf(source) < html.indexOf('<script src'));
});

test('a token in front of the # is none, and goes too', () => {
  const { token, shown, address } = open('/phone?token=t1&resource=desk#page=ann');
  assert.deepEqual([token, shown, address], [null, 'https://api.example/phone?resource=desk#page=ann', 'resource=desk&page=ann']);
});

test('an address without a token stays as it is', () => {
  assert.equal(open('/phone#page=a%20b').shown, 'https://api.example/phone#page=a%20b');
});
