package server

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
)

// openAPI describes the control API (OpenAPI 3.1), made from its endpoints.
func openAPI(all []endpoint) map[string]any {
	paths := map[string]map[string]any{}
	for _, e := range all {
		if paths[e.path] == nil {
			paths[e.path] = map[string]any{}
		}
		paths[e.path][strings.ToLower(e.method)] = e.operation()
	}
	token := func(of string) map[string]any {
		return map[string]any{"type": "http", "scheme": "bearer", "description": of}
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": "Hookswitch: control of the simulated platform", "version": "1"},
		"paths":   paths,
		"components": map[string]any{"securitySchemes": map[string]any{
			"control": token("the control token, where the server has one"), "access": token("a client's access token"),
		}},
	}
}

// operation describes one endpoint.
func (e endpoint) operation() map[string]any {
	answers := map[string]any{"default": map[string]any{"description": "what is wrong", "content": contentOf(jsonType, schema(reflect.TypeFor[refusal]()))}}
	switch {
	case e.stream != "":
		answers["200"] = map[string]any{"description": "what there is", "content": contentOf(e.stream, map[string]any{"type": "string"})}
	case e.gives != nil:
		answers["200"] = map[string]any{"description": "done", "content": contentOf(jsonType, schema(e.gives))}
	default:
		answers["204"] = map[string]any{"description": "done"}
	}
	token := "control"
	if e.open {
		token = "access"
	}
	operation := map[string]any{"summary": e.summary, "responses": answers, "security": []any{map[string]any{token: []string{}}}}
	if e.takes != nil {
		operation["requestBody"] = map[string]any{"required": true, "content": contentOf(jsonType, schema(e.takes))}
	}
	if all := e.parameters(); len(all) > 0 {
		operation["parameters"] = all
	}
	return operation
}

// parameters are those of the path, and then those behind the question mark.
func (e endpoint) parameters() (all []any) {
	parameter := func(name, in string) map[string]any {
		return map[string]any{"name": name, "in": in, "required": in == "path", "schema": map[string]any{"type": "string"}}
	}
	for _, segment := range strings.Split(e.path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			all = append(all, parameter(strings.TrimSuffix(name, "}"), "path"))
		}
	}
	for _, name := range e.query {
		all = append(all, parameter(name, "query"))
	}
	return all
}

// refusal is how everything says what is wrong (publicapi.EncodeRefusal).
type refusal struct {
	Message string `json:"message"`
	Code    string `json:"code"`
	Status  int    `json:"status"`
}

// jsonType is the media type of JSON.
const jsonType = "application/json"

func contentOf(mediaType string, s map[string]any) map[string]any {
	return map[string]any{mediaType: map[string]any{"schema": s}}
}

// schema is the JSON schema of a type whose fields have json names and, for people, help.
func schema(t reflect.Type) map[string]any {
	if t == reflect.TypeFor[json.RawMessage]() {
		return map[string]any{} // anything
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schema(t.Elem())
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schema(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Struct:
		return objectSchema(t)
	case reflect.Map:
		return map[string]any{"type": "object"}
	case reflect.String:
		return map[string]any{"type": "string"}
	default:
		return map[string]any{}
	}
}

func objectSchema(t reflect.Type) map[string]any {
	properties := map[string]any{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		property := schema(f.Type)
		if help := f.Tag.Get("help"); help != "" {
			property["description"] = help
		}
		properties[name] = property
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if names := required(t); len(names) > 0 {
		s["required"] = names
	}
	return s
}

// required are the fields of a type that cannot be left out.
func required(t reflect.Type) (names []string) {
	for _, f := range reflect.VisibleFields(t) {
		if name, options, _ := strings.Cut(f.Tag.Get("json"), ","); !strings.Contains(options, "omit") {
			names = append(names, name)
		}
	}
	return names
}

func (s *Server) serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, openAPI(controls()))
}
