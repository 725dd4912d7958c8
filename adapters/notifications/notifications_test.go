package notifications

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/messages"
)

const (
	conversations = "v2.users.u1.conversations"
	stations      = "v2.users.u1.station"
)

// inBody is a conversation notification with these participants.
func inBody(participants string) string {
	return `{"eventBody":{"id":"c1","participants":[` + participants + `]}}`
}

// inCall is one with one participant that has this call.
func inCall(call string) string { return inBody(`{"id":"p1","calls":[` + call + `]}`) }

func oneLeg(leg messages.Leg) messages.Input {
	return messages.ConversationNotified{
		Conversation: "c1",
		Participants: []messages.Participant{{ID: "p1", Calls: []messages.Leg{leg}}},
	}
}

func TestNotificationsAreRead(t *testing.T) {
	for _, c := range []struct {
		why, topic, body string
		want             messages.Input
	}{
		{"a call rings", conversations, inBody(`{"id":"p0","purpose":"customer","calls":[{"state":"connected"}]},{"id":"p1","userId":"u1","purpose":"agent","calls":[{"state":"alerting","direction":"inbound","muted":false,"held":true,"confined":false}]}`),
			messages.ConversationNotified{Conversation: "c1", Participants: []messages.Participant{
				{ID: "p0", Purpose: "customer", Calls: []messages.Leg{{State: messages.Connected}}},
				{ID: "p1", User: "u1", Purpose: "agent", Calls: []messages.Leg{{State: messages.Alerting, Direction: "inbound", Muted: messages.No, Held: messages.Yes, Confined: messages.No}}},
			}}},
		{"no participants", conversations, `{"eventBody":{"id":"c1"}}`, messages.ConversationNotified{Conversation: "c1"}},
		{"participants of null", conversations, `{"eventBody":{"id":"c1","participants":null}}`, messages.ConversationNotified{Conversation: "c1"}},
		{"no calls", conversations, inBody(`{"id":"p1"},{"id":"p2","calls":null}`),
			messages.ConversationNotified{Conversation: "c1", Participants: []messages.Participant{{ID: "p1"}, {ID: "p2"}}}},
		{"null is as good as missing", conversations, inCall(`{"state":null,"muted":null,"held":null,"confined":null,"direction":null,"errorInfo":null}`), oneLeg(messages.Leg{})},
		{"a failed call", conversations, inCall(`{"state":"disconnected","errorInfo":{"code":"busy"}}`), oneLeg(messages.Leg{State: messages.Disconnected, Failed: true, ErrorCode: "busy"})},
		{"error information that is empty is there", conversations, inCall(`{"errorInfo":{}}`), oneLeg(messages.Leg{Failed: true})},
		{"a new word for a state", conversations, inCall(`{"state":"parked"}`), oneLeg(messages.Leg{State: "parked"})},
		{"escaped keys and values", conversations, inCall(`{"\u0073tate":"conn\u0065cted"}`), oneLeg(messages.Leg{State: messages.Connected})},
		{"other fields may come twice and have any type", conversations, `{"x":1,"x":[],"eventBody":{"id":"c1","address":7}}`, messages.ConversationNotified{Conversation: "c1"}},
		{"keys are matched as written", conversations, `{"eventBody":{"id":"c1","ID":"c2"}}`, messages.ConversationNotified{Conversation: "c1"}},
		{"associated", stations, `{"eventBody":{"associatedStation":{"id":"st1"}},"metadata":{"action":"Associated"}}`, messages.StationNotified{Action: "Associated", Station: "st1"}},
		{"disassociated", stations, `{"eventBody":{"associatedStation":null},"metadata":{"action":"Disassociated"}}`, messages.StationNotified{Action: "Disassociated"}},
		{"migrated", stations, `{"eventBody":{},"metadata":{"action":"WebRTCMigration"}}`, messages.StationNotified{Action: "WebRTCMigration"}},
		{"a station notification of nothing", stations, `{}`, messages.StationNotified{}},
		{"subscriptions lost", "no_longer_subscribed", `{"topicName":"no_longer_subscribed","eventBody":{}}`, messages.NoLongerSubscribed{}},
		{"subscriptions lost, told on the topic", conversations + ".no_longer_subscribed", `{}`, messages.NoLongerSubscribed{}},
		{"another client", "channel.duplicate_id", `{}`, messages.DuplicateID{}},
		{"expiring", "streaming-subscriptions-expiring", `{}`, messages.SubscriptionsExpiring{}},
		{"a topic that nobody asked for", "v2.users.u1.presence", `not even JSON`, messages.UnknownTopic{Topic: "v2.users.u1.presence"}},
		{"a longer topic", "v2.users.u1.conversations.calls", `{}`, messages.UnknownTopic{Topic: "v2.users.u1.conversations.calls"}},
		{"a topic without a user", "v2.users..conversations", `{}`, messages.UnknownTopic{Topic: "v2.users..conversations"}},
		{"a topic that is only half one", "v2.users.conversations", `{}`, messages.UnknownTopic{Topic: "v2.users.conversations"}},
	} {
		got, err := Decode(c.topic, []byte(c.body))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v; want %+v", c.why, got, err, c.want)
		}
	}
}

