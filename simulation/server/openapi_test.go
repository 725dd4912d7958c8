package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/simulation/server"
)

// described is the description of the control API: path, method, operation.
type described struct {
	OpenAPI string
	Paths   map[string]map[string]operation
}

type operation struct {
	Parameters  []struct{ Name, In string }
	RequestBody *content
	Responses   map[string]content
}

type content struct {
	Content map[string]struct{ Schema map[string]any }
}

func (s *served) description() (d described) {
	s.t.Helper()
	s.control("GET", "/control", nil, &d)
	return d
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// What is described is served, by no other method, and what the docs speak of is described.
func TestTheDescriptionIsWhole(t *testing.T) {
	s := serve(t, nil)
	d := s.description()
	if d.OpenAPI != "3.1.0" {
		t.Errorf("it is of OpenAPI %s", d.OpenAPI)
	}
	for path, methods := range d.Paths {
		at := placeholder.ReplaceAllString(path, "none")
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			op, is := methods[strings.ToLower(method)]
			a := s.ask(method, at, "", aJSON)
			known := a.status != http.StatusMethodNotAllowed && !strings.Contains(a.body, "there is nothing of that name")
			if known != is {
				t.Errorf("%s %s: described: %t, served: %t (%d %s)", method, path, is, known, a.status, a.body)
			}
			if is && strings.Count(path, "{") != len(slices.DeleteFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.In != "path" })) {
				t.Errorf("%s %s: its parameters are %v", method, path, op.Parameters)
			}
		}
	}
	docs, err := os.ReadFile("../../docs/serve.md")
	if err != nil {
		t.Fatal(err)
	}
	spoken := regexp.MustCompile("`(GET|POST) (/control[^ ?`]*)").FindAllStringSubmatch(string(docs), -1)
	if len(spoken) < 10 {
		t.Errorf("docs/serve.md speaks of %d endpoints only", len(spoken))
	}
	for _, m := range spoken {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(d.Paths)), func(path string) bool {
			like := regexp.MustCompile("^" + placeholder.ReplaceAllString(path, "[^/]+") + "$")
			_, is := d.Paths[path][strings.ToLower(m[1])]
			return is && like.MatchString(m[2])
		}) {
			t.Errorf("docs/serve.md speaks of %s %s, which is not described", m[1], m[2])
		}
	}
}

