package server

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"reflect"
)

// controls are everything that the control API does.
func controls() []endpoint {
	return []endpoint{
		{method: "GET", path: "/control", summary: "This description.", gives: reflect.TypeFor[map[string]any](), serve: (*Server).serveOpenAPI},
		on("GET", "/control/agents", "The agents, with their stations and clients.", (*Server).listAgents),
		on("POST", "/control/agents", "Adds an agent with a station; gives the access token of each of the agent's phones.", (*Server).addAgent),
		on("GET", "/control/agents/{agent}", "One agent.", (*Server).showAgent),
		on("POST", "/control/agents/{agent}/tokens", "Makes one more access token.", (*Server).addToken),
		on("POST", "/control/agents/{agent}/station", "Migrates, associates or disassociates the station, during whatever goes on.", (*Server).changeStation),
		on("POST", "/control/agents/{agent}/streams", "Refuses or accepts connections of the agent's clients from now on.", (*Server).changeStreams),
		on("POST", "/control/agents/{agent}/drop", "Drops the stream of one of the agent's clients.", (*Server).dropStream),
		{
			method: "GET", path: "/control/agents/{agent}/journal", summary: "What a phone of the agent's said and heard, as capture/1.",
			query: []string{"phone"}, stream: recordingType, serve: (*Server).serveJournal,
		},
		on("DELETE", "/control/agents/{agent}/journal", "Begins a new journal of a phone of the agent's; best before it logs in.", (*Server).deleteJournal).asking("phone"),
		on("GET", "/control/calls", "The calls that are not forgotten.", (*Server).listCalls),
		on("POST", "/control/calls", "A caller calls an agent.", (*Server).startCall),
		on("GET", "/control/calls/{call}", "One call: its parties, and what is heard at either end.", (*Server).showCall),
		on("POST", "/control/calls/{call}/hangup", "The caller hangs up.", (*Server).hangUp),
		on("POST", "/control/calls/{call}/hold", "Holds or retrieves an agent's leg from outside.", (*Server).holdLeg),
		on("POST", "/control/calls/{call}/mute", "Mutes or unmutes an agent's leg from outside.", (*Server).muteLeg),
		on("POST", "/control/faults", "Lets the next request or frame of a kind fail, be late, be lost or come twice.", (*Server).addFault),
		on("POST", "/control/statements", "Does what a line of a scenario says (docs/scenarios.md), such as: edge reinvites ann for C1.", (*Server).doStatement),
		on("GET", "/control/pages", "The pages that record.", (*Server).listPages),
		on("POST", "/control/pages/{page}/do", "Has a page call a method of the SDK.", (*Server).orderPage),
		{
			method: "GET", path: "/control/pages/{page}/capture", summary: "What a page has recorded so far, as capture/1.",
			stream: recordingType, serve: (*Server).serveCapture,
		},
		{
			method: "POST", path: "/control/pages/{page}/records", summary: "A page tells what it has recorded since it last did: records of capture/1, in order.",
			takes: reflect.TypeFor[[]map[string]any](), open: true, serve: (*Server).takeRecords,
		},
		{
			method: "GET", path: "/control/pages/{page}/orders", summary: "A page waits for orders (server-sent events): methods of the SDK that it is to call.",
			stream: "text/event-stream", open: true, serve: (*Server).serveOrders,
		},
	}
}

// recordingType is the media type of recordings: JSON, an object a line.
const recordingType = "application/x-ndjson"

// control puts the control API on a mux.
func (s *Server) control(mux *http.ServeMux) {
	for _, e := range controls() {
		serve := func(w http.ResponseWriter, r *http.Request) { e.serve(s, w, r) }
		if !e.open {
			serve = s.trusted(serve)
		}
		mux.HandleFunc(e.method+" "+e.path, serve)
	}
}

// trusted asks for the control token, if there is one. Hashes are compared, so that the time that it takes tells nothing.
func (s *Server) trusted(next http.HandlerFunc) http.HandlerFunc {
	if s.cfg.ControlToken == "" {
		return next
	}
	want := sha256.Sum256([]byte(s.cfg.ControlToken.Reveal()))
	return func(w http.ResponseWriter, r *http.Request) {
		if got := sha256.Sum256([]byte(bearer(r).Reveal())); subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			s.metrics.refused.WithLabelValues("tokens").Inc()
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuseControl(w, r, &problem{http.StatusUnauthorized, "the control token is asked for, as Authorization: Bearer"})
			return
		}
		next(w, r)
	}
}
