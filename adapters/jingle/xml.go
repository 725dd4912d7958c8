package jingle

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What one frame may hold at most. A real frame is below 20 KB, 12 deep, and has a few dozen elements.
const (
	maxFrame      = 256 << 10
	maxDepth      = 32
	maxAttributes = 64 // of one element, namespace declarations included
	maxElements   = 4096
)

// element is one element of a frame, with its namespaces resolved. text is its own character data, joined.
type element struct {
	space, name string
	attributes  []attribute
	children    []*element
	text        string
}

// attribute is one attribute; space is "" for one without a prefix. Namespace declarations are not attributes.
type attribute struct{ space, name, value string }

func (e *element) is(space, name string) bool { return e.space == space && e.name == name }

// attr is the value of an unprefixed attribute, or "".
func (e *element) attr(name string) string {
	for _, a := range e.attributes {
		if a.space == "" && a.name == name {
			return a.value
		}
	}
	return ""
}

// child is the first child of that name, or nil.
func (e *element) child(space, name string) *element {
	for _, c := range e.children {
		if c.is(space, name) {
			return c
		}
	}
	return nil
}

// firstIn is the first child in a namespace that is not a text (a human-readable remark), or nil.
func (e *element) firstIn(space string) *element {
	for _, c := range e.children {
		if c.space == space && c.name != "text" {
			return c
		}
	}
	return nil
}

// binding is one namespace declaration in force; the innermost comes first.
type binding struct {
	prefix, uri string
	outer       *binding
}

func (b *binding) lookup(prefix string) (uri string, ok bool) {
	for ; b != nil; b = b.outer {
		if b.prefix == prefix {
			return b.uri, true
		}
	}
	return "", prefix == ""
}

// reader walks a frame once, from front to back. The first fault stays in err and stops every loop.
type reader struct {
	in       string
	pos      int
	elements int
	err      error
}

// parse reads a frame: exactly one element, with nothing before it and only white space after it.
func parse(frame []byte) (*element, error) {
	switch {
	case len(frame) > maxFrame:
		return nil, fmt.Errorf("jingle: frame: %d bytes, at most %d are read", len(frame), maxFrame)
	case !utf8.Valid(frame):
		return nil, fmt.Errorf("jingle: frame: not UTF-8; XMPP has no other encoding (RFC 6120 section 11.6)")
	}
	r := &reader{in: string(frame)}
	r.characters()
	r.forbidden()
	xml := &binding{prefix: "xml", uri: "http://www.w3.org/XML/1998/namespace"}
	root := r.element(xml, 1)
	r.space()
	if r.err == nil && r.pos < len(r.in) {
		r.fail("something follows the element; a frame is one element (RFC 7395)")
	}
	if r.err != nil {
		return nil, r.err
	}
	return root, nil
}

func (r *reader) fail(why string) {
	if r.err == nil {
		r.err = fmt.Errorf("jingle: frame: %s, at byte %d", why, r.pos)
	}
}

// characters refuses what is no XML character at all (XML 1.0 section 2.2), wherever it stands.
func (r *reader) characters() {
	for i := 0; i < len(r.in); i++ {
		if b := r.in[i]; b >= ' ' && b < utf8.RuneSelf {
			continue // nearly all of a frame
		}
		c, size := utf8.DecodeRuneInString(r.in[i:])
		i += size - 1
		if !isCharacter(c) {
			r.pos = i
			r.fail("a character that XML does not have")
			return
		}
	}
}

func isCharacter(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000 && c <= 0x10FFFF
}

// element reads one element with all that is in it; the reader stands at its "<".
func (r *reader) element(scope *binding, depth int) *element {
	r.elements++
	switch {
	case depth > maxDepth:
		r.fail(fmt.Sprintf("more than %d elements deep", maxDepth))
	case r.elements > maxElements:
		r.fail(fmt.Sprintf("more than %d elements", maxElements))
	}
	r.expect("<")
	tag := r.name()
	raw := r.rawAttributes()
	scope = r.declarations(raw, scope)
	e := &element{}
	e.space, e.name = r.resolve(tag, scope, true)
	e.attributes = r.attributes(raw, scope)
	if r.skip("/>") || r.err != nil {
		return e
	}
	r.expect(">")
	r.content(e, scope, depth)
	r.expect("</")
	if end := r.name(); r.err == nil && end != tag {
		r.fail("an end tag that closes another element")
	}
	r.space()
	r.expect(">")
	return e
}

// content reads text and children up to the end tag.
func (r *reader) content(e *element, scope *binding, depth int) {
	var text []string
	for r.err == nil {
		switch {
		case r.at("</"):
			e.text = strings.Join(text, "")
			return
		case r.skip("<![CDATA["):
			text = append(text, lineFeeds(r.until("]]>")))
		case r.forbidden():
			return
		case r.at("<"):
			e.children = append(e.children, r.element(scope, depth+1))
		case r.pos == len(r.in):
			r.fail("the frame ends inside an element")
		default:
			text = append(text, r.text())
		}
	}
}

// forbidden refuses what XMPP took out of XML.
func (r *reader) forbidden() bool {
	found := r.at("<!") || r.at("<?")
	if found {
		r.fail("a comment, processing instruction or document type; XMPP forbids them (RFC 6120 section 11.1)")
	}
	return found
}

// text reads character data up to the next "<".
func (r *reader) text() string {
	run := r.in[r.pos:]
	if end := strings.IndexByte(run, '<'); end >= 0 {
		run = run[:end]
	}
	if strings.Contains(run, "]]>") {
		r.fail("]]> in character data")
		return ""
	}
	plain := r.unescape(lineFeeds(run))
	r.pos += len(run)
	return plain
}

