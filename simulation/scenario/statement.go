package scenario

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ReadStatement reads one statement without its moment, such as "stream of ann drops", for a program that performs what it is told
// at once. It may name these agents and phones only. The error says what to write instead.
func ReadStatement(text string, agents []Agent) (Statement, error) {
	switch {
	case len(text) > bytesMax:
		return Statement{}, errors.New("the statement is too long")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return Statement{}, errors.New("the statement is not one line of UTF-8 without control characters")
	}
	tokens := tokensOf(text)
	if err := bounded(tokens); err != nil {
		return Statement{}, err
	}
	if len(tokens) > 0 && beginsMoment(tokens[0].word) {
		return Statement{}, errors.New("a statement that is done at once has no moment: leave it out")
	}
	r := &reader{}
	r.scenario.Agents = agents
	return r.statement(tokens)
}
