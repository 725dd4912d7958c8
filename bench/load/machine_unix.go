//go:build unix

package main

import (
	"fmt"
	"syscall"
	"time"
)

// enoughFiles tells whether so many files may be open. The runtime has raised the limit as far as it may.
func enoughFiles(many int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || uint64(limit.Cur) >= uint64(many) {
		return nil
	}
	return fmt.Errorf("load: %d sockets are needed and %d files may be open: raise it with ulimit -n, here and for the server", many, limit.Cur)
}

// processorTime is what this process has taken so far.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
