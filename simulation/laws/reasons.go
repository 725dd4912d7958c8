package laws

// Law is a law with the reason for it.
type Law struct{ Name, Reason string }

// All are the laws of one phone, each with its reason, in the order in which they are told.
func All() []Law {
	return []Law{
		{ConsentBeforeMedia, "nobody is heard, and nothing is answered, unless the user or an option said so"},
		{OneEndForEachStart, "a program that counts its sessions never has one too many or too few"},
		{OneSettlementEach, "what rings stops ringing, once"},
		{AddedThenRemoved, "a list of calls that is kept from the updates is the list of calls"},
		{ActiveIsHeard, "the call that is shown as the present one is the one that is heard"},
		{OneSettlementForCall, "a program that waits for what it asked for never hangs, and hears of it once"},
		{NothingAfterTheEnd, "what is closed is left alone; nothing leaks"},
		{HandledElsewhere, "a call that a colleague's phone, or one's own other phone, took is not shown as one's own"},
		{AcceptAgain, "a microphone that was plugged in too late costs no call"},
		{NothingForEver, "a phone that runs for months does not grow, and goes back to rest after each call"},
		{DialledIsOurs, "who dials has the call on the screen when it is up"},
		{AnsweredIsOurs, "so has who answers by an order, because the session is up already"},
		{SessionsEndOnce, "an ended session does not come back"},
		{OnlyWhoMay, "a stranger who knows an id can neither silence a phone, nor end or take a call"},
		{ProceedsAreFew, "a peer that repeats itself cannot make the phone send without end"},
		{AddressIsKept, "who has a call with the phone finds it again"},
		{WhoLeavesIsGone, "who logged out gets no calls"},
		{ConcurrencyIsTold, "a program knows whether a second call gets a session of its own"},
		{UpdatesNameCalls, "an update can be read without what came before it"},
		{UpdatesListLive, "no ghost calls on the screen"},
		{ErrorsAreTyped, "a program can tell errors apart"},
		{InactiveIsNoError, "users are not shown errors that are none"},
		{OneFetchEach, "a platform that repeats itself is not asked without end"},
		{WhoEndsTakesBack, "hanging up takes the consent back"},
		{AcceptedIsAnswered, "a renegotiation does not answer for the user"},
		{FailureIsTold, "a call without sound is not taken for one with sound"},
		{FailedMediaEnds, "a dead line is not shown as a call"},
		{CandidatesAreUsed, "a call does not fail because the network was quicker than the offer"},
		{HeldForACall, "nobody is put on hold for nothing"},
		{ReplacedByAnother, "a session does not end itself"},
		{UnknownIsRefused, "a far end that lost its state learns so"},
		{UpDoesNotRing, "a late notification does not make a call that goes on ring"},
		{VoicemailIsNobody, "who speaks to the voicemail is not shown as a call of the user's"},
		{OwnRingStops, "a caller who gives up takes no other caller's ringing along"},
		{DescribedAsSaid, "a call has one session, though it is described twice"},
	}
}

// Laws are the names of all laws, in the order in which they are told.
func Laws() (names []string) {
	for _, law := range All() {
		names = append(names, law.Name)
	}
	return names
}
