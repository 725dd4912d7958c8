package explore

import (
	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm"
	"github.com/hookswitch/hookswitch/messages"
)

type rowsTaken struct{}

func (r *rowsTaken) took(fsm.Outcome, *actors.Actor, messages.Input) {}
