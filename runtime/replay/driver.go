package replay

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// driver is one replay under way.
type driver struct {
	host    Host
	records []port.Record
	result  Result
	writer  *writer

	limit uint64        // the last entry of the cell that is decided; 0: there is none
	step  uint64        // the entry decided last
	start time.Duration // the first record's time: 0 on the cell's clock
	clock time.Duration // the cell's time of the last entry
	now   int           // the index of the record that is being handled
	calls messages.CallID
	self  messages.JID // the own full JID, once bound

	sockets *pairing[int]
	// socketsTold: the recording says when each socket was asked for.
	socketsTold bool
	rest        *pairing[restQuestion]
	iqs         *pairing[messages.EffectID]
	iqTo        map[string]messages.JID
	effects     map[messages.EffectID]messages.Effect
	peers       *peers
	gate        *runtime.Gate
	mics        []messages.EffectID
}

type restQuestion struct {
	effect  messages.EffectID
	request messages.Request
}

const socketKey = "socket"

func newDriver(records []port.Record, host Host, options Options) *driver {
	d := &driver{
		host: host, records: records, start: records[0].At, writer: newWriter(host, options),
		sockets: newPairing[int](), rest: newPairing[restQuestion](), iqs: newPairing[messages.EffectID](),
		iqTo: map[string]messages.JID{}, effects: map[messages.EffectID]messages.Effect{}, peers: newPeers(), gate: runtime.NewGate(host.Quirks),
		limit: uint64(max(options.Entries, 0)),
	}
	for _, r := range records {
		d.foresee(r)
	}
	return d
}

// foresee notes the questions of the recording, so that its answers can be paired.
func (d *driver) foresee(r port.Record) {
	switch r.Kind {
	case "ws.new":
		var f struct {
			WS int `json:"ws"`
		}
		if r.Decode(&f) == nil {
			d.sockets.record(strconv.Itoa(f.WS), socketKey)
			d.socketsTold = true
		}
	case "http.req":
		var f struct {
			N      int    `json:"n"`
			Method string `json:"method"`
			URL    string `json:"url"`
		}
		if r.Decode(&f) == nil {
			d.rest.record(strconv.Itoa(f.N), requestKey(f.Method, pathOf(f.URL)))
		}
	case "ws.send":
		var f struct {
			XML string `json:"xml"`
		}
		if r.Decode(&f) != nil {
			return
		}
		if iq, ok := d.host.IdentifyIQ(f.XML); ok {
			d.iqs.record(iq.ID, iq.Key)
			d.iqTo[iq.ID] = iq.To
		}
	default:
		d.peers.foresee(r)
	}
}

// handle lets time pass up to a record and then tells the cell of it.
func (d *driver) handle(index int) error {
	d.now = index
	r := d.records[index]
	at := r.At - d.start
	jump, jumps := clockJump(r)
	if !jumps {
		if err := d.pass(at, false); err != nil {
			return err
		}
		return d.tell(&d.records[index], at)
	}
	if err := d.pass(max(at-jump, 0), false); err != nil {
		return err
	}
	d.result.Entries = append(d.result.Entries, d.entry(&d.records[index], at))
	return d.pass(at, true)
}

// clockJump is by how much a record says that the clock jumped to get to its time.
func clockJump(r port.Record) (by time.Duration, jumps bool) {
	var f struct {
		MS float64 `json:"ms"`
	}
	if r.Kind != "clock" || r.Decode(&f) != nil {
		return 0, false
	}
	return port.FromMilliseconds(f.MS), true
}

// passesMax bounds what happens between two records, so that timers that start each other at once are an error.
const passesMax = 100_000

var errEndless = errors.New("the cell's timers start each other without end: give the recording to its developers")

// pass lets time go by until an instant: what is due happens, the earliest first, when it is due, or all of it late, at
// the end. Of two at one instant an operation of a peer connection is first: it was under way.
func (d *driver) pass(until time.Duration, late bool) error {
	when := func(due time.Duration) time.Duration {
		if late {
			return until
		}
		return max(due, d.clock)
	}
	for range passesMax {
		if d.full() {
			return nil
		}
		timer, timers := d.host.Cell.NextTimer()
		done, index, operations := d.peers.next()
		switch {
		case operations && done <= until && (!timers || done <= timer):
			in := messages.PeerDone{Effect: d.peers.settle(index).effect}
			if err := d.feed(nil, when(done), in); err != nil {
				return err
			}
		case timers && timer <= until:
			step, err := d.host.Cell.FireNext(when(timer))
			if err != nil {
				return err
			}
			d.took(nil, when(timer), step, true)
		default:
			return nil
		}
	}
	return errEndless
}

