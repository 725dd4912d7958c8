// Package topics is the statechart of the channel's subscriptions: wishes are gathered for a moment, then all topics are
// put in one request.
//
// Source: sdk-behaviour section 2 (notification subscribe debounce) and 3.5.
package topics

import (
	"slices"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the subscriptions.
const (
	Quiet     fsm.State = "Quiet"
	Gathering fsm.State = "Gathering"
	Putting   fsm.State = "Putting"
	Refused   fsm.State = "Refused"
)

const (
	gatherFor   = 100 * time.Millisecond
	restTimeout = 30 * time.Second
	delayMin    = 2 * time.Second
	delayMax    = 90 * time.Second
)

// Data is what is subscribed.
type Data struct {
	Topics  []string `json:"topics,omitempty"`
	Channel string   `json:"channel,omitempty"`
	// Wished is the number of the last wish, Flying those that the requests without an answer were made for.
	Wished int   `json:"wished,omitempty"`
	Flying []int `json:"flying,omitempty"`
	// Refusals counts how often in a row the platform did not take them.
	Refusals int `json:"refusals,omitempty"`
}

// Chart is the life of the subscriptions. docs/statecharts/topics.md is drawn from it.
var Chart = fsm.New("topics", "The channel's subscriptions.",
	fsm.Initial[Data](Quiet),
	fsm.In[Data](Quiet, "All that is wanted is subscribed, or nobody asks again.",
		on(messages.SubscribeLater{}).If(anyRefused).Enter(Refused),
		on(messages.HTTPAnswered{}).If(flies).Do(tellEarlier).Source("1.1 ready/addAllowedSessionType softphone"),
		fsm.Ignore[Data]("an earlier request's answer", messages.HTTPAnswered{})),
	fsm.In[Data](Gathering, "More wishes may come.",
		fsm.After[Data](gatherFor).Do(put).Enter(Putting).Source("2 notification subscribe debounce"),
		on(messages.HTTPAnswered{}).If(flies).Do(tellEarlier).Source("1.1 ready/addAllowedSessionType softphone"),
		fsm.Ignore[Data]("an earlier request's answer", messages.HTTPAnswered{})),
	fsm.In[Data](Putting, "The platform was asked.",
		on(messages.HTTPAnswered{}).If(succeeded).Do(report).Enter(Quiet).Source("3.6 PUT subscriptions"),
		on(messages.HTTPAnswered{}).Do(reportRefused).Enter(Quiet).Source("3.6 PUT subscriptions"),
		fsm.After[Data](restTimeout).Do(reportSilence).Enter(Quiet).Source("2 REST timeout")),
	fsm.In[Data](Refused, "The platform did not take them; it is asked again in a while.",
		fsm.AfterDelay(delay).Do(put).Enter(Putting),
		on(messages.HTTPAnswered{}).If(flies).Do(tellEarlier),
		fsm.Ignore[Data]("an earlier request's answer", messages.HTTPAnswered{})),
	on(messages.SubscribeTopic{}).If(soon).Do(add).Enter(Gathering).Source("3.5 station topic"),
	on(messages.SubscribeTopic{}).Do(add).Source("3.5 conversations topic"),
	on(messages.ResubscribeTopics{}).If(any).Enter(Gathering).Source("1.2 hard reconnect finished").Source("1.2 up/streaming-subscriptions-expiring"),
	on(messages.ChannelIs{}).Do(noteChannel),
	on(messages.ForgetTopics{}).Do(forget).Enter(Quiet),
	fsm.Ignore[Data]("nothing is subscribed", messages.ResubscribeTopics{}),
	fsm.Ignore[Data]("nothing is to be asked for, or it is being asked for already", messages.SubscribeLater{}))

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }

func soon(_ Data, e messages.SubscribeTopic) bool       { return e.Soon }
func any(d Data, _ messages.ResubscribeTopics) bool     { return len(d.Topics) > 0 }
func anyRefused(d Data, _ messages.SubscribeLater) bool { return len(d.Topics) > 0 }

// delay is how long a refusal counts: longer with each in a row.
func delay(d Data) time.Duration {
	wait := delayMin
	for range d.Refusals - 1 {
		wait = min(2*wait, delayMax)
	}
	return wait
}

func succeeded(_ Data, e messages.HTTPAnswered) bool { return e.Status >= 200 && e.Status < 300 }

func add(d Data, e messages.SubscribeTopic) (Data, messages.Acts) {
	if !slices.Contains(d.Topics, e.Topic) {
		d.Topics = append(slices.Clip(slices.Clone(d.Topics)), e.Topic)
	}
	d.Wished = max(d.Wished, e.Number)
	return d, nil
}

func noteChannel(d Data, e messages.ChannelIs) (Data, messages.Acts) {
	d.Channel = e.Channel
	return d, nil
}

func forget(d Data, _ messages.ForgetTopics) (Data, messages.Acts) { return Data{}, nil }

func put(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	d.Flying = append(slices.Clone(d.Flying), d.Wished)
	return d, messages.Acts{messages.Request{Of: messages.PutTopics, Channel: d.Channel, Topics: Combine(d.Topics)}}
}

// Combine joins topics with one prefix into one topic, such as v2.users.U?conversations&station (sdk-behaviour 3.5).
func Combine(topics []string) []string {
	var prefixes []string
	endings := map[string][]string{}
	for _, t := range topics {
		i := strings.LastIndexByte(t, '.')
		prefix, ending := t[:max(i, 0)], t[i+1:]
		if endings[prefix] == nil {
			prefixes = append(prefixes, prefix)
		}
		endings[prefix] = append(endings[prefix], ending)
	}
	combined := make([]string, 0, len(prefixes))
	for _, p := range prefixes {
		sign := "?"
		if len(endings[p]) == 1 {
			sign = "."
		}
		combined = append(combined, p+sign+strings.Join(endings[p], "&"))
	}
	return combined
}

func flies(d Data, _ messages.HTTPAnswered) bool { return len(d.Flying) > 0 }

func report(d Data, _ messages.HTTPAnswered) (Data, messages.Acts) {
	d.Refusals = 0
	return d.report(messages.TopicsSubscribed{})
}

func reportRefused(d Data, e messages.HTTPAnswered) (Data, messages.Acts) {
	d.Refusals++
	return d.report(messages.TopicsSubscribed{Failed: true, Error: messages.HTTPError(e.Status)})
}

func reportSilence(d Data, _ messages.TimerFired) (Data, messages.Acts) {
	d.Refusals++
	return d.report(messages.TopicsSubscribed{Failed: true, Error: messages.TimeoutError(restTimeout)})
}

// report tells of all topics, and of the wishes that are answered with them.
func (d Data) report(all messages.TopicsSubscribed) (Data, messages.Acts) {
	d, heard := d.heard(all.Failed, all.Error)
	return d, append(messages.Acts{messages.Tell{To: messages.Root, Msg: all}}, heard...)
}

// tellEarlier: one of several requests is answered, of which another one says what has become of all topics.
func tellEarlier(d Data, e messages.HTTPAnswered) (Data, messages.Acts) {
	if succeeded(d, e) {
		return d.heard(false, messages.ErrorInfo{})
	}
	return d.heard(true, messages.HTTPError(e.Status))
}

func (d Data) heard(failed bool, err messages.ErrorInfo) (Data, messages.Acts) {
	if len(d.Flying) == 0 {
		return d, nil
	}
	upto := d.Flying[0]
	d.Flying = slices.Clone(d.Flying[1:])
	return d, messages.Acts{messages.Tell{To: messages.Root, Msg: messages.TopicsHeard{Upto: upto, Failed: failed, Error: err}}}
}
