package scenario

// Verb is what happens, as a word for the player; its pattern is how it is written.
type Verb string

// The verbs, by who does it.
const (
	// Callers.
	Calls  Verb = "calls"
	HangUp Verb = "hangs up"
	FailTo Verb = "fails"

	// The agent, at a phone: requests of the embedding program.
	LogIn         Verb = "logs in"
	LogOut        Verb = "logs out"
	Disconnect    Verb = "disconnects"
	Dial          Verb = "dials"
	Answer        Verb = "answers"
	Reject        Verb = "rejects"
	AcceptSession Verb = "accepts session"
	End           Verb = "ends"
	Terminate     Verb = "terminates"
	Hold          Verb = "holds"
	Retrieve      Verb = "retrieves"
	Mute          Verb = "mutes"
	Unmute        Verb = "unmutes"

	// The agent, at the desktop: what goes to the platform without the phone.
	Consult    Verb = "consults"
	Transfer   Verb = "transfers"
	TransferTo Verb = "transfers to"
	Conference Verb = "conferences"

	// The machine that a phone runs on.
	LoseNetwork   Verb = "loses network"
	RegainNetwork Verb = "regains network"
	Sleep         Verb = "sleeps"
	Wake          Verb = "wakes"
	JumpClock     Verb = "clock jumps"
	HidePage      Verb = "hides page"
	ShowPage      Verb = "shows page"
	Microphone    Verb = "microphone"
	Media         Verb = "media"

	// The station.
	StationBecomes    Verb = "station becomes"
	StationAssociated Verb = "station associated"
	StationGone       Verb = "station disassociated"

	// Platform and edge.
	DropStream     Verb = "stream drops"
	RefuseStreams  Verb = "streams refused"
	AcceptStreams  Verb = "streams accepted"
	ExpireChannel  Verb = "channel expires"
	EdgeReinvites  Verb = "edge reinvites"
	EdgeRenews     Verb = "edge renegotiates"
	EdgeReproposes Verb = "edge proposes again"
	EdgeReroutes   Verb = "edge reroutes"
	EdgeEnds       Verb = "edge terminates"
	EdgeIdles      Verb = "edge idles"
	EdgeConnects   Verb = "edge connects"
	NotifyAgain    Verb = "notified again"

	// Faults.
	NextDropped    Verb = "next dropped"
	NextDuplicated Verb = "next duplicated"
	NextDelayed    Verb = "next delayed"
	NextFails      Verb = "next fails"
	NextUnanswered Verb = "next unanswered"

	// Anything at all.
	Wire Verb = "wire"
)

// Pattern is how a verb is written: words as they stand, and places in braces for the fields of a Statement (see places).
// What is in brackets may be left out. Behind a colon are the only words that a place takes. It is read, written, shrunk
// and explained by this one text.
type Pattern struct {
	Verb Verb
	Form string
	Help string
}

