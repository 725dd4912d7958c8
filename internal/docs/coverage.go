package docs

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/fsm/stories"
	"github.com/hookswitch/hookswitch/internal/host"
)

// Coverage says which tests take a row: chart, address, tests. Every row of every chart is in it.
type Coverage map[string]map[string][]string

// shownTests is how many tests are named for a row.
const shownTests = 5

// Collect plays all stories, and replays all recordings as the real client decides and as corrected. For each row it names
// a few tests: stories before recordings, short names before long ones.
func Collect() (Coverage, error) {
	c := Coverage{}
	for _, chart := range actors.Charts() {
		c[chart.Name()] = map[string][]string{}
		for _, row := range chart.Rows() {
			c[chart.Name()][row.Address] = []string{}
		}
	}
	told, err := stories.All()
	if err != nil {
		return nil, err
	}
	for _, s := range told {
		_, taken, err := stories.Play(s)
		if err != nil {
			return nil, err
		}
		for _, row := range taken {
			c.add(row.Chart, row.Address, "story "+s.Name)
		}
	}
	if err := c.replay(); err != nil {
		return nil, err
	}
	for _, rows := range c {
		for address, tests := range rows {
			rows[address] = shortest(tests)
		}
	}
	return c, nil
}

func (c Coverage) add(chart, address, test string) {
	if tests, ok := c[chart][address]; ok && !slices.Contains(tests, test) {
		c[chart][address] = append(tests, test)
	}
}

// asCorrected marks a recording that is replayed with the corrected profile.
const asCorrected = " corrected"

// shortest are a few of the tests: stories first, then recordings on virtual time, of a browser, and random ones. One that
// takes the row in both profiles is named once.
func shortest(tests []string) []string {
	tests = slices.DeleteFunc(slices.Clone(tests), func(t string) bool {
		recording, corrected := strings.CutSuffix(t, asCorrected)
		return corrected && slices.Contains(tests, recording)
	})
	slices.SortFunc(tests, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	return tests[:min(len(tests), shownTests)]
}

func rank(test string) int {
	for i, start := range []string{"story ", "scenarios/", "directed/", "browser/", "random/"} {
		if strings.HasPrefix(test, start) {
			return i
		}
	}
	return len(test)
}

// replayed is what one recording took: all its rows, or why it could not be replayed.
type replayed struct {
	test  string
	taken []stories.Row
	err   error
}

// replay adds the rows that the recordings take, in both profiles.
func (c Coverage) replay() error {
	names := captures.Names()
	work := make(chan string)
	results := make(chan replayed)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for name := range work {
				for _, profile := range quirk.Profiles() {
					results <- rowsOf(name, profile)
				}
			}
		})
	}
	go func() {
		for _, name := range names {
			work <- name
		}
		close(work)
		workers.Wait()
		close(results)
	}()
	var failed error
	for r := range results {
		if r.err != nil {
			failed = fmt.Errorf("docs: %s: %w", r.test, r.err)
		}
		for _, row := range r.taken {
			c.add(row.Chart, row.Address, r.test)
		}
	}
	return failed
}

// rowsOf replays a recording under a profile. The profile is part of the test's name where it is not the recorded one.
func rowsOf(name, profile string) replayed {
	r := replayed{test: strings.TrimSuffix(name, ".jsonl")}
	if profile == "corrected" {
		r.test += asCorrected
	}
	r.taken, r.err = play(name, profile)
	return r
}

// play replays a recording and lists the rows that it takes, in order.
func play(name, profile string) ([]stories.Row, error) {
	set, err := quirk.Profile(profile)
	if err != nil {
		return nil, err
	}
	log, err := host.Recording(name)
	if err != nil {
		return nil, err
	}
	result, err := host.ReplayAs(log, set, host.Options(log))
	if err != nil {
		return nil, err
	}
	var taken []stories.Row
	for _, entry := range result.Entries {
		for _, row := range entry.Step.Rows {
			if row.Verdict == fsm.Taken {
				taken = append(taken, stories.Row{Chart: row.Chart, Address: row.Row})
			}
		}
	}
	return taken, nil
}

// Untaken lists the rows that no test takes, as "chart: address", in the order of the charts.
func (c Coverage) Untaken() []string {
	var none []string
	for _, chart := range actors.Charts() {
		for _, row := range chart.Rows() {
			if len(c[chart.Name()][row.Address]) == 0 {
				none = append(none, chart.Name()+": "+row.Address)
			}
		}
	}
	return none
}
