package runtime

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/hookswitch/hookswitch/messages"
)

// The methods below ask and wait for the answer. Their errors match *SdkError when the softphone refused; the context's error
// when it ended first; ErrClosed when the softphone was closed; *Poisoned when the request itself could not be decided; and
// else say why the softphone stopped. A context that ends only ends the waiting: what was begun goes on, and is announced as
// ever.

// AcceptPending says which pending session to accept.
type AcceptPending struct {
	ConversationID messages.ConversationID
	// SessionType narrows it to sessions of a type; "": any.
	SessionType messages.SessionType
}

// RejectPending says which pending session to reject.
type RejectPending AcceptPending

// StartSoftphoneParams says whom to call (POST /conversations/calls). What is empty is left out.
type StartSoftphoneParams struct {
	PhoneNumber      messages.Phone            `json:"phoneNumber,omitempty"`
	CallerID         messages.Phone            `json:"callerId,omitempty"`
	CallerIDName     messages.PersonName       `json:"callerIdName,omitempty"`
	CallFromQueueID  string                    `json:"callFromQueueId,omitempty"`
	CallQueueID      string                    `json:"callQueueId,omitempty"`
	CallUserID       messages.UserID           `json:"callUserId,omitempty"`
	Priority         int                       `json:"priority,omitempty"`
	LanguageID       string                    `json:"languageId,omitempty"`
	RoutingSkillsIDs []string                  `json:"routingSkillsIds,omitempty"`
	ConversationIDs  []messages.ConversationID `json:"conversationIds,omitempty"`
	Participants     []SoftphoneDestination    `json:"participants,omitempty"`
	UUIData          messages.Opaque           `json:"uuiData,omitempty"`
}

// SoftphoneDestination is one party of a conference that is started.
type SoftphoneDestination struct {
	Address messages.Phone      `json:"address"`
	Name    messages.PersonName `json:"name,omitempty"`
	UserID  messages.UserID     `json:"userId,omitempty"`
	QueueID string              `json:"queueId,omitempty"`
}

// Initialize logs in, connects the stream and gets ready for calls. It may be called again after it failed.
func (s *Softphone) Initialize(ctx context.Context) error {
	return s.ask(ctx, "initialize", func(call messages.CallID) messages.Requested { return messages.Initialize{Call: call} })
}

// AcceptPendingSession answers what rings. It returns when the acceptance has gone out; sessionStarted follows.
func (s *Softphone) AcceptPendingSession(ctx context.Context, p AcceptPending) error {
	return s.ask(ctx, "acceptPendingSession", func(call messages.CallID) messages.Requested {
		return messages.Answer{Call: call, Conversation: p.ConversationID, Type: p.SessionType}
	})
}

// RejectPendingSession declines what rings.
func (s *Softphone) RejectPendingSession(ctx context.Context, p RejectPending) error {
	return s.ask(ctx, "rejectPendingSession", func(call messages.CallID) messages.Requested {
		return messages.Decline{Call: call, Conversation: p.ConversationID, Type: p.SessionType}
	})
}

// AcceptSession accepts a started session by hand, where Options.AutoConnectSessions is off.
func (s *Softphone) AcceptSession(ctx context.Context, conversation messages.ConversationID) error {
	return s.ask(ctx, "acceptSession", func(call messages.CallID) messages.Requested {
		return messages.AcceptSession{Call: call, Conversation: conversation}
	})
}

// EndOption is an option of EndSession.
type EndOption func(*messages.EndSession)

// EndReason is the Jingle reason (XEP-0166 section 7.4), instead of success, with which the session itself is ended where the
// platform does not take the hang-up: the far end is told it, and so is sessionEnded. Where the platform takes it, the reason is the
// platform's.
func EndReason(reason string) EndOption {
	return func(end *messages.EndSession) { end.Reason = reason }
}

// EndSession hangs up a conversation, and returns when it has ended.
func (s *Softphone) EndSession(ctx context.Context, conversation messages.ConversationID, options ...EndOption) error {
	return s.ask(ctx, "endSession", func(call messages.CallID) messages.Requested {
		end := messages.EndSession{Call: call, Conversation: conversation}
		for _, option := range options {
			option(&end)
		}
		return end
	})
}

// ForceTerminateSession ends a session by its id, with a Jingle reason (XEP-0166 section 7.4); "" is success.
func (s *Softphone) ForceTerminateSession(ctx context.Context, session messages.SessionID, reason string) error {
	return s.ask(ctx, "forceTerminateSession", func(call messages.CallID) messages.Requested {
		return messages.TerminateSession{Call: call, Session: session, Reason: reason}
	})
}

// SetAudioMute mutes or unmutes the user's audio in a conversation.
func (s *Softphone) SetAudioMute(ctx context.Context, conversation messages.ConversationID, muted bool) error {
	return s.ask(ctx, "setAudioMute", func(call messages.CallID) messages.Requested {
		return messages.Mute{Call: call, Conversation: conversation, Muted: muted}
	})
}

// SetVideoMute is refused for softphone sessions.
func (s *Softphone) SetVideoMute(ctx context.Context, conversation messages.ConversationID, muted bool) error {
	return s.ask(ctx, "setVideoMute", func(call messages.CallID) messages.Requested {
		return messages.MuteVideo{Call: call, Conversation: conversation, Muted: muted}
	})
}

// SetConversationHeld holds or retrieves a conversation.
func (s *Softphone) SetConversationHeld(ctx context.Context, conversation messages.ConversationID, held bool) error {
	return s.ask(ctx, "setConversationHeld", func(call messages.CallID) messages.Requested {
		return messages.Hold{Call: call, Conversation: conversation, Held: held}
	})
}

