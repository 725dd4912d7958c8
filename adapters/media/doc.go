// Package media is a softphone's media over pion: peer connections (W3C WebRTC), a microphone, and what is heard. It is the live
// port.Media. It answers offers with one codec, PCMU (RFC 3551 section 4.5.14) in packets of 20 ms, and decides nothing.
//
// An Engine serves any number of softphones, each through a Media of its own. All of them send on one clock.
package media
