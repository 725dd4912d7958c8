package whatif

import (
	"fmt"
	"os"
	"testing"
)

func TestDebug(t *testing.T) {
	name := os.Getenv("WI")
	if name == "" {
		t.Skip()
	}
	log, err := Embedded(name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := read(log)
	if err != nil {
		t.Fatal(err)
	}
	rec := r.recovery()
	run, err := settle(r.header(), rec.acts, rec.Events)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("BASE") == "" {
		rec, run, _ = repair(r.header(), rec, run)
	}
	fmt.Println(run.Scenario)
	for _, n := range rec.Missing {
		fmt.Println("missing", n)
	}
	for _, u := range run.Untargeted {
		fmt.Println("untargeted", u)
	}
	for _, c := range append(callsOf(rec.Events, run.Events), "") {
		was, is := rec.beside(run, c)
		at, d := firstDifference(was, is)
		if !d {
			continue
		}
		fmt.Println(c, "first difference", at)
		for i := 0; i < max(len(was), len(is)); i++ {
			a, b := "", ""
			if i < len(was) {
				a = fmt.Sprint(was[i].At, " ", was[i])
			}
			if i < len(is) {
				b = fmt.Sprint(is[i].At, " ", is[i])
			}
			fmt.Printf("   %-60s %-60s\n", a, b)
		}
		w, x := toldOf(rec.reading.tellings.told, c), toldOf(run.told, c)
		for i := 0; i < max(len(w), len(x)); i++ {
			a, b := "", ""
			if i < len(w) {
				a = fmt.Sprint(w[i].at, " ", w[i].says)
			}
			if i < len(x) {
				b = fmt.Sprint(x[i].at, " ", x[i].says)
			}
			fmt.Printf("   . %-60s %-60s\n", a, b)
		}
	}
}
