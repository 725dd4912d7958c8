package capture

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hookswitch/hookswitch/runtime/port"
)

// Brief says in a few words what an input was, without personal data: no addresses, names, descriptions or bodies.
func Brief(r port.Record) string {
	o := decodeObject(r)
	switch r.Kind {
	case "api":
		return "api " + str(o["name"]) + " " + text(briefArguments(o["args"]))
	case "ws.recv":
		return "ws.recv " + BriefFrame(str(o["xml"]))
	case "http.res":
		return fmt.Sprintf("http.res %v %s %s", o["status"], str(o["method"]), RESTPath(str(o["url"])))
	case "pc.state":
		return fmt.Sprintf("pc.state pc=%v %s=%s", o["pc"], str(o["what"]), str(o["value"]))
	case "gum.err":
		name, _, _ := strings.Cut(str(o["e"]), ":")
		return "gum.err " + name
	case "ws.open", "ws.close", "ws.error":
		return fmt.Sprintf("%s ws=%v", r.Kind, o["ws"])
	case "page.visibility", "page.online":
		return fmt.Sprintf("%s %v", r.Kind, o["value"])
	case "clock":
		return fmt.Sprintf("clock %v ms", o["ms"])
	default:
		return r.Kind
	}
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

// briefArguments are a call's arguments, without the ones that may hold a number, a name or a secret.
func briefArguments(v any) any {
	args, _ := v.([]any)
	out := make([]any, 0, len(args))
	for _, a := range args {
		o := asObject(a)
		if o == nil {
			out = append(out, "…")
			continue
		}
		kept := object{}
		for _, name := range []string{"conversationId", "sessionId", "id", "mute", "held", "sessionType", "reason"} {
			if value, there := o[name]; there {
				kept[name] = value
			}
		}
		out = append(out, kept)
	}
	return out
}

// BriefFrame says in a few words what a frame is.
func BriefFrame(frame string) string {
	root, err := parseFrame(frame)
	if err != nil {
		return "unreadable frame"
	}
	if root.name.Local == "message" {
		if n := notification(root); n != "" {
			return n
		}
		if len(root.children) > 0 {
			c := root.children[0]
			return strings.TrimSpace(c.name.Local + " " + c.attr("id") + " " + c.attr("inin-cid"))
		}
	}
	if root.name.Local == "iq" {
		return briefIQ(root)
	}
	return strings.TrimSpace(root.name.Local + " " + strings.TrimPrefix(root.firstChild(), "null"))
}

func briefIQ(root *element) string {
	if t := root.attr("type"); t == "result" || t == "error" {
		return strings.TrimSpace("iq " + t + " " + strings.TrimPrefix(root.firstChild(), "null"))
	}
	if len(root.children) == 0 {
		return "iq"
	}
	key, _ := questionKey(root.children[0])
	return key
}

// notification says what a pubsub event tells of the user's legs; "" if it is none.
func notification(root *element) string {
	body := root.child("event").child("items").child("item").child("json")
	if body == nil {
		return ""
	}
	var n struct {
		Topic string `json:"topicName"`
		Body  struct {
			ID           string `json:"id"`
			Participants []struct {
				Purpose string `json:"purpose"`
				Calls   []struct {
					State string `json:"state"`
					Held  bool   `json:"held"`
					Muted bool   `json:"muted"`
				} `json:"calls"`
			} `json:"participants"`
		} `json:"eventBody"`
		Metadata struct {
			Action string `json:"action"`
		} `json:"metadata"`
	}
	if json.Unmarshal([]byte(body.text), &n) != nil {
		return "notification that is not JSON"
	}
	what := "notification " + n.Topic[strings.LastIndexByte(n.Topic, '.')+1:]
	for _, word := range []string{n.Metadata.Action, n.Body.ID} {
		if word != "" {
			what += " " + word
		}
	}
	for _, p := range n.Body.Participants {
		for _, c := range p.Calls {
			what += " " + p.Purpose + ":" + c.State + mark(c.Held, "+held") + mark(c.Muted, "+muted")
		}
	}
	return what
}

func mark(set bool, word string) string {
	if set {
		return word
	}
	return ""
}
