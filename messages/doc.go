// Package messages names everything that enters and leaves a cell.
//
// An Input is a fact or a request that the cell is told about. An Effect is an order: something that the cell wants done.
// An Event is what the embedding program is told. All are plain data, without pointers to live things, functions or
// clocks, so that a log of them can be read back years later.
//
// Requests are plain verbs (Answer), wire messages have their wire name (Propose), facts are in the past tense
// (MicrophoneGranted). Effects are orders (SendProceed, Announce). Announced events keep the SDK's names.
//
// # What answers an effect
//
// Whoever carries effects out tells the cell what came of them. A result names in its field Effect the
// effect that it answers, by the ID of the runtime's Output, and comes once; a second one, or one for an effect that waits for none, is an orphan: it
// is written down and changes nothing. What the stream says of itself names its Socket instead.
//
//	effect             answered by
//	Announce           nothing: its Event is for the embedding program
//	Settle             nothing: it ends the request that has its Call
//	OpenSocket         SocketOpened or SocketFailed, with its Socket; in the end SocketClosed, once
//	CloseSocket        SocketClosed, with its Socket
//	SendStreamOpen     StreamOpened, then StreamFeatures
//	SendAuth           SASLSucceeded or SASLFailed
//	SendBind           IQAnswered with Bound
//	SendServices       IQAnswered with Services
//	SendSubscribe      IQAnswered; later ConversationNotified, StationNotified and so on, as things happen
//	SendPing           IQAnswered
//	SendStreamClose    StreamEnded; then SocketClosed
//	AcknowledgeIQ      nothing
//	RefuseIQ           nothing
//	SendProceed        nothing; the far end goes on with Offer or SessionInitiate
//	SendAccept         nothing; the server may repeat it as Accepted
//	SendAnswer         IQAnswered; before an error in a Jingle session also PeerRefused
//	SendCandidate      IQAnswered, as SendAnswer
//	SendActive         IQAnswered, as SendAnswer
//	SendTerminate      IQAnswered, as SendAnswer
//	Request            HTTPAnswered, with the body of its RequestKind; Status 0 if there was no answer
//	RequestMicrophone  MicrophoneGranted or MicrophoneDenied
//	StopMicrophone     nothing
//	CreatePeer         nothing; from then on PeerConnectionChanged, PeerICEChanged and LocalCandidate, with its Peer
//	Describe           PeerDone or PeerRejected
//	AddMicrophone      nothing
//	MakeAnswer         PeerDone with SDP, or PeerRejected
//	AddCandidate       nothing
//	ClosePeer          nothing
//	StartTimer         TimerFired; the cell keeps its timers itself and never gives this order out
//	StopTimer          nothing; never given out either
//
// The failure of CreatePeer, AddMicrophone or AddCandidate may be told as PeerRejected, for the journal's sake: an orphan.
// An IQ that is never answered is told as nothing: the cell has timers for that.
//
// What comes unasked: the requests of the embedding program, such as Initialize; PageShown and NetworkChanged of the
// machine; and what the platform sends.
//
// This package imports nothing of ours.
package messages
