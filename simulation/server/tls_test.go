package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// certificate is one for a name and those below it, which signs itself, with who trusts it.
func certificate(t *testing.T, name string) (*tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name, "*." + name}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	raw, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	trust := x509.NewCertPool()
	trust.AddCert(parsed)
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, trust
}

// With a certificate, the public API and the stream are at names of their own, and nothing is served without TLS.
func TestTLS(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	s, err := server.New(server.Config{Options: platform.Defaults(), Public: "https://api.lab.test:" + port, Hosts: []string{"lab.test"}})
	if err != nil {
		t.Fatal(err)
	}
	pair, trust := certificate(t, "lab.test")
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener, pair) }()
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, listener.Addr().String())
	}
	of := &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: trust}}
	defer of.CloseIdleConnections()
	web := &http.Client{Transport: of}
	logins, err := s.AddAgent(context.Background(), server.Agent{Name: "ann", LineAppearance: 1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest("POST", "https://api.lab.test:"+port+"/api/v2/notifications/channels", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+logins[0].Token.Reveal())
	res, err := web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	var body strings.Builder
	_ = res.Write(&body)
	_, channel, _ := strings.Cut(body.String(), "/stream/channels/")
	channel, _, _ = strings.Cut(channel, `"`)
	if want := `"connectUri":"wss://streaming.lab.test:` + port + "/stream/"; !strings.Contains(body.String(), want) {
		t.Errorf("the channel is %s, want %s", body.String(), want)
	}
	dialer := websocket.Dialer{NetDialContext: dial, TLSClientConfig: &tls.Config{RootCAs: trust}, Subprotocols: []string{"xmpp"}}
	socket, res, err := dialer.Dial("wss://streaming.lab.test:"+port+"/stream/channels/"+channel, http.Header{"Origin": {"https://app.lab.test:" + port}})
	if err != nil {
		t.Fatalf("the stream: %v %v", res, err)
	}
	_ = res.Body.Close()
	c := &client{t: t, socket: socket, login: logins[0], channel: channel}
	defer func() { _ = socket.Close() }()
	if err := c.setUp("desk"); err != nil {
		t.Fatal(err)
	}
	heardUnderTheName(t, s, c, web, port)
	if res, err := http.Get("http://" + listener.Addr().String() + "/healthz"); err == nil {
		if res.StatusCode != http.StatusBadRequest {
			t.Errorf("without TLS: %d", res.StatusCode)
		}
		_ = res.Body.Close()
	}
	stop()
	if heard, code := c.ends(); !strings.Contains(heard, "<system-shutdown") || code != websocket.CloseGoingAway {
		t.Errorf("it heard %s and ended with %d", heard, code)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// heardUnderTheName has a call come, and looks under which names the platform tells of it.
func heardUnderTheName(t *testing.T, s *server.Server, c *client, web *http.Client, port string) {
	t.Helper()
	for _, ask := range [][3]string{
		{"PUT", "/api/v2/notifications/channels/" + c.channel + "/subscriptions", `[{"id":"v2.users.ann.conversations"}]`},
		{"POST", "/control/calls", `{"agent":"ann"}`},
	} {
		r, err := http.NewRequest(ask[0], "https://api.lab.test:"+port+ask[1], strings.NewReader(ask[2]))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+c.login.Token.Reveal())
		res, err := web.Do(r)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v %v", ask[1], res, err)
		}
		_ = res.Body.Close()
	}
	c.hear(`from="notifications.lab.test:` + port + `"`)
	var journal strings.Builder
	if _, err := s.WriteJournal(&journal, c.login); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"environment":"lab.test:` + port + `"`, `"wsHost":"wss://streaming.lab.test:` + port + `"`,
		`"url":"wss://streaming.lab.test:` + port + "/stream/channels/", `"url":"https://api.lab.test:` + port + "/api/v2/",
	} {
		if !strings.Contains(journal.String(), want) {
			t.Errorf("the journal lacks %s: %s", want, journal.String())
		}
	}
}
