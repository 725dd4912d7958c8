package capture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// Rule is why a record was inferred: what was seen on the wire, and what a client must have been told to do that.
type Rule struct {
	// Name stands in the field inferred of each record that the rule made.
	Name string
	// Because is what was seen, an arrow, and what follows from it.
	Because string
}

// The rules of inference. docs/har.md explains each, and says what no rule can tell.
var (
	byOptions     = rule("options", "what the client asked for and left undone ⇒ the options that differ from their defaults")
	byInitialize  = rule("initialize", "the organisation was asked for ⇒ the application called initialize")
	byProceed     = rule("proceed", "proceed was sent, and no propose made the client send it by itself ⇒ the application answered")
	byConnect     = rule("connect", "the own leg was PATCHed to connected ⇒ the application answered a call on the shared session")
	byDecline     = rule("decline", "the own leg was PATCHed to disconnected while it rang, or sent to voicemail ⇒ the application declined")
	byEnd         = rule("end", "the own leg was PATCHed to disconnected ⇒ the application ended the call")
	byTerminate   = rule("terminate", "terminate was sent, and no failed request, no reinvite and no end explains it ⇒ the application ended the session")
	byDestroy     = rule("destroy", "all sessions were terminated and the stream was closed ⇒ the application destroyed the client")
	byClose       = rule("close", "the stream was closed by the client while it was up ⇒ the application disconnected")
	byMute        = rule("mute", "the own leg was PATCHed muted or not ⇒ the application muted or unmuted")
	byHold        = rule("hold", "the own leg was PATCHed held or not, and no other call's answer or retrieval explains it ⇒ the application held or retrieved")
	byLookUp      = rule("look-up", "a conversation was asked for and nothing came of it ⇒ the application wanted something of a call that is unknown here")
	byDial        = rule("dial", "a call was placed ⇒ the application dialled")
	byAllow       = rule("allow", "the station was asked for out of turn ⇒ the application allowed softphone sessions anew")
	byAcceptAgain = rule("accept-session", "a session was answered a second time, or is answered only on demand ⇒ the application accepted the session")
	byOffer       = rule("offer", "accept was sent ⇒ a peer connection was made and took the offer")
	byAnswer      = rule("answer", "an answer was sent ⇒ the microphone was granted and the descriptions are done")
	byLeftover    = rule("microphone", "a session was never answered, and a later one was, or it ended ⇒ its microphone was not used")
	byCandidate   = rule("candidate", "a candidate was sent ⇒ it was gathered")
	byActive      = rule("active", "info active was sent ⇒ ICE connected, and the peer connection with it")
	byFlow        = rule("flow", "a call was answered by a request ⇒ media flows on the shared session")
	byNoFlow      = rule("no-flow", "a call was answered by proceed on a session that is there ⇒ media does not flow on it")
	byLost        = rule("lost", "a propose for a call that rang already was proceeded with at once ⇒ the media of the shared session had failed")
	byFirstFrame  = rule("first-frame", "a first frame was sent ⇒ the socket had opened")
	bySuccessor   = rule("successor", "another socket was opened, as the delays of reconnecting have it ⇒ the one before had closed")
	byFarewell    = rule("farewell", "the stream was closed ⇒ the socket closed after it")
)

// Rules are all rules of inference, in the order of docs/har.md.
func Rules() []Rule { return slices.Clone(rules) }

var rules []Rule

func rule(name, because string) string {
	rules = append(rules, Rule{name, because})
	return name
}

// AssumedSDK is the version that a recording of the wire is taken to be of when it does not say.
const AssumedSDK = "9.2.4"

// OnWire are the records of what a client sent: the only outputs of which a recording of the wire says anything.
func OnWire(records []port.Record) []port.Record {
	var sent []port.Record
	for _, r := range records {
		if r.Kind == "http.req" || r.Kind == "ws.send" {
			sent = append(sent, r)
		}
	}
	return sent
}

// IsWireOnly tells whether a capture has frames and requests and nothing of the application: no call of a method, no event.
func (c *Capture) IsWireOnly() bool {
	wire := false
	for _, r := range c.Records {
		switch r.Kind {
		case "api", "sdk.event":
			return false
		case "http.req", "ws.send":
			wire = true
		}
	}
	return wire
}

// InferredBy is the rule by which a record was inferred, or "" for one that was observed.
func InferredBy(r port.Record) string {
	if !bytes.Contains(r.Fields, []byte(`"inferred"`)) {
		return ""
	}
	var f struct {
		Inferred string `json:"inferred"`
	}
	if json.Unmarshal(r.Fields, &f) != nil {
		return ""
	}
	return f.Inferred
}

