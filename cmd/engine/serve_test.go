package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// What is wrong is told at once, with what to do.
func TestServeIsUsedWrongly(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	noCertificate := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(noCertificate, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--listen", taken.Addr().String()}, "address already in use: choose another address"},
		{[]string{"--listen", "nowhere"}, "serve: --listen nowhere"},
		{[]string{"--listen", "0.0.0.0:0"}, "others can reach that"},
		{[]string{"--tls-cert", noCertificate}, "belong together"},
		{[]string{"--tls-cert", noCertificate, "--tls-key", noCertificate}, "give a certificate and its key, as PEM"},
		{[]string{"--journal", "somewhere", "--no-record"}, "contradict each other"},
		{[]string{"--agent", "Ann"}, "Ann"},
		{[]string{"--platform", "signaling=sdp"}, "signalling"},
		{[]string{"--platform", "signalling"}, "write KEY=VALUE"},
		{[]string{"--sdk", "/nowhere.js"}, "npm install genesys-cloud-webrtc-sdk"},
		{[]string{"--sdk", noCertificate}, "it is not the SDK's script"},
		{[]string{"--journal", noCertificate}, "give a folder that can be written"},
		{[]string{"--origin", "localhost:4200"}, "such as http://localhost:4200"},
		{[]string{"--origin", "http://localhost/path"}, "such as http://localhost:4200"},
		{[]string{"--host", "http://lab.test"}, "such as lab.test"},
		{[]string{"--patience", "-3s"}, "give how long to wait"},
		{[]string{"--audio-ip", "everywhere"}, "give one such as 127.0.0.1"},
		{[]string{"no-such-scenario"}, "no-such-scenario"},
	} {
		var out, errs bytes.Buffer
		listen := []string{"serve", "--listen", "127.0.0.1:0"}
		if code := run(append(listen, c.args...), &out, &errs); code != exitUsage || !strings.Contains(errs.String(), c.says) {
			t.Errorf("%s: exit %d, %s, want %d and %q", c.args, code, errs.String(), exitUsage, c.says)
		}
	}
}

// It serves until it is told to stop, and writes down what its clients said.
func TestServeUntilTheEnd(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	journals := filepath.Join(t.TempDir(), "journals")
	c := serveCommand{Listen: "127.0.0.1:0", Agent: []string{"ann line-appearance 1 phones desk home"}, Journal: journals, Record: true, Patience: time.Second, Audio: true, AudioIP: "127.0.0.1"}
	out := &lines{told: make(chan string, 10)}
	ended := make(chan error, 1)
	go func() { ended <- c.serve(ctx, &terminal{out: out, err: &bytes.Buffer{}}) }()
	address := strings.TrimPrefix(<-out.told, "serving ")
	login := regexp.MustCompile(`^ann/desk  token (\S+)  page \S+/phone#resource=desk&token=\S+$`).FindStringSubmatch(<-out.told)
	if login == nil {
		t.Fatal("it does not tell how ann's desk phone logs in")
	}
	r, err := http.NewRequest(http.MethodGet, address+"/api/v2/users/me?expand=station", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+login[1])
	res, err := http.DefaultClient.Do(r)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("ann cannot ask who she is: %v %v", res, err)
	}
	_ = res.Body.Close()
	for path, body := range map[string]string{"": `{"name":"bob","phones":["desk"]}`, "/ann/tokens": `{"phone":"desk"}`} {
		res, err := http.Post(address+"/control/agents"+path, "application/json", strings.NewReader(body))
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v %v", path, res, err)
		}
		_ = res.Body.Close()
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it does not end")
	}
	journal, err := os.ReadFile(filepath.Join(journals, "ann-desk.jsonl"))
	if err != nil || !bytes.Contains(journal, []byte("/api/v2/users/me?expand=station")) {
		t.Errorf("the journal is %s (%v)", journal, err)
	}
	if bytes.Contains(journal, []byte(login[1])) {
		t.Error("the token is in the journal")
	}
	all, err := os.ReadDir(journals)
	names := ""
	for _, f := range all {
		names += f.Name() + " "
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v (%v)", f.Name(), info.Mode(), err)
		}
	}
	if names != "ann-desk-2.jsonl ann-desk.jsonl ann-home.jsonl bob-desk.jsonl " {
		t.Errorf("there are the journals %s(%v)", names, err)
	}
	if folder, err := os.Stat(journals); err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("the folder is open to others: %v (%v)", folder.Mode(), err)
	}
}

