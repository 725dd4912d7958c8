package capture_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/captures"
	"github.com/hookswitch/hookswitch/runtime/port"
)

func redacted(t testing.TB, c *capture.Capture) (text string, records []port.Record) {
	t.Helper()
	records, err := capture.Redact(c)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := capture.Write(&out, records); err != nil {
		t.Fatal(err)
	}
	return out.String(), records
}

// shape is the pattern of a log's decisions: which list has how many, and which of them are equal. Aliases keep it.
func shape(records []port.Record) map[string][]int {
	pattern := map[string][]int{}
	var lists []string
	all := capture.Decide(records)
	for list := range all {
		lists = append(lists, list)
	}
	for _, list := range lists {
		first := map[string]int{}
		for i, d := range all[list] {
			if _, seen := first[d.Text]; !seen {
				first[d.Text] = i
			}
			pattern[list] = append(pattern[list], first[d.Text])
		}
	}
	return pattern
}

func TestRedactionIsStableAndKeepsTheDecisions(t *testing.T) {
	for i, name := range captures.Names() {
		if i%14 != 0 { // every capture takes a minute
			continue
		}
		c := open(t, name)
		text, records := redacted(t, c)
		if again, _ := redacted(t, c); again != text {
			t.Fatalf("%s: redacted twice, it differs", name)
		}
		want, got := shape(c.Records), shape(records)
		for list := range want {
			if len(want[list]) != len(got[list]) {
				t.Errorf("%s: %s: %d decisions became %d", name, list, len(want[list]), len(got[list]))
				continue
			}
			for k := range want[list] {
				if want[list][k] != got[list][k] {
					t.Errorf("%s: %s #%d is equal to another one than before", name, list, k)
				}
			}
		}
		if reread, err := capture.Read(name, strings.NewReader(text)); err != nil || len(reread.Records) != len(c.Records) {
			t.Errorf("%s: redacted, it is no capture any more: %v", name, err)
		}
		for _, secret := range []string{"lab-org", "Lab Agent", "lab WebRTC", "11111111-1111-4111-8111-111111111111", "11111111111141118", "gjoll.lab.test", "5550100", "5550123", "5550001", "192.0.2.2", "HhfKvxavVQyeSAveIlJmoTg2", "CF:C1:A7"} {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s: %q is still there: …%s…", name, secret, text[max(0, at-80):min(len(text), at+80)])
			}
		}
	}
}

