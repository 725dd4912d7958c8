// Command gen writes the generated pages under docs/. It is run by go generate at the root of the repository.
package main

import (
	"fmt"
	"os"

	"github.com/hookswitch/hookswitch/internal/docs"
)

func main() {
	if err := generate(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate() error {
	pages, err := docs.Pages()
	if err != nil {
		return err
	}
	return docs.Write(".", pages)
}
