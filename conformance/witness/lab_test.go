//go:build witness

package witness

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/internal/host"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// microphone is the tone that every browser's microphone hears, in Hz. No far end's tone is near it.
const microphone = 330

// sdk is the script of the real SDK.
func sdk(t *testing.T) string {
	t.Helper()
	file, err := filepath.Abs(cmp.Or(os.Getenv("SDK"), "node_modules/genesys-cloud-webrtc-sdk/dist/genesys-cloud-webrtc-sdk.bundle.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("%v: install the SDK: npm ci --prefix conformance/witness --ignore-scripts", err)
	}
	return file
}

// startBrowser starts a browser for a test.
func startBrowser(t *testing.T) *Browser {
	t.Helper()
	folder := t.TempDir()
	wav := filepath.Join(folder, "microphone.wav")
	if err := os.WriteFile(wav, Beeps(microphone), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Start(filepath.Join(folder, "profile"), wav)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// lab is a platform on a port, for one test.
type lab struct {
	t      *testing.T
	ctx    context.Context
	server *server.Server
	base   string
}

// newLab starts a platform with real audio, whose pages get this script as the SDK.
func newLab(t *testing.T, options platform.Options, sdk string) *lab {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	s, err := server.New(server.Config{Options: options, Audio: &server.Audio{}, Public: base, SDK: sdk})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, listener, nil) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return &lab{t: t, ctx: ctx, server: s, base: base}
}

// control asks something of the control API. into may be nil.
func (l *lab) control(method, path string, body, into any) {
	l.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		l.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(l.ctx, method, l.base+"/control/"+path, bytes.NewReader(text))
	if err != nil {
		l.t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s: %s", response.Status, answer)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(answer, into)
	}
	if err != nil {
		l.t.Fatalf("%s %s: %v", method, path, err)
	}
}

// say does what a line of a scenario says.
func (l *lab) say(statement string) {
	l.t.Helper()
	l.control("POST", "statements", map[string]string{"do": statement}, nil)
}

// sound is what the control API tells of what is heard somewhere.
type sound struct {
	Level, Frequency, Tone float64
}

// far is what the far end of a call hears.
func (l *lab) far(call string) sound {
	l.t.Helper()
	var view struct{ FarEnd sound }
	l.control("GET", "calls/"+call, nil, &view)
	return view.FarEnd
}

// until waits until something holds.
func (l *lab) until(what string, holds func() bool) {
	l.t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); {
		if time.Now().After(end) {
			l.t.Fatalf("it never came about: %s", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// phone is a page with the real SDK in it, logged in as an agent.
type phone struct {
	*Page
	lab   *lab
	login server.Login
	name  string
}

// ann adds an agent of that name with one phone, opens it, and waits until it is ready.
func (l *lab) ann(b *Browser, lineAppearance int, persistent bool) *phone {
	l.t.Helper()
	logins, err := l.server.AddAgent(l.ctx, server.Agent{Name: "ann", LineAppearance: lineAppearance, Persistent: persistent, Phones: []string{"desk"}})
	if err != nil {
		l.t.Fatal(err)
	}
	p := l.open(b, logins[0])
	p.until(`phone.status === "ready"`)
	return p
}

// open opens the phone of a login. How the SDK is constructed may be said as key=value.
func (l *lab) open(b *Browser, login server.Login, options ...string) *phone {
	l.t.Helper()
	name := login.Agent + "-" + cmp.Or(login.Phone, "desk")
	q := url.Values{"token": {login.Token.Reveal()}, "page": {name}, "resource": {cmp.Or(login.Phone, "desk")}}
	for _, option := range options {
		key, value, _ := strings.Cut(option, "=")
		q.Set(key, value)
	}
	page, err := b.Open(l.ctx, l.base+"/phone#"+q.Encode())
	if err != nil {
		l.t.Fatal(err)
	}
	p := &phone{Page: page, lab: l, login: login, name: name}
	l.t.Cleanup(func() {
		if l.t.Failed() {
			p.explain()
		}
		_ = page.Close(context.Background())
	})
	return p
}

// explain writes down what a page says of itself, after a failure, and keeps what it recorded.
func (p *phone) explain() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var log, text string
	var problems []string
	_ = p.Eval(ctx, `document.getElementById("log").innerText`, &log)
	_ = p.Eval(ctx, `hookswitchRecorder.problems`, &problems)
	_ = p.Eval(ctx, `hookswitchRecorder.text()`, &text)
	p.lab.t.Logf("%s:\n%s\nproblems of the recorder: %v", p.name, log, problems)
	p.keep(p.name+".jsonl", []byte(text))
}

// picture keeps a picture of the page, if pictures are to be kept.
func (p *phone) picture(name string) {
	p.lab.t.Helper()
	shot, err := p.Screenshot(p.lab.ctx)
	if err != nil {
		p.lab.t.Fatal(err)
	}
	p.keep(name+".png", shot)
}

// keep writes a file for people to look at, into the folder that KEEP names.
func (p *phone) keep(name string, content []byte) {
	folder := os.Getenv("KEEP")
	if folder == "" {
		return
	}
	test := strings.NewReplacer("/", "-", " ", "-").Replace(p.lab.t.Name())
	if err := os.WriteFile(filepath.Join(folder, test+"-"+name), content, 0o600); err != nil {
		p.lab.t.Error(err)
	}
}

// until waits until something is true in the page.
func (p *phone) until(expression string) {
	p.lab.t.Helper()
	ctx, cancel := context.WithTimeout(p.lab.ctx, 10*time.Second)
	defer cancel()
	if err := p.Until(ctx, expression); err != nil {
		p.lab.t.Fatal(err)
	}
}

// eval evaluates an expression in the page.
func (p *phone) eval(expression string, into any) {
	p.lab.t.Helper()
	if err := p.Eval(p.lab.ctx, expression, into); err != nil {
		p.lab.t.Fatal(err)
	}
}

// do has the page call a method of the SDK, by way of the control API.
func (p *phone) do(method string, args ...any) {
	p.lab.t.Helper()
	p.lab.control("POST", "pages/"+p.name+"/do", map[string]any{"method": method, "args": args}, nil)
}

// hears is what is heard at the phone.
func (p *phone) hears() (s sound) {
	p.lab.t.Helper()
	p.eval(`phone.heard()`, &s)
	return s
}

// quiet resolves to what the page has recorded, once it has recorded nothing for a while: what was heard last has had its effect.
const quiet = `(async () => {
	for (let text = ""; ; await new Promise((later) => { setTimeout(later, 200); })) {
		if (text === hookswitchRecorder.text()) return text;
		text = hookswitchRecorder.text();
	}
})()`

// recording is what the page has recorded.
func (p *phone) recording() (text string) {
	p.lab.t.Helper()
	p.eval(quiet, &text)
	return text
}

// busy is how late a browser's timer may fire that shares its machine with the platform, other pages and other tests.
const busy = 500 * time.Millisecond

// verified holds a recording against the cell of this repository, which is told the same: it must decide the same.
func verified(t *testing.T, name, recording string) {
	t.Helper()
	log, err := capture.Read(name, strings.NewReader(recording))
	if err != nil {
		t.Fatal(err)
	}
	for _, warning := range log.Warnings {
		t.Errorf("the recording is not whole: %s", warning)
	}
	result, err := host.Replay(log)
	if err != nil {
		t.Fatal(err)
	}
	tolerance := log.Config.Tolerance()
	tolerance.Late = busy
	report := capture.Compare(log.Records, result.Outputs, tolerance)
	if report.Match() {
		t.Logf("%s: %s", name, compared(report))
		return
	}
	var shown bytes.Buffer
	if err := report.Show(&shown, log.Records, func(s string) string { return s }); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s: the SDK and the cell decide differently:\n%s", name, shown.Bytes())
}

// compared says how much was compared.
func compared(report capture.Report) string {
	n := 0
	for _, of := range report.Compared {
		n += of
	}
	return strconv.Itoa(n) + " decisions are the same"
}

// optionsOf are how a page is told to construct the SDK for an agent of a scenario.
func optionsOf(o messages.Options) []string {
	return []string{
		"autoConnectSessions=" + strconv.FormatBool(o.AutoConnectSessions),
		"disableAutoAnswer=" + strconv.FormatBool(o.DisableAutoAnswer),
		"useServerSidePings=" + strconv.FormatBool(o.UseServerSidePings),
		"eagerPersistentConnectionEstablishment=" + string(o.EagerPersistent),
	}
}
