package main

import (
	"bytes"
	"io"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/adapters/capture"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/replay"
)

// cutLine is a line that was begun: what is redacted of a recording that was cut is known as cut, too.
const cutLine = `{"seq":`

type redactCommand struct {
	Log string `arg:"" help:"${log}"`
}

// Run writes the redacted recording to standard output.
func (c *redactCommand) Run(t *terminal) error {
	if err := keepsInput("redact", c.Log, t.stdout()); err != nil {
		return err
	}
	log, err := openLog(c.Log)
	if err != nil {
		return err
	}
	if log.capture == nil {
		return redactJournal(t, log.journal)
	}
	t.warn(log.capture.Warnings...)
	records, err := capture.Redact(log.capture)
	if err != nil {
		return err
	}
	if err := capture.Write(t.out, records); err != nil || log.capture.CutAfter == 0 {
		return err
	}
	_, err = io.WriteString(t.out, cutLine)
	return err
}

// redactJournal writes a journal with aliases. Nothing is written unless all of it can be.
func redactJournal(t *terminal, j replay.Journal) error {
	_, entries, cut, err := j.Read()
	if err != nil {
		return err
	}
	aliases := capture.NewAliases()
	for _, e := range entries {
		aliases.Learn(e.Input)
	}
	if cut > 0 {
		t.warn(j.Name + ": the last line is cut: it was left out")
	}
	anonymous := func(h runtime.Header) runtime.Header {
		h.Cell, h.Organization, h.User = "cell", "", aliases.User(h.User)
		return h
	}
	var out bytes.Buffer
	rewrite := func(in messages.Input) messages.Input { return aliases.Input(in) }
	if err := replay.RewriteJournal(j, actors.Softphone(), &out, anonymous, rewrite); err != nil {
		return err
	}
	_, err = out.WriteTo(t.out)
	return err
}
