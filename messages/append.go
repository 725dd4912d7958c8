package messages

import (
	"strconv"
	"unicode/utf8"
)

// The messages of a busy phone are conversation notifications and the updates announced of them. They are appended by
// hand, byte for byte as encoding/json would write them: a tenth of the time, and nothing allocated.

func appendConversation(dst []byte, n *ConversationNotified) ([]byte, error) {
	w := writer{out: append(dst, `{"conversation":`...)}
	w.text(string(n.Conversation))
	if len(n.Participants) > 0 {
		w.raw(`,"participants":[`)
		for i := range n.Participants {
			w.comma(i)
			w.participant(&n.Participants[i])
		}
		w.raw(`]`)
	}
	w.raw(`}`)
	return w.done(dst)
}

func appendUpdate(dst []byte, u *ConversationUpdate) ([]byte, error) {
	w := writer{out: append(dst, `{"activeConversationId":`...)}
	w.text(string(u.Active))
	w.raw(`,"activeKnown":`)
	w.out = strconv.AppendBool(w.out, u.ActiveKnown)
	w.raw(`,"current":`)
	w.states(u.Current)
	w.raw(`,"added":`)
	w.states(u.Added)
	w.raw(`,"removed":`)
	w.states(u.Removed)
	w.raw(`}`)
	return w.done(dst)
}

// writer appends JSON, and remembers whether a text was not valid UTF-8.
type writer struct {
	out []byte
	bad bool
}

func (w *writer) done(dst []byte) ([]byte, error) {
	if w.bad {
		return dst, ErrText
	}
	return w.out, nil
}

func (w *writer) participant(p *Participant) {
	w.raw(`{"id":`)
	w.text(string(p.ID))
	w.field(`,"user":`, string(p.User))
	w.field(`,"purpose":`, p.Purpose)
	if len(p.Calls) > 0 {
		w.raw(`,"calls":[`)
		for i := range p.Calls {
			w.comma(i)
			w.leg(&p.Calls[i])
		}
		w.raw(`]`)
	}
	w.raw(`}`)
}

func (w *writer) leg(l *Leg) {
	w.raw(`{"state":`)
	w.text(string(l.State))
	w.flag(`,"muted":`, l.Muted)
	w.flag(`,"held":`, l.Held)
	w.flag(`,"confined":`, l.Confined)
	w.field(`,"direction":`, l.Direction)
	if l.Failed {
		w.raw(`,"failed":true`)
	}
	w.field(`,"errorCode":`, l.ErrorCode)
	w.raw(`}`)
}

func (w *writer) states(all []ConversationState) {
	if all == nil {
		w.raw(`null`)
		return
	}
	w.raw(`[`)
	for i := range all {
		w.comma(i)
		w.state(&all[i])
	}
	w.raw(`]`)
}

// state writes a ConversationState. All its fields may be missing, so the comma belongs to whoever comes second.
func (w *writer) state(s *ConversationState) {
	w.raw(`{`)
	start := len(w.out)
	w.field(`,"conversationId":`, string(s.Conversation))
	w.field(`,"sessionId":`, string(s.Session))
	if s.Call != nil {
		w.raw(`,"call":`)
		w.leg(s.Call)
	}
	if len(w.out) > start {
		w.out = append(w.out[:start], w.out[start+1:]...)
	}
	w.raw(`}`)
}

func (w *writer) raw(s string) { w.out = append(w.out, s...) }

// comma goes before each entry of a list but the first.
func (w *writer) comma(i int) {
	if i > 0 {
		w.out = append(w.out, ',')
	}
}

func (w *writer) field(name, value string) {
	if value != "" {
		w.raw(name)
		w.text(value)
	}
}

func (w *writer) flag(name string, f Flag) {
	if f != Unset {
		w.out = strconv.AppendUint(append(w.out, name...), uint64(f), 10)
	}
}

// text appends a JSON string.
func (w *writer) text(s string) {
	if ordinary(s, 0) < len(s) {
		w.escaped(s)
		return
	}
	w.out = append(append(append(w.out, '"'), s...), '"')
}

// escaped appends a JSON string that may need escapes.
func (w *writer) escaped(s string) {
	w.out = append(w.out, '"')
	plain := 0 // s[plain:i] needs no escape and is not yet written
	for i := ordinary(s, 0); i < len(s); i = ordinary(s, i) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if escape := escapeOf(r); escape != "" {
			w.raw(s[plain:i])
			w.raw(escape)
			plain = i + size
		}
		w.bad = w.bad || r == utf8.RuneError && size == 1
		i += size
	}
	w.raw(s[plain:])
	w.out = append(w.out, '"')
}

// ordinary is the place of the first character from i on that is no ASCII, or that JSON escapes; else the end. Eight at a
// time are looked at as one number.
func ordinary(s string, i int) int {
	const ones = 0x0101010101010101
	for ; i+8 <= len(s); i += 8 {
		b := s[i : i+8]
		x := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		quote, backslash := x^'"'*ones, x^'\\'*ones
		// The highest bit of a character says that it is not ordinary, or that one before it is not.
		if ((quote-ones)&^quote|(backslash-ones)&^backslash|(x-' '*ones)|x)&(0x80*ones) != 0 {
			break
		}
	}
	for ; i < len(s); i++ {
		if b := s[i]; b < ' ' || b >= utf8.RuneSelf || b == '"' || b == '\\' {
			break
		}
	}
	return i
}

// escapeOf is how encoding/json writes a character that it does not write as it is, else "".
func escapeOf(r rune) string {
	const hex = "0123456789abcdef"
	switch r {
	case '"':
		return `\"`
	case '\\':
		return `\\`
	case '\b':
		return `\b`
	case '\f':
		return `\f`
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	case '\u2028':
		return `\u2028`
	case '\u2029':
		return `\u2029`
	}
	if r < ' ' {
		return `\u00` + string(hex[r>>4]) + string(hex[r&0xf])
	}
	return ""
}
