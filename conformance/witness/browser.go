//go:build witness

package witness

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Browser is a headless Chromium, driven over a pair of pipes with its DevTools protocol: one JSON object a message, each
// followed by a zero byte.
type Browser struct {
	cmd    *exec.Cmd
	out    io.WriteCloser
	done   chan struct{} // closed when the browser has nothing more to say
	stderr bytes.Buffer

	mu      sync.Mutex
	last    int
	waiting map[int]chan<- answer
	pages   map[string]*Page // by the id of the DevTools session
}

// answer is what the browser says to one command.
type answer struct {
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// flags are for a browser that has no user, no sandbox of its own and no network but this machine's: calls go over the
// loopback interface, the microphone is a file, permissions are granted unasked, and no page is slowed down because another one
// is in front.
func flags(folder, microphone string) []string {
	return []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
		"--disable-extensions", "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
		"--disable-renderer-backgrounding", "--mute-audio", "--autoplay-policy=no-user-gesture-required",
		"--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
		"--use-file-for-fake-audio-capture=" + microphone, "--allow-loopback-in-peer-connection",
		"--remote-debugging-pipe", "--user-data-dir=" + folder, "about:blank",
	}
}

// Start starts a browser. folder is its own, and empty; microphone is the WAV file that its microphone plays again and again.
func Start(folder, microphone string) (*Browser, error) {
	in, theirOut, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("witness: starting the browser: %w", err)
	}
	theirIn, out, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("witness: starting the browser: %w", err)
	}
	b := &Browser{out: out, done: make(chan struct{}), waiting: map[int]chan<- answer{}, pages: map[string]*Page{}}
	b.cmd = exec.Command(cmp.Or(os.Getenv("CHROMIUM"), "chromium"), flags(folder, microphone)...)
	b.cmd.ExtraFiles = []*os.File{theirIn, theirOut} // the protocol wants them as the files 3 and 4
	b.cmd.Stderr = &b.stderr
	err = b.cmd.Start()
	_, _ = theirIn.Close(), theirOut.Close()
	if err != nil {
		_, _ = in.Close(), out.Close()
		return nil, fmt.Errorf("witness: starting the browser: %w: install chromium, or name one with CHROMIUM", err)
	}
	go b.read(in)
	return b, nil
}

// Close ends the browser and waits until it has gone.
func (b *Browser) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := b.do(ctx, "", "Browser.close", nil, nil)
	_ = b.out.Close()
	select {
	case <-b.done:
	case <-ctx.Done():
		_ = b.cmd.Process.Kill()
	}
	_ = b.cmd.Wait()
	if err != nil {
		return fmt.Errorf("%w: the browser said: %s", err, bytes.TrimSpace(b.stderr.Bytes()))
	}
	return nil
}

// read hears the browser until it ends.
func (b *Browser) read(in io.ReadCloser) {
	defer close(b.done)
	defer func() { _ = in.Close() }()
	from := bufio.NewReaderSize(in, 1<<16)
	for {
		text, err := from.ReadBytes(0)
		if err != nil {
			b.fail()
			return
		}
		b.heard(bytes.TrimSuffix(text, []byte{0}))
	}
}

// heard hands one message to whom it is for: an answer to who asked, an event to its page.
func (b *Browser) heard(text []byte) {
	var m struct {
		ID      int             `json:"id"`
		Session string          `json:"sessionId"`
		Method  string          `json:"method"`
		Params  json.RawMessage `json:"params"`
		answer
	}
	if json.Unmarshal(text, &m) != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if asker, asked := b.waiting[m.ID]; asked {
		delete(b.waiting, m.ID)
		asker <- m.answer
	} else if page, there := b.pages[m.Session]; there && m.ID == 0 {
		page.told(m.Method, m.Params)
	}
}

// fail tells whoever still waits that no answer will come.
func (b *Browser) fail() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, asker := range b.waiting {
		delete(b.waiting, id)
		close(asker)
	}
}

var errGone = errors.New("the browser has ended")

