package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/adapters/publicapi"
	"github.com/hookswitch/hookswitch/messages"
)

// refuse answers with an error of the public API's shape.
func refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(publicapi.EncodeRefusal(status, why)) // a client that is gone hears nothing
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that is gone hears nothing
}

// serveAPI answers the requests of the public API.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	account := s.accounts.of(bearer(r))
	if account == nil {
		s.metrics.refused.WithLabelValues("tokens").Inc()
		refuse(w, http.StatusUnauthorized, "Invalid login credentials.")
		return
	}
	if account.offline.Load() {
		s.loseRequest(account, r)
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	if wait, ok := account.rate.take(); !ok {
		s.metrics.refused.WithLabelValues("requests").Inc()
		retryAfter(w, wait)
		refuse(w, http.StatusTooManyRequests, "Rate limit exceeded the maximum.")
		return
	}
	switch { // what is of no call is in no journal
	case asksForList(r):
		s.listConversations(w, r, account)
		return
	case strings.HasPrefix(r.URL.Path, telemetryPath):
		writeJSON(w, http.StatusAccepted, struct{}{})
		return
	}
	body, err := readBody(w, r, s.limits.BodyBytes)
	if err != nil {
		refuse(w, statusOf(err), err.Error())
		return
	}
	request, err := publicapi.Read(r.Method, r.URL.EscapedPath(), body)
	var refusal *publicapi.Refusal
	if errors.As(err, &refusal) && (refusal.Status == http.StatusNotFound || refusal.Status == http.StatusMethodNotAllowed) {
		refuse(w, refusal.Status, refusal.Why) // the application asks, and not its softphone
		return
	}
	x := &exchange{server: s, account: account, gone: r.Context(), n: account.journal.request(), method: r.Method, url: r.URL.RequestURI()}
	x.noteRequest(body, bearer(r))
	if refusal != nil {
		x.answer(w, refusal.Status, refusal.Body())
		return
	}
	x.perform(r.Context(), w, request)
}

// retryAfter says when somebody may come again (RFC 9110 section 10.2.3).
func retryAfter(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}

// loseRequest keeps that a client asked for something and nothing got through.
func (s *Server) loseRequest(account *account, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, s.limits.BodyBytes))
	if err != nil {
		return
	}
	if _, err := publicapi.Read(r.Method, r.URL.EscapedPath(), body); err != nil {
		return
	}
	x := &exchange{server: s, account: account, gone: r.Context(), n: account.journal.request(), method: r.Method, url: r.URL.RequestURI()}
	x.noteRequest(body, bearer(r))
	x.lost()
}

// readBody reads a body of so many bytes at most. The error says with which status it is to be refused.
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, &problem{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", most)}
	case err != nil:
		return nil, wrong("the body was cut off")
	default:
		return body, nil
	}
}

// telemetryPath is where clients tell of themselves; nobody listens. It is most of what the SDK says, its log with tokens in it
// among that, and no decision.
const telemetryPath = "/api/v2/diagnostics/"

// bearer is the access token of a request, or "" (RFC 6750 section 2.1).
func bearer(r *http.Request) messages.Token {
	kind, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(kind, "Bearer") {
		return ""
	}
	return messages.Token(strings.TrimSpace(token))
}

// api is what the public API says of the platform itself.
func (s *Server) api() publicapi.Platform {
	about := publicapi.Simulated
	about.StreamURL = s.socketHost()
	return about
}

// exchange is one request and its answer.
type exchange struct {
	server      *Server
	account     *account
	gone        context.Context // ends when the client is gone
	n           int
	method, url string
}

// lost keeps that the client heard nothing.
func (x *exchange) lost() {
	x.account.journal.note("http.res", map[string]any{"n": x.n, "method": x.method, "url": x.server.environment() + x.url, "status": 0})
}

// noteRequest keeps what was asked, without the client's token: it has no business in there, but a client may err.
func (x *exchange) noteRequest(body []byte, token messages.Token) {
	x.url = strings.ReplaceAll(x.url, token.Reveal(), "redacted")
	fields := map[string]any{"n": x.n, "method": x.method, "url": x.server.environment() + x.url}
	if len(body) > 0 {
		fields["body"] = strings.ReplaceAll(string(body), token.Reveal(), "redacted")
	}
	x.account.journal.note("http.req", fields)
}

