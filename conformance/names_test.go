package conformance

import "regexp"

// The scenarios were recorded with ids that say their names: the conversation c…0002 is C2, the session 50000002-… S2. X is
// one that the platform does not know, F the placeholder of a persistent connection.
var names = []struct {
	id   *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`c0000000-0000-4000-8000-00000000000([1-9])`), "C$1"},
	{regexp.MustCompile(`c0000000-0000-4000-8000-0000000000ff`), "CX"},
	{regexp.MustCompile(`c0000000-0000-4000-8000-0000000000f0`), "CF"},
	{regexp.MustCompile(`5000000[1-9]-0000-4000-8000-00000000000([1-9])`), "S$1"},
	{regexp.MustCompile(`5[0-9a-f]{7}-0000-4000-8000-0000000000ff`), "SX"},
	{regexp.MustCompile(`5[0-9a-f]{7}-0000-4000-8000-0000000000f0`), "SF"},
	{regexp.MustCompile(`11111111-1111-4111-8111-111111111111`), "me"},
	{regexp.MustCompile(`33333333-3333-4333-8333-333333333333`), "T1"},
	{regexp.MustCompile(`11111111111141118111111111111111@lab-org\.orgspan\.com`), "me"},
}

// named is a text with names in the place of ids.
func named(text string) string {
	for _, n := range names {
		text = n.id.ReplaceAllString(text, n.name)
	}
	return text
}
