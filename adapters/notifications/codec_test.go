package notifications

import (
	"testing"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

func TestDecoder(t *testing.T) {
	var decoder port.NotificationDecoder = Decoder{}
	got, err := decoder.DecodeNotification("weather", nil)
	if want := (messages.UnknownTopic{Topic: "weather"}); err != nil || got != messages.Input(want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}
