package publicapi

import (
	"bufio"
	"encoding/json"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/messages"
)

// answered are answers of a platform to each kind of request, and their bodies.
var answered = []struct {
	request messages.Request
	answer  messages.HTTPAnswered
	body    string
}{
	{messages.Request{Of: messages.GetOrganization}, messages.HTTPAnswered{Status: 200}, `{"id":"o1","name":"Lab"}`},
	{messages.Request{Of: messages.GetMe}, messages.HTTPAnswered{Status: 200, Me: &messages.MeBody{User: "u1", JID: "u1@example.com", Station: "st1"}},
		`{"chat":{"jabberId":"u1@example.com"},"email":"u1@example.com","id":"u1","name":"u1","selfUri":"/api/v2/users/u1","station":{"associatedStation":{"id":"st1"},"effectiveStation":{"id":"st1"}}}`},
	{messages.Request{Of: messages.GetMe}, messages.HTTPAnswered{Status: 200, Me: &messages.MeBody{User: "u1", JID: "u1@example.com"}},
		`{"chat":{"jabberId":"u1@example.com"},"email":"u1@example.com","id":"u1","name":"u1","selfUri":"/api/v2/users/u1","station":{}}`},
	{messages.Request{Of: messages.PostChannel}, messages.HTTPAnswered{Status: 200, Channel: "ch1"}, `{"connectUri":"wss://example.com/stream/channels/ch1","id":"ch1"}`},
	{messages.Request{Of: messages.PutTopics, Channel: "ch1", Topics: []string{"a", "b&c"}}, messages.HTTPAnswered{Status: 200},
		`{"entities":[{"id":"a","state":"Permitted"},{"id":"b&c","state":"Permitted"}]}`},
	{messages.Request{Of: messages.GetStation}, messages.HTTPAnswered{Status: 200, Station: &messages.StationInfo{ID: "st1", Type: "inin_webrtc_softphone", LineAppearance: 100, Persistent: true}},
		`{"id":"st1","name":"st1","selfUri":"/api/v2/stations/st1","status":"ASSOCIATED","type":"inin_webrtc_softphone","webRtcCallAppearances":100,"webRtcForceTurn":false,"webRtcPersistentEnabled":true}`},
	{messages.Request{Of: messages.GetConversation}, messages.HTTPAnswered{Status: 200, Conversation: &messages.ConversationNotified{Conversation: "c1", Participants: []messages.Participant{
		{ID: "p1", Purpose: "customer"},
		{ID: "p2", User: "u1", Purpose: "agent", Calls: []messages.Leg{{State: messages.Connected, Muted: messages.Yes, Held: messages.No, Direction: "inbound"}, {State: messages.Disconnected, Failed: true}}},
	}}}, `{"id":"c1","participants":[{"calls":[],"id":"p1","purpose":"customer"},{"calls":[{"direction":"inbound","held":false,"muted":true,"state":"connected"},{"errorInfo":{"code":""},"state":"disconnected"}],"id":"p2","purpose":"agent","userId":"u1"}],"selfUri":"/api/v2/conversations/c1"}`},
	{messages.Request{Of: messages.PostCall}, messages.HTTPAnswered{Status: 202, Placed: &messages.PlacedCall{Conversation: "c1", SelfURI: "/api/v2/conversations/calls/c1"}},
		`{"id":"c1","selfUri":"/api/v2/conversations/calls/c1"}`},
	{messages.Request{Of: messages.PatchState}, messages.HTTPAnswered{Status: 202}, `{}`},
	{messages.Request{Of: messages.PostVoicemail}, messages.HTTPAnswered{Status: 202}, `{}`},
	{messages.Request{Of: messages.GetMe}, messages.HTTPAnswered{Status: 401}, `{"code":"authentication.required","message":"Unauthorized","status":401}`},
	{messages.Request{Of: messages.PatchHeld}, messages.HTTPAnswered{Status: 404}, `{"code":"not.found","message":"Not Found","status":404}`},
	{messages.Request{Of: messages.PatchHeld}, messages.HTTPAnswered{Status: 599}, `{"code":"error","message":"error","status":599}`},
}

func TestAnswersAreWritten(t *testing.T) {
	platform := Platform{StreamURL: "wss://example.com", Organization: "o1", OrganizationName: "Lab"}
	for _, c := range answered {
		body, err := platform.EncodeResponse(c.request, c.answer)
		if err != nil || string(body) != c.body {
			t.Errorf("%s: got %s, %v\nwant %s", c.request.Of, body, err, c.body)
		}
		if got := Decode(c.request, c.answer.Status, "", body); !reflect.DeepEqual(got, c.answer) {
			t.Errorf("%s: %s came back as %+v, want %+v", c.request.Of, body, got, c.answer)
		}
	}
}

