package softphone

import (
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// stream: the stream and its subscriptions.
var stream = together(
	on(messages.StreamUp{}).Do(announceReconnected).Source("1.1 ready(down)/stream back"),
	on(messages.StreamLost{}).Do(announceDisconnected).Source("1.1 ready/stream lost"),
	on(messages.StreamRenewed{}).If(newChannel).Corrected(quirk.JingleLostOnReconnect).Do(noteChannel, resubscribe),
	on(messages.StreamRenewed{}).Corrected(quirk.JingleLostOnReconnect).Do(noteChannel),
	on(messages.StreamRenewed{}).If(newChannel).Quirk(quirk.JingleLostOnReconnect).Do(dropJingle, resubscribe).Source("1.2 hard reconnect finished").Source("1.2 after a reconnect"),
	on(messages.StreamRenewed{}).Quirk(quirk.JingleLostOnReconnect).Do(dropJingle).Source("1.2 after a reconnect"),
	on(messages.SubscriptionsExpiring{}).Do(resubscribeNow).Source("1.2 up/streaming-subscriptions-expiring"),
	on(messages.NoLongerSubscribed{}).Do(pass).Source("1.2 up/no_longer_subscribed"),
	on(messages.DuplicateID{}).Do(pass).Source("1.2 up/duplicate_id"),
	on(messages.ServersFound{}).Do(noteServers).Source("3.1 step 6"),
	on(messages.Disconnect{}).If(retrying).Quirk(quirk.DisconnectWhileConnecting).Do(stopRetrying, disconnectAfter).Source("1.1 any/disconnect()"),
	on(messages.Disconnect{}).Do(disconnect).Source("1.1 any/disconnect()"))

func noteServers(d *Data, e messages.ServersFound) (*Data, acts) {
	d.Servers, d.Relay = e.Servers, e.Relay
	return d, nil
}

func newChannel(d *Data, e messages.StreamRenewed) bool {
	return d.Channel != "" && d.Channel != e.Channel
}

func noteChannel(d *Data, e messages.StreamRenewed) (*Data, acts) {
	d.Channel = e.Channel
	return d, nil
}

// dropJingle: the new stream knows nothing of the old one's Jingle sessions.
func dropJingle(d *Data, e messages.StreamRenewed) (*Data, acts) {
	d.Channel = e.Channel
	for i, s := range d.Sessions {
		if s.View.Signalling == messages.Jingle && !s.Dropped {
			s.Listed, s.Dropped = false, true
			d.Sessions = replace(d.Sessions, i, s)
		}
	}
	return d, nil
}

// noteDeaf: whether news of calls comes is known when the topics are subscribed again; the channel may have lost them.
func noteDeaf(d *Data, _ messages.StreamUp) (*Data, acts) {
	d.Deaf = true
	return d, nil
}

func deaf[E messages.Input](d *Data, _ E) bool { return d.Deaf }

func resubscribe(d *Data, _ messages.StreamRenewed) (*Data, acts) { return d, resubscribeAll() }

func resubscribeBack(d *Data, _ messages.StreamUp) (*Data, acts) { return d, resubscribeAll() }

func resubscribeNow(d *Data, _ messages.SubscriptionsExpiring) (*Data, acts) {
	return d, resubscribeAll()
}

func resubscribeAll() acts { return acts{tell(messages.KeeperActor, messages.ResubscribeTopics{})} }

func pass[E messages.Input](d *Data, e E) (*Data, acts) {
	return d, acts{tell(messages.ConnectionActor, e)}
}

func noteConnection(d *Data, e messages.ConnectionView) (*Data, acts) { d.Stream = e; return d, nil }
