package scenario

import "strings"

// String is the scenario as Parse reads it, in the one form that means the same: settings in a fixed order and only those
// that differ from their defaults, moments in a column.
func (s Scenario) String() string { return string(s.Append(nil)) }

// Append appends String to dst.
func (s Scenario) Append(dst []byte) []byte {
	dst = appendLines(dst, commented(s.Title))
	for _, h := range headerWords() {
		dst = appendLines(dst, h.write(s))
	}
	if len(s.Lines) > 0 || s.Closing != "" {
		dst = append(dst, '\n')
	}
	for _, line := range s.Lines {
		dst = appendLines(dst, commented(line.Note))
		dst = append(line.append(dst), '\n')
	}
	dst = appendLines(dst, commented(s.Closing))
	if expected := settled(s.Expected); expected != "" {
		dst = append(dst, dashes+"\n"+expected...)
	}
	return dst
}

// String is the line as a scenario writes it, without its comment.
func (l Line) String() string { return string(l.append(nil)) }

func (l Line) append(dst []byte) []byte {
	const column = 7
	moment := l.When.String()
	dst = append(dst, moment...)
	switch {
	case l.When.Event != "":
		dst = append(dst, "  "...)
	case len(moment) < column:
		dst = append(dst, strings.Repeat(" ", column-len(moment))...)
	default:
		dst = append(dst, ' ')
	}
	return appendStatement(dst, l.Do)
}

// commented is a text as lines of comment; none if it is "".
func commented(text string) []string {
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight("# "+line, " \t")
	}
	return lines
}

func appendLines(dst []byte, lines []string) []byte {
	for _, line := range lines {
		dst = append(append(dst, line...), '\n')
	}
	return dst
}
