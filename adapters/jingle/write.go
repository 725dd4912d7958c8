package jingle

import (
	"errors"
	"strings"
)

// writer writes one frame. The first fault stays in err. Attributes with an empty value are left out: on this wire no attribute
// means the same as an empty one.
type writer struct {
	out    strings.Builder
	names  []string // of the elements that are open
	inside bool     // the innermost start tag is still open
	err    error
}

// start opens an element; pairs are the names and values of its attributes.
func (w *writer) start(name string, pairs ...string) {
	w.closeTag()
	w.out.WriteByte('<')
	w.out.WriteString(name)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		w.out.WriteByte(' ')
		w.out.WriteString(pairs[i])
		w.out.WriteString(`="`)
		w.escape(pairs[i+1], inAttribute)
		w.out.WriteByte('"')
	}
	w.names = append(w.names, name)
	w.inside = true
}

// end closes the innermost element.
func (w *writer) end() {
	last := len(w.names) - 1
	if w.inside {
		w.out.WriteString("/>")
		w.inside = false
	} else {
		w.out.WriteString("</" + w.names[last] + ">")
	}
	w.names = w.names[:last]
}

// empty writes an element without content.
func (w *writer) empty(name string, pairs ...string) {
	w.start(name, pairs...)
	w.end()
}

func (w *writer) text(s string) {
	w.closeTag()
	w.escape(s, inText)
}

func (w *writer) closeTag() {
	if w.inside {
		w.out.WriteByte('>')
		w.inside = false
	}
}

// named writes an empty element whose name comes from a message, such as an error condition.
func (w *writer) named(name string, pairs ...string) {
	if !isConditionName(name) {
		w.err = errors.New("jingle: encode: a condition must be an element name: ASCII letters, digits and hyphens")
		return
	}
	w.empty(name, pairs...)
}

func isConditionName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// escapes are what must be written otherwise: in text, and in attributes, where a reader would turn white space into blanks.
var (
	inText      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")
	inAttribute = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;",
		"\t", "&#9;", "\n", "&#10;", "\r", "&#13;")
)

func (w *writer) escape(s string, escapes *strings.Replacer) {
	for i, c := range s {
		if !isCharacter(c) || c == '\uFFFD' && !strings.HasPrefix(s[i:], "\uFFFD") {
			w.err = errors.New("jingle: encode: a value holds a character that XML cannot carry, or is not UTF-8")
			return
		}
	}
	_, _ = escapes.WriteString(&w.out, s)
}

// frame is what was written.
func (w *writer) frame() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return []byte(w.out.String()), nil
}
