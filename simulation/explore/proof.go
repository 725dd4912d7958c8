package explore

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// Options say what is to be explored.
type Options struct {
	// Quirks are on, beside the profile corrected. With one, an exploration ends at the first counterexample.
	Quirks quirk.Set
	// Small explores fewer ids: all laws and all inputs, in a minute.
	Small bool
	// Least, with Small, explores one conversation, one session id and one gateway: all inputs still, in some seconds.
	Least bool
	// StatesMax gives up a part that has more states; 0: none is given up.
	StatesMax int
	// Progress is told now and then how far a part is, of several parts at the same time; nil: nobody is.
	Progress func(part string, states, transitions int)
}

// Report is what an exploration found.
type Report struct {
	Profile string `json:"profile"`
	Parts   []Part `json:"parts"`
	Rows    []Rows `json:"rows"`
}

// Part is one part of a proof: what one instance came to.
type Part struct {
	Name          string `json:"name"`
	About         string `json:"about"`
	Conversations int    `json:"conversations"`
	Sessions      int    `json:"sessions"`
	Gateways      int    `json:"gateways"`
	// Others: of those who have other session ids, all that they could tell is told at any time, however many there are.
	Others      bool `json:"others,omitempty"`
	States      int  `json:"states"`
	Transitions int  `json:"transitions"`
	// Held is how many inputs were not given because too many effects would have waited for their answers.
	Held int `json:"held"`
	// Fixpoint tells that there is no state that was not visited; else the exploration ended at a counterexample, or at a
	// bound.
	Fixpoint        bool             `json:"fixpoint"`
	Bound           string           `json:"bound,omitempty"`
	Counterexamples []Counterexample `json:"counterexamples,omitempty"`
}

// Counterexample is a shortest way to a broken law.
type Counterexample struct {
	Law   string `json:"law"`
	What  string `json:"what"`
	Moves int    `json:"moves"`
	// Outside tells that all of it came from outside: nothing stands for an actor that the part leaves out.
	Outside  bool   `json:"outside"`
	Scenario string `json:"scenario"`
}

// Proven tells whether every part reached its fixpoint and found nothing.
func (r Report) Proven() bool {
	for _, p := range r.Parts {
		if !p.Fixpoint || len(p.Counterexamples) > 0 {
			return false
		}
	}
	return len(r.Parts) > 0
}

// Consent explores all parts of the proof that no phone answers without consent. With a quirk it ends at the first part that
// has a counterexample all of which comes from outside. The error is one of the engine itself, such as a chart that panics.
func Consent(o Options) (Report, error) {
	rows := &rowsTaken{}
	parts, err := consent(o, rows)
	return Report{profileName(o.Quirks), parts, rows.counted(o.Quirks)}, err
}

// Races explores all orders in which two clients of one user and the platform may hear of one call and of what the others did.
// All laws of simulation/laws count. The error is as Consent's.
func Races(o Options) (Report, error) {
	rows := &rowsTaken{}
	parts, err := races(o, rows)
	return Report{profileName(o.Quirks), parts, rows.counted(o.Quirks)}, err
}

// Both is Consent and then Races, in one report.
func Both(o Options) (Report, error) {
	rows := &rowsTaken{}
	parts, err := consent(o, rows)
	if err == nil {
		var more []Part
		more, err = races(o, rows)
		parts = append(parts, more...)
	}
	return Report{profileName(o.Quirks), parts, rows.counted(o.Quirks)}, err
}

func consent(o Options, rows *rowsTaken) ([]Part, error) {
	var parts []Part
	for _, of := range consentParts(o) {
		part, err := explorePart(of, o, rows)
		if err != nil {
			return parts, err
		}
		parts = append(parts, part)
		if o.Quirks != quirk.Corrected && slices.ContainsFunc(part.Counterexamples, func(c Counterexample) bool { return c.Outside }) {
			break
		}
	}
	return parts, nil
}

func profileName(on quirk.Set) string {
	name := "corrected"
	for _, q := range on.Names() {
		name += " +" + q
	}
	return name
}

