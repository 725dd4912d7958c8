package server

import (
	"context"
	"errors"
	"net/http"
	"reflect"
)

// endpoint is one thing that the control API does.
type endpoint struct {
	method, path, summary string
	takes, gives          reflect.Type // of JSON; nil: no body
	stream                string       // the media type of what it gives in the place of JSON, or ""
	query                 []string     // the names of its parameters behind the question mark
	// open: pages use it with an access token; the control token is not asked for.
	open  bool
	serve func(s *Server, w http.ResponseWriter, r *http.Request)
}

// nothing is a body that is not there.
type nothing struct{}

// on makes an endpoint of a function. What it takes and gives is JSON, and documented by its types.
func on[B, R any](method, path, summary string, do func(*Server, asked, B) (R, error)) endpoint {
	e := endpoint{method: method, path: path, summary: summary, takes: bodyType[B](), gives: bodyType[R]()}
	e.serve = func(s *Server, w http.ResponseWriter, r *http.Request) {
		var body B
		if e.takes != nil {
			if err := readJSON(w, r, s.limits.BodyBytes, &body); err != nil {
				refuseControl(w, r, err)
				return
			}
		}
		answer, err := do(s, asked{r}, body)
		if err != nil {
			refuseControl(w, r, err)
			return
		}
		if e.gives == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		writeJSON(w, http.StatusOK, answer)
	}
	return e
}

// asking has an endpoint take parameters behind the question mark.
func (e endpoint) asking(names ...string) endpoint {
	e.query = names
	return e
}

func bodyType[T any]() reflect.Type {
	t := reflect.TypeFor[T]()
	if t == reflect.TypeFor[nothing]() {
		return nil
	}
	return t
}

// asked is a control request.
type asked struct{ *http.Request }

// ctx is how long whoever asks waits.
func (a asked) ctx() context.Context { return a.Request.Context() }

// problem is an error with the status that says of which kind it is.
type problem struct {
	status int
	what   string
}

func (p *problem) Error() string { return p.what }

func notFound(what string) error { return &problem{http.StatusNotFound, what} }
func conflict(what string) error { return &problem{http.StatusConflict, what} }
func wrong(what string) error    { return &problem{http.StatusBadRequest, what} }

// statusOf is the status that goes with an error.
func statusOf(err error) int {
	var p *problem
	switch {
	case errors.As(err, &p):
		return p.status
	case errors.Is(err, errClosed):
		return http.StatusServiceUnavailable
	default:
		return http.StatusConflict
	}
}

// refuseControl answers with what was wrong.
func refuseControl(w http.ResponseWriter, r *http.Request, err error) {
	refuse(w, statusOf(err), "control: "+r.URL.Path+": "+err.Error())
}

// onLoop does something on the loop, and gives what came of it.
func onLoop[R any](s *Server, ctx context.Context, do func() (R, error)) (answer R, err error) {
	if posted := s.loop.do(ctx, func() { answer, err = do() }); posted != nil {
		return answer, posted
	}
	return answer, err
}
