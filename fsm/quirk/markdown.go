package quirk

import (
	"fmt"
	"strings"
)

// legend says how the table is to be read.
const legend = `- **Kind** is where the quirk shows. **row**: a row of a chart exists only with it, or only without it. **pick**: a function that
  chooses one of several chooses another. **fact**: a row writes down, or makes, something else.
- **Since** is the first version of the SDK that is known to have it, **fixed in** the first that no longer does. ` + "`SC 19.x`" + ` is a version of the
  streaming client, the library below the SDK.
- **Ticket or evidence**: ` + "`STREAM-nnn`" + ` is a ticket of the SDK's own maintainers. ` + "`sdk-behaviour 1.7`, `platform-wire`, `attacks.md`" + ` and
  ` + "`design`" + ` name sections of the behaviour reference that this project was written against. Neither is part of the repository;
  [traceability.md](traceability.md) lists the sections of ` + "`sdk-behaviour`" + ` in words.

`

// Markdown is the page of all quirks: a table to find one, then a section for each, in the order of the catalogue.
// The same catalogue always gives the same text.
func Markdown() string { return page(catalogue) }

func page(quirks []*Quirk) string {
	var b strings.Builder
	b.WriteString("# Quirks\n\n")
	b.WriteString("Where the real SDK differs from what is right. The profile `sdk-9.2.4` has all of these, ")
	b.WriteString("`corrected` has none.\n\n")
	if len(quirks) == 0 {
		b.WriteString("None is declared.\n")
		return b.String()
	}
	b.WriteString(legend)
	b.WriteString("| quirk | kind | ticket or evidence | since | fixed in |\n|---|---|---|---|---|\n")
	for _, q := range quirks {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s | %s |\n", q.Name, strings.ToLower(q.Name), q.Kind,
			cell(q.Ticket, "none"), cell(q.Since, "always"), cell(q.FixedIn, "not yet"))
	}
	for _, q := range quirks {
		fmt.Fprintf(&b, "\n## %s\n\n", q.Name)
		fmt.Fprintf(&b, "- **The SDK:** %s\n- **Corrected:** %s\n- **Why:** %s\n", q.SDK, q.Corrected, q.Why)
	}
	return b.String()
}

// cell is a table cell: the text with its bars escaped, or a word for an empty one.
func cell(text, empty string) string {
	if text == "" {
		return empty
	}
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}
