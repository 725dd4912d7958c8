package jingle

import (
	"errors"
	"fmt"

	"github.com/hookswitch/hookswitch/messages"
)

// PlatformContext is what a frame of the platform needs besides what it tells.
type PlatformContext struct {
	// To is the client's full JID; "" before it is bound.
	To messages.JID
	// Domain is the organisation's, from which the stream is opened.
	Domain string
	// ID is fresh, for frames that carry an id of their own: the stream, messages, and requests whose input names no IQ.
	ID string
	// NotificationHost is the pubsub service, from which notifications come.
	NotificationHost string
	// User is whose notifications it gets.
	User messages.UserID
	// Notify writes the topic and the JSON of a notification: notifications.Encode, in adapters/notifications.
	Notify func(messages.UserID, messages.Input) (topic string, body []byte, err error)
	// Asked is what an IQAnswered answers; it decides what the answer brings. nil: nothing.
	Asked messages.Effect
	// IQ is the id of the request that an IQAnswered or a PeerRefused answers.
	IQ string
	// AskedOf is whom that request addressed, who answers it; "" for a request without an address.
	AskedOf messages.JID
	// SDP is the far end's description of the session: a Jingle candidate that has no ufrag of its own is sent with its one.
	SDP messages.SDP
}

// EncodePlatform writes what the platform tells a client as one frame: Decode reads back the same input, or the answer that
// becomes it. ok is false, and nothing is written, for an input that does not come by the stream. An error means that it cannot be
// said: a value that XML, SDP or a candidate cannot carry, or something of the context that is missing.
//
// Of an Offer, ICE is not written: it follows from the description. A RemoteCandidate without a candidate is the end of
// candidates.
func EncodePlatform(in messages.Input, about PlatformContext) (frame []byte, ok bool, err error) {
	w := &writer{}
	for _, write := range [...]func(messages.Input, PlatformContext) (bool, error){
		w.streamInput, w.initiationInput, w.notificationInput, w.answerInput, w.rpcInput, w.jingleInput,
	} {
		if ok, err = write(in, about); ok {
			break
		}
	}
	if !ok {
		return nil, false, nil
	}
	if err == nil {
		frame, err = w.frame()
	}
	if err != nil {
		return nil, true, fmt.Errorf("%w (%s)", err, in.Kind())
	}
	return frame, true, nil
}

// streamInput writes what sets the stream up and takes it down (RFC 7395, RFC 6120 sections 4 to 7).
func (w *writer) streamInput(in messages.Input, about PlatformContext) (ok bool, err error) {
	switch in := in.(type) {
	case messages.StreamOpened:
		w.empty("open", "xmlns", nsFraming, "version", "1.0", "id", about.ID, "from", about.Domain, "xml:lang", "en")
	case messages.StreamFeatures:
		w.features(in)
	case messages.SASLSucceeded:
		w.empty("success", "xmlns", nsSASL)
	case messages.SASLFailed:
		w.start("failure", "xmlns", nsSASL)
		if in.Condition != "" {
			w.named(in.Condition)
		}
		w.end()
	case messages.StreamEnded:
		w.empty("close", "xmlns", nsFraming)
	default:
		return false, nil
	}
	return true, nil
}

func (w *writer) features(in messages.StreamFeatures) {
	w.start("stream:features", "xmlns:stream", nsStream)
	if len(in.Mechanisms) > 0 {
		w.start("mechanisms", "xmlns", nsSASL)
		for _, m := range in.Mechanisms {
			w.start("mechanism")
			w.text(m)
			w.end()
		}
		w.end()
	}
	if in.Bind {
		w.empty("bind", "xmlns", nsBind)
	}
	w.end()
}

// initiationInput writes Jingle message initiation (sdk-behaviour 3.2).
func (w *writer) initiationInput(in messages.Input, about PlatformContext) (ok bool, err error) {
	switch in := in.(type) {
	case messages.Propose:
		w.propose(in, about)
	case messages.Retract:
		w.told("retract", in.Session, in.From, about)
	case messages.Accepted:
		w.told("accept", in.Session, in.From, about)
	case messages.Rejected:
		w.told("reject", in.Session, in.From, about)
	case messages.Proceeded:
		w.told("proceed", in.Session, in.From, about)
	default:
		return false, nil
	}
	return true, nil
}

