package softphone

import (
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Data is what the client remembers: who it is, and the ordered lists. Slices are never changed in place.
type Data struct {
	Options messages.Options        `json:"options"`
	Quirks  quirk.Set               `json:"quirks,omitzero"`
	Me      messages.MeBody         `json:"me"`
	Waiting messages.CallID         `json:"waiting,omitempty"` // of initialize
	Answers int                     `json:"answers,omitempty"`
	Begins  bool                    `json:"begins,omitempty"` // it is being read who we are
	Station bool                    `json:"stationDone,omitempty"`
	Topics  bool                    `json:"topicsDone,omitempty"`
	Enabled bool                    `json:"enabled,omitempty"`
	Ever    bool                    `json:"everConnected,omitempty"`
	Ears    int                     `json:"stationListeners,omitempty"`
	Channel string                  `json:"channel,omitempty"`
	Servers []messages.ICEServer    `json:"servers,omitempty"`
	Relay   bool                    `json:"relay,omitempty"`
	Deaf    bool                    `json:"deaf,omitempty"` // the topics were not subscribed since the stream is back
	Line    messages.LineView       `json:"line"`
	Phone   messages.StationView    `json:"station"`
	Stream  messages.ConnectionView `json:"stream"`

	// Destroying are the requests to destroy, each with the departures that it waits for.
	Destroying []Destruction `json:"destroying,omitempty"`
	// Managed: there was a stream, and so something that requests about calls can be put to.
	Managed bool `json:"managed,omitempty"`
	// Allowing are the requests that wait until the softphone type is allowed again.
	Allowing []Allowance `json:"allowing,omitempty"`
	// Early are the candidates that came before the offers of their sessions.
	Early []messages.RemoteCandidate `json:"early,omitempty"`

	Proposals     []messages.ProposalView     `json:"proposals,omitempty"`
	Invitations   []messages.InvitationView   `json:"invitations,omitempty"`
	Sessions      []Session                   `json:"sessions,omitempty"`
	Conversations []messages.ConversationView `json:"conversations,omitempty"`
	// Dialled are the conversations that this client placed, Dialling counts those whose id is not known yet.
	Dialled  []messages.ConversationID `json:"dialled,omitempty"`
	Dialling int                       `json:"dialling,omitempty"`
	// Holding are the conversations that are to be held for another one; the platform has not said yet that they are.
	Holding []messages.ConversationID `json:"holding,omitempty"`
	// Seeking are the calls that wait, of which nothing was proposed and which no session could take when they were notified.
	Seeking  []messages.ConversationID `json:"seeking,omitempty"`
	Watchers []messages.WatcherView    `json:"watchers,omitempty"`
	// Retrying are the requests that are tried again until they are answered.
	Retrying []messages.Ref `json:"retrying,omitempty"`
	// Retracted are the proposes that were taken back, perhaps before they came.
	Retracted []Retracted `json:"retracted,omitempty"`
	// Published is who was current in the last conversationUpdate.
	Published []Published `json:"published,omitempty"`
}

// Allowance is a request to allow the softphone type. It wants the station, and its topic subscribed: the wish Number.
type Allowance struct {
	Call    messages.CallID `json:"call,omitempty"`
	Number  int             `json:"number"`
	Station bool            `json:"station,omitempty"`
	Topics  bool            `json:"topics,omitempty"`
}

// Destruction is a request to destroy that waits until all sessions are gone.
type Destruction struct {
	Call messages.CallID `json:"call,omitempty"`
	Left int             `json:"left"`
}

// Assume makes other quirks those that picks and facts ask for.
func (d *Data) Assume(on quirk.Set) { d.Quirks = on }

// Session is a session and what is noted about it from outside.
type Session struct {
	View  messages.SessionView `json:"view"`
	Media messages.MediaView   `json:"media"`
	// Listed: the streaming layer lists it.
	Listed bool `json:"listed,omitempty"`
	// Carries is the conversation that it carries now.
	Carries messages.ConversationID `json:"carries,omitempty"`
	// Started are the conversations whose start on it was announced. Kept: such a book is kept at all.
	Started []messages.ConversationID `json:"started,omitempty"`
	Kept    bool                      `json:"kept,omitempty"`
	// Raised: it was made known. Watched: it is looked at when the page is shown.
	Raised  bool `json:"raised,omitempty"`
	Watched bool `json:"watched,omitempty"`
	// WasLine: it became the shared session, so its end hands the line over.
	WasLine bool `json:"wasLine,omitempty"`
	// Accepting: it is being accepted, or was.
	Accepting bool `json:"accepting,omitempty"`
	// ByHand: acceptSession was called for it. Superseded: another Jingle session took over its id. Dropped: it was listed
	// on a stream that is gone.
	ByHand     bool `json:"byHand,omitempty"`
	Superseded bool `json:"superseded,omitempty"`
	Dropped    bool `json:"dropped,omitempty"`
	Replaced   bool `json:"replaced,omitempty"`
}

// Retracted is a propose that was taken back, and by whom; and for which conversation, if it had come.
type Retracted struct {
	Session      messages.SessionID      `json:"session"`
	From         messages.JID            `json:"from"`
	Conversation messages.ConversationID `json:"conversation,omitempty"`
}

// Published is a conversation as it was announced last: when it has no session, the SDK trips over it.
type Published struct {
	Ref         messages.Ref `json:"ref"`
	Version     int          `json:"version"`
	Sessionless bool         `json:"sessionless,omitempty"`
}

// replace returns the list with the element at i replaced, or with e appended for i < 0.
func replace[T any](list []T, i int, e T) []T {
	if i < 0 {
		return append(append(make([]T, 0, len(list)+1), list...), e)
	}
	list = slices.Clone(list)
	list[i] = e
	return list
}

func without[T any](list []T, i int) []T { return slices.Delete(slices.Clone(list), i, i+1) }

// --- stations and lines

func (d *Data) concurrent() bool { return d.Phone.Station.Concurrent() && d.Phone.Present }
func (d *Data) persistent() bool { return d.Phone.Present && d.Phone.Station.PersistentConnection() }

// lineSession is the shared session, not copied, if there is one.
func (d *Data) lineSession() (*Session, bool) {
	if d.Line.Session == 0 {
		return nil, false
	}
	i := d.sessionAt(d.Line.Session)
	if i < 0 {
		return nil, false
	}
	return &d.Sessions[i], true
}

// lineLive tells whether the shared session's peer connection is connected: exactly that.
func (d *Data) lineLive() bool {
	s, ok := d.lineSession()
	return ok && s.Media.Connection == messages.PeerConnected
}

// lineInUse tells whether a stored conversation uses the shared session.
func (d *Data) lineInUse() bool { return d.inUse(d.Line.Session) }

func (d *Data) inUse(session messages.Ref) bool {
	return slices.ContainsFunc(d.Conversations, func(c messages.ConversationView) bool { return c.Session == session })
}

// --- sessions

func (d *Data) sessionAt(ref messages.Ref) int {
	for i := range d.Sessions {
		if d.Sessions[i].View.Ref == ref {
			return i
		}
	}
	return -1
}

func (d *Data) session(ref messages.Ref) Session {
	if i := d.sessionAt(ref); i >= 0 {
		return d.Sessions[i]
	}
	return Session{}
}

// Listed are the sessions of the streaming layer: Jingle ones first, then the others, in order of their listing.
func (d *Data) Listed() []Session {
	var jingle, sdp []Session
	for _, s := range d.Sessions {
		switch {
		case !s.Listed:
		case s.View.Signalling == messages.Jingle:
			jingle = append(jingle, s)
		default:
			sdp = append(sdp, s)
		}
	}
	return append(jingle, sdp...)
}

// firstListed is the first listed session that holds.
func (d *Data) firstListed(holds func(*Session) bool) (Session, bool) {
	if s, ok := d.listed(holds); ok {
		return *s, true
	}
	return Session{}, false
}

// listed is the first listed session that holds, not copied.
func (d *Data) listed(holds func(*Session) bool) (*Session, bool) {
	for i := range d.Sessions {
		if s := &d.Sessions[i]; s.Listed && s.View.Signalling == messages.Jingle && holds(s) {
			return s, true
		}
	}
	for i := range d.Sessions {
		if s := &d.Sessions[i]; s.Listed && s.View.Signalling != messages.Jingle && holds(s) {
			return s, true
		}
	}
	return nil, false
}

// phone tells whether it is a softphone's session, as far as anything says what it is.
func (s *Session) phone() bool { return s.View.Type == messages.Softphone }

func identified(sid messages.SessionID) func(*Session) bool {
	return func(s *Session) bool { return s.View.Session == sid }
}

// sdpSession is the first listed SDP-over-XMPP session with the id.
func (d *Data) sdpSession(sid messages.SessionID) (Session, bool) {
	for _, s := range d.Sessions {
		if s.Listed && s.View.Signalling == messages.SDPOverXMPP && s.View.Session == sid {
			return s, true
		}
	}
	return Session{}, false
}

// jingleSession is the Jingle session that the stream knows under the id: the last one made.
func (d *Data) jingleSession(sid messages.SessionID) (Session, bool) {
	for i := len(d.Sessions) - 1; i >= 0; i-- {
		if s := d.Sessions[i]; s.Listed && s.View.Signalling == messages.Jingle && s.View.Session == sid {
			return s, true
		}
	}
	return Session{}, false
}

// sessionOf is the session that a request about a conversation means: the first listed one that carries it, else the
// session that the stored conversation uses (sdk-behaviour 1.4, session by conversationId). The pick ended-session-meant:
// whether that lives or not, or one that lives before any other (livesWith).
func (d *Data) sessionOf(c messages.ConversationID) (Session, bool) {
	if s, ok := d.livesWith(c); ok && !d.Quirks.Has(quirk.EndedSessionMeant) {
		return s, true
	}
	if s, ok := d.firstListed(func(s *Session) bool { return s.Carries == c && s.View.Type != "" }); ok {
		return s, true
	}
	return d.usedBy(c)
}

// livesWith is the session that a conversation lives on: of those whose end nobody has asked for, the first that carries it
// and on which it was started; else the first that carries it; else the one that the stored conversation uses, if it was started
// there; else the first on which it was started; else the one that it uses.
func (d *Data) livesWith(c messages.ConversationID) (Session, bool) {
	stays := func(s *Session) bool { return !s.View.Over && s.View.Stage != stageEnded && s.View.Type != "" }
	carries := func(s *Session) bool { return stays(s) && s.Carries == c }
	started := func(s *Session) bool { return stays(s) && slices.Contains(s.Started, c) }
	if s, ok := d.firstListed(func(s *Session) bool { return carries(s) && started(s) }); ok {
		return s, true
	}
	if s, ok := d.firstListed(carries); ok {
		return s, true
	}
	used, ok := d.usedBy(c)
	ok = ok && stays(&used)
	if own, is := d.firstListed(started); is && !(ok && started(&used)) {
		return own, true
	}
	return used, ok
}

// usedBy is the session that a stored conversation uses.
func (d *Data) usedBy(c messages.ConversationID) (Session, bool) {
	for _, v := range d.Conversations {
		if v.Stored && v.Conversation == c && v.Session != 0 {
			return d.session(v.Session), true
		}
	}
	return Session{}, false
}

// summary is a session as it is announced.
func (s *Session) summary() messages.SessionSummary {
	v := s.View
	return messages.SessionSummary{
		ID: v.Session, Conversation: s.Carries, Type: v.Type, State: v.Stage, Connection: s.Media.Connection,
		FromUser: v.FromUser, OriginalRoom: v.OriginalRoom, Peer: v.Peer, Reinvite: v.Reinvite, Replaced: s.Replaced,
	}
}

// --- conversations

func (d *Data) conversationAt(c messages.ConversationID) int {
	return slices.IndexFunc(d.Conversations, func(v messages.ConversationView) bool { return v.Conversation == c })
}

// State is a conversation as it is announced. The pick placeholder-nameless: a placeholder shows its session and nothing
// else, or its id too. The leg is not copied: it is never changed.
func (d *Data) State(v *messages.ConversationView) messages.ConversationState {
	out := messages.ConversationState{}
	if v.Session != 0 {
		out.Session = d.stored(v.Session).View.Session
	}
	if !v.Stored && !d.Quirks.Has(quirk.PlaceholderNameless) {
		out.Conversation = v.Conversation
	}
	if v.Stored {
		out.Conversation, out.Call = v.Conversation, &v.Leg
	}
	return out
}

// whereabouts is what is known of the user's participant in a conversation.
func (d *Data) whereabouts(c messages.ConversationID) messages.Whereabouts {
	w := messages.Whereabouts{Conversation: c, Me: d.Me.User}
	if i := d.conversationAt(c); i >= 0 && d.Conversations[i].Stored {
		w.Participant, w.Purpose = d.Conversations[i].Participant, d.Conversations[i].Purpose
	}
	return w
}

// --- invitations and proposals

// invitationFor is the first invitation that a request means: by session id alone if there is one, else by conversation
// and, if given, type (sdk-behaviour 1.4, pending by params).
func (d *Data) invitationFor(sid messages.SessionID, c messages.ConversationID, t messages.SessionType) (messages.InvitationView, bool) {
	for _, v := range d.Invitations {
		if sid != "" && v.Session == sid {
			return v, true
		}
		if sid == "" && v.Conversation == c && (t == "" || v.Type == t) {
			return v, true
		}
	}
	return messages.InvitationView{}, false
}

func (d *Data) proposalAt(sid messages.SessionID) int {
	return slices.IndexFunc(d.Proposals, func(v messages.ProposalView) bool { return v.Propose.Session == sid })
}

// bareJID is the user's own address without a resource.
func (d *Data) bareJID() messages.JID {
	bare, _, _ := strings.Cut(d.Me.JID.Reveal(), "/")
	return messages.JID(bare)
}
