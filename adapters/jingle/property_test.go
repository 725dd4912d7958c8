package jingle

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/messages"
)

// words are what ids, addresses and remarks may hold.
var words = rapid.SampledFrom([]string{
	"s1", "", `"><iq type='set'/>`, "a&b", "&amp;", "&#0;", "]]>", "\t\r\n ", "\u2028é\U0001F4DE", `\"`, "</message>", "'", "m=", "a=", "0",
	"\x00", "\xff", "\uFFFE",
})

// names are what elements may be called.
var names = rapid.SampledFrom([]string{"success", "gone", "unknown-session", "a1", ""})

// drawn are inputs of every kind that the platform tells.
var drawn = map[string]func(*rapid.T) messages.Input{
	"opened":  func(*rapid.T) messages.Input { return messages.StreamOpened{Socket: 1} },
	"ended":   func(*rapid.T) messages.Input { return messages.StreamEnded{Socket: 1} },
	"success": func(*rapid.T) messages.Input { return messages.SASLSucceeded{Socket: 1} },
	"failure": func(r *rapid.T) messages.Input {
		return messages.SASLFailed{Socket: 1, Condition: names.Draw(r, "condition")}
	},
	"features": func(r *rapid.T) messages.Input {
		return messages.StreamFeatures{Socket: 1, Bind: rapid.Bool().Draw(r, "bind"), Mechanisms: some(r, "mechanism", words)}
	},
	"propose": func(r *rapid.T) messages.Input {
		return messages.Propose{
			Session: sid(r), Conversation: messages.ConversationID(words.Draw(r, "conversation")), From: jid(r), To: "x@y/" + jid(r),
			AutoAnswer: rapid.Bool().Draw(r, "auto"), SDPOverXMPP: rapid.Bool().Draw(r, "sdp"), PrivAnswer: words.Draw(r, "private"),
			FromUser: messages.UserID(words.Draw(r, "user")), OriginalRoom: jid(r),
		}
	},
	"retract":  func(r *rapid.T) messages.Input { return messages.Retract{Session: sid(r), From: jid(r)} },
	"accepted": func(r *rapid.T) messages.Input { return messages.Accepted{Session: sid(r), From: jid(r)} },
	"rejected": func(r *rapid.T) messages.Input { return messages.Rejected{Session: sid(r), From: jid(r)} },
	"proceed":  func(r *rapid.T) messages.Input { return messages.Proceeded{Session: sid(r), From: jid(r)} },
	"offer": func(r *rapid.T) messages.Input {
		sdp := "v=0\r\n" + words.Draw(r, "sdp") + "\r\na=ice-ufrag:u" + "\r\na=ice-pwd:p\r\n"
		return messages.Offer{
			IQ: "o1", Session: sid(r), Conversation: messages.ConversationID(words.Draw(r, "conversation")), From: jid(r), SDP: messages.SDP(sdp),
			ICE: transport(sdp), Reinvite: rapid.Bool().Draw(r, "reinvite"),
		}
	},
	"remote candidate": func(r *rapid.T) messages.Input {
		in := messages.RemoteCandidate{IQ: "o2", Session: sid(r), From: jid(r), Mid: words.Draw(r, "mid"), Candidate: line(r)}
		if rapid.Bool().Draw(r, "end") {
			in.Mid, in.Candidate, in.Malformed = "", "", true
		}
		return in
	},
	"terminate": func(r *rapid.T) messages.Input {
		return messages.Terminate{IQ: "o3", Session: sid(r), From: jid(r), Reason: words.Draw(r, "reason")}
	},
	"another rpc": func(r *rapid.T) messages.Input {
		return messages.UnknownRPC{IQ: "o4", Method: words.Draw(r, "method"), From: jid(r)}
	},
	"initiate": func(r *rapid.T) messages.Input {
		in := messages.SessionInitiate{IQ: "j1", Session: sid(r), From: jid(r), Empty: rapid.Bool().Draw(r, "empty")}
		if !in.Empty {
			in.SDP = description(r)
		}
		return in
	},
	"session-terminate": func(r *rapid.T) messages.Input {
		return messages.SessionTerminate{IQ: "j2", Session: sid(r), From: jid(r), Reason: names.Draw(r, "reason")}
	},
	"transport-info": func(r *rapid.T) messages.Input {
		in := messages.TransportInfo{IQ: "j3", Session: sid(r), From: jid(r), Mid: words.Draw(r, "mid"), Candidates: some(r, "candidate", rapid.Custom(line))}
		in.Complete = len(in.Candidates) == 0 || rapid.Bool().Draw(r, "complete")
		return in
	},
	"session-info": func(r *rapid.T) messages.Input {
		return messages.SessionInfo{IQ: "j4", Session: sid(r), From: jid(r), Info: names.Draw(r, "info")}
	},
	"session-accept": func(r *rapid.T) messages.Input {
		return messages.SessionAccept{IQ: "j5", Session: sid(r), From: jid(r)}
	},
	"another action": func(r *rapid.T) messages.Input {
		return messages.JingleAction{IQ: "j6", Session: sid(r), From: jid(r), Action: words.Draw(r, "action")}
	},
	"asked": func(r *rapid.T) messages.Input {
		return messages.ServerAsked{IQ: "j7", From: jid(r), Name: "ping"}
	},
	"peer refused": func(r *rapid.T) messages.Input {
		return messages.PeerRefused{Session: "s" + sid(r), Condition: names.Draw(r, "condition")}
	},
	"answered": func(r *rapid.T) messages.Input {
		in := messages.IQAnswered{Effect: "1.1"}
		switch rapid.IntRange(0, 3).Draw(r, "what") {
		case 0:
			in.Condition = names.Draw(r, "condition")
		case 1:
			in.Bound = jid(r)
		case 2:
			in.Services = some(r, "service", rapid.Custom(service))
		}
		return in
	},
	"conversation": func(r *rapid.T) messages.Input {
		return messages.ConversationNotified{Conversation: "c" + messages.ConversationID(words.Draw(r, "conversation")), Participants: some(r, "participant", rapid.Custom(participant))}
	},
	"station": func(r *rapid.T) messages.Input {
		return messages.StationNotified{Action: words.Draw(r, "action"), Station: messages.StationID(words.Draw(r, "station"))}
	},
	"no longer subscribed": func(*rapid.T) messages.Input { return messages.NoLongerSubscribed{} },
	"duplicate id":         func(*rapid.T) messages.Input { return messages.DuplicateID{} },
	"expiring":             func(*rapid.T) messages.Input { return messages.SubscriptionsExpiring{} },
	"another topic":        func(r *rapid.T) messages.Input { return messages.UnknownTopic{Topic: words.Draw(r, "topic")} },
}

