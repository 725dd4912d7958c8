package play

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/simulation/laws"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/scenarios"
	"github.com/hookswitch/hookswitch/simulation/world"
)

// Case is one row of a table of what a phone must get right: an attack, a rule of the protocols, or a defect of the
// reference SDK.
type Case struct {
	// ID is that of the attack, or R- and a word for a rule, or the ticket of a defect.
	ID string
	// Source is where it is from, such as a CVE, an XEP or another ticket; it may be "".
	Source string
	// Tried is what is tried, or what went wrong. Holds is what must hold instead.
	Tried, Holds string
	// Trials are the scenarios that show it.
	Trials []Trial
	// Tests are Go tests, as FOLDER NAME, of what happens below the cell or in more ways than a scenario has.
	Tests []string
	// Gap is what corrected does not get right yet, or "".
	Gap string
	// Apart is why there is nothing to play, or "".
	Apart string
}

// Trial is a scenario with what must be told when it is played under corrected, and what sdk-9.2.4 makes of it. A text is
// told if it stands in what comes of the scenario, or in what the phones did besides.
type Trial struct {
	// Name is the file's, without folder and ending.
	Name string
	// Shows are texts that must be told: what was tried met the phone in the state where it matters, and was withstood.
	Shows []string
	// Never are texts that must not be told.
	Never []string
	// Breaks is the law that sdk-9.2.4 breaks by it. Same is why sdk-9.2.4 withstands it, too. If both are "", it breaks no
	// law, but does what must not be told, or not what must.
	Breaks, Same string
}

// Judgement is what came of a case: why it does not hold as it is declared, or nil.
type Judgement struct {
	Case
	// Corrected is why corrected does not withstand it. SDK is why sdk-9.2.4 does something else than is declared.
	Corrected, SDK error
}

// Holds tells whether both profiles do as declared.
func (j Judgement) Holds() bool { return j.Corrected == nil && j.SDK == nil }

// Reproduces tells whether a scenario of the case is one that sdk-9.2.4 does not withstand.
func (c Case) Reproduces() bool {
	return slices.ContainsFunc(c.Trials, func(t Trial) bool { return t.Same == "" })
}

// UnderCorrected is what is declared of corrected, in a word or two. A case without scenarios is not played: Go tests show it.
func (c Case) UnderCorrected() string {
	switch {
	case c.Apart != "":
		return "not applicable"
	case len(c.Trials) == 0 && len(c.Tests) == 0:
		return "not yet"
	case len(c.Trials) == 0:
		return "Go test"
	case c.Gap != "":
		return "withstood in part"
	default:
		return "withstood"
	}
}

// UnderSDK is what is declared of sdk-9.2.4, in a word.
func (c Case) UnderSDK() string {
	switch {
	case len(c.Trials) == 0:
		return "not played"
	case c.Reproduces():
		return "reproduced"
	default:
		return "same"
	}
}

// Judge plays a case's scenarios, which are in a folder, under both profiles.
func (c Case) Judge(folder string) Judgement {
	j := Judgement{Case: c}
	files, err := scenarios.All(folder)
	if err != nil {
		j.Corrected = fmt.Errorf("play: %w", err)
		return j
	}
	for _, t := range c.Trials {
		i := slices.IndexFunc(files, func(f scenarios.File) bool { return f.Path == folder+"/"+t.Name+".scenario" })
		if i < 0 {
			j.Corrected = fmt.Errorf("play: %s: there is no scenario %s/%s: write it, or mend the table", c.ID, folder, t.Name)
			return j
		}
		if err := t.underCorrected(files[i].Scenario); err != nil && j.Corrected == nil {
			j.Corrected = fmt.Errorf("play: %s under corrected: %w", t.Name, err)
		}
		if err := t.underSDK(files[i].Scenario); err != nil && j.SDK == nil {
			j.SDK = fmt.Errorf("play: %s under sdk-9.2.4: %w", t.Name, err)
		}
	}
	return j
}

