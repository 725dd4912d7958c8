package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// control is the control API of engine serve, and its metrics.
type control struct {
	url, token string
	http       http.Client
	transport  *http.Transport
}

func newControl(p plan) *control {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	return &control{url: strings.TrimSuffix(p.URL, "/"), token: p.ControlToken, transport: transport, http: http.Client{Transport: transport, Timeout: p.Patience}}
}

func (c *control) close() { c.transport.CloseIdleConnections() }

// addAgent adds an agent with a station of line appearance 100, and is the agent's access token.
func (c *control) addAgent(ctx context.Context, name string) (token string, err error) {
	var answer struct {
		Tokens []struct {
			Token string `json:"token"`
		} `json:"tokens"`
	}
	if err := c.ask(ctx, http.MethodPost, "/control/agents", map[string]any{"name": name, "lineAppearance": 100}, &answer); err != nil {
		return "", err
	}
	if len(answer.Tokens) == 0 {
		return "", errors.New("load: the control API gave an agent no token: is that engine serve?")
	}
	return answer.Tokens[0].Token, nil
}

// call has somebody call an agent.
func (c *control) call(ctx context.Context, id, agent string) error {
	return c.ask(ctx, http.MethodPost, "/control/calls", map[string]any{"id": id, "agent": agent, "from": "+15550100"}, nil)
}

// hangUp has the caller hang up.
func (c *control) hangUp(ctx context.Context, id string) error {
	return c.ask(ctx, http.MethodPost, "/control/calls/"+url.PathEscape(id)+"/hangup", struct{}{}, nil)
}

// heard is what came to the platform of an agent's sound in a call.
type heard struct {
	Received uint64  `json:"received"`
	Lost     uint64  `json:"lost"`
	Level    float64 `json:"level"`
}

func (c *control) heard(ctx context.Context, id, agent string) (heard, error) {
	var answer struct {
		Parties []struct {
			Agent string `json:"agent"`
			Sound *heard `json:"sound"`
		} `json:"parties"`
	}
	if err := c.ask(ctx, http.MethodGet, "/control/calls/"+url.PathEscape(id), nil, &answer); err != nil {
		return heard{}, err
	}
	for _, p := range answer.Parties {
		if p.Agent == agent && p.Sound != nil {
			return *p.Sound, nil
		}
	}
	return heard{}, errors.New("load: the agent is not heard in the call")
}

// ask makes one request. The error has what the server says is wrong.
func (c *control) ask(ctx context.Context, method, path string, body, into any) error {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("load: %s: %w", path, err)
		}
		content = bytes.NewReader(text)
	}
	text, err := c.exchange(ctx, method, path, content)
	if err != nil || into == nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("load: %s: the answer is not what the control API answers: is that engine serve?", path)
	}
	return nil
}

func (c *control) exchange(ctx context.Context, method, path string, content io.Reader) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, content)
	if err != nil {
		return nil, fmt.Errorf("load: -url %s: %w", c.url, err)
	}
	if content != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	switch {
	case err != nil:
		return nil, fmt.Errorf("load: %s: %w", path, err)
	case response.StatusCode >= http.StatusBadRequest:
		return nil, fmt.Errorf("load: %s: %s: %s", path, response.Status, strings.TrimSpace(string(text)))
	}
	return text, nil
}

// process is how a process does.
type process struct {
	tells      bool // it has metrics
	goroutines int
	heap       uint64 // bytes in use
	resident   uint64 // bytes
	processor  time.Duration
	unsent     uint64    // packets of sound that the server left out, in either direction
	collected  time.Time // when garbage was collected last
	lives      uint64    // bytes that objects take
}

// look asks how the server does, of its metrics.
func (c *control) look(ctx context.Context) (process, error) {
	text, err := c.exchange(ctx, http.MethodGet, "/metrics", nil)
	if err != nil {
		return process{}, err
	}
	p := process{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			continue
		}
		p.tells = true
		switch name {
		case "go_goroutines":
			p.goroutines = int(n)
		case "go_memstats_heap_inuse_bytes":
			p.heap = uint64(n)
		case "go_memstats_heap_alloc_bytes":
			p.lives = uint64(n)
		case "go_memstats_last_gc_time_seconds":
			p.collected = time.UnixMilli(int64(1000 * n))
		case "hookswitch_audio_unsent_packets_total":
			p.unsent = uint64(n)
		case "process_resident_memory_bytes":
			p.resident = uint64(n)
		case "process_cpu_seconds_total":
			p.processor = time.Duration(n * float64(time.Second))
		}
	}
	return p, nil
}
