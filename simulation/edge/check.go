package edge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/sdp/v3"
)

const (
	// offeredMid is the name of the one media section.
	offeredMid = "0"
	// MaxDescription is how long an answer may be, in bytes; those of browsers with one media section have some 2 000.
	MaxDescription = 64 << 10
)

// checkAnswer says what is wrong with an answer, without quoting it. What passes is one that the peer connection can use.
func checkAnswer(text string) error {
	wrong := func(what string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrAnswer, fmt.Sprintf(what, args...))
	}
	switch {
	case strings.TrimSpace(text) == "":
		return wrong("it is empty")
	case len(text) > MaxDescription:
		return wrong("it has %d bytes, more than %d", len(text), MaxDescription)
	}
	for i, line := range strings.Split(strings.TrimRight(text, "\r\n"), "\n") {
		if len(line) < 2 || line[0] < 'a' || line[0] > 'z' || line[1] != '=' {
			return wrong("line %d is not of the form a=…: it is no SDP (RFC 8866)", i+1)
		}
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return wrong("it is no SDP: its lines are not in order, or one of v=, o=, c=, t= and m= cannot be read (RFC 8866)")
	}
	if len(d.MediaDescriptions) != 1 {
		return wrong("it has %d media sections, the offer has 1", len(d.MediaDescriptions))
	}
	if missing := missingOf(&d, d.MediaDescriptions[0]); missing != "" {
		return wrong("%s", missing)
	}
	for _, a := range d.MediaDescriptions[0].Attributes {
		if a.Key == "candidate" {
			if err := checkCandidate("candidate:" + a.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// missingOf says what an answer's media section lacks, or "".
func missingOf(d *sdp.SessionDescription, m *sdp.MediaDescription) string {
	attribute := func(name string) string {
		if v, ok := m.Attribute(name); ok {
			return v
		}
		v, _ := d.Attribute(name)
		return v
	}
	mid, _ := m.Attribute("mid")
	fingerprint := strings.Fields(attribute("fingerprint"))
	setup := attribute("setup")
	switch {
	case m.MediaName.Media != "audio":
		return "its media section is not audio"
	case m.MediaName.Port.Value == 0:
		return "it refuses the audio: its port is 0"
	case !slices.Contains(m.MediaName.Formats, "0"):
		return "it does not take PCMU (payload type 0), the only codec that was offered"
	case mid != offeredMid:
		return fmt.Sprintf("its media section does not say a=mid:%s", offeredMid)
	case attribute("ice-ufrag") == "", attribute("ice-pwd") == "":
		return "it has no ICE credentials (a=ice-ufrag, a=ice-pwd)"
	case len(fingerprint) != 2:
		return "it has no fingerprint of a certificate (a=fingerprint)"
	case setup != "active" && setup != "passive":
		return "it does not say who begins with DTLS: a=setup is neither active nor passive"
	}
	return ""
}

// checkCandidate says what is wrong with a candidate line, without quoting it.
func checkCandidate(line string) error {
	rest, ok := strings.CutPrefix(line, "candidate:")
	if !ok {
		return fmt.Errorf("%w: it does not begin with candidate:", ErrCandidate)
	}
	fields := strings.Fields(rest)
	if len(fields) < 8 || fields[6] != "typ" {
		return fmt.Errorf("%w: it has not the eight fields from foundation to type (RFC 8839, section 5.1)", ErrCandidate)
	}
	if strings.HasSuffix(fields[4], ".local") {
		return nil
	}
	if _, err := ice.UnmarshalCandidate(rest); err != nil {
		return fmt.Errorf("%w: its component, priority, address, port or type cannot be read", ErrCandidate)
	}
	return nil
}
