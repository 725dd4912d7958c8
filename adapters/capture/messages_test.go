package capture_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/messages"
)

const jane = messages.UserID("8f0c7b52-7a7e-4f52-9a55-5b0c6a1f2d3e")

// Equal values have equal aliases, what decides about an address stays, and the message itself is left alone.
func TestAliasesOfMessages(t *testing.T) {
	in := messages.Propose{
		Session: "s-1", Conversation: "c-1", From: "Jane.Doe@x.gjoll.example.com/Laptop", To: "jane.doe@acme.com", FromUser: jane,
		OriginalRoom: "acd-jane@conference.acme.com",
	}
	before := in
	a := capture.NewAliases()
	a.Learn(in)
	got := a.Input(in).(messages.Propose)
	if in != before {
		t.Error("the message itself was changed")
	}
	if got.Session != "s-1" || got.Conversation != "c-1" || got.FromUser == jane || string(got.FromUser) != a.User(string(jane)) {
		t.Errorf("ids: %+v", got)
	}
	if from := got.From.Reveal(); !strings.Contains(from, "@gjoll.") || !strings.Contains(from, "/") {
		t.Errorf("a gateway became %s", from)
	}
	if room := got.OriginalRoom.Reveal(); !strings.HasPrefix(room, "acd-") || !strings.Contains(room, "@conference.") {
		t.Errorf("a screen recording's room became %s", room)
	}
	for _, word := range []string{"ane", "acme", "aptop", "example.com"} {
		if text, _ := json.Marshal(got); strings.Contains(string(text), word) {
			t.Errorf("%q is left", word)
		}
	}
	other := a.Input(messages.Accepted{Session: "s-1", From: in.To}).(messages.Accepted)
	if other.From != got.To {
		t.Error("one address has two aliases")
	}
}

func TestAliasesWithinTexts(t *testing.T) {
	a := capture.NewAliases()
	me := messages.HTTPAnswered{Effect: "1.1", Status: 200, Me: &messages.MeBody{User: jane, JID: "jane@acme.com"}}
	a.Learn(me)
	topic := messages.UnknownTopic{Topic: "v2.users." + string(jane) + ".presence"}
	if got := a.Input(topic).(messages.UnknownTopic); strings.Contains(got.Topic, string(jane)) || !strings.HasPrefix(got.Topic, "v2.users.") {
		t.Errorf("a topic became %s", got.Topic)
	}
	answered := a.Input(me).(messages.HTTPAnswered)
	if answered.Me == me.Me || answered.Me.User == jane || me.Me.User != jane {
		t.Error("what a message points to is to be copied")
	}
	offer := messages.Offer{Session: "s-1", SDP: "v=0\r\no=jane 1 1 IN IP4 10.1.2.3\r\na=ice-pwd:hunter2hunter2\r\n"}
	if sdp := a.Input(offer).(messages.Offer).SDP.Reveal(); strings.Contains(sdp, "10.1.2.3") || strings.Contains(sdp, "hunter2") ||
		!strings.HasPrefix(sdp, "v=0\r\n") {
		t.Errorf("a description became %q", sdp)
	}
	dial := messages.Dial{Call: 1, Params: `{"phoneNumber":"+49 30 123456","conversationId":"c-1"}`}
	if body := a.Input(dial).(messages.Dial).Params.Reveal(); strings.Contains(body, "123456") || !strings.Contains(body, `"c-1"`) {
		t.Errorf("a body became %s", body)
	}
}

// Redacting keeps the form of every message: its type, and which of its fields are empty.
func TestAliasesKeepTheForm(t *testing.T) {
	a := capture.NewAliases()
	for _, in := range messages.Inputs() {
		filled := reflect.New(reflect.TypeOf(in)).Elem()
		for i := range filled.NumField() {
			if f := filled.Field(i); f.Kind() == reflect.String {
				f.SetString(fmt.Sprintf("jane%d@acme.com", i))
			}
		}
		message := filled.Interface().(messages.Input)
		got := reflect.ValueOf(a.Input(message))
		if got.Type() != filled.Type() {
			t.Fatalf("%s became %s", filled.Type(), got.Type())
		}
		for i := range got.NumField() {
			if got.Field(i).IsZero() != filled.Field(i).IsZero() {
				t.Errorf("%s: field %s was emptied or filled", filled.Type(), filled.Type().Field(i).Name)
			}
		}
	}
	if a.Input(nil) != nil || a.User("") != "" {
		t.Error("nothing is to stay nothing")
	}
}
