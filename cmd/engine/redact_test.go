package main

import (
	"bytes"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
)

// Whoever sends a redacted recording to its developers sends one in which everything happens as it did.
func TestEveryRecordingDecidesTheSameWhenRedacted(t *testing.T) {
	for _, name := range captures.Names() {
		records, err := capture.Redact(embedded(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := capture.Write(&text, records); err != nil {
			t.Fatal(err)
		}
		again, err := capture.Read(name, &text)
		if err != nil {
			t.Fatal(err)
		}
		result, err := playing{}.playCapture(again)
		if err != nil {
			t.Fatal(err)
		}
		if report := capture.Compare(again.Records, result.outputs, again.Config.Tolerance()); !report.Match() || len(again.Warnings) > 0 {
			t.Errorf("%s: redacted, it is decided otherwise, or read with warnings %v", name, again.Warnings)
		}
	}
}