// What is asked and answered is as described, over a call's life.
func TestTheDescriptionIsTrue(t *testing.T) {
	s := serve(t, func(c *server.Config) { atOnce(c); c.Audio = &server.Audio{} })
	d := s.description()
	asked := map[string]bool{}
	check := func(method, path, body string) {
		t.Helper()
		template, op := d.find(method, path)
		asked[method+" "+template] = true
		if op == nil {
			t.Fatalf("%s %s is not described", method, path)
		}
		if op.RequestBody != nil {
			if why := fits(op.RequestBody.Content["application/json"].Schema, decoded(t, body)); why != "" {
				t.Errorf("%s %s: its body: %s", method, path, why)
			}
		}
		a := s.ask(method, path, body, aJSON)
		answer, is := op.Responses[fmt.Sprint(a.status)]
		switch {
		case a.status >= 400:
			answer = op.Responses["default"]
		case !is:
			t.Errorf("%s %s: %d is not described", method, path, a.status)
			return
		}
		kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
		if of, is := answer.Content[kind]; a.body != "" && !is {
			t.Errorf("%s %s: %d with %s is not described", method, path, a.status, kind)
		} else if kind == "application/json" {
			if why := fits(of.Schema, decoded(t, a.body)); why != "" {
				t.Errorf("%s %s: %d %s: %s", method, path, a.status, a.body, why)
			}
		}
	}
	check("GET", "/control", "")
	check("POST", "/control/agents", `{"name":"ann","lineAppearance":1,"persistent":true,"noStation":false,"phones":["desk"],"tokens":["secret-7890123456"]}`)
	check("POST", "/control/agents", `{"name":"ann"}`)
	ann := s.logIn(server.Login{Agent: "ann", Phone: "desk", Token: "secret-7890123456"}, "desk")
	check("GET", "/control/agents", "")
	check("GET", "/control/agents/ann", "")
	check("GET", "/control/agents/bob", "")
	check("POST", "/control/agents/ann/tokens", `{"phone":"home"}`)
	check("POST", "/control/agents/ann/station", `{"lineAppearance":100,"associated":true}`)
	check("POST", "/control/agents/ann/streams", `{"accepted":true}`)
	check("POST", "/control/faults", `{"agent":"ann","frame":"offer","times":2}`)
	check("POST", "/control/calls", `{"agent":"ann","from":"+15550123","autoAnswer":true}`)
	session := ann.rings()
	ann.send(proceedFrame(session))
	ann.hear("genesys-webrtc")
	check("GET", "/control/calls", "")
	check("GET", "/control/calls/C1", "")
	check("POST", "/control/calls/C1/hold", `{"agent":"ann","on":true}`)
	check("POST", "/control/calls/C1/mute", `{"agent":"ann","on":true}`)
	check("POST", "/control/statements", `{"do":"platform notifies C1 again"}`)
	check("POST", "/control/calls/C1/hangup", "")
	check("GET", "/control/agents/ann/journal", "")
	s.ask("POST", "/control/pages/ann-desk/records", `[{"seq":0,"t":0,"k":"config"}]`, as(ann.login))
	check("GET", "/control/pages", "")
	check("DELETE", "/control/agents/ann/journal", "")
	check("GET", "/control/pages/ann-desk/capture", "")
	check("POST", "/control/pages/ann-desk/do", `{"method":"destroy","args":[1,"two",{"three":3}]}`)
	check("POST", "/control/agents/ann/drop", `{"phone":"desk","code":4000}`)
	for path, methods := range d.Paths {
		for method := range methods {
			if of := strings.ToUpper(method) + " " + path; !asked[of] && !strings.HasSuffix(path, "/records") && !strings.HasSuffix(path, "/orders") {
				t.Errorf("%s was not asked: ask it here", of)
			}
		}
	}
}

// find is the operation at a path, and its template.
func (d described) find(method, path string) (string, *operation) {
	for template, methods := range d.Paths {
		if regexp.MustCompile("^" + placeholder.ReplaceAllString(template, "[^/]+") + "$").MatchString(path) {
			if op, is := methods[strings.ToLower(method)]; is {
				return template, &op
			}
		}
	}
	return "", nil
}

func decoded(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

// fits says why a value does not fit a JSON schema of the words that the server's use, or "".
func fits(schema map[string]any, v any) string {
	kind := ""
	switch v := v.(type) {
	case map[string]any:
		kind = "object"
		properties, _ := schema["properties"].(map[string]any)
		for name, field := range v {
			of, known := properties[name].(map[string]any)
			if schema["additionalProperties"] == false && !known {
				return name + " is not described"
			}
			if why := fits(of, field); why != "" {
				return name + ": " + why
			}
		}
		needed, _ := schema["required"].([]any)
		for _, name := range needed {
			if _, is := v[name.(string)]; !is {
				return fmt.Sprint(name, " is missing")
			}
		}
	case []any:
		kind = "array"
		of, _ := schema["items"].(map[string]any)
		for _, item := range v {
			if why := fits(of, item); why != "" {
				return "an item: " + why
			}
		}
	case string:
		kind = "string"
	case bool:
		kind = "boolean"
	case float64:
		kind = "number"
		if schema["type"] == "integer" && v == float64(int64(v)) {
			kind = "integer"
		}
	}
	if want, said := schema["type"]; said && want != kind {
		return fmt.Sprintf("%v is no %v", v, want)
	}
	return ""
}
