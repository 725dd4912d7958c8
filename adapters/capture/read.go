// Package capture reads and writes capture/1, the record of everything that one softphone client saw and did: one JSON
// object a line, in the order in which the client experienced it. It also compares two captures' decisions and takes
// personal data and secrets out of one. The format, and what is compared, is defined in docs/capture-format.md.
package capture

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// Capture is a capture that was read. Its records are in the order of the file; the first is the config.
type Capture struct {
	// Name is what errors and reports call the capture: usually its path.
	Name string
	// Config is what the config record says.
	Config Config
	// Records are all records, of known and unknown kinds.
	Records []port.Record
	// Warnings are what was wrong but not fatal, such as a last line that was cut.
	Warnings []string
	// CutAfter is the line of the last whole record of a capture whose last line is half-written; 0: it is whole.
	CutAfter int
	// Inferred tells that only the wire was recorded, and the rest inferred from it: of what the client decided, only its
	// frames and requests can be compared.
	Inferred bool

	began  time.Time    // the time of day at t = 0, of a HAR
	merged map[int]bool // the peer connections of which a dump told, by number
}

// Config is the set-up of a capture, from its config record.
type Config struct {
	// SDK is the version of the SDK that was recorded, such as 9.2.4.
	SDK string `json:"sdk"`
	// Options are the constructor's options less the access token. An absent option has its default.
	Options ClientOptions `json:"config"`
	// Observed is "wire" where the far end noted what it saw of the client: the times have the way there and back in them.
	Observed string `json:"observed,omitempty"`
	// Scenario is there when the capture was recorded on virtual time.
	Scenario json.RawMessage `json:"scenario,omitempty"`
}

// ClientOptions are the constructor's options, as far as they are known here. nil: absent.
type ClientOptions struct {
	Environment         string   `json:"environment"`
	WSHost              string   `json:"wsHost"`
	AutoConnectSessions *bool    `json:"autoConnectSessions"`
	DisableAutoAnswer   *bool    `json:"disableAutoAnswer"`
	EagerPersistent     *string  `json:"eagerPersistentConnectionEstablishment"`
	UseServerSidePings  *bool    `json:"useServerSidePings"`
	AllowedSessionTypes []string `json:"allowedSessionTypes"`
	JIDResource         string   `json:"jidResource"`
}

// VirtualTime tells whether the capture was recorded on virtual time, where timers are exact.
func (c Config) VirtualTime() bool { return len(c.Scenario) > 0 }

// The ways in which a file is not a capture. Errors wrap them.
var (
	ErrEmpty    = errors.New("the file is empty")
	ErrNotJSON  = errors.New("not a JSON object")
	ErrNoConfig = errors.New("there is no config record before the others")
	ErrVersion  = errors.New("it is not of capture/1")
)

// lineMax is the longest line that is read: no frame or body comes near it.
const lineMax = 64 << 20

// ReadFile reads a capture from a file.
func ReadFile(path string) (*Capture, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("capture: %w: give the path of a capture", err)
	}
	defer func() { _ = f.Close() }()
	return Read(path, f)
}

// ReadOutput is Read for a capture or a replay's output, which has no config record.
func ReadOutput(name string, r io.Reader) (*Capture, error) {
	c, err := read(name, r)
	if err != nil {
		return nil, err
	}
	return c, c.checkOrder()
}

// Read reads a capture; name is for reports. A last line that was cut, as by a recorder that was killed, is a warning;
// any other line that is not a record is an error that names it.
func Read(name string, r io.Reader) (*Capture, error) {
	c, err := read(name, r)
	if err != nil {
		return nil, err
	}
	if err := c.readConfig(); err != nil {
		return nil, err
	}
	return c, nil
}

func read(name string, r io.Reader) (*Capture, error) {
	c := &Capture{Name: name}
	in := bufio.NewReaderSize(r, 1<<16)
	for line := 1; ; line++ {
		text, whole, err := readLine(in)
		if err != nil {
			return nil, fmt.Errorf("capture: %s:%d: %w", name, line, err)
		}
		if !whole && len(text) == 0 {
			break
		}
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		if len(c.Records) == 0 {
			if err := checkVersion(text); err != nil {
				return nil, fmt.Errorf("capture: %s:%d: %w", name, line, err)
			}
		}
		record, err := parse(line, text)
		if err != nil && !whole && len(c.Records) > 0 {
			c.Warnings = append(c.Warnings, fmt.Sprintf("%s:%d: the last line is cut: it was left out", name, line))
			c.CutAfter = c.Records[len(c.Records)-1].Line
			break
		}
		if err != nil {
			return nil, fmt.Errorf("capture: %s:%d: %w: a capture has one record a line", name, line, err)
		}
		c.Records = append(c.Records, record)
	}
	if len(c.Records) == 0 {
		return nil, fmt.Errorf("capture: %s: %w: record the client again", name, ErrEmpty)
	}
	c.Inferred = slices.ContainsFunc(c.Records, func(r port.Record) bool { return InferredBy(r) != "" })
	c.warnOfUnknown()
	return c, nil
}