// do sends a command and waits for its answer, whose result it decodes into result if that is not nil.
func (b *Browser) do(ctx context.Context, session, method string, params, result any) error {
	reply := make(chan answer, 1)
	b.mu.Lock()
	b.last++
	id := b.last
	b.waiting[id] = reply
	text, err := json.Marshal(struct {
		ID      int    `json:"id"`
		Method  string `json:"method"`
		Params  any    `json:"params,omitempty"`
		Session string `json:"sessionId,omitempty"`
	}{id, method, params, session})
	if err == nil {
		_, err = b.out.Write(append(text, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return fmt.Errorf("witness: %s: %w", method, err)
	}
	select {
	case a, answered := <-reply:
		switch {
		case !answered:
			return fmt.Errorf("witness: %s: %w: %s", method, errGone, bytes.TrimSpace(b.stderr.Bytes()))
		case a.Error != nil:
			return fmt.Errorf("witness: %s: %s", method, a.Error.Message)
		case result != nil:
			return json.Unmarshal(a.Result, result)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("witness: %s: %w", method, ctx.Err())
	}
}

// Page is one page of a browser.
type Page struct {
	browser *Browser
	target  string
	session string

	mu      sync.Mutex
	log     []string
	network *network // what it says and hears
}

// Open opens a page, and waits until it is loaded.
func (b *Browser) Open(ctx context.Context, url string) (*Page, error) {
	var target struct {
		ID string `json:"targetId"`
	}
	if err := b.do(ctx, "", "Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return nil, err
	}
	var attached struct {
		Session string `json:"sessionId"`
	}
	if err := b.do(ctx, "", "Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &attached); err != nil {
		return nil, err
	}
	p := &Page{browser: b, target: target.ID, session: attached.Session, network: &network{entries: map[string]*exchange{}}}
	b.mu.Lock()
	b.pages[p.session] = p
	b.mu.Unlock()
	for _, domain := range []string{"Runtime.enable", "Page.enable", "Network.enable"} {
		if err := p.do(ctx, domain, nil, nil); err != nil {
			return nil, err
		}
	}
	// Each page is in front, as far as it knows: timers of a page that is hidden come late.
	if err := p.do(ctx, "Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true}, nil); err != nil {
		return nil, err
	}
	if err := p.do(ctx, "Page.navigate", map[string]any{"url": url}, nil); err != nil {
		return nil, err
	}
	return p, p.Until(ctx, `location.protocol !== "about:" && document.readyState === "complete"`)
}

// Close closes the page.
func (p *Page) Close(ctx context.Context) error {
	p.browser.mu.Lock()
	delete(p.browser.pages, p.session)
	p.browser.mu.Unlock()
	return p.browser.do(ctx, "", "Target.closeTarget", map[string]any{"targetId": p.target}, nil)
}

func (p *Page) do(ctx context.Context, method string, params, result any) error {
	return p.browser.do(ctx, p.session, method, params, result)
}

// told notes what the page wrote on its console, and the errors that nobody caught.
func (p *Page) told(method string, params []byte) {
	if strings.HasPrefix(method, "Network.") {
		p.network.told(method, params)
		return
	}
	var said struct {
		Type string `json:"type"`
		Args []struct {
			Value       any    `json:"value"`
			Description string `json:"description"`
		} `json:"args"`
		Exception struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	if json.Unmarshal(params, &said) != nil {
		return
	}
	line := ""
	switch method {
	case "Runtime.consoleAPICalled":
		line = said.Type + ":"
		for _, a := range said.Args {
			line += " " + cmp.Or(a.Description, fmt.Sprint(a.Value))
		}
	case "Runtime.exceptionThrown":
		line = said.Exception.Text + " " + said.Exception.Exception.Description
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, line)
}

// Log is what the page wrote on its console.
func (p *Page) Log() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.log...)
}

// Eval evaluates an expression in the page, waits for its promise if it is one, and decodes the value into result, if that
// is not nil.
func (p *Page) Eval(ctx context.Context, expression string, result any) error {
	var evaluated struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	params := map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}
	if err := p.do(ctx, "Runtime.evaluate", params, &evaluated); err != nil {
		return fmt.Errorf("%w (%s)", err, expression)
	}
	if e := evaluated.Exception; e != nil {
		return fmt.Errorf("witness: the page threw: %s %s (%s)", e.Text, e.Exception.Description, expression)
	}
	if result == nil || len(evaluated.Result.Value) == 0 {
		return nil
	}
	return json.Unmarshal(evaluated.Result.Value, result)
}

// Until waits until an expression is true in the page. It is asked again and again, so it must only look. While the page is
// left for another one it has no answer, which is like no.
func (p *Page) Until(ctx context.Context, expression string) error {
	for {
		var is bool
		err := p.Eval(ctx, "Boolean("+expression+")", &is)
		if err == nil && is {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("witness: it never came true: %s: %w", expression, cmp.Or(err, ctx.Err()))
		case <-p.browser.done:
			return fmt.Errorf("witness: %s: %w", expression, errGone)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Offline cuts the page's network, or joins it again. Media are not cut.
func (p *Page) Offline(ctx context.Context, offline bool) error {
	params := map[string]any{"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
	return p.do(ctx, "Network.emulateNetworkConditions", params, nil)
}

// Screenshot is a picture of the page, as PNG.
func (p *Page) Screenshot(ctx context.Context) ([]byte, error) {
	var shot struct {
		Data string `json:"data"`
	}
	if err := p.do(ctx, "Page.captureScreenshot", map[string]any{"format": "png"}, &shot); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(shot.Data)
}
