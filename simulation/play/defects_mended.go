package play

// mendedDefects are those that 9.2.4 does not have any more: both profiles must get them right.
func mendedDefects() []Case {
	return []Case{
		{
			ID: "STREAM-218", Tried: "a private call is stored as a conversation", Holds: "none is announced for it",
			Trials: []Trial{{Name: "STREAM-218-a-private-call-is-no-conversation", Shows: []string{"sends its answer S1"}, Never: []string{"conversationUpdate"}, Same: wasMended}},
		},
		{
			ID: "STREAM-178", Source: "PCM-2203, PR #802", Tried: "a peer connection that died in the machine's sleep goes unnoticed", Holds: "its session ends when the page is seen",
			Trials: []Trial{{Name: "STREAM-178-a-dead-peer-connection-is-noticed-after-sleep", Shows: []string{"sessionEnded C1 S1 (gone)"}, Same: wasMended}},
		},
		{
			ID: "PCM-2232", Source: "PCM-2206, PR #805, PR #814", Tried: "retrieving holds an ended session, and throws", Holds: "it holds what is up",
			Trials: []Trial{{Name: "PCM-2232-retrieving-holds-no-ended-session", Shows: []string{"requests C2 held false"}, Never: []string{"requests C1", "request failed"}, Same: wasMended}},
		},
		{
			ID: "PCM-2220", Tried: "the propose comes when its mocked pending session was answered", Holds: "the call goes on",
			Trials: []Trial{{Name: "PCM-2220-a-propose-after-the-answer", Shows: []string{"sessionStarted C2 S1", "added C2"}, Never: []string{"request failed"}, Same: wasMended}},
		},
		{
			ID: "PCM-2209", Tried: "the wrong pending session is answered after a late propose", Holds: "the call that is meant is answered",
			Trials: []Trial{{Name: "PCM-2209-the-call-that-is-meant-is-answered", Shows: []string{"sessionStarted C2 S1", "cancelPendingSession C3 S7"}, Never: []string{"sends proceed S7", "sessionStarted C3"}, Same: wasMended}},
		},
		{
			ID: "PCM-2116", Source: "PCM-2140", Tried: "a pending session keeps its mocked id, and the call cannot be answered", Holds: "it is answered by its propose",
			Trials: []Trial{{Name: "PCM-2116-a-late-propose-makes-the-call-answerable", Shows: []string{" pendingSession C2 S1", "sends proceed S2", "sessionStarted C2 S2", "added C2"}, Same: wasMended}},
		},
		{
			ID: "PCM-2108", Source: "PCM-2162, PR #787", Tried: "a session is accepted and started more than once", Holds: "it starts once",
			Trials: []Trial{{Name: "PCM-2108-a-session-starts-once", Shows: []string{"sessionStarted C1 S1", "1 start, 1 peer connection"}, Never: []string{"request failed"}, Same: wasMended}},
		},
		{
			ID: "PCM-1974", Source: "PCM-1975", Tried: "dialled calls do not answer themselves", Holds: "they do",
			Trials: []Trial{{
				Name: "PCM-1974-a-dialled-call-answers-itself", Shows: []string{"sessionStarted C1 S1", "sessionStarted C2 S2", "added C1", "added C2"}, Same: wasMended,
			}, {
				Name: "PCM-1974-a-call-dialled-on-the-shared-session", Shows: []string{"sessionStarted C2 S1", "added C2", "sessionEnded C2 S1 (success)"}, Same: wasMended,
			}},
		},
		{
			ID: "PCM-1911", Source: "PCM-1938", Tried: "of a user's two participants the one that is over is picked", Holds: "the newest counts",
			Trials: []Trial{{Name: "PCM-1911-the-newest-participant-counts", Shows: []string{"ann/desk   sessionStarted C1 S3", "ann/desk   sessionEnded C1 S3"}, Same: wasMended}},
		},
		{
			ID: "PCM-1909", Source: "issue #706", Tried: "destroy() never resolves with a persistent connection", Holds: "it settles",
			Trials: []Trial{{Name: "PCM-1909-logging-out-with-an-idle-connection", Shows: []string{"ann/desk   disconnected"}, Never: []string{"waits for", "request failed"}, Same: wasMended}},
		},
		{
			ID: "PCM-1887", Source: "PR #700", Tried: "mocked pending sessions are wrong under line appearance 1", Holds: "a second call rings on the session that is up",
			Trials: []Trial{{Name: "PCM-1887-one-line-rings-on-the-session-that-is-up", Shows: []string{" pendingSession C2 S1", "sessionStarted C2 S1", "C1(connected held) C2(connected) added C2 active C2"}, Same: wasMended}},
		},
		{
			ID: "PCM-1998", Tried: "calls that are over stay among the current ones", Holds: "they are removed",
			Trials: []Trial{{Name: "PCM-1998-a-call-that-is-over-is-not-current", Shows: []string{"conversationUpdate C2(connected) removed C1", "conversationUpdate removed C2"}, Never: []string{"disconnected)"}, Same: wasMended}},
		},
		{
			ID: "PCM-2024", Source: "streaming client", Tried: "connected and disconnected are announced unequally often", Holds: "each connect has its disconnect",
			Trials: []Trial{{
				Name:  "PCM-2024-each-connect-has-its-disconnect",
				Shows: []string{"0:01.000  ann/desk   disconnected", "0:06.000  ann/desk   disconnected", "connected again", " pendingSession C1"},
				Never: []string{"0:08.000  ann/desk"}, Same: wasMended,
			}},
		},
		{
			ID: "PCM-2089", Source: "streaming client", Tried: "connections multiply after a failed service discovery", Holds: "there is one",
			Trials: []Trial{{Name: "PCM-2089-failed-service-discovery-makes-one-connection", Shows: []string{"connected again", "1 start, 1 peer connection"}, Same: wasMended}},
		},
	}
}
