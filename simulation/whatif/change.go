package whatif

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/fsm/quirk"
	"github.com/hookswitch/hookswitch/messages"
	"github.com/hookswitch/hookswitch/simulation/platform"
	"github.com/hookswitch/hookswitch/simulation/scenario"
)

// Change is the other configuration. What is at its zero value stays as it was recorded.
type Change struct {
	// LineAppearance is the station's, from 1.
	LineAppearance int
	// Persistent says whether the station has a persistent connection.
	Persistent *bool
	// Profile is how the phone decides: corrected, or that of an SDK version.
	Profile string
	// Eager is what is done with the offer of a persistent connection: auto, event or none.
	Eager messages.Eagerness
	// Platform are options of the platform, as KEY and VALUE.
	Platform []scenario.Setting
}

// lineAppearanceMax is the most that a scenario can say.
const lineAppearanceMax = 1000

var errNothing = errors.New("nothing is changed: give a line appearance, persistent or not, a profile, an eager mode or an option of the platform")

// Check says what is wrong with the change, or that it changes nothing.
func (c Change) Check() error {
	if c.LineAppearance == 0 && c.Persistent == nil && c.Profile == "" && c.Eager == "" && len(c.Platform) == 0 {
		return fmt.Errorf("whatif: %w", errNothing)
	}
	if c.LineAppearance < 0 || c.LineAppearance > lineAppearanceMax {
		return fmt.Errorf("whatif: line appearance %d: give a number from 1 to %d", c.LineAppearance, lineAppearanceMax)
	}
	if c.Profile != "" {
		if _, err := quirk.Profile(c.Profile); err != nil {
			return fmt.Errorf("whatif: %w", err)
		}
	}
	eager := []messages.Eagerness{"", messages.EagerAuto, messages.EagerEvent, messages.EagerNone}
	if !slices.Contains(eager, c.Eager) {
		return fmt.Errorf("whatif: eager %s: give auto, event or none", c.Eager)
	}
	options := platform.Defaults()
	for i, set := range c.Platform {
		if err := options.Set(set.Key, set.Value); err != nil {
			return fmt.Errorf("whatif: %w", err)
		}
		if slices.ContainsFunc(c.Platform[:i], func(other scenario.Setting) bool { return other.Key == set.Key }) {
			return fmt.Errorf("whatif: platform: %s: set twice: leave one out", set.Key)
		}
	}
	return nil
}

// String is the change in words, such as line appearance 1 and no persistent connection.
func (c Change) String() string {
	var words []string
	if c.LineAppearance > 0 {
		words = append(words, fmt.Sprintf("line appearance %d", c.LineAppearance))
	}
	if c.Persistent != nil {
		words = append(words, persistence(*c.Persistent))
	}
	if c.Profile != "" {
		words = append(words, "profile "+c.Profile)
	}
	if c.Eager != "" {
		words = append(words, "eager "+string(c.Eager))
	}
	for _, set := range c.Platform {
		words = append(words, set.Key+"="+set.Value)
	}
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " and " + words[last]
	}
	return strings.Join(words, "")
}

func persistence(on bool) string {
	if on {
		return "a persistent connection"
	}
	return "no persistent connection"
}

// header is a scenario's header under the change.
func (c Change) header(s scenario.Scenario) scenario.Scenario {
	s.Lines, s.Agents, s.Platform = nil, slices.Clone(s.Agents), slices.Clone(s.Platform)
	a := &s.Agents[0]
	a.LineAppearance = cmp.Or(c.LineAppearance, a.LineAppearance)
	if c.Persistent != nil {
		a.Persistent = *c.Persistent
	}
	if c.Eager != "" {
		a.Options.EagerPersistent = c.Eager
	}
	if c.Profile != "" {
		s.Profile, s.Quirks = c.Profile, nil
	}
	for _, set := range c.Platform {
		s.Platform = slices.DeleteFunc(s.Platform, func(was scenario.Setting) bool { return was.Key == set.Key })
		s.Platform = append(s.Platform, set)
	}
	return s
}

// station is a line of the recording under the change: a station that changes on the way changes to the wanted one.
func (c Change) station(a act) act {
	if a.do.Verb != scenario.StationBecomes {
		return a
	}
	a.do.Number = cmp.Or(c.LineAppearance, a.do.Number)
	if c.Persistent != nil {
		a.do.Flag = *c.Persistent
	}
	return a
}

// changes tells whether the change makes anything otherwise than it was recorded.
func (c Change) changes(rec Recovery) bool {
	was := rec.run.Scenario
	was.Lines = nil
	return c.header(was).String() != was.String() || slices.ContainsFunc(rec.acts, func(a act) bool { return c.station(a).do != a.do })
}

// ConfigurationOf is a scenario's configuration in words, with the stations that it is migrated to.
func ConfigurationOf(s scenario.Scenario) string {
	return configuration(s, func(scenario.Line) string { return "then " })
}

// configuration is a scenario's configuration in words; begins is said before a station that a line migrates it to.
func configuration(s scenario.Scenario, begins func(scenario.Line) string) string {
	a := s.Agents[0]
	if a.NoStation {
		return "no station, profile " + s.Profile
	}
	text := stationText(a.LineAppearance, a.Persistent)
	for _, line := range migrations(s) {
		text += ", " + begins(line) + stationText(line.Do.Number, line.Do.Flag)
	}
	text += ", profile " + s.Profile
	if len(s.Quirks) > 0 {
		text += fmt.Sprintf(" and %d quirks", len(s.Quirks))
	}
	return text
}

func stationText(lineAppearance int, persistent bool) string {
	text := fmt.Sprintf("line appearance %d", lineAppearance)
	if persistent {
		text += ", persistent"
	}
	return text
}

// migrations are the lines after which the agent's station is another one.
func migrations(s scenario.Scenario) (all []scenario.Line) {
	now := stationText(s.Agents[0].LineAppearance, s.Agents[0].Persistent)
	for _, line := range s.Lines {
		if line.Do.Verb != scenario.StationBecomes {
			continue
		}
		if next := stationText(line.Do.Number, line.Do.Flag); next != now {
			all, now = append(all, line), next
		}
	}
	return all
}
