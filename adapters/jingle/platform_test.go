package jingle

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/notifications"
	"github.com/hookswitch/hookswitch/messages"
)

// telling is a context that has everything.
var telling = PlatformContext{
	To: "ann@example.com/desk", Domain: "example.com", ID: "m1", NotificationHost: "notifications.example.com", User: "u1",
	Notify: notifications.Encode, IQ: "q1", AskedOf: "example.com", SDP: "v=0\r\na=ice-ufrag:far\r\n",
}

// told are the inputs of testdata/told.txt, by the words of their stories.
var told = map[string]struct {
	in    messages.Input
	asked messages.Effect
}{
	"opened":                         {in: messages.StreamOpened{}},
	"features before SASL":           {in: messages.StreamFeatures{Mechanisms: []string{"PLAIN"}}},
	"features after SASL":            {in: messages.StreamFeatures{Bind: true}},
	"success":                        {in: messages.SASLSucceeded{}},
	"failure":                        {in: messages.SASLFailed{Condition: "not-authorized"}},
	"ended":                          {in: messages.StreamEnded{}},
	"propose":                        {in: messages.Propose{Session: "s1", Conversation: "c1", From: gateway, SDPOverXMPP: true, FromUser: "u1"}},
	"propose of all":                 {in: messages.Propose{Session: "s1", Conversation: "c1", From: gateway, To: "ann@example.com/other", AutoAnswer: true, PrivAnswer: "Auto", OriginalRoom: "room@example.com"}},
	"retract":                        {in: messages.Retract{Session: "s1", From: gateway}},
	"accepted":                       {in: messages.Accepted{Session: "s1", From: "ann@example.com/desk"}},
	"rejected":                       {in: messages.Rejected{Session: "s1", From: "ann@example.com/desk"}},
	"proceeded":                      {in: messages.Proceeded{Session: "s1", From: "ann@example.com/desk"}},
	"conversation":                   {in: messages.ConversationNotified{Conversation: "c1", Participants: []messages.Participant{{ID: "p1", User: "u1", Purpose: "agent", Calls: []messages.Leg{{State: messages.Alerting}}}}}},
	"station":                        {in: messages.StationNotified{Action: "Associated", Station: "st1"}},
	"no longer subscribed":           {in: messages.NoLongerSubscribed{}},
	"duplicate id":                   {in: messages.DuplicateID{}},
	"subscriptions expire":           {in: messages.SubscriptionsExpiring{}},
	"another topic":                  {in: messages.UnknownTopic{Topic: "t.x"}},
	"bound":                          {messages.IQAnswered{Bound: "ann@example.com/desk"}, messages.SendBind{}},
	"services":                       {messages.IQAnswered{Services: []messages.ICEServer{{Type: "turn", Host: "192.0.2.1", Port: "3478", Transport: "udp", Username: "made", Password: "up"}}}, messages.SendServices{Type: "turn"}},
	"no services":                    {messages.IQAnswered{}, messages.SendServices{Type: "stun"}},
	"subscribed":                     {messages.IQAnswered{}, messages.SendSubscribe{Topic: "t.x", JID: "ann@example.com"}},
	"pong":                           {messages.IQAnswered{}, messages.SendPing{}},
	"refused":                        {messages.IQAnswered{Condition: "service-unavailable"}, messages.SendPing{}},
	"peer refused":                   {in: messages.PeerRefused{Session: "s1", Condition: "unknown-session"}},
	"peer refused plainly":           {in: messages.PeerRefused{Session: "s1", Condition: "gone"}},
	"offer":                          {in: messages.Offer{IQ: "o1", Session: "s1", Conversation: "c1", From: gateway, SDP: "v=0\r\n"}},
	"reinvite":                       {in: messages.Offer{IQ: "o1", Session: "s2", Conversation: "c1", From: gateway, SDP: "v=0\r\n", Reinvite: true}},
	"remote candidate":               {in: messages.RemoteCandidate{IQ: "o2", Session: "s1", From: gateway, Mid: "0", Candidate: candidate}},
	"end of remote candidates":       {in: messages.RemoteCandidate{IQ: "o3", Session: "s1", From: gateway, Malformed: true}},
	"terminate":                      {in: messages.Terminate{IQ: "o4", Session: "s1", From: gateway, Reason: "success"}},
	"another rpc":                    {in: messages.UnknownRPC{IQ: "o5", Method: "sing", From: gateway}},
	"session-initiate":               {in: messages.SessionInitiate{IQ: "j1", Session: "s1", From: gateway, SDP: normalSDP}},
	"empty session-initiate":         {in: messages.SessionInitiate{IQ: "j1", Session: "s1", From: gateway, Empty: true}},
	"transport-info":                 {in: messages.TransportInfo{IQ: "j2", Session: "s1", From: gateway, Mid: "0", Candidates: []messages.Candidate{"candidate:1 1 udp 1 192.0.2.1 9 typ host generation 0"}}},
	"end of Jingle candidates":       {in: messages.TransportInfo{IQ: "j3", Session: "s1", From: gateway, Mid: "0", Complete: true}},
	"session-info":                   {in: messages.SessionInfo{IQ: "j4", Session: "s1", From: gateway, Info: "active"}},
	"session-info that pings":        {in: messages.SessionInfo{IQ: "j4", Session: "s1", From: gateway}},
	"session-terminate":              {in: messages.SessionTerminate{IQ: "j5", Session: "s1", From: gateway, Reason: "success"}},
	"session-accept":                 {in: messages.SessionAccept{IQ: "j6", Session: "s1", From: gateway}},
	"another action":                 {in: messages.JingleAction{IQ: "j7", Session: "s1", From: gateway, Action: "content-add"}},
	"ping":                           {in: messages.ServerAsked{IQ: "p1", From: "example.com", Name: "ping"}},
	"offer, its id from the context": {in: messages.Offer{Session: "s1", From: gateway, SDP: "v=0\r\n"}},
}

