package whatif

import "fmt"

// Faithful says how much of a recording its recovered scenario brings back.
type Faithful struct {
	// Calls are those that were looked at; Alike are those of which the same is announced in the same order.
	Calls, Alike int
	// First is the first difference, in words; "" if there is none.
	First string
}

// Same tells whether each call is announced as it was recorded.
func (f Faithful) Same() bool { return f.Calls == f.Alike && f.First == "" }

// faithful compares what the recorded client announced of calls with what a run did, call by call.
func faithful(rec Recovery, run Run, calls []string) Faithful {
	f := Faithful{Calls: len(calls)}
	for _, call := range calls {
		was, is := rec.beside(run, call)
		at, differs := firstDifference(was, is)
		if !differs {
			f.Alike++
			continue
		}
		if f.First == "" {
			f.First = fmt.Sprintf("%s: recorded %s, played %s", call, nth(was, at), nth(is, at))
		}
	}
	return f
}

// beside are the events of a call as recorded and as played, without those that were played after the recording's end.
func (rec Recovery) beside(run Run, call string) (was, is []Event) {
	was, is = ofCall(rec.Events, call), ofCall(run.Events, call)
	for len(is) > len(was) && is[len(is)-1].At > rec.shown {
		is = is[:len(is)-1]
	}
	return was, is
}

// callsOf are the calls that events are about, by their numbers.
func callsOf(lists ...[]Event) (calls []string) {
	most := 0
	for _, events := range lists {
		for _, e := range events {
			n := 0
			if _, err := fmt.Sscanf(e.Call, "C%d", &n); err == nil {
				most = max(most, n)
			}
		}
	}
	for n := range most {
		name := fmt.Sprintf("C%d", n+1)
		for _, events := range lists {
			if len(ofCall(events, name)) > 0 {
				calls = append(calls, name)
				break
			}
		}
	}
	return calls
}

// firstDifference is the first place at which two lists say something else.
func firstDifference(a, b []Event) (at int, differs bool) {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i].String() != b[i].String() {
			return i, true
		}
	}
	return 0, false
}

// nth is an event of a list in words.
func nth(events []Event, at int) string {
	if at >= len(events) {
		return "nothing"
	}
	return events[at].String()
}