func TestRedactionByForm(t *testing.T) {
	const log = config +
		`{"seq":1,"t":11,"k":"http.req","n":1,"method":"POST","url":"https://api.example.com/api/v2/conversations/calls","headers":{"Authorization":"Bearer s3cret","Cookie":"a=b"},"body":"{\"phoneNumber\":\"+49 (89) 123-4567\"}"}` + "\n" +
		`{"seq":2,"t":12,"k":"api","name":"startSoftphoneSession","args":[{"phoneNumber":"+49891234567"}]}` + "\n" +
		`{"seq":3,"t":13,"k":"api","name":"setAccessToken","args":["s3cret"]}` + "\n" +
		`{"seq":4,"t":14,"k":"ws.send","ws":1,"xml":"<auth xmlns=\"x\" mechanism=\"PLAIN\">czNjcmV0</auth>"}` + "\n" +
		`{"seq":5,"t":15,"k":"ws.recv","ws":1,"xml":"<message from=\"jane.doe@gjoll.Acme.test/edge 1\" to=\"bob@acme.test/pc\"><propose/></message>"}` + "\n" +
		`{"seq":6,"t":16,"k":"ws.recv","ws":1,"xml":"<message from=\"jane.doe@agjollb.test\"/>"}` + "\n" +
		`{"seq":7,"t":17,"k":"pc.icecandidate","pc":1,"cand":"candidate:1 1 udp 2 10.1.2.3 5 typ srflx raddr fe80::1 rport 9 ufrag Ab+c"}` + "\n" +
		`{"seq":8,"t":18,"k":"pc.icecandidate","pc":1,"cand":"candidate:1 1 tcp 2 127.0.0.1 5 typ host ufrag Ab+c"}` + "\n" +
		`{"seq":9,"t":19,"k":"step","s":"call Jane at home"}` + "\n" +
		`{"seq":10,"t":20,"k":"http.res","n":1,"status":200,"body":"{\"name\":\"Jane Doe\",\"address\":\"sip:jane@acme.test\",\"userId\":\"abcdefab-0000-4000-8000-000000000009\"}"}` + "\n" +
		`{"seq":11,"t":21,"k":"ws.recv","ws":1,"xml":"<iq><services type='turn'><service type=\"turn\" host=\"203.0.113.9\" username=\"u1\" password=\"p1\"/></services></iq>"}` + "\n"
	c, err := capture.Read("x", strings.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := redacted(t, c)
	for _, gone := range []string{"s3cret", "a=b", "czNjcmV0", "123-4567", "891234567", "jane", "Jane", "bob@", "cme.test", "10.1.2.3", "fe80", "Ab+c", "abcdefab", "203.0.113.9", `\"u1`, `\"p1`} {
		if strings.Contains(text, gone) {
			t.Errorf("%q is still there:\n%s", gone, text)
		}
	}
	for _, there := range []string{
		`"name":"startSoftphoneSession"`, `"method":"POST"`, "https://api.example.com/api/v2/conversations/calls",
		"@gjoll.DOMAIN", "notgjoll.domain", " tcp 2 127.0.0.1 5 ", " udp 2 198.18.0.", "raddr 2001:db8::1 ", "@domain",
	} {
		if !strings.Contains(text, there) {
			t.Errorf("%q is not there:\n%s", there, text)
		}
	}
	if n := len(regexp.MustCompile(`\+15550000001`).FindAllString(text, -1)); n != 2 {
		t.Errorf("one number written in two ways has %d times the same alias, want 2:\n%s", n, text)
	}
}

// What a recorder or the platform adds tomorrow may be anything: whoever is named there is not in what is passed on.
func TestUnknownFieldsAreBlankedWhereverTheyStand(t *testing.T) {
	const planted = `"note":"Alice Smith","wrap":{"id":"Alice Smith","list":["SECRETTOKEN"]},"pin":4711,"seen":true,"Alice Smith":1`
	quoted := strings.ReplaceAll("{"+planted+"}", `"`, `\"`)
	escaped := strings.ReplaceAll("{"+planted+"}", `"`, "&quot;")
	log := `{"seq":0,"t":10,"k":"config","sdk":"9.2.4","config":{"x":{` + planted + `}},` + planted + "}\n" +
		`{"seq":1,"t":11,"k":"api","name":"acceptPendingSession","args":[{"conversationId":"c1",` + planted + `}],` + planted + "}\n" +
		`{"seq":2,"t":12,"k":"http.res","n":1,"status":200,"headers":{"X-Agent":"Alice Smith"},"body":"` + quoted + `"}` + "\n" +
		`{"seq":3,"t":13,"k":"http.res","n":2,"status":200,"body":{"entities":[{` + planted + `}]}}` + "\n" +
		`{"seq":4,"t":14,"k":"http.res","n":3,"status":500,"body":"Alice Smith had SECRETTOKEN"}` + "\n" +
		`{"seq":5,"t":15,"k":"ws.recv","ws":1,"xml":"<message><event><json>` + escaped + `</json></event></message>"}` + "\n" +
		`{"seq":6,"t":16,"k":"sdk.event","ev":"sdkError","args":[{"$error":{"details":{` + planted + `}}}]}` + "\n" +
		`{"seq":7,"t":17,"k":"novelty","name":"Alice Smith","token":"SECRETTOKEN"}` + "\n"
	c, err := capture.Read("x", strings.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	text, records := redacted(t, c)
	for _, gone := range []string{"Alice", "Smith", "SECRETTOKEN", "4711", "novelty"} {
		if strings.Contains(text, gone) {
			t.Errorf("%q is still there:\n%s", gone, text)
		}
	}
	if len(records) != 7 || strings.Count(text, `"seen":true`) < 5 || !strings.Contains(text, `"conversationId":"c1","note":"redacted","wrap":"redacted","pin":0`) {
		t.Errorf("%d records:\n%s", len(records), text)
	}
	if _, err := capture.Read("x", strings.NewReader(text)); err != nil {
		t.Errorf("what is left is no capture: %v", err)
	}
}