// normalSDP is a description as a session-initiate is read.
const normalSDP = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\n" +
	"a=mid:0\r\na=sendonly\r\na=rtcp-mux\r\na=rtpmap:0 PCMU/8000\r\na=ice-ufrag:far\r\na=ice-pwd:secretsecretsecretsecret\r\n" +
	"a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=fingerprint:sha-256 AA:BB\r\na=setup:actpass\r\n"

func TestInputsAreWrittenAsThePlatformWritesThem(t *testing.T) {
	seen := 0
	checkStories(t, "testdata/told.txt", func(name string) string {
		c, known := told[name]
		if !known {
			t.Fatalf("told.txt: no input is called %q; add it to the table told", name)
		}
		seen++
		about := telling
		about.Asked = c.asked
		frame, ok, err := EncodePlatform(c.in, about)
		if err != nil || !ok {
			t.Fatalf("%s: %v, %v; want a frame", name, ok, err)
		}
		return string(frame)
	})
	if seen != len(told) {
		t.Errorf("told.txt has %d of %d inputs; each needs a story", seen, len(told))
	}
}

func TestEveryInputIsToldOrNotForTheStream(t *testing.T) {
	written := map[string]bool{}
	for _, c := range told {
		written[c.in.Kind()] = true
	}
	for _, in := range messages.Inputs() {
		if _, ok, _ := EncodePlatform(in, telling); ok != written[in.Kind()] {
			t.Errorf("%s: for the stream: %v; the table of frames says %v", in.Kind(), ok, written[in.Kind()])
		}
	}
}

