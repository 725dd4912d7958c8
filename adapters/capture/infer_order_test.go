package capture_test

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
)

// The first two requests of a login are made at once and travel apart: the far end may see either first. Which was made first is
// known, if the far end noted it, and not if the client did.
func TestALoginIsPutInOrder(t *testing.T) {
	const noted = `{"seq":0,"t":0,"k":"config","sdk":"9.2.4","observed":"wire","config":{"environment":"https://api.example.com"}}
{"seq":1,"t":10,"k":"http.req","n":1,"method":"GET","url":"https://api.example.com/api/v2/users/me?expand=station"}
{"seq":2,"t":11,"k":"http.res","n":1,"method":"GET","url":"https://api.example.com/api/v2/users/me?expand=station","status":401,"body":"{}"}
{"seq":3,"t":12,"k":"http.req","n":2,"method":"GET","url":"https://api.example.com/api/v2/organizations/me"}
{"seq":4,"t":13,"k":"http.res","n":2,"method":"GET","url":"https://api.example.com/api/v2/organizations/me","status":401,"body":"{}"}
`
	const inOrder = "config api http.req organizations http.req users http.res users http.res organizations"
	const asNoted = "config http.req users http.res users api http.req organizations http.res organizations"
	for text, want := range map[string]string{
		noted: inOrder,
		strings.Replace(noted, `"observed":"wire",`, "", 1): asNoted,
		strings.Replace(noted, `"t":12,`, `"t":412,`, 1):    asNoted,
	} {
		c, err := capture.Read("noted.jsonl", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Infer(); err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, r := range c.Records {
			got = append(got, r.Kind)
			for _, what := range []string{"users", "organizations"} {
				if strings.Contains(string(r.Fields), what+"/me") {
					got = append(got, what)
				}
			}
			if i > 0 && r.At < c.Records[i-1].At || r.Seq != i {
				t.Errorf("record %d is at %v with seq %d", i, r.At, r.Seq)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("the records are\n%s, want\n%s", strings.Join(got, " "), want)
		}
	}
}

// Others are held before a call is retrieved, and the far end may see that the other way round. A call that is held later is held
// for its own sake.
func TestAHoldIsPutBeforeTheRetrieval(t *testing.T) {
	const path = "https://api.example.com/api/v2/conversations/calls/"
	noted := `{"seq":0,"t":0,"k":"config","sdk":"9.2.4","observed":"wire","config":{"environment":"https://api.example.com"}}
{"seq":1,"t":1,"k":"http.res","n":9,"method":"GET","url":"https://api.example.com/api/v2/stations/S","status":200,"body":"{\"webRtcCallAppearances\":100}"}
{"seq":2,"t":10,"k":"http.req","n":1,"method":"PATCH","url":"` + path + `C1/participants/P1","body":"{\"held\":false}"}
{"seq":3,"t":11,"k":"http.req","n":2,"method":"PATCH","url":"` + path + `C2/participants/P2","body":"{\"held\":true}"}
`
	for at, want := range map[string]string{`"t":11`: "retrieve C2 C1", `"t":911`: "retrieve C1 hold C2"} {
		c, err := capture.Read("noted.jsonl", strings.NewReader(strings.Replace(noted, `"t":11`, at, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Infer(); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range c.Records {
			text := string(r.Fields)
			switch {
			case r.Kind == "api" && strings.Contains(text, `"held":true`):
				got = append(got, "hold")
			case r.Kind == "api":
				got = append(got, "retrieve")
			case strings.Contains(text, "/C1/"):
				got = append(got, "C1")
			case strings.Contains(text, "/C2/"):
				got = append(got, "C2")
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: the records are %q, want %s", at, got, want)
		}
	}
}

// A station that could not be read is asked for again by the client itself, after a while.
func TestAStationThatIsAskedForAgain(t *testing.T) {
	const station = `"method":"GET","url":"https://api.example.com/api/v2/stations/S"`
	noted := `{"seq":0,"t":0,"k":"config","sdk":"9.2.4","observed":"wire","config":{"environment":"https://api.example.com"}}
{"seq":1,"t":10,"k":"http.req","n":1,"method":"GET","url":"https://api.example.com/api/v2/organizations/me"}
{"seq":2,"t":20,"k":"http.req","n":2,` + station + `}
{"seq":3,"t":30,"k":"http.res","n":2,` + station + `,"status":500}
{"seq":4,"t":15030,"k":"http.req","n":3,` + station + `}
`
	for status, want := range map[string]string{`500`: "initialize", `404`: "initialize removeAllowedSessionType addAllowedSessionType"} {
		c, err := capture.Read("noted.jsonl", strings.NewReader(strings.Replace(noted, `500}`, status+`}`, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Infer(); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range c.Records {
			var f struct{ Name string }
			if r.Kind == "api" && r.Decode(&f) == nil {
				got = append(got, f.Name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: the calls are %q, want %s", status, got, want)
		}
	}
}
