package explore

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/messages"
)

func TestZZ(t *testing.T) {
	e := os.Getenv("E")
	k := raceKind{"x", deeds{strings.Contains(e, "a"), strings.Contains(e, "d"), strings.Contains(e, "e")}, 100, strings.Contains(e, "t")}
	if strings.Contains(e, "1") { k.appearance = 1 }
	max := 3000000
	fmt.Sscan(os.Getenv("MAX"), &max)
	first, err := newClient(&settings{registry: actors.Softphone(), rows: &rowsTaken{}}, k.appearance)
	if err != nil { t.Fatal(err) }
	s := newRaceSearch(k, Options{StatesMax: max})
	part := Part{}
	start := time.Now()
	if err := s.run(first, &part, func(int, int) {}); err != nil { t.Fatal(err) }
	fmt.Println("E=", e, "states", part.States, "transitions", part.Transitions, "fix", part.Fixpoint, "places", len(s.race.clients.all), "halves", len(s.race.halves), time.Since(start))
	mails := map[letters]int{}; sents := map[orders]int{}
	for _, h := range s.race.halves { mails[h.mail]++; sents[h.sent]++ }
	fmt.Println("mails", len(mails), "sents", sents)
	for _, c := range part.Counterexamples { fmt.Println(c.Law, c.What, c.Moves) }
	if os.Getenv("F") == "" { return }
	vals := map[string]map[string]bool{}
	for _, p := range s.race.clients.all { dumpFields(&p.of.state, vals) }
	var names []string
	for n := range vals { names = append(names, n) }
	sort.Slice(names, func(i, j int) bool { return len(vals[names[i]]) > len(vals[names[j]]) })
	for _, n := range names {
		if len(vals[n]) < 2 { continue }
		fmt.Println(len(vals[n]), n)
		k := 0
		for v := range vals[n] { if k < 6 { if len(v) > 300 { v = v[:300] }; fmt.Println("      ", v) }; k++ }
	}
}
func dumpFields(s *state, vals map[string]map[string]bool) {
	add := func(n, v string) {
		if vals[n] == nil { vals[n] = map[string]bool{} }
		vals[n][v] = true
	}
	count := map[string]int{}
	w := &writer{refs: map[messages.Ref]byte{}, whole: true}
	w.number(s.phone.root().Data)
	for _, a := range s.phone.actors {
		count[a.Kind]++
		n := fmt.Sprintf("%s", a.Kind)
		tm := ""
		for _, x := range s.phone.timers { if x.actor == a.Ref { tm += x.name + " " } }
		add(n+".timers", tm)
		for _, m := range a.Machines {
			v := reflect.ValueOf(m.Snapshot()).Elem()
			for i := range v.NumField() {
				f := v.Field(i)
				if f.Kind() == reflect.Struct {
					for j := range f.NumField() {
						w.buf = nil
						w.value(f.Field(j))
						add(n+"/"+m.Name()+"."+v.Type().Field(i).Name+"."+f.Type().Field(j).Name, fmt.Sprintf("%q", w.buf))
					}
				} else {
					w.buf = nil
					w.value(f)
					add(n+"/"+m.Name()+"."+v.Type().Field(i).Name, fmt.Sprintf("%q", w.buf))
				}
			}
		}
	}
	add("kinds", fmt.Sprint(count))
	var walk func(string, reflect.Value)
	walk = func(n string, v reflect.Value) {
		for i := range v.NumField() {
			f := v.Field(i)
			if f.Kind() == reflect.Struct && v.Type().Field(i).Anonymous { walk(n, f); continue }
			w.buf = nil
			w.value(f)
			add("law."+v.Type().Field(i).Name, fmt.Sprintf("%q", w.buf))
		}
	}
	walk("law", reflect.ValueOf(s.law).Elem())
	os_ := ""
	for _, o := range s.phone.open { os_ += o.effect.Kind() + " " }
	add("open", os_)
}

func TestYY(t *testing.T) {
	e := os.Getenv("E")
	k := raceKind{"x", deeds{strings.Contains(e, "a"), strings.Contains(e, "d"), strings.Contains(e, "e")}, 100, strings.Contains(e, "t")}
	max := 3000000
	fmt.Sscan(os.Getenv("MAX"), &max)
	first, err := newClient(&settings{registry: actors.Softphone(), rows: &rowsTaken{}}, k.appearance)
	if err != nil { t.Fatal(err) }
	s := newRaceSearch(k, Options{StatesMax: max})
	part := Part{}
	if err := s.run(first, &part, func(int, int) {}); err != nil { t.Fatal(err) }
	all := s.race.clients.all
	block := make([]int, len(all))
	n := 0
	for {
		ids := map[string]int{}
		next := make([]int, len(all))
		for i, p := range all {
			var parts []string
			st := func(l string, s *step) {
				to := -1
				if s.to != nil { to = block[s.to.number] }
				parts = append(parts, fmt.Sprint(l, " ", s.sends, to, len(s.broken)))
			}
			for l, s := range p.heard { if os.Getenv("NOHEAR") == "" || true { st(fmt.Sprint("h", l), s) } }
			for j := range p.own { st("o", &p.own[j]) }
			for j := range p.late { st("l", &p.late[j]) }
			for at, to := range p.replied { parts = append(parts, fmt.Sprint("r", orderOf(p.of.phone.open[at[0]].effect), at[1], block[to.number])) }
			sort.Strings(parts)
			out := []string{}
			for j, x := range parts { if j == 0 || parts[j-1] != x { out = append(out, x) } }
			sig := fmt.Sprint(p.talks, p.waits, p.armed, len(p.rest[0]), len(p.rest[1]), out, block[i])
			if _, ok := ids[sig]; !ok { ids[sig] = len(ids) }
			next[i] = ids[sig]
		}
		block = next
		fmt.Println("blocks", len(ids), "of", len(all))
		if len(ids) == n { break }
		n = len(ids)
	}
}

func TestXX(t *testing.T) {
	for _, e := range strings.Fields(os.Getenv("E")) {
	k := raceKind{"x", deeds{strings.Contains(e, "a"), strings.Contains(e, "d"), strings.Contains(e, "e")}, 100, strings.Contains(e, "t")}
	if strings.Contains(e, "1") { k.appearance = 1 }
	max := 30000000
	fmt.Sscan(os.Getenv("MAX"), &max)
	first, err := newClient(&settings{registry: actors.Softphone(), rows: &rowsTaken{}}, k.appearance)
	if err != nil { t.Fatal(err) }
	r := newRaceSearch(k, Options{StatesMax: max}).race
	s := &crowd{kind: k, race: r, o: Options{StatesMax: max}, told: map[string]bool{}}
	part := Part{}
	start := time.Now()
	if err := s.run(first, &part, func(int, int) {}); err != nil { t.Fatal(err) }
	fmt.Println("E=", e, "states", part.States, "transitions", part.Transitions, "fix", part.Fixpoint, "places", len(s.race.clients.all), "halves", len(s.race.halves), time.Since(start))
	for p, o := range s.orders { if o != 0 { fmt.Printf("  %+v", unpacked(uint64(p))); for left := o; left != 0; left &= left-1 { fmt.Print(" ", (left&-left).said()) }; fmt.Println() } }
	for _, c := range part.Counterexamples { fmt.Println(c.Scenario) }
	}
}
