package notifications

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner walks a JSON text (RFC 8259) from its beginning to its end, once, and keeps nothing of it. What nobody asks for is
// skipped, but checked: the whole text is JSON, or there is an error. The first fault stays in err, and ends the walk.
//
// An object is walked with enter and next, a list with enterList and more; what they stand before is to be read or skipped.
type scanner struct {
	body  []byte
	at    int // what is before it has been read
	depth int // of the objects and lists around it
	err   error
}

var (
	errSyntax = errors.New("notifications: the body is not JSON (RFC 8259)")
	errText   = errors.New("notifications: the body is not UTF-8")
	errDepth  = fmt.Errorf("notifications: JSON more than %d deep", maxDepth)
)

// stop notes a fault and goes to the end, where nothing follows.
func (s *scanner) stop(err error) (end int) {
	if s.err == nil {
		s.err = err
	}
	s.at = len(s.body)
	return s.at
}

func (s *scanner) fail(name, why string) { s.stop(fmt.Errorf("notifications: %s %s", name, why)) }

// peek is the next character that is no white space, or 0 at the end.
func (s *scanner) peek() byte {
	s.at = s.space(s.at)
	if s.at == len(s.body) {
		return 0
	}
	return s.body[s.at]
}

// The methods that follow take a place and return the one behind what they read there, or that of the end after a fault: a
// place that stays a local variable is read from a register.

// past is behind a certain character, which white space may precede, or 0 if another one is there.
func (s *scanner) past(c byte, i int) int {
	if i < len(s.body) && s.body[i] == c {
		return i + 1
	}
	return s.pastSpace(c, i)
}

func (s *scanner) pastSpace(c byte, i int) int {
	if i = s.space(i); i < len(s.body) && s.body[i] == c {
		return i + 1
	}
	return 0
}

// space is behind white space, if there is any.
func (s *scanner) space(i int) int {
	for ; i < len(s.body); i++ {
		switch s.body[i] {
		case ' ', '\t', '\n', '\r':
		default:
			return i
		}
	}
	return i
}

// wanted says how long the keys are that a reader takes: most others are passed over for their length.
type wanted uint64

func keys(all ...string) (w wanted) {
	for _, key := range all {
		w |= 1 << len(key)
	}
	return w
}

func (w wanted) may(key []byte) bool { return w>>len(key)&1 == 1 }

// enter goes into an object, before its first value that may be wanted. Not ok: it has none, it is null, or it is no object,
// which is a fault.
func (s *scanner) enter(name string, w wanted) (key []byte, ok bool) {
	if !s.begin('{', name, "is not an object") || s.empty('}') {
		return nil, false
	}
	if key, s.at = s.key(s.at); w.may(key) {
		return key, s.err == nil
	}
	s.skip()
	return s.next(w)
}

// next goes before the next value of an object that may be wanted, over the others. The key is valid until then.
func (s *scanner) next(w wanted) (key []byte, ok bool) {
	for i := s.at; ; i = s.value(i) {
		comma := s.past(',', i)
		if comma == 0 {
			s.at = s.close('}', i)
			return nil, false
		}
		if key, i = s.key(comma); w.may(key) || s.err != nil {
			s.at = i
			return key, s.err == nil
		}
	}
}

// key reads a key and the colon behind it.
func (s *scanner) key(i int) (key []byte, behind int) {
	if start := s.past('"', i); start > 0 {
		end := ordinary(s.body, start)
		if end+1 < len(s.body) && s.body[end] == '"' && s.body[end+1] == ':' {
			return s.body[start:end], end + 2
		}
	}
	key, behind = s.text(i)
	return key, s.colon(behind)
}

// colon is behind the colon that follows a key.
func (s *scanner) colon(i int) int {
	if i = s.past(':', i); i == 0 {
		return s.stop(errSyntax)
	}
	return i
}

// close is behind the end of an object or a list, which must be here.
func (s *scanner) close(with byte, i int) int {
	if i = s.past(with, i); i == 0 {
		return s.stop(errSyntax)
	}
	s.depth--
	return i
}

// enterList goes into a list, before its first entry; more goes before the next one. Not ok is as with enter.
func (s *scanner) enterList(name string) (ok bool) {
	return s.begin('[', name, "is not a list") && !s.empty(']')
}

func (s *scanner) more() (ok bool) {
	if comma := s.past(',', s.at); comma > 0 {
		s.at = comma
		return true
	}
	s.at = s.close(']', s.at)
	return false
}

// begin opens what begins with a character. Not ok: it is null, or something else, which is a fault.
func (s *scanner) begin(with byte, name, otherwise string) (ok bool) {
	switch c := s.peek(); {
	case c == with && s.depth == maxDepth:
		s.stop(errDepth)
	case c == with:
		s.at++
		s.depth++
		return true
	case c == 'n':
		s.skip()
	default:
		if s.skip(); s.err == nil {
			s.fail(name, otherwise)
		}
	}
	return false
}

// empty leaves an object or a list if its end is here.
func (s *scanner) empty(end byte) (ok bool) {
	if s.past(end, s.at) == 0 {
		return false
	}
	s.at = s.close(end, s.at)
	return true
}

// finish insists that nothing follows.
func (s *scanner) finish() {
	if s.peek(); s.at < len(s.body) {
		s.stop(errSyntax)
	}
}

