package streaming

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/runtime/port"
)

// socket is one WebSocket, from its attempt to its end.
type socket struct {
	cfg     *Config
	number  int
	post    port.Post
	receive port.Receive
	cancel  context.CancelFunc // ends the attempt, or tears the connection down

	writing sync.Mutex // one frame at a time; before mu, if both are held

	mu      sync.Mutex
	conn    *websocket.Conn // nil before it is open
	closing bool            // Close was asked for
}

// live connects, and reads until the end. The result is the last that is to be posted.
func (k *socket) live(ctx context.Context, base *url.URL, channel string) messages.SocketClosed {
	conn, err := dial(ctx, k.cfg, base, channel)
	if err == nil && !k.opened(conn) {
		err = errors.New("it was closed before it was open")
		_ = conn.Close()
	}
	if err != nil {
		k.cfg.Log.Debug("streaming: a socket cannot be opened", "socket", k.number, "why", err)
		k.fail()
		return k.closed(err)
	}
	k.post(messages.SocketOpened{Socket: k.number})
	err = k.read(conn)
	_ = conn.Close()
	if last := k.closed(err); last.Clean {
		return last
	}
	if !k.isClosing() {
		k.cfg.Log.Debug("streaming: a socket was lost", "socket", k.number, "why", err)
		k.fail()
	}
	return k.closed(err)
}

// opened notes the connection, unless Close came first.
func (k *socket) opened(conn *websocket.Conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.closing {
		k.conn = conn
	}
	return !k.closing
}

func (k *socket) isClosing() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.closing
}

func (k *socket) fail() { k.post(messages.SocketFailed{Socket: k.number}) }

// closed says how the socket ended: by a closing handshake, or by an error that is no business of the server's words.
func (k *socket) closed(err error) messages.SocketClosed {
	said := (*websocket.CloseError)(nil)
	if errors.As(err, &said) && said.Code != abnormal {
		return messages.SocketClosed{Socket: k.number, Code: said.Code, Reason: said.Text, Clean: true}
	}
	return messages.SocketClosed{Socket: k.number, Code: abnormal}
}

// read hands over frame after frame. The error says why there are no more.
func (k *socket) read(conn *websocket.Conn) error {
	for {
		frame, err := readFrame(conn)
		if err != nil {
			return err
		}
		if k.isClosing() {
			continue // only the server's confirmation counts now
		}
		k.receive(k.number, frame)
	}
}

// readFrame reads a message, which is one element (RFC 7395 section 3.3). It is the receiver's to keep.
func readFrame(conn *websocket.Conn) ([]byte, error) {
	kind, message, err := conn.NextReader()
	if err != nil {
		return nil, err
	}
	if kind != websocket.TextMessage {
		return nil, refuse(conn, websocket.CloseUnsupportedData, "XMPP is text")
	}
	text, _ := readBuffers.Get().(*bytes.Buffer)
	defer readBuffers.Put(text)
	text.Reset()
	if _, err := text.ReadFrom(message); err != nil {
		return nil, err
	}
	if !utf8.Valid(text.Bytes()) {
		return nil, refuse(conn, websocket.CloseInvalidFramePayloadData, "text is UTF-8")
	}
	return bytes.Clone(text.Bytes()), nil
}

var readBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// refuse tells the server why its message ends the socket (RFC 6455 section 7.1.7).
func refuse(conn *websocket.Conn, code int, why string) error {
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), time.Now().Add(time.Second))
	return fmt.Errorf("the server broke the protocol: %s", why)
}

// send writes one frame, after those that others are writing. When that fails the connection is torn down: half a frame is on its way.
func (k *socket) send(frame []byte) error {
	k.writing.Lock()
	defer k.writing.Unlock()
	k.mu.Lock()
	conn, closing := k.conn, k.closing
	k.mu.Unlock()
	if conn == nil || closing {
		return fmt.Errorf("streaming: socket %d is not open", k.number)
	}
	_ = conn.SetWriteDeadline(time.Now().Add(k.cfg.WriteTimeout)) // it fails when the write does
	if err := conn.WriteMessage(websocket.TextMessage, frame); err != nil {
		k.cancel()
		return fmt.Errorf("streaming: socket %d: %w", k.number, err)
	}
	return nil
}

// close asks the server to close, and gives it a while to confirm; or ends the attempt to open.
func (k *socket) close() {
	k.mu.Lock()
	conn, first := k.conn, !k.closing
	k.closing = true
	k.mu.Unlock()
	switch {
	case !first:
	case conn == nil:
		k.cancel()
	default:
		until := time.Now().Add(k.cfg.CloseTimeout)
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), until)
		_ = conn.SetReadDeadline(until) // wakes the reader, who ends the socket
	}
}
