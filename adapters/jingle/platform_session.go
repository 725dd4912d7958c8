package jingle

import (
	"errors"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// rpcInput writes what the far end says in genesys-webrtc IQs (sdk-behaviour 3.3).
func (w *writer) rpcInput(in messages.Input, about PlatformContext) (ok bool, err error) {
	rpc := func(iq string, from messages.JID, method string, params ...string) (bool, error) {
		id, err := requestID(iq, about)
		if err != nil {
			return true, err
		}
		return true, w.rpc(about.To, Context{IQ: id, RPC: about.ID, Self: from}, method, params...)
	}
	switch in := in.(type) {
	case messages.Offer:
		if in.SDP == "" {
			return true, errors.New("jingle: encode: an offer without a description")
		}
		return rpc(in.IQ, in.From, "offer", "sessionId", string(in.Session), "conversationId", string(in.Conversation),
			"sdp", in.SDP.Reveal(), "reinvite", ifSaid(in.Reinvite))
	case messages.RemoteCandidate:
		sdp, err := remoteFragment(in)
		if err != nil {
			return true, err
		}
		return rpc(in.IQ, in.From, "iceCandidate", "sessionId", string(in.Session), "sdp", sdp)
	case messages.Terminate:
		return rpc(in.IQ, in.From, "terminate", "sessionId", string(in.Session), "reason", in.Reason)
	case messages.UnknownRPC:
		if methods[in.Method] != nil {
			return true, errors.New("jingle: encode: a method that is known, said to be unknown")
		}
		return rpc(in.IQ, in.From, in.Method)
	default:
		return false, nil
	}
}

// requestID is the id of a request to the client.
func requestID(iq string, about PlatformContext) (string, error) {
	if iq == "" {
		iq = about.ID
	}
	if iq == "" {
		return "", errors.New("jingle: encode: an IQ request needs an id: set PlatformContext.ID")
	}
	return iq, nil
}

// remoteFragment is a candidate of the far end as the client reads it; what would be read as another is refused.
func remoteFragment(in messages.RemoteCandidate) (string, error) {
	candidate := strings.TrimPrefix(in.Candidate.Reveal(), "a=")
	if in.Malformed || candidate == "" {
		return endOfCandidates, nil
	}
	sdp := fragment(in.Mid, candidate)
	if mid, back := unfragment(sdp); in.Mid == "" || mid != in.Mid || back != candidate {
		return "", errors.New("jingle: encode: mid or candidate holds what ends its field, or the mid is missing")
	}
	return sdp, nil
}

// jingleInput writes the Jingle actions of the far end (XEP-0166), and what the server asks.
func (w *writer) jingleInput(in messages.Input, about PlatformContext) (ok bool, err error) {
	request := func(iq string, from messages.JID, kind string, payload func() error) (bool, error) {
		id, err := requestID(iq, about)
		if err != nil {
			return true, err
		}
		w.iq(id, from.Reveal(), about.To.Reveal(), kind, func() { err = payload() })
		return true, err
	}
	action := func(iq string, from messages.JID, session messages.SessionID, action string, body func() error) (bool, error) {
		initiatedBy := messages.JID("")
		if action == "session-initiate" {
			initiatedBy = from
		}
		return request(iq, from, "set", func() (err error) {
			w.action(session, action, initiatedBy, func() { err = body() })
			return err
		})
	}
	nothing := func() error { return nil }
	switch in := in.(type) {
	case messages.SessionInitiate:
		return action(in.IQ, in.From, in.Session, "session-initiate", func() error { return w.initiate(in) })
	case messages.SessionTerminate:
		return action(in.IQ, in.From, in.Session, "session-terminate", func() error { w.reason(in.Reason); return nil })
	case messages.TransportInfo:
		return action(in.IQ, in.From, in.Session, "transport-info", func() error { return w.remoteCandidates(in, about.SDP) })
	case messages.SessionInfo:
		return action(in.IQ, in.From, in.Session, "session-info", func() error { w.remark(in.Info); return nil })
	case messages.SessionAccept:
		return action(in.IQ, in.From, in.Session, "session-accept", nothing)
	case messages.JingleAction:
		if slices.Contains(knownActions, in.Action) {
			return true, errors.New("jingle: encode: an action that is known, said to be unknown")
		}
		return action(in.IQ, in.From, in.Session, in.Action, nothing)
	case messages.ServerAsked:
		if in.Name != "ping" {
			return true, errors.New("jingle: encode: a server asks for nothing but a ping (XEP-0199)")
		}
		return request(in.IQ, in.From, "get", func() error { w.empty("ping", "xmlns", nsPing); return nil })
	default:
		return false, nil
	}
}

// knownActions are the Jingle actions that have inputs of their own.
var knownActions = []string{"session-initiate", "session-accept", "session-info", "session-terminate", "transport-info"}

// initiate writes the description of a session-initiate.
func (w *writer) initiate(in messages.SessionInitiate) error {
	if in.Empty {
		return nil
	}
	return w.description(in.SDP, initiator)
}

// remark writes what a session-info says; nothing is a ping (XEP-0166 section 6.8).
func (w *writer) remark(info string) {
	if info != "" {
		w.named(info, "xmlns", nsInfo)
	}
}

// remoteCandidates writes the candidates of a transport-info, or the end of them.
func (w *writer) remoteCandidates(in messages.TransportInfo, described messages.SDP) error {
	ufrag := sdpValue(described.Reveal(), "ice-ufrag")
	for _, c := range in.Candidates {
		fields, ok := candidateFields(c.Reveal())
		if !ok {
			return errors.New("jingle: encode: a candidate without all that it must have (RFC 8839 section 5.1)")
		}
		if own := extensions(fields)["ufrag"]; own != "" {
			ufrag = own
		}
	}
	w.start("content", "creator", string(initiator), "name", in.Mid)
	w.start("transport", "xmlns", nsICE, "ufrag", ufrag)
	for _, c := range in.Candidates {
		w.candidate(c.Reveal(), initiator)
	}
	if in.Complete {
		w.empty("gathering-complete")
	}
	w.end()
	w.end()
	return nil
}