// full tells whether all entries have been decided that are asked for.
func (d *driver) full() bool { return d.limit > 0 && d.step >= d.limit }

// entry is an entry of the present record's place. record is nil for what happens by itself.
func (d *driver) entry(record *port.Record, at time.Duration) Entry {
	here := d.records[d.now]
	return Entry{Line: here.Line, Seq: here.Seq, At: at + d.start, Record: record}
}

// feed tells the cell an input.
func (d *driver) feed(record *port.Record, at time.Duration, in messages.Input) error {
	if d.full() {
		return nil
	}
	step, err := d.host.Cell.Handle(at, in)
	if errors.Is(err, runtime.ErrRefused) {
		e := d.entry(record, at)
		e.Problem = err.Error()
		d.result.Entries = append(d.result.Entries, e)
		return nil
	}
	if err != nil {
		return err
	}
	d.took(record, at, step, false)
	return nil
}

// took notes what the cell did and decided.
func (d *driver) took(record *port.Record, at time.Duration, step runtime.Step, timed bool) {
	d.clock, d.step = at, step.Seq
	e := d.entry(record, at)
	e.Step, e.Orphan = step, step.Orphan
	for _, out := range step.Outputs {
		if !d.gate.Passes(out.Effect) {
			e.Lost = append(e.Lost, out.ID)
			continue
		}
		d.effects[out.ID] = out.Effect
		d.ask(at, out)
		d.result.Outputs = append(d.result.Outputs, d.writer.write(e, out, timed)...)
	}
	e.Written = len(d.result.Outputs)
	d.result.Entries = append(d.result.Entries, e)
}

// ask notes the effects that will be answered.
func (d *driver) ask(at time.Duration, out runtime.Output) {
	switch e := out.Effect.(type) {
	case messages.OpenSocket:
		d.sockets.ask(socketKey, e.Socket)
	case messages.Request:
		method, path, _, err := d.host.REST.EncodeRequest(e)
		if err == nil {
			d.rest.ask(requestKey(method, path), restQuestion{out.ID, e})
		}
	case messages.RequestMicrophone:
		d.mics = append(d.mics, out.ID)
	default:
		if key, ok := iqKey(out.Effect); ok {
			d.iqs.ask(key, out.ID)
		}
		d.peers.order(at, out.ID, out.Effect)
	}
}

// iqKey is the key of an effect that sends an IQ which asks.
func iqKey(effect messages.Effect) (string, bool) {
	signalled := func(s messages.Signalling, method, action string, session messages.SessionID) (string, bool) {
		if s == messages.Jingle {
			return port.JingleKey(action, session), true
		}
		return port.RPCKey(method, session), true
	}
	switch e := effect.(type) {
	case messages.SendBind:
		return port.BindKey(), true
	case messages.SendServices:
		return port.ServicesKey(e.Type), true
	case messages.SendSubscribe:
		return port.SubscribeKey(e.Topic), true
	case messages.SendPing:
		return port.PingKey(), true
	case messages.SendAnswer:
		return signalled(e.Signalling, "answer", "session-accept", e.Session)
	case messages.SendCandidate:
		return signalled(e.Signalling, "iceCandidate", "transport-info", e.Session)
	case messages.SendActive:
		return signalled(e.Signalling, "info", "session-info", e.Session)
	case messages.SendTerminate:
		return signalled(e.Signalling, "terminate", "session-terminate", e.Session)
	default:
		return "", false
	}
}

// finish closes the result.
func (d *driver) finish() *Result {
	open := append(d.iqs.open(), d.mics...)
	for _, q := range d.rest.open() {
		open = append(open, q.effect)
	}
	for _, o := range d.peers.open {
		open = append(open, o.effect)
	}
	slices.Sort(open)
	d.result.Unanswered = open
	return &d.result
}
