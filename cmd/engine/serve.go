package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
	"github.com/hookswitch/hookswitch/simulation/server"
)

// serveCommand runs the simulated platform on a port.
type serveCommand struct {
	Scenario  string        `arg:"" optional:"" help:"A scenario file, or the name of one in the binary, that is played on whoever logs in as its agents."`
	Listen    string        `default:"127.0.0.1:8080" help:"The address to listen on; port 0: any that is free." placeholder:"ADDRESS"`
	Agent     []string      `help:"Add an agent with a station, as a scenario declares one: \"ann line-appearance 1 persistent phones desk home\"." placeholder:"AGENT"`
	Platform  []string      `help:"Set an option of the platform, KEY=VALUE of docs/world.md; over those of a scenario." placeholder:"KEY=VALUE"`
	SDK       string        `name:"sdk" help:"The real SDK's script in one file, which the page at /phone uses." type:"path" placeholder:"FILE"`
	Audio     bool          `default:"true" negatable:"" help:"Send and receive real audio."`
	AudioIP   string        `name:"audio-ip" default:"127.0.0.1" help:"The address that is offered for audio." placeholder:"IP"`
	AudioPort int           `name:"audio-port" help:"The UDP port of all audio; 0: any that is free." placeholder:"PORT"`
	TLSCert   string        `name:"tls-cert" help:"Serve HTTPS with this certificate." type:"path" placeholder:"FILE"`
	TLSKey    string        `name:"tls-key" help:"And this key." type:"path" placeholder:"FILE"`
	Host      []string      `help:"A name under which clients reach the server; names below it, such as api.NAME and streaming.NAME, belong to it." placeholder:"NAME"`
	Origin    []string      `help:"Let pages of another origin use the server, such as https://desktop.example.com." placeholder:"ORIGIN"`
	Journal   string        `help:"When it ends, write what each client said and heard to this folder, for replay." type:"path" placeholder:"FOLDER"`
	Record    bool          `default:"true" negatable:"" help:"Keep what each client says and hears."`
	Requests  int           `help:"How many requests a token may make in a minute before it gets 429; 0: 300, as the public API." placeholder:"N"`
	Patience  time.Duration `default:"1m" help:"How long a scenario waits for what a person is to do, once all phones have logged in." placeholder:"DURATION"`
	Verbose   bool          `help:"Log more."`
}

// controlTokenVariable is where the control token comes from: a command line is seen by others.
const controlTokenVariable = "HOOKSWITCH_CONTROL_TOKEN"

func (c *serveCommand) Run(t *terminal) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return c.serve(ctx, t)
}

// serve runs the server until the context ends, or until the scenario is over.
func (c *serveCommand) serve(ctx context.Context, t *terminal) error {
	if err := c.misused(); err != nil {
		return err
	}
	played, err := c.scenario()
	if err != nil {
		return err
	}
	certificate, err := c.certificate()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("serve: --listen %s: %w: choose another address, or port 0 for any that is free", c.Listen, readable(err))
	}
	cfg, err := c.config(listener.Addr(), played, t)
	if err != nil {
		_ = listener.Close()
		return err
	}
	s, err := server.New(cfg)
	if err != nil {
		_ = listener.Close()
		return fmt.Errorf("serve: %w", err)
	}
	ctx, end := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { defer end(); served <- s.Serve(ctx, listener, certificate) }()
	err = c.host(ctx, t, s, cfg.Public, played)
	end()
	return errors.Join(err, <-served, c.journals(t, s))
}

// host adds the agents, tells how they log in, and plays the scenario or waits for the end.
func (c *serveCommand) host(ctx context.Context, t *terminal, s *server.Server, public string, played *scenario.Scenario) error {
	cast := scenario.Scenario{}
	if played != nil {
		cast = *played
	}
	added, err := c.agents()
	if err != nil {
		return err
	}
	cast.Agents = append(cast.Agents, added...)
	logins, err := s.Cast(ctx, cast)
	if err != nil {
		return err
	}
	t.printf("serving %s", public)
	for _, l := range logins {
		t.printf("%s", loginLine(public, l))
	}
	if played == nil {
		<-ctx.Done()
		return nil
	}
	return c.play(ctx, t, s, *played)
}

