package publicapi

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// requests are one of each kind, and how it is written.
var requests = []struct {
	request messages.Request
	want    string
}{
	{messages.Request{Of: messages.GetOrganization}, "GET /organizations/me"},
	{messages.Request{Of: messages.GetMe}, "GET /users/me?expand=station"},
	{messages.Request{Of: messages.PostChannel}, "POST /notifications/channels?connectionType=streaming"},
	{messages.Request{Of: messages.PutTopics, Channel: "ch 1", Topics: []string{"v2.users.u1?conversations&station", "b"}},
		`PUT /notifications/channels/ch%201/subscriptions [{"id":"v2.users.u1?conversations&station"},{"id":"b"}]`},
	{messages.Request{Of: messages.GetStation, Station: "st/1?x#y%"}, "GET /stations/st%2F1%3Fx%23y%25"},
	{messages.Request{Of: messages.GetConversation, Conversation: "c1"}, "GET /conversations/c1"},
	{messages.Request{Of: messages.PostCall}, `POST /conversations/calls {"sessionType":"softphone"}`},
	{messages.Request{Of: messages.PostCall, Body: `{"phoneNumber":"+1","n":12345678901234567890,"o":{"b":1,"a":"<&>"}}`},
		`POST /conversations/calls {"n":12345678901234567890,"o":{"b":1,"a":"<&>"},"phoneNumber":"+1","sessionType":"softphone"}`},
	{messages.Request{Of: messages.PatchState, Conversation: "c1", Participant: "p1", State: messages.Connected},
		`PATCH /conversations/calls/c1/participants/p1 {"state":"connected"}`},
	{messages.Request{Of: messages.PatchMuted, Conversation: "c1", Participant: "p1", Value: true},
		`PATCH /conversations/calls/c1/participants/p1 {"muted":true}`},
	{messages.Request{Of: messages.PatchHeld, Conversation: "c1", Participant: "p1"},
		`PATCH /conversations/calls/c1/participants/p1 {"held":false}`},
	{messages.Request{Of: messages.PostVoicemail, Conversation: "c1", Participant: "p1"},
		`POST /conversations/calls/c1/participants/p1/replace {"voicemail":true}`},
}

func TestRequestsAreWritten(t *testing.T) {
	for _, c := range requests {
		method, path, body, err := Encode(c.request)
		if got := strings.TrimSpace(fmt.Sprintf("%s %s %s", method, path, body)); err != nil || got != c.want {
			t.Errorf("%s: got %s, %v; want %s", c.request.Of, got, err, c.want)
		}
	}
}

func TestWrittenRequestsAreReadBack(t *testing.T) {
	for _, c := range requests {
		method, path, body, err := Encode(c.request)
		if err != nil {
			t.Fatalf("%s: %v", c.request.Of, err)
		}
		want := c.request
		want.Body = messages.Opaque(strings.Replace(want.Body.Reveal(), `"phoneNumber":"+1",`, "", 1))
		if want.Body != "" {
			want.Body = `{"n":12345678901234567890,"o":{"b":1,"a":"<&>"},"phoneNumber":"+1"}` // keys in order
		}
		for _, before := range []string{"", "/api/v2", "https://api.example.com/api/v2"} {
			if got, ok := Parse(strings.ToLower(method), before+path, body); !ok || !reflect.DeepEqual(got, want) {
				t.Errorf("%s %s%s came back as %+v, %v", method, before, path, got, ok)
			}
			got, ok := Parse(method, before+path, nil)
			patched := strings.HasPrefix(string(want.Of), "patch-")
			if !ok || got.Of != want.Of && !(patched && got.Of == messages.PatchState) || got.Conversation != want.Conversation || got.Participant != want.Participant {
				t.Errorf("%s %s%s without its body came back as %+v, %v", method, before, path, got, ok)
			}
		}
	}
}

