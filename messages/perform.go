package messages

import (
	"encoding/json"
	"fmt"
	"time"
)

// performed is how a Perform is written: its effect goes by its kind, as in a journal.
type performed struct {
	Ref      Ref             `json:"ref,omitempty"`
	Kind     string          `json:"kind,omitempty"`
	Effect   json.RawMessage `json:"effect,omitempty"`
	Owner    Ref             `json:"owner,omitempty"`
	Tag      string          `json:"tag,omitempty"`
	Timeout  time.Duration   `json:"timeout,omitempty"` // nanoseconds
	Retrying bool            `json:"retrying,omitempty"`
}

// MarshalJSON writes {"kind":"request","effect":{…},"owner":3,…}: snapshots hold what a request is to perform. A Perform
// without an effect, as a request has before it is told, has neither kind nor effect.
func (p Perform) MarshalJSON() ([]byte, error) {
	out := performed{Ref: p.Ref, Owner: p.Owner, Tag: p.Tag, Timeout: p.Timeout, Retrying: p.Retrying}
	if p.Effect != nil {
		raw, err := EncodeEffect(nil, p.Effect)
		if err != nil {
			return nil, fmt.Errorf("messages: perform: %w", err)
		}
		out.Kind, out.Effect = p.Effect.Kind(), raw
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote. Errors are as DecodeEffect's.
func (p *Perform) UnmarshalJSON(raw []byte) error {
	var in performed
	if err := unmarshal(raw, &in); err != nil {
		return fmt.Errorf("messages: perform: %w", err)
	}
	*p = Perform{Ref: in.Ref, Owner: in.Owner, Tag: in.Tag, Timeout: in.Timeout, Retrying: in.Retrying}
	if in.Kind == "" {
		return nil
	}
	effect, err := DecodeEffect(in.Kind, in.Effect)
	if err != nil {
		return fmt.Errorf("messages: perform: %w", err)
	}
	p.Effect = effect
	return nil
}
