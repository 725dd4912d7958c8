package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// How things are named: a call by a word that begins with an upper-case letter, an agent and a phone by a lower-case one, so
// that a line can be read without looking up what a word is.
var (
	callName   = regexp.MustCompile(`^[A-Z][A-Za-z0-9_-]*$`)
	personName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	keyName    = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// The words of the journal and of the SDK that a scenario may use.
var (
	inputKinds   = kindsOf(messages.Inputs())
	requestKinds = append(restRequests(), kindsOf(messages.Effects())...)
	eventNames   = namesOf(append(messages.Events(), messages.SessionMuted{Muted: true}))
)

func kindsOf[M interface{ Kind() string }](all []M) []string {
	kinds := make([]string, len(all))
	for i, m := range all {
		kinds[i] = m.Kind()
	}
	return kinds
}

func namesOf(events []messages.Event) []string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.Name()
	}
	return names
}

func restRequests() []string {
	var names []string
	for _, of := range messages.RequestKinds() {
		names = append(names, string(of))
	}
	return names
}

// quirkOf is the quirk of +name or -name, or nil.
func quirkOf(change string) *quirk.Quirk {
	if len(change) < 2 || change[0] != '+' && change[0] != '-' {
		return nil
	}
	all := quirk.All()
	at := slices.IndexFunc(all, func(q *quirk.Quirk) bool { return q.Name == change[1:] })
	if at < 0 {
		return nil
	}
	return all[at]
}

// quirkChanges are all quirks with the sign of change, or + if it has none.
func quirkChanges(change string) []string {
	sign := "+"
	if strings.HasPrefix(change, "-") {
		sign = "-"
	}
	var all []string
	for _, q := range quirk.All() {
		all = append(all, sign+q.Name)
	}
	return all
}

// nameProblem says why a word cannot name an agent or a phone, or "". Taken are words that mean something else there.
func nameProblem(name string, taken []string) string {
	switch {
	case len(name) > nameMax:
		return fmt.Sprintf("longer than %d characters: shorten it", nameMax)
	case !personName.MatchString(name):
		return "not a name: use a lower-case letter, then lower-case letters, digits and hyphens"
	case slices.Contains(taken, name):
		return "this word means something else here: use another name"
	}
	return ""
}