func TestOtherRequestsAreNotOurs(t *testing.T) {
	for _, c := range [][2]string{
		{"GET", "/"}, {"GET", ""}, {"DELETE", "/stations/st1"}, {"GET", "/stations/"}, {"GET", "/stations/%zz"},
		{"POST", "https://api.example.com/api/v2/diagnostics/trace"}, {"PATCH", "/conversations/calls/c1"}, {"GET", "/stations/a/b"},
	} {
		if r, ok := Parse(c[0], c[1], nil); ok {
			t.Errorf("%s %s is read as %s", c[0], c[1], r.Of)
		}
	}
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	for why, r := range map[string]messages.Request{
		"no such kind":              {Of: "put-salt"},
		"no station":                {Of: messages.GetStation},
		"a station that climbs":     {Of: messages.GetStation, Station: ".."},
		"no participant":            {Of: messages.PatchHeld, Conversation: "c1"},
		"a conversation that stays": {Of: messages.PostVoicemail, Conversation: ".", Participant: "p1"},
		"no channel":                {Of: messages.PutTopics},
		"parameters of a list":      {Of: messages.PostCall, Body: `["+15550100"]`},
		"parameters of no JSON":     {Of: messages.PostCall, Body: `+15550100`},
		"parameters twice":          {Of: messages.PostCall, Body: `{"phoneNumber":"+15550100","phoneNumber":"+15550101"}`},
	} {
		method, path, body, err := Encode(r)
		if err == nil || method != "" || path != "" || body != nil {
			t.Errorf("%s: wrote %s %s %s; want an error", why, method, path, body)
			continue
		}
		if !strings.HasPrefix(err.Error(), "publicapi: encode "+string(r.Of)+": ") || strings.Contains(err.Error(), "5550") {
			t.Errorf("%s: error %q: want package, kind and reason, and no data", why, err)
		}
	}
}

const stationBody = `{"id":"st1","type":"inin_webrtc_softphone","webRtcPersistentEnabled":true,"webRtcCallAppearances":100,"ID":"x"}`

func TestAnswersAreRead(t *testing.T) {
	for _, c := range []struct {
		why  string
		of   messages.RequestKind
		body string
		want messages.HTTPAnswered
	}{
		{"me", messages.GetMe, `{"id":"u1","name":"Agent","chat":{"jabberId":"u1@example.com"},"station":{"effectiveStation":{"id":"st1"}}}`,
			messages.HTTPAnswered{Me: &messages.MeBody{User: "u1", JID: "u1@example.com", Station: "st1"}}},
		{"me without a station", messages.GetMe, `{"id":"u1","station":{"effectiveStation":null}}`, messages.HTTPAnswered{Me: &messages.MeBody{User: "u1"}}},
		{"a channel", messages.PostChannel, `{"id":"ch1","connectUri":"wss://example.com"}`, messages.HTTPAnswered{Channel: "ch1"}},
		{"a station", messages.GetStation, stationBody,
			messages.HTTPAnswered{Station: &messages.StationInfo{ID: "st1", Type: "inin_webrtc_softphone", LineAppearance: 100, Persistent: true}}},
		{"a station of another kind", messages.GetStation, `{"id":"st1","webRtcCallAppearances":null}`, messages.HTTPAnswered{Station: &messages.StationInfo{ID: "st1"}}},
		{"a conversation", messages.GetConversation, `{"id":"c1","participants":[{"id":"p1","userId":"u1","purpose":"agent","calls":[{"state":"connected","muted":true,"held":false,"confined":null,"direction":"inbound","errorInfo":null},{"errorInfo":{}}]},{"id":"p2"}]}`,
			messages.HTTPAnswered{Conversation: &messages.ConversationNotified{Conversation: "c1", Participants: []messages.Participant{
				{ID: "p1", User: "u1", Purpose: "agent", Calls: []messages.Leg{
					{State: messages.Connected, Muted: messages.Yes, Held: messages.No, Direction: "inbound"}, {Failed: true},
				}},
				{ID: "p2"},
			}}}},
		{"a placed call", messages.PostCall, `{"id":"c1","selfUri":"/api/v2/conversations/calls/c1"}`,
			messages.HTTPAnswered{Placed: &messages.PlacedCall{Conversation: "c1", SelfURI: "/api/v2/conversations/calls/c1"}}},
		{"an answer that nobody reads", messages.PatchState, `<html>`, messages.HTTPAnswered{}},
		{"the organisation is not read", messages.GetOrganization, ``, messages.HTTPAnswered{}},

		{"no JSON", messages.GetMe, `<html>`, messages.HTTPAnswered{Malformed: "the body is not one JSON object"}},
		{"no body", messages.PostCall, ``, messages.HTTPAnswered{Malformed: "the body is not one JSON object"}},
		{"a list", messages.PostChannel, `[]`, messages.HTTPAnswered{Malformed: "the body is not one JSON object"}},
		{"no id", messages.PostChannel, `{"ID":"ch1"}`, messages.HTTPAnswered{Malformed: "id is missing"}},
		{"an id of a number", messages.GetStation, `{"id":1}`, messages.HTTPAnswered{Malformed: "id is not a string"}},
		{"an id twice", messages.PostCall, `{"id":"c1","id":"c2"}`, messages.HTTPAnswered{Malformed: "the body is an object with a key twice"}},
		{"a line appearance of text", messages.GetStation, `{"id":"st1","webRtcCallAppearances":"100"}`, messages.HTTPAnswered{Malformed: "webRtcCallAppearances is not a whole number"}},
		{"a chat of text", messages.GetMe, `{"id":"u1","chat":"u1@example.com"}`, messages.HTTPAnswered{Malformed: "chat is not one JSON object"}},
		{"a call of text", messages.GetConversation, `{"id":"c1","participants":[{"calls":["x"]}]}`, messages.HTTPAnswered{Malformed: "a call is not one JSON object"}},
		{"a mute of text", messages.GetConversation, `{"id":"c1","participants":[{"calls":[{"muted":"x"}]}]}`, messages.HTTPAnswered{Malformed: "muted is not a boolean"}},
		{"too many participants", messages.GetConversation, `{"id":"c1","participants":[` + strings.Repeat(`{},`, maxParticipants) + `{}]}`, messages.HTTPAnswered{Malformed: "participants has too many entries"}},
		{"too large", messages.PostChannel, `{"id":"ch1"}` + strings.Repeat(" ", maxBody), messages.HTTPAnswered{Malformed: "the body is too large"}},
		{"too deep", messages.PostChannel, strings.Repeat(`{"a":`, 200_000), messages.HTTPAnswered{Malformed: "the body is not one JSON object"}},
	} {
		c.want.Status = 202
		if got := Decode(messages.Request{Of: c.of}, 202, "", []byte(c.body)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.why, got, c.want)
		}
	}
}

