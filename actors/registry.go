package actors

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/backoff"
	"github.com/hookswitch/hookswitch/fsm/callerrors"
	"github.com/hookswitch/hookswitch/fsm/connection"
	"github.com/hookswitch/hookswitch/fsm/conversation"
	"github.com/hookswitch/hookswitch/fsm/departure"
	"github.com/hookswitch/hookswitch/fsm/discovery"
	"github.com/hookswitch/hookswitch/fsm/hangup"
	"github.com/hookswitch/hookswitch/fsm/hold"
	"github.com/hookswitch/hookswitch/fsm/invitation"
	"github.com/hookswitch/hookswitch/fsm/jinglemedia"
	"github.com/hookswitch/hookswitch/fsm/line"
	"github.com/hookswitch/hookswitch/fsm/media"
	"github.com/hookswitch/hookswitch/fsm/mute"
	"github.com/hookswitch/hookswitch/fsm/negotiation"
	"github.com/hookswitch/hookswitch/fsm/order"
	"github.com/hookswitch/hookswitch/fsm/pinger"
	"github.com/hookswitch/hookswitch/fsm/proposal"
	"github.com/hookswitch/hookswitch/fsm/request"
	"github.com/hookswitch/hookswitch/fsm/serverwatch"
	"github.com/hookswitch/hookswitch/fsm/session"
	"github.com/hookswitch/hookswitch/fsm/softphone"
	"github.com/hookswitch/hookswitch/fsm/station"
	"github.com/hookswitch/hookswitch/fsm/straggler"
	"github.com/hookswitch/hookswitch/fsm/topics"
	"github.com/hookswitch/hookswitch/fsm/watchdog"
)

// Softphone says what the actors of a softphone's cell are made of.
func Softphone() Registry {
	return Registry{
		"softphone": func() []Machine {
			return []Machine{Of(softphone.Chart, softphone.Data{}, nil), Of(callerrors.Chart, callerrors.Data{}, nil)}
		},
		"connection": func() []Machine {
			return []Machine{
				Of(connection.Chart, connection.Data{}, connection.View), Of(backoff.Chart, backoff.Data{}, nil),
				Of(discovery.Chart, discovery.Data{}, nil), Of(straggler.Chart, straggler.Data{}, nil),
			}
		},
		"station": func() []Machine { return []Machine{Of(station.Chart, station.Data{}, station.View)} },
		"line":    func() []Machine { return []Machine{Of(line.Chart, line.Data{}, line.View)} },
		"keeper": func() []Machine {
			return []Machine{
				Of(pinger.Chart, pinger.Data{}, nil), Of(serverwatch.Chart, serverwatch.Data{}, nil),
				Of(topics.Chart, topics.Data{}, nil),
			}
		},
		"proposal":   func() []Machine { return []Machine{Of(proposal.Chart, proposal.Data{}, proposal.View)} },
		"invitation": func() []Machine { return []Machine{Of(invitation.Chart, invitation.Data{}, invitation.View)} },
		"session": func() []Machine {
			return []Machine{
				Of(media.Chart, media.Data{}, media.View), Of(watchdog.Chart, watchdog.Data{}, nil),
				Of(session.Chart, session.Data{}, session.View),
			}
		},
		"jingle-session": func() []Machine {
			return []Machine{
				Of(jinglemedia.Chart, jinglemedia.Data{}, jinglemedia.View), Of(session.Chart, session.Data{}, session.View),
			}
		},
		"negotiation": func() []Machine { return []Machine{Of(negotiation.Chart, negotiation.Data{}, nil)} },
		"conversation": func() []Machine {
			return []Machine{
				Of(conversation.Chart, conversation.Data{}, conversation.View), Of(hold.Chart, hold.Data{}, nil), Of(mute.Chart, mute.Data{}, nil),
			}
		},
		"order":     func() []Machine { return []Machine{Of(order.Chart, order.Data{}, nil)} },
		"hangup":    func() []Machine { return []Machine{Of(hangup.Chart, hangup.Data{}, hangup.View)} },
		"departure": func() []Machine { return []Machine{Of(departure.Chart, departure.Data{}, departure.View)} },
		"request":   func() []Machine { return []Machine{Of(request.Chart, request.Data{}, request.View)} },
	}
}

// Charts are the charts of a softphone's actors, in the order in which they are read best.
func Charts() []fsm.Declared {
	return []fsm.Declared{
		softphone.Chart, proposal.Chart, invitation.Chart, session.Chart, negotiation.Chart, media.Chart, jinglemedia.Chart,
		watchdog.Chart, line.Chart, conversation.Chart, hold.Chart, mute.Chart, order.Chart, hangup.Chart, departure.Chart, request.Chart,
		callerrors.Chart, station.Chart, connection.Chart, discovery.Chart, straggler.Chart, backoff.Chart, pinger.Chart, serverwatch.Chart, topics.Chart,
	}
}
