package play

import (
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	hs "github.com/hookswitch/hookswitch/runtime"
)

// always are the quirks that are asked for outside rows, in functions that choose or note something, and by the gate of the
// stream: a run does not tell whether they were. The test of this list reads the source.
var always = namesOf(
	quirk.HoldsOwnCall, quirk.OfferRenamesSession, quirk.SessionsKept, quirk.ProposalsKept, quirk.HandledNeedsEcho, quirk.ReinviteEndsItself,
	quirk.EndedSessionMeant, quirk.LineLostToOldSession, quirk.NamesakesTogether, quirk.PlaceholderLeaks, quirk.EndsAnnouncedAgain,
	quirk.LineNeedsAcceptance, quirk.CallsOutliveClient, quirk.StationHeardTwice, quirk.GatewayAnywhere, quirk.DeafBeforeReady,
	quirk.AnswerNeedsLiveLine, quirk.FirstPendingMeant, quirk.PlaceholderNameless, quirk.VoicemailIsUser, quirk.PreviousLegByPreference,
	quirk.ActiveStale, quirk.JingleLostOnReconnect,
)

func namesOf(quirks ...*quirk.Quirk) map[string]bool {
	names := map[string]bool{}
	for _, q := range quirks {
		names[q.Name] = true
	}
	return names
}

// reach says which quirks count where: with one of them, another row might have been taken.
type reach struct {
	around map[string]string   // the state around a state, both as chart.state; "" for none
	rows   map[string][]string // the quirks of rows that exist only with them, by chart.state/label
	chart  map[string][]string // the same by chart
}

var reached = newReach(actors.Charts())

func newReach(charts []fsm.Declared) reach {
	r := reach{around: map[string]string{}, rows: map[string][]string{}, chart: map[string][]string{}}
	for _, c := range charts {
		for _, s := range c.States() {
			parent := s.Parent
			if parent == "" {
				parent = c.Name()
			}
			r.around[c.Name()+"."+s.Name] = c.Name() + "." + parent
		}
		for _, row := range c.Rows() {
			if row.Quirk != "" {
				at := c.Name() + "." + row.State + "/" + label(row.Address)
				r.rows[at] = append(r.rows[at], row.Quirk)
				r.chart[c.Name()] = append(r.chart[c.Name()], row.Quirk)
			}
		}
	}
	return r
}

// label is what a row waits for, of its address: Offer, of Ready/Offer[reinvites]{quirk}.
func label(address string) string {
	_, label, _ := strings.Cut(address, "/")
	if after, timed := strings.CutPrefix(label, "after["); timed {
		delay, _, _ := strings.Cut(after, "]")
		return "after[" + delay + "]"
	}
	if end := strings.IndexAny(label, "[{"); end >= 0 {
		label = label[:end]
	}
	return label
}

// by notes the quirks with which a step might have been another one: those of rows that were taken because a quirk is off,
// and those of rows that would exist with one for the same input in the same state, whether their guards hold or not.
func (r reach) by(step hs.Step, asked map[string]bool) {
	for _, row := range step.Rows {
		if row.Quirk != nil {
			asked[row.Quirk.Name] = true
		}
		if row.Row == "" { // nothing was taken: what waited for it is not known by the input's name alone
			r.note(r.chart[row.Chart], asked)
			continue
		}
		waited := "/" + label(row.Row)
		for state := row.Chart + "." + string(row.From); state != ""; state = r.around[state] {
			r.note(r.rows[state+waited], asked)
		}
	}
}

func (r reach) note(quirks []string, asked map[string]bool) {
	for _, name := range quirks {
		asked[name] = true
	}
}
