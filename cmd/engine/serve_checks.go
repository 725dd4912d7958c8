package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
)

// misused says what of the flags can never work, before anything is begun.
func (c *serveCommand) misused() error {
	var wrong []error
	if c.Journal != "" && !c.Record {
		wrong = append(wrong, errors.New("serve: --journal and --no-record contradict each other: leave one out"))
	}
	if c.Patience <= 0 {
		wrong = append(wrong, fmt.Errorf("serve: --patience %s: give how long to wait, such as 1m", c.Patience))
	}
	for _, origin := range c.Origin {
		if !isOrigin(origin) {
			wrong = append(wrong, fmt.Errorf("serve: --origin %s: write an origin as a browser does, such as http://localhost:4200", origin))
		}
	}
	for _, host := range c.Host {
		if !hostName.MatchString(host) {
			wrong = append(wrong, fmt.Errorf("serve: --host %s: write a name without scheme, port or path, such as lab.test", host))
		}
	}
	return errors.Join(append(wrong, c.journalMisused(), c.sdkMisused())...)
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

// isOrigin tells whether a text is scheme, host and maybe port (RFC 6454 section 6.2).
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && text == u.Scheme+"://"+u.Host
}

// journalMisused says why recordings could not be written at the end: they would be lost, and those that are there overwritten.
func (c *serveCommand) journalMisused() error {
	if c.Journal == "" {
		return nil
	}
	if err := os.MkdirAll(c.Journal, 0o700); err != nil {
		return fmt.Errorf("serve: --journal %s: %w: give a folder that can be written", c.Journal, why(err))
	}
	probe, err := os.CreateTemp(c.Journal, ".probe")
	if err != nil {
		return fmt.Errorf("serve: --journal %s: %w: give a folder that can be written", c.Journal, why(err))
	}
	_ = probe.Close()
	if err := os.Remove(probe.Name()); err != nil {
		return fmt.Errorf("serve: --journal %s: %w", c.Journal, why(err))
	}
	if earlier, err := filepath.Glob(filepath.Join(c.Journal, "*.jsonl")); err != nil || len(earlier) > 0 {
		return fmt.Errorf("serve: --journal %s: recordings are in it already: give another folder, or take them away", c.Journal)
	}
	return nil
}

// sdkName is what every bundle of the SDK defines.
const sdkName = "GenesysCloudWebrtcSdk"

// sdkMisused says why a file is not the SDK.
func (c *serveCommand) sdkMisused() error {
	if c.SDK == "" {
		return nil
	}
	const advice = "npm install genesys-cloud-webrtc-sdk@9.2.4 brings it, as dist/genesys-cloud-webrtc-sdk.bundle.min.js"
	f, err := os.Open(c.SDK)
	if err != nil {
		return fmt.Errorf("serve: --sdk %s: %w: %s", c.SDK, why(err), advice)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, sdkMax))
	if err != nil {
		return fmt.Errorf("serve: --sdk %s: %w: %s", c.SDK, why(err), advice)
	}
	if !bytes.Contains(text, []byte(sdkName)) {
		return fmt.Errorf("serve: --sdk %s: it is not the SDK's script: %s", c.SDK, advice)
	}
	return nil
}

// sdkMax is how much of the SDK's script is looked at. Its largest bundle has 4 MB.
const sdkMax = 64 << 20
