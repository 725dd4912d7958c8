package jingle

import (
	"errors"
	"strings"

	"github.com/hookswitch/hookswitch/messages"
)

// section is the session part of an SDP or one of its media sections: its "m=" line and its attributes, in order.
type section struct {
	media      string // the fields of the m= line, or "" for the session part
	attributes []sdpAttribute
}

// sdpAttribute is one "a=" line: a=key or a=key:value.
type sdpAttribute struct{ key, value string }

// values are the values of all attributes of that name, in order.
func (s section) values(key string) []string {
	var all []string
	for _, a := range s.attributes {
		if a.key == key {
			all = append(all, a.value)
		}
	}
	return all
}

func (s section) value(key string) string {
	if all := s.values(key); len(all) > 0 {
		return all[0]
	}
	return ""
}

func (s section) has(key string) bool { return len(s.values(key)) > 0 }

// sections splits an SDP (RFC 8866 section 5): the session part first, then each media section.
func sections(sdp messages.SDP) []section {
	all := []section{{}}
	for line := range strings.Lines(sdp.Reveal()) {
		line = strings.TrimRight(line, "\r\n")
		if media, ok := strings.CutPrefix(line, "m="); ok {
			all = append(all, section{media: media})
			continue
		}
		if a, ok := strings.CutPrefix(line, "a="); ok {
			key, value, _ := strings.Cut(a, ":")
			last := &all[len(all)-1]
			last.attributes = append(last.attributes, sdpAttribute{key, value})
		}
	}
	return all
}

// description writes an SDP as the contents of a session-accept, in the shape that the real client sends, or of a
// session-initiate. by is whose SDP it is.
func (w *writer) description(sdp messages.SDP, by party) error {
	all := sections(sdp)
	if len(all) == 1 {
		return errors.New("jingle: description: the SDP has no media section; make it before it is sent")
	}
	session := all[0]
	for _, media := range all[1:] {
		w.start("content", "creator", "initiator", "name", media.value("mid"), "senders", senders(media, by))
		w.rtp(media)
		w.ice(session, media, by)
		w.end()
	}
	for _, group := range session.values("group") {
		names := strings.Fields(group)
		if len(names) == 0 {
			continue
		}
		w.start("group", "xmlns", nsGroup, "semantics", names[0])
		for _, name := range names[1:] {
			w.empty("content", "name", name)
		}
		w.end()
	}
	return nil
}

// senders is who sends; both is the default and is left out (XEP-0166 section 7.3).
func senders(media section, by party) string {
	switch {
	case media.has("sendonly"):
		return string(by)
	case media.has("recvonly"):
		return string(by.other())
	case media.has("inactive"):
		return "none"
	default:
		return ""
	}
}

// rtp writes what the media is (XEP-0167 section 4).
func (w *writer) rtp(media section) {
	fields := strings.Fields(media.media)
	kind := ""
	if len(fields) > 0 {
		kind = fields[0]
	}
	sources := media.values("ssrc")
	first := ""
	if len(sources) > 0 {
		first, _, _ = strings.Cut(sources[0], " ")
	}
	extensions := ""
	if media.has("extmap") {
		extensions = nsExtension
	}
	w.start("description", "xmlns", nsRTP, "xmlns:rtcpf", nsFeedback, "xmlns:rtph", extensions, "media", kind, "ssrc", first)
	if media.has("rtcp-mux") {
		w.empty("rtcp-mux")
	}
	if media.has("rtcp-rsize") {
		w.empty("rtcp-reduced-size")
	}
	for _, id := range formats(fields) {
		w.payload(media, id)
	}
	w.feedback(media, "*")
	for _, extension := range media.values("extmap") {
		if parts := strings.Fields(extension); len(parts) >= 2 {
			id, _, _ := strings.Cut(parts[0], "/")
			w.empty("rtph:rtp-hdrext", "id", id, "uri", parts[1])
		}
	}
	w.sources(sources)
	if track := strings.Fields(media.value("msid")); len(track) == 2 {
		w.empty("stream", "xmlns", nsTrack, "id", track[0], "track", track[1])
	}
	w.end()
}

// formats are the payload types of an m= line: media, port, protocol, then these.
func formats(fields []string) []string {
	if len(fields) <= 3 {
		return nil
	}
	return fields[3:]
}

