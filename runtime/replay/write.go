package replay

import (
	"strings"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// writer writes what a cell decided as records of capture/1.
type writer struct {
	host    Host
	options Options
	about   port.FrameContext
	next    int // seq of the next record
	socket  int
	request int
	peers   map[messages.Ref]int
	methods map[messages.CallID]string
}

// The token and the local description of a replay are made up: a recording's are secrets, and neither is compared.
const (
	madeUpToken messages.Token = "replayed"
	madeUpSDP   messages.SDP   = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" +
		"c=IN IP4 0.0.0.0\r\na=mid:0\r\na=ice-ufrag:replay\r\na=ice-pwd:replayreplayreplayreplay\r\n" +
		"a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\n" +
		"a=setup:active\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=sendrecv\r\n"
)

func newWriter(host Host, options Options) *writer {
	_, hostname, isURL := strings.Cut(options.Environment, "://")
	if !isURL { // a bare host stands for the platform's services under it
		hostname = options.Environment
		options.Environment = "https://api." + hostname
		if options.WSHost == "" {
			options.WSHost = "wss://streaming." + hostname
		}
	}
	return &writer{
		host: host, options: options, peers: map[messages.Ref]int{}, methods: map[messages.CallID]string{},
		about: port.FrameContext{Token: madeUpToken, NotificationHost: "notifications." + hostname, LocalSDP: madeUpSDP},
	}
}

// fields are those of a record; a nil one is written as null.
type fields = map[string]any

// write is what an effect looks like in a recording: one record, or none.
func (w *writer) write(cause Entry, out runtime.Output, timed bool) []port.Record {
	kind, f := w.record(out)
	if kind == "" {
		return nil
	}
	record, err := port.NewRecord(w.next, cause.At, kind, f)
	if err != nil {
		return nil
	}
	w.next++
	record.Line, record.Timed = cause.Line, timed
	return []port.Record{record}
}

// called remembers the SDK's name of a request, for its settlement.
func (w *writer) called(call messages.CallID, method string) { w.methods[call] = method }

func (w *writer) record(out runtime.Output) (kind string, f fields) {
	switch e := out.Effect.(type) {
	case messages.Announce:
		return announced(e.Event)
	case messages.Settle:
		return w.settled(e)
	case messages.Request:
		return w.requested(e)
	case messages.OpenSocket:
		w.socket = e.Socket
		return "ws.new", fields{"ws": e.Socket, "url": w.options.WSHost + "/stream/channels/" + e.Channel, "protocol": "xmpp"}
	case messages.CloseSocket:
		return "ws.closecall", fields{"ws": e.Socket, "args": []any{}}
	case messages.RequestMicrophone:
		return "gum", fields{"constraints": fields{"video": false, "audio": true}}
	case messages.StopMicrophone:
		return "track.stop", fields{"kind": "audio"}
	default:
		if kind, f := w.peer(out.Effect); kind != "" {
			return kind, f
		}
		return w.sent(out)
	}
}

func (w *writer) sent(out runtime.Output) (kind string, f fields) {
	about := w.about
	about.IQ, about.RPC = string(out.ID), string(out.ID)
	frame, ok, err := w.host.Frames.EncodeFrame(out.Effect, about)
	if err != nil || !ok {
		return "", nil
	}
	return "ws.send", fields{"ws": w.socket, "xml": string(frame)}
}

func (w *writer) requested(r messages.Request) (kind string, f fields) {
	method, path, body, err := w.host.REST.EncodeRequest(r)
	if err != nil {
		return "", nil
	}
	w.request++
	f = fields{
		"n": w.request, "method": method, "url": w.options.Environment + "/api/v2" + strings.TrimPrefix(path, "/api/v2"),
	}
	if len(body) > 0 {
		f["body"] = string(body)
	}
	return "http.req", f
}

func (w *writer) settled(s messages.Settle) (kind string, f fields) {
	f = fields{"name": w.methods[s.Call], "n": s.Call}
	if s.Error != nil {
		f["error"] = errorFields(*s.Error)
		return "api.err", f
	}
	if s.Placed != nil {
		f["result"] = fields{"id": s.Placed.Conversation, "selfUri": s.Placed.SelfURI}
	}
	return "api.ok", f
}

// errorFields is an error as it was announced. One without a name is no Error at all: it may lack a message, too.
func errorFields(e messages.ErrorInfo) fields {
	f := fields{}
	put(f, "name", e.Name)
	put(f, "type", e.Type)
	if e.Message != "" || e.Name != "" {
		f["message"] = e.Message
	}
	return f
}

// peer is an order to a peer connection; "" for anything else.
func (w *writer) peer(effect messages.Effect) (kind string, f fields) {
	switch e := effect.(type) {
	case messages.CreatePeer:
		w.peers[e.Peer] = len(w.peers) + 1
		policy := "all"
		if e.Relay {
			policy = "relay"
		}
		return "pc.new", fields{"pc": w.peers[e.Peer], "config": fields{"iceTransportPolicy": policy}}
	case messages.Describe:
		return "pc.setRemoteDescription", fields{"pc": w.peers[e.Peer], "type": "offer", "sdpBytes": len(e.SDP)}
	case messages.AddMicrophone:
		return "pc.addTrack", fields{"pc": w.peers[e.Peer], "kind": "audio"}
	case messages.MakeAnswer:
		return "pc.createAnswer", fields{"pc": w.peers[e.Peer]}
	case messages.AddCandidate:
		return "pc.addIceCandidate", fields{"pc": w.peers[e.Peer]}
	case messages.ClosePeer:
		return "pc.close", fields{"pc": w.peers[e.Peer]}
	default:
		return "", nil
	}
}

// announced is an event as the SDK announces it (sdk-behaviour 4).
func announced(event messages.Event) (kind string, f fields) {
	if sid, args, ok := sessionEvent(event); ok {
		return "session.event", fields{"sid": sid, "ev": event.Name(), "args": args}
	}
	return "sdk.event", fields{"ev": event.Name(), "args": eventArguments(event)}
}

// sessionEvent is the session and the arguments of an event that is announced on a session.
func sessionEvent(event messages.Event) (sid messages.SessionID, args []any, ok bool) {
	switch e := event.(type) {
	case messages.SessionStateChanged:
		return e.Session, []any{e.State}, true
	case messages.ConnectionStateChanged:
		return e.Session, []any{e.State}, true
	case messages.ICEConnectionType:
		return e.Session, []any{fields{"relayed": e.Relayed}}, true
	case messages.EndOfCandidates:
		return e.Session, []any{}, true
	case messages.SessionTerminated:
		return e.Session, []any{condition(e.Reason)}, true
	case messages.SessionMuted:
		return e.Session, []any{}, true
	default:
		return "", nil, false
	}
}

func eventArguments(event messages.Event) []any {
	switch e := event.(type) {
	case messages.StreamConnected:
		return []any{fields{"reconnect": e.Reconnect}}
	case messages.StreamDisconnected:
		return []any{e.Message}
	case messages.PendingSession:
		return []any{pending(e)}
	case messages.CancelPendingSession:
		return []any{ids(e.Session, e.Conversation)}
	case messages.HandledPendingSession:
		return []any{ids(e.Session, e.Conversation)}
	case messages.SessionStarted:
		return []any{summary(e.Session)}
	case messages.SessionEnded:
		return []any{summary(e.Session), condition(e.Reason)}
	case messages.SessionInterrupted:
		f := ids(e.Session, e.Conversation)
		f["sessionType"] = e.Type
		return []any{f}
	case messages.ConversationUpdate:
		return []any{update(e)}
	case messages.StationChanged:
		return []any{fields{"action": e.Action, "station": station(e.Station)}}
	case messages.ConcurrentSessionsEnabled:
		return []any{e.Enabled}
	case messages.SDKError:
		return []any{fields{"$error": errorFields(e.Error)}}
	case messages.LegacyError:
		return []any{e.Message}
	case messages.Trace:
		return []any{e.Message}
	default:
		return []any{}
	}
}

// put sets a field unless it is empty: the SDK's undefined is an absent field.
func put[T ~string](f fields, name string, value T) {
	if value != "" {
		f[name] = string(value)
	}
}

func pending(e messages.PendingSession) fields {
	f := fields{"id": e.ID, "sessionId": e.ID, "autoAnswer": e.AutoAnswer, "sessionType": e.Type}
	put(f, "conversationId", e.Conversation)
	put(f, "privAnswerMode", e.PrivAnswer)
	put(f, "originalRoomJid", e.OriginalRoom)
	put(f, "fromUserId", e.FromUser)
	put(f, "toJid", e.To)
	put(f, "fromJid", e.From)
	return f
}

func ids(session messages.SessionID, conversation messages.ConversationID) fields {
	f := fields{}
	put(f, "sessionId", session)
	put(f, "conversationId", conversation)
	return f
}

func condition(reason string) any {
	f := fields{}
	put(f, "condition", reason)
	return f
}

func summary(s messages.SessionSummary) fields {
	f := fields{"id": s.ID, "sessionType": s.Type, "reinvite": s.Reinvite}
	put(f, "conversationId", s.Conversation)
	put(f, "state", s.State)
	put(f, "pc", s.Connection)
	put(f, "fromUserId", s.FromUser)
	put(f, "originalRoomJid", s.OriginalRoom)
	put(f, "peerID", s.Peer)
	if s.Replaced {
		f["sessionReplacedByReinvite"] = true
	}
	return fields{"$session": f}
}

func update(e messages.ConversationUpdate) fields {
	f := fields{"current": entries(e.Current), "added": entries(e.Added), "removed": entries(e.Removed)}
	if e.ActiveKnown {
		f["activeConversationId"] = e.Active
	}
	return f
}

func entries(list []messages.ConversationState) []fields {
	out := make([]fields, 0, len(list))
	for _, c := range list {
		f := fields{}
		put(f, "conversationId", c.Conversation)
		put(f, "sessionId", c.Session)
		if c.Call != nil {
			f["call"] = Call(*c.Call)
		}
		out = append(out, f)
	}
	return out
}

// Call is a leg as the SDK announces it: a flag that the wire did not have is absent.
func Call(l messages.Leg) CallView {
	return CallView{
		State: string(l.State), Muted: flag(l.Muted), Held: flag(l.Held), Confined: flag(l.Confined), Direction: l.Direction,
	}
}

func flag(f messages.Flag) *bool {
	if f == messages.Unset {
		return nil
	}
	set := f.True()
	return &set
}

// CallView is a leg in the shape of a recording.
type CallView struct {
	State     string `json:"state,omitempty"`
	Muted     *bool  `json:"muted,omitempty"`
	Held      *bool  `json:"held,omitempty"`
	Confined  *bool  `json:"confined,omitempty"`
	Direction string `json:"direction,omitempty"`
}

func station(s *messages.StationInfo) any {
	if s == nil {
		return nil
	}
	return fields{
		"id": s.ID, "type": s.Type, "webRtcCallAppearances": s.LineAppearance, "webRtcPersistentEnabled": s.Persistent,
	}
}
