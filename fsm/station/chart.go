// Package station is the statechart of the user's station: association, line appearance, persistent connection.
//
// Nothing about running sessions changes on its events; its values are looked at anew at each decision.
// Source: sdk-behaviour 1.3.
package station

import (
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
)

// The states of the station.
const (
	Known         fsm.State = "Known"
	Unknown       fsm.State = "Unknown"
	Associated    fsm.State = "Associated"
	Disassociated fsm.State = "Disassociated"
)

// Chart is the life of the station. docs/statecharts/station.md is drawn from it.
var Chart = fsm.New("station", "The user's station: association, line appearance, persistent connection.",
	initial(Known),
	in(Known, "Whatever is known of it.",
		initial(Unknown),
		in(Unknown, "It was not fetched yet, or the user has none: as line appearance 1."),
		in(Associated, "The user has a station."),
		in(Disassociated, "The user had a station; which one it is now may be known already, and what that can do is being read.",
			on(messages.StationNews{}).If(migrated).Unless(anyForNews).Corrected(quirk.DisassociationSilent)),
		on(messages.FetchStation{}).If(named).Do(fetchNamed).Source("1.3 fetch"),
		on(messages.FetchStation{}).Unless(anyKnown).Do(announceNone).Source("1.3 unknown/fetch no effective station"),
		on(messages.FetchStation{}).Do(fetchKnown).Source("1.3 fetch"),
		on(messages.ReadStation{}).Do(readUser),
		on(messages.RequestDone{}).If(tellsUser).If(toldSince),
		on(messages.RequestDone{}).If(tellsUser).If(namesStation).Do(readNamed),
		on(messages.RequestDone{}).If(tellsUser).If(namesNone).Do(forgetRead, forgetWhichRead, announceNotConcurrentRead, announceGoneRead).Enter(Disassociated),
		on(messages.RequestDone{}).If(tellsUser).If(namesNoneYet).Do(forgetRead, forgetWhichRead, announceNoneRead).Enter(Disassociated),
		on(messages.RequestDone{}).If(tellsUser),
		on(messages.RequestDone{}).If(readAnew).If(unchanged).Do(noteHeard),
		on(messages.RequestDone{}).If(overtaken).Corrected(quirk.MigrationNeedsSessions).Do(settle),
		on(messages.RequestDone{}).Do(keep, announce, settle).Enter(Associated).Source("1.3 fetch ok"),
		on(messages.RequestFailed{}).If(readInVain),
		on(messages.RequestFailed{}).Do(announceError, settleFailed).Source("1.3 fetch error"),
		on(messages.StationNews{}).If(associated).Do(fetchNews).Source("1.3 Associated"),
		on(messages.StationNews{}).If(migrated).Unless(anyForNews).Do(announceNoneForNews).Source("1.3 WebRTCMigration"),
		on(messages.StationNews{}).If(migrated).Do(fetchMigrated).Source("1.3 WebRTCMigration"),
		on(messages.StationNews{}).If(disassociated).Corrected(quirk.DisassociationSilent).Do(forget, forgetWhich, announceNotConcurrent, announceGone).Enter(Disassociated),
		on(messages.StationNews{}).If(disassociated).Quirk(quirk.DisassociationSilent).Do(forget, announceGone).Enter(Disassociated).Source("1.3 Disassociated"),
		ignore("other actions mean nothing to a phone", messages.StationNews{})))

// The words of the chart, bound to its data.
var (
	in      = fsm.In[Data]
	initial = fsm.Initial[Data]
	ignore  = fsm.Ignore[Data]
)

func on[E messages.Input](e E) *fsm.Row[Data, E] { return fsm.On[Data](e) }