// StartSoftphoneSession places a call and returns the conversation that the platform made for it. Its session comes by
// itself, before or after.
func (s *Softphone) StartSoftphoneSession(ctx context.Context, p StartSoftphoneParams) (messages.PlacedCall, error) {
	const method = "startSoftphoneSession"
	body, err := json.Marshal(p)
	if err != nil {
		return messages.PlacedCall{}, requestFailed(method, errors.New("the parameters have no JSON"))
	}
	settled, err := s.call(ctx, method, func(call messages.CallID) messages.Requested {
		return messages.Dial{Call: call, Params: messages.Opaque(body)}
	})
	if err != nil || settled.placed == nil {
		return messages.PlacedCall{}, err
	}
	return *settled.placed, nil
}

// SetAccessToken replaces the access token for all that is asked from now on; an empty one is refused.
func (s *Softphone) SetAccessToken(ctx context.Context, token messages.Token) error {
	const method = "setAccessToken"
	if token == "" {
		return requestFailed(method, &SdkError{Type: messages.ErrInvalidOptions, Name: "Error", Message: "the token is empty"})
	}
	return s.ask(ctx, method, func(call messages.CallID) messages.Requested {
		s.wire.about.Token = token
		return messages.SetAccessToken{Call: call}
	})
}

// AddAllowedSessionType enables a session type.
func (s *Softphone) AddAllowedSessionType(ctx context.Context, of messages.SessionType) error {
	return s.ask(ctx, "addAllowedSessionType", func(call messages.CallID) messages.Requested {
		return messages.AllowSessionType{Call: call, Type: of}
	})
}

// RemoveAllowedSessionType disables a session type; sessions that there are go on.
func (s *Softphone) RemoveAllowedSessionType(ctx context.Context, of messages.SessionType) error {
	return s.ask(ctx, "removeAllowedSessionType", func(call messages.CallID) messages.Requested {
		return messages.DisallowSessionType{Call: call, Type: of}
	})
}

// Disconnect closes the stream; sessions go on.
func (s *Softphone) Disconnect(ctx context.Context) error {
	return s.ask(ctx, "disconnect", func(call messages.CallID) messages.Requested { return messages.Disconnect{Call: call} })
}

// Destroy ends all sessions and closes the stream for good. The softphone can do nothing after it but Close.
func (s *Softphone) Destroy(ctx context.Context) error {
	return s.ask(ctx, "destroy", func(call messages.CallID) messages.Requested { return messages.Destroy{Call: call} })
}

// SetOnline tells that the machine went online or offline, as the operating system sees it.
func (s *Softphone) SetOnline(online bool) { s.post(messages.NetworkChanged{Online: online}) }

// SetVisible tells that the user sees the program, or not: what shows up late after a sleep is looked for then.
func (s *Softphone) SetVisible(visible bool) { s.post(messages.PageShown{Visible: visible}) }

// Station is the user's station as last announced; not ok: none is known.
func (s *Softphone) Station() (station messages.StationInfo, ok bool) {
	known := s.station.Load()
	if known == nil {
		return messages.StationInfo{}, false
	}
	return *known, true
}

// IsConcurrentSoftphoneSessionsEnabled tells whether each call has a session of its own: line appearance greater than 1.
func (s *Softphone) IsConcurrentSoftphoneSessionsEnabled() bool {
	station, _ := s.Station()
	return station.Concurrent()
}

// IsPersistentConnectionEnabled tells whether the station's session outlives the call.
func (s *Softphone) IsPersistentConnectionEnabled() bool {
	station, _ := s.Station()
	return station.PersistentConnection()
}

// settlement is how a request ended.
type settlement struct {
	placed *messages.PlacedCall
	err    error
}

// ask is call for a method without a result.
func (s *Softphone) ask(ctx context.Context, method string, request func(messages.CallID) messages.Requested) error {
	_, err := s.call(ctx, method, request)
	return err
}

// call gives the cell a request, made on the softphone's goroutine, and waits for its settlement.
func (s *Softphone) call(ctx context.Context, method string, request func(messages.CallID) messages.Requested) (settlement, error) {
	if err := ctx.Err(); err != nil {
		return settlement{}, err
	}
	var call messages.CallID // belongs to the softphone's goroutine
	reply := make(chan settlement, 1)
	s.inbox.put(func() {
		if ctx.Err() == nil {
			call = messages.CallID(s.cell.Seq() + 1) // another one than all before, also those before a recovery
			s.waiting[call] = reply
			s.handle(request(call), nil)
		}
	})
	select {
	case settled := <-reply:
		return settled.of(method)
	case <-ctx.Done():
		s.inbox.put(func() { delete(s.waiting, call) })
		return settlement{}, ctx.Err()
	case <-s.ended:
	}
	select {
	case settled := <-reply: // it was settled last of all
		return settled.of(method)
	default:
		return settlement{}, requestFailed(method, s.whyEnded())
	}
}

func (r settlement) of(method string) (settlement, error) {
	if r.err != nil {
		return settlement{}, requestFailed(method, r.err)
	}
	return r, nil
}

// settle ends the waiting for a request.
func (s *Softphone) settle(call messages.CallID, how settlement) {
	reply, waits := s.waiting[call]
	if !waits {
		return
	}
	delete(s.waiting, call)
	reply <- how
}

// failCall ends the waiting for a request that the cell did not take; any other input has nobody waiting.
func (s *Softphone) failCall(in messages.Input, why error) {
	if request, ok := in.(messages.Requested); ok {
		s.settle(request.Waiting(), settlement{err: why})
	}
}