// loginLine says how a phone logs in: by hand with the token, or by our page. What is behind # stays in the browser.
func loginLine(public string, l server.Login) string {
	name := l.Agent
	if l.Phone != "" {
		name += "/" + l.Phone
	}
	page := url.Values{"token": {l.Token.Reveal()}}
	if l.Phone != "" {
		page.Set("resource", l.Phone)
	}
	return fmt.Sprintf("%s  token %s  page %s/phone#%s", name, l.Token.Reveal(), public, page.Encode())
}

// play plays the scenario on whoever logs in.
func (c *serveCommand) play(ctx context.Context, t *terminal, s *server.Server, of scenario.Scenario) error {
	t.printf("waiting until all %s have logged in", counted(phonesOf(of), "phone"))
	if err := s.AwaitReady(ctx, of); err != nil {
		return stopped(ctx, t, err, "before all phones had logged in")
	}
	lines := 0
	left, err := s.Play(ctx, of, server.Playing{Patience: c.Patience, Settle: 2 * time.Second, Say: func(at time.Duration, who, what string) {
		if who == "" && !strings.HasPrefix(what, "left: ") {
			lines++
		}
		t.printf("%8.3fs  %-10s  %s", at.Seconds(), who, what)
	}})
	if err != nil {
		return stopped(ctx, t, err, fmt.Sprintf("after line %d of %d", lines, len(of.Lines)))
	}
	if len(left) > 0 {
		t.printf("%d of %d lines found nothing to do", len(left), len(of.Lines))
		return errFails
	}
	t.printf("all %d lines were done", len(of.Lines))
	return nil
}

func phonesOf(of scenario.Scenario) (n int) {
	for _, a := range of.Agents {
		n += len(a.Phones)
	}
	return n
}

// stopped is how a play ends that somebody has ended: it was not played to its end, and so nothing is shown by it.
func stopped(ctx context.Context, t *terminal, err error, when string) error {
	if ctx.Err() == nil { // else the server may have said first that it ends
		return err
	}
	t.printf("the scenario was stopped %s", when)
	return errFails
}

func (c *serveCommand) scenario() (*scenario.Scenario, error) {
	if c.Scenario == "" {
		return nil, nil
	}
	all, err := scenariosAt(c.Scenario)
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, fmt.Errorf("serve: %s: these are %d scenarios: one is played at a time", c.Scenario, len(all))
	}
	return &all[0].Scenario, nil
}

// agents are those of the command line.
func (c *serveCommand) agents() ([]scenario.Agent, error) {
	var all []scenario.Agent
	for _, line := range c.Agent {
		s, err := scenario.Parse("--agent", []byte("agent "+line+"\n"))
		if err != nil {
			return nil, fmt.Errorf("serve: %w", err)
		}
		all = append(all, s.Agents...)
	}
	return all, nil
}

func (c *serveCommand) certificate() (*tls.Certificate, error) {
	if c.TLSCert == "" && c.TLSKey == "" {
		return nil, nil
	}
	if c.TLSCert == "" || c.TLSKey == "" {
		return nil, errors.New("serve: --tls-cert and --tls-key belong together: give both")
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("serve: --tls-cert %s, --tls-key %s: %w: give a certificate and its key, as PEM", c.TLSCert, c.TLSKey, err)
	}
	return &pair, nil
}