// perform has the platform take a request and answers it, unless a fault is to happen.
func (x *exchange) perform(ctx context.Context, w http.ResponseWriter, request messages.Request) {
	var answer messages.HTTPAnswered
	var fault *requestFault
	err := x.server.loop.do(ctx, func() {
		if fault = x.server.takeRequestFault(x.account, string(request.Of)); fault == nil || fault.unanswered || fault.delay > 0 {
			answer = x.server.platform.Request(x.account.user, request)
		}
		if answer.Channel != "" {
			x.server.channels[answer.Channel] = x.account
		}
	})
	if err != nil { // whoever asked may be gone, too
		x.fail(w, http.StatusServiceUnavailable, "the platform is shutting down")
		return
	}
	x.server.metrics.requests.WithLabelValues(string(request.Of)).Inc()
	if answer.Placed != nil {
		x.server.metrics.calls.Inc()
	}
	if fault != nil && !x.suffer(ctx, w, fault) {
		return
	}
	if answer.Status == http.StatusTooManyRequests { // there are too many, until some are forgotten
		retryAfter(w, x.server.limits.Memory)
	}
	body, err := x.server.api().EncodeResponse(request, answer)
	if err != nil {
		x.fail(w, http.StatusInternalServerError, "the answer cannot be written")
		return
	}
	x.answer(w, answer.Status, body)
}

// suffer lets a fault happen to an answer; true: the answer goes out all the same.
func (x *exchange) suffer(ctx context.Context, w http.ResponseWriter, f *requestFault) bool {
	switch {
	case f.unanswered:
		x.wait(ctx, w, time.Hour)
		panic(http.ErrAbortHandler) // closes the connection without an answer
	case f.delay > 0:
		x.wait(ctx, w, f.delay)
		return true
	default:
		if f.retryAfter > 0 {
			retryAfter(w, f.retryAfter)
		}
		x.fail(w, f.status, "this was asked for")
		return false
	}
}

// wait lets time pass before an answer, unless somebody goes first.
func (x *exchange) wait(ctx context.Context, w http.ResponseWriter, d time.Duration) {
	connection := http.NewResponseController(w)
	_ = connection.SetReadDeadline(time.Time{}) // nobody is in a hurry
	_ = connection.SetWriteDeadline(time.Time{})
	select {
	case <-time.After(d):
	case <-ctx.Done():
	case <-x.server.stopped:
	}
	_ = connection.SetWriteDeadline(time.Now().Add(writePatience))
}

func (x *exchange) fail(w http.ResponseWriter, status int, why string) {
	x.answer(w, status, publicapi.EncodeRefusal(status, why))
}

// answer answers, and keeps what the client was told; one that is gone was told nothing.
func (x *exchange) answer(w http.ResponseWriter, status int, body []byte) {
	if x.gone.Err() != nil {
		x.lost()
		return
	}
	fields := map[string]any{"n": x.n, "method": x.method, "url": x.server.environment() + x.url, "status": status, "body": string(body)}
	if after := w.Header().Get("Retry-After"); after != "" {
		fields["headers"] = map[string]string{"retry-after": after}
	}
	x.account.journal.note("http.res", fields)
	if len(body) > 0 {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone hears nothing
}

// readJSON reads the one JSON object of a control request, all of whose fields are known and which lacks none that it needs.
func readJSON(w http.ResponseWriter, r *http.Request, most int64, into any) error {
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(kind) != "application/json" {
		return &problem{http.StatusUnsupportedMediaType, "the Content-Type is to be application/json"}
	}
	body, err := readBody(w, r, most)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return wrong("the body is not such a JSON object: " + jsonFault(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return wrong("the body is more than one JSON object")
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || fields == nil {
		return wrong("the body is no JSON object")
	}
	for _, name := range required(reflect.TypeOf(into).Elem()) {
		if _, said := fields[name]; !said {
			return wrong(name + " is missing")
		}
	}
	return nil
}

// jsonFault says what is wrong with JSON without its content.
func jsonFault(err error) string {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return kind.Field + " is not " + jsonWord(kind.Type)
	case errors.As(err, &syntax):
		return "at byte " + strconv.FormatInt(syntax.Offset, 10)
	case errors.Is(err, io.EOF):
		return "it is empty"
	case strings.HasPrefix(err.Error(), "json: unknown field"):
		return strings.TrimPrefix(err.Error(), "json: ")
	default:
		return "it cannot be read"
	}
}

// jsonWord is what JSON calls a type.
func jsonWord(t reflect.Type) string {
	kind, _ := schema(t)["type"].(string)
	switch kind {
	case "":
		return "of its kind"
	case "integer":
		return "an integer, or too large"
	default:
		return "of type " + kind
	}
}
