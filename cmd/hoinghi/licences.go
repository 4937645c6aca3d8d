package main

import (
	_ "embed" // the licence texts
	"fmt"
)

//go:embed licences.txt
var licences string

type licencesCommand struct{}

// Run prints the notices and licences of everything that is compiled in.
func (licencesCommand) Run(s streams) error {
	_, err := fmt.Fprint(s.out, licences)
	return err
}
