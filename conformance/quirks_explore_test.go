package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

func TestExplore(t *testing.T) {
	var names []string
	for _, q := range strings.Split(os.Getenv("QS"), ",") {
		names = append(names, q)
	}
	want, err := quirk.Parse(names)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, d := range strings.Split(os.Getenv("DIRS"), ",") {
		f, _ := filepath.Glob(d + "/*.jsonl")
		files = append(files, f...)
	}
	var mu sync.Mutex
	found := map[string][]string{}
	work := make(chan string)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for f := range work {
				log, err := capture.ReadFile(f)
				if err != nil {
					fmt.Println(err)
					continue
				}
				for _, q := range append([]*quirk.Quirk{nil}, quirk.All()...) {
					if q != nil && !want.Has(q) {
						continue
					}
					phone, done, err := host.New(host.Config(log, quirk.SDK924().Without(q)))
					if err != nil {
						t.Error(err)
						continue
					}
					res, err := replay.Run(log.Records, phone, host.Options(log))
					done()
					ok := err == nil && capture.Compare(log.Records, res.Outputs, log.Config.Tolerance()).Match()
					mu.Lock()
					if q == nil && !ok {
						fmt.Println("DOES NOT VERIFY", f, err)
					}
					if q != nil && !ok {
						found[q.Name] = append(found[q.Name], fmt.Sprintf("%05d %s", len(log.Records), f))
					}
					mu.Unlock()
				}
			}
		}()
	}
	for _, f := range files {
		work <- f
	}
	close(work)
	wg.Wait()
	for q, l := range found {
		sort.Strings(l)
		fmt.Println(q, len(l), l[:min(4, len(l))])
	}
}