// payload writes one payload type with its parameters and feedback.
func (w *writer) payload(media section, id string) {
	parts := strings.Split(of(media.values("rtpmap"), id), "/")
	clock, channels := "", "1"
	if len(parts) > 1 {
		clock = parts[1]
	}
	if len(parts) > 2 {
		channels = parts[2]
	}
	w.start("payload-type", "channels", channels, "clockrate", clock, "id", id, "name", parts[0])
	for parameter := range strings.SplitSeq(of(media.values("fmtp"), id), ";") {
		if name, value, _ := strings.Cut(strings.TrimSpace(parameter), "="); name != "" {
			w.empty("parameter", "name", name, "value", value)
		}
	}
	w.feedback(media, id)
	w.end()
}

// of is the rest of the value that begins with that payload type.
func of(values []string, id string) string {
	for _, v := range values {
		if first, rest, _ := strings.Cut(v, " "); first == id {
			return rest
		}
	}
	return ""
}

// feedback writes the RTCP feedback of a payload type, "*" for all of them (XEP-0293).
func (w *writer) feedback(media section, id string) {
	for _, v := range media.values("rtcp-fb") {
		parts := strings.Fields(v)
		if len(parts) < 2 || parts[0] != id {
			continue
		}
		subtype := strings.Join(parts[2:], " ")
		if parts[1] == "trr-int" {
			w.empty("rtcpf:rtcp-fb-trr-int", "value", subtype)
		} else {
			w.empty("rtcpf:rtcp-fb", "type", parts[1], "subtype", subtype)
		}
	}
}

// sources writes each media source once, with all its parameters (XEP-0339).
func (w *writer) sources(lines []string) {
	current := ""
	for _, line := range lines {
		ssrc, parameter, _ := strings.Cut(line, " ")
		if ssrc != current {
			if current != "" {
				w.end()
			}
			w.start("source", "xmlns", nsSource, "ssrc", ssrc)
			current = ssrc
		}
		if name, value, _ := strings.Cut(parameter, ":"); name != "" {
			w.empty("parameter", "name", name, "value", value)
		}
	}
	if current != "" {
		w.end()
	}
}

// ice writes credentials, candidates and fingerprint; each may stand in the session part (XEP-0176, XEP-0320).
func (w *writer) ice(session, media section, by party) {
	either := func(key string) string {
		if v := media.value(key); v != "" {
			return v
		}
		return session.value(key)
	}
	w.start("transport", "xmlns", nsICE, "ufrag", either("ice-ufrag"), "pwd", either("ice-pwd"))
	for _, c := range media.values("candidate") {
		w.candidate("candidate:"+c, by)
	}
	if hash, print, ok := strings.Cut(either("fingerprint"), " "); ok {
		w.start("fingerprint", "xmlns", nsDTLS, "hash", hash, "setup", either("setup"))
		w.text(print)
		w.end()
	}
	w.end()
}

// candidate writes a candidate:… line as an element (XEP-0176 section 5.2); one that is none is left out. The real client, which
// responds, leaves its generation out.
func (w *writer) candidate(line string, by party) {
	f, ok := candidateFields(line)
	if !ok {
		return
	}
	extra := extensions(f)
	if by == responder {
		delete(extra, "generation")
	}
	w.empty("candidate", "component", f[1], "foundation", f[0], "ip", f[4], "port", f[5], "priority", f[3],
		"protocol", strings.ToLower(f[2]), "rel-addr", extra["raddr"], "rel-port", extra["rport"],
		"generation", extra["generation"], "tcptype", extra["tcptype"], "type", f[7])
}

// candidateFields are the fields of a candidate:… line, from the foundation on; ok tells whether it has all that it must.
func candidateFields(line string) (fields []string, ok bool) {
	fields = strings.Fields(strings.TrimPrefix(line, "candidate:"))
	return fields, len(fields) >= 8 && fields[6] == "typ"
}

// extensions are the name and value pairs after a candidate's type.
func extensions(fields []string) map[string]string {
	pairs := map[string]string{}
	for i := 8; i+1 < len(fields); i += 2 {
		pairs[fields[i]] = fields[i+1]
	}
	return pairs
}
