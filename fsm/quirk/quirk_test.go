package quirk

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Each quirk of the catalogue says all that docs/quirks.md promises about it.
func TestCatalogueIsComplete(t *testing.T) {
	for _, q := range All() {
		for what, text := range map[string]string{
			"Ticket": q.Ticket, "SDK": q.SDK, "Corrected": q.Corrected, "Why": q.Why,
		} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", q.Name, what)
			}
		}
		if !slices.Contains([]Kind{Row, Pick, Fact}, q.Kind) {
			t.Errorf("%s: kind %q is not row, pick or fact", q.Name, q.Kind)
		}
	}
}

// Names and Parse are inverse, whichever quirks are on and in whatever order they are named.
func TestNamesParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want Set
		for _, q := range All() {
			if rapid.Bool().Draw(t, q.Name) {
				want = want.With(q)
			}
		}
		names := rapid.Permutation(want.Names()).Draw(t, "order")
		got, err := Parse(names)
		if err != nil || got != want {
			t.Fatalf("Parse(%v) = %b, %v; want %b", names, got, err, want)
		}
		for _, q := range All() {
			if got.With(q).Has(q) != true || got.Without(q).Has(q) != false {
				t.Fatalf("With and Without do not set and clear %s", q.Name)
			}
		}
	})
}

// The names of a set come in the order of the catalogue, one bit each.
func TestSDK924IsTheCatalogue(t *testing.T) {
	var want []string
	for i, q := range All() {
		want = append(want, q.Name)
		if own := (Set{}).With(q); q.bit != bitAt(i) || len(own.Names()) != 1 {
			t.Errorf("%s has bit %b, want that of place %d alone", q.Name, q.bit, i)
		}
	}
	if got := SDK924().Names(); !slices.Equal(got, want) {
		t.Errorf("SDK924 = %v, want %v", got, want)
	}
}

func TestProfile(t *testing.T) {
	for name, want := range map[string]Set{"corrected": Corrected, "sdk-9.2.4": SDK924()} {
		if got, err := Profile(name); err != nil || got != want {
			t.Errorf("Profile(%q) = %b, %v; want %b", name, got, err, want)
		}
	}
	_, err := Profile("sdk-1")
	if want := `quirk: "sdk-1": no such profile: the known ones are corrected, sdk-9.2.4`; err == nil || err.Error() != want {
		t.Errorf("Profile(sdk-1): %v, want %s", err, want)
	}
	if _, err := Parse([]string{"nonsense"}); err == nil || !strings.Contains(err.Error(), `"nonsense": no such quirk`) {
		t.Errorf("Parse(nonsense): %v", err)
	}
}

// A quirk that is not of the catalogue is never on and cannot be put on.
func TestStranger(t *testing.T) {
	stranger := &Quirk{Name: "stranger"}
	if s := SDK924().With(stranger); s != SDK924() || s.Has(stranger) || s.Has(nil) {
		t.Errorf("a stranger got into the set %v", s.Names())
	}
}

func TestAdmitRefuses(t *testing.T) {
	full := make([]*Quirk, quirksMax)
	for i := range full {
		full[i] = &Quirk{Name: strings.Repeat("x", i+1)}
	}
	for _, c := range []struct {
		before []*Quirk
		name   string
		want   string
	}{
		{nil, "", "not a name"},
		{nil, "two words", "not a name"},
		{[]*Quirk{{Name: "a"}}, "a", "declared twice"},
		{full, "a", "the catalogue is full at 128"},
	} {
		if err := admit(c.before, Quirk{Name: c.name}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("admit(%q after %d): %v, want %s", c.name, len(c.before), err, c.want)
		}
	}
	if err := admit(full[1:], Quirk{Name: "a"}); err != nil {
		t.Errorf("the 128th quirk is refused: %v", err)
	}
}

func TestMarkdown(t *testing.T) {
	got := page([]*Quirk{
		{Name: "a-b", Ticket: "X|1", Kind: Pick, SDK: "Takes the first.", Corrected: "Takes the own.", Why: "Wrong call."},
		{Name: "c", Ticket: "capture k", Kind: Row, Since: "9.0", FixedIn: "10.0", SDK: "S.", Corrected: "C.", Why: "W."},
	})
	for _, want := range []string{
		"| [a-b](#a-b) | pick | X\\|1 | always | not yet |\n",
		"| [c](#c) | row | capture k | 9.0 | 10.0 |\n",
		"\n## a-b\n\n- **The SDK:** Takes the first.\n- **Corrected:** Takes the own.\n- **Why:** Wrong call.\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	if strings.Count(Markdown(), "\n## ") != len(All()) {
		t.Errorf("the page does not have a section for each of the %d quirks", len(All()))
	}
}
