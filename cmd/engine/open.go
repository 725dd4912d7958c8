package main

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/runtime/replay"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// recording is a LOG that was read: a capture or a journal.
type recording struct {
	name    string
	capture *capture.Capture // nil: it is a journal
	journal replay.Journal
	// warnings are what is worth knowing of a journal's file; a capture has its own.
	warnings []string
}

// journalMax bounds a journal, which is held in memory.
const journalMax = 1 << 30

// logHelp says what a LOG may be.
const logHelp = "A capture, a HAR or a journal: a file, also gzipped, - for standard input, or the name of a recording in this binary."

// stdin is the LOG that is standard input.
const stdin = "-"

// openLog reads a LOG. What one of the wire alone lacks is inferred.
func openLog(name string) (*recording, error) { return openWith(name, "") }

// openWith reads a LOG and puts a dump of webrtc-internals into it, if one is named.
func openWith(name, internals string) (*recording, error) {
	r, err := openAs(name, capture.Read)
	if err != nil {
		return nil, err
	}
	if err := r.merge(internals); err != nil {
		return nil, err
	}
	if r.capture == nil {
		return r, nil
	}
	return r, r.capture.Infer()
}

// openOutput reads a LOG as it is, or a replay's output.
func openOutput(name string) (*recording, error) { return openAs(name, capture.ReadOutput) }

// peers is the flag for what a HAR lacks and Chrome tells elsewhere.
type peers struct {
	WebRTCInternals string `name:"webrtc-internals" help:"A dump of chrome://webrtc-internals of the same time: its peer connections are put into a HAR." placeholder:"FILE"`
}

// merge puts a dump of webrtc-internals into a HAR.
func (r *recording) merge(internals string) error {
	if internals == "" {
		return nil
	}
	if r.capture == nil {
		return fmt.Errorf("%s: is a journal, which has its peer connections: --webrtc-internals is for HARs", r.name)
	}
	in, err := os.Open(internals)
	if err != nil {
		return fmt.Errorf("--webrtc-internals: %w: give a file that can be read", err)
	}
	defer func() { _ = in.Close() }()
	unpacking, err := unpack(internals, in)
	if err != nil {
		return err
	}
	dump, err := capture.ReadInternals(internals, unpacking)
	if err != nil {
		return err
	}
	return r.capture.Merge(dump)
}

func openAs(name string, read func(string, io.Reader) (*capture.Capture, error)) (*recording, error) {
	name, packed, err := open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = packed.Close() }()
	unpacking, err := unpack(name, packed)
	if err != nil {
		return nil, err
	}
	in := withoutMark(bufio.NewReaderSize(unpacking, 1<<16))
	r, err := recordingOf(name, in, read)
	switch {
	case err != nil && unpacking.cut, errors.Is(err, errGzip):
		return nil, fmt.Errorf("%s: %w", name, errGzip)
	case err != nil:
		return nil, err
	case unpacking.cut:
		r.wasCut()
	}
	return r, nil
}

// recordingOf reads a journal, a HAR or a capture.
func recordingOf(name string, in *bufio.Reader, read func(string, io.Reader) (*capture.Capture, error)) (*recording, error) {
	if isJournal(in) {
		text, err := io.ReadAll(io.LimitReader(in, journalMax+1))
		if err == nil && len(text) > journalMax {
			err = fmt.Errorf("it is longer than %d bytes", journalMax)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w: give a journal that is whole", name, err)
		}
		return &recording{name: name, journal: replay.Journal{Name: name, Text: text}}, nil
	}
	if err := noLog(name, in); err != nil {
		return nil, err
	}
	if start, _ := in.Peek(256); capture.IsHAR(start) || strings.HasSuffix(strings.TrimSuffix(name, ".gz"), ".har") {
		read = capture.ReadHAR
	}
	c, err := read(name, in)
	if err != nil {
		return nil, err
	}
	return &recording{name: name, capture: c}, nil
}

// noLog says why a text is neither a capture nor a journal, as far as its beginning shows it. What is empty the capture's
// reader tells of.
func noLog(name string, in *bufio.Reader) error {
	start, _ := in.Peek(256)
	start = bytes.TrimLeft(start, " \t\r\n")
	if len(start) == 0 || start[0] == '{' {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(in, scenarioMax))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := scenario.Parse(name, text); err == nil || strings.HasSuffix(name, scenarioEnding) {
		return fmt.Errorf("%s: is a scenario, no capture and no journal: engine simulate plays it, with --journal FOLDER for the journals of its phones", name)
	}
	return fmt.Errorf("%s:1: not a JSON object: the file is no capture and no journal, which have one record a line: give one of these", name)
}

// wasCut notes that there was more of a recording.
func (r *recording) wasCut() {
	warning := fmt.Sprintf("%s: the gzip data is cut: it is used as far as it goes; copy the file again for the rest", r.name)
	if r.capture == nil {
		r.warnings = append(r.warnings, warning)
		return
	}
	r.capture.Warnings = append(r.capture.Warnings, warning)
	if last := len(r.capture.Records) - 1; r.capture.CutAfter == 0 {
		r.capture.CutAfter = r.capture.Records[last].Line
	}
}

