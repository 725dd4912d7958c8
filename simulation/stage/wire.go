package stage

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/hookswitch/hookswitch/adapters/jingle"
	"github.com/hookswitch/hookswitch/adapters/notifications"
	"github.com/hookswitch/hookswitch/messages"
)

// ReadFrame is what a frame of a stream tells a client. The error says why that cannot be read, or is nothing by itself.
func ReadFrame(xml string) (messages.Input, error) {
	f, err := jingle.Decode(0, []byte(xml))
	switch {
	case err != nil:
		return nil, err
	case f.Notification != nil:
		return notifications.Decode(f.Notification.Topic, f.Notification.Body)
	case f.Input == nil:
		return nil, errors.New("an answer to what was not asked")
	default:
		return f.Input, nil
	}
}

// oldest is how a scenario names the effect that an answer is for. newest is how it names the peer connection that was made
// last.
const (
	oldest = "oldest "
	newest = "newest"
)

// resolved puts the id of the effect in the place of "oldest KIND", and that of the peer connection in the place of "newest".
func resolved(phone Phone, text string) ([]byte, error) {
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return nil, fmt.Errorf("wire: the JSON is not an object")
	}
	var effect, peer string
	if json.Unmarshal(fields["effect"], &effect) == nil && strings.HasPrefix(effect, oldest) {
		id, found := phone.Oldest(strings.TrimPrefix(effect, oldest))
		if !found {
			return nil, fmt.Errorf("no %s waits for an answer", strings.TrimPrefix(effect, oldest))
		}
		quoted, err := json.Marshal(id)
		if err != nil {
			return nil, err
		}
		fields["effect"] = quoted
	}
	if json.Unmarshal(fields["peer"], &peer) == nil && peer == newest {
		ref, found := phone.Newest()
		if !found {
			return nil, ErrNoPeer
		}
		fields["peer"] = json.RawMessage(strconv.FormatUint(uint64(ref), 10))
	}
	return json.Marshal(fields)
}