// lineFeeds makes one line feed of every line end (XML 1.0 section 2.11).
func lineFeeds(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// rawAttributes reads the attributes of a tag, their prefixes not yet resolved.
func (r *reader) rawAttributes() []attribute {
	var all []attribute
	for r.err == nil {
		spaced := r.space()
		if r.at("/") || r.at(">") {
			return all
		}
		if !spaced {
			r.fail("an attribute without white space before it, or a broken tag")
			return all
		}
		name := r.name()
		r.space()
		r.expect("=")
		r.space()
		all = append(all, attribute{name: name, value: r.value()})
		if len(all) > maxAttributes {
			r.fail(fmt.Sprintf("more than %d attributes on one element", maxAttributes))
		}
	}
	return all
}

// value reads a quoted attribute value; white space in it is read as blanks (XML 1.0 section 3.3.3).
func (r *reader) value() string {
	var quoted string
	switch {
	case r.skip(`"`):
		quoted = r.until(`"`)
	case r.skip(`'`):
		quoted = r.until(`'`)
	default:
		r.fail("an attribute value without quotes")
	}
	if strings.IndexByte(quoted, '<') >= 0 {
		r.fail("< in an attribute value")
	}
	if strings.ContainsAny(quoted, "\t\n\r") {
		quoted = strings.Map(blank, lineFeeds(quoted))
	}
	return strings.Clone(r.unescape(quoted)) // ids are kept for long, and must not keep their frame
}

func blank(c rune) rune {
	if c == '\t' || c == '\n' {
		return ' '
	}
	return c
}

// declarations brings the namespace declarations of a tag into force.
func (r *reader) declarations(raw []attribute, scope *binding) *binding {
	for _, a := range raw {
		prefix, declared := "", a.name == "xmlns"
		if !declared {
			prefix, declared = strings.CutPrefix(a.name, "xmlns:")
		}
		if !declared {
			continue
		}
		if prefix == "xml" || prefix == "xmlns" || prefix != "" && a.value == "" {
			r.fail("a namespace declaration that Namespaces in XML forbids")
		}
		scope = &binding{prefix: prefix, uri: a.value, outer: scope}
	}
	return scope
}

// attributes resolves the prefixes of the real attributes and refuses one that comes twice.
func (r *reader) attributes(raw []attribute, scope *binding) []attribute {
	var all []attribute
	for i, a := range raw {
		for _, earlier := range raw[:i] {
			if earlier.name == a.name {
				r.fail("an attribute twice on one element")
			}
		}
		if a.name == "xmlns" || strings.HasPrefix(a.name, "xmlns:") {
			continue
		}
		a.space, a.name = r.resolve(a.name, scope, false)
		for _, earlier := range all {
			if earlier.space == a.space && earlier.name == a.name {
				r.fail("an attribute twice on one element, under two prefixes")
			}
		}
		all = append(all, a)
	}
	return all
}

// resolve splits a name into namespace and local name. The default namespace is for elements only.
func (r *reader) resolve(name string, scope *binding, isElement bool) (space, local string) {
	prefix, local, prefixed := strings.Cut(name, ":")
	if !prefixed {
		prefix, local = "", name
		if !isElement {
			return "", local
		}
	}
	space, ok := scope.lookup(prefix)
	if !ok {
		r.fail("a prefix that is not declared")
	}
	return space, local
}

// name reads a name with at most one colon. Only ASCII: all names of this wire are.
func (r *reader) name() string {
	start, colon := r.pos, false
	first := true
	for ; r.pos < len(r.in); r.pos++ {
		c := r.in[r.pos]
		switch {
		case isLetter(c), !first && (c >= '0' && c <= '9' || c == '-' || c == '.'):
			first = false
			continue
		case c == ':' && !first && !colon:
			first, colon = true, true
			continue
		}
		break
	}
	if first {
		r.fail("a name was expected here")
	}
	return r.in[start:r.pos]
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

// unescape replaces the references that XMPP knows: the five of XML, and characters by number.
func (r *reader) unescape(s string) string {
	at := strings.IndexByte(s, '&')
	if at < 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for ; at >= 0; at = strings.IndexByte(s, '&') {
		out.WriteString(s[:at])
		if rest, quotes := strings.CutPrefix(s[at:], "&quot;"); quotes { // nearly every one: JSON in XML is full of them
			out.WriteByte('"')
			s = rest
			continue
		}
		name, rest, closed := strings.Cut(s[at+1:], ";")
		c, known := reference(name)
		if !closed || !known {
			r.fail("an entity that XMPP does not have")
			return ""
		}
		out.WriteRune(c)
		s = rest
	}
	out.WriteString(s)
	return out.String()
}

// reference is the character that a reference stands for; name is what is between "&" and ";".
func reference(name string) (c rune, known bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, numeric := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), numeric && err == nil && isCharacter(rune(n))
}

func (r *reader) at(s string) bool { return r.err == nil && strings.HasPrefix(r.in[r.pos:], s) }

func (r *reader) skip(s string) bool {
	if !r.at(s) {
		return false
	}
	r.pos += len(s)
	return true
}

func (r *reader) expect(s string) {
	if !r.skip(s) {
		r.fail("expected " + s)
	}
}

// until reads up to a mark and over it.
func (r *reader) until(mark string) string {
	found, _, ok := strings.Cut(r.in[r.pos:], mark)
	if !ok {
		r.fail("no " + mark + " to what begins")
		return ""
	}
	r.pos += len(found) + len(mark)
	return found
}

// space skips white space and tells whether there was any.
func (r *reader) space() bool {
	start := r.pos
	for r.pos < len(r.in) && strings.IndexByte(" \t\n\r", r.in[r.pos]) >= 0 {
		r.pos++
	}
	return r.pos > start
}