func explorePart(of *instance, o Options, rows *rowsTaken) (Part, error) {
	first, err := begin(&settings{quirks: o.Quirks, registry: actors.Softphone(), rows: rows}, of)
	if err != nil {
		return Part{}, err
	}
	s := &search{of: of, goOn: o.Quirks == quirk.Corrected, statesMax: o.StatesMax, progress: unhurried(of.name, o.Progress)}
	if !s.goOn {
		s.excused = func(c counterexample) bool { return s.breaksCorrected(first, c) }
	}
	if err := s.run(first); err != nil {
		return Part{}, err
	}
	part := Part{
		Name: of.name, About: of.about, Conversations: len(of.words.conversations), Sessions: len(of.words.sessions), Gateways: len(of.words.gateways), Others: of.words.others,
		States: len(s.nodes), Transitions: s.transitions, Held: s.held, Fixpoint: s.fixpoint, Bound: s.bound,
	}
	told := map[string]bool{}
	for _, c := range s.found {
		sort := c.broken.law + ordinals.ReplaceAllString(c.broken.what, "")
		if told[sort] {
			continue
		}
		told[sort] = true
		example, err := s.tell(first, c, o.Quirks)
		if err != nil {
			return Part{}, err
		}
		part.Counterexamples = append(part.Counterexamples, example)
	}
	return part, nil
}

// ordinals are what tells two counterexamples of one sort apart.
var ordinals = regexp.MustCompile(`[0-9]+`)

// unhurried tells progress every other second.
func unhurried(name string, progress func(string, int, int)) func(int, int) {
	last := time.Now()
	return func(states, transitions int) {
		if progress != nil && time.Since(last) > 2*time.Second {
			last = time.Now()
			progress(name, states, transitions)
		}
	}
}

// tell plays the way to a counterexample again, and writes it down.
func (s *search) tell(first *state, c counterexample, on quirk.Set) (Counterexample, error) {
	moves, err := s.moves(first, c)
	if err != nil {
		return Counterexample{}, err
	}
	var trace []told
	orders := map[messages.EffectID]messages.Effect{}
	err = first.follow(moves, s.of, func(p *play) {
		trace = append(trace, p.trace...)
		for _, o := range p.outputs {
			orders[o.ID] = o.Effect
		}
	})
	if err != nil {
		return Counterexample{}, err
	}
	title := fmt.Sprintf("Breaks %q: %s", c.broken.law, c.broken.what)
	return Counterexample{
		Law: c.broken.law, What: c.broken.what, Moves: len(moves), Outside: !slices.ContainsFunc(trace, func(t told) bool { return t.to != 0 }),
		Scenario: scenario(stage{title, on.Names(), s.of.appearance, s.of.options}, trace, orders),
	}, nil
}

// moves are the moves that lead to a counterexample.
func (s *search) moves(first *state, c counterexample) ([]move, error) {
	var all []move
	at := first
	for _, n := range s.way(c) {
		m := s.of.moves(at.phone, s.of.words)[n]
		p, err := at.make(m, s.of)
		if err != nil {
			return nil, err
		}
		all, at = append(all, m), p.state
	}
	return all, nil
}

// follow makes moves one after another, and shows each.
func (s *state) follow(moves []move, of *instance, show func(*play)) error {
	at := s
	for _, m := range moves {
		p, err := at.make(m, of)
		if err != nil {
			return err
		}
		show(p)
		at = p.state
	}
	return nil
}

// breaksCorrected tells whether the same inputs break the same law without any quirk: then none is to blame.
func (s *search) breaksCorrected(first *state, c counterexample) bool {
	moves, err := s.moves(first, c)
	if err != nil {
		return false
	}
	at, err := begin(&settings{registry: first.phone.world.registry, rows: &rowsTaken{}}, s.of)
	if err != nil {
		return false
	}
	breaks := false
	err = at.follow(moves, s.of, func(p *play) {
		breaks = breaks || slices.ContainsFunc(p.broken, func(b broken) bool { return b.law == c.broken.law })
	})
	return err == nil && breaks
}
