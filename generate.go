// Package hookswitch is the root of the repository; the code is in the packages below it. What is written by machine is
// written anew by go generate.
package hookswitch

//go:generate go run ./internal/docs/gen