// Infer adds to a capture of the wire what the client must have been told beside it, by the rules above. Each record that it
// adds has the field inferred, which names its rule. A capture that has calls of the application is left as it is.
func (c *Capture) Infer() error {
	if !c.IsWireOnly() {
		return nil
	}
	c.Inferred = true
	if c.Config.Observed == "wire" {
		c.Records = inOrder(c.Records)
	}
	f := newInference(c)
	f.options()
	f.walk()
	records, err := f.records()
	if err != nil {
		return fmt.Errorf("capture: %s: %w", c.Name, err)
	}
	c.Records = records
	delete(f.left, -1) // of a request without an answer
	if n := len(f.left); n > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%s: %d requests and answers about conversations were left out: the application made them by itself", c.Name, n))
	}
	return nil
}

// inference is one capture's inference under way.
type inference struct {
	capture *Capture
	seen    []*sighting
	config  ClientOptions
	// hasMicrophone and hasPeers: the recording tells of the microphone, of peer connections by itself.
	hasMicrophone, hasPeers bool
	// afar: the far end noted what it saw, and not the client.
	afar          bool
	before, after map[int][]made   // by index of what was seen
	places        map[string][]int // where a word was said, in all and of a session, and where a call was connected by request
	given         object           // the options that were inferred
	assumed       bool             // the version of the SDK was not said

	proposals map[string]*proposal
	jingle    map[string]bool   // by sid: the latest offer was of Jingle itself
	sessions  map[string]*heard // the latest of each sid
	order     []*heard
	legs      map[string]*ownLeg
	pending   []pendingSeen
	station   stationSeen
	explained map[int]bool // what was seen and needs no further cause
	left      map[int]bool // what was seen and is no softphone's
	streams   map[int]streamSeen
	user      string
}

// made is a record that was inferred.
type made struct {
	rule, kind string
	fields     object
	at         time.Duration
}

// proposal is an invitation as the wire shows it.
type proposal struct {
	conversation string
	proceeded    bool
	gone         bool // it was taken back, or somebody else has it
}

// heard is a session as the wire shows it.
type heard struct {
	id, conversation        string
	peer                    int
	offers                  int // descriptions that came anew, without an answer yet
	jingle                  bool
	told                    bool // the recording tells of its peer connection
	answered, active, ended bool
	demanded                bool // the application accepted it
	flows                   bool // its peer connection is connected
}

// ownLeg is the user's own leg of a conversation.
type ownLeg struct {
	state      string
	purpose    string // of its participant
	outbound   bool
	byREST     bool // it was answered by a request
	lastChange int
}

// pendingSeen is an invitation that waits in the client, by the id of its session. Those of calls that ring on the shared
// session all have its id, and the first of an id is taken for any of them.
type pendingSeen struct{ id, conversation string }

// streamSeen is a stream as the wire shows it: it came up, the far end closed it.
type streamSeen struct{ up, closed bool }

// stationSeen is the station as the wire shows it.
type stationSeen struct {
	shared   bool // calls may share a session: of line appearance 1, or with a persistent connection
	single   bool // line appearance 1
	expected int  // how many times the client has reason to ask for it
	allowed  bool // softphone sessions were allowed
}

func newInference(c *Capture) *inference {
	f := &inference{
		capture: c, seen: sight(c.Records), config: c.Config.Options, afar: c.Config.Observed == "wire", before: map[int][]made{}, after: map[int][]made{}, given: object{},
		proposals: map[string]*proposal{}, jingle: map[string]bool{}, sessions: map[string]*heard{}, legs: map[string]*ownLeg{}, station: stationSeen{shared: true, single: true}, explained: map[int]bool{}, left: map[int]bool{}, streams: map[int]streamSeen{},
	}
	f.user, f.places = userOf(f.seen), placesOf(f.seen)
	for _, r := range c.Records {
		f.hasMicrophone = f.hasMicrophone || r.Kind == "gum.ok" || r.Kind == "gum.err"
		f.hasPeers = f.hasPeers || r.Kind == "pc.new"
	}
	return f
}

