package capture

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"
)

// The ways in which a HAR cannot be used. Errors wrap them.
var (
	ErrNotHAR      = errors.New("it is no HAR, which is one JSON object with log.entries")
	ErrHARSize     = fmt.Errorf("it is longer than %d bytes", harMax)
	ErrNoMessages  = errors.New("it has no messages of its WebSockets, which Firefox and Safari leave out")
	ErrNoStream    = errors.New("it has no WebSocket of a softphone")
	ErrTwoUsers    = errors.New("one page has the WebSockets of several users, and its requests do not say whose they are")
	ErrHARDamaged  = errors.New("the JSON is cut or damaged")
	errHAREntry    = errors.New("an entry is not as HAR 1.2 has it")
	errHARTooLarge = errors.New("too many entries")
)

// harMax is the longest HAR that is read, in bytes; harEntriesMax is how many requests and frames of a softphone are kept.
const (
	harMax        = 1 << 30
	harEntriesMax = 200_000
)

// har is what is read of a HAR: what a softphone did, as far as one can tell by the addresses.
type har struct {
	name     string
	pages    []harPage
	requests []harEntry
	sockets  []harEntry
	page     string // the one that was chosen
	frames   int
	silent   int // streams whose messages are missing
	sdk      string
	warnings []string
}

type harPage struct {
	ID      string `json:"id"`
	Started string `json:"startedDateTime"`
}

// harEntry is one entry of a HAR (HAR 1.2), with the messages of a WebSocket as Chrome adds them.
type harEntry struct {
	Page     string     `json:"pageref"`
	Started  string     `json:"startedDateTime"`
	Took     float64    `json:"time"` // milliseconds
	Request  harRequest `json:"request"`
	Response struct {
		Status  int         `json:"status"`
		Error   string      `json:"_error"`
		Failure string      `json:"_failureText"`
		Headers []harHeader `json:"headers"`
		Content struct {
			Text     string `json:"text"`
			Encoding string `json:"encoding"`
		} `json:"content"`
	} `json:"response"`
	Messages *[]harMessage `json:"_webSocketMessages"`

	at    time.Time
	index int
}

type harRequest struct {
	Method  string      `json:"method"`
	URL     string      `json:"url"`
	Headers []harHeader `json:"headers"`
	Post    struct {
		Text string `json:"text"`
	} `json:"postData"`
}

type harHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// harMessage is one frame of a WebSocket; its time is in seconds since 1970.
type harMessage struct {
	Type   string  `json:"type"`
	Time   float64 `json:"time"`
	Opcode int     `json:"opcode"`
	Data   string  `json:"data"`
}

// The opcodes of frames (RFC 6455 section 5.2).
const (
	textFrame  = 1
	closeFrame = 8
)

// ReadHAR reads a HAR that was saved from a browser's developer tools, and makes of it a capture of the wire: the frames
// of the stream and the requests of a softphone, in the order in which the client lived through them. Infer adds the rest.
// Of several pages, or users, that with the most frames is taken, and a warning says so. Errors quote nothing of the content.
func ReadHAR(name string, r io.Reader) (*Capture, error) {
	limited := &io.LimitedReader{R: r, N: harMax + 1}
	h := &har{name: name}
	err := h.read(json.NewDecoder(limited))
	switch {
	case limited.N <= 0:
		err = fmt.Errorf("%w: save a HAR of a shorter time", ErrHARSize)
	case err != nil:
	default:
		err = h.check()
	}
	if err == nil {
		var c *Capture
		if c, err = h.capture(); err == nil {
			return c, nil
		}
	}
	return nil, fmt.Errorf("capture: %s: %w", name, err)
}

// read walks the outer objects and keeps what a softphone did. Entries of others are read and dropped, one by one.
func (h *har) read(in *json.Decoder) error {
	found := false
	err := members(in, func(key string) error {
		if key != "log" {
			return skip(in)
		}
		return members(in, func(key string) error {
			switch key {
			case "pages":
				return decodeHAR(in, &h.pages)
			case "entries":
				found = true
				return h.readEntries(in)
			default:
				return skip(in)
			}
		})
	})
	if err == nil && !found {
		return fmt.Errorf("%w: save one from the developer tools of a browser", ErrNotHAR)
	}
	return err
}

// members calls what for each key of an object; what reads the value.
func members(in *json.Decoder, what func(key string) error) error {
	if err := opens(in, '{'); err != nil {
		return err
	}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return damaged(err)
		}
		name, _ := key.(string)
		if err := what(name); err != nil {
			return err
		}
	}
	return closes(in)
}

func opens(in *json.Decoder, delim json.Delim) error {
	token, err := in.Token()
	if err != nil {
		return damaged(err)
	}
	if token != delim {
		return fmt.Errorf("%w: save one from the developer tools of a browser", ErrNotHAR)
	}
	return nil
}

func closes(in *json.Decoder) error {
	_, err := in.Token()
	return damaged(err)
}

// damaged is an error of the JSON decoder without what it quotes.
func damaged(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: save the HAR again", ErrHARDamaged)
}

func skip(in *json.Decoder) error {
	var value json.RawMessage
	return damaged(in.Decode(&value))
}

// decodeHAR reads a value. A field of a wrong type is told without what stands there.
func decodeHAR(in *json.Decoder, v any) error {
	err := in.Decode(v)
	wrong := (*json.UnmarshalTypeError)(nil)
	if errors.As(err, &wrong) {
		return fmt.Errorf("%w: %s is a %s: save the HAR again", errHAREntry, wrong.Field, strings.Fields(wrong.Value)[0])
	}
	return damaged(err)
}

