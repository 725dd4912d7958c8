package main

import (
	"fmt"

	"github.com/hookswitch/hookswitch/simulation/play"
)

// attacks plays the scenarios of all attacks and rules under both profiles, and tells what came of each.
func (c *simulateCommand) attacks(t *terminal) error {
	return judge(t, play.AttacksFolder, play.Attacks())
}

// defects does the same with the known defects of the reference SDK.
func (c *simulateCommand) defects(t *terminal) error {
	return judge(t, play.DefectsFolder, play.Defects())
}

// judge tells of each case in a line, then of what does not hold, then the sum.
func judge(t *terminal, folder string, all []play.Case) error {
	widest := 0
	for _, one := range all {
		widest = max(widest, len(one.ID))
	}
	sum := map[string]int{}
	var wrong []error
	for i, one := range all {
		t.progress(i, len(all))
		j := one.Judge(folder)
		t.progress(0, 0)
		corrected, sdk := words(j)
		if err := tellCase(t, j, widest); err != nil {
			return err
		}
		sum[corrected]++
		sum[sdk]++
		for _, err := range []error{j.Corrected, j.SDK} {
			if err != nil {
				wrong = append(wrong, err)
			}
		}
	}
	if err := tellSum(t, len(all), sum, wrong); err != nil {
		return err
	}
	if len(wrong) > 0 {
		return errFails
	}
	return nil
}

// judged is a case with what came of it, as JSON.
type judged struct {
	Case      string   `json:"case"`
	Tried     string   `json:"tried"`
	Corrected string   `json:"corrected"`
	SDK       string   `json:"sdk"`
	Why       []string `json:"why,omitempty"` // why it does not hold
}

// judgedSum is the last line of the cases, as JSON: how many there are, and of how many each word was said.
type judgedSum struct {
	Cases int            `json:"cases"`
	Words map[string]int `json:"words"`
	Wrong int            `json:"wrong"`
}

// tellCase tells of a case in a line.
func tellCase(t *terminal, j play.Judgement, widest int) error {
	corrected, sdk := words(j)
	if !t.json {
		t.printf("%-*s  corrected: %-18s  sdk-9.2.4: %-11s  %s", widest, j.ID, corrected, sdk, j.Tried)
		return nil
	}
	line := judged{Case: j.ID, Tried: j.Tried, Corrected: corrected, SDK: sdk}
	for _, err := range []error{j.Corrected, j.SDK} {
		if err != nil {
			line.Why = append(line.Why, err.Error())
		}
	}
	return printJSON(t.out, line)
}

// tellSum tells of what does not hold, then the sum.
func tellSum(t *terminal, all int, sum map[string]int, wrong []error) error {
	if t.json {
		return printJSON(t.out, judgedSum{Cases: all, Words: sum, Wrong: len(wrong)})
	}
	for _, err := range wrong {
		t.printf("%s", err)
	}
	t.printf("%s", summed(all, sum))
	return nil
}

const (
	failed    = "FAILED"
	otherwise = "OTHERWISE"
)

// words are what came of a case under each profile: what is declared, unless something else came.
func words(j play.Judgement) (corrected, sdk string) {
	corrected, sdk = j.UnderCorrected(), j.UnderSDK()
	if j.Corrected != nil {
		corrected = failed
	}
	if j.SDK != nil {
		sdk = otherwise
	}
	return corrected, sdk
}

// summed is the last line.
func summed(all int, sum map[string]int) string {
	text := fmt.Sprintf("%d in all", all)
	for _, word := range []string{
		"withstood", "withstood in part", "Go test", "not yet", "not applicable", failed, "reproduced", "same", "not played", otherwise,
	} {
		if sum[word] > 0 {
			text += fmt.Sprintf(", %d %s", sum[word], word)
		}
	}
	return text
}
