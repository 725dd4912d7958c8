package server

import (
	"net/http"
	"reflect"
	"strings"
)

// openAPI describes the control API (OpenAPI 3.1), made from its endpoints.
func openAPI(all []endpoint) map[string]any {
	paths := map[string]map[string]any{}
	for _, e := range all {
		operation := map[string]any{
			"summary":   e.summary,
			"responses": map[string]any{"default": map[string]any{"description": "what is wrong", "content": jsonOf(schema(reflect.TypeFor[refusal]()))}},
		}
		answers := operation["responses"].(map[string]any)
		if e.gives == nil {
			answers["204"] = map[string]any{"description": "done"}
		} else {
			answers["200"] = map[string]any{"description": "done", "content": jsonOf(schema(e.gives))}
		}
		if e.takes != nil {
			operation["requestBody"] = map[string]any{"required": true, "content": jsonOf(schema(e.takes))}
		}
		var parameters []any
		for _, segment := range strings.Split(e.path, "/") {
			if name, ok := strings.CutPrefix(segment, "{"); ok {
				parameters = append(parameters, map[string]any{
					"name": strings.TrimSuffix(name, "}"), "in": "path", "required": true, "schema": map[string]any{"type": "string"},
				})
			}
		}
		if parameters != nil {
			operation["parameters"] = parameters
		}
		if paths[e.path] == nil {
			paths[e.path] = map[string]any{}
		}
		paths[e.path][strings.ToLower(e.method)] = operation
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": "Hookswitch: control of the simulated platform", "version": "1"},
		"paths":   paths,
	}
}

// refusal is how everything says what is wrong (publicapi.EncodeRefusal).
type refusal struct {
	Message string `json:"message"`
	Code    string `json:"code"`
	Status  int    `json:"status"`
}

func jsonOf(s map[string]any) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": s}}
}

// schema is the JSON schema of a type whose fields have json names and, for people, help.
func schema(t reflect.Type) map[string]any {
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
	case reflect.String:
		return map[string]any{"type": "string"}
	default:
		return map[string]any{}
	}
}

func objectSchema(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" {
			continue
		}
		property := schema(f.Type)
		if help := f.Tag.Get("help"); help != "" {
			property["description"] = help
		}
		properties[name] = property
		if !strings.Contains(options, "omit") {
			required = append(required, name)
		}
	}
	s := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func (s *Server) serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, openAPI(controls()))
}