func (h *har) readEntries(in *json.Decoder) error {
	if err := opens(in, '['); err != nil {
		return err
	}
	for index := 0; in.More(); index++ {
		e := harEntry{index: index}
		if err := decodeHAR(in, &e); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		if err := h.keep(e); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
	}
	return closes(in)
}

var (
	harStart   = regexp.MustCompile(`^\s*\{\s*"log"\s*:`)
	sdkAddress = regexp.MustCompile(`(?:genesys-cloud-webrtc-sdk|/webrtc-sdk)[@/-]v?(\d{1,3}\.\d{1,3}\.\d{1,4})\b`)
	streamPath = regexp.MustCompile(`/stream/channels/[^/]+$`)
)

// keep keeps an entry that a softphone made.
func (h *har) keep(e harEntry) error {
	if m := sdkAddress.FindStringSubmatch(e.Request.URL); m != nil {
		h.sdk = m[1]
	}
	address, err := url.Parse(e.Request.URL)
	if err != nil {
		return nil
	}
	socket := address.Scheme == "ws" || address.Scheme == "wss" || e.Messages != nil
	isStream := socket && (streamPath.MatchString(address.Path) || e.speaksXMPP())
	isRequest := !socket && isSoftphones(e.Request.Method, RESTPath(e.Request.URL))
	if !isStream && !isRequest {
		return nil
	}
	if e.at, err = time.Parse(time.RFC3339Nano, e.Started); err != nil || e.at.Year() < 1970 || e.at.Year() > 2200 {
		return fmt.Errorf("%w: startedDateTime is no time: save the HAR again", errHAREntry)
	}
	if e.Took < 0 || e.Took > timeMax {
		e.Took = 0
	}
	switch {
	case isRequest:
		h.requests = append(h.requests, e)
	case e.Messages == nil:
		h.silent++
	default:
		h.frames += len(*e.Messages)
		h.sockets = append(h.sockets, e)
	}
	if len(h.requests)+len(h.sockets)+h.frames > harEntriesMax {
		return fmt.Errorf("%w: save a HAR of a shorter time", errHARTooLarge)
	}
	return nil
}

// speaksXMPP tells whether the client opened a stream on the socket (RFC 7395 section 3.4).
func (e harEntry) speaksXMPP() bool {
	if e.Messages == nil {
		return false
	}
	for _, m := range *e.Messages {
		if m.Type == "send" {
			return strings.HasPrefix(m.Data, "<open")
		}
	}
	return false
}

// softphonesRequests are the requests that a softphone makes (platform-wire section 3), by method.
var softphonesRequests = map[string]*regexp.Regexp{
	"GET":   regexp.MustCompile(`^/(organizations/me|users/me\?expand=station|stations/[^/?]+|conversations/[^/?]+)$`),
	"POST":  regexp.MustCompile(`^/(notifications/channels\?connectionType=streaming|conversations/calls|conversations/calls/[^/?]+/participants/[^/?]+/replace)$`),
	"PUT":   regexp.MustCompile(`^/notifications/channels/[^/?]+/subscriptions$`),
	"PATCH": regexp.MustCompile(`^/conversations/calls/[^/?]+/participants/[^/?]+$`),
}

func isSoftphones(method, path string) bool {
	of := softphonesRequests[strings.ToUpper(method)]
	return of != nil && of.MatchString(path)
}

// check says why a HAR has no stream, if it has none.
func (h *har) check() error {
	switch {
	case h.frames > 0:
		return nil
	case h.silent == 0 && len(h.sockets) == 0 && h.triedInVain():
		return nil
	case h.silent > 0 || len(h.sockets) > 0:
		return fmt.Errorf("%w: save it from the developer tools of Chrome or Edge, which were open when the call was made", ErrNoMessages)
	default:
		return fmt.Errorf("%w: open the developer tools before the page is loaded, let it connect and make the call, then save", ErrNoStream)
	}
}

// triedInVain tells whether a client logged in and got no channel: then there was nothing to open a WebSocket for.
func (h *har) triedInVain() bool {
	began := false
	for _, r := range h.requests {
		switch path := RESTPath(r.Request.URL); {
		case path == "/organizations/me":
			began = true
		case strings.HasPrefix(path, "/notifications/channels?") && r.Response.Status/100 == 2:
			return false
		}
	}
	return began
}

// body is the text of an answer.
func (e harEntry) body() string {
	content := e.Response.Content
	if content.Encoding != "base64" {
		return content.Text
	}
	text, err := base64.StdEncoding.DecodeString(content.Text)
	if err != nil {
		return ""
	}
	return string(text)
}

// isOpen tells whether a request had no answer yet when the HAR was saved. One that failed says why, beside the standard.
func (e harEntry) isOpen() bool {
	return e.Response.Status <= 0 && e.Response.Error == "" && e.Response.Failure == ""
}

func (e harEntry) header(list []harHeader, name string) string {
	for _, h := range list {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// token is the access token that a request was made with, or "" where the HAR was saved without.
func (e harEntry) token() string {
	return strings.TrimPrefix(e.header(e.Request.Headers, "Authorization"), "Bearer ")
}

// channel is the notification channel of a stream.
func (e harEntry) channel() string { return path.Base(RESTPath(e.Request.URL)) }