func TestWhatThePlatformCannotSayIsRefused(t *testing.T) {
	bare := PlatformContext{To: "ann@example.com/desk"}
	for why, c := range map[string]struct {
		in    messages.Input
		about PlatformContext
	}{
		"a request without an id":             {messages.Terminate{Session: "s1"}, bare},
		"a Jingle request without an id":      {messages.SessionTerminate{Session: "s1"}, bare},
		"an answer to nothing":                {messages.IQAnswered{}, bare},
		"a notification without its writer":   {messages.NoLongerSubscribed{}, bare},
		"an offer of nothing":                 {messages.Offer{Session: "s1"}, telling},
		"a session-initiate of nothing":       {messages.SessionInitiate{Session: "s1"}, telling},
		"a candidate without a mid":           {messages.RemoteCandidate{Session: "s1", Candidate: candidate}, telling},
		"a candidate of two lines":            {messages.RemoteCandidate{Session: "s1", Mid: "0", Candidate: "candidate:1\r\na=x"}, telling},
		"a mid that would be read as another": {messages.RemoteCandidate{Session: "s1", Mid: "0 1", Candidate: candidate}, telling},
		"half a Jingle candidate":             {messages.TransportInfo{Session: "s1", Candidates: []messages.Candidate{"candidate:1"}}, telling},
		"a known method as an unknown one":    {messages.UnknownRPC{Method: "offer"}, telling},
		"a known action as an unknown one":    {messages.JingleAction{Session: "s1", Action: "session-initiate"}, telling},
		"a question that nobody asks":         {messages.ServerAsked{IQ: "q1", Name: "roster"}, telling},
		"a condition that is no name":         {messages.SASLFailed{Condition: "a><b"}, telling},
		"a reason that is no name":            {messages.SessionTerminate{Session: "s1", Reason: "a><b"}, telling},
		"a remark that is no name":            {messages.SessionInfo{Session: "s1", Info: "1"}, telling},
		"a control character":                 {messages.Retract{Session: "s\x01"}, telling},
		"no UTF-8":                            {messages.Terminate{Session: "s\xff"}, telling},
	} {
		frame, ok, err := EncodePlatform(c.in, c.about)
		if err == nil || !ok || frame != nil {
			t.Errorf("%s: wrote %q, %v, %v; want an error", why, frame, ok, err)
			continue
		}
		if strings.Contains(err.Error(), "s1") || !strings.HasPrefix(err.Error(), "jingle: ") {
			t.Errorf("%s: error %q: want package and reason, and no data", why, err)
		}
	}
}

// A description that a WebRTC stack wrote, as the recordings' offers are, says by Jingle what it says as SDP.
func TestOffersSurviveJingle(t *testing.T) {
	offers := 0
	eachRecording(t, func(t *testing.T, frames []recorded) {
		for _, f := range frames {
			read, err := Decode(1, []byte(f.XML))
			offer, is := read.Input.(messages.Offer)
			if err != nil || f.Kind != "ws.recv" || !is || !strings.Contains(offer.SDP.Reveal(), "m=audio") {
				continue
			}
			offers++
			frame, _, err := EncodePlatform(messages.SessionInitiate{IQ: "j1", Session: "s1", From: gateway, SDP: offer.SDP}, telling)
			if err != nil {
				t.Fatalf("seq %d: %v", f.Seq, err)
			}
			back, err := Decode(1, frame)
			if err != nil {
				t.Fatalf("seq %d: %v", f.Seq, err)
			}
			sdp := back.Input.(messages.SessionInitiate).SDP.Reveal()
			for line := range strings.SplitSeq(offer.SDP.Reveal(), "\r\n") {
				line, _, _ = strings.Cut(line, " ufrag ") // which is the transport's
				key, _, _ := strings.Cut(line, ":")
				if !unsaid[key] && !strings.HasPrefix(line, "o=") && !strings.Contains(sdp, line) {
					t.Errorf("seq %d: %q is lost", f.Seq, line)
				}
			}
		}
	})
	if offers == 0 {
		t.Error("no recording has an offer")
	}
}

// unsaid are the lines of SDP that Jingle has no element for: what all clients take for granted, or nobody reads.
var unsaid = map[string]bool{"a=msid-semantic": true, "a=extmap-allow-mixed": true, "a=end-of-candidates": true, "a=ice-options": true, "a=rtcp": true}
