package publicapi

import (
	"testing"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

func TestCodec(t *testing.T) {
	var codec port.RESTCodec = Codec{}
	r := messages.Request{Of: messages.GetStation, Station: "s-1"}
	method, path, body, err := codec.EncodeRequest(r)
	if err != nil || method != "GET" || path != "/stations/s-1" || body != nil {
		t.Errorf("got %s %s %q, %v, want GET /stations/s-1", method, path, body, err)
	}
	if got := codec.DecodeResponse(r, 503, "", nil); got.Status != 503 || got.Station != nil {
		t.Errorf("got %+v, want a refusal", got)
	}
}
