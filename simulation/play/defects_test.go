package play_test

import (
	"testing"

	"github.com/hookswitch/hookswitch/simulation/play"
)

// TestDefects plays each known defect of the reference SDK: corrected gets it right, and sdk-9.2.4 does what the table says.
func TestDefects(t *testing.T) { testCases(t, play.DefectsFolder, play.Defects()) }

// TestDefectsAreComplete: each ticket has its row, and each file of the folder its trial.
func TestDefectsAreComplete(t *testing.T) {
	complete(t, play.DefectsFolder, play.Defects(), play.DefectIDs())
}

// TestMendedDefectsAreReproducedByNobody: what 9.2.4 had mended, its profile does not show.
func TestMendedDefectsAreReproducedByNobody(t *testing.T) {
	played := 0
	for _, c := range play.Defects() {
		for _, trial := range c.Trials {
			if trial.Same == "it was mended before 9.2.4" {
				played++
				if c.Reproduces() {
					t.Errorf("%s was mended, and is reproduced by a scenario", c.ID)
				}
			}
		}
	}
	if played < 10 {
		t.Errorf("only %d scenarios of mended defects", played)
	}
}