// versionFields are the fields of a first record that may say which format the file has; capture/1 itself has none.
var versionFields = []string{"capture", "schema", "version", "v"}

// checkVersion refuses a file whose first record says that it is of another format than capture/1.
func checkVersion(first []byte) error {
	var fields object
	if json.Unmarshal(first, &fields) != nil {
		return nil
	}
	for _, field := range versionFields {
		switch version := fields[field].(type) {
		case float64:
			if version != 1 {
				return fmt.Errorf("%w: its %s is %v: use an engine that reads it, or convert the file to capture/1", ErrVersion, field, version)
			}
		case string:
			if version != "1" && version != "capture/1" {
				return fmt.Errorf("%w: its %s is %q: use an engine that reads it, or convert the file to capture/1", ErrVersion, field, short(version, 40))
			}
		}
	}
	return nil
}

// warnOfUnknown warns of each unknown kind of record, once: recorders add kinds, which are passed over.
func (c *Capture) warnOfUnknown() {
	count, first := map[string]int{}, []port.Record{}
	for _, r := range c.Records {
		if knownKinds[r.Kind] {
			continue
		}
		if count[r.Kind]++; count[r.Kind] == 1 {
			first = append(first, r)
		}
	}
	for _, r := range first {
		times := ""
		if n := count[r.Kind]; n > 1 {
			times = fmt.Sprintf(" (%d records)", n)
		}
		c.Warnings = append(c.Warnings, fmt.Sprintf("%s:%d: unknown kind %q, left out%s", c.Name, r.Line, short(r.Kind, 40), times))
	}
}

// readLine reads up to and without the next line feed. whole is false where the file ends first.
func readLine(in *bufio.Reader) (text []byte, whole bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case err == nil:
			return text[:len(text)-1], true, nil
		case errors.Is(err, io.EOF):
			return text, false, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, err
		case len(text) > lineMax:
			return nil, false, fmt.Errorf("the line is longer than %d bytes", lineMax)
		}
	}
}

func parse(line int, text []byte) (port.Record, error) {
	var head struct {
		Seq  *int     `json:"seq"`
		T    *float64 `json:"t"`
		Kind *string  `json:"k"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return port.Record{}, fmt.Errorf("%w (%w)", ErrNotJSON, err)
	}
	if head.Seq == nil || head.T == nil || head.Kind == nil {
		return port.Record{}, errors.New("the object has no seq, t and k")
	}
	if *head.T < 0 || *head.T > timeMax {
		return port.Record{}, errors.New("t is not a time in milliseconds")
	}
	return port.Record{
		Line: line, Seq: *head.Seq, At: port.FromMilliseconds(*head.T), Kind: *head.Kind,
		Fields: json.RawMessage(bytes.Clone(text)),
	}, nil
}

// timeMax is the greatest t, in milliseconds: ten years.
const timeMax = 10 * 366 * 24 * 3600 * 1000

func (c *Capture) readConfig() error {
	first := c.Records[0]
	if first.Kind != "config" {
		return fmt.Errorf("capture: %s:%d: %w: the first record is %q", c.Name, first.Line, ErrNoConfig, first.Kind)
	}
	if err := first.Decode(&c.Config); err != nil {
		return fmt.Errorf("capture: %s: %w", c.Name, err)
	}
	return c.checkOrder()
}

// checkOrder sees to it that seq grows and that t does not go back: the order is seq's, so a t that does is raised.
func (c *Capture) checkOrder() error {
	for i := range c.Records[1:] {
		before, r := c.Records[i], &c.Records[i+1]
		if r.Seq <= before.Seq {
			return fmt.Errorf("capture: %s:%d: seq %d after %d: records must be in order of seq", c.Name, r.Line, r.Seq, before.Seq)
		}
		if missing := r.Seq - before.Seq - 1; missing > 0 {
			c.Warnings = append(c.Warnings, fmt.Sprintf("%s:%d: seq %d after %d: %d missing before it", c.Name, r.Line, r.Seq, before.Seq, missing))
		}
		if r.At < before.At {
			c.Warnings = append(c.Warnings, fmt.Sprintf("%s:%d: t goes back: the record before it gives the time", c.Name, r.Line))
			r.At = before.At
		}
	}
	return nil
}

// Write writes records, one a line.
func Write(w io.Writer, records []port.Record) error {
	out := bufio.NewWriter(w)
	for _, r := range records {
		_, _ = out.Write(r.Fields)
		_ = out.WriteByte('\n')
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("capture: writing records: %w", err)
	}
	return nil
}
