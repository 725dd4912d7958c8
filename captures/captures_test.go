package captures_test

import (
	"io"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/captures"
)

func TestEveryCaptureIsWholeAndWithoutToken(t *testing.T) {
	folders := map[string]int{}
	for _, name := range captures.Names() {
		in, err := captures.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.HasPrefix(string(text), `{"seq":0,`) || !strings.HasSuffix(string(text), "}\n") {
			t.Errorf("%s does not begin and end as a capture does", name)
		}
		if strings.Contains(string(text), "Bearer ") || strings.Contains(string(text), "PLAIN\\\">AD") {
			t.Errorf("%s has a token in it", name)
		}
		folder, _, _ := strings.Cut(name, "/")
		folders[folder]++
	}
	want := map[string]int{"browser": 60, "scenarios": 180, "directed": 72, "random": 40}
	for folder, n := range want {
		if folders[folder] != n {
			t.Errorf("%s has %d captures, want %d", folder, folders[folder], n)
		}
	}
}

func TestUnknownCaptureIsAnError(t *testing.T) {
	if _, err := captures.Open("browser/none.jsonl"); err == nil || !strings.Contains(err.Error(), "Names lists") {
		t.Fatalf("got %v, want an error that says what to do", err)
	}
}