// propose writes a propose as it was observed: with autoanswer spelt out, and the others only where they say something.
func (w *writer) propose(in messages.Propose, about PlatformContext) {
	to := in.To
	if to == "" {
		to = about.To
	}
	w.message(in.From, to, about.ID, func() {
		w.start("propose", "xmlns", nsInitiate, "id", string(in.Session), "inin-cid", string(in.Conversation),
			"inin-autoanswer", isSaid(in.AutoAnswer), "inin-user-id", string(in.FromUser), "inin-sdp-over-xmpp", ifSaid(in.SDPOverXMPP),
			"inin-priv-answer-mode", in.PrivAnswer, "inin-ofrom", in.OriginalRoom.Reveal())
		w.empty("description", "xmlns", nsRTP, "media", "audio")
		w.end()
	})
}

// isSaid is an XML boolean.
func isSaid(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// ifSaid is an XML boolean that is left out when it is false.
func ifSaid(b bool) string {
	if b {
		return "true"
	}
	return ""
}

func (w *writer) told(word string, session messages.SessionID, from messages.JID, about PlatformContext) {
	w.message(from, about.To, about.ID, func() { w.empty(word, "xmlns", nsInitiate, "id", string(session)) })
}

func (w *writer) message(from, to messages.JID, id string, payload func()) {
	w.start("message", "xmlns", nsClient, "from", from.Reveal(), "to", to.Reveal(), "id", id)
	payload()
	w.end()
}

// notificationInput writes a pubsub event with a JSON payload (XEP-0060, XEP-0335).
func (w *writer) notificationInput(in messages.Input, about PlatformContext) (ok bool, err error) {
	switch in.(type) {
	case messages.ConversationNotified, messages.StationNotified, messages.NoLongerSubscribed, messages.DuplicateID,
		messages.SubscriptionsExpiring, messages.UnknownTopic:
	default:
		return false, nil
	}
	if about.Notify == nil {
		return true, errors.New("jingle: encode: a notification needs its writer: set PlatformContext.Notify")
	}
	topic, body, err := about.Notify(about.User, in)
	if err != nil {
		return true, err
	}
	w.message(messages.JID(about.NotificationHost), about.To, about.ID, func() {
		w.start("event", "xmlns", nsEvent)
		w.start("items", "node", topic)
		w.start("item", "id", about.ID)
		w.start("json", "xmlns", nsJSON)
		w.text(string(body))
		for range 4 {
			w.end()
		}
	})
	return true, nil
}

// jingleConditions are the conditions that Jingle adds, with those of stanzas that go with them (XEP-0166 section 10).
var jingleConditions = map[string]string{
	"out-of-order":     "unexpected-request",
	"tie-break":        "conflict",
	"unknown-session":  "item-not-found",
	"unsupported-info": "feature-not-implemented",
}

// answerInput writes an answer to an IQ of the client (RFC 6120 section 8.2.3).
func (w *writer) answerInput(in messages.Input, about PlatformContext) (ok bool, err error) {
	switch in := in.(type) {
	case messages.IQAnswered:
		w.answered(in, about)
	case messages.PeerRefused:
		condition, ofJingle := in.Condition, ""
		if c, known := jingleConditions[condition]; known {
			condition, ofJingle = c, condition
		}
		w.iq(about.IQ, about.AskedOf.Reveal(), about.To.Reveal(), "error", func() {
			w.empty("jingle", "xmlns", nsJingle, "sid", string(in.Session))
			w.refusal(condition, ofJingle)
		})
	default:
		return false, nil
	}
	if about.IQ == "" {
		err = errors.New("jingle: encode: an answer names the request that it answers: set PlatformContext.IQ")
	}
	return true, err
}

func (w *writer) answered(in messages.IQAnswered, about PlatformContext) {
	kind, payload := "result", func() { w.result(in, about) }
	if in.Condition != "" {
		kind, payload = "error", func() { w.refusal(in.Condition, "") }
	}
	w.iq(about.IQ, about.AskedOf.Reveal(), about.To.Reveal(), kind, payload)
}

// result writes what a result brings, after what was asked.
func (w *writer) result(in messages.IQAnswered, about PlatformContext) {
	switch asked := about.Asked.(type) {
	case messages.SendBind:
		w.start("bind", "xmlns", nsBind)
		w.start("jid")
		w.text(in.Bound.Reveal())
		w.end()
		w.end()
	case messages.SendServices:
		w.start("services", "xmlns", nsServices, "type", asked.Type)
		for _, s := range in.Services {
			w.empty("service", "type", s.Type, "host", s.Host, "port", s.Port, "transport", s.Transport,
				"username", s.Username.Reveal(), "password", s.Password.Reveal())
		}
		w.end()
	case messages.SendSubscribe:
		w.start("pubsub", "xmlns", nsPubsub)
		w.empty("subscription", "node", asked.Topic, "jid", asked.JID.Reveal(), "subscription", "subscribed")
		w.end()
	}
}