func sid(r *rapid.T) messages.SessionID { return messages.SessionID(words.Draw(r, "session")) }

func jid(r *rapid.T) messages.JID { return messages.JID(words.Draw(r, "address")) }

// some are up to three, and nil if there are none.
func some[V any](r *rapid.T, name string, of *rapid.Generator[V]) (all []V) {
	for range rapid.IntRange(0, 3).Draw(r, name+"s") {
		all = append(all, of.Draw(r, name))
	}
	return all
}

// line is a candidate as a transport-info is read.
func line(r *rapid.T) messages.Candidate {
	return messages.Candidate("candidate:" + rapid.SampledFrom([]string{
		"1 1 udp 2122194687 192.0.2.1 34342 typ host", "2 1 udp 1 192.0.2.1 9 typ srflx raddr 192.0.2.2 rport 10",
		"3 1 tcp 1 2001:db8::1 9 typ host tcptype active", "4 2 udp 1 192.0.2.1 9 typ host generation 0", "&<> 1 udp 1 x 9 typ \"'",
	}).Draw(r, "candidate"))
}

func service(r *rapid.T) messages.ICEServer {
	return messages.ICEServer{
		Type: words.Draw(r, "type"), Host: words.Draw(r, "host"), Port: words.Draw(r, "port"), Transport: words.Draw(r, "transport"),
		Username: messages.Token(words.Draw(r, "username")), Password: messages.Token(words.Draw(r, "password")),
	}
}

func participant(r *rapid.T) messages.Participant {
	flag := rapid.SampledFrom([]messages.Flag{messages.Unset, messages.No, messages.Yes})
	return messages.Participant{
		ID: messages.ParticipantID(words.Draw(r, "id")), User: messages.UserID(words.Draw(r, "user")), Purpose: words.Draw(r, "purpose"),
		Calls: some(r, "call", rapid.Custom(func(r *rapid.T) messages.Leg {
			l := messages.Leg{
				State: messages.CallState(words.Draw(r, "state")), Muted: flag.Draw(r, "muted"), Held: flag.Draw(r, "held"),
				Confined: flag.Draw(r, "confined"), Direction: words.Draw(r, "direction"), Failed: rapid.Bool().Draw(r, "failed"),
			}
			if l.Failed {
				l.ErrorCode = words.Draw(r, "code")
			}
			return l
		})),
	}
}

