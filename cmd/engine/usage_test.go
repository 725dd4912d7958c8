package main

import "testing"

func TestTheCommandLineIsUsedWrongly(t *testing.T) {
	refused(t, []wrongUse{
		{"unknown command", []string{"fly"}, []string{"fly: no such command; the commands are replay, verify, diff, redact, simulate, whatif, races, explore, serve, charts", "--help"}},
		{"no recording", []string{"replay"}, []string{"<log>", "engine replay --help"}},
		{"unknown flag", []string{"verify", "--fast"}, []string{"--fast", "engine verify --help"}},
		{"no value", []string{"simulate", "--seeds"}, []string{"--seeds: a value is missing: see engine simulate --help"}},
		{"a flag for a value", []string{"replay", "01", "--conversation", "-x"}, []string{`--conversation: a value is missing before "-x": see engine replay --help`}},
		{"no number", []string{"explore", "--bound", "x"}, []string{`--bound: "x" is not a whole number: see`}},
		{"a number below 0", []string{"simulate", "--seeds", "-1"}, []string{`--seeds: "-1" is not a whole number from 0: see`}},
		{"no duration", []string{"races", "01", "--window", "5"}, []string{`--window: "5" is not a duration: write it such as 300ms`}},
		{"a window below 0", []string{"races", "01", "--window", "-1s"}, []string{"--window -1s: give how far"}},
		{"orders below 0", []string{"races", "01", "--most", "-1"}, []string{"--most -1: give how many"}},
		{"a bound below 0", []string{"explore", "--bound", "-1"}, []string{"--bound -1"}},
		{"jobs below 0", []string{"simulate", "--seeds", "1", "--jobs", "-1"}, []string{"--jobs -1: give how many"}},
		{"a line appearance below 0", []string{"whatif", "--line-appearance", "-1", "01"}, []string{"--line-appearance -1: give a number"}},
		{"only a flag of all commands", []string{"--json"}, []string{"a command is missing: see engine --help"}},
		{"an unknown quirk to explore", []string{"explore", "--quirk", "reinvite-belived"}, []string{"explore: --quirk reinvite-belived: no such quirk: the nearest are reinvite-believed"}},
		{"an unknown option of the platform", []string{"whatif", "--platform", "idel=3s", "01"}, []string{"idel: no such option: the nearest are idle"}},
		{"an entry below 1", []string{"replay", "--until=-1", "01"}, []string{"--until", "from 1"}},
		{"an entry that is no number", []string{"replay", "--until", "soon", "01"}, []string{"--until soon", "from 1"}},
		{"an entry of 0", []string{"replay", "--until", "0", "01"}, []string{"--until 0", "give the number of an entry, from 1"}},
		{"an entry below 0", []string{"replay", "--until", "-5", "01"}, []string{"--until", "give the number of an entry, from 1"}},
		{"no name", []string{"replay", ""}, []string{"a name is missing"}},
		{"no name of a profile", []string{"verify", "--profile", "", "01"}, []string{"--profile: a name is missing"}},
	})
}
