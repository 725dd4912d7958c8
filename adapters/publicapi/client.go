package publicapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// DefaultTimeout is how long a request may take. It is longer than any chart waits for an answer, and only sees to it that a
// server that never answers does not keep connections.
const DefaultTimeout = 2 * time.Minute

// ClientConfig says where the public API is and how it is reached. Only URL must be set.
type ClientConfig struct {
	// URL is what is before /api/v2, such as https://api.mypurecloud.com.
	URL string
	// TLS is for https; nil: the machine's trust.
	TLS *tls.Config
	// Proxy names the proxy for a request; nil: as the environment says (http.ProxyFromEnvironment).
	Proxy func(*http.Request) (*url.URL, error)
	// Dial makes connections; nil: a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// UserAgent is the header of that name; "": none.
	UserAgent string
	// Timeout bounds a request from first to last byte; 0: DefaultTimeout.
	Timeout time.Duration
	// Connections is how many are kept open while there is nothing to ask; 0: 32.
	Connections int
	// Log gets, at debug level, why there was no answer; nil: slog.Default(). It gets no token, address or body.
	Log *slog.Logger
}

// Client performs the requests of the public API over HTTP: it is the live port.REST. It asks once and follows no redirect; what
// to do with a status is the charts' business. One serves any number of softphones, and is safe for concurrent use.
type Client struct {
	base      *url.URL
	http      http.Client
	transport *http.Transport
	userAgent string
	log       *slog.Logger
}

var _ port.REST = (*Client)(nil)

// NewClient makes a Client. The error says what is wrong with the configuration.
func NewClient(cfg ClientConfig) (*Client, error) {
	base, err := url.Parse(cfg.URL)
	switch {
	case err != nil:
		return nil, errors.New("publicapi: the URL cannot be read: give one such as https://api.example.com")
	case base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.User != nil:
		return nil, fmt.Errorf("publicapi: %q is no URL of an API: give one such as https://api.example.com, without a user", base.Redacted())
	}
	if cfg.Proxy == nil {
		cfg.Proxy = http.ProxyFromEnvironment
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{}).DialContext
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.Connections == 0 {
		cfg.Connections = 32
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	transport := &http.Transport{
		Proxy: cfg.Proxy, DialContext: cfg.Dial, TLSClientConfig: cfg.TLS, ForceAttemptHTTP2: true,
		MaxIdleConns: cfg.Connections, MaxIdleConnsPerHost: cfg.Connections, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 15 * time.Second,
	}
	return &Client{
		base: base.JoinPath("api", "v2"), transport: transport, userAgent: cfg.UserAgent, log: cfg.Log,
		http: http.Client{Transport: transport, Timeout: cfg.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // the token is for this server only
		}},
	}, nil
}

// Do makes one request and reads its answer; see port.REST. What cannot be written, as Encode says, is not asked, and has Status 0.
func (c *Client) Do(ctx context.Context, token messages.Token, r messages.Request) messages.HTTPAnswered {
	status, retryAfter, body, err := c.exchange(ctx, token, r)
	if err != nil {
		c.log.Debug("publicapi: a request has no answer", "request", r.Of, "why", reason(err))
		return messages.HTTPAnswered{}
	}
	return Decode(r, status, retryAfter, body)
}

// Close gives back the connections that are kept open. Requests that are under way go on.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

func (c *Client) exchange(ctx context.Context, token messages.Token, r messages.Request) (status int, retryAfter string, body []byte, err error) {
	request, err := c.request(ctx, token, r)
	if err != nil {
		return 0, "", nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, "", nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(response.Body, maxBody+1)) // Decode refuses what is larger
	if err != nil {
		return 0, "", nil, err
	}
	return response.StatusCode, response.Header.Get("Retry-After"), body, nil
}

func (c *Client) request(ctx context.Context, token messages.Token, r messages.Request) (*http.Request, error) {
	method, path, body, err := Encode(r)
	if err != nil {
		return nil, &unasked{why: err}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, bytes.NewReader(body))
	if err != nil {
		return nil, &unasked{why: errors.New("the path is none")} // its text has the ids in it
	}
	request.Header.Set("Authorization", "Bearer "+token.Reveal())
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.userAgent) // an empty one is not sent
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

// unasked is an error of our own: the request was not made. It names no id.
type unasked struct{ why error }

func (u *unasked) Error() string { return u.why.Error() }

// reason says of what class an error is. The texts of package net and those around it have addresses, names and ids in them, and
// may quote what the server said.
func reason(err error) string {
	var (
		ours      *unasked
		name      *net.DNSError
		trust     *tls.CertificateVerificationError
		system    syscall.Errno
		impatient interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &ours):
		return ours.Error()
	case errors.Is(err, context.Canceled):
		return "it was given up"
	case errors.As(err, &impatient) && impatient.Timeout():
		return "it took too long"
	case errors.As(err, &name):
		return "the server's name cannot be resolved"
	case errors.As(err, &trust):
		return "the server's certificate is not trusted"
	case errors.As(err, &system):
		return system.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection ended"
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return fmt.Sprintf("an error of type %T", err)
}
