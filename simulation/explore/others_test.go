package explore

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hookswitch/hookswitch/fsm/softphone"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
)

// all are the states of an instance, or the first of them.
func all(t *testing.T, of *instance, most int) []*state {
	t.Helper()
	s := &search{of: of, ways: renamings(of.words)}
	first := start(t, of)
	k, allows := s.fold(first)
	known, found := map[key]met{k: 1 << allows}, []*state{first}
	for i := 0; i < len(found) && len(found) < most; i++ {
		for _, m := range of.moves(found[i].phone, of.words) {
			p, err := found[i].make(m, of)
			if err != nil {
				t.Fatal(err)
			}
			if len(p.state.phone.open) > inFlightMax {
				continue
			}
			if k, allows := s.fold(p.state); !known[k].covers(allows) {
				known[k] |= 1 << allows
				found = append(found, p.state)
			}
		}
	}
	return found
}

// without is a state without the sessions that are not kept, and without the proposals and the consents of their ids.
func (s *state) without(kept func(messages.SessionID, messages.Signalling) bool) *state {
	root := s.phone.root()
	var gone []messages.Ref
	for _, v := range root.Data.Sessions {
		if !kept(v.View.Session, v.View.Signalling) {
			gone = append(gone, v.View.Ref)
		}
	}
	gone = append(gone, s.phone.orphans(gone)...)
	for _, v := range root.Data.Proposals {
		if !kept(v.Propose.Session, "") {
			gone = append(gone, v.Ref)
		}
	}
	p := s.phone.without(gone).with(func(d *softphone.Data) {
		d.Sessions = slices.DeleteFunc(slices.Clone(d.Sessions), func(v softphone.Session) bool { return slices.Contains(gone, v.View.Ref) })
		d.Proposals = slices.DeleteFunc(slices.Clone(d.Proposals), func(v messages.ProposalView) bool { return slices.Contains(gone, v.Ref) })
	})
	law, living := s.law.Copy(), p.living()
	counts := living.Proposed
	living.Proposed = func(o messages.Propose) (messages.Propose, bool) {
		o, is := counts(o)
		return o, is && kept(o.Session, "")
	}
	law.OnlyConsent(living)
	return &state{phone: p, law: law}
}

// TestEachOfTwoIsWhatOneAmongOthersIs goes through parts with two session ids, and finds what each of them is, without the other,
// among what one id may be beside others.
func TestEachOfTwoIsWhatOneAmongOthersIs(t *testing.T) {
	t.Parallel()
	if RaceDetector {
		t.Skip("goes through a thousand states: it runs without the race detector")
	}
	for _, c := range []struct{ two, one *instance }{
		{taking(words(1, 2, 1)), taking(words(1, 1, 1).amongOthers())},
		{sessionsAlone(words(1, 2, 1), messages.DefaultOptions()), sessionsAlone(words(1, 1, 1).amongOthers(), messages.DefaultOptions())},
	} {
		one := &search{of: c.one, ways: renamings(c.one.words), visited: map[key]met{}}
		for _, s := range all(t, c.one, 10_000) {
			k, allows := s.foldAllowing(one.ways)
			one.visited[k] |= 1 << allows
		}
		looked := all(t, c.two, 1000)
		for _, s := range looked {
			for _, id := range []messages.SessionID{"S1", "S2"} {
				own := s.without(func(of messages.SessionID, _ messages.Signalling) bool { return of == id })
				k, allows := own.foldAllowing([]names{{sessions: id == "S2", others: true}})
				if !one.visited[k].covers(allows) {
					t.Fatalf("%s: what is under %s in a state of two ids is not among what one id may be", c.two.name, id)
				}
			}
		}
		t.Logf("%s: %d states of one id among others; %d states of two were looked at", c.one.name, len(one.visited), len(looked))
	}
}

// TestEachWayIsWhatBothAre goes through sessions over XMPP and over Jingle with one id, and finds the phone without those of one
// way among what the part of the other way alone goes through. The law knows by ids what started, so it knows more there.
func TestEachWayIsWhatBothAre(t *testing.T) {
	t.Parallel()
	if RaceDetector {
		t.Skip("goes through a thousand states: it runs without the race detector")
	}
	o, one := messages.DefaultOptions(), words(1, 1, 1).amongOthers()
	both := all(t, sessionsBothWays(one, o), 1500)
	for _, c := range []struct {
		alone *instance
		way   messages.Signalling
	}{
		{sessionsAlone(one.over(messages.SDPOverXMPP), o), messages.SDPOverXMPP}, {jingleAlone(one.over(messages.Jingle), o), messages.Jingle},
	} {
		known := map[key]bool{}
		for _, s := range all(t, c.alone, 10_000) {
			known[s.foldPhone()] = true
		}
		for _, s := range both {
			own := s.without(func(_ messages.SessionID, way messages.Signalling) bool { return way == "" || way == c.way })
			if !known[own.foldPhone()] {
				t.Fatalf("what is signalled over %s is another where both are", c.way)
			}
		}
		t.Logf("%d phones with sessions over %s, %d states with both", len(known), c.way, len(both))
	}
}

// foldPhone is the key of the phone alone.
func (s *state) foldPhone() key {
	w := &writer{refs: map[messages.Ref]byte{}}
	w.writePhone(s, names{})
	return keyOf(w.buf)
}

// TestMoreConsentAllowsMore goes many ways at random, once more with Answers that were not given to the phone: no law is broken
// that is not without them. It is what leaving such states out rests on.
func TestMoreConsentAllowsMore(t *testing.T) {
	t.Parallel()
	of := taking(words(2, 2, 1))
	first := start(t, of)
	dice := rand.New(rand.NewPCG(1, 1))
	for range 150 {
		few, many := first, first
		for range 25 {
			if dice.IntN(4) == 0 {
				more := many.law.Copy()
				more.Step(runtime.Step{Input: messages.Answer{Conversation: of.words.conversations[dice.IntN(2)]}})
				many = &state{many.phone, more}
			}
			moves := of.moves(few.phone, of.words)
			m := moves[dice.IntN(len(moves))]
			p, err := few.make(m, of)
			if err != nil {
				t.Fatal(err)
			}
			q, err := many.make(m, of)
			if err != nil {
				t.Fatal(err)
			}
			if len(q.broken) > len(p.broken) {
				t.Fatalf("with more consent is broken: %v; with less %v", q.broken, p.broken)
			}
			few, many = p.state, q.state
		}
	}
}
