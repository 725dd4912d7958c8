package capture

import (
	"regexp"
	"slices"
	"strings"
)

// words are the set of the words of a text.
func words(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// knownKinds are the kinds of records that capture/1 has (reference/capture-format).
var knownKinds = words(`
	config api api.ok api.err ws.open ws.close ws.error ws.new ws.recv ws.send ws.closecall http.req http.res gum gum.ok
	gum.err pc.new pc.setRemoteDescription pc.createAnswer pc.setLocalDescription pc.addTrack pc.addIceCandidate pc.close
	pc.state pc.icecandidate pc.track pc.err pc.stats sdk.event session.event unhandledrejection state step
	page.visibility page.online device.change clock track.stop
`)

// knownFields are the fields whose values are known to be rewritten as they must be: those of the records themselves, of
// the SDK's events and options, of notifications, and of the bodies of requests and answers that a replay reads. What a
// recorder or the platform adds to them may be anything, and is blanked.
var knownFields = words(`
	$error $session _emittedSessionStarteds _events _eventsCount ac Accept accepted accessToken action
	activeConversationId activeSession added address addressNormalized addressRaw allowedSessionTypes allowIPv6 apiHost
	app appId appName appVersion args associatedStation associatedUser audio audioEls Authorization authorization
	authToken autoAnswer autoAnswerInbound autoConnectSessions autoGainControl availableDevices body bundlePolicy call
	calls callState cameraPermissionsRequested cand channelId chat clean clientId clientTime code condition config
	confined connected connectedTime connectionState connectUri constraints Content-Type context conversationId
	conversations conversationUpdate conversationUpdateForLogging CorrelationId ctor current currentAudioDevice
	currentAudioElementSinkId currentAudioTrack currentSessionReceiverTracks currentSessionSenderTracks
	debounceLogUploadTime debounceTimer debugMode defaultStation details deviceId direction disableAutoAnswer
	disconnectType e eagerPersistentConnectionEstablishment echo echoCancellation effectiveStation entities
	enumeratedDevices environment error errorInfo ev eventBody existingSession expires failedSession fromJid fromUserId
	genReply googAudioMirroring googDucking googHighpassFilter groupId hasCameraPermissions hasMicPermissions
	hasOutputDeviceSupport headers held host iceServers iceState iceTransportPolicy id ignoreHostCandidatesFromRemote inferred
	initializeServerLogging isDuplicatePropose isInitialized jabberId jid jidResource jsonrpc k kind la label level
	localCandidateType logBuffer logger logLevel logUploader mappedDevices mediaReqOptions mediaRequestOptions
	mediaSessionParams mediaTracks mediaType message messageParams messageWithParams metadata method
	micPermissionsRequested mid monitorMicVolume mostRecentCallState mostRecentUserParticipant ms mute muted n name node
	noiseSuppression oldDevices options optOutOfTelemetry optOutOfWebrtcStatsTelemetry originalRoomJid originAppId
	originAppName originAppVersion other otherActiveSessions outputDeviceId params participants pc pcN peerID permissions
	pers persistent phoneNumber preserveMedia privAnswerMode profile protocol provider pubsub purpose race reason
	reconnect recording recordingState reinvite relayed remoteCandidateType removed requestedOptions requestOptions
	requestUri result retry-after retryOnFailure roomJid rtcpMuxPolicy s scenario scPending sdk sdkDefaultAudioDeviceId
	sdkDefaultDeviceId sdkDefaultOutputDeviceId sdkDefaultVideoDeviceId sdkHasOutputEl sdkPending sdp sdpBytes sdpOverXmpp
	sdpSemantics searchScreenRecordingSessions secondaryLogger seed self selfUri sendQueue seq serverLogger session
	sessionId sessionInfo sessionReplacedByReinvite sessions sessionType sid signalIceConnected signaling silent size
	stanzaInstanceId startSessionParams state station status steps subscribe t toJid topic topicName traces track tracks
	type update uploadDebounceTime url urls userId useServerSidePings uuid value version video videos voicemail was
	webRtcCallAppearances webRtcForceTurn webRtcMediaDscp webRtcPersistentEnabled webRtcRequireMediaHelper webRtcUserId
	what words ws wsHost xml
`)

// idKey is a key of a map by conversation.
var idKey = regexp.MustCompile(`^` + uuid + `$`)

// isKnown tells whether what stands under a key can be rewritten by what the key says.
func isKnown(key string) bool {
	lower := strings.ToLower(key)
	return knownFields[key] || isSecret(key) || isPhone(key) || slices.Contains(nameKeys, lower) || idKey.MatchString(key)
}

// plainKey is a key that names a field, rather than, say, somebody whom a map is about.
var plainKey = regexp.MustCompile(`^[A-Za-z_$][\w$-]{0,63}$`)

// fieldName is the name of a field that is not known, as it stays.
func (r *redactor) fieldName(key string) string {
	if plainKey.MatchString(key) {
		return r.scrub(key)
	}
	return r.alias("field ", key)
}