func TestOnlyASuccessHasABody(t *testing.T) {
	for _, status := range []int{0, 199, 300, 401, 429, 503} {
		got := Decode(messages.Request{Of: messages.GetStation}, status, "", []byte(stationBody))
		if want := (messages.HTTPAnswered{Status: status}); !reflect.DeepEqual(got, want) {
			t.Errorf("status %d: got %+v, want %+v", status, got, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	const none = -1
	for header, want := range map[string]int{
		"": none, "0": 0, "7": 7, " 15 ": 15, "+3": 3, "3.9": 3, "12s": 12, "-5": none, "soon": none, "0x10": 0, "86400": 86400, "86401": none,
		"Fri, 20 Nov 2026 04:00:00 GMT": none, strings.Repeat("9", 40): none,
	} {
		got := Decode(messages.Request{Of: messages.PostChannel}, 429, header, nil).RetryAfter
		if want == none && got != nil || want != none && (got == nil || *got != time.Duration(want)*time.Second) {
			t.Errorf("Retry-After %q is read as %v, want %d seconds", header, got, want)
		}
	}
}

// FuzzDecode: no answer panics or hangs; a malformed one brings nothing, and says why in words that fit every body.
func FuzzDecode(f *testing.F) {
	for i, body := range []string{stationBody, `{"id":"c1","participants":[{"id":"p1","calls":[{"muted":true}]}]}`, `{"id":"u1","chat":{"jabberId":"a@b"}}`, `{`, `[]`} {
		f.Add(uint8(i), body, "7")
	}
	f.Fuzz(func(t *testing.T, kind uint8, body, retry string) {
		r := requests[int(kind)%len(requests)].request
		got := Decode(r, 200, retry, []byte(body))
		if got.RetryAfter != nil && (*got.RetryAfter < 0 || *got.RetryAfter > maxRetryAfter) {
			t.Errorf("Retry-After %q is read as %v", retry, *got.RetryAfter)
		}
		if got.Malformed == "" {
			return
		}
		want := messages.HTTPAnswered{Status: 200, RetryAfter: got.RetryAfter, Malformed: got.Malformed}
		if !reflect.DeepEqual(got, want) || len(got.Malformed) > 60 {
			t.Errorf("malformed, and yet %+v", got)
		}
	})
}

// FuzzParse: a request of a log never panics; one of ours that is written again is read back the same.
func FuzzParse(f *testing.F) {
	for _, c := range requests {
		method, path, body, err := Encode(c.request)
		if err != nil {
			f.Fatalf("%s: %v", c.request.Of, err)
		}
		f.Add(method, path, body)
	}
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		r, ok := Parse(method, path, body)
		if !ok {
			return
		}
		m, p, b, err := Encode(r)
		if err != nil {
			return // such as an id of dots, which we never write
		}
		if again, ok := Parse(m, p, b); !ok || !reflect.DeepEqual(again, r) {
			t.Errorf("%+v came back as %+v, %v", r, again, ok)
		}
	})
}
