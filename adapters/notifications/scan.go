package notifications

import (
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner walks a JSON text (RFC 8259) from its beginning to its end, once, and keeps nothing of it. What nobody asks for is
// skipped, but checked: the whole text is JSON, or there is an error. The first fault stays in err, and ends the walk.
//
// An object is walked with enter and next, a list with enterList and more; what they stand before is to be read or skipped.
type scanner struct {
	body  []byte
	at    int  // what is before it has been read
	depth int  // of the objects and lists around it
	first bool // nothing of the object or list has been read yet
	err   error
}

var (
	errSyntax = errors.New("notifications: the body is not JSON (RFC 8259)")
	errText   = errors.New("notifications: the body is not UTF-8")
	errDepth  = fmt.Errorf("notifications: JSON more than %d deep", maxDepth)
)

// stop notes a fault and goes to the end, where nothing follows.
func (s *scanner) stop(err error) {
	if s.err == nil {
		s.err = err
	}
	s.at = len(s.body)
}

func (s *scanner) fail(name, why string) { s.stop(fmt.Errorf("notifications: %s %s", name, why)) }

// peek is the next character that is no white space, or 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.body) && s.body[s.at] > ' ' {
		return s.body[s.at]
	}
	return s.behindSpace()
}

func (s *scanner) behindSpace() byte {
	for ; s.at < len(s.body); s.at++ {
		switch c := s.body[s.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// open goes into an object or a list.
func (s *scanner) open() {
	if s.depth++; s.depth > maxDepth {
		s.stop(errDepth)
		return
	}
	s.at++
	s.first = true
}

// separate goes before the next entry of what is open; not ok: there was none, and what was open is behind.
func (s *scanner) separate(end byte) (ok bool) {
	first := s.first
	s.first = false
	switch c := s.peek(); {
	case c == end:
		s.at++
		s.depth--
		return false
	case first:
		return s.err == nil
	case c == ',':
		s.at++
		return true
	default:
		s.stop(errSyntax)
		return false
	}
}

// enter goes into an object, before its first value. Not ok: it has none, it is null, or it is no object, which is a fault.
func (s *scanner) enter(name string) (key []byte, ok bool) {
	if !s.begin('{', name, "is not an object") {
		return nil, false
	}
	return s.next()
}

// next goes before the next value of an object. The key is valid until then.
func (s *scanner) next() (key []byte, ok bool) {
	if !s.separate('}') {
		return nil, false
	}
	key = s.key()
	return key, s.err == nil
}

// key reads a key and the colon behind it.
func (s *scanner) key() []byte {
	raw, plain := s.rawKey()
	if !plain {
		return unescaped(raw)
	}
	return raw
}

func (s *scanner) rawKey() (raw []byte, plain bool) {
	if s.peek() != '"' {
		s.stop(errSyntax)
		return nil, true
	}
	raw, plain = s.text()
	if s.peek() != ':' {
		s.stop(errSyntax)
		return nil, true
	}
	s.at++
	return raw, plain
}

// enterList goes into a list, before its first entry; more goes before the next one. Not ok is as with enter.
func (s *scanner) enterList(name string) (ok bool) {
	return s.begin('[', name, "is not a list") && s.more()
}

func (s *scanner) more() (ok bool) { return s.separate(']') }

// begin opens what begins with a character. Not ok: it is null, or something else, which is a fault.
func (s *scanner) begin(with byte, name, otherwise string) (ok bool) {
	switch c := s.peek(); c {
	case with:
		s.open()
		return s.err == nil
	case 'n':
		s.skip()
	default:
		if s.skip(); s.err == nil {
			s.fail(name, otherwise)
		}
	}
	return false
}

// finish insists that nothing follows.
func (s *scanner) finish() {
	if s.peek(); s.at < len(s.body) {
		s.stop(errSyntax)
	}
}

// skip passes over a value.
func (s *scanner) skip() {
	switch c := s.peek(); c {
	case '"':
		s.text()
	case '{':
		for s.open(); s.separate('}'); s.skip() {
			s.rawKey()
		}
	case '[':
		for s.open(); s.separate(']'); {
			s.skip()
		}
	case 't':
		s.word("true")
	case 'f':
		s.word("false")
	case 'n':
		s.word("null")
	default:
		s.number()
	}
}

// word reads a word that the text must have here.
func (s *scanner) word(w string) {
	if len(s.body)-s.at < len(w) || string(s.body[s.at:s.at+len(w)]) != w {
		s.stop(errSyntax)
		return
	}
	s.at += len(w)
}

// number reads a number (RFC 8259 section 6).
func (s *scanner) number() {
	s.has("-")
	if !s.has("0") && !s.digits() {
		s.stop(errSyntax)
		return
	}
	if s.has(".") && !s.digits() {
		s.stop(errSyntax)
		return
	}
	if s.has("eE") {
		s.has("+-")
		if !s.digits() {
			s.stop(errSyntax)
		}
	}
}

// has passes over one of these characters, if one is here.
func (s *scanner) has(these string) bool {
	if s.at == len(s.body) {
		return false
	}
	for i := range len(these) {
		if s.body[s.at] == these[i] {
			s.at++
			return true
		}
	}
	return false
}

// digits passes over digits, at least one.
func (s *scanner) digits() bool {
	start := s.at
	for s.at < len(s.body) && s.body[s.at]-'0' <= 9 {
		s.at++
	}
	return s.at > start
}

// text reads a string: what is between its quotes. Plain: it has no escapes.
func (s *scanner) text() (raw []byte, plain bool) {
	start := s.at + 1
	i, high := start, uint64(0)
	plain = true
	for {
		var more uint64
		i, more = ordinary(s.body, i)
		high |= more
		if i == len(s.body) || s.body[i] < ' ' {
			s.stop(errSyntax)
			return nil, true
		}
		if s.body[i] == '"' {
			break
		}
		plain = false
		length := escape(s.body[i:])
		if length == 0 {
			s.stop(errSyntax)
			return nil, true
		}
		i += length
	}
	raw = s.body[start:i]
	s.at = i + 1
	if high&highBits != 0 && !utf8.Valid(raw) {
		s.stop(errText)
	}
	return raw, plain
}

// Eight characters at a time are looked at as one number.
const (
	ones     = 0x0101010101010101
	highBits = 0x80 * ones
)

// ordinary is the place of the first quote, backslash or control character from i on, or the end, and all bits that the
// characters before it have.
func ordinary(body []byte, i int) (end int, all uint64) {
	for ; i+8 <= len(body); i += 8 {
		b := body[i : i+8 : i+8]
		x := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		quote, backslash := x^'"'*ones, x^'\\'*ones
		// The lowest bit that is set is right; one above it may be there by a borrow.
		found := ((quote-ones)&^quote | (backslash-ones)&^backslash | (x-' '*ones)&^x) & highBits
		if found != 0 {
			before := bits.TrailingZeros64(found) &^ 7
			return i + before/8, all | x&(1<<before-1)
		}
		all |= x
	}
	for ; i < len(body); i++ {
		if c := body[i]; c == '"' || c == '\\' || c < ' ' {
			break
		}
		all |= uint64(body[i])
	}
	return i, all
}

// escape is the length of the escape that a text begins with, or 0 if it is none.
func escape(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := unit(text); ok {
			return 6
		}
	}
	return 0
}

// unit is the UTF-16 code unit of an escape such as \u00e9.
func unit(text []byte) (u rune, ok bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for _, c := range text[2:6] {
		switch {
		case c >= '0' && c <= '9':
			u = u<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			u = u<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			u = u<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return u, true
}

// unescaped is a text without its escapes, which are known to be right. Half of a surrogate pair becomes U+FFFD, as with
// encoding/json.
func unescaped(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			i++
			continue
		}
		if raw[i+1] != 'u' {
			out = append(out, simple(raw[i+1]))
			i += 2
			continue
		}
		u, _ := unit(raw[i:])
		i += 6
		if utf16.IsSurrogate(u) {
			low, _ := unit(raw[i:])
			if u = utf16.DecodeRune(u, low); u != utf8.RuneError {
				i += 6
			}
		}
		out = utf8.AppendRune(out, u)
	}
	return out
}

// simple is what a character means behind a backslash.
func simple(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return c
	}
}