func TestMalformedNotificationsAreRefused(t *testing.T) {
	repeated := func(s string, n int) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	for why, c := range map[string]struct{ topic, body, want string }{
		"not JSON":                 {conversations, `{`, "not JSON"},
		"two values":               {conversations, `{} {}`, "not JSON"},
		"not UTF-8":                {conversations, "{\"eventBody\":{\"id\":\"\xff\"}}", "UTF-8"},
		"a list":                   {conversations, `[]`, "notification is not an object"},
		"no event":                 {conversations, `{}`, "eventBody.id is missing"},
		"no id":                    {conversations, `{"eventBody":{}}`, "eventBody.id is missing"},
		"an event twice":           {conversations, `{"eventBody":{"id":"c1"},"eventBody":{"id":"c2"}}`, "eventBody comes twice"},
		"an id twice":              {conversations, `{"eventBody":{"id":"c1","\u0069d":"c2"}}`, "id comes twice"},
		"a state twice":            {conversations, inCall(`{"state":"alerting","state":"connected"}`), "state comes twice"},
		"a number for an id":       {conversations, `{"eventBody":{"id":1}}`, "eventBody.id is not a string"},
		"a text for a flag":        {conversations, inCall(`{"muted":"true"}`), "call.muted is not a boolean"},
		"a participant of nothing": {conversations, inBody(`1`), "participant is not an object"},
		"participants of text":     {conversations, `{"eventBody":{"id":"c1","participants":"x"}}`, "eventBody.participants is not a list"},
		"calls of text":            {conversations, inBody(`{"calls":"x"}`), "participant.calls is not a list"},
		"too many participants":    {conversations, inBody(repeated(`{}`, maxParticipants+1)), "at most 1000"},
		"too many calls":           {conversations, inCall(repeated(`{}`, maxCalls+1)), "at most 100"},
		"too large":                {conversations, inBody(strings.Repeat(" ", maxBody)), "bytes, at most"},
		"too deep":                 {conversations, strings.Repeat("[", maxDepth+1), "deep"},
		"too deep, and long":       {conversations, `{"x":` + strings.Repeat("[", 100_000), "deep"},
		"an action of a number":    {stations, `{"metadata":{"action":1}}`, "metadata.action is not a string"},
		"a station of text":        {stations, `{"eventBody":{"associatedStation":"st1"}}`, "eventBody.associatedStation is not an object"},
	} {
		got, err := Decode(c.topic, []byte(c.body))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "notifications: ") {
			t.Errorf("%s: got %v, %v; want an error that says %q", why, got, err, c.want)
		}
	}
}

func TestLimitsAreReached(t *testing.T) {
	deep := strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1)
	brackets := `"` + strings.Repeat(`[\"{`, maxDepth) + `"`
	for why, body := range map[string]string{
		"participants":       inBody(strings.TrimSuffix(strings.Repeat(`{},`, maxParticipants), ",")),
		"calls":              inCall(strings.TrimSuffix(strings.Repeat(`{},`, maxCalls), ",")),
		"depth":              `{"x":` + deep + `,"eventBody":{"id":"c1"}}`,
		"brackets in a text": `{"x":` + brackets + `,"eventBody":{"id":"c1"}}`,
		"a wide body":        `{"x":[` + strings.TrimSuffix(strings.Repeat(`[],`, 1000), ",") + `],"eventBody":{"id":"c1"}}`,
	} {
		if _, err := Decode(conversations, []byte(body)); err != nil {
			t.Errorf("%s at the limit: refused: %v", why, err)
		}
	}
}

