package capture

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// choose leaves one client's sockets and requests: of several pages that of the most frames, and in it the user of the most.
// Who loads a page anew has a new client there.
func (h *har) choose() error {
	pages := map[string]int{}
	for _, s := range h.sockets {
		pages[s.Page] += len(*s.Messages)
	}
	if len(h.sockets) == 0 {
		for _, r := range h.requests {
			pages[r.Page]++
		}
	}
	page := most(pages)
	h.page = page
	if len(pages) > 1 {
		h.warn("%d pages of it have a softphone: taken is %s, which has the most frames; save a HAR of one page for another", len(pages), h.place(page))
		h.sockets = slices.DeleteFunc(h.sockets, func(e harEntry) bool { return e.Page != page })
		h.requests = slices.DeleteFunc(h.requests, func(e harEntry) bool { return e.Page != page })
	}
	users := map[string]int{}
	for _, s := range h.sockets {
		users[s.user()] += len(*s.Messages)
	}
	delete(users, "")
	if len(users) > 1 {
		return h.chooseUser(users)
	}
	return nil
}

// place names a page by its place among those of the HAR, not by what it is called.
func (h *har) place(page string) string {
	for i, p := range h.pages {
		if p.ID == page {
			return fmt.Sprintf("page %d of %d", i+1, len(h.pages))
		}
	}
	return "one page"
}

func (h *har) warn(format string, args ...any) {
	h.warnings = append(h.warnings, h.name+": "+fmt.Sprintf(format, args...))
}

// most is the key of the greatest number; of equal ones, the last in the order of their names.
func most(count map[string]int) (found string) {
	for _, key := range sortedKeys(count) {
		if found == "" || count[key] >= count[found] {
			found = key
		}
	}
	return found
}

func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// chooseUser leaves the sockets of the user with the most frames, and the requests made with the same token.
func (h *har) chooseUser(users map[string]int) error {
	user := most(users)
	tokens := map[string]bool{}
	for _, s := range h.sockets {
		if _, token := s.credentials(); s.user() == user && token != "" {
			tokens[token] = true
		}
	}
	known := len(tokens) > 0
	for _, r := range h.requests {
		known = known && r.token() != ""
	}
	if !known {
		return fmt.Errorf("%w: save a HAR with sensitive data, or one of a page of its own for each user", ErrTwoUsers)
	}
	h.warn("one page has the streams of %d users: taken is the one with the most frames", len(users))
	h.sockets = slices.DeleteFunc(h.sockets, func(e harEntry) bool { return e.user() != user })
	h.requests = slices.DeleteFunc(h.requests, func(e harEntry) bool { return !tokens[e.token()] })
	return nil
}

var (
	saslPlain = regexp.MustCompile(`^<auth\b[^>]*>([^<]*)</auth>`)
	boundJID  = regexp.MustCompile(`<jid>([^</]*)`)
)

// credentials are the bare address and the token of a stream's SASL PLAIN frame (RFC 4616), "" where it was redacted.
func (e harEntry) credentials() (jid, token string) {
	for _, m := range *e.Messages {
		found := saslPlain.FindStringSubmatch(m.Data)
		if m.Type != "send" || found == nil {
			continue
		}
		plain, err := base64.StdEncoding.DecodeString(found[1])
		if err != nil {
			return "", ""
		}
		parts := strings.Split(string(plain), "\x00")
		if len(parts) != 3 {
			return "", ""
		}
		return parts[1], strings.TrimPrefix(parts[2], "authKey:")
	}
	return "", ""
}

// user is the bare address of who a stream belongs to, or "" where it did not get so far.
func (e harEntry) user() string {
	if jid, _ := e.credentials(); jid != "" {
		return strings.ToLower(jid)
	}
	for _, m := range *e.Messages {
		if m.Type != "receive" || !strings.Contains(m.Data, "<bind") {
			continue
		}
		if found := boundJID.FindStringSubmatch(m.Data); found != nil {
			return strings.ToLower(found[1])
		}
	}
	return ""
}
