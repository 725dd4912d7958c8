package platform

import "github.com/hookswitch/hookswitch/messages"

// Migrate changes what the user's station can do, during whatever goes on.
func (p *Platform) Migrate(u *User, lineAppearance int, persistent bool) {
	u.Station.LineAppearance, u.Station.Persistent = lineAppearance, persistent
	p.tellStation(u, "WebRTCMigration")
}

// Associate gives the user the station; Disassociate takes it away.
func (p *Platform) Associate(u *User) {
	u.Associated = true
	p.tellStation(u, "Associated")
}

// Disassociate takes the user's station away.
func (p *Platform) Disassociate(u *User) {
	u.Associated = false
	p.tellStation(u, "Disassociated")
}

func (p *Platform) tellStation(u *User, action string) {
	in := messages.StationNotified{Action: action}
	if u.Associated {
		in.Station = u.Station.ID
	}
	p.later(lane{"station", "", u}, "", p.options.NotifyDelay, func() { p.publish(u, in) })
}
