package explore

import ("testing"; "github.com/hookswitch/hookswitch/actors"; "github.com/hookswitch/hookswitch/messages")

func TestLogin(t *testing.T) {
	p, err := newPhone(&settings{registry: actors.Softphone()}, messages.DefaultOptions())
	if err != nil { t.Fatal(err) }
	p, err = login(p)
	if err != nil { t.Fatal(err) }
	for _, a := range p.actors { t.Log(a.Ref, a.Kind) }
	t.Log(p.timers, p.open)
}