// description is an SDP in the order in which a session-initiate is read.
func description(r *rapid.T) messages.SDP {
	var sdp strings.Builder
	maybe := func(lines ...string) {
		if l := rapid.SampledFrom(append(lines, "")).Draw(r, "line"); l != "" {
			sdp.WriteString(l + "\r\n")
		}
	}
	sdp.WriteString("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n")
	maybe("a=group:BUNDLE 0", "a=group:BUNDLE 0 1", "a=group:LS 1")
	for mid := range rapid.IntRange(1, 2).Draw(r, "sections") {
		fmt.Fprintf(&sdp, "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 0.0.0.0\r\na=mid:%d\r\n", mid)
		sdp.WriteString(rapid.SampledFrom([]string{"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"}).Draw(r, "direction") + "\r\n")
		maybe("a=rtcp-mux")
		maybe("a=rtcp-rsize")
		sdp.WriteString("a=rtpmap:111 opus/48000/2\r\n")
		maybe("a=rtcp-fb:111 transport-cc", "a=rtcp-fb:111 nack pli", "a=rtcp-fb:111 trr-int 100")
		maybe("a=fmtp:111 minptime=10;useinbandfec=1", "a=fmtp:111 0-15")
		sdp.WriteString("a=rtpmap:0 PCMU/8000\r\n")
		maybe("a=rtcp-fb:* nack")
		maybe("a=extmap:4 urn:example:extension")
		maybe("a=ssrc:32 cname:c&1", "a=ssrc:32 cname:c1\r\na=ssrc:32 label:x y\r\na=ssrc:33 cname:c2")
		maybe("a=msid:- t1")
		maybe("a=ice-ufrag:far")
		maybe("a=ice-pwd:secret+/'<>")
		for _, c := range some(r, "candidate", rapid.Custom(line)) {
			sdp.WriteString("a=" + c.Reveal() + "\r\n")
		}
		maybe("a=fingerprint:sha-256 AA:BB", "a=fingerprint:sha-256 AA:BB\r\na=setup:actpass")
	}
	return messages.SDP(sdp.String())
}

// Whatever the platform tells, the client hears the same.
func TestWhatIsToldIsHeard(t *testing.T) {
	for name, draw := range drawn {
		t.Run(name, func(t *testing.T) {
			said := 0
			rapid.Check(t, func(r *rapid.T) {
				in, about := draw(r), telling
				about.Asked = askedFor(in)
				frame, ok, err := EncodePlatform(in, about)
				if err != nil {
					return // it cannot be said, and it was said so
				}
				if !ok {
					r.Fatalf("%s is not for the stream", in.Kind())
				}
				said++
				want := []messages.Input{in}
				if refused, is := in.(messages.PeerRefused); is {
					want = append(want, messages.IQAnswered{Effect: "1.1", Condition: conditionOf(refused)})
				}
				got := heard(r, recorded{XML: string(frame)}, map[string]ClientFrame{"q1": {Effect: about.Asked}})
				if !reflect.DeepEqual(got, want) {
					r.Fatalf("%s was heard as\n%s, want\n%s", frame, shown(r, got), shown(r, want))
				}
			})
			if said == 0 {
				t.Error("nothing of it could be said")
			}
		})
	}
}

// askedFor is a question that has this answer.
func askedFor(in messages.Input) messages.Effect {
	switch in := in.(type) {
	case messages.PeerRefused:
		return messages.SendActive{Signalling: messages.Jingle, Session: in.Session}
	case messages.IQAnswered:
		switch {
		case in.Bound != "":
			return messages.SendBind{}
		case in.Services != nil:
			return messages.SendServices{Type: "stun"}
		}
	}
	return messages.SendPing{}
}

// conditionOf is the condition of stanzas that a refusal of Jingle has.
func conditionOf(refused messages.PeerRefused) string {
	if c, ofJingle := jingleConditions[refused.Condition]; ofJingle {
		return c
	}
	return refused.Condition
}
