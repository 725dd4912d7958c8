// Package docs writes the pages under docs/ that follow from the charts: a page for each chart, the quirks, which tests
// take which row, and where each row of the behaviour reference went. The same charts, recordings and stories always give
// the same pages. They are committed, and a test fails while they are stale.
package docs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/actors"
	"github.com/hookswitch/hookswitch/fsm/quirk"
)

// Page is one generated file. Path is slash-separated, from the root of the repository.
type Page struct {
	Path string
	Text string
}

// Pages makes all pages, in the order of their paths. It replays every recording, which takes seconds.
func Pages() ([]Page, error) {
	coverage, err := Collect()
	if err != nil {
		return nil, err
	}
	table, err := json.MarshalIndent(coverage, "", " ")
	if err != nil {
		return nil, fmt.Errorf("docs: coverage: %w", err)
	}
	references, err := References()
	if err != nil {
		return nil, err
	}
	pages := []Page{
		{"docs/coverage.json", string(table) + "\n"},
		{"docs/quirks.md", quirk.Markdown()},
		{"docs/statecharts/README.md", index()},
		{"docs/traceability.md", traceability(references, coverage)},
	}
	for _, c := range actors.Charts() {
		pages = append(pages, Page{pageOf(c.Name()), c.Markdown(coverage[c.Name()])})
	}
	slices.SortFunc(pages, func(a, b Page) int { return strings.Compare(a.Path, b.Path) })
	return pages, nil
}

// pageOf is the path of a chart's page.
func pageOf(chart string) string { return "docs/statecharts/" + chart + ".md" }

// index is the list of the charts, in the order in which they are read best.
func index() string {
	var b strings.Builder
	b.WriteString("# Statecharts\n\nDrawn from the declarations in `fsm/`. Each page has the drawing, every state and input, the rows with ")
	b.WriteString("the tests that take them, the timers and the quirks.\n\n| chart | the life of | states | rows |\n|---|---|---|---|\n")
	for _, c := range actors.Charts() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %d | %d |\n", c.Name(), c.Name(), c.Means(), len(c.States()), len(c.Rows()))
	}
	return b.String()
}

// Write writes the pages into the repository at root, and removes pages of charts that are no more.
func Write(root string, pages []Page) error {
	for _, path := range Leftover(root, pages) {
		if err := os.Remove(filepath.Join(root, path)); err != nil {
			return fmt.Errorf("docs: %w", err)
		}
	}
	for _, p := range pages {
		file := filepath.Join(root, filepath.FromSlash(p.Path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("docs: %w", err)
		}
		if err := os.WriteFile(file, []byte(p.Text), 0o644); err != nil {
			return fmt.Errorf("docs: %w", err)
		}
	}
	return nil
}

// Leftover lists the chart pages in the repository at root that none of the pages is, in order.
func Leftover(root string, pages []Page) []string {
	found, err := filepath.Glob(filepath.Join(root, "docs", "statecharts", "*.md"))
	if err != nil {
		panic(fmt.Sprintf("docs: the pattern is wrong: %v", err))
	}
	var left []string
	for _, file := range found {
		path := "docs/statecharts/" + filepath.Base(file)
		if !slices.ContainsFunc(pages, func(p Page) bool { return p.Path == path }) {
			left = append(left, path)
		}
	}
	return left
}

// Stale lists the pages whose file in the repository at root is missing or another one, and those left over.
func Stale(root string, pages []Page) ([]string, error) {
	stale := Leftover(root, pages)
	for _, p := range pages {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p.Path)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("docs: %w", err)
		}
		if string(text) != p.Text {
			stale = append(stale, p.Path)
		}
	}
	return stale, nil
}

// sortedKeys are the keys of a map, in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