// Patterns are all that can happen, in the order in which they are explained.
var Patterns = []Pattern{
	{Calls, "{call} calls {agent} [from {word}] [{flag:auto-answer}]", "a caller calls an agent"},
	{HangUp, "{call} hangs up", "the caller hangs up, or gives up while it rings"},
	{FailTo, "{call} fails {word}", "a dialled call fails with an error code, such as error.ininedgecontrol.connection.station.endpoint.badConfiguration"},

	{LogIn, "{phone} logs in", "initialize"},
	{LogOut, "{phone} logs out", "destroy"},
	{Disconnect, "{phone} disconnects", "disconnect"},
	{Dial, "{phone} dials {call} [at {word}]", "startSoftphoneSession: an outbound call, to a number"},
	{Answer, "{phone} answers {call}", "acceptPendingSession"},
	{Reject, "{phone} rejects {call}", "rejectPendingSession"},
	{AcceptSession, "{phone} accepts session {call}", "acceptSession, where sessions do not connect by themselves"},
	{End, "{phone} ends {call}", "endSession"},
	{Terminate, "{phone} terminates session {call} [because {word}]", "forceTerminateSession of the session that carries the call"},
	{Hold, "{phone} holds {call}", "setConversationHeld true"},
	{Retrieve, "{phone} retrieves {call}", "setConversationHeld false; with another call up, this is a switch"},
	{Mute, "{phone} mutes {call}", "setAudioMute true"},
	{Unmute, "{phone} unmutes {call}", "setAudioMute false"},

	{Consult, "{phone} consults {agent} on {call}", "another agent is called into the conversation while the caller is held"},
	{Transfer, "{phone} transfers {call}", "the consulted agent keeps the call"},
	{TransferTo, "{phone} transfers {call} to {agent}", "a blind transfer"},
	{Conference, "{phone} conferences {call}", "all parties of a consultation hear each other"},

	{LoseNetwork, "{phone} loses network", "the machine goes offline; its stream breaks and cannot come back"},
	{RegainNetwork, "{phone} regains network", "the machine is online again"},
	{Sleep, "{phone} sleeps", "the machine sleeps: nothing reaches it, and its timers do not run"},
	{Wake, "{phone} wakes", "the machine wakes; overdue timers fire late"},
	{JumpClock, "clock of {phone} jumps {duration}", "the machine's clock is set ahead: timers that become due fire late, all at once; for everybody else no time passes"},
	{HidePage, "{phone} hides page", "the page of the phone becomes hidden"},
	{ShowPage, "{phone} shows page", "and visible again"},
	{Microphone, "{phone} microphone {word:granted|denied|missing}", "from now on the microphone is granted, denied (NotAllowedError) or missing (NotFoundError)"},
	{Media, "{phone} media of {call} {word:disconnects|recovers|fails|dies}", "what the peer connection does; if it dies, it does so without an event"},

	{StationBecomes, "station of {agent} becomes line-appearance {number} [{flag:persistent}]", "the station is migrated during whatever goes on"},
	{StationAssociated, "station of {agent} is associated", "the agent takes a station"},
	{StationGone, "station of {agent} is disassociated", "the agent has no station any more"},

	{DropStream, "stream of {phone} drops [{number}]", "the web socket is closed from outside; 1006 if no code is given"},
	{RefuseStreams, "streams of {agent} are refused", "the platform takes no connection of the agent's"},
	{AcceptStreams, "streams of {agent} are accepted", "the platform takes them again"},
	{ExpireChannel, "channel of {phone} expires", "the notification channel is no longer subscribed"},
	{EdgeReinvites, "edge reinvites {phone} for {call}", "a new session replaces the one that carries the call"},
	{EdgeRenews, "edge renegotiates {call} with {phone}", "a new offer on the session that carries the call"},
	{EdgeReproposes, "edge proposes {call} again", "the same propose once more"},
	{EdgeReroutes, "edge reroutes {call}", "the propose is retracted and comes again under another session id"},
	{EdgeEnds, "edge terminates {call} at {phone} [because {word}]", "the session that carries the call is ended from outside"},
	{EdgeIdles, "edge idles {agent}", "the persistent connection's idle time is over"},
	{EdgeConnects, "edge connects {agent}", "the platform makes the persistent connection ahead of any call"},
	{NotifyAgain, "platform notifies {call} again", "the conversation's notification once more, as it stands"},

	{NextDropped, "next {input} to {phone} is dropped", "the next input of that kind is lost"},
	{NextDuplicated, "next {input} to {phone} is duplicated", "it comes twice"},
	{NextDelayed, "next {input} to {phone} is delayed {duration}", "it comes later, and others may overtake it"},
	{NextFails, "next {request} of {phone} fails {number} [retry after {duration}]", "the next request of that kind is answered with a status; what is asked of a peer connection, such as make-answer, just fails"},
	{NextUnanswered, "next {request} of {phone} is unanswered", "it is never answered"},

	{Wire, "wire {phone} {input} {json}", "the phone is told an input of that kind as it stands in a journal"},
}