// skip passes over a value and all that is within it.
func (s *scanner) skip() { s.at = s.value(s.at) }

// value is behind a value.
func (s *scanner) value(i int) int {
	if i == len(s.body) {
		return s.stop(errSyntax)
	}
	switch s.body[i] {
	case '"':
		if end := ordinary(s.body, i+1); end < len(s.body) && s.body[end] == '"' {
			return end + 1 // without the two calls, as nearly always
		}
		i, _ = s.string(i)
		return i
	case '{':
		return s.nested(i, '}')
	case '[':
		return s.nested(i, ']')
	case 't':
		return s.word(i, "true")
	case 'f':
		return s.word(i, "false")
	case 'n':
		return s.word(i, "null")
	case ' ', '\t', '\n', '\r':
		return s.value(s.space(i))
	default:
		return s.number(i)
	}
}

// nested is behind an object or a list.
func (s *scanner) nested(i int, end byte) int {
	if s.depth == maxDepth {
		return s.stop(errDepth)
	}
	s.depth++
	i++
	if s.past(end, i) > 0 {
		return s.close(end, i)
	}
	for {
		if end == '}' {
			_, i = s.key(i)
		}
		i = s.value(i)
		comma := s.past(',', i)
		if comma == 0 {
			return s.close(end, i)
		}
		i = comma
	}
}

// word is behind a word that the text must have here.
func (s *scanner) word(i int, w string) int {
	if len(s.body)-i < len(w) || string(s.body[i:i+len(w)]) != w {
		return s.stop(errSyntax)
	}
	return i + len(w)
}

// number is behind a number (RFC 8259 section 6).
func (s *scanner) number(i int) int {
	i = s.oneOf(i, "-")
	whole := s.oneOf(i, "0")
	if whole == i {
		whole = s.digits(i)
	}
	if whole == i {
		return s.stop(errSyntax)
	}
	return s.exponent(s.fraction(whole))
}

func (s *scanner) fraction(i int) int {
	point := s.oneOf(i, ".")
	if point == i {
		return i
	}
	if i = s.digits(point); i == point {
		return s.stop(errSyntax)
	}
	return i
}

func (s *scanner) exponent(i int) int {
	e := s.oneOf(i, "eE")
	if e == i {
		return i
	}
	sign := s.oneOf(e, "+-")
	if i = s.digits(sign); i == sign {
		return s.stop(errSyntax)
	}
	return i
}

// oneOf is behind one of these characters, if one is here.
func (s *scanner) oneOf(i int, these string) int {
	if i < len(s.body) && strings.IndexByte(these, s.body[i]) >= 0 {
		return i + 1
	}
	return i
}

// digits is behind digits, if there are any.
func (s *scanner) digits(i int) int {
	for i < len(s.body) && s.body[i]-'0' <= 9 {
		i++
	}
	return i
}

// text is what is between the quotes of a string.
func (s *scanner) text(i int) (text []byte, behind int) {
	i = s.space(i)
	behind, plain := s.string(i)
	switch {
	case s.err != nil:
		return nil, behind
	case plain:
		return s.body[i+1 : behind-1], behind
	default:
		return unescaped(s.body[i+1 : behind-1]), behind
	}
}

// string is behind a string. Plain: it has no escapes.
func (s *scanner) string(i int) (behind int, plain bool) {
	if i = s.past('"', i); i == 0 {
		return s.stop(errSyntax), true
	}
	if i = ordinary(s.body, i); i < len(s.body) && s.body[i] == '"' {
		return i + 1, true
	}
	return s.unusual(i)
}

// unusual is behind the remainder of a string, from an escape or a character on that is no ASCII.
func (s *scanner) unusual(i int) (behind int, plain bool) {
	plain = true
	for ; i < len(s.body) && s.body[i] >= ' '; i = ordinary(s.body, i) {
		switch c := s.body[i]; {
		case c == '"':
			return i + 1, plain
		case c == '\\':
			length := escape(s.body[i:])
			if length == 0 {
				return s.stop(errSyntax), plain
			}
			plain = false
			i += length
		default:
			r, size := utf8.DecodeRune(s.body[i:])
			if r == utf8.RuneError && size == 1 {
				return s.stop(errText), plain
			}
			i += size
		}
	}
	return s.stop(errSyntax), plain
}

// ordinary is the place of the first character from i on that a string cannot have as it is, or that is no ASCII; else the end.
// Eight at a time are looked at as one number. Subtracting leaves the highest bit of a character set that was too small, and
// perhaps of others above it, so the lowest of them is right. With one of its bits turned, a quote is just above the control
// characters.
func ordinary(body []byte, i int) int {
	const ones, quoteBit = 0x0101010101010101, ' ' ^ '"'
	for ; i+8 <= len(body); i += 8 {
		x := binary.LittleEndian.Uint64(body[i : i+8])
		small, backslash := (x^quoteBit*ones)-(' '+1)*ones, (x^'\\'*ones)-ones
		if found := (small | backslash | x) & (0x80 * ones); found != 0 {
			return i + bits.TrailingZeros64(found)>>3
		}
	}
	for ; i < len(body); i++ {
		if c := body[i]; c == '"' || c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			break
		}
	}
	return i
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
