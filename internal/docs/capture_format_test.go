package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/internal/host"
)

// The capture that the page of the format shows is one, and replays to what it says.
func TestCaptureFormatExample(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "capture-format.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(page), "```json\n")
	example, _, found := strings.Cut(example, "```")
	if !found {
		t.Fatal("the page has no example")
	}
	log, err := capture.Read("the example", strings.NewReader(example))
	if err != nil {
		t.Fatal(err)
	}
	result, err := host.Replay(log)
	if err != nil {
		t.Fatal(err)
	}
	report := capture.Compare(log.Records, result.Outputs, log.Config.Tolerance())
	for _, d := range report.Divergences {
		t.Errorf("%s #%d: the page has %+v, the replay %+v", d.List, d.Index, d.Want, d.Got)
	}
	for _, list := range []string{"sdk.event", "api"} {
		if report.Compared[list] == 0 {
			t.Errorf("nothing is compared in the list %s", list)
		}
	}
}