func (t Trial) underCorrected(s scenario.Scenario) error {
	seen, err := look(s, "corrected")
	switch {
	case err != nil:
		return err
	case len(seen.outcome.Left) > 0:
		left := seen.outcome.Left[0]
		return fmt.Errorf("line %d of what happens finds nothing to do, so nothing is tried: %s", left.Line+1, left.Why)
	case len(seen.outcome.Broken) > 0:
		return fmt.Errorf("%s", seen.outcome.Verdict())
	default:
		return t.withstood(seen)
	}
}

func (t Trial) underSDK(s scenario.Scenario) error {
	seen, err := look(s, "sdk-9.2.4")
	if err != nil {
		return err
	}
	why := t.withstood(seen)
	switch {
	case t.Breaks != "" && !seen.breaks(t.Breaks):
		return fmt.Errorf("%q is not broken, as the table says; %s", t.Breaks, seen.outcome.Verdict())
	case t.Same != "" && why != nil:
		return fmt.Errorf("the table says that it is withstood: %w", why)
	case t.Breaks == "" && t.Same == "" && why == nil:
		return fmt.Errorf("it is withstood, and the table does not say so")
	default:
		return nil
	}
}

// withstood tells why a play does not show what it must, or shows what it must not. A consent is never dispensable.
func (t Trial) withstood(seen sight) error {
	if seen.breaks(laws.ConsentBeforeMedia) {
		return fmt.Errorf("%q is broken", laws.ConsentBeforeMedia)
	}
	for _, text := range t.Shows {
		if !strings.Contains(seen.told, text) {
			return fmt.Errorf("it does not show %q", text)
		}
	}
	for _, text := range t.Never {
		if strings.Contains(seen.told, text) {
			return fmt.Errorf("it shows %q", text)
		}
	}
	return nil
}

// sight is a play, with what was told of it and done.
type sight struct {
	outcome Outcome
	told    string
}

func (s sight) breaks(law string) bool {
	return slices.ContainsFunc(s.outcome.Broken, func(b Broken) bool { return b.Law == law })
}

// look plays a scenario under a profile, and writes down what its text does not tell, too.
func look(s scenario.Scenario, profile string) (sight, error) {
	s.Profile, s.Quirks = profile, nil
	var deeds []announced
	watch := func(phone *world.Phone, step runtime.Step) {
		for _, out := range step.Outputs {
			if text := deed(out.Effect); text != "" {
				deeds = append(deeds, announced{at: step.At, name: phone.String() + " " + text})
			}
		}
	}
	outcome, err := Play(s, Options{Text: true, Watch: watch})
	if err != nil {
		return sight{}, err
	}
	var told strings.Builder
	told.WriteString(outcome.Text)
	for _, d := range deeds {
		if d.at <= outcome.End {
			fmt.Fprintf(&told, "%s does %s\n", d.at.Round(time.Millisecond), d.name)
		}
	}
	return sight{outcome, told.String()}, nil
}

// deed is what an effect does that a scenario's text does not tell of, or "".
func deed(effect messages.Effect) string {
	switch e := effect.(type) {
	case messages.RefuseIQ:
		return strings.TrimSpace(fmt.Sprintf("refuses %s: %s %s", e.IQ, e.Condition, e.JingleCondition))
	case messages.AcknowledgeIQ:
		return "acknowledges " + e.IQ
	case messages.SendAccept:
		return fmt.Sprintf("sends accept %s", e.Session)
	case messages.SendCandidate:
		return fmt.Sprintf("sends a candidate %s", e.Session)
	case messages.AddCandidate:
		return "takes a candidate"
	case messages.CreatePeer:
		return "makes a peer connection"
	case messages.ClosePeer:
		return "closes a peer connection"
	case messages.Describe:
		return strings.TrimSpace("is described " + strings.Join(setups.FindAllString(e.SDP.Reveal(), -1), " "))
	default:
		return ""
	}
}

// setups are the set-up roles of a description's fingerprints (RFC 8122, XEP-0320).
var setups = regexp.MustCompile(`a=setup:\w+`)
