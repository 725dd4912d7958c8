package server

import (
	"embed"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
)

//go:embed web
var web embed.FS

// Handler is everything that the server serves.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v2/", s.serveAPI)
	mux.HandleFunc(streamPath, s.serveStream)
	mux.HandleFunc("/metrics", s.trusted(s.metrics.handler().ServeHTTP))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "alive"})
	})
	mux.HandleFunc("GET /readyz", s.serveReady)
	mux.HandleFunc("GET /recorder.js", s.file("web/recorder.js"))
	mux.HandleFunc("GET /phone", s.file("web/phone.html"))
	mux.HandleFunc("GET /phone.js", s.file("web/phone.js"))
	mux.HandleFunc("GET /sdk.js", s.serveSDK)
	s.control(mux)
	return s.guard(known(mux))
}

// known answers what nobody serves as everything else here does.
func known(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		says := &verdict{header: http.Header{}}
		serve.ServeHTTP(says, r)
		if allowed := says.header.Get("Allow"); allowed != "" {
			w.Header().Set("Allow", allowed)
			refuse(w, http.StatusMethodNotAllowed, "it takes only "+allowed)
			return
		}
		refuse(w, http.StatusNotFound, "there is nothing of that name: GET /control describes the control API")
	})
}

// verdict is what a handler would answer, without its body.
type verdict struct{ header http.Header }

func (v *verdict) Header() http.Header         { return v.header }
func (v *verdict) Write(b []byte) (int, error) { return len(b), nil }
func (v *verdict) WriteHeader(int)             {}

func (s *Server) file(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, web, name) }
}

// serveSDK serves the SDK's script, which is not ours to ship.
func (s *Server) serveSDK(w http.ResponseWriter, r *http.Request) {
	if s.cfg.SDK == "" {
		refuse(w, http.StatusNotFound, "no SDK was given: start engine serve with --sdk FILE")
		return
	}
	if _, err := os.Stat(s.cfg.SDK); err != nil {
		refuse(w, http.StatusNotFound, "the SDK's file cannot be read")
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	http.ServeFile(w, r, s.cfg.SDK)
}

func (s *Server) serveReady(w http.ResponseWriter, r *http.Request) {
	stopping := false
	if err := s.loop.do(r.Context(), func() { stopping = s.stopping }); err != nil || stopping {
		refuse(w, http.StatusServiceUnavailable, "the server is shutting down")
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
}

// guard lets in who may come: requests for this host (a page elsewhere may point its own name at us), from our own pages or
// those of allowed origins. It answers the questions that browsers ask before (CORS).
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.allowedHost(r.Host) {
			refuse(w, http.StatusMisdirectedRequest, "this server is not known under that name: start it with --host NAME")
			return
		}
		if !s.allowedOrigin(r) {
			refuse(w, http.StatusForbidden, "pages of that origin may not use this server: start it with --origin ORIGIN")
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			h := w.Header()
			h.Set("Access-Control-Allow-Origin", origin)
			h.Add("Vary", "Origin")
			h.Set("Access-Control-Allow-Headers", "authorization, content-type, genesys-app, x-requested-with")
			h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
			h.Set("Access-Control-Expose-Headers", "retry-after")
			if r.Method == http.MethodOptions {
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// allowedHost tells whether the server may be spoken to under a name. The platform's services have names below it.
func (s *Server) allowedHost(hostport string) bool {
	name := hostOf(hostport)
	if ip := net.ParseIP(name); ip != nil {
		return true // an address cannot be pointed elsewhere
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || slices.ContainsFunc(s.cfg.Hosts, func(h string) bool {
		return name == h || strings.HasSuffix(name, "."+h)
	})
}

func hostOf(hostport string) string {
	name, _, err := net.SplitHostPort(hostport)
	if err != nil {
		name = hostport
	}
	return strings.ToLower(strings.Trim(name, "[]"))
}

// allowedOrigin tells whether a request comes from a page that may make it, or from no page.
func (s *Server) allowedOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	if strings.EqualFold(u.Host, r.Host) || slices.Contains(s.cfg.Origins, origin) {
		return true
	}
	return slices.ContainsFunc(s.cfg.Hosts, func(h string) bool { // app.lab.test beside api.lab.test
		return u.Scheme == "https" && (hostOf(u.Host) == h || strings.HasSuffix(hostOf(u.Host), "."+h))
	})
}

// environment is how clients reach the public API, and socketHost how they reach the stream.
func (s *Server) environment() string { return s.cfg.Public }

func (s *Server) socketHost() string {
	if name, named := s.named(); named {
		return "wss://streaming." + name
	}
	return "ws" + strings.TrimPrefix(s.cfg.Public, "http")
}

// notificationHost is the address of the notification service: below what clients are told as their environment.
func (s *Server) notificationHost() string {
	name, _ := s.named()
	return "notifications." + name
}

// configured is what clients are told as their environment: its name, or where everything is.
func (s *Server) configured() string {
	if name, named := s.named(); named {
		return name
	}
	return s.cfg.Public
}

// named is the environment's name, with the port, and whether the platform's services have names of their own below it, as they
// do in the cloud: then the public API is at https://api.NAME.
func (s *Server) named() (name string, own bool) {
	scheme, host, _ := strings.Cut(s.cfg.Public, "://")
	name, is := strings.CutPrefix(host, "api.")
	if is && scheme == "https" && slices.Contains(s.cfg.Hosts, hostOf(name)) {
		return name, true
	}
	return host, false
}
