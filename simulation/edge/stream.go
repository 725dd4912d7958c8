package edge

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/transport/v4/packetio"
	"github.com/pion/webrtc/v4"
)

// payloadPCMU is the payload type that RFC 3551 gives PCMU.
const payloadPCMU = 0

// errOtherCodec is what pion is told if a client took a codec that was not offered.
var errOtherCodec = errors.New("edge: the client took no PCMU, which is all that was offered")

// codecPCMU is what is offered.
var codecPCMU = webrtc.RTPCodecParameters{
	RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: SampleRate},
	PayloadType:        payloadPCMU,
}

// voice is what we say to one session: a track of pion's that keeps no packet and no copy of one.
type voice struct {
	mu     sync.Mutex // between pion, which binds, and the ticker, which writes
	writer webrtc.TrackLocalWriter
	header rtp.Header
	sent   atomic.Uint64
}

// Bind is told where packets go, once the codec is agreed upon.
func (v *voice) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	for _, codec := range c.CodecParameters() {
		if codec.PayloadType == payloadPCMU {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.writer = c.WriteStream()
			v.header = rtp.Header{Version: 2, PayloadType: payloadPCMU, SSRC: uint32(c.SSRC()), Marker: true}
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, errOtherCodec
}

// Unbind is told that the track has stopped.
func (v *voice) Unbind(webrtc.TrackLocalContext) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.writer = nil
	return nil
}

// The track's names in the description.
func (v *voice) ID() string                { return "audio" }
func (v *voice) RID() string               { return "" }
func (v *voice) StreamID() string          { return "edge" }
func (v *voice) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

// say sends 20 ms and tells whether they were sent. Before the connection is up nothing is: what is said then is not missing later.
func (v *voice) say(frame *encoded, timestamp uint32) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.writer == nil {
		return false
	}
	v.header.Timestamp = timestamp
	if n, err := v.writer.WriteRTP(&v.header, frame[:]); err != nil || n == 0 {
		return false // not up, or closing; that is told by the connection's state
	}
	v.sent.Add(1)
	v.header.SequenceNumber++
	v.header.Marker = false
	return true
}

// sourcesAtMost is how many sources (SSRCs) a session may name in its packets, and as many in its reports, over its whole life:
// pion keeps something for each. A client has one, and another when it starts anew.
const sourcesAtMost = 32

// sink is where pion puts decrypted packets of one SSRC. Packets are taken apart as they arrive, on the goroutine that decrypted
// them: reading them costs a session no goroutine, and nothing piles up.
type sink struct {
	once   sync.Once
	closed chan struct{}
	take   func([]byte)
}

func newSink(take func([]byte)) *sink { return &sink{closed: make(chan struct{}), take: take} }

// Write takes one packet.
func (s *sink) Write(packet []byte) (int, error) {
	s.take(packet)
	return len(packet), nil
}

// Read has nothing to give: it ends when the stream does.
func (s *sink) Read([]byte) (int, error) {
	<-s.closed
	return 0, io.EOF
}

// Close lets whoever reads go.
func (s *sink) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// ears are what is heard of one session and of its receiver reports.
type ears struct {
	sources [2]atomic.Int32 // that were named in packets, and in reports
	flooded *atomic.Bool    // is set when they are too many
	gone    chan struct{}   // is closed when the session ends
	jitter  jitter
	packet  rtp.Packet    // reused: one goroutine of pion's decrypts a session's packets
	missing atomic.Uint64 // of what we sent, as the client's last receiver report says (RFC 3550, section 6.4)
}

// buffer is pion's buffer factory. Where a client names too many sources, the goroutine that decrypts its packets stays here until
// the session ends: nothing more is taken of what is on its way already, and nothing more is kept.
func (e *ears) buffer(kind packetio.BufferPacketType, _ uint32) io.ReadWriteCloser {
	of, take := &e.sources[0], e.media
	if kind == packetio.RTCPBufferPacket {
		of, take = &e.sources[1], e.control
	}
	if of.Add(1) > sourcesAtMost {
		e.flooded.Store(true)
		<-e.gone
	}
	return newSink(take)
}

func (e *ears) media(packet []byte) {
	if e.packet.Unmarshal(packet) == nil {
		e.jitter.put(&e.packet)
	}
}

func (e *ears) control(packet []byte) {
	packets, err := rtcp.Unmarshal(packet)
	if err != nil {
		return
	}
	for _, p := range packets {
		var reports []rtcp.ReceptionReport
		switch p := p.(type) {
		case *rtcp.SenderReport:
			reports = p.Reports
		case *rtcp.ReceiverReport:
			reports = p.Reports
		}
		for _, r := range reports {
			if lost := int32(r.TotalLost<<8) >> 8; lost >= 0 { // 24 bits, signed: packets that came twice make it negative
				e.missing.Store(uint64(lost))
			}
		}
	}
}
