package explore

import (
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/hookswitch/hookswitch/actors"
)

// raceKind is one part of the proof of races.
type raceKind struct {
	name, about string
	crowd       bool // one client among any number, not two
	users       deeds
	appearance  int
	flows       bool // peer connections come up
	troubles    bool // requests, media and microphones may fail
}

const (
	aboutPair  = "two clients of one user and a platform with one call for them: every order of what they hear"
	aboutCrowd = "one client of a user among any number of others: the same, and all that may fail"
)

func raceKinds(small bool) []raceKind {
	answers, all := deeds{Answered: true}, deeds{Answered: true, Declined: true, Ended: true}
	answering := raceKind{name: "races, answering", about: aboutPair, users: answers, appearance: 100}
	oneOfMany := raceKind{name: "one of many", about: aboutCrowd, crowd: true, users: answers, appearance: 100, flows: true, troubles: true}
	if small {
		return []raceKind{answering, oneOfMany}
	}
	hangingUp, declining := answering, answering
	hangingUp.name, hangingUp.users.Ended = "races, hanging up", true
	declining.name, declining.users.Declined = "races, declining", true
	oneOfMany.users = all
	oneLine := oneOfMany
	oneLine.name, oneLine.appearance = "one of many, one line", 1
	return []raceKind{answering, hangingUp, declining, oneOfMany, oneLine}
}

// races explores all kinds, as many at a time as there are cores.
func races(o Options, rows *rowsTaken) ([]Part, error) {
	kinds := raceKinds(o.Small)
	parts, errs := make([]Part, len(kinds)), make([]error, len(kinds))
	cores := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i := len(kinds) - 1; i >= 0; i-- { // the last take the longest
		cores <- struct{}{}
		all.Go(func() {
			defer func() { <-cores }()
			parts[i], errs[i] = exploreRace(kinds[i], o, rows)
		})
	}
	all.Wait()
	return parts, errors.Join(errs...)
}

func exploreRace(k raceKind, o Options, rows *rowsTaken) (Part, error) {
	part := Part{Name: k.name, About: k.about, Conversations: 1, Sessions: 1, Gateways: 1}
	first, err := newClient(&settings{quirks: o.Quirks, registry: actors.Softphone(), rows: rows}, k.appearance)
	if err != nil {
		return part, err
	}
	s := newRaceSearch(k, o)
	if err := s.run(first, &part, unhurried(part.Name, o.Progress)); err != nil {
		return part, fmt.Errorf("explore: %s: %w", k.name, err)
	}
	return part, nil
}
