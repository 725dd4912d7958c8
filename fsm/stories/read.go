package stories

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/messages"
)

// input reads a message: the name of its type, then its fields.
func input(name, fields string) (messages.Input, error) {
	t, ok := vocabulary[name]
	if !ok {
		return nil, fmt.Errorf("%q is no input: use the name that the chart's rows use", name)
	}
	value := reflect.New(t)
	if strings.HasPrefix(fields, "{") {
		if err := json.Unmarshal([]byte(fields), value.Interface()); err != nil {
			return nil, err
		}
		return value.Elem().Interface().(messages.Input), nil
	}
	for _, f := range words(fields) {
		path, text, given := strings.Cut(f, "=")
		if !given {
			text = "true"
		}
		if err := setPath(value.Elem(), strings.Split(path, "."), text); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return value.Elem().Interface().(messages.Input), nil
}

// words cuts a line at its spaces, but not within quotes, braces and brackets.
func words(line string) []string {
	var all []string
	depth, start, quoted := 0, -1, false
	for i, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '{' || r == '[':
			depth++
		case r == '}' || r == ']':
			depth--
		}
		switch {
		case r == ' ' && depth == 0 && !quoted:
			if start >= 0 {
				all = append(all, line[start:i])
			}
			start = -1
		case start < 0:
			start = i
		}
	}
	if start >= 0 {
		all = append(all, line[start:])
	}
	return all
}

// setPath sets the field that the path leads to, and makes what is on the way.
func setPath(v reflect.Value, path []string, text string) error {
	for _, name := range path {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct {
			return fmt.Errorf("%s has no fields", v.Type())
		}
		field := v.FieldByNameFunc(func(s string) bool { return strings.EqualFold(s, name) })
		if !field.IsValid() {
			return fmt.Errorf("%s has no field %s", v.Type(), name)
		}
		v = field
	}
	return set(v, text)
}

// set gives a field its value, as its type reads it.
func set(v reflect.Value, text string) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch v.Interface().(type) {
	case time.Duration:
		d, err := time.ParseDuration(text)
		v.SetInt(int64(d))
		return err
	case messages.Flag:
		yes, err := strconv.ParseBool(text)
		v.Set(reflect.ValueOf(messages.FlagOf(yes)))
		return err
	}
	switch v.Kind() {
	case reflect.String:
		if unquoted, err := strconv.Unquote(text); err == nil {
			text = unquoted
		}
		v.SetString(text)
		return nil
	case reflect.Interface:
		return setEffect(v, text)
	default:
		return json.Unmarshal([]byte(text), v.Addr().Interface())
	}
}

// setEffect reads an effect: its word, and its JSON behind it, such as request{"of":"get-me"}.
func setEffect(v reflect.Value, text string) error {
	word, raw, ok := strings.Cut(text, "{")
	if !ok {
		raw = "}"
	}
	effect, err := messages.DecodeEffect(word, []byte("{"+raw))
	if err == nil {
		v.Set(reflect.ValueOf(effect))
	}
	return err
}
