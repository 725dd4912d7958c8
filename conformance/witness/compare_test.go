//go:build witness

package witness

import (
	"testing"
	"time"
)

// A page and a journal agree, or it shows where they do not.
func TestDisagreementsShow(t *testing.T) {
	whole := func() wire {
		return wire{
			sockets:   []*talk{{sent: []string{"open", "auth"}, heard: []string{"open", "success"}}},
			exchanges: []*asking{{1, 2, "GET /a ", "200 ", false}, {3, 6, "GET /b ", "200 ", false}, {4, 5, "GET /c ", "200 ", false}},
		}
	}
	for what, c := range map[string]struct {
		change func(page, before, after *wire)
		agree  bool
	}{
		"nothing":                     {func(_, _, _ *wire) {}, true},
		"a frame that is another":     {func(p, _, _ *wire) { p.sockets[0].sent[1] = "bind" }, false},
		"a frame that is not heard":   {func(p, _, _ *wire) { p.sockets[0].heard = p.sockets[0].heard[:1] }, false},
		"a frame that is on its way":  {func(p, b, _ *wire) { p.sockets[0].heard, b.sockets[0].heard = nil, nil }, true},
		"a frame that is not noted":   {func(_, _, a *wire) { a.sockets[0].sent = a.sockets[0].sent[:1] }, false},
		"a frame lost with a socket":  {func(p, _, _ *wire) { p.sockets[0].heard, p.sockets[0].torn = nil, true }, true},
		"a socket that is not noted":  {func(_, _, a *wire) { a.sockets = nil }, false},
		"requests that overtake":      {func(_, _, a *wire) { a.exchanges[1], a.exchanges[2] = a.exchanges[2], a.exchanges[1] }, true},
		"requests in another order":   {func(_, _, a *wire) { a.exchanges[0], a.exchanges[2] = a.exchanges[2], a.exchanges[0] }, false},
		"a request that is not noted": {func(_, _, a *wire) { a.exchanges = a.exchanges[:2] }, false},
		"a request that nobody made":  {func(p, _, _ *wire) { p.exchanges = p.exchanges[:2] }, false},
		"another answer":              {func(p, _, _ *wire) { p.exchanges[0].answer = "500 " }, false},
		"a request that did not get through": {func(p, _, a *wire) {
			p.exchanges[2].failed, a.exchanges = true, a.exchanges[:2]
		}, true},
	} {
		page, before, after := whole(), whole(), whole()
		if c.change(&page, &before, &after); (len(disagreements(page, before, after)) == 0) != c.agree {
			t.Errorf("%s: %q", what, disagreements(page, before, after))
		}
	}
}

// What is announced in virtual time is announced on pages, up to the end of the play, or it shows what is not.
func TestDifferencesOfWorldsShow(t *testing.T) {
	at := func(seconds int, text string) telling { return telling{time.Duration(seconds) * time.Second, text} }
	world := tellings{"C1": {at(1, "pendingSession"), at(2, "sessionStarted"), at(9, "sessionEnded")}}
	for what, c := range map[string]struct {
		pages tellings
		same  bool
	}{
		"all":          {tellings{"C1": {at(3, "pendingSession"), at(3, "sessionStarted"), at(8, "sessionEnded")}}, true},
		"till the end": {tellings{"C1": {at(1, "pendingSession"), at(2, "sessionStarted")}}, true},
		"less":         {tellings{"C1": {at(1, "pendingSession")}}, false},
		"more":         {tellings{"C1": {at(1, "pendingSession"), at(2, "sessionStarted"), at(9, "sessionEnded"), at(9, "ready")}}, false},
		"other":        {tellings{"C1": {at(1, "pendingSession"), at(2, "handledPendingSession")}}, false},
		"of another":   {tellings{"C1": {at(1, "pendingSession"), at(2, "sessionStarted")}, "C2": {at(1, "pendingSession")}}, false},
	} {
		if found := differences(c.pages, world, 5*time.Second); (len(found) == 0) != c.same {
			t.Errorf("%s: %q", what, found)
		}
	}
}
