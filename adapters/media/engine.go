package media

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"github.com/hookswitch/hookswitch/messages"
)

// Config says how media reach the network. The zero value is for a softphone on the internet.
type Config struct {
	// Loopback also offers the machine's own addresses: for a platform on the same machine.
	Loopback bool
	// IP tells which of the machine's addresses are offered; nil: all.
	IP func(net.IP) bool
	// WithoutServers asks no STUN and TURN servers, whatever the platform names: for a platform that is on the same network.
	WithoutServers bool
	// WithoutReports sends no RTCP reports, of which the far end learns how its sound arrives. They cost two goroutines for each
	// peer connection.
	WithoutReports bool
	// Log gets, at debug level, what went wrong, without addresses; nil: slog.Default().
	Log *slog.Logger
}

// Engine is what the peer connections of a program have in common: the settings, the certificate and the clock. It is safe for
// concurrent use, and costs nothing while there is no peer connection.
type Engine struct {
	cfg   Config
	api   *webrtc.API
	clock clock

	mu          sync.Mutex
	certificate *webrtc.Certificate
	live        map[*peer]struct{}
	gone        Sound // of the peer connections that were closed
}

// NewEngine makes an engine. The error says what of the machine or the configuration does not fit.
func NewEngine(cfg Config) (*Engine, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	codecs, reports := &webrtc.MediaEngine{}, &interceptor.Registry{}
	err := codecs.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: pcmu, PayloadType: pcmuType}, webrtc.RTPCodecTypeAudio)
	if err == nil && !cfg.WithoutReports {
		err = webrtc.ConfigureRTCPReports(reports)
	}
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(cfg.Loopback)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	if cfg.IP != nil {
		settings.SetIPFilter(cfg.IP)
	}
	e := &Engine{cfg: cfg, live: map[*peer]struct{}{}, gone: Sound{Level: Silent}}
	e.api = webrtc.NewAPI(webrtc.WithMediaEngine(codecs), webrtc.WithInterceptorRegistry(reports), webrtc.WithSettingEngine(settings))
	return e, nil
}

// pcmu is the codec, and pcmuType its number, which is the same everywhere (RFC 3551 section 6).
var pcmu = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: SampleRate}

const pcmuType = 0

// Media is a port.Media for one softphone, whose sound comes from a microphone; nil: Silence.
func (e *Engine) Media(microphone Microphone) *Media {
	if microphone == nil {
		microphone = Silence{}
	}
	return &Media{engine: e, microphone: microphone, peers: map[messages.Ref]*peer{}, sources: map[messages.Ref]*source{}}
}

// Total is what all peer connections that there are and were sent, received and lost. It has no level and no frequency.
func (e *Engine) Total() Sound {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := e.gone
	for p := range e.live {
		all.add(p.sound())
	}
	return all
}

func (e *Engine) joined(p *peer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.live[p] = struct{}{}
}

func (e *Engine) left(p *peer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, was := e.live[p]; was {
		delete(e.live, p)
		e.gone.add(p.sound())
	}
}

// GivenUp is how many packets of all that send were never sent, because the program did not run for more than a second when they were due.
func (e *Engine) GivenUp() uint64 { return e.clock.givenUp() }

// Wait waits until the clock stands still: it does soon after the last peer connection that sends was closed.
func (e *Engine) Wait() { e.clock.ticking.Wait() }

// certificate lives for a month: a new one is made a week before its end.
const renewBefore = 7 * 24 * time.Hour

// configuration is that of a new peer connection. Its certificate is shared, because making one takes longer than all else.
func (e *Engine) configuration(order messages.CreatePeer) (webrtc.Configuration, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.certificate == nil || time.Until(e.certificate.Expires()) < renewBefore {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return webrtc.Configuration{}, errors.New("no key can be made")
		}
		if e.certificate, err = webrtc.GenerateCertificate(key); err != nil {
			return webrtc.Configuration{}, errors.New("no certificate can be made")
		}
	}
	c := webrtc.Configuration{Certificates: []webrtc.Certificate{*e.certificate}}
	if order.Relay {
		c.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	if !e.cfg.WithoutServers {
		c.ICEServers = servers(order.Servers)
	}
	return c, nil
}

// servers are ICE servers as URLs (RFC 7064, RFC 7065).
func servers(known []messages.ICEServer) []webrtc.ICEServer {
	var all []webrtc.ICEServer
	for _, s := range known {
		address := s.Host
		if s.Port != "" {
			address = net.JoinHostPort(s.Host, s.Port)
		}
		address = s.Type + ":" + address
		server := webrtc.ICEServer{}
		if s.Type == "turn" || s.Type == "turns" {
			if s.Transport != "" {
				address += "?transport=" + s.Transport
			}
			server.Username, server.Credential = s.Username.Reveal(), s.Password.Reveal()
		}
		server.URLs = []string{address}
		all = append(all, server)
	}
	return all
}
