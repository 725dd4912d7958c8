package messages_test

import (
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/messages"
)

// The package comment says of each effect what answers it, and the answers that it names are inputs from outside.
func TestEveryEffectSaysWhatAnswersIt(t *testing.T) {
	answers := answersTold(t)
	inputs := typeNames(messages.Inputs())
	for effect := range typeNames(messages.Effects()) {
		told, ok := answers[effect]
		if !ok {
			t.Errorf("the table of doc.go does not say what answers %s", effect)
		}
		waits := !strings.HasPrefix(told, "nothing")
		if first, _, _ := strings.Cut(regexp.MustCompile(`[,;]`).ReplaceAllString(told, " "), " "); waits && !inputs[first] {
			t.Errorf("%s: %s is no input from outside", effect, first)
		}
		delete(answers, effect)
	}
	for effect := range answers {
		t.Errorf("the table of doc.go has %s, which is no effect", effect)
	}
}

// Each result that names its effect is in the table.
func TestEveryResultAnswersAnEffect(t *testing.T) {
	var all []string
	for _, told := range answersTold(t) {
		all = append(all, strings.FieldsFunc(told, func(r rune) bool { return strings.ContainsRune(" ,;", r) })...)
	}
	words := " " + strings.Join(all, " ") + " "
	for _, in := range messages.Inputs() {
		typ := reflect.TypeOf(in)
		if field, ok := typ.FieldByName("Effect"); ok && field.Type == reflect.TypeFor[messages.EffectID]() && !strings.Contains(words, " "+typ.Name()+" ") {
			t.Errorf("%s names an effect, and the table of doc.go does not say which", typ.Name())
		}
	}
}

// answersTold reads the table: what is said of each effect.
func answersTold(t *testing.T) map[string]string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for line := range strings.SplitSeq(f.Doc.Text(), "\n") {
		if row, ok := strings.CutPrefix(line, "\t"); ok {
			effect, answer, _ := strings.Cut(row, " ")
			told[effect] = strings.TrimSpace(answer)
		}
	}
	delete(told, "effect")
	return told
}

func typeNames[M any](all []M) map[string]bool {
	names := map[string]bool{}
	for _, m := range all {
		names[reflect.TypeOf(m).Name()] = true
	}
	return names
}