func TestAnswersThatLackWhatWasAskedForAreRefused(t *testing.T) {
	for _, c := range requests {
		body, err := EncodeResponse(c.request, messages.HTTPAnswered{Status: 200})
		_, brings := answers[c.request.Of]
		if brings != (err != nil) || brings != (body == nil) {
			t.Errorf("%s: an empty answer is written as %s, %v", c.request.Of, body, err)
		}
		for _, status := range []int{-1, 0, 199, 600} {
			if body, err := EncodeResponse(c.request, messages.HTTPAnswered{Status: status}); err == nil || body != nil {
				t.Errorf("%s: status %d is written as %s", c.request.Of, status, body)
			}
		}
	}
	if _, err := EncodeResponse(messages.Request{Of: "put-salt"}, messages.HTTPAnswered{Status: 200}); err == nil {
		t.Error("a request that does not exist is answered")
	}
}

// Whatever a conversation holds, it is read back.
func TestConversationsSurviveTheAPI(t *testing.T) {
	text := rapid.SampledFrom([]string{"a", "", "\"<&>", "é\u2028", "0"})
	leg := rapid.Custom(func(t *rapid.T) messages.Leg {
		flag := rapid.SampledFrom([]messages.Flag{messages.Unset, messages.No, messages.Yes})
		return messages.Leg{
			State: messages.CallState(text.Draw(t, "state")), Direction: text.Draw(t, "direction"), Failed: rapid.Bool().Draw(t, "failed"),
			Muted: flag.Draw(t, "muted"), Held: flag.Draw(t, "held"), Confined: flag.Draw(t, "confined"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		c := messages.ConversationNotified{Conversation: "c1"}
		for range rapid.IntRange(0, 3).Draw(t, "participants") {
			p := messages.Participant{ID: messages.ParticipantID(text.Draw(t, "id")), User: messages.UserID(text.Draw(t, "user")), Purpose: text.Draw(t, "purpose")}
			for range rapid.IntRange(0, 3).Draw(t, "calls") {
				p.Calls = append(p.Calls, leg.Draw(t, "call"))
			}
			c.Participants = append(c.Participants, p)
		}
		r, a := messages.Request{Of: messages.GetConversation}, messages.HTTPAnswered{Status: 200, Conversation: &c}
		body, err := EncodeResponse(r, a)
		if err != nil {
			t.Fatal(err)
		}
		if got := Decode(r, 200, "", body); !reflect.DeepEqual(got, a) {
			t.Fatalf("%s came back as %+v", body, got)
		}
	})
}

func TestRefusedRequests(t *testing.T) {
	const participant = "/api/v2/conversations/calls/c1/participants/p1"
	for _, c := range []struct {
		request, body string
		status        int
		why           string
	}{
		{"GET /", "", 404, "there is nothing but /api/v2/"},
		{"GET /stations/st1", "", 404, "there is nothing but /api/v2/"},
		{"GET /elsewhere/api/v2/stations/st1", "", 404, "there is nothing but /api/v2/"},
		{"GET /api/v2/stations/", "", 404, "there is no such path here"},
		{"GET /api/v2/stations/%zz", "", 404, "there is no such path here"},
		{"POST /api/v2/diagnostics/trace", "{}", 404, "there is no such path here"},
		{"DELETE /api/v2/stations/st1", "", 405, "it takes only GET"},
		{"get /api/v2/stations/st1", "", 405, "it takes only GET"},
		{"PATCH " + participant, strings.Repeat(" ", MaxRequestBody+1), 413, "the body has more than 65536 bytes"},
		{"PATCH " + participant, "", 400, "the body is not one JSON object"},
		{"PATCH " + participant, "[]", 400, "the body is not one JSON object"},
		{"PATCH " + participant, "{}", 400, "the body has not exactly one of state, muted and held"},
		{"PATCH " + participant, `{"Muted":true}`, 400, "the body has not exactly one of state, muted and held"},
		{"PATCH " + participant, `{"muted":true,"held":true}`, 400, "the body has not exactly one of state, muted and held"},
		{"PATCH " + participant, `{"muted":true,"muted":false}`, 400, "the body is an object with a key twice"},
		{"PATCH " + participant, `{"muted":"true"}`, 400, "muted is not a boolean"},
		{"PATCH " + participant, `{"held":1}`, 400, "held is not a boolean"},
		{"PATCH " + participant, `{"state":true}`, 400, "state is not a string"},
		{"PATCH " + participant, `{"state":"alerting"}`, 400, "state is neither connected nor disconnected: a client asks for nothing else"},
		{"POST " + participant + "/replace", `{"voicemail":false}`, 400, "voicemail is not true: a call is replaced by nothing else"},
		{"POST " + participant + "/replace", `{"userId":"u2"}`, 400, "voicemail is not true: a call is replaced by nothing else"},
		{"POST /api/v2/conversations/calls", `{"sessionType":"softphone"}`, 400, "phoneNumber is missing: this platform calls nothing else"},
		{"POST /api/v2/conversations/calls", `{"phoneNumber":15550100}`, 400, "phoneNumber is not a string"},
		{"PUT /api/v2/notifications/channels/ch1/subscriptions", `{"id":"a"}`, 400, "the body is not a list"},
		{"PUT /api/v2/notifications/channels/ch1/subscriptions", `null`, 400, "the body is not a list"},
		{"PUT /api/v2/notifications/channels/ch1/subscriptions", `["a"]`, 400, "a topic is not one JSON object"},
		{"PUT /api/v2/notifications/channels/ch1/subscriptions", `[{"id":""}]`, 400, "id is missing"},
		{"PUT /api/v2/notifications/channels/ch1/subscriptions", `[` + strings.Repeat(`{"id":"a"},`, maxTopics) + `{"id":"a"}]`, 400, "more than 1000 topics"},
	} {
		method, path, _ := strings.Cut(c.request, " ")
		r, err := Read(method, path, []byte(c.body))
		var refused *Refusal
		if !errors.As(err, &refused) || refused.Status != c.status || refused.Why != c.why {
			t.Errorf("%s %.60s: got %+v, %v, want %d: %s", c.request, c.body, r, err, c.status, c.why)
			continue
		}
		var body struct {
			Message, Code string
			Status        int
		}
		if err := json.Unmarshal(refused.Body(), &body); err != nil || body.Message != c.why || body.Status != c.status || body.Code == "" {
			t.Errorf("%s: the answer is %s, %v", c.request, refused.Body(), err)
		}
	}
}

// What Encode writes, Read takes, and says the same of it.
func TestRequestsAreTaken(t *testing.T) {
	for _, c := range requests {
		method, path, body, err := Encode(c.request)
		if err != nil {
			t.Fatalf("%s: %v", c.request.Of, err)
		}
		got, err := Read(method, "/api/v2"+path, body)
		if c.request.Of == messages.PostCall && c.request.Body == "" {
			if err == nil {
				t.Error("a call to nobody is taken")
			}
			continue
		}
		want, ok := Parse(method, path, body)
		if err != nil || !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s %s: got %+v, %v, want %+v", method, path, got, err, want)
		}
	}
}

// What the real client asked is taken, and what it was answered can be said in the same words for all that it reads.
func TestRecordedRequestsAreAnswered(t *testing.T) {
	seen := map[messages.RequestKind]int{}
	for _, name := range captures.Names() {
		asked := map[int]messages.Request{}
		eachExchange(t, name, func(x exchange) {
			if x.Kind == "http.req" {
				u, err := url.Parse(x.URL)
				if err != nil {
					t.Fatal(err)
				}
				r, err := Read(x.Method, u.EscapedPath(), []byte(x.Body))
				if strings.Contains(x.URL, "/diagnostics/") {
					return // telemetry is not the core's
				}
				if err != nil {
					t.Errorf("%s: %d %s %s %s: %v", name, x.Seq, x.Method, x.URL, x.Body, err)
				}
				asked[x.N] = r
				seen[r.Of]++
				return
			}
			r, known := asked[x.N]
			if !known || x.Status == 0 {
				return
			}
			want := Decode(r, x.Status, "", []byte(x.Body))
			body, err := EncodeResponse(r, want)
			if err != nil && want.Malformed == "" {
				t.Errorf("%s: %d %s: %v", name, x.Seq, r.Of, err)
			}
			if got := Decode(r, x.Status, "", body); want.Malformed == "" && !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %d %s: got %+v, want %+v", name, x.Seq, r.Of, got, want)
			}
		})
	}
	for _, c := range requests {
		if seen[c.request.Of] == 0 {
			t.Errorf("no recording has a %s: the test shows nothing of it", c.request.Of)
		}
	}
}

