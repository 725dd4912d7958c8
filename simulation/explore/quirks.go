package explore

import (
	"slices"

	"github.com/hookswitch/hookswitch/fsm/quirk"
)

// ConsentQuirks are the quirks that break the law of consent or that of trust, each of which, switched on alone, has a
// counterexample. The rest of the catalogue breaks neither.
func ConsentQuirks() []*quirk.Quirk {
	return slices.Clone(consentQuirks)
}

var consentQuirks = []*quirk.Quirk{
	quirk.UnsolicitedOffer, quirk.ReinviteBelieved, quirk.OfferRenamesSession, quirk.GatewayAnywhere, quirk.SenderUnchecked,
	quirk.AutoAnswerFromWire, quirk.EagerAnywhere, quirk.ProposalsKept, quirk.ProceedRepeated,
}
