package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// asHelp makes of help and a command that command's --help.
func asHelp(args []string) []string {
	if len(args) == 0 || args[0] != "help" {
		return args
	}
	return append(slices.Clone(args[1:]), "--help")
}

var negative = regexp.MustCompile(`^-\.?[0-9]`)

// withNegatives joins a flag and a negative number behind it, which would be taken for flags otherwise.
func withNegatives(args []string) []string {
	var joined []string
	for _, arg := range args {
		last := len(joined) - 1
		if last >= 0 && negative.MatchString(arg) && strings.HasPrefix(joined[last], "--") && !strings.Contains(joined[last], "=") {
			joined[last] += "=" + arg
			continue
		}
		joined = append(joined, arg)
	}
	return joined
}

// plainer are what the parser of the command line says, and what that means in the words of the help.
var plainer = []struct {
	says *regexp.Regexp
	is   string
}{
	{regexp.MustCompile(`^expected "(<[^>]+>)( \.\.\.)?"$`), "$1 is missing"},
	{regexp.MustCompile(`^expected one of .*`), "a command is missing"},
	{regexp.MustCompile(`^(--[a-z-]+): expected \w+ value but got "EOL".*`), "$1: a value is missing"},
	{regexp.MustCompile(`^(--[a-z-]+): expected \w+ value but got ("[^"]*") \((?:short |long )?flag\).*`), "$1: a value is missing before $2"},
	{regexp.MustCompile(`^(--[a-z-]+): expected a valid 64 bit int but got (".*")$`), "$1: $2 is not a whole number"},
	{regexp.MustCompile(`^(--[a-z-]+): expected a valid 64 bit uint but got (".*")$`), "$1: $2 is not a whole number from 0"},
	{regexp.MustCompile(`^(--[a-z-]+): expected duration but got (".*"): time: .*`), "$1: $2 is not a duration: write it such as 300ms or 2s"},
}

// misused is what is wrong with a command line, for who wrote it.
func misused(err error) string {
	for _, p := range plainer {
		if p.says.MatchString(err.Error()) {
			return p.says.ReplaceAllString(err.Error(), p.is)
		}
	}
	return err.Error()
}

// noSuchCommand is the first argument where it is neither a flag nor a command.
func noSuchCommand(model *kong.Application, args []string) (name string, is bool) {
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			continue
		}
		return arg, !slices.ContainsFunc(model.Children, func(c *kong.Node) bool { return c.Name == arg })
	}
	return "", false
}

// commandOf is the command that arguments name, as it is called: engine alone where they name none.
func commandOf(model *kong.Application, args []string) string {
	for _, arg := range args {
		if slices.ContainsFunc(model.Children, func(c *kong.Node) bool { return c.Name == arg }) {
			return "engine " + arg
		}
	}
	return "engine"
}

// commandNames lists the commands.
func commandNames(model *kong.Application) string {
	var names []string
	for _, c := range model.Children {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}
