package laws

import (
	"reflect"
	"testing"

	"github.com/hookswitch/hookswitch/messages"
)

// A copy shares no map with what it was copied from: an exploration goes on with both, at the same time.
func TestACopySharesNothing(t *testing.T) {
	c := New(messages.DefaultOptions())
	shared(t, "Checker", reflect.ValueOf(c).Elem(), reflect.ValueOf(c.Copy()).Elem())
}

func shared(t *testing.T, name string, one, other reflect.Value) {
	switch one.Kind() {
	case reflect.Map:
		if !one.IsNil() && one.Pointer() == other.Pointer() {
			t.Errorf("%s is shared", name)
		}
	case reflect.Struct:
		for i := range one.NumField() {
			shared(t, name+"."+one.Type().Field(i).Name, one.Field(i), other.Field(i))
		}
	}
}