// A notification must not change after it was read, though the parser and its memory read the next one.
func TestNothingOfTheBodyIsKept(t *testing.T) {
	body := []byte(inCall(`{"state":"parked","direction":"sideways"}`))
	first, err := Decode(conversations, body)
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	clear(body)
	for range 100 {
		if _, err := Decode(conversations, []byte(inCall(`{"state":"XXXXXX","direction":"YYYYYYYY"}`))); err != nil {
			t.Fatalf("decode: %v", err)
		}
	}
	if want := oneLeg(messages.Leg{State: "parked", Direction: "sideways"}); !reflect.DeepEqual(first, want) {
		t.Errorf("the first notification became %+v", first)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	for _, in := range []messages.Input{
		messages.ConversationNotified{Conversation: "c1"},
		messages.ConversationNotified{Conversation: `c"\`, Participants: []messages.Participant{
			{ID: "p1", User: "u1", Purpose: "agent", Calls: []messages.Leg{
				{State: messages.Alerting, Muted: messages.Yes, Held: messages.No, Direction: "inbound"},
				{State: messages.Disconnected, Confined: messages.Yes, Failed: true},
			}},
			{ID: "p2"},
		}},
		messages.StationNotified{Action: "Associated", Station: "st1"},
		messages.StationNotified{Action: "Disassociated"},
		messages.NoLongerSubscribed{},
		messages.DuplicateID{},
		messages.SubscriptionsExpiring{},
		messages.UnknownTopic{Topic: "v2.users.u1.presence"},
	} {
		topic, body, err := Encode("u1", in)
		if err != nil {
			t.Fatalf("encode %s: %v", in.Kind(), err)
		}
		if got, err := Decode(topic, body); err != nil || !reflect.DeepEqual(got, in) {
			t.Errorf("%s: %s came back as %+v, %v", in.Kind(), body, got, err)
		}
	}
	if _, _, err := Encode("u1", messages.Propose{}); err == nil {
		t.Error("a propose was written as a notification")
	}
}

func fixture(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/conversation-4k5.json")
	if err != nil {
		t.Fatalf("fixture: %v", err)
	}
	return body
}

// The fixture of the benchmark is read right, not only fast.
func TestFixture(t *testing.T) {
	got, err := Decode(conversations, fixture(t))
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	in := got.(messages.ConversationNotified)
	var purposes []string
	for _, p := range in.Participants {
		purposes = append(purposes, p.Purpose+" "+string(p.Calls[0].State))
	}
	if got, want := strings.Join(purposes, ", "), "customer connected, ivr disconnected, acd disconnected, agent connected"; got != want {
		t.Errorf("the fixture has %s, want %s", got, want)
	}
}

// FuzzDecode: no body panics or hangs; what is read survives writing; and what is read is valid to the standard library too.
func FuzzDecode(f *testing.F) {
	f.Add(conversations, fixture(f))
	f.Add(conversations, []byte(inCall(`{"state":"alerting","muted":true,"errorInfo":{}}`)))
	f.Add(stations, []byte(`{"eventBody":{"associatedStation":{"id":"st1"}},"metadata":{"action":"Associated"}}`))
	f.Add("channel.duplicate_id", []byte(`{}`))
	f.Add(conversations, []byte(`{"eventBody":{"id":"\ud800"}}`))
	f.Fuzz(func(t *testing.T, topic string, body []byte) {
		in, err := Decode(topic, body)
		if err != nil {
			return
		}
		again, written, err := Encode("u1", in)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		if !json.Valid(written) {
			t.Fatalf("wrote %s", written)
		}
		if back, err := Decode(again, written); err != nil || !reflect.DeepEqual(back, in) {
			t.Errorf("%+v came back as %+v, %v", in, back, err)
		}
	})
}

// BenchmarkDecode reads a 4.5 KB notification; the budget is 150 000 a second.
func BenchmarkDecode(b *testing.B) {
	body := fixture(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(conversations, body); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "notifications/s")
}

// A text that is not UTF-8 is refused and not changed; U+FFFD itself, and text that looks like its escape, are kept.
func TestEncodeRefusesWhatIsNotUTF8(t *testing.T) {
	if _, body, err := Encode("u1", messages.StationNotified{Action: "\xff"}); err == nil || body != nil {
		t.Errorf("written as %s", body)
	}
	for _, text := range []string{"\uFFFD", `\ufffd`, `\\ufffd`, `"\ufffd`} {
		want := messages.StationNotified{Action: text}
		topic, body, err := Encode("u1", want)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got, err := Decode(topic, body); err != nil || got != want {
			t.Errorf("%s came back as %+v, %v", body, got, err)
		}
	}
}