// config is what the server is made of.
func (c *serveCommand) config(at net.Addr, played *scenario.Scenario, t *terminal) (server.Config, error) {
	cfg := server.Config{Options: platform.Defaults(), Origins: c.Origin, Hosts: c.Host, SDK: c.SDK, ControlToken: messages.Token(os.Getenv(controlTokenVariable))}
	address := netip.MustParseAddrPort(at.String())
	if !address.Addr().IsLoopback() && (cfg.ControlToken == "" || c.TLSCert == "") {
		return cfg, fmt.Errorf("serve: --listen %s: others can reach that: give --tls-cert and --tls-key, and set %s to what the control API is to ask for", c.Listen, controlTokenVariable)
	}
	if address.Addr().IsUnspecified() && len(c.Host) == 0 {
		return cfg, fmt.Errorf("serve: --listen %s: that is no address to come to: give --host NAME, under which clients reach it", c.Listen)
	}
	if c.Audio && !address.Addr().IsLoopback() && loopback(c.AudioIP) {
		fmt.Fprintf(t.err, "serve: --audio-ip %s: only clients on this machine will hear anything: give an address that the others reach\n", c.AudioIP)
	}
	cfg.Public = c.public(address)
	level := slog.LevelInfo
	if c.Verbose {
		level = slog.LevelDebug
	}
	cfg.Log = slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: level}))
	cfg.Limits.RequestsPerMinute = c.Requests
	if !c.Record {
		cfg.Limits.JournalBytes = -1
	}
	if c.Audio {
		cfg.Audio = &server.Audio{IP: c.AudioIP, Port: c.AudioPort}
	}
	var settings []scenario.Setting
	if played != nil {
		settings = played.Platform
	}
	for _, setting := range c.Platform {
		key, value, found := strings.Cut(setting, "=")
		if !found {
			return cfg, fmt.Errorf("serve: --platform %s: write KEY=VALUE, with an option of docs/world.md", setting)
		}
		settings = append(settings, scenario.Setting{Key: key, Value: value})
	}
	for _, set := range settings {
		if err := cfg.Options.Set(set.Key, set.Value); err != nil {
			return cfg, fmt.Errorf("serve: %w", err)
		}
	}
	return cfg, nil
}

// loopback tells whether an address is this machine's alone.
func loopback(ip string) bool {
	address, err := netip.ParseAddr(ip)
	return err == nil && address.IsLoopback()
}

// public is how clients reach the server. With TLS, the platform's services have names of their own.
func (c *serveCommand) public(at netip.AddrPort) string {
	if c.TLSCert == "" {
		return "http://" + at.String()
	}
	if len(c.Host) == 0 {
		return "https://" + at.String()
	}
	return "https://api." + net.JoinHostPort(c.Host[0], strconv.Itoa(int(at.Port())))
}

// journals writes what the clients said and heard, to the end. People's calls are in there: they are for nobody else's eyes.
func (c *serveCommand) journals(t *terminal, s *server.Server) error {
	if c.Journal == "" {
		return nil
	}
	if err := os.MkdirAll(c.Journal, 0o700); err != nil {
		return fmt.Errorf("serve: --journal: %w", err)
	}
	taken := map[string]bool{}
	for _, j := range s.Journals() {
		name := journalName(j, taken)
		taken[name] = true
		path := filepath.Join(c.Journal, name+".jsonl")
		whole, err := writeJournal(path, j)
		if err != nil {
			return fmt.Errorf("serve: --journal: %w", err)
		}
		if !whole {
			t.printf("%s is not whole: there was no room for all of it", path)
		}
	}
	return nil
}

// journalName is the name of a journal's file: of the agent and the phone, and numbered where that is taken.
func journalName(of server.Journal, taken map[string]bool) string {
	name := of.Agent
	if of.Phone != "" {
		name += "-" + of.Phone
	}
	numbered := name
	for n := 2; taken[numbered]; n++ {
		numbered = fmt.Sprintf("%s-%d", name, n)
	}
	return numbered
}

// writeJournal writes a journal to a file that its owner alone may read.
func writeJournal(path string, of server.Journal) (whole bool, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, err
	}
	whole, err = of.Write(f)
	return whole, errors.Join(err, f.Close())
}

// readable is an error of the network without the words that the command line has said already.
func readable(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}
