// Package jingle translates between the frames of the XMPP stream and messages.
//
// Decode reads one WebSocket frame that a client received, Encode writes one effect as a frame to send. DecodeClient and EncodePlatform
// are the other end of the same wire: the platform's. The package keeps no state, decides nothing and trusts nothing: who
// may say what is the charts' business, or the platform's.
//
// A frame is one element (RFC 7395). The reader knows the XML that XMPP allows (RFC 6120 section 11.1) and refuses the
// rest, so that no second parser can see something else in it: no document type, comment, processing instruction or
// entity of one's own, no undeclared prefix, no attribute twice, no invalid UTF-8, nothing after the element. Size, depth,
// attributes and elements are bounded before anything is kept. What a message carries counts only as its own direct child in
// its own namespace: a forwarded or carbon copy (XEP-0280, XEP-0297) is never looked into.
//
// Errors name the place by byte, never the content: frames hold personal data and secrets.
package jingle

// The namespaces of the wire (platform-wire section 4, sdk-behaviour sections 3.1 to 3.4).
const (
	nsClient    = "jabber:client"
	nsFraming   = "urn:ietf:params:xml:ns:xmpp-framing"
	nsStream    = "http://etherx.jabber.org/streams"
	nsSASL      = "urn:ietf:params:xml:ns:xmpp-sasl"
	nsBind      = "urn:ietf:params:xml:ns:xmpp-bind"
	nsStanzas   = "urn:ietf:params:xml:ns:xmpp-stanzas"
	nsServices  = "urn:xmpp:extdisco:1"
	nsPubsub    = "http://jabber.org/protocol/pubsub"
	nsEvent     = "http://jabber.org/protocol/pubsub#event"
	nsJSON      = "urn:xmpp:json:0"
	nsPing      = "urn:xmpp:ping"
	nsInitiate  = "urn:xmpp:jingle-message:0"
	nsRPC       = "genesys"
	nsJingle    = "urn:xmpp:jingle:1"
	nsErrors    = "urn:xmpp:jingle:errors:1"
	nsRTP       = "urn:xmpp:jingle:apps:rtp:1"
	nsInfo      = "urn:xmpp:jingle:apps:rtp:info:1"
	nsFeedback  = "urn:xmpp:jingle:apps:rtp:rtcp-fb:0"
	nsExtension = "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0"
	nsSource    = "urn:xmpp:jingle:apps:rtp:ssma:0"
	nsTrack     = "urn:xmpp:jingle:apps:rtp:msid:0"
	nsDTLS      = "urn:xmpp:jingle:apps:dtls:0"
	nsGroup     = "urn:xmpp:jingle:apps:grouping:0"
	nsICE       = "urn:xmpp:jingle:transports:ice-udp:1"
)