// exchange is a record of a REST request or of its answer.
type exchange struct {
	Seq    int    `json:"seq"`
	Kind   string `json:"k"`
	N      int    `json:"n"`
	Method string `json:"method"`
	URL    string `json:"url"`
	Body   string `json:"body"`
	Status int    `json:"status"`
}

func eachExchange(t *testing.T, name string, visit func(exchange)) {
	t.Helper()
	file, err := captures.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		if !strings.Contains(lines.Text(), `"k":"http.`) {
			continue
		}
		var x exchange
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		visit(x)
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// FuzzRead: no request panics or hangs; one that is refused is refused in words that fit every request, and one that is taken
// is what a client can have written.
func FuzzRead(f *testing.F) {
	for _, c := range requests {
		method, path, body, err := Encode(c.request)
		if err != nil {
			f.Fatalf("%s: %v", c.request.Of, err)
		}
		f.Add(method, "/api/v2"+path, body)
	}
	f.Add("PATCH", "/api/v2/conversations/calls/../participants/p1", []byte(`{"held":null,"muted":true}`))
	f.Add("PUT", "/api/v2/notifications/channels/%2e%2e/subscriptions", []byte(`[]`))
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		r, err := Read(method, path, body)
		if err != nil {
			var refused *Refusal
			if !errors.As(err, &refused) || refused.Status < 400 || refused.Status > 499 || len(refused.Why) > 100 || !json.Valid(refused.Body()) {
				t.Errorf("refused with %v", err)
			}
			return
		}
		m, p, b, err := Encode(r)
		if err != nil {
			return // such as an id of dots, which nobody writes
		}
		if again, err := Read(m, "/api/v2"+p, b); err != nil || !reflect.DeepEqual(again, r) {
			t.Errorf("%+v came back as %+v, %v", r, again, err)
		}
	})
}
