// Package scenarios holds the scenarios that ship with the program, with what comes of each: calls (what contact centres
// do), attacks (what must be withstood), defects (what the reference SDK gets wrong) and quirks (each defect alone, as seeds show
// it).
package scenarios

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/hookswitch/hookswitch/simulation/scenario"
)

//go:embed */*.scenario
var files embed.FS

// File is one scenario file.
type File struct {
	// Path is FOLDER/NAME.scenario.
	Path     string
	Scenario scenario.Scenario
}

// Folders are the kinds of scenarios.
func Folders() []string { return []string{"calls", "attacks", "defects", "quirks"} }

// All reads the scenarios of some folders, or of all if none is named, in order of their paths. The error names the file
// and line.
func All(folders ...string) ([]File, error) {
	paths, err := fs.Glob(files, "*/*.scenario")
	if err != nil {
		return nil, fmt.Errorf("scenarios: %w", err)
	}
	var all []File
	for _, p := range paths {
		if len(folders) > 0 && !slices.Contains(folders, path.Dir(p)) {
			continue
		}
		text, err := files.ReadFile(p)
		if err != nil {
			return nil, fmt.Errorf("scenarios: %w", err)
		}
		s, err := scenario.Parse(p, text)
		if err != nil {
			return nil, err
		}
		all = append(all, File{Path: p, Scenario: s})
	}
	return all, nil
}
