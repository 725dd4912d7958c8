// Package captures holds the recordings of the real client that the engine is held against: browser ones are of a real
// browser with real audio, scenarios, directed and random ones of the same client on virtual time. Their access tokens are
// redacted.
//
// Directed ones were made to show what no other recording does: the unmodified bundle of the SDK ran in a process with a
// simulated browser, and its platform was led, input by input, to where one quirk makes a difference.
package captures

import (
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

//go:embed browser/*.jsonl.gz scenarios/*.jsonl.gz directed/*.jsonl.gz random/*.jsonl.gz
var archive embed.FS

// Names lists the captures, such as scenarios/01-inbound-call-to-hangup.jsonl, in order.
func Names() []string {
	found, err := fs.Glob(archive, "*/*.gz")
	if err != nil {
		panic(fmt.Sprintf("captures: the pattern is wrong: %v", err))
	}
	for i := range found {
		found[i] = strings.TrimSuffix(found[i], ".gz")
	}
	slices.Sort(found)
	return found
}

// Open opens a capture by its name, for reading its lines. The caller closes it.
func Open(name string) (io.ReadCloser, error) {
	packed, err := archive.Open(name + ".gz")
	if err != nil {
		return nil, fmt.Errorf("captures: %s: %w: Names lists those that there are", name, err)
	}
	lines, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("captures: %s: %w: it was embedded damaged: build again", name, err)
	}
	return lines, nil
}
