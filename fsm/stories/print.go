package stories

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// actText is an act in a line: messages with whom they are for, orders as they are.
func actText(act messages.Act) string {
	switch act := act.(type) {
	case messages.Tell:
		return "tell " + refText(act.To) + " " + text(reflect.ValueOf(act.Msg), true)
	case messages.Later:
		return "later tell " + refText(act.To) + " " + text(reflect.ValueOf(act.Msg), true)
	case messages.Spawn:
		if act.Msg == nil {
			return "spawn " + act.Actor
		}
		return "spawn " + act.Actor + " " + text(reflect.ValueOf(act.Msg), true)
	case messages.Stop:
		return "stop " + refText(act.Ref)
	default:
		return text(reflect.ValueOf(act), true)
	}
}

// refText is the name of one of the first actors, or the ordinal.
func refText(ref messages.Ref) string {
	if founders := actors.Founders(); ref > 0 && int(ref) <= len(founders) {
		return founders[ref-1]
	}
	return "#" + strconv.Itoa(int(ref))
}

func timerText(chart string, t fsm.Timer) string {
	name := strings.TrimPrefix(t.Name, chart+".")
	if t.Stop {
		return "disarm " + name
	}
	return "arm " + name + " for " + t.After.String()
}

// text is a value without its zero fields. Stories hold no personal data, so nothing is redacted. The name of a struct's
// type is shown where several types are possible.
func text(v reflect.Value, named bool) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return text(v.Elem(), v.Kind() == reflect.Interface)
	case reflect.Struct:
		name := ""
		if named {
			name = v.Type().Name()
		}
		return name + "{" + fieldsText(v) + "}"
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = text(v.Index(i), false)
		}
		return "[" + strings.Join(items, " ") + "]"
	case reflect.String:
		if s := v.String(); s == "" || strings.ContainsAny(s, " {}[]") {
			return strconv.Quote(s)
		}
		return v.String()
	}
	switch value := v.Interface().(type) {
	case time.Duration:
		return value.String()
	case messages.Flag:
		return strconv.FormatBool(value.True())
	default:
		return fmt.Sprint(value)
	}
}

func fieldsText(v reflect.Value) string {
	var fields []string
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			fields = append(fields, v.Type().Field(i).Name+":"+text(f, false))
		}
	}
	return strings.Join(fields, " ")
}
