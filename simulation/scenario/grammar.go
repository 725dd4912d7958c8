package scenario

import (
	"fmt"
	"strings"
)

// shown is how a pattern is explained: places in capitals, in brackets what may be left out.
func (f form) shown() string { return shownParts(f.parts) }

func shownParts(parts []part) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		switch {
		case p.maybe != nil:
			words[i] = "[" + shownParts(p.maybe) + "]"
		case p.choices != nil:
			words[i] = strings.Join(p.choices, "|")
		case p.place != nil:
			words[i] = p.place.shown
		default:
			words[i] = p.word
		}
	}
	return strings.Join(words, " ")
}

// row is one thing that can be written, and what it means.
type row struct{ form, help string }

// chapter is a table of the grammar.
type chapter struct {
	title string
	rows  []row
}

// chapters are the whole grammar.
func chapters() []chapter {
	header := chapter{title: "Header words, each on a line of its own"}
	for _, h := range headerWords() {
		header.rows = append(header.rows, row{h.word + " " + h.behind, h.help})
	}
	options := chapter{title: "Options of an agent, behind its name"}
	for _, o := range agentOptions() {
		options.rows = append(options.rows, row{strings.TrimSpace(o.word + " " + o.behind), o.help})
	}
	moments := chapter{title: "Moments, before each statement", rows: []row{
		{"+DURATION", "so long after the line before it"},
		{"@DURATION", "so long after the beginning"},
		{"when PHONE EVENT [CALL] +DURATION", "so long after the phone next announces this event, of this call if one is named"},
	}}
	statements := chapter{title: "Statements"}
	for _, f := range forms {
		statements.rows = append(statements.rows, row{f.shown(), f.Help})
	}
	words := chapter{title: "Words in capitals"}
	for _, p := range places {
		if p.shown != "" {
			words.rows = append(words.rows, row{p.shown, p.help})
		}
	}
	words.rows = append(words.rows, row{"EVENT", "an event of the SDK: " + strings.Join(eventNames, ", ")})
	return []chapter{header, options, moments, statements, words}
}

// Grammar is all that can be written in a scenario, for a terminal: a title, then each form with what it means.
func Grammar() string {
	var b strings.Builder
	for i, c := range chapters() {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(c.title + ":\n")
		for _, r := range c.rows {
			if len(r.form) <= grammarColumn {
				_, _ = fmt.Fprintf(&b, "  %-*s  %s\n", grammarColumn, r.form, r.help)
			} else {
				_, _ = fmt.Fprintf(&b, "  %s\n  %*s  %s\n", r.form, grammarColumn, "", r.help)
			}
		}
	}
	return b.String()
}

const grammarColumn = 42
