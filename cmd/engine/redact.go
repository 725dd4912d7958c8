package main

import "github.com/hookswitch/hookswitch/adapters/capture"

type redactCommand struct {
	Log string `arg:"" help:"The recording."`
}

// Run writes the redacted recording to standard output.
func (c *redactCommand) Run(t *terminal) error {
	log, err := capture.ReadFile(c.Log)
	if err != nil {
		return err
	}
	t.warn(log.Warnings...)
	records, err := capture.Redact(log)
	if err != nil {
		return err
	}
	return capture.Write(t.out, records)
}
