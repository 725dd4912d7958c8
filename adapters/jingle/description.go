package jingle

import (
	"errors"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

var errField = errors.New("jingle: description: a field holds a character that would break out of its place in SDP")

// sdpLines collects the lines of an SDP. A value from the wire that could begin a line or a field of its own is refused:
// a description must not say more as SDP than it said as XML.
type sdpLines struct {
	out strings.Builder
	err error
}

// line writes one line of literal text and checked fields; the fields are where the text has "%".
func (l *sdpLines) line(text string, fields ...string) {
	for _, field := range fields {
		before, after, _ := strings.Cut(text, "%")
		l.out.WriteString(before)
		l.out.WriteString(l.field(field))
		text = after
	}
	l.out.WriteString(text)
	l.out.WriteString("\r\n")
}

// field is a value without white space or control characters.
func (l *sdpLines) field(value string) string {
	if strings.ContainsRune(value, ' ') {
		l.err = errField
	}
	return l.last(value)
}

// last is the last value of a line: it may hold blanks.
func (l *sdpLines) last(value string) string {
	if strings.IndexFunc(value, func(c rune) bool { return c < ' ' || c == 0x7f }) >= 0 {
		l.err = errField
	}
	return value
}

// party is one side of a session (XEP-0166 section 3).
type party string

const (
	initiator party = "initiator"
	responder party = "responder"
)

func (p party) other() party {
	if p == initiator {
		return responder
	}
	return initiator
}

// toSDP is a session-initiate or a session-accept as an SDP (XEP-0167 section 6, XEP-0176, XEP-0320, XEP-0293, XEP-0294, XEP-0338,
// XEP-0339). by is who describes itself in it. The session id of the origin line is a constant: nothing reads it.
func toSDP(j *element, by party) (messages.SDP, error) {
	l := &sdpLines{}
	l.line("v=0")
	l.line("o=- 1 1 IN IP4 0.0.0.0")
	l.line("s=-")
	l.line("t=0 0")
	for _, g := range j.children {
		if g.is(nsGroup, "group") {
			l.group(g)
		}
	}
	described := 0
	for _, content := range j.children {
		if !content.is(nsJingle, "content") {
			continue
		}
		described++
		if err := l.content(content, by); err != nil {
			return "", err
		}
	}
	if described == 0 || l.err != nil {
		return "", l.err
	}
	return messages.SDP(l.out.String()), nil
}

// group writes which contents share a transport (XEP-0338).
func (l *sdpLines) group(g *element) {
	names := ""
	for _, c := range g.children {
		if c.is(nsGroup, "content") {
			names += " " + l.field(c.attr("name"))
		}
	}
	l.line("a=group:%"+names, g.attr("semantics"))
}

// content writes one media section.
func (l *sdpLines) content(c *element, by party) error {
	rtp, ice := c.child(nsRTP, "description"), c.child(nsICE, "transport")
	if rtp == nil || ice == nil {
		return errors.New("jingle: description: a content without RTP description or ICE transport; only those can be answered")
	}
	types := ""
	for _, p := range rtp.children {
		if p.is(nsRTP, "payload-type") {
			types += " " + l.field(p.attr("id"))
		}
	}
	l.line("m=% 9 UDP/TLS/RTP/SAVPF"+types, rtp.attr("media"))
	l.line("c=IN IP4 0.0.0.0")
	l.line("a=mid:%", c.attr("name"))
	l.line("a=" + direction(c.attr("senders"), by))
	l.rtp(rtp)
	l.ice(ice)
	return nil
}

// direction is who sends, seen from the party whose SDP this is (XEP-0166 section 7.3).
func direction(senders string, by party) string {
	switch senders {
	case string(by):
		return "sendonly"
	case string(by.other()):
		return "recvonly"
	case "none":
		return "inactive"
	default:
		return "sendrecv"
	}
}

// rtp writes what the media is: payload types, header extensions, sources.
func (l *sdpLines) rtp(d *element) {
	for _, c := range d.children {
		switch {
		case c.is(nsRTP, "rtcp-mux"):
			l.line("a=rtcp-mux")
		case c.is(nsRTP, "rtcp-reduced-size"):
			l.line("a=rtcp-rsize")
		case c.is(nsRTP, "payload-type"):
			l.payload(c)
		case c.space == nsFeedback:
			l.feedback("*", c)
		case c.is(nsExtension, "rtp-hdrext"):
			l.line("a=extmap:% %", c.attr("id"), c.attr("uri"))
		case c.is(nsSource, "source"):
			l.source(c)
		case c.is(nsTrack, "stream"):
			l.line("a=msid:% %", c.attr("id"), c.attr("track"))
		}
	}
}

// payload writes one payload type with its parameters and feedback.
func (l *sdpLines) payload(p *element) {
	id := p.attr("id")
	if channels := p.attr("channels"); channels != "" && channels != "1" {
		l.line("a=rtpmap:% %/%/%", id, p.attr("name"), p.attr("clockrate"), channels)
	} else {
		l.line("a=rtpmap:% %/%", id, p.attr("name"), p.attr("clockrate"))
	}
	var parameters []string
	for _, c := range p.children {
		switch {
		case c.is(nsRTP, "parameter"):
			parameters = append(parameters, l.parameter(c))
		case c.space == nsFeedback:
			l.feedback(id, c)
		}
	}
	if len(parameters) > 0 {
		l.line("a=fmtp:% "+strings.Join(parameters, ";"), id)
	}
}

// parameter is name=value, or the bare name of a format such as 0-15 that has no names.
func (l *sdpLines) parameter(p *element) string {
	name, value := l.field(p.attr("name")), l.last(p.attr("value"))
	if value == "" {
		return name
	}
	return name + "=" + value
}

// feedback writes RTCP feedback of a payload type, "*" for all of them (XEP-0293).
func (l *sdpLines) feedback(id string, f *element) {
	switch {
	case f.name == "rtcp-fb-trr-int":
		l.line("a=rtcp-fb:% trr-int %", id, f.attr("value"))
	case f.attr("subtype") != "":
		l.line("a=rtcp-fb:% % %", id, f.attr("type"), f.attr("subtype"))
	default:
		l.line("a=rtcp-fb:% %", id, f.attr("type"))
	}
}

// source writes one media source with its parameters (XEP-0339).
func (l *sdpLines) source(s *element) {
	for _, p := range s.children {
		if p.is(nsSource, "parameter") {
			l.line("a=ssrc:% %:"+l.last(p.attr("value")), s.attr("ssrc"), p.attr("name"))
		}
	}
}

// ice writes credentials, fingerprint and candidates.
func (l *sdpLines) ice(t *element) {
	if ufrag := t.attr("ufrag"); ufrag != "" {
		l.line("a=ice-ufrag:%", ufrag)
	}
	if pwd := t.attr("pwd"); pwd != "" {
		l.line("a=ice-pwd:%", pwd)
	}
	for _, c := range t.children {
		switch {
		case c.is(nsDTLS, "fingerprint"):
			l.line("a=fingerprint:% %", c.attr("hash"), strings.TrimSpace(c.text))
			if setup := c.attr("setup"); setup != "" {
				l.line("a=setup:%", setup)
			}
		case c.is(nsICE, "candidate"):
			l.line("a=" + candidateLine(l, c))
		}
	}
}

// candidateLine is a candidate element as candidate:… (XEP-0176 section 5.2, RFC 8839 section 5.1).
func candidateLine(l *sdpLines, c *element) string {
	fields := []string{
		"candidate:" + l.field(c.attr("foundation")), l.field(c.attr("component")), l.field(c.attr("protocol")),
		l.field(c.attr("priority")), l.field(c.attr("ip")), l.field(c.attr("port")), "typ", l.field(c.attr("type")),
	}
	for _, extra := range [...]struct{ attribute, name string }{
		{"rel-addr", "raddr"}, {"rel-port", "rport"}, {"tcptype", "tcptype"}, {"generation", "generation"},
	} {
		if value := c.attr(extra.attribute); value != "" {
			fields = append(fields, extra.name, l.field(value))
		}
	}
	return strings.Join(fields, " ")
}

// trickled reads the candidates of a transport-info. All contents share one transport (BUNDLE), so that the first content's
// name stands for all; a message without candidates is the end of them.
func trickled(in messages.TransportInfo, j *element) (messages.TransportInfo, error) {
	l := &sdpLines{}
	for _, content := range j.children {
		ice := content.child(nsICE, "transport")
		if !content.is(nsJingle, "content") || ice == nil {
			continue
		}
		if in.Mid == "" {
			in.Mid = content.attr("name")
		}
		for _, c := range ice.children {
			switch {
			case c.is(nsICE, "candidate"):
				in.Candidates = append(in.Candidates, messages.Candidate(candidateLine(l, c)))
			case c.is(nsICE, "gathering-complete"):
				in.Complete = true
			}
		}
	}
	in.Complete = in.Complete || len(in.Candidates) == 0
	return in, l.err
}