var errNoName = errors.New("a name is missing: give a log, or a name that engine verify --list lists")

// open opens a file or, if there is none of this name, a recording of this binary. It returns the recording's name.
func open(name string) (string, io.ReadCloser, error) {
	if name == stdin {
		return "standard input", io.NopCloser(os.Stdin), nil
	}
	info, err := os.Stat(name)
	switch {
	case name == "":
		return "", nil, errNoName
	case errors.Is(err, fs.ErrNotExist):
		found, err := embeddedName(name)
		if err != nil {
			return "", nil, err
		}
		in, err := captures.Open(found)
		return found, in, err
	case err == nil && info.IsDir():
		err = fmt.Errorf("%s is a folder: give one of the files in it", name)
		return "", nil, err
	case err != nil:
		return "", nil, fmt.Errorf("%w: give a file that can be read", err)
	}
	in, err := os.Open(name)
	if err != nil {
		err = fmt.Errorf("%w: give a file that can be read", err)
	}
	return name, in, err
}

// unpack reads what is gzipped, whatever the file is called (RFC 1952 section 2.3.1), and what is not, as it is.
func unpack(name string, in io.Reader) (*unpacking, error) {
	buffered := bufio.NewReaderSize(in, 1<<16)
	if magic, _ := buffered.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return &unpacking{Reader: buffered}, nil
	}
	lines, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, errGzip)
	}
	return &unpacking{Reader: lines, packed: true}, nil
}

// errGzip is gzip data that cannot be unpacked.
var errGzip = errors.New("the gzip data is cut or damaged: copy the file again")

// unpacking reads a file that may be gzipped. Data that is cut ends where it is cut.
type unpacking struct {
	io.Reader
	packed, cut bool
}

// Read reads what was packed. The error is errGzip where the data is damaged.
func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	switch {
	case !u.packed, err == nil, errors.Is(err, io.EOF):
		return n, err
	case errors.Is(err, io.ErrUnexpectedEOF):
		u.cut = true
		return n, io.EOF
	default:
		return n, errGzip
	}
}

// withoutMark skips the byte order mark that some editors write (RFC 3629 section 6).
func withoutMark(in *bufio.Reader) *bufio.Reader {
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte{0xef, 0xbb, 0xbf}) {
		_, _ = in.Discard(len(mark))
	}
	return in
}

var journalHeader = regexp.MustCompile(`^\s*\{\s*"journal"\s*:`)

// isJournal tells whether the text begins with a journal's header.
func isJournal(in *bufio.Reader) bool {
	start, _ := in.Peek(256)
	return journalHeader.Match(start)
}

// embeddedName is the recording of this binary that a name, or a part of it, stands for: the name itself, one whose
// number it is, or the only one that has it in its name.
func embeddedName(part string) (string, error) {
	wanted := strings.TrimSuffix(strings.TrimSuffix(part, ".gz"), ".jsonl")
	var numbered, having []string
	for _, name := range captures.Names() {
		short := strings.TrimSuffix(name, ".jsonl")
		switch {
		case short == wanted || path.Base(short) == wanted:
			return name, nil
		case isFileName(part):
		case strings.HasPrefix(path.Base(short), wanted+"-"):
			numbered = append(numbered, name)
		case strings.Contains(short, wanted):
			having = append(having, name)
		}
	}
	switch {
	case isFileName(part):
		return "", fmt.Errorf("%s: there is no such file: give the path of a log, or a name that engine verify --list lists%s",
			part, listed(nearest(wanted)))
	case len(numbered) == 1:
		return numbered[0], nil
	case len(numbered) == 0 && len(having) == 1:
		return having[0], nil
	case len(numbered)+len(having) > 0 && wanted != "":
		return "", fmt.Errorf("%s: there is no such file, and %d recordings of this binary are called so%s",
			part, len(numbered)+len(having), listed(append(numbered, having...)))
	}
	return "", fmt.Errorf("%s: there is no such file or recording: give the path of a log, or a name that engine verify --list lists%s",
		part, listed(nearest(wanted)))
}

var fileEnding = regexp.MustCompile(`\.[A-Za-z]\w{0,7}$`)

// isFileName tells whether a name ends as files do: then it stands for that file, and not for a part of a name.
func isFileName(name string) bool { return fileEnding.MatchString(name) }

// listedMax is how many names an error lists.
const listedMax = 8

func listed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	more := ""
	if len(names) > listedMax {
		names, more = names[:listedMax], "\n  …"
	}
	return ", such as:\n  " + strings.Join(names, "\n  ") + more
}

// nearest lists the recordings that have the most in common with a name, if they have anything.
func nearest(name string) []string {
	words := strings.FieldsFunc(strings.ToLower(path.Base(name)), func(c rune) bool { return strings.ContainsRune("-_. /", c) })
	score := map[string]int{}
	var found []string
	for _, candidate := range captures.Names() {
		for _, word := range words {
			if len(word) > 2 && strings.Contains(candidate, word) {
				score[candidate] += len(word)
			}
		}
		if score[candidate] > 0 {
			found = append(found, candidate)
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(score[b], score[a]) })
	return found[:min(3, len(found))]
}
