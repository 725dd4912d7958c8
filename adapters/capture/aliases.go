package capture

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/runtime/port"
)

var errDeep = errors.New("the value is nested too deep")

// redactor holds the aliases, which are given out in the order of first appearance.
type redactor struct {
	aliases map[string]string // kind of value + value → alias
	counts  map[string]int
	users   map[string]bool // ids of users, wherever one was seen
	domains map[string]bool // domains of addresses
	learned *strings.Replacer
	// secretCall is set while a call is rewritten whose arguments are secrets.
	secretCall bool
}

func newRedactor() *redactor {
	return &redactor{aliases: map[string]string{}, counts: map[string]int{}, users: map[string]bool{}, domains: map[string]bool{}}
}

// numbered is the alias of a value of a kind; the number is that of its first appearance.
func (r *redactor) numbered(kind, value string, form func(n int) string) string {
	key := kind + "\x00" + value
	if a, known := r.aliases[key]; known {
		return a
	}
	r.counts[kind]++
	a := form(r.counts[kind])
	r.aliases[key] = a
	return a
}

func (r *redactor) alias(prefix, value string) string {
	return r.numbered(prefix, value, func(n int) string { return fmt.Sprintf("%s%d", prefix, n) })
}

var (
	authPayload = regexp.MustCompile(`(<auth[^>]*>)[^<]*(</auth>)`)
	uuid        = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`
	userPlaces  = regexp.MustCompile(`(?:/users/|v2\.users\.|inin-user-id=\\?["'])(` + uuid + `)`)
	jidText     = regexp.MustCompile(`((?:sips?|xmpp|mailto):)?([\pL\pN._%+~!$*=\-]+)@([\pL\pN.\-]+)(:\d+)?(/[^\s"'<>&,;]*)?`)
	ip4Text     = regexp.MustCompile(`\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`)
	ip6Text     = regexp.MustCompile(`(?i)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:%[a-z0-9]+)?`)
	mdnsText    = regexp.MustCompile(`(?i)\b` + uuid + `\.local\b`)
	phoneText   = regexp.MustCompile(`(tel:)?\+\d[\d\-. ()]{5,18}\d`)
	credentials = regexp.MustCompile(`(ufrag[ =:]["']?|(?:ice-)?pwd[=:]["']?|username=["']|password=["']|cname:|inline:)([^\s"'<>&|]+)`)
	fingerprint = regexp.MustCompile(`(?i)\b[0-9a-f]{2}(?::[0-9a-f]{2}){15,63}\b`)
	originLine  = regexp.MustCompile(`(o=)(\S+)( \d+ \d+ IN IP)`)
	cnameParam  = regexp.MustCompile(`(<parameter[^>]*name=["']cname["'][^>]*value=["'])([^"']*)`)
	bearer      = regexp.MustCompile(`(?i)(bearer |authkey:)[\w.\-~+/=]+`)
	secretField = regexp.MustCompile(`(?i)(\w*(?:token|password|secret)\w*\\*"\s*:\s*\\*")[^"\\]+`)
	tokenParam  = regexp.MustCompile(`(?i)([?&](?:access_token|token|key|sig|signature)=)[^&\s"']+`)
)

// secretKeys are the keys whose string values authorise somebody, in lower case.
var secretKeys = []string{
	"authorization", "cookie", "set-cookie", "credential", "jwt", "customerdata", "username",
}

// isSecret tells whether what stands under a key authorises somebody.
func isSecret(key string) bool {
	lower := strings.ToLower(key)
	for _, part := range []string{"token", "password", "secret"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return slices.Contains(secretKeys, lower)
}

// nameKeys are the keys whose values name a person, a place or a thing of an organisation, in lower case.
var nameKeys = []string{
	"name", "displayname", "firstname", "lastname", "participantname", "queuename", "ani_name", "title",
	"department", "subject", "dnisname", "callername", "calleename", "tracks", "label", "contactname",
}

// isName tells whether a string names somebody. The name of an error, of a property of the record itself or of a
// device track's kind is not such a name.
func isName(path []string, key string) bool {
	if !slices.Contains(nameKeys, strings.ToLower(key)) {
		return false
	}
	for _, around := range path {
		if around == "error" || around == "$error" || around == "details" {
			return false
		}
	}
	return true
}

var phoneKeys = []string{"phonenumber", "address", "addressnormalized", "addressraw", "ani", "dnis", "calleridnumber", "callernumber"}

func isPhone(key string) bool { return slices.Contains(phoneKeys, strings.ToLower(key)) }

// phone is the alias of what stands where a phone number may: a number, or an address.
func (r *redactor) phone(s string) string {
	if _, err := netip.ParseAddr(s); err == nil || strings.Contains(s, "@") {
		return r.scrub(s)
	}
	scheme, number, found := strings.Cut(s, ":")
	if !found {
		scheme, number = "", s
	} else {
		scheme += ":"
	}
	return scheme + r.number(number)
}

// number is the alias of a phone number; how it is written makes no difference.
func (r *redactor) number(s string) string {
	digits := strings.Map(func(c rune) rune {
		if strings.ContainsRune(" -.()", c) {
			return -1
		}
		return c
	}, s)
	return r.numbered("phone", digits, func(n int) string { return fmt.Sprintf("+1555%07d", n) })
}

// learn notes the users and the domains of a record, so that they are known before they appear on their own.
func (r *redactor) learn(record port.Record) {
	plain := unescape(string(record.Fields))
	for _, m := range userPlaces.FindAllStringSubmatch(plain, -1) {
		r.users[m[1]] = true
	}
	for _, m := range userKeys.FindAllStringSubmatch(plain, -1) {
		r.users[m[1]] = true
	}
	for _, m := range jidText.FindAllStringSubmatch(plain, -1) {
		if net := ip4Text.FindString(m[3]); net != m[3] {
			r.domains[m[3]] = true
		}
	}
}

var userKeys = regexp.MustCompile(`"(?:userId|fromUserId|webRtcUserId|user_id)":"(` + uuid + `)"`)

// unescape takes away the layers of quoting that JSON within XML within JSON has.
func unescape(s string) string {
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`, "&quot;", `"`, "&apos;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// known replaces what was learned, wherever it stands.
func (r *redactor) known(s string) string {
	if r.learned == nil {
		var pairs []string
		for _, user := range sorted(r.users) {
			pairs = append(pairs, user, r.user(user))
		}
		for _, domain := range sorted(r.domains) {
			pairs = append(pairs, domain, r.domain(domain))
		}
		r.learned = strings.NewReplacer(pairs...)
	}
	return r.learned.Replace(s)
}

func userAlias(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// sorted lists a set, the longest first, so that the longest match wins.
func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for s := range set {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return list
}

// domain is the alias of a domain. Its class stays: a gateway has the label gjoll; one that merely contains the word is
// taken for a gateway by the SDK, and by nobody else; a conference's begins with that word.
func (r *redactor) domain(d string) string {
	lower := strings.ToLower(d)
	class := ""
	switch {
	case slices.Contains(strings.Split(lower, "."), "gjoll"):
		class = "gjoll."
	case strings.Contains(lower, "gjoll"):
		class = "notgjoll."
	case strings.HasPrefix(d, "conference"):
		class = "conference."
	}
	return class + inCaseOf(d, r.numbered("domain", lower, func(n int) string { return fmt.Sprintf("domain%d.example", n) }))
}

// inCaseOf is an alias in capitals where what it stands for has some: an answer is known by its sender's address, of which
// the one that was asked is prepared in lower case first (RFC 7622 section 3.3).
func inCaseOf(s, alias string) string {
	if s != strings.ToLower(s) {
		return strings.ToUpper(alias)
	}
	return alias
}

// jid is the alias of an address in a text.
func (r *redactor) jid(s string) string {
	m := jidText.FindStringSubmatch(s)
	scheme, local, domain, portNumber, resource := m[1], m[2], m[3], m[4], m[5]
	alias := scheme + r.local(local) + "@" + r.domain(domain) + portNumber
	if resource == "" {
		return alias
	}
	return alias + "/" + r.resource(strings.TrimPrefix(resource, "/"))
}

// local is the alias of the part before the @. The far ends of screen shares and recordings are known by how it begins.
func (r *redactor) local(s string) string {
	class := ""
	for _, begins := range []string{"acd-", "screenrecording-"} {
		if strings.HasPrefix(s, begins) {
			class = begins
		}
	}
	return class + inCaseOf(s, r.numbered("user", s, func(n int) string { return fmt.Sprintf("user%d", n) }))
}

// resource is the alias of the part behind the /.
func (r *redactor) resource(s string) string {
	class := ""
	if strings.Contains(strings.ToLower(s), "gjoll") {
		class = "gjoll-"
	}
	return r.numbered("resource", s, func(n int) string { return fmt.Sprintf("%sresource%d", class, n) })
}

// address is the alias of an IP address, of the same family.
func (r *redactor) address(s string) string {
	text, _, _ := strings.Cut(s, "%")
	ip, err := netip.ParseAddr(text)
	if err != nil || ip.IsLoopback() || ip.IsUnspecified() {
		return s
	}
	if ip.Is4() {
		return r.numbered("ip4", ip.String(), func(n int) string { return fmt.Sprintf("198.18.%d.%d", n/256%256, n%256) })
	}
	return r.numbered("ip6", ip.String(), func(n int) string { return fmt.Sprintf("2001:db8::%x", n) })
}

// scrub rewrites what can be recognised by its form in any text.
func (r *redactor) scrub(s string) string {
	s = bearer.ReplaceAllString(s, "${1}"+Redacted)
	s = secretField.ReplaceAllString(s, "${1}"+Redacted)
	s = tokenParam.ReplaceAllString(s, "${1}"+Redacted)
	s = jidText.ReplaceAllStringFunc(s, r.jid)
	s = r.known(s)
	s = fingerprint.ReplaceAllStringFunc(s, r.print)
	s = mdnsText.ReplaceAllStringFunc(s, func(host string) string {
		return r.numbered("mdns", host, func(n int) string { return fmt.Sprintf("00000000-0000-4000-9000-%012d.local", n) })
	})
	s = ip4Text.ReplaceAllStringFunc(s, r.address)
	s = ip6Text.ReplaceAllStringFunc(s, r.address)
	s = replaceSecond(originLine, s, func(v string) string { return "-" })
	s = replaceSecond(credentials, s, func(v string) string { return r.alias("credential", v) })
	s = replaceSecond(cnameParam, s, func(v string) string { return r.alias("credential", v) })
	return phoneText.ReplaceAllStringFunc(s, func(p string) string {
		if number, isURI := strings.CutPrefix(p, "tel:"); isURI {
			return "tel:" + r.number(number)
		}
		return r.number(p)
	})
}

// print is the alias of a certificate's fingerprint, of the same length.
func (r *redactor) print(s string) string {
	octets := strings.Count(s, ":") + 1
	return r.numbered("fingerprint", s, func(n int) string {
		return strings.Repeat("00:", octets-2) + fmt.Sprintf("%02X:%02X", n/256%256, n%256)
	})
}

// replaceSecond replaces the second group of each match.
func replaceSecond(re *regexp.Regexp, s string, f func(string) string) string {
	return re.ReplaceAllStringFunc(s, func(m string) string {
		at := re.FindStringSubmatchIndex(m)
		return m[:at[4]] + f(m[at[4]:at[5]]) + m[at[5]:]
	})
}

var payload = regexp.MustCompile(`(<(?:json|genesys-webrtc)\b[^>]*>)([^<]*)(</)`)

// frame rewrites a frame: the JSON that it carries as JSON, all else as text.
func (r *redactor) frame(xml string) string {
	at := payload.FindStringSubmatchIndex(xml)
	if at == nil {
		return r.scrub(xml)
	}
	body := xmlText.Replace(xml[at[4]:at[5]])
	if !json.Valid([]byte(body)) {
		return r.scrub(xml)
	}
	body = r.embedded("", nil, body)
	return r.scrub(xml[:at[4]]) + xmlEscape.Replace(body) + r.scrub(xml[at[5]:])
}

var (
	xmlText   = strings.NewReplacer("&quot;", `"`, "&apos;", "'", "&lt;", "<", "&gt;", ">", "&#13;", "\r", "&#10;", "\n", "&amp;", "&")
	xmlEscape = strings.NewReplacer("&", "&amp;", `"`, "&quot;", "'", "&apos;", "<", "&lt;", ">", "&gt;")
)