// placesOf are where what is looked for ahead was seen: answers, accepts and proceeds that were sent, in all and of a session;
// the end of a session, by either side and by the far one; proposes for a conversation; and requests that connect a call.
func placesOf(seen []*sighting) map[string][]int {
	places := map[string][]int{}
	for i, s := range seen {
		switch {
		case s.word == "terminate":
			places["terminate "+s.session] = append(places["terminate "+s.session], i)
			if s.Kind == "ws.recv" {
				places["ended "+s.session] = append(places["ended "+s.session], i)
			}
		case s.Kind == "ws.recv" && s.word == "propose":
			places["propose for "+s.conversation] = append(places["propose for "+s.conversation], i)
		case s.Kind == "ws.send" && (s.word == "answer" || s.word == "accept" || s.word == "proceed"):
			places[s.word] = append(places[s.word], i)
			places[s.word+" "+s.session] = append(places[s.word+" "+s.session], i)
		case s.Kind == "http.req" && s.body["state"] == "connected":
			places["connect"] = append(places["connect"], i)
			of := "connect for " + conversationOf(s.path)
			places[of] = append(places[of], i)
		}
	}
	return places
}

// next is the next place of what placesOf knows, behind one; behind all if there is none.
func (f *inference) next(what string, i int) int {
	list := f.places[what]
	at, _ := slices.BinarySearch(list, i+1)
	if at == len(list) {
		return len(f.seen)
	}
	return list[at]
}

// precede infers a record right before something that was seen.
func (f *inference) precede(i int, rule, kind string, fields object) {
	f.before[i] = append(f.before[i], made{rule, kind, fields, f.seen[i].At})
}

// follow infers a record right after something that was seen.
func (f *inference) follow(i int, rule, kind string, fields object) {
	f.after[i] = append(f.after[i], made{rule, kind, fields, f.seen[i].At})
}

// call infers a call of the application right before something that was seen.
func (f *inference) call(i int, rule, method string, args ...any) {
	if args == nil {
		args = []any{}
	}
	f.precede(i, rule, "api", object{"name": method, "args": args})
}

// walk goes through all that was seen, in order.
func (f *inference) walk() {
	for i, s := range f.seen {
		switch s.Kind {
		case "ws.recv":
			f.received(i, s)
			f.streamSaid(s)
		case "ws.send":
			f.sent(i, s)
		case "http.req":
			f.requested(i, s)
		case "http.res":
			f.answered(s)
		}
	}
}

// records are those that were seen and those that were inferred, numbered anew.
func (f *inference) records() ([]port.Record, error) {
	var out []port.Record
	line := 0
	add := func(list []made) error {
		for _, m := range list {
			m.fields["inferred"] = m.rule
			r, err := port.NewRecord(len(out), m.at, m.kind, m.fields)
			if err != nil {
				return err
			}
			r.Line = line
			out = append(out, r)
		}
		return nil
	}
	for i, s := range f.seen {
		if i == 0 && s.Kind == "config" && (len(f.given) > 0 || f.assumed) {
			if err := f.configured(&s.Record); err != nil {
				return nil, err
			}
		}
		if f.left[i] {
			continue
		}
		if err := add(f.before[i]); err != nil {
			return nil, err
		}
		r, err := renumbered(s.Record, len(out))
		if err != nil {
			return nil, err
		}
		line = r.Line
		out = append(out, r)
		if err := add(f.after[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// configured adds the inferred options, and the version that is assumed, to the config record.
func (f *inference) configured(r *port.Record) error {
	fields := decodeObject(*r)
	config := asObject(fields["config"])
	if config == nil {
		config = object{}
	}
	for name, value := range f.given {
		config[name] = value
	}
	fields["config"], fields["inferred"], fields["sdk"] = config, byOptions, f.capture.Config.SDK
	for _, head := range []string{"seq", "t", "k"} {
		delete(fields, head)
	}
	made, err := port.NewRecord(r.Seq, r.At, "config", fields)
	if err != nil {
		return err
	}
	made.Line = r.Line
	*r = made
	return nil
}

// renumbered is a record with another seq, and otherwise as it was.
func renumbered(r port.Record, seq int) (port.Record, error) {
	if r.Seq == seq {
		return r, nil
	}
	in := json.NewDecoder(bytes.NewReader(r.Fields))
	if _, err := in.Token(); err != nil {
		return r, err
	}
	var out bytes.Buffer
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return r, err
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return r, err
		}
		if out.Len() > 0 {
			out.WriteByte(',')
		}
		name, err := marshalPlain(key)
		if err != nil {
			return r, err
		}
		if key == "seq" {
			value = json.RawMessage(fmt.Sprint(seq))
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	r.Seq, r.Fields = seq, json.RawMessage("{"+out.String()+"}")
	return r, nil
}
