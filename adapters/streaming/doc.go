// Package streaming moves the frames of XMPP over WebSocket (RFC 7395) between a softphone and the platform: it is the live
// port.Stream. It decides nothing and repeats nothing; when to connect again, and when to ping, are rows of charts.
//
// What a socket reports is what a browser's WebSocket would: SocketFailed where that has an error event, a SocketClosed with
// the same codes (RFC 6455 section 7.4; 1005 and 1006 are never on the wire), and nothing that comes in once Close was asked for.
package streaming
