// Package edge is the audio of the simulated platform: the far side of every session's peer connection, and the mixer behind it.
//
// A session has a peer connection (pion) that offers PCMU, the one codec that every WebRTC client has (RFC 7874), at 20 ms a
// packet. All of them share one UDP port. A conversation's far end, the caller, is no peer: it is a tone of its own frequency and
// a meter for what it would hear. Who hears whom is told per conversation (Routes); the edge knows no calls, no hold and no mute.
//
// One ticker serves all sessions: each 20 ms it takes a frame of every session's jitter buffer, makes each distinct mix once and
// sends it to whom it concerns. In the steady state nothing of it allocates.
//
// What anyone hears can be measured, over the last second: level, the frequency that stands out, and those beside it (Sound).
package edge