// Journals are written, too, where the command ends with an error.
func TestJournalsOfWhatFailed(t *testing.T) {
	journals := t.TempDir()
	c := serveCommand{Listen: "127.0.0.1:0", Agent: []string{"ann phones desk", "ann"}, Journal: journals, Record: true, Patience: time.Second}
	if err := c.serve(context.Background(), &terminal{out: &bytes.Buffer{}, err: &bytes.Buffer{}}); err == nil {
		t.Fatal("two agents of one name are added")
	}
	if info, err := os.Stat(filepath.Join(journals, "ann-desk.jsonl")); err != nil || info.Size() == 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("the journal is %+v (%v)", info, err)
	}
	if err := c.serve(context.Background(), &terminal{out: &bytes.Buffer{}, err: &bytes.Buffer{}}); err == nil || !strings.Contains(err.Error(), "recordings are in it already") {
		t.Errorf("a folder with recordings is taken again: %v", err)
	}
}

// Where the server can be reached from elsewhere, its addresses have to be such that others can use.
func TestAddressesForOthers(t *testing.T) {
	t.Setenv(controlTokenVariable, "open-sesame")
	for _, c := range []struct {
		listen, audio        string
		host                 []string
		fails, warns, public string
	}{
		{listen: "0.0.0.0:8443", fails: "give --host NAME"},
		{listen: "[::]:8443", fails: "give --host NAME"},
		{listen: "[::]:8443", host: []string{"lab.test"}, audio: "127.0.0.1", warns: "--audio-ip 127.0.0.1", public: "https://api.lab.test:8443"},
		{listen: "[::]:8443", host: []string{"lab.test"}, audio: "192.0.2.10", public: "https://api.lab.test:8443"},
		{listen: "192.0.2.10:8443", audio: "127.0.0.1", warns: "--audio-ip 127.0.0.1", public: "https://192.0.2.10:8443"},
		{listen: "127.0.0.1:8443", audio: "127.0.0.1", public: "https://127.0.0.1:8443"},
	} {
		var errs bytes.Buffer
		command := serveCommand{Listen: c.listen, Host: c.host, TLSCert: "cert.pem", Audio: c.audio != "", AudioIP: c.audio, Record: true}
		at, err := net.ResolveTCPAddr("tcp", c.listen)
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := command.config(at, nil, &terminal{out: &errs, err: &errs})
		if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s %s: %v, want %q", c.listen, c.host, err, c.fails)
		}
		if err == nil && (cfg.Public != c.public || c.warns == "" && errs.Len() > 0 || !strings.Contains(errs.String(), c.warns)) {
			t.Errorf("%s %s: it is at %s and warns %q, want %s and %q", c.listen, c.host, cfg.Public, errs.String(), c.public, c.warns)
		}
	}
}

// A scenario that is stopped was not played: whoever runs it must not take it for passed.
func TestServeIsStoppedInAScenario(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c := serveCommand{Listen: "127.0.0.1:0", Scenario: "an-inbound-call-is-answered-and-ended-by-the-agent", Record: true, Patience: time.Second}
	out := &lines{told: make(chan string, 10)}
	ended := make(chan error, 1)
	go func() { ended <- c.serve(ctx, &terminal{out: out, err: &bytes.Buffer{}}) }()
	for said := ""; !strings.HasPrefix(said, "waiting until all"); said = <-out.told {
	}
	stop()
	if err := <-ended; !errors.Is(err, errFails) {
		t.Fatalf("it ends with %v, want exit code 1", err)
	}
	if said := <-out.told; said != "the scenario was stopped before all phones had logged in" {
		t.Errorf("it says %q", said)
	}
}

// lines is a writer that hands on what is written.
type lines struct{ told chan string }

func (l *lines) Write(b []byte) (int, error) {
	l.told <- strings.TrimSuffix(string(b), "\n")
	return len(b), nil
}
