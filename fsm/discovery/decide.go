package discovery

import "github.com/hookswitch/hookswitch/messages"

func cut(d Data, _ messages.IQAnswered) bool     { return d.Cut }
func cutLate(d Data, _ messages.TimerFired) bool { return d.Cut }

func answered(_ Data, e messages.IQAnswered) bool     { return e.Condition == "" }
func bothAnswered(d Data, _ messages.IQAnswered) bool { return d.Answers == 1 }

func mayRetry(d Data, _ messages.IQAnswered) bool     { return d.Retries < retriesMax }
func mayRetryLate(d Data, _ messages.TimerFired) bool { return d.Retries < retriesMax }

func begin(_ Data, e messages.RefreshServers) (Data, messages.Acts) {
	return Data{Domain: e.Domain}, messages.AskServers(e.Domain)
}

func askAgain(d Data, _ messages.IQAnswered) (Data, messages.Acts)     { return d.ask() }
func askAgainLate(d Data, _ messages.TimerFired) (Data, messages.Acts) { return d.ask() }

func (d Data) ask() (Data, messages.Acts) {
	d.Servers, d.Answers = nil, 0
	return d, messages.AskServers(d.Domain)
}

func count(d Data, _ messages.IQAnswered) (Data, messages.Acts)     { d.Retries++; return d, nil }
func countLate(d Data, _ messages.TimerFired) (Data, messages.Acts) { d.Retries++; return d, nil }

func noteServers(d Data, e messages.IQAnswered) (Data, messages.Acts) {
	d.Servers = append(d.Servers[:len(d.Servers):len(d.Servers)], e.Services...)
	d.Answers++
	return d, nil
}

func tellServers(d Data, _ messages.IQAnswered) (Data, messages.Acts) {
	return d, messages.ServersAre(d.Servers)
}

func noteCut(d Data, _ messages.ServersUnreachable) (Data, messages.Acts) {
	d.Cut = true
	return d, nil
}
