package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// result is where a command writes its result: it remembers the first write that failed, so that a full disk is told.
type result struct {
	to     io.Writer
	failed error
}

// Write writes until something fails, and nothing more from then on.
func (r *result) Write(p []byte) (int, error) {
	if r.failed != nil {
		return 0, r.failed
	}
	n, err := r.to.Write(p)
	r.failed = err
	return n, err
}

// fault is why the result was not written. A reader that went away, as head does, is no fault.
func (r *result) fault() error {
	if r.failed == nil || errors.Is(r.failed, syscall.EPIPE) || errors.Is(r.failed, io.ErrClosedPipe) {
		return nil
	}
	return fmt.Errorf("the result could not be written: %w: make room for it, or send it elsewhere", r.failed)
}

// stdout is where the result goes in the end.
func (t *terminal) stdout() io.Writer {
	if r, is := t.out.(*result); is {
		return r.to
	}
	return t.out
}

// keepsInput refuses a result that goes to the recording which it is made from.
func keepsInput(command, log string, to io.Writer) error {
	file, is := to.(*os.File)
	if !is {
		return nil
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && isSame(log, info) {
		return fmt.Errorf("%s: %s: standard output is the recording itself: send it to another file", command, log)
	}
	return nil
}

// isSame tells whether a LOG is a certain file.
func isSame(log string, info fs.FileInfo) bool {
	read, err := os.Stat(log)
	if log == stdin {
		read, err = os.Stdin.Stat()
	}
	return err == nil && os.SameFile(read, info)
}

// target is a file being written. It is written beside its place, and takes it only when it is whole: what stood there
// stays until then.
type target struct {
	io.Writer
	file *os.File // nil: standard output
	path string   // where it belongs; "" where it is written in its place, as a device is
}

// newTarget makes a file to write to, or takes standard output for -.
func newTarget(stdout io.Writer, path string) (*target, error) {
	if path == "-" {
		return &target{Writer: stdout}, nil
	}
	mode := fs.FileMode(0o666)
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return inPlace(path)
		}
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		mode = info.Mode().Perm()
	}
	file, err := os.OpenFile(fmt.Sprintf("%s.part%d", path, os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return nil, fmt.Errorf("replay: %s: %w: give a path that can be written", path, why(err))
	}
	return &target{Writer: file, file: file, path: path}, nil
}

// why is an error of a file without the file's name, which is not always the one that was given.
func why(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// inPlace opens what is no plain file, such as a device or a pipe.
func inPlace(path string) (*target, error) {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("replay: %w: give a path that can be written", err)
	}
	return &target{Writer: file, file: file}, nil
}

// keep puts the file in its place.
func (t *target) keep() error {
	if t.file == nil {
		return nil
	}
	name, err := t.file.Name(), t.file.Close()
	t.file = nil
	if err == nil && t.path != "" {
		err = os.Rename(name, t.path)
	}
	if err != nil {
		return fmt.Errorf("replay: %w: give a path that can be written", err)
	}
	return nil
}

// discard takes away a file that was not kept.
func (t *target) discard() {
	if t.file == nil {
		return
	}
	_ = t.file.Close()
	if t.path != "" {
		_ = os.Remove(t.file.Name())
	}
}

// counted is a number of things, in words.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
